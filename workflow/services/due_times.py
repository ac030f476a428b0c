"""Last days are derived, never frozen: when the official calendar changes, every running case is reckoned anew.

A hundred cases with each look of the clock, in the order of their numbers, so that nobody waits for it; where it has
come to stands beside the heartbeat, one line for each revision of the calendar.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.applications import ApplicationRow, StageEntry
from models.base import literal_state, reading, writing
from models.calendar import CalendarDay
from models.clock import Heartbeat
from models.work import NEVER, WorkItem
from workflow.domain.calendar import local_day
from workflow.services import timely
from workflow.services.casework import Case, open_case
from workflow.services.recording import entry_values, row_values

AT_ONCE = 100
_ALL = 2**31 - 1


def carry_out(now: datetime) -> int:
    """How many items have another last day."""
    with reading() as session:
        revision = session.scalar(select(func.max(CalendarDay.revision)))
        if revision is None:
            return 0
        name = f"calendar {revision}"
        beat = session.get(Heartbeat, name)
        last = beat.scans if beat is not None else 0
        waiting = [] if last == _ALL else _running(session, last)
    if last == _ALL:
        return 0
    moved = 0
    if last == 0:
        with writing() as session:
            timely.look_at_all(session, local_day(now))
    for number in waiting:
        with writing() as session:
            moved += reckon(session, number, now)
    with writing() as session:
        reached = waiting[-1] if len(waiting) == AT_ONCE else _ALL
        session.merge(Heartbeat(name=name, scanned_at=now, scans=reached))
    return moved


def _running(session: Session, last: int) -> list[int]:
    wanted = (
        select(WorkItem.application_id)
        .where(WorkItem.state == literal_state("open"), WorkItem.application_id > last)
        .distinct()
        .order_by(WorkItem.application_id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(wanted))


def reckon(session: Session, application_id: int, now: datetime) -> int:
    """The last days of one case, as its events and today's calendar say; whoever is reminded hears of the new one."""
    return reckoned(session, open_case(session, application_id, lock=True), now)


def reckoned(session: Session, case: Case, now: datetime) -> int:
    application, application_id, moved = case.application, case.row.id, 0
    for item in application.state.open_items():
        due = case.book.due(application, item, now) or NEVER
        changed = session.scalars(
            update(WorkItem)
            .where(WorkItem.application_id == application_id, WorkItem.no == item.no, WorkItem.due_at != due)
            .values(due_at=due, remind_at=now)
            .returning(WorkItem.id)
        ).all()
        moved += len(changed)
    if not moved:
        return 0
    for entry in application.state.entries:
        if entry.left_at is None:
            stay = session.get_one(StageEntry, (application_id, entry.no))
            stay.due_at = entry_values(case, application, entry, now)["due_at"]
    session.get_one(ApplicationRow, application_id).due_at = row_values(case, application, now)["due_at"]
    return moved
