"""When something that comes again falls: `every`, `on`, `roll`, `first_after` (LANGUAGE 5.1)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from workflow.domain.calendar import Roll, WorkCalendar
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Day
from workflow.domain.program.schema.after import Every

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_REACH = timedelta(days=45)  # a roll never carries further: the longest run of days off, or some weeks of one weekday


@dataclass(frozen=True)
class Occurrence:
    """`nominal` is the day by the rule and names the occurrence for ever; `date` is where it rolled to."""

    nominal: date
    date: date
    provisional: bool = False


def occurrences(
    calendar: WorkCalendar,
    every: Every,
    on: Day,
    roll: Roll,
    start: date,
    end: date,
    *,
    since: date | None = None,
    first_after: Length | None = None,
) -> tuple[Occurrence, ...]:
    """Those falling from `start` to `end`, both included, in order.

    `since` is the day of recognition: with `first_after`, nothing whose nominal day is earlier than that long after it.
    """
    earliest = calendar.add(since, first_after).date if since is not None and first_after is not None else date.min
    first = (max(start, date.min + _REACH) - _REACH).year
    last = (min(end, date.max - _REACH) + _REACH).year
    found = [
        each
        for year in range(first, last + 1)
        for each in _of_year(calendar, every, on, roll, year)
        if start <= each.date <= end and each.nominal >= earliest
    ]
    return tuple(sorted(found, key=lambda o: o.date))


@lru_cache(maxsize=1024)
def _of_year(calendar: WorkCalendar, every: Every, on: Day, roll: Roll, year: int) -> tuple[Occurrence, ...]:
    """Of the periods that end in one year: the clock asks for the same ones of every case, day after day."""
    step = _MONTHS[every]
    months = (on.month or 1,) if on.kind == "month_day" else range(step, 13, step)
    found = (landed(calendar, date(year, month, 1), on, roll) for month in months)
    return tuple(each for each in found if each is not None)


def landed(calendar: WorkCalendar, month: date, on: Day, roll: Roll) -> Occurrence | None:
    """The one of this month; None where the rule is to skip what falls on a day off."""
    nominal = day_in(month, on)
    day = calendar.roll(nominal, roll)
    if day is None:
        return None
    provisional = roll != "none" and calendar.provisional(min(nominal, day), max(nominal, day))
    return Occurrence(nominal, day, provisional)


def day_in(month: date, on: Day) -> date:
    """The day of one month. 29 to 31 mean the last day of a shorter month."""
    size = monthrange(month.year, month.month)[1]
    if on.kind == "weekday":
        return _weekday_in(month, size, on.week or 1, on.weekday or 0)
    return month.replace(day=size if on.kind == "last_day" else min(on.day or 1, size))


def _weekday_in(month: date, size: int, week: int, weekday: int) -> date:
    if week == -1:
        last = month.replace(day=size)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    return first + timedelta(weeks=week - 1)
