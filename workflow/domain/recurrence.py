"""When something that comes again falls: `every`, `on`, `roll`, `first_after` (LANGUAGE 5.1)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.domain.calendar import Roll, WorkCalendar, add_months
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
    found = (_landed(calendar, nominal, roll) for nominal in _nominal(every, on, start, end) if nominal >= earliest)
    return tuple(sorted((o for o in found if o is not None and start <= o.date <= end), key=lambda o: o.date))


def _landed(calendar: WorkCalendar, nominal: date, roll: Roll) -> Occurrence | None:
    landed = calendar.roll(nominal, roll)
    if landed is None:
        return None
    provisional = roll != "none" and calendar.provisional(min(nominal, landed), max(nominal, landed))
    return Occurrence(nominal, landed, provisional)


def _nominal(every: Every, on: Day, start: date, end: date) -> Iterator[date]:
    """The days by the rule in every period that touches the span; a period's rule means its last month."""
    step = _MONTHS[every]
    last = _month_of_period(every, on, max(start, date.min + _REACH) - _REACH)
    while last <= min(end, date.max - 2 * _REACH) + _REACH:
        yield day_in(last, on)
        last = add_months(last, step)


def _month_of_period(every: Every, on: Day, day: date) -> date:
    """The first day of the month that counts, in the period holding `day`."""
    if on.kind == "month_day":
        return date(day.year, on.month or 1, 1)
    step = _MONTHS[every]
    return date(day.year, (day.month - 1) // step * step + step, 1)


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
