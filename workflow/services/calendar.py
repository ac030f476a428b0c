"""The official calendar: what the yearly notice says, on top of the days shipped with the product.

Before a notice is recorded one sees what it moves: last days are derived, so every running case follows it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import literal_state, reading, writing
from models.calendar import CalendarDay
from models.evidence import StreamKind
from models.work import NEVER, WorkItem
from workflow.domain.actor import Actor
from workflow.domain.calendar import WorkCalendar, end_of, local_day, official_days
from workflow.domain.days_notice import Notice, read
from workflow.domain.errors import InvalidInput, NotAllowed, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.program.schema import Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.casework import Case, open_cases
from workflow.services.rulebooks import calendar_of

_CALENDAR = "cn"
_MOMENT = timedelta(seconds=1)
MOST = 500  # running cases that are reckoned to show what moves


@dataclass(frozen=True)
class DayLine:
    day: date
    works: bool
    basis: str


@dataclass(frozen=True)
class Year:
    """One year as it stands: the days that differ from the plain week. `covered`: its notice is in."""

    number: int
    covered: bool
    days: tuple[DayLine, ...]


@dataclass(frozen=True)
class Move:
    """So many open items of one stage whose last day becomes another."""

    program: Label
    round: str
    stage: Label | None
    old: date
    new: date
    count: int


@dataclass(frozen=True)
class Moves:
    """`more`: there are more running cases than were reckoned."""

    lines: tuple[Move, ...]
    more: bool

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)


def understood(text: str) -> Notice:
    """The days of a notice. Raises InvalidInput naming each line that cannot be read."""
    notice = read(text)
    if notice.reasons:
        raise InvalidInput(notice.reasons)
    return notice


# -- looking -----------------------------------------------------------------------------------------------------------
def year(number: int) -> Year:
    shipped = {day.date: DayLine(day.date, day.works, day.notice) for day in official_days() if day.date.year == number}
    with reading() as session:
        covered = calendar_of(session).covers(number)
    stands = {**shipped, **{line.day: line for line in recorded(number)}}
    return Year(number, covered, tuple(stands[day] for day in sorted(stands)))


def uncovered(now: datetime, years: int = 1) -> list[int]:
    """Of this year and the next ones, those whose notice is not in."""
    this = local_day(now).year
    with reading() as session:
        known = calendar_of(session)
    return [number for number in range(this, this + years + 1) if not known.covers(number)]


def moves(actor: Actor, now: datetime, days: Mapping[date, bool]) -> Moves:
    """What would have another last day if these days were recorded. Writes nothing."""
    _require(actor)
    with reading() as session:
        known = calendar_of(session)
        changed = [day for day, works in days.items() if known.is_working(day) != works]
        if not changed:
            return Moves((), more=False)
        ids = _running_until(session, min(changed))
        trial, books, found = WorkCalendar({**known.days, **days}), dict[int, Rulebook](), Counter[Move]()
        for case in open_cases(session, ids[:MOST]):
            book = books.setdefault(case.book.version_id, _under(case.book, trial))
            found.update(_moved(case, book, now))
    lines = (Move(m.program, m.round, m.stage, m.old, m.new, count) for m, count in found.items())
    return Moves(tuple(sorted(lines, key=lambda m: (m.old, m.new, m.round))), more=len(ids) > MOST)


def _running_until(session: Session, day: date) -> list[int]:
    """Cases with an open item due on this day or later: what is due before is not moved by it."""
    wanted = (
        select(WorkItem.application_id)
        .where(WorkItem.state == literal_state("open"), WorkItem.due_at < NEVER, WorkItem.due_at > end_of(day, "0:00"))
        .distinct()
        .order_by(WorkItem.application_id)
        .limit(MOST + 1)
    )
    return list(session.scalars(wanted))


def _under(book: Rulebook, calendar: WorkCalendar) -> Rulebook:
    return Rulebook(book.definition, book.version_id, calendar)


def _moved(case: Case, book: Rulebook, now: datetime) -> list[Move]:
    definition, state, found = case.book.definition, case.application.state, []
    for item in state.open_items():
        old, new = (each.due(case.application, item, now) for each in (case.book, book))
        if old is not None and new is not None and old != new:
            entry = next((entry for entry in state.entries if entry.no == item.entry_no), None)
            stage = definition.stages[entry.stage].name if entry is not None else None
            found.append(Move(definition.program.name, case.round.name, stage, _last(old), _last(new), 0))
    return found


def _last(due: datetime) -> date:
    """The day whose end this is."""
    return local_day(due - _MOMENT)


# -- recording ---------------------------------------------------------------------------------------------------------
def record(actor: Actor, now: datetime, days: Mapping[date, bool], basis: str) -> None:
    """Days of a notice; a day said before is said anew. Due times are derived and follow."""
    _require(actor)
    if not basis.strip():
        raise InvalidInput([Reason(Words("请写依据，例如通知的文号"), "basis")])
    with writing() as session:
        revision = (session.scalar(select(func.max(CalendarDay.revision))) or 0) + 1
        for day, works in days.items():
            row = session.get(CalendarDay, (_CALENDAR, day)) or CalendarDay(calendar=_CALENDAR, day=day)
            row.kind, row.basis, row.revision = "workday" if works else "holiday", basis.strip()[:200], revision
            session.add(row)
        body = {"days": len(days), "first": min(days).isoformat(), "last": max(days).isoformat()}
        remarks = {"basis": basis.strip()}
        evidence.tell(session, StreamKind.INSTALLATION, 0, "calendar_changed", actor, now, body=body, remarks=remarks)


def recorded(year: int) -> Sequence[DayLine]:
    """What was entered here for a year, in order; the shipped days are not among them."""
    with reading() as session:
        rows = session.scalars(
            select(CalendarDay)
            .where(CalendarDay.calendar == _CALENDAR, CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
            .order_by(CalendarDay.day)
        )
        return [DayLine(row.day, row.kind == "workday", row.basis) for row in rows]


def _require(actor: Actor) -> None:
    if not can(actor, Permission.CALENDAR_MANAGE):
        raise NotAllowed(Words("你没有维护工作日历的权限"))
