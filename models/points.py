"""Entries of points beside their case: folded from its events, written by one service, compared by `audit replay`."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

_WAITING = text("state = 'awaiting'")


class PointsEntryRow(Base):
    """Guarded once it is settled: what was confirmed is put right by another entry only. Values are decimal strings;
    what the item asks and why it was entered stand in the remarks of its event, evidence among the attachments."""

    __tablename__ = "points_entry"
    __table_args__ = (
        known("source", ("record", "claim", "session", "import", "correction")),
        known("state", ("awaiting", "confirmed", "rejected")),
        rule("settled_has_time", "(state = 'awaiting') = (settled_at IS NULL)"),
        rule("numbered_from_one", "no >= 1 AND (corrects IS NULL OR corrects < no)"),
        Index("ix_points_entry_item", "item_key", "happened_on"),
        Index("ix_points_entry_waiting", "application_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)  # counts within the case
    item_key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(20))
    asked: Mapped[str | None] = mapped_column(String(20))  # what it would be without the item's limit
    source: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    corrects: Mapped[int | None]
    training_id: Mapped[int | None] = mapped_column(Key, ForeignKey("training.id"))
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    settled_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
