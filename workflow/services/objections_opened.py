"""One objection as it stands: its row beside its case, who handles it, and its sealed columns."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.notices import ObjectionRow
from models.secrets import Place, Unreadable
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.words import Words
from workflow.services.casework import Case, open_case

NAMES: Mapping[str, Words] = {
    "page": Words("公示页提交"),
    "phone": Words("电话"),
    "letter": Words("来信"),
    "visit": Words("来访"),
}


def opened(session: Session, ref: str, *, lock: bool = False) -> tuple[ObjectionRow, Case]:
    row = session.scalars(select(ObjectionRow).where(ObjectionRow.ref == ref)).first()
    if row is None:
        raise NotFound
    return row, open_case(session, row.application_id, lock=lock)


def may_handle(case: Case, actor: Actor) -> bool:
    return can(actor, Permission.OBJECTION_HANDLE, CaseSubject(case.book.definition, case.application))


def seal(ref: str, column: str, text: str) -> bytes:
    return secrets.seal(text, Place("objection", ref, column))


def unseal(ref: str, column: str, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    try:
        return secrets.unseal(sealed, Place("objection", ref, column))
    except Unreadable:
        return ""
