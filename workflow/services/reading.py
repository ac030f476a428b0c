"""One case as policy lets this actor see it: its sheet. Pages, exports and mails read a case through this and no other
way, so that none of them shows what policy hides."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import cases
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can, sees_as_department, sees_blind
from workflow.services import declarations
from workflow.services.casework import Case, find, open_case
from workflow.services.reading_veiled import BlindReader, DepartmentReader
from workflow.services.reading_whole import Reader
from workflow.services.rulebooks import book_of
from workflow.services.sheets import Sheet


def sheet(ref: str, actor: Actor, now: datetime) -> Sheet:
    """The case of this reference; NotFound for who may not read it, as for one that does not exist."""
    with reading() as session:
        case, item_no = _case_named(session, ref, actor)
        return _sheet(session, case, item_no, actor, now)


def sheet_of_item(ref: str, actor: Actor, now: datetime) -> Sheet:
    """The case that a work item belongs to, from the side of that item's stage."""
    with reading() as session:
        place = cases.application_of_item(session, ref)
        if place is None:
            raise NotFound
        return _sheet(session, open_case(session, place[0]), place[1], actor, now)


def is_written_down(ref: str) -> bool:
    """Whether the item stands in a stage that records more than its verdict, or is judged by who must declare first."""
    with reading() as session:
        found = cases.stage_of_item(session, ref)
        if found is None:
            raise NotFound
        version, stage = found
        known = book_of(session, version).definition.stages.get(stage)
        return known is None or bool(known.record) or known.kind in ("score", "vote")


def _case_named(session: Session, ref: str, actor: Actor) -> tuple[Case, int | None]:
    """A blind judge knows a case by the reference of their own item and by no other."""
    item = cases.application_of_item(session, ref)
    case = open_case(session, item[0] if item is not None else find(session, ref).id)
    if blinded(actor, case) != (item is not None):
        raise NotFound
    return case, item[1] if item is not None else None


def blinded(actor: Actor, case: Case) -> bool:
    return sees_blind(actor, case.book.definition, case.application)


def may_read(actor: Actor, case: Case) -> bool:
    return can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application))


def _sheet(session: Session, case: Case, item_no: int | None, actor: Actor, now: datetime) -> Sheet:
    if not may_read(actor, case):
        raise NotFound
    declarations.require(session, case, actor)
    return _reader_of(actor, case)(session, case, actor, now).sheet(item_no)


def _reader_of(actor: Actor, case: Case) -> type[Reader]:
    if blinded(actor, case):
        return BlindReader
    return DepartmentReader if sees_as_department(actor, case.book.definition, case.application) else Reader
