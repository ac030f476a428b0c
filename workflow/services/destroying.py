"""What goes with one line of a signed list: a whole case, or a part of it; and the person of whom nothing is left."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow, Remark
from models.evidence import Stream, StreamKind
from models.files import Attachment
from models.people import Person
from models.retention import RetentionLine
from models.sealed import SealedValue
from workflow.domain import retention as rules
from workflow.domain.actor import Actor
from workflow.services import case_erasing, erasing, evidence
from workflow.services.case_erasing import Erased
from workflow.services.casework import Case


def destroy(session: Session, case: Case, line: RetentionLine, actor: Actor, now: datetime) -> Erased:
    if line.kind in rules.WHOLE:
        done = case_erasing.erase_case(session, case.row.id, now)
    elif line.kind == "audit":
        done = Erased(0, _reasons(session, case.row.id), ())
    else:
        done = _parts(session, case, line.kind, now)
    body = {"class": line.kind, "files": done.files, "values": done.values}
    evidence.tell(session, StreamKind.APPLICATION_ACCESS, case.row.id, "deleted", actor, now, body=body)
    return done


def _parts(session: Session, case: Case, kind: str, now: datetime) -> Erased:
    definition = case.book.definition
    places = [place for place, known in rules.file_places(definition).items() if known == kind]
    here = (Attachment.application_id == case.row.id, Attachment.destroyed_at.is_(None))
    files = session.scalars(select(Attachment).where(*here, Attachment.field_key.in_(places))).all()
    values = list[SealedValue]()
    if kind == "bank_account":
        wanted = select(SealedValue).where(
            SealedValue.application_id == case.row.id,
            SealedValue.field_key.in_(rules.account_places(definition)),
            SealedValue.destroyed_at.is_(None),
        )
        values = list(session.scalars(wanted))
        case_erasing.destroy_values(values, now)
    return Erased(len(files), len(values), tuple(case_erasing.let_go(files, now)))


def _reasons(session: Session, case: int) -> int:
    """Their digests stay in the events."""
    mine = select(Stream.id).where(Stream.kind == StreamKind.APPLICATION_ACCESS.value, Stream.subject_id == case)
    count = session.scalar(select(func.count()).where(Remark.stream_id.in_(mine))) or 0
    session.execute(delete(Remark).where(Remark.stream_id.in_(mine)))
    return count


def forget_people(session: Session, cases: Collection[int], actor: Actor, now: datetime) -> int:
    """People who are known through these cases only: no account, no list of the office, no case that still holds
    something."""
    wanted = select(ApplicationRow.person_id).where(ApplicationRow.id.in_(cases), ApplicationRow.person_id.is_not(None))
    forgotten = 0
    for person in session.scalars(select(Person).where(Person.id.in_(wanted), Person.erased_at.is_(None))).all():
        mine = ApplicationRow.person_id == person.id
        full = session.scalar(select(func.count()).where(mine, ApplicationRow.emptied_at.is_(None)))
        first = session.scalar(select(func.min(ApplicationRow.created_at)).where(mine))
        account = session.scalar(select(Account.id).where(Account.person_id == person.id))
        elsewhere = case_erasing.member_rows(session, person.id)
        if full or elsewhere or account is not None or first is None or person.created_at < first:
            continue
        erasing.erase_person(session, person, False, now)
        evidence.tell(session, StreamKind.PERSON, person.id, "person_deleted", actor, now)
        forgotten += 1
    return forgotten
