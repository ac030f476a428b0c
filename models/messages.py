"""What must reach a person, told once: the row is the entry of their inbox, and what envelopes are filled from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

_UNREAD = text("read_at IS NULL AND address IS NULL")
_WAITING = text("state = 'waiting'")
_FAILED = text("state = 'failed'")


class Message(Base):
    """Written in the transaction of the fact that caused it, or once by the planner when a last day comes near: `once`
    makes a second time nothing. One with an address goes there and is seen nowhere else.

    Codes and links stand encrypted in `secret`; `params` holds what the text needs and no sensitive data. `packed`
    means that every envelope owed for it has been made, `dropped` that it was no longer true when one was opened.
    """

    __tablename__ = "message"
    __table_args__ = (
        known("state", ("waiting", "packed", "dropped", "failed", "cancelled")),
        known("language", ("zh", "en")),
        rule("has_recipient", "recipient_id IS NOT NULL OR address IS NOT NULL OR state IN ('failed', 'cancelled')"),
        rule("failed_says_why", "state <> 'failed' OR trouble IS NOT NULL"),
        Index("ix_message_unread", "recipient_id", "visible_at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_message_leaves", "leaves_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_message_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_message_work_item_id", "work_item_id"),
        Index("ix_message_recipient_id", "recipient_id", "visible_at"),
        Index("ix_message_visible_at", "visible_at", "id"),
        Index("ix_message_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    once: Mapped[str | None] = mapped_column(String(200), unique=True)  # twice the same is written once
    kind: Mapped[str] = mapped_column(String(60))
    recipient_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    address: Mapped[str | None] = mapped_column(String(200))
    application_id: Mapped[int | None] = mapped_column(Key, ForeignKey("application.id"))
    event_seq: Mapped[int | None]  # the event that caused it; an undo cancels by it
    language: Mapped[str] = mapped_column(String(5), default="zh")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    work_item_id: Mapped[int | None] = mapped_column(Key, ForeignKey("work_item.id"))  # whose last day it is about
    about_at: Mapped[datetime | None]  # that last day, as it stood; another one makes the message untrue
    urgent: Mapped[bool] = mapped_column(default=False)  # alone, by every way
    created_at: Mapped[datetime]
    visible_at: Mapped[datetime]
    leaves_at: Mapped[datetime | None]  # from when it may leave the house; None: it stays in the inbox
    read_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
