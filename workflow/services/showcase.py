"""The public's side of rounds: which are open, which are coming, one of them with its definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models.base import reading
from models.programs import ProgramVersion
from models.queries import showcase
from models.rounds import Round
from workflow.domain import months
from workflow.domain.calendar import WorkCalendar
from workflow.domain.errors import NotFound
from workflow.domain.program.schema import Definition
from workflow.services.rulebooks import calendar_of, definition_of


@dataclass(frozen=True)
class ShownRound:
    ref: str
    name: str
    opens_at: datetime
    closes_at: datetime | None
    settings: Mapping[str, Any]
    definition: Definition
    is_open: bool


@dataclass(frozen=True)
class Showcase:
    open: tuple[ShownRound, ...]
    coming: tuple[ShownRound, ...]
    calendar: WorkCalendar


def showcase_now(now: datetime) -> Showcase:
    with reading() as session:
        return Showcase(
            _shown(session, showcase.open_rounds(now), now),
            _shown(session, showcase.coming_rounds(now), now),
            calendar_of(session),
        )


def shown_round(ref: str, now: datetime) -> tuple[ShownRound, WorkCalendar]:
    """A public round, open or not; one that is only planned is not there yet."""
    with reading() as session:
        row = session.execute(showcase.public_rounds().where(Round.ref == ref)).one_or_none()
        if row is None or row[0].opens_at > now:
            raise NotFound
        return _round(row[0], row[1], now), calendar_of(session)


def _shown(session: Session, query: Select[Round, ProgramVersion], now: datetime) -> tuple[ShownRound, ...]:
    return tuple(_round(row, version, now) for row, version in session.execute(query))


def _round(row: Round, version: ProgramVersion, now: datetime) -> ShownRound:
    open_now = row.state == "open" and row.opens_at <= now and (row.closes_at is None or now < row.closes_at)
    definition = months.narrowed(definition_of(version), row.closes_at)
    return ShownRound(row.ref, row.name, row.opens_at, row.closes_at, dict(row.settings), definition, open_now)
