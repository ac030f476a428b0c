"""Published versions made ready, once per process. A version never changes; the calendar does, and renews them."""

from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.base import Key, ask
from models.calendar import CalendarDay
from models.programs import ProgramVersion
from workflow.domain.actor import Actor
from workflow.domain.calendar import WorkCalendar, official_days
from workflow.domain.errors import NotFound
from workflow.domain.program.load import load
from workflow.domain.program.schema import Definition
from workflow.domain.rulebook import Rulebook

_KEPT = 64
_made: dict[tuple[int, str, tuple[int, str]], Rulebook] = {}
_definitions: dict[str, Definition] = {}
_calendars: dict[tuple[int, str], WorkCalendar] = {}
_lock = Lock()


def book_of(session: Session, version_id: int) -> Rulebook:
    """The rulebook of a published version under today's calendar; looked for once in a transaction."""
    known: dict[int, Rulebook] = session.info.setdefault("rulebooks", {})
    if version_id not in known:
        found = ask(session, _VERSION, version_id=version_id).one_or_none()
        if found is None:
            raise NotFound
        known[version_id] = _book(session, *found)
    return known[version_id]


_DAYS = [
    select(asked).where(CalendarDay.calendar == "cn").scalar_subquery()
    for asked in (func.count(), func.max(CalendarDay.revision))
]
_STAMP = select(*_DAYS)
_WHICH = select(ProgramVersion.id, ProgramVersion.digest, *_DAYS)
_VERSION = _WHICH.where(ProgramVersion.id == bindparam("version_id"))
_HELD = _WHICH.where(ProgramVersion.program_id.in_(bindparam("programs", type_=Key, expanding=True)))


def _book(session: Session, version_id: int, digest: str, *days: Any) -> Rulebook:
    """A small statement says which rulebook it is; the source is read where this process has not made it yet."""
    stamp = _stamp(*days)
    key = (version_id, digest, stamp)
    with _lock:
        known = _made.get(key)
    if known is not None:
        return known
    version = session.get_one(ProgramVersion, version_id)
    book = Rulebook(definition_of(version), version_id, calendar_of(session, stamp))
    with _lock:
        if len(_made) >= _KEPT:
            _made.pop(next(iter(_made)))
        _made[key] = book
    return book


def definition_of(version: ProgramVersion) -> Definition:
    """The version's definition, read from its source once per process."""
    with _lock:
        known = _definitions.get(version.digest)
    if known is not None:
        return known
    definition = load(version.source).definition
    if definition is None:
        raise RuntimeError(f"published version {version.id} cannot be read any more")
    with _lock:
        _definitions[version.digest] = definition
    return definition


def versions_held(session: Session, actor: Actor) -> dict[int, Rulebook]:
    """The rulebooks of every version of the programs in which the actor holds something."""
    programs = frozenset(holding.program_id for holding in actor.holdings if holding.program_id is not None)
    known: dict[frozenset[int], dict[int, Rulebook]] = session.info.setdefault("rulebooks_of", {})
    if programs not in known:
        rows = ask(session, _HELD, programs=sorted(programs)).all() if programs else ()
        known[programs] = {row[0]: _book(session, *row) for row in rows}
        session.info.setdefault("rulebooks", {}).update(known[programs])
    return known[programs]


def calendar_of(session: Session, stamp: tuple[int, str] | None = None) -> WorkCalendar:
    """The official days shipped with the product, with those an administrator imported on top."""
    stamp = stamp or _calendar_stamp(session)
    with _lock:
        known = _calendars.get(stamp)
    if known is not None:
        return known
    days: dict[date, bool] = {day.date: day.works for day in official_days()}
    imported = session.scalars(select(CalendarDay).where(CalendarDay.calendar == "cn"))
    days.update({row.day: row.kind == "workday" for row in imported})
    calendar = WorkCalendar(days)
    with _lock:
        _calendars.clear()
        _calendars[stamp] = calendar
    return calendar


def _calendar_stamp(session: Session) -> tuple[int, str]:
    return _stamp(*session.execute(_STAMP).one())


def _stamp(count: int, last: int | None) -> tuple[int, str]:
    return int(count), str(last or 0)
