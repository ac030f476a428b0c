"""Evidence of a task that was done: photographs and papers, kept beside the case and named by the event."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import cases
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.program.schema import FileField, FollowUpStage
from workflow.domain.transitions import offers
from workflow.services import record_files
from workflow.services.casework import Case
from workflow.services.follow_ups import opened

EVIDENCE = FileField.model_validate({"key": "files", "name": "照片或材料", "type": "file", "many": 5})


def attach(ref: str, task: int, name: str | None, stream: BinaryIO, actor: Actor, now: datetime) -> str:
    """Take one file for a task of the stay that runs: its reference, which counts once the act names it."""

    def here(session: Session) -> tuple[Case, str]:
        case = opened(session, ref, actor)
        if all(offer.name != "do_task" for offer in offers(case.book, case.application, actor, now)):
            raise NotFound
        return case, _path(case, task)

    with reading() as session:
        here(session)
    return record_files.taken_in(here, "files", EVIDENCE, name, stream, actor, now)


def names(ref: str, task: int, refs: Sequence[str], actor: Actor) -> dict[str, str]:
    """Of files that were handed in for this task and are not counted yet: reference -> name. Others fall away."""
    with reading() as session:
        case = opened(session, ref, actor)
        found = cases.files_of(session, case.row.id, list(refs)[: EVIDENCE.many * 4]) if refs else {}
        used = {each for growth in case.application.state.after.growth for done in growth.tasks for each in done.files}
        path = _path(case, task)
        mine = {each: row.name for each, row in found.items() if row.field_key == path and each not in used}
        return dict(list(mine.items())[: EVIDENCE.many])


def _path(case: Case, task: int) -> str:
    entry = case.application.state.entry
    stage = case.book.definition.stages.get(case.row.stage_key or "")
    if entry is None or not isinstance(stage, FollowUpStage) or not 1 <= task <= len(stage.tasks):
        raise NotFound
    return f"task.{entry.no}.{task}"
