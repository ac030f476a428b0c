"""Points of one recognition: a ledger of entries, and what is worked out from it on a day.

Nothing here is a sum that somebody keeps: balance, tier and what is locked follow from the entries, so that anybody can
add them up again. An entry counts from the day on which it is confirmed (it is booked then), whenever the thing itself
happened; so nothing that is done later can change what a period came to at its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from workflow.domain.calendar import WorkCalendar, add_months, local_day
from workflow.domain.program.schema.after import Limit, Points, Tier
from workflow.domain.rules import canonical

AWAITING, CONFIRMED, REJECTED = "awaiting", "confirmed", "rejected"
CORRECTION = "correction"
"""Where a counter-entry comes from; all other sources are those of the language."""
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_ONE_DAY = timedelta(days=1)
_CENT = Decimal("0.01")
LARGEST = Decimal(10**9)


@dataclass(frozen=True)
class PointsEntry:
    """`value` is what counts, `asked` what it would be without the item's limit, both in canonical spelling. `on` is
    the day of the thing itself; `work` the item by which somebody confirms it."""

    no: int
    item: str
    value: str
    source: str  # record, claim, session, import, correction
    by: int | None
    at: datetime
    on: date
    asked: str | None = None
    corrects: int | None = None
    session: int | None = None
    work: int | None = None
    state: str = AWAITING
    settled_by: int | None = None
    settled_at: datetime | None = None
    expired: bool = False  # told by the clock
    appeal: str | None = None  # open, upheld, rejected

    @property
    def points(self) -> Decimal:
        return Decimal(self.value)

    @property
    def is_confirmed(self) -> bool:
        return self.state == CONFIRMED

    @property
    def booked(self) -> date | None:
        """The day from which it counts."""
        return local_day(self.settled_at) if self.settled_at is not None and self.is_confirmed else None


@dataclass(frozen=True)
class Ledger:
    """Entries by their numbers from 1; periods that were told as locked; the tier and the marks told last."""

    entries: tuple[PointsEntry, ...] = ()
    locked: tuple[str, ...] = ()
    tier: str | None = None
    reached: tuple[str, ...] = ()

    def entry(self, no: object) -> PointsEntry | None:
        return self.entries[no - 1] if isinstance(no, int) and 0 < no <= len(self.entries) else None

    @property
    def awaiting(self) -> tuple[PointsEntry, ...]:
        return tuple(entry for entry in self.entries if entry.state == AWAITING)


NO_POINTS = Ledger()


# -- periods -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Period:
    """`key` is `2026-11`, `2026-Q4`, `2026-H2` or `2026`; `first` and `last` are its days."""

    key: str
    first: date
    last: date


_KEYS = {1: "{y}-{m:02}", 3: "{y}-Q{n}", 6: "{y}-H{n}", 12: "{y}"}


def period_of(day: date, per: Literal["month", "quarter", "half_year", "year"]) -> Period:
    size = MONTHS[per]
    first = date(day.year, (day.month - 1) // size * size + 1, 1)
    key = _KEYS[size].format(y=day.year, m=day.month, n=(day.month - 1) // size + 1)
    return Period(key, first, add_months(first, size) - _ONE_DAY)


def ended_periods(points: Points, since: date, today: date) -> Iterator[Period]:
    """Those that are over and in which the recognition stood, the oldest first."""
    if points.lock is None:
        return
    period = period_of(since, points.lock)
    while period.last < today:
        yield period
        period = period_of(period.last + _ONE_DAY, points.lock)


def is_locked(points: Points, on: date, today: date) -> bool:
    """A period is closed when its last day is over, whether or not the clock has said so yet."""
    return points.lock is not None and period_of(on, points.lock).last < today


# -- what counts -------------------------------------------------------------------------------------------------------
def rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def last_day(points: Points, ledger: Ledger, entry: PointsEntry, calendar: WorkCalendar) -> date | None:
    """The last day on which it counts; a correction ends with what it corrects. None: it does not end."""
    origin = ledger.entry(entry.corrects)
    booked = (origin.booked if origin is not None else None) or entry.booked
    if points.expires is None or booked is None:
        return None
    return calendar.add(booked, points.expires).date


def bookings(points: Points, ledger: Ledger, calendar: WorkCalendar) -> Iterator[tuple[PointsEntry, date, date | None]]:
    """Every confirmed entry with the first and the last day on which it counts."""
    ends: dict[date, date] = {}
    for entry in ledger.entries:
        booked = entry.booked
        if booked is None:
            continue
        if points.expires is None:
            yield entry, booked, None
            continue
        origin = ledger.entry(entry.corrects)
        since = (origin.booked if origin is not None else None) or booked
        if since not in ends:
            ends[since] = calendar.add(since, points.expires).date
        yield entry, booked, ends[since]


def capped(points: Points, total: Decimal) -> Decimal:
    return total if points.cap is None else min(points.cap, total)


def balance(points: Points, ledger: Ledger, day: date, calendar: WorkCalendar) -> Decimal:
    """What stands at the end of a day: the base and everything that counts, never above the cap."""
    counted = (
        entry.points
        for entry, booked, last in bookings(points, ledger, calendar)
        if booked <= day and (last is None or last >= day)
    )
    return capped(points, sum(counted, points.base))


def worth_now(ledger: Ledger, entry: PointsEntry) -> Decimal:
    """What an entry comes to together with the corrections that were confirmed."""
    own = entry.points if entry.is_confirmed else Decimal(0)
    return own + sum((e.points for e in ledger.entries if e.corrects == entry.no and e.is_confirmed), Decimal(0))


def tier_of(points: Points, standing: Decimal) -> Tier | None:
    """The highest tier that the balance reaches."""
    return next((tier for tier in reversed(points.tiers.values()) if standing >= tier.from_), None)


def reached_marks(points: Points, standing: Decimal) -> tuple[str, ...]:
    """The marks below which the balance is, the highest first."""
    below = sorted((mark.below for mark in points.marks if standing < mark.below), reverse=True)
    return tuple(canonical(mark) for mark in below)


# -- limits ------------------------------------------------------------------------------------------------------------
def left_of(limit: Limit, ledger: Ledger, item: str, on: date) -> Decimal:
    """How many entries, or how many points, may still come in the period of a day; what was rejected takes nothing."""
    period = period_of(on, limit.per)
    there = [
        entry
        for entry in ledger.entries
        if entry.item == item
        and entry.corrects is None
        and entry.state != REJECTED
        and period.first <= entry.on <= period.last
    ]
    if limit.unit == "entries":
        return Decimal(max(0, limit.amount - len(there)))
    taken = sum((abs(entry.points) for entry in there), Decimal(0))
    return max(Decimal(0), limit.amount - taken)


def within(value: Decimal, room: Decimal) -> Decimal:
    """As much of a value, of either sign, as there is room for."""
    return value if abs(value) <= room else room.copy_sign(value)


# -- the ledger, line by line ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `total` is the sum so far without regard to the cap, `balance` what stands then."""

    on: date
    entry: PointsEntry | None  # None: the base
    expired: bool
    change: Decimal
    total: Decimal
    balance: Decimal


def lines(points: Points, ledger: Ledger, since: date, day: date, calendar: WorkCalendar) -> tuple[Line, ...]:
    """Every movement up to a day, the base first: what expires on a day goes before what comes on it."""
    moves: list[tuple[date, int, datetime, PointsEntry]] = []
    for entry, booked, last in bookings(points, ledger, calendar):
        if entry.settled_at is None or (last is not None and last < booked):
            continue
        moves.append((booked, 1, entry.settled_at, entry))
        if last is not None:
            moves.append((last + _ONE_DAY, 0, entry.settled_at, entry))
    total = points.base
    found = [Line(since, None, False, total, total, capped(points, total))]
    for on, arrives, _, entry in sorted(moves, key=lambda move: (*move[:3], move[3].no)):
        if on <= day:
            change = entry.points if arrives else -entry.points
            total += change
            found.append(Line(on, entry, not arrives, change, total, capped(points, total)))
    return tuple(found)
