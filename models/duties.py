"""What falls due after a recognition: one row for each occurrence and each answer, folded from the events of its case;
and what falls due once for a whole round, which belongs to no case."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.after.duties import STATES

_OPEN = text("state = 'open'")


class DutyRow(Base):
    """One occurrence of one duty. `due_on` is reckoned, like every last day; NULL while its clock stands still."""

    __tablename__ = "duty"
    __table_args__ = (
        known("state", STATES),
        rule("closed_has_time", "(state = 'open') = (closed_at IS NULL)"),
        rule("numbered_from_one", "no >= 1"),
        Index("uq_duty_nominal", "application_id", "duty_key", "nominal", "entry_no", unique=True),
        Index("ix_duty_day", "day", "state"),
        Index("ix_duty_open", "due_on", "application_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    duty_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    nominal: Mapped[date]  # the day by the rule, which names it
    day: Mapped[date]  # from which its time runs
    due_on: Mapped[date | None]
    entry_no: Mapped[int]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(30))
    total: Mapped[int | None]  # hundredths


class DutyAnswer(Base):
    """One role's answer: the typed values of the duty's `record:` fields, never L4, under the digest of its event."""

    __tablename__ = "duty_answer"
    __table_args__ = (Index("ix_duty_answer_by", "answered_by", "answered_at"),)

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    item_no: Mapped[int] = mapped_column(primary_key=True)
    duty_key: Mapped[str] = mapped_column(String(60))
    no: Mapped[int]
    role_key: Mapped[str] = mapped_column(String(60))
    answered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    answered_at: Mapped[datetime]
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)  # criterion -> hundredths
    effect: Mapped[str | None] = mapped_column(String(20))
    is_current: Mapped[bool] = mapped_column(default=True)
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str | None] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]


class RoundDuty(Base):
    """One occurrence of a duty of the whole round (`per: program`), for each role that answers; told in its chain."""

    __tablename__ = "round_duty"
    __table_args__ = (
        known("state", ("open", "done", "waived")),
        rule("answered_has_time", "(state = 'open') = (answered_at IS NULL)"),
        Index("uq_round_duty", "round_id", "duty_key", "nominal", "role_key", unique=True),
        Index("ix_round_duty_open", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    duty_key: Mapped[str] = mapped_column(String(60))
    role_key: Mapped[str] = mapped_column(String(60))
    nominal: Mapped[date]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="open")
    note: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
