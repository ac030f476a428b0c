"""Facts of a program that hold for every case of one organization, with where they come from. Append-only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import rule


class ProgramFact(Base):
    """`facts: {per: organization}` of a program; a newer one replaces it by its date."""

    __tablename__ = "program_fact"
    __table_args__ = (
        rule("source_named", "length(source) > 0"),
        Index("ix_program_fact_place", "program_id", "organization_id", "name", "as_of"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any]]  # {"value": …}, as answers are stored
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
