"""L4 answers: ID numbers, bank accounts… encrypted one by one, found through a blind index, shown as a mask."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import rule


class SealedValue(Base):
    """`field_key` is the field's path (`id_no`, `members.id_no`); `row_no` its row, 0 outside of tables.

    Revision 0 holds what a stage recorded or asked; its path then starts with the stage (`award.bank`).
    """

    __tablename__ = "sealed_value"
    __table_args__ = (
        UniqueConstraint("application_id", "revision", "field_key", "row_no", name="uq_sealed_value_place"),
        rule("destroyed_has_no_text", "(destroyed_at IS NULL) = (ciphertext IS NOT NULL)"),
        rule("destroyed_is_not_found", "destroyed_at IS NULL OR blind_index IS NULL"),
        Index("ix_sealed_value_blind_index", "blind_index"),
        Index("ix_sealed_value_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    revision: Mapped[int]
    field_key: Mapped[str] = mapped_column(String(120))
    row_no: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("person.id"))
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(20))  # `person`: under the person's own key; else a master key
    blind_index: Mapped[str | None] = mapped_column(String(64))
    mask: Mapped[str] = mapped_column(String(60))
    retention: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
