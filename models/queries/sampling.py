"""Who waits for the draw of a sample, what became of the drawn, and which nominators are suspended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow, StageEntry
from models.evidence import EventRow, Stream, StreamKind
from models.organizations import Organization
from models.rounds import Round
from models.work import WorkItem

RUNNING = ("open", "correcting", "held")


@dataclass(frozen=True)
class Standing:
    organization_id: int
    unit: str
    organization: str
    waiting: int
    behind: int


def standing(session: Session, round_id: int, stage: str, position: Mapping[str, int]) -> Sequence[Standing]:
    """By nominator with anybody on a route through the stage. `position` of the stage, by channel."""
    here = and_(ApplicationRow.stage_key == stage, _undrawn(stage))
    before = or_(
        ApplicationRow.status == "awaiting_confirmation",
        *(
            and_(ApplicationRow.channel == channel, ApplicationRow.stage_pos < at, ApplicationRow.status.in_(RUNNING))
            for channel, at in position.items()
        ),
    )
    rows: Any = session.execute(
        select(
            Organization.id,
            Organization.ref,
            Organization.name,
            func.sum(case((here, 1), else_=0)),
            func.sum(case((before, 1), else_=0)),
        )
        .join(Organization, Organization.id == ApplicationRow.nominator_id)
        .where(
            ApplicationRow.round_id == round_id,
            ApplicationRow.channel.in_(sorted(position)),
            ApplicationRow.status != "draft",
        )
        .group_by(Organization.id, Organization.ref, Organization.name, Organization.name_sort)
        .order_by(Organization.name_sort, Organization.id)
    )
    return [Standing(*row) for row in rows]


def _undrawn(stage: str) -> Any:
    """Whoever runs the program still owes the draw."""
    return (
        select(WorkItem.id)
        .where(
            WorkItem.application_id == ApplicationRow.id,
            WorkItem.stage_key == stage,
            WorkItem.state == "open",
            WorkItem.role_key == ApplicationRow.run_by,
        )
        .exists()
    )


def waiting(session: Session, round_id: int, stage: str, organization_id: int) -> Sequence[int]:
    return session.scalars(
        select(ApplicationRow.id)
        .where(
            ApplicationRow.round_id == round_id,
            ApplicationRow.nominator_id == organization_id,
            ApplicationRow.stage_key == stage,
            _undrawn(stage),
        )
        .order_by(ApplicationRow.id)
    ).all()


def results(session: Session, ids: Sequence[int], stage: str) -> list[tuple[str, str, str]]:
    """(reference, number, effect or nothing yet) of the drawn."""
    rows: Any = session.execute(
        select(ApplicationRow.ref, ApplicationRow.number, StageEntry.effect)
        .join(StageEntry, and_(StageEntry.application_id == ApplicationRow.id, StageEntry.stage_key == stage))
        .where(ApplicationRow.id.in_(list(ids)))
        .order_by(ApplicationRow.id, StageEntry.entry_no)
    )
    found = {ref: (ref, number or "", effect or "") for ref, number, effect in rows}
    return list(found.values())


def suspended(session: Session, program_id: int) -> dict[int, datetime]:
    """Organization -> since when, of those whose newest fact of the kind is a suspension."""
    rows = session.execute(
        select(EventRow.kind, EventRow.body, EventRow.at)
        .join(Stream, Stream.id == EventRow.stream_id)
        .join(Round, and_(Stream.kind == StreamKind.ROUND.value, Round.id == Stream.subject_id))
        .where(Round.program_id == program_id, EventRow.kind.in_(("nominator_suspended", "nominator_released")))
        .order_by(EventRow.at, EventRow.stream_id, EventRow.seq)
    )
    found: dict[int, datetime] = {}
    for kind, body, at in rows:
        if kind == "nominator_suspended":
            found.setdefault(body["organization"], at)
        else:
            found.pop(body["organization"], None)
    return found
