"""What the office records of one case at the award, before it is issued."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.queries import cases
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.pool_award import own_item
from workflow.domain.program.schema import AwardStage, Field, FileField, Label
from workflow.services.casework import Case, find, name_of, open_case
from workflow.services.sheets import SeenFile


@dataclass(frozen=True)
class Recording:
    """`item` is what the act answers; what was recorded before stands in `known`."""

    application: str
    item: str
    version: int
    name: str
    number: str
    round_ref: str
    program: Label
    stage: AwardStage
    known: Mapping[str, Any]
    files: Mapping[str, SeenFile]

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.stage.record


def look(ref: str, actor: Actor) -> Recording:
    """For who issues this case; for everybody else it is not there."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        stage = case.book.definition.stages.get(case.row.stage_key or "")
        subject = CaseSubject(case.book.definition, case.application)
        if (
            not isinstance(stage, AwardStage)
            or not stage.record
            or not can(actor, Permission.APPLICATION_READ, subject)
        ):
            raise NotFound
        item = own_item(case.book, case.application, stage.key, actor)
        if item is None:
            raise NotFound
        wanted = select(WorkItem).where(WorkItem.application_id == case.row.id, WorkItem.no == item.no)
        row = session.scalars(wanted).one()
        known = case.application.records.get(stage.key, {})
        return Recording(
            ref,
            row.ref,
            row.version,
            name_of(session, case),
            case.row.number or "",
            case.round.ref,
            case.book.definition.program.name,
            stage,
            known,
            _files(session, case, stage, known),
        )


def _files(session: Session, case: Case, stage: AwardStage, known: Mapping[str, Any]) -> dict[str, SeenFile]:
    refs = [ref for key, field in stage.record.items() if isinstance(field, FileField) for ref in known.get(key) or ()]
    rows = cases.files_of(session, case.row.id, refs) if refs else {}
    return {
        ref: SeenFile(ref, row.field_key, row.name, row.name, row.media_type, row.size, row.pages, sealed=False)
        for ref, row in rows.items()
    }
