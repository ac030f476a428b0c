"""What time itself does to a case: a correction that was not handed back lapses, an unanswered question moves on.

The clock acts through the same `perform` as people, case by case; what is not due or has moved on is simply left.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import literal_state, reading
from models.work import WorkItem
from workflow.domain.application import Duty
from workflow.domain.program.schema import CheckStage
from workflow.services import troubles
from workflow.services.rulebooks import book_of

AT_ONCE = 200


def carry_out(now: datetime) -> int:
    """Perform what has fallen due by itself; how many cases it moved."""
    return sum(troubles.perform(ref, act, now) for ref, act in _fallen_due(now))


def _fallen_due(now: datetime) -> Sequence[tuple[str, str]]:
    """Items of applicants past their due time, with the act that their stage foresees."""
    with reading() as session:
        rows = session.execute(
            select(WorkItem.ref, WorkItem.stage_key, WorkItem.duty, ApplicationRow.version_id)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(WorkItem.state == literal_state("open"), WorkItem.due_at < now, WorkItem.role_key == "applicant")
            .order_by(WorkItem.due_at, WorkItem.id)
            .limit(AT_ONCE)
        ).all()
        foreseen = [(row.ref, _act(book_of(session, row.version_id).stage(row.stage_key), row.duty)) for row in rows]
    return [(ref, act) for ref, act in foreseen if act is not None]


def _act(stage: object, duty: str) -> str | None:
    if not isinstance(stage, CheckStage):
        return None
    if duty == Duty.CORRECT:
        return "lapse_correction" if stage.correction.lapse == "close" else None
    return "go_on_unanswered" if duty == Duty.ACT and stage.if_silent == "go_on" else None
