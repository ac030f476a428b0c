"""The clock looks around. Each scan may be repeated, doubled or lost: that changes lateness and nothing else."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from models.base import ask, reading, writing
from models.clock import Heartbeat
from workflow.services import (
    deliveries,
    due_times,
    heartbeats,
    joint_destroying,
    overdue,
    packing,
    public_notices_publishing,
    reminders,
    reminders_expiring,
    reminders_rounds,
    retention_due,
    round_duties,
    series,
    sweeping,
    timely,
    trainings_time,
    validity,
)
from workflow.services.studio import adopting

TICK_SECONDS = 5
LATE_AFTER = timedelta(seconds=60)
"""Then any worker looks by itself; with its own look every fifteen seconds a reminder is out within ninety of its due
time, whether or not there is a beat or a broker."""
STANDS_STILL_AFTER = timedelta(minutes=3)
_SCAN, _REST = "scan", "rest"
_SCANNED = select(Heartbeat.scanned_at).where(Heartbeat.name == _SCAN)
_log = logging.getLogger(__name__)


def tick(now: datetime) -> None:
    """One scan. A step that fails does not keep the others from their turn; but then no heartbeat is written, so that a
    scan that failed does not count as one."""
    if _rests(now):
        return
    faults = [fault for fault in (_carried_out(step, now) for step in _STEPS) if fault is not None]
    if faults:
        raise faults[0]
    with writing() as session:
        beat = heartbeats.locked(session, _SCAN, now)
        beat.scanned_at, beat.scans = max(beat.scanned_at, now), beat.scans + 1


def _pack(now: datetime) -> int:
    """Today's digest is closed when nothing more can come for it."""
    return packing.pack(now, digests=not reminders.is_behind(now))


_STEPS: tuple[Callable[[datetime], int], ...] = (
    due_times.carry_out,
    overdue.carry_out,
    validity.carry_out,
    timely.carry_out,
    series.carry_out,
    round_duties.carry_out,
    trainings_time.carry_out,
    public_notices_publishing.carry_out,
    reminders.plan,
    reminders_expiring.plan,
    reminders_rounds.plan,
    _pack,
    deliveries.deliver,
    joint_destroying.carry_out,
    retention_due.carry_out,
    adopting.carry_out,
    sweeping.sweep,
)


def rest(now: datetime, until: datetime) -> None:
    """Scans do nothing before `until`: whoever plays past days, step by step, must not meet today's clock in between.

    It ends by itself, so that a play that was killed leaves no clock asleep; `until=now` ends it at once.
    """
    with writing() as session:
        heartbeats.locked(session, _REST, now).scanned_at = until


def _rests(now: datetime) -> bool:
    with reading() as session:
        resting = session.get(Heartbeat, _REST)
        return resting is not None and now < resting.scanned_at


def _carried_out(step: Callable[[datetime], int], now: datetime) -> Exception | None:
    try:
        step(now)
    except Exception as fault:
        _log.exception("a step of the scan failed: %s", step.__module__)
        return fault
    return None


def last_scan() -> datetime | None:
    """When the last complete scan ended; None before the first."""
    with reading() as session:
        scanned: datetime | None = ask(session, _SCANNED).scalar()
        return scanned


def is_late(now: datetime) -> bool:
    """True when nobody has looked for a while: whoever can should look now."""
    scanned = last_scan()
    return (scanned is None or now - scanned > LATE_AFTER) and not _rests(now)


def stands_still(now: datetime) -> bool:
    """It has looked before, and does not any more: people should know."""
    scanned = last_scan()
    return scanned is not None and now - scanned > STANDS_STILL_AFTER and not _rests(now)
