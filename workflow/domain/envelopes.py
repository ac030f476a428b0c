"""What goes out alone and what waits for the day's digest, when, and by which way. Pure.

In the house everything is seen at once. Outside of it a person gets one digest a day, at nine; what presses goes alone
but lets people sleep; a code or a link that somebody waits for goes as it comes.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from workflow.domain.calendar import SHANGHAI, WorkCalendar, local_day
from workflow.domain.reminders import AT

EMAIL, SMS = "email", "sms"
WAITED_FOR = frozenset(
    {"register_code", "reset_code", "already_registered", "invitation", "confirm_link", "award_link", "member_link"}
)
"""Sent to an address, at any hour, and seen nowhere else."""

PRESSING = frozenset({"returned", "revocation_notified", "alternate_promoted", "confirmation_asked"})
"""Whoever hears of it a day later loses a day of few."""

NUDGES = frozenset({"due_soon", "due_today", "overdue", "escalated", "draft_due", "draft_today", "expiring"})
QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def leaves_at(kind: str, seen_at: datetime, *, urgent: bool = False) -> datetime:
    """From when it may leave the house."""
    if kind in WAITED_FOR:
        return seen_at
    if urgent or kind in PRESSING or kind in NUDGES:
        return awake(seen_at)
    return _nine(local_day(seen_at), seen_at)


def nudge_leaves_at(mark: datetime, now: datetime) -> datetime:
    """From its mark on, not from when somebody came to look: two clocks that differ must close the same digest."""
    later = awake(now)
    return mark if later == now else later


def awake(at: datetime) -> datetime:
    """The same moment, or eight in the morning after it where people sleep."""
    local = at.astimezone(SHANGHAI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, SHANGHAI)


def _nine(day: date, after: datetime) -> datetime:
    at = datetime.combine(day, AT, SHANGHAI)
    return at if at >= after else at + timedelta(days=1)


def next_digest(calendar: WorkCalendar, now: datetime) -> datetime:
    """Nine in the morning of the next working day."""
    return datetime.combine(calendar.nth_working_day(local_day(now), 1), AT, SHANGHAI)


def goes_today(kinds: Iterable[str], works: bool) -> bool:
    """On a day off only what is about a last day."""
    return works or any(kind in NUDGES for kind in kinds)


def ways(urgent: bool, reachable: Collection[str]) -> tuple[str, ...]:
    """What presses goes by every way; a digest by the one that can carry a list."""
    known = [way for way in (EMAIL, SMS) if way in reachable]
    return tuple(known if urgent else known[:1])


def way_to(address: str) -> str | None:
    """An address says by itself how it is reached; a login name is no address."""
    if "@" in address:
        return EMAIL
    return SMS if address.removeprefix("+").isdigit() and len(address) >= 8 else None


# -- trying again ------------------------------------------------------------------------------------------------------
MOST_TRIES = 10
LONGEST_WAIT = timedelta(hours=6)


def wait_after(tries: int) -> timedelta:
    """A minute, then twice as long each time, never more than six hours."""
    return min(timedelta(minutes=1 << max(0, tries - 1)), LONGEST_WAIT)
