"""What has been kept as long as it must: lines that the clock lists, and destructions that two people sign."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.retention import NAMES

_LISTED = text("destroyed_at IS NULL")
_ASKED = text("state = 'asked'")


class Destruction(Base):
    """One list that one person asks to destroy and another signs. Why, and why not, are remarks of its events in the
    chain of its round."""

    __tablename__ = "destruction"
    __table_args__ = (
        known("state", ("asked", "declined", "done")),
        rule("decided_has_time", "(state = 'asked') = (decided_at IS NULL)"),
        rule("done_by_two", "state <> 'done' OR asked_by <> decided_by"),
        rule("digest_shape", "length(digest) = 64"),
        Index("ix_destruction_round_id", "round_id", "id"),
        Index("uq_destruction_asked", "round_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    digest: Mapped[str] = mapped_column(String(64))  # of its lines, as the event holds it
    asked_seq: Mapped[int]  # the event in the round's chain
    asked_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class RetentionLine(Base):
    """One class of one case whose time is over. A line of a destruction that was declined is listed again."""

    __tablename__ = "retention_line"
    __table_args__ = (
        known("kind", tuple(NAMES)),
        rule("destroyed_by_a_list", "destroyed_at IS NULL OR destruction_id IS NOT NULL"),
        Index(
            "uq_retention_line_listed",
            "application_id",
            "kind",
            unique=True,
            sqlite_where=_LISTED,
            postgresql_where=_LISTED,
        ),
        Index("ix_retention_line_round_id", "round_id", "kind", "kept_until"),
        Index("ix_retention_line_destruction_id", "destruction_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    kind: Mapped[str] = mapped_column(String(20))
    kept_until: Mapped[date]
    listed_at: Mapped[datetime]
    destruction_id: Mapped[int | None] = mapped_column(Key, ForeignKey("destruction.id"))
    files: Mapped[int] = mapped_column(default=0)  # that went with it
    sealed: Mapped[int] = mapped_column(default=0)
    destroyed_at: Mapped[datetime | None]
