"""Filters of the queue that somebody keeps under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import rule


class SavedView(Base):
    """`query` is the address's own: what it no longer means narrows nothing."""

    __tablename__ = "saved_view"
    __table_args__ = (
        rule("has_name", "length(name) > 0"),
        Index("uq_saved_view_name", "account_id", "name", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
