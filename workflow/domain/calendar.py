"""Working days of mainland China with make-up days, and the instants at which a day ends.

A year whose official notice is not out yet is reckoned with weekends only and marked provisional; it is never an error.
"""

import csv
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

from workflow.domain.lengths import Length

Count = Literal["next_day", "first_day"]
Roll = Literal["none", "skip", "next_workday", "previous_workday", "same_weekday_next_week"]
DayEnd = Literal["24:00", "17:30"]
Pause = tuple[datetime, datetime | None]

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
DAY_ENDS: Mapping[str, DayEnd] = {"people": "24:00", "offices": "17:30"}
_ONE_DAY = timedelta(days=1)
_DAYS_FILE = Path(__file__).parent / "data" / "china_days.csv"


@dataclass(frozen=True)
class Due:
    """A last day. Provisional while the span crosses a year without official data; paused while the clock stands."""

    date: date
    provisional: bool = False
    paused: bool = False


def local_day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date, at: str = DAY_ENDS["people"]) -> datetime:
    """The UTC instant at which `day` ends: "24:00" is the next midnight in Shanghai."""
    hour, minute = (int(part) for part in at.split(":"))
    midnight = datetime.combine(day, time(), SHANGHAI)
    return (midnight + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def deadline(day: date, whose: Literal["people", "offices"] = "people") -> datetime:
    return end_of(day, DAY_ENDS[whose])


def add_months(day: date, months: int) -> date:
    """The same day of a later month, clipped to its end: 31 August + 6 months is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, years * 12)


def months_between(start: date, end: date) -> int:
    """Whole months passed from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def years_between(start: date, end: date) -> int:
    """Whole years passed: an age. Who was born on 29 February is a year older on 28 February of a common year."""
    if end < start:
        return -years_between(end, start)
    years = end.year - start.year
    return years if add_years(start, years) <= end else years - 1


class WorkCalendar:
    """Official exceptions over the plain rule that Monday to Friday are working days."""

    def __init__(self, days: Mapping[date, bool]) -> None:
        self.days = dict(days)
        self._years = frozenset(day.year for day in days if (day.month, day.day) == (1, 1))
        exceptions = sorted((day, works) for day, works in days.items() if works != (day.weekday() < 5))
        self._exceptions = [day.toordinal() for day, _ in exceptions]
        self._gains = [0, *accumulate(1 if works else -1 for _, works in exceptions)]
        self._day_of_rank = lru_cache(maxsize=4096)(self._searched)

    def covers(self, year: int) -> bool:
        """The notice of a year always names its first of January."""
        return year in self._years

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def _rank(self, ordinal: int) -> int:
        """How many working days lie on or before this day, counted from the year 1."""
        weeks, weekday = divmod(ordinal - 1, 7)  # ordinal 1 was a Monday
        return weeks * 5 + min(weekday + 1, 5) + self._gains[bisect_right(self._exceptions, ordinal)]

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        return self._rank(end.toordinal()) - self._rank(start.toordinal())

    def working_days_left(self, now: datetime, due: date) -> int:
        """For "still n working days": today is not counted, the last day is; negative when overdue."""
        return self.working_days_between(local_day(now), due)

    def nth_working_day(self, start: date, steps: int) -> date:
        """The working day `steps` after (or before) `start`; 0 is `start` itself, whatever day it is."""
        if not steps:
            return start
        origin = start.toordinal()
        if steps < 0:
            return self._day_of_rank(self._rank(origin - 1) + steps + 1)
        return self._day_of_rank(self._rank(origin) + steps)

    def _searched(self, rank: int) -> date:
        low = rank // 5 * 7 - 40
        high = low + 80
        while self._rank(high) < rank:
            high += 400
        while self._rank(low) >= rank:
            low -= 400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._rank(middle) < rank else (low, middle)
        return date.fromordinal(high)

    def add(self, start: date, length: Length, count: Count = "next_day") -> Due:
        """The last day of a length. Counting from the next day is the rule; a notice may count its first day."""
        if length.unit == "wd":
            return self._add_working_days(start, length.amount, count)
        last = _add_calendar(start, length)
        return Due(last - _ONE_DAY if count == "first_day" and length.amount > 0 else last)

    def _add_working_days(self, start: date, amount: int, count: Count) -> Due:
        origin = start - _ONE_DAY if count == "first_day" and amount > 0 else start
        last = self.nth_working_day(origin, amount)
        return Due(last, self.provisional(min(start, last), max(start, last)))

    def term(self, start: date, length: Length, count: Count = "next_day") -> Due:
        """A time limit set to somebody: like `add`, but one that would end on a day off ends on the next working day.

        Validity periods use `add`: three years end on the same date, whatever day that is.
        """
        due = self.add(start, length, count)
        last = self.roll(due.date, "next_workday") or due.date
        return Due(last, due.provisional or (length.unit != "wd" and self.provisional(due.date, last)))

    def provisional(self, first: date, last: date) -> bool:
        """Whether any year between the two days still lacks its official notice."""
        return not all(self.covers(year) for year in range(first.year, last.year + 1))

    def roll(self, day: date, rule: Roll) -> date | None:
        """Where an occurrence lands that fell on a day off; None where the rule is to skip it."""
        if rule == "none" or self.is_working(day):
            return day
        if rule == "skip":
            return None
        if rule == "same_weekday_next_week":
            return self._next_week(day)
        return self.nth_working_day(day, 1 if rule == "next_workday" else -1)

    def _next_week(self, day: date) -> date:
        if day.weekday() >= 5:
            return self.nth_working_day(day, 1)  # a Saturday would look for a make-up Saturday for months
        while not self.is_working(day):
            day += timedelta(days=7)
        return day

    def due_after_pauses(
        self, entered: datetime, length: Length, pauses: Iterable[Pause], now: datetime, count: Count = "next_day"
    ) -> Due:
        """A time limit whose clock stood still during the pauses (a hold, a correction in the applicant's hands).

        What was left when the clock stopped is given back from the day it went on. An open pause runs until `now`.
        """
        due = self.term(local_day(entered), length, count)
        for start, end in _merged(pauses, now):
            stopped = local_day(max(start, entered))
            if (end is not None and end <= entered) or stopped > due.date:
                continue
            resumed = local_day(end or now)
            due = replace(self._carried(stopped, resumed, due, length), paused=end is None)
        return due

    def _carried(self, stopped: date, resumed: date, due: Due, length: Length) -> Due:
        if length.unit == "wd":
            left = self.working_days_between(stopped, due.date)
            last = self.roll(self.nth_working_day(resumed, left), "next_workday") or resumed
        else:
            last = self.roll(resumed + (due.date - stopped), "next_workday") or resumed
        return Due(last, due.provisional or self.provisional(resumed, last))


def _add_calendar(start: date, length: Length) -> date:
    if length.unit == "d":
        return start + timedelta(days=length.amount)
    return add_months(start, length.amount * (12 if length.unit == "y" else 1))


def _merged(pauses: Iterable[Pause], now: datetime) -> Sequence[Pause]:
    """Overlapping pauses stop the clock once; a pause without an end is the last that matters."""
    merged: list[Pause] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        if start > now:
            break
        last = merged[-1] if merged else None
        if last and (last[1] is None or start <= last[1]):
            merged[-1] = (last[0], None if last[1] is None or end is None else max(last[1], end))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class OfficialDay:
    date: date
    works: bool
    festival: str
    notice: str


def read_days(lines: Iterable[str]) -> tuple[OfficialDay, ...]:
    """The days of the official notices, as kept in `data/china_days.csv` or as an administrator imports them."""
    rows = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
    return tuple(
        OfficialDay(date.fromisoformat(row["date"]), row["kind"] == "workday", row["festival"], row["notice"])
        for row in rows
    )


@cache
def official_days() -> tuple[OfficialDay, ...]:
    return read_days(_DAYS_FILE.read_text("utf-8").splitlines())


@cache
def official() -> WorkCalendar:
    return WorkCalendar({day.date: day.works for day in official_days()})
