"""What is near -> whom to nudge, and when (LANGUAGE.md part 4). A nudge is told once, and only while it is still true.

T is the last day. Offices hear two working days before, on the day and once it has passed, then together with who runs
the program; raters and applicants three, one and none before. Overdue comes again every third working day, five times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.domain.calendar import SHANGHAI, WorkCalendar, local_day
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Definition, ScoreStage, Stage
from workflow.domain.program.schema.after import Duty

HOLDER, RUN_BY, SUPERIOR = "holder", "run_by", "superior"
"""Whom a nudge is for, beside a role by its key: who owes it, who runs the program, who stands above who owes it."""

AT = time(9)  # people find it when they begin
LONG = 10  # working days: worth a word a week before
TIMES_OVERDUE, EVERY_OVERDUE = 5, 3
_IN_WORKING_DAYS = {"wd": 1.0, "d": 5 / 7, "mo": 21.0, "y": 250.0}


@dataclass(frozen=True, slots=True)
class Mark:
    """So long before or after the last day, tell these."""

    offset: Length
    kind: str  # due_soon, due_today, overdue, escalated
    to: str = HOLDER


@dataclass(frozen=True, slots=True)
class Nudge:
    at: datetime
    mark: Mark


# -- what the program asks for -----------------------------------------------------------------------------------------
def marks_of(definition: Definition, stage: Stage | Duty | None, role: str) -> tuple[Mark, ...]:
    """The marks of one item. What the stage or the program says about reminders replaces the defaults; escalation and
    a mark after the day add to them."""
    said = stage.remind if stage is not None and stage.remind is not None else definition.remind
    offsets = _usual(stage, is_person(stage, role)) if said is None else list(said)
    if not any(mark.amount > 0 for mark in offsets):
        offsets += [Length(1 + EVERY_OVERDUE * number, "wd") for number in range(TIMES_OVERDUE)]
    marks = [Mark(offset, _kind(offset)) for offset in offsets]
    if role != "applicant":
        first_late = min((offset for offset in offsets if offset.amount > 0), key=_size)
        marks.append(Mark(first_late, "overdue", RUN_BY))
    escalations = {**definition.escalate, **(stage.escalate if stage is not None else {})}
    return (*marks, *(Mark(late, "escalated", to) for late, to in escalations.items()))


def marks_of_duty(definition: Definition, duty: Duty, role: str) -> tuple[Mark, ...]:
    """What is optional is said once and never again; what precedes an end is said at each of its marks too."""
    if duty.optional:
        offsets = duty.remind if duty.remind is not None else _usual(duty, is_person(duty, role))
        early = [offset for offset in offsets if offset.amount <= 0]
        return (Mark(min(early, key=_size), "due_soon"),) if early else ()
    before = (Mark(Length(-mark.amount, mark.unit), "due_soon") for mark in duty.at)
    return (*before, *marks_of(definition, duty, role))


def is_person(stage: Stage | Duty | None, role: str) -> bool:
    """Who does it beside their own work: applicants, and experts who rate."""
    return role == "applicant" or (isinstance(stage, ScoreStage) and role in stage.raters)


def _usual(stage: Stage | Duty | None, person: bool) -> list[Length]:
    is_long = stage is not None and stage.due is not None and _size(stage.due) >= LONG
    days = (-3, -1, 0) if person else (-5, -2, 0) if is_long else (-2, 0)
    return [Length(day, "wd") for day in days]


def marks_before(days: Iterable[int]) -> tuple[Mark, ...]:
    """Plain marks in working days, for what is no work item: a round that closes."""
    return tuple(Mark(Length(day, "wd"), "due_soon") for day in days)


def _size(length: Length) -> float:
    return length.amount * _IN_WORKING_DAYS[length.unit]


def _kind(offset: Length) -> str:
    return "due_today" if not offset.amount else "due_soon" if offset.amount < 0 else "overdue"


# -- when --------------------------------------------------------------------------------------------------------------
def schedule(calendar: WorkCalendar, due: datetime, marks: Iterable[Mark]) -> tuple[Nudge, ...]:
    """Each mark at nine in the morning of its day, in order. Calendar lengths land on a working day before."""
    last = last_day(due)
    nudges = (Nudge(_at_nine(_day(calendar, last, mark.offset)), mark) for mark in marks)
    return tuple(sorted(nudges, key=lambda nudge: (nudge.at, nudge.mark.to, nudge.mark.kind)))


def last_day(due: datetime) -> date:
    """24:00 ends the day before."""
    return local_day(due - timedelta(microseconds=1))


def _day(calendar: WorkCalendar, last: date, offset: Length) -> date:
    day = calendar.add(last, offset).date
    return day if not offset.amount else calendar.roll(day, "previous_workday") or day


def _at_nine(day: date) -> datetime:
    return datetime.combine(day, AT, SHANGHAI)


def owed(nudges: Iterable[Nudge], since: datetime, now: datetime) -> tuple[Nudge, ...]:
    """Of what has come since the thing was opened, the newest for each audience: after days of standing still nobody
    hears the same three times."""
    newest: dict[str, Nudge] = {}
    for nudge in nudges:
        if since < nudge.at <= now:
            newest[nudge.mark.to] = nudge
    return tuple(newest.values())


def next_look(nudges: Iterable[Nudge], now: datetime) -> datetime | None:
    return min((nudge.at for nudge in nudges if nudge.at > now), default=None)


# -- is it still wanted ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Standing:
    """How the thing stands at the moment of sending. `due` None: its clock stands still, or it has none."""

    open: bool
    due: datetime | None
    holder: int | None = None


def is_wanted(about: datetime, told: int | None, to: str, standing: Standing) -> bool:
    """Not once it is done, has another last day, or has gone into other hands."""
    if not standing.open or standing.due != about:
        return False
    return to != HOLDER or standing.holder in (None, told)


def days_left(calendar: WorkCalendar, due: datetime, now: datetime) -> int:
    """Working days: 0 on the last day, negative once it has passed."""
    last, today = last_day(due), local_day(now)
    days = calendar.working_days_between(today, last)
    return min(days, -1) if today > last else days


def key_of(item: str, about: datetime, mark: Mark, account: int) -> str:
    """What makes planning twice the same as planning once."""
    return f"{item}:{last_day(about).isoformat()}:{mark.offset}:{mark.to}:{account}"
