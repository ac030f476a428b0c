"""Attachments on their way out: whole or page by page, sealed ones for a stated reason, only to who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.files import Attachment, StoredFile
from workflow import storage
from workflow.documents import inspection, pages
from workflow.domain.actor import Actor
from workflow.domain.blindness import code_of
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.policy import (
    CaseSubject,
    Permission,
    Sight,
    can,
    is_filler,
    is_person,
    reads_whole_form,
    sees_blind,
    sheet_of,
)
from workflow.domain.program.schema import FileField
from workflow.domain.words import Words
from workflow.services import declarations, evidence, sealing, signed_files
from workflow.services.casework import Case, open_case
from workflow.services.files import BLIND
from workflow.storage import Missing

LOOKED_FOR = timedelta(minutes=15)  # how long a stated reason opens one L4 file
PDF = inspection.MEDIA_TYPES["pdf"]
_ENDINGS = {media_type: ending for ending, media_type in inspection.MEDIA_TYPES.items()}


@dataclass(frozen=True)
class Opened:
    """A file on its way out."""

    path: Path
    name: str
    media_type: str
    pages: int | None
    sha256: str
    watermark: Any = None  # the field's own words for every page


def fetch(ref: str, actor: Actor, now: datetime, *, whole: bool = True) -> Opened:
    """The file itself, for who may see this field of this case; the same NotFound for everybody else.

    `whole`: it leaves the house as it is, and not as pictures of its pages.
    """
    with reading() as session:
        row, case = _attached(session, ref)
        field = sealing.field_at(case.book.definition.form_fields(), sealing.path_of(row.field_key, row.row_no))
        _refuse_unseen(session, case, row, actor, now)
        stored = session.get_one(StoredFile, row.sha256)
        watermark = field.watermark if isinstance(field, FileField) else None
        name = row.name
        if _judges_blind(case, actor):
            if whole and stored.media_type == PDF:
                raise NotFound  # a document names its author in places that nobody sees; its pages show what it says
            name = f"{code_of(row.ref)}.{_ENDINGS.get(stored.media_type, 'bin')}"
        found = (name, stored.media_type, stored.pages, row.sha256)
    try:
        return Opened(storage.store().fetch(found[3]), *found, watermark)
    except Missing:
        raise NotFound from None


def page_picture(ref: str, number: int, marks: Sequence[str], actor: Actor, now: datetime) -> bytes:
    """One page as a picture with the marks across it; a film has no pages."""
    found = fetch(ref, actor, now, whole=False)
    picture = pages.picture_of(found.path, found.media_type, number, marks)
    if picture is None:
        raise NotFound
    return picture


def state_reason(ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """Why somebody looks at an L4 file: into the access chain, and the file opens to them for a quarter of an hour."""
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明为什么要看"), "reason")])
    with writing() as session:
        row, case = _attached(session, ref)
        if not _may_open_sealed(case, row, actor):
            raise NotFound
        body = {"attachment": row.id, "field": row.field_key}
        evidence.tell(
            session,
            StreamKind.APPLICATION_ACCESS,
            case.row.id,
            "file_opened",
            actor,
            now,
            body=body,
            remarks={"reason": reason.strip()},
        )


def _attached(session: Session, ref: str) -> tuple[Attachment, Case]:
    row = session.scalar(select(Attachment).where(Attachment.ref == ref))
    if row is None:
        raise NotFound
    return row, open_case(session, row.application_id)


def _refuse_unseen(session: Session, case: Case, row: Attachment, actor: Actor, now: datetime) -> None:
    """A file lies in its field's sight. L4 opens to its owner, and to others for a while after they said why.

    Who judges blind sees the anonymous copy in its place, or the file itself where the program says so.
    """
    declarations.require(session, case, actor)
    if _judges_blind(case, actor):
        _refuse_unseen_when_blind(case, row, actor)
        return
    if row.purpose == "record":
        if not can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application)):
            raise NotFound
        if signed_files.is_one(row) and not reads_whole_form(actor, case.book.definition, case.application):
            raise NotFound
        return
    sight = sheet_of(actor, case.book.definition, case.application).get(row.field_key, Sight.HIDDEN)
    level = _level(case, row)
    if sight is Sight.HIDDEN:
        raise NotFound
    if level != "L4" or _is_own(case, actor):
        return
    if not _may_open_sealed(case, row, actor) or not _reason_stated(session, case, row, actor, now):
        raise NotFound


def _judges_blind(case: Case, actor: Actor) -> bool:
    return sees_blind(actor, case.book.definition, case.application)


def _refuse_unseen_when_blind(case: Case, row: Attachment, actor: Actor) -> None:
    field = sealing.field_at(case.book.definition.form_fields(), sealing.path_of(row.field_key, row.row_no))
    sights = sheet_of(actor, case.book.definition, case.application)
    if not isinstance(field, FileField) or sights.get(row.field_key) is not Sight.WHOLE or row.replaced_at is not None:
        raise NotFound
    if row.purpose != BLIND and field.blind != "show":
        raise NotFound


def _level(case: Case, row: Attachment) -> str:
    field = sealing.field_at(case.book.definition.form_fields(), sealing.path_of(row.field_key, row.row_no))
    return field.level if field is not None else "L4"


def _is_own(case: Case, actor: Actor) -> bool:
    if actor.kind == "link":
        return actor.application_id == case.row.id
    return is_person(actor, case.application) or is_filler(actor, case.application)


def _may_open_sealed(case: Case, row: Attachment, actor: Actor) -> bool:
    field = sealing.field_at(case.book.definition.form_fields(), sealing.path_of(row.field_key, row.row_no))
    subject = CaseSubject(case.book.definition, case.application, field=field)
    return can(actor, Permission.SEALED_READ, subject)


def _reason_stated(session: Session, case: Case, row: Attachment, actor: Actor, now: datetime) -> bool:
    told = session.scalars(
        select(EventRow.body)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(
            Stream.kind == StreamKind.APPLICATION_ACCESS.value,
            Stream.subject_id == case.row.id,
            EventRow.kind == "file_opened",
            EventRow.actor_id == actor.account_id,
            EventRow.at > now - LOOKED_FOR,
        )
    )
    return any(body.get("attachment") == row.id for body in told)
