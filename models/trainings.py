"""Trainings: one date and place of a program's session, and who has a seat in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class TrainingState(StrEnum):
    SCHEDULED = "scheduled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Training(Base):
    """Told in the chain of its program. Whether one may sign up is asked of its times at the moment of asking."""

    __tablename__ = "training"
    __table_args__ = (
        known("state", TrainingState),
        rule("closed_has_time", "(state = 'scheduled') = (closed_at IS NULL)"),
        rule("times_follow", "opens_at <= closes_at AND closes_at <= starts_at AND starts_at < ends_at"),
        rule("seats_count", "seats IS NULL OR seats >= 1"),
        Index("ix_training_program_id", "program_id", "starts_at", "id"),
        Index("ix_training_remind", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    session_key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime]  # sign-up
    closes_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default=TrainingState.SCHEDULED.value)
    scheduled_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    scheduled_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # those who signed up were told that it is near


class TrainingSeat(Base):
    """`state` is folded from the case's events; `mark` and `asks` are the roll as it is being taken."""

    __tablename__ = "training_seat"
    __table_args__ = (
        known("state", ("signed_up", "signed_off", "attended", "absent")),
        known("mark", ("present", "absent")),
        Index("ix_training_seat_application_id", "application_id"),
    )

    training_id: Mapped[int] = mapped_column(Key, ForeignKey("training.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    mark: Mapped[str | None] = mapped_column(String(10))
    asks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    signed_in_at: Mapped[datetime | None]  # by themselves, with the code at the door
