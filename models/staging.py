"""Uploaded lists between their preview and the word to go on: sealed, for their owner alone, gone after a day."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key


class StagedList(Base):
    __tablename__ = "staged_list"
    __table_args__ = (Index("ix_staged_list_staged_at", "staged_at"),)

    ref: Mapped[str] = mapped_column(String(24), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    staged_at: Mapped[datetime]
