"""Whom an applicant asked not to be judged by: what was written last counts."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Remark
from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.stages.objecting import names_in
from workflow.services.casework import find, open_case


@dataclass(frozen=True)
class Objected:
    judges: tuple[str, ...] = ()
    why: str = ""


def objected_to(session: Session, application_id: int) -> tuple[str, ...]:
    return standing(session, application_id).judges


def standing(session: Session, application_id: int) -> Objected:
    last = session.execute(
        select(EventRow.stream_id, EventRow.seq)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(
            Stream.kind == StreamKind.APPLICATION.value,
            Stream.subject_id == application_id,
            EventRow.kind == "judges_objected",
        )
        .order_by(EventRow.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return Objected()
    rows = session.execute(
        select(Remark.field, Remark.body).where(Remark.stream_id == last.stream_id, Remark.seq == last.seq)
    )
    said: dict[str, str] = {row.field: row.body for row in rows}
    return Objected(names_in(said.get("judges", "")), said.get("why", ""))


def for_office(ref: str, actor: Actor) -> Objected:
    """For who runs the program: they see that a name misspelled takes nobody out."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        if not can(actor, Permission.APPLICATION_RUN, CaseSubject(case.book.definition, case.application)):
            raise NotFound
        return standing(session, case.row.id)
