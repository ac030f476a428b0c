"""Lists of department data from which cases were begun: who brought which file, and what came of each row."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class LoadState(StrEnum):
    STANDING = "standing"
    TAKEN_BACK = "taken_back"


class DataLoad(Base):
    """One file. It is not kept itself: its SHA-256 says later whether a file at hand is the one."""

    __tablename__ = "data_load"
    __table_args__ = (
        known("state", LoadState),
        rule("taken_back_whole", "(state = 'taken_back') = (taken_back_at IS NOT NULL)"),
        Index("ix_data_load_round_id", "round_id", "channel", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    channel: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    begun: Mapped[int]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(20), default=LoadState.STANDING.value)
    reason: Mapped[str] = mapped_column(String(500), default="")
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))


class LoadedCase(Base):
    """A case that a row of the file began."""

    __tablename__ = "loaded_case"
    __table_args__ = (Index("ix_loaded_case_load_id", "load_id", "row_no"),)

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    load_id: Mapped[int] = mapped_column(Key, ForeignKey("data_load.id"))
    row_no: Mapped[int]
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
