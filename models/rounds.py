"""Intakes of a program, and which organizations may put people forward in them, with how many places."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class RoundState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SeriesState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"


class Round(Base):
    """`state` is what people decided; whether the doors are open now also asks `opens_at` and `closes_at`."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("program_id", "key", name="uq_round_key"),
        known("state", RoundState),
        rule("closes_after_opening", "closes_at IS NULL OR closes_at > opens_at"),
        rule("numbers_count", "next_number >= 1"),
        rule("closed_has_time", "(state = 'closed') = (closed_at IS NOT NULL)"),
        Index("ix_round_version_id", "version_id"),
        Index("ix_round_state", "state", "opens_at"),
        Index("uq_round_month", "program_id", "month", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    key: Mapped[str] = mapped_column(String(40))  # 2026-1: stands in numbers
    name: Mapped[str] = mapped_column(String(200))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    state: Mapped[str] = mapped_column(String(20))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]  # None: stays open
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the answers to the program's `round:`
    headings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # document number, notice heading…
    next_number: Mapped[int] = mapped_column(default=1)
    remind_at: Mapped[datetime | None]  # when the clock must next look at its closing; None: it has not looked yet
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    month: Mapped[str | None] = mapped_column(String(7))  # 2026-11: its place in the series; a month has one round


class RoundSeries(Base):
    """A program whose rounds the clock opens, one a month. `month`: the last that has a round, or was passed over."""

    __tablename__ = "round_series"
    __table_args__ = (
        known("state", SeriesState),
        Index("ix_round_series_round_id", "round_id"),
    )

    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))  # the last of them: the next takes after it
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was stopped, or goes on
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))  # None: the clock itself


class RoundNominator(Base):
    """A nominator admitted to a channel of a round. `taken` cannot pass `places`: a race cannot overdraw a quota."""

    __tablename__ = "round_nominator"
    __table_args__ = (
        rule("within_places", "taken >= 0 AND (places IS NULL OR taken <= places)"),
        rule("places_count", "places IS NULL OR places >= 0"),
        Index("ix_round_nominator_organization_id", "organization_id"),
    )

    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(60), primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # name -> {value, as_of, source}
    places: Mapped[int | None]  # None: no quota
    taken: Mapped[int] = mapped_column(default=0)
    admitted_at: Mapped[datetime]


class PlaceCount(Base):
    """Places that are not counted per nominator and round: per organization of a field, or anew each year or month.

    A race cannot overdraw them either. `period`: `round:12`, `2026`, `2026-11`.
    """

    __tablename__ = "place_count"
    __table_args__ = (
        rule("within_places", "taken >= 0 AND taken <= places"),
        Index("ix_place_count_organization_id", "organization_id"),
    )

    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(60), primary_key=True)
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class Sequence(Base):
    """Numbers taken one by one outside of rounds, such as the receipts of a day."""

    __tablename__ = "sequence"
    __table_args__ = (rule("counts", "next_value >= 1"),)

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_value: Mapped[int]


class NominationList(Base):
    """The order in which a nominator puts its people, where the program wants one; frozen once it is handed in."""

    __tablename__ = "nomination_list"
    __table_args__ = (
        rule("handed_in_whole", "(listed_at IS NULL) = (seal IS NULL) AND (listed_at IS NULL) = (listed_by IS NULL)"),
        Index("ix_nomination_list_organization_id", "organization_id"),
    )

    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(60), primary_key=True)
    ranking: Mapped[list[Any]] = mapped_column(default=list)  # applications, the first first; who is new stands last
    version: Mapped[int] = mapped_column(default=1)
    listed_at: Mapped[datetime | None]
    listed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    seal: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))  # the signed and sealed page
    seal_name: Mapped[str | None] = mapped_column(String(200))
