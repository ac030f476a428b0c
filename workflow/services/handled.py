"""What somebody did today and where it went from there: an emptied queue says this instead of nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading
from models.queries.queue_views import DONE
from workflow.domain.actor import Actor
from workflow.domain.application import CLOSED, Status
from workflow.domain.program.schema import Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services import queues
from workflow.services.queues import Wanted
from workflow.services.queues_lines import Line
from workflow.services.rulebooks import book_of

SHOWN = 5
_WAITS = {
    Status.CORRECTING: Words("等申报人补正"),
    Status.HELD: Words("已停表"),
    Status.AWAITING_CONFIRMATION: Words("等本人确认"),
}


@dataclass(frozen=True)
class Handled:
    """`stage` is where it lies now and `by` whose turn it is; where nobody's is, `words` say how it stands."""

    line: Line
    stage: Label | None
    by: Label | None
    words: Words | None


def today(actor: Actor, now: datetime) -> tuple[Handled, ...]:
    """The newest first."""
    lines = [line for line in queues.page(actor, now, Wanted(view=DONE)).lines if line.row.named][:SHOWN]
    if not lines:
        return ()
    with reading() as session:
        wanted = select(ApplicationRow).where(ApplicationRow.id.in_([line.row.application_id for line in lines]))
        rows = {row.id: row for row in session.scalars(wanted)}
        return tuple(
            _handled(line, rows[line.row.application_id], book_of(session, line.row.version_id)) for line in lines
        )


def _handled(line: Line, row: ApplicationRow, book: Rulebook) -> Handled:
    status = Status(row.status)
    definition = book.definition
    if status in CLOSED:
        return Handled(line, None, None, Words("已办结"))
    if status in _WAITS:
        return Handled(line, None, None, _WAITS[status])
    stage = definition.stages.get(row.stage_key or "")
    role = definition.roles.get(stage.by[0]) if stage is not None and stage.by else None
    return Handled(line, stage.name if stage is not None else None, role.name if role is not None else None, None)
