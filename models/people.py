"""The people whom applications are about. A person may have no account; an account may have no person."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.identifiers import ID_TYPES


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        known("gender", ("male", "female")),
        rule("erased_has_no_key", "erased_at IS NULL OR wrapped_key IS NULL"),
        rule("erased_has_no_contact", "erased_at IS NULL OR (phone IS NULL AND email IS NULL)"),
        Index("ix_person_name_sort", "name_sort", "id"),
        Index("ix_person_phone", "phone"),
        Index("ix_person_organization_id", "organization_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_sort: Mapped[str] = mapped_column(String(300))  # pinyin
    gender: Mapped[str | None] = mapped_column(String(10))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(200))
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))  # employer, as last told
    trade: Mapped[str | None] = mapped_column(String(60))  # what the last list said: 服装制版…
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # destroying it erases every L4 value
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(Key, ForeignKey("person.id"))  # this record stands for that one


class PersonIdentity(Base):
    """A number that names one person. Found through the blind index, shown as the mask."""

    __tablename__ = "person_identity"
    __table_args__ = (
        known("id_type", ID_TYPES),
        Index("uq_person_identity_number", "id_type", "blind_key", "blind_index", unique=True),
    )

    person_id: Mapped[int] = mapped_column(Key, ForeignKey("person.id"), primary_key=True)
    id_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    blind_index: Mapped[str] = mapped_column(String(64))
    blind_key: Mapped[str] = mapped_column(String(20))
    mask: Mapped[str] = mapped_column(String(40))


class PersonToken(Base):
    """What a person is found by: tails of the name, pinyin, initials. Prefixes of these match."""

    __tablename__ = "person_token"
    __table_args__ = (Index("ix_person_token_person_id", "person_id"),)

    token: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("person.id"), primary_key=True)
