"""The days of duties: when a stay ends, until when an occurrence may be answered, what comes next (LANGUAGE 5.1).

All of it is derived from the state and the calendar, so that a hold, an extension or a new calendar moves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.domain.after.duties import Owed
from workflow.domain.application import Entry, State, Status
from workflow.domain.calendar import SHANGHAI, WorkCalendar, local_day
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Definition, FollowUpStage
from workflow.domain.program.schema.after import Duty
from workflow.domain.recurrence import occurrences

RENEWAL = "renewal"
_DAYS = {"wd": 2, "d": 1, "mo": 31, "y": 366}


@dataclass(frozen=True)
class Coming:
    """An occurrence not opened yet. `day`: from which its time runs; `opens`: from when it may be answered."""

    duty: Duty
    nominal: date
    day: date
    opens: date
    provisional: bool = False


def stage_of(definition: Definition, state: State) -> FollowUpStage | None:
    """The follow-up in which the case is now, as long as its recognition stands."""
    stage = definition.stages.get(state.stage or "")
    stands = state.recognition is not None and state.recognition.is_valid
    return stage if stands and isinstance(stage, FollowUpStage) else None


def arises_in(duty: Duty, stage: str) -> bool:
    return not duty.during or stage in duty.during


def of_cases(definition: Definition) -> list[Duty]:
    """Those that arise for each case; the renewal has a life of its own."""
    return [duty for duty in definition.duties.values() if duty.key != RENEWAL and duty.per == "case"]


# -- ends --------------------------------------------------------------------------------------------------------------
def stay_end(definition: Definition, calendar: WorkCalendar, state: State, entry: Entry, now: datetime) -> date | None:
    """The last day of a stay; None for one that is open, or while its clock stands still."""
    stage = definition.stages.get(entry.stage)
    if not isinstance(stage, FollowUpStage) or stage.lasts == "open":
        return None
    if stage.lasts == "valid":
        return state.recognition.until if state.recognition is not None else None
    if entry.due_until is not None:
        return entry.due_until
    started = entry.restarted_at or entry.entered_at
    pauses = [(pause.since, pause.until) for pause in entry.pauses]
    due = calendar.due_after_pauses(started, stage.lasts, pauses, now, definition.calendar.count)
    return None if due.paused else due.date


def last_day(definition: Definition, calendar: WorkCalendar, state: State, owed: Owed, now: datetime) -> date | None:
    """Until when an occurrence may be answered in time; None while the clock stands still or where no end is known."""
    duty = definition.duties[owed.duty]
    if state.status is Status.HELD:
        return None
    if owed.due_until is not None:
        return owed.due_until
    if duty.before is not None:
        entry = next(each for each in state.entries if each.no == owed.entry_no)
        expiry = state.recognition.until if state.recognition is not None else None
        return expiry if duty.before == "expiry" else stay_end(definition, calendar, state, entry, now)
    started = datetime.combine(owed.day, time(), SHANGHAI)
    stopping = ("hold", "correction") if duty.runs else ("hold",)
    pauses = [
        (pause.since, pause.until)
        for entry in state.entries
        for pause in entry.pauses
        if pause.why in stopping and (pause.until is None or pause.until > started)
    ]
    due = calendar.due_after_pauses(started, duty.due, pauses, now, definition.calendar.count)
    return None if due.paused else due.date


# -- what comes --------------------------------------------------------------------------------------------------------
def coming(
    definition: Definition, calendar: WorkCalendar, state: State, now: datetime, until: date
) -> Iterator[Coming]:
    """What opens by `until`, as the case stands, and is not known yet. What a condition opens nobody can foresee."""
    stage, known = stage_of(definition, state), state.recognition
    if stage is None or known is None:
        return
    for duty in of_cases(definition):
        if not arises_in(duty, stage.key):
            continue
        if duty.every is not None:
            found = _recurring(calendar, definition, duty, state, until)
        elif duty.once is not None:
            found = _once(calendar, duty, state)
        elif duty.before is not None:
            found = _before(definition, calendar, duty, state, now)
        else:
            continue
        yield from (each for each in found if each.opens <= until)


def _told(state: State, duty: Duty) -> frozenset[date]:
    return frozenset(each.nominal for each in state.after.duties if each.duty == duty.key)


def _recurring(
    calendar: WorkCalendar, definition: Definition, duty: Duty, state: State, until: date
) -> Iterator[Coming]:
    known = state.recognition
    if known is None or duty.every is None or duty.on is None or duty.roll is None:
        return
    reach = until + timedelta(days=duty.opens.amount * _DAYS[duty.opens.unit] + 20)
    end = min(reach, known.until) if known.until is not None else reach
    told, stays = _told(state, duty), _stays(definition, duty, state)
    if not stays:
        return
    first_after = duty.first_after
    for each in occurrences(
        calendar, duty.every, duty.on, duty.roll, stays[0][0], end, since=known.on, first_after=first_after
    ):
        if each.nominal not in told and any(first < each.date <= last for first, last in stays):
            opens = calendar.add(each.date, _back(duty.opens)).date
            yield Coming(duty, each.nominal, each.date, opens, each.provisional)


def _stays(definition: Definition, duty: Duty, state: State) -> list[tuple[date, date]]:
    """The stays in which the duty arises: the day of entering, on which nothing falls due yet, and the last day."""
    return [
        (local_day(entry.entered_at), local_day(entry.left_at) if entry.left_at is not None else date.max)
        for entry in state.entries
        if isinstance(definition.stages.get(entry.stage), FollowUpStage)
        and entry.effect != "skipped"
        and arises_in(duty, entry.stage)
    ]


def _once(calendar: WorkCalendar, duty: Duty, state: State) -> Iterator[Coming]:
    """So long after the recognition; where that was before the stay in which it arises, from the first day there."""
    known, entry = state.recognition, state.entry
    if known is None or entry is None or duty.once is None or _told(state, duty):
        return
    nominal = calendar.add(known.on, duty.once).date
    if known.until is None or nominal <= known.until:
        day = max(nominal, local_day(entry.entered_at))
        yield Coming(duty, nominal, day, calendar.add(day, _back(duty.opens)).date)


def _before(
    definition: Definition, calendar: WorkCalendar, duty: Duty, state: State, now: datetime
) -> Iterator[Coming]:
    """One for each stay, or for each last day of the recognition, opened at the first of its marks."""
    entry, known = state.entry, state.recognition
    if entry is None or known is None or not duty.at:
        return
    told = [each for each in state.after.duties if each.duty == duty.key]
    if duty.before == "expiry":
        end = known.until
        if any(each.is_open or each.nominal == end for each in told):
            return
    else:
        end = stay_end(definition, calendar, state, entry, now)
        if any(each.entry_no == entry.no for each in told):
            return
    if end is not None:
        yield Coming(duty, end, end, min(calendar.add(end, _back(mark)).date for mark in duty.at))


def _back(length: Length) -> Length:
    return Length(-length.amount, length.unit)
