"""A round a month (`intake: {every: month, closes: 25, roll: previous_workday}`): when each closes, what it is called,
which channels of a program a round takes."""

from dataclasses import dataclass
from datetime import date, datetime, time

from workflow.domain.calendar import DAY_ENDS, SHANGHAI, Roll, WorkCalendar, add_months, end_of, local_day
from workflow.domain.program.schema import Day, Definition
from workflow.domain.recurrence import Occurrence, landed
from workflow.domain.words import Words


@dataclass(frozen=True)
class Rhythm:
    """How the channels of a program that have a round a month close; the linter holds that they all close alike."""

    closes: int
    roll: Roll
    ends: str = DAY_ENDS["people"]


@dataclass(frozen=True)
class Month:
    """One round of the series. `first` is the first day of the month that names it, wherever its closing day rolls."""

    first: date
    closing: Occurrence
    ends: str = DAY_ENDS["people"]

    @property
    def key(self) -> str:
        return key_of(self.first)

    @property
    def closes_at(self) -> datetime:
        return end_of(self.closing.date, self.ends)


def key_of(first: date) -> str:
    """`2026-11`: as it stands in the tables and in the numbers of applications."""
    return f"{first:%Y-%m}"


def first_of(key: str) -> date:
    return date.fromisoformat(f"{key}-01")


def name_of(first: date) -> str:
    return f"{first.year}年{first.month}月批"


def monthly(definition: Definition) -> Rhythm | None:
    intake = next((c.intake for c in definition.channels.values() if c.intake.mode == "monthly"), None)
    if intake is None:
        return None
    return Rhythm(intake.closes or 31, intake.roll, definition.calendar.day_ends.people)


def month(calendar: WorkCalendar, rhythm: Rhythm, first: date) -> Month:
    """The 29th to the 31st mean the last day of a shorter month. No closing day is ever skipped."""
    on = Day(kind="day", day=rhythm.closes)
    found = landed(calendar, first, on, rhythm.roll) or landed(calendar, first, on, "none")
    assert found is not None  # noqa: S101 - a day that rolls nowhere stays where it is
    return Month(first, found, rhythm.ends)


def months(calendar: WorkCalendar, rhythm: Rhythm, first: date, count: int = 12) -> tuple[Month, ...]:
    return tuple(month(calendar, rhythm, add_months(first, n)) for n in range(count))


def month_closing(calendar: WorkCalendar, rhythm: Rhythm, closes_at: datetime) -> Month:
    """The month whose round this is: the one whose closing day lies nearest. A round that was opened by hand may close
    on another day than the rule says."""
    last = last_day_of(closes_at)
    around = months(calendar, rhythm, add_months(last.replace(day=1), -1), 3)
    return min(around, key=lambda each: abs((each.closing.date - last).days))


def last_day_of(closes_at: datetime) -> date:
    """24:00 belongs to the day that ends."""
    day = local_day(closes_at)
    return date.fromordinal(day.toordinal() - 1) if closes_at.astimezone(SHANGHAI).time() == time() else day


def next_open(calendar: WorkCalendar, rhythm: Rhythm, after: date, today: date) -> tuple[Month, tuple[Month, ...]]:
    """The next round that still makes sense, and those passed over: whose last day has come before anybody could apply.

    `after`: the first day of the month whose round was the last.
    """
    passed: list[Month] = []
    found = month(calendar, rhythm, add_months(after, 1))
    while found.closing.date <= today:
        passed.append(found)
        found = month(calendar, rhythm, add_months(found.first, 1))
    return found, tuple(passed)


def closing_with(calendar: WorkCalendar, rhythm: Rhythm, least: date) -> Month:
    """The first round that closes on this day or later."""
    around = months(calendar, rhythm, add_months(least.replace(day=1), -1), 4)
    return next(each for each in around if each.closing.date >= least)


# -- which channels a round takes --------------------------------------------------------------------------------------
def taken(definition: Definition, closes_at: datetime | None) -> frozenset[str]:
    """Where some channels are open all the year and others have a round a month, a round that stays open takes the
    former and a round that closes the others. In every other program a round takes all of them."""
    modes = {key: channel.intake.mode for key, channel in definition.channels.items()}
    if not {"rolling", "monthly"} <= set(modes.values()):
        return frozenset(modes)
    return frozenset(key for key, mode in modes.items() if (mode == "rolling") == (closes_at is None))


def narrowed(definition: Definition, closes_at: datetime | None) -> Definition:
    """The program as somebody sees it who looks at one round."""
    keys = taken(definition, closes_at)
    if len(keys) == len(definition.channels):
        return definition
    channels = {key: channel for key, channel in definition.channels.items() if key in keys}
    return definition.model_copy(update={"channels": channels})


def refused(definition: Definition, channel: str, closes_at: datetime | None) -> Words | None:
    """Why a round does not take this channel; None where it does."""
    if channel in taken(definition, closes_at):
        return None
    name = definition.channels[channel].name
    if closes_at is None:
        return Words("“%(channel)s”每月一批，请到当月的批次里申报", channel=name)
    return Words("“%(channel)s”常年受理，请到常年的批次里申报", channel=name)
