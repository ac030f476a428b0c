"""What was made clear once: a note beside the field or the rule of a program, shown to whoever comes next."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

EVERYBODY, REVIEWERS = "everybody", "reviewers"
_STANDS = text("ended_at IS NULL")


class Clarification(Base):
    """One question and what was answered. A changed one is a new row that replaces the old: what was said stays.

    `place` is `field:<key>`, `rule:<key>`, or empty for the whole program.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        known("audience", (EVERYBODY, REVIEWERS)),
        rule("ended_by_somebody", "(ended_at IS NULL) = (ended_by IS NULL)"),
        Index("ix_clarification_program_id", "program_id", "place", sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    place: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(10))
    replaces_id: Mapped[int | None] = mapped_column(Key, ForeignKey("clarification.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
