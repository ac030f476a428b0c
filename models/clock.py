"""The clock's own memory: when it last looked, so that a dead beat is noticed and made good."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Heartbeat(Base):
    """One row per clockwork; `scanned_at` is the end of its last complete scan."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    scanned_at: Mapped[datetime]
    scans: Mapped[int]
