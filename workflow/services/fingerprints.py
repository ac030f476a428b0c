"""What was handed in, recognized again: the SHA-256 of each file and of the answers, on the receipt of each hand-in.

The answers of one hand-in are written out as one text, which also names every file by its SHA-256 and carries the
keyed digest that covers the encrypted values. The event of the hand-in holds the SHA-256 of that text, so that the
chain stands for all of it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.base import reading
from models.evidence import StreamKind
from models.files import Attachment, StoredFile
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.events import Event
from workflow.domain.program.schema import Label
from workflow.domain.words import Words
from workflow.services import worksheets
from workflow.services.casework import Case, find, open_case
from workflow.services.evidence import events_of
from workflow.services.following import refuse_stranger

HANDED_IN = ("submitted", "corrected")
BLIND = "blind_copy"


@dataclass(frozen=True)
class FilePrint:
    """One file. `sent`: as it was on the sender's machine; `kept`: where a picture was written anew when it came in."""

    place: Label | Words
    name: str
    size: int
    sent: str
    kept: str | None
    blind_copy: bool = False


@dataclass(frozen=True)
class HandIn:
    """One submission or correction, by the server's time."""

    kind: str
    revision: int
    at: datetime
    answers: str
    held: bool  # the answers are still kept, and give the fingerprint that the chain holds
    files: tuple[FilePrint, ...]


# -- making ------------------------------------------------------------------------------------------------------------
def of_answers(session: Session, application_id: int, revision: int) -> str:
    """Of what is being handed in: nothing beside it can have been replaced since."""
    return hashlib.sha256(_text(session, application_id, revision, just_now=True)).hexdigest()


def _text(session: Session, application_id: int, revision: int, *, just_now: bool = False) -> bytes:
    """The same bytes whenever it is asked for, as long as the answers are kept."""
    row = session.get_one(Answers, (application_id, revision))
    files = [
        {"ref": each.ref, "sha256": [each.source_sha256, each.sha256] if each.source_sha256 else [each.sha256]}
        for each, _ in _attached(session, row, just_now=just_now)
    ]
    written = {"answers": row.body, "digest": row.digest, "files": files, "revision": revision}
    return json.dumps(written, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _attached(session: Session, row: Answers, *, just_now: bool = False) -> list[tuple[Attachment, StoredFile]]:
    """The files that the answers name, and the anonymous copies that stood beside them when they were handed in.

    Each kind is asked for by itself, so that the first two are found by an index, however many files there are.
    """
    mine = (
        select(Attachment, StoredFile)
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(Attachment.application_id == row.application_id)
    )
    copies = mine.where(Attachment.purpose == BLIND, Attachment.uploaded_at <= row.submitted_at)
    asked = [
        mine.where(Attachment.ref.in_(set(_texts_in(row.body)))),
        copies.where(Attachment.replaced_at.is_(None)),
    ]
    if not just_now:
        asked.append(copies.where(Attachment.replaced_at > row.submitted_at))
    found = {each.id: (each, stored) for statement in asked for each, stored in session.execute(statement)}
    return [found[id_] for id_ in sorted(found)]


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in the answers: the references of files stand among them, and are like nothing else."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


# -- the receipt -------------------------------------------------------------------------------------------------------
def receipt(ref: str, actor: Actor) -> tuple[HandIn, ...]:
    """Every hand-in of a case, the first one first; for its person and whoever filled it."""
    with reading() as session:
        case = _own(session, ref, actor)
        return tuple(hand_ins(session, case))


def by_number(number: str) -> tuple[HandIn, ...]:
    """The same for whoever has just handed in over a link and holds the receipt's number; nobody is signed in there."""
    with reading() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.receipt == number)).one_or_none()
        return tuple(hand_ins(session, open_case(session, row.id))) if row is not None else ()


def answers_file(ref: str, revision: int, actor: Actor) -> bytes:
    """The text whose fingerprint the receipt shows, to keep beside it."""
    with reading() as session:
        case = _own(session, ref, actor)
        if not any(each.revision == revision and each.held for each in hand_ins(session, case)):
            raise NotFound
        return _text(session, case.row.id, revision)


def _own(session: Session, ref: str, actor: Actor) -> Case:
    case = open_case(session, find(session, ref).id)
    refuse_stranger(case, actor)
    return case


def hand_ins(session: Session, case: Case) -> Iterator[HandIn]:
    for event, row in _told(session, case.row.id):
        now_so = of_answers(session, case.row.id, row.revision)
        told = event.body.get("answers", now_so)
        files = tuple(_prints(session, case, row))
        yield HandIn(event.kind, row.revision, event.at, told, told == now_so, files)


def handed_in(session: Session, application_id: int, digest: str) -> datetime | None:
    """When a file, or the text of the answers, of this SHA-256 first came in with this application."""
    for event, row in _told(session, application_id):
        known = {sha for each, _ in _attached(session, row) for sha in (each.source_sha256, each.sha256)}
        if digest in known or digest == event.body.get("answers"):
            return event.at
    return None


def _told(session: Session, application_id: int) -> Iterator[tuple[Event, Answers]]:
    for event in events_of(session, StreamKind.APPLICATION, application_id):
        if event.kind in HANDED_IN:
            yield event, session.get_one(Answers, (application_id, event.body["revision"]))


def _prints(session: Session, case: Case, row: Answers) -> Iterator[FilePrint]:
    fields = case.book.definition.form_fields()
    places = {ref: path for path, refs in worksheets.file_refs(fields, row.body).items() for ref in refs}
    for each, stored in _attached(session, row):
        blind = each.purpose == BLIND
        path = each.field_key if blind else places.get(each.ref, each.field_key)
        yield FilePrint(
            worksheets.name_of(fields, path),
            each.name,
            stored.size,
            each.source_sha256 or each.sha256,
            each.sha256 if each.source_sha256 else None,
            blind,
        )
