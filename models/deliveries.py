"""Envelopes: one or many messages to one person over one channel, tried until they are sent or somebody is asked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

_OWED = text("state IN ('waiting', 'leased')")
_FAILED = text("state = 'failed'")


class Delivery(Base):
    """`key` names the envelope for ever, so that packing twice makes one. Whoever opens it takes a lease: `next_at`
    moves to the end of the lease and `fence` counts up, so that a process that comes back late writes nothing.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        known("state", ("waiting", "leased", "sent", "dropped", "failed", "cancelled")),
        known("channel", ("email", "sms")),
        rule("for_somebody", "account_id IS NOT NULL OR address IS NOT NULL"),
        rule("counts", "tries >= 0 AND fence >= tries"),
        rule("leased_has_owner", "(state = 'leased') = (leased_by IS NOT NULL)"),
        rule("failed_says_why", "state <> 'failed' OR trouble IS NOT NULL"),
        rule("sent_has_time", "(state = 'sent') = (sent_at IS NOT NULL)"),
        Index("ix_delivery_owed", "next_at", "id", sqlite_where=_OWED, postgresql_where=_OWED),
        Index("ix_delivery_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_delivery_account_id", "account_id"),
        Index("ix_delivery_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)  # its Message-ID, the same on every try
    key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    address: Mapped[str | None] = mapped_column(String(200))  # None: where the account is reached when it is sent
    digest: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)  # since it was made, or since somebody said: again
    fence: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    next_at: Mapped[datetime]
    trouble: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class DeliveryItem(Base):
    """Which messages an envelope was made for."""

    __tablename__ = "delivery_item"
    __table_args__ = (Index("ix_delivery_item_message_id", "message_id"),)

    delivery_id: Mapped[int] = mapped_column(Key, ForeignKey("delivery.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("message.id"), primary_key=True)
