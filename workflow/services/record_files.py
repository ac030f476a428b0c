"""Files that a stage records, such as a stamped form: handed in by whoever acts there, kept beside the case."""

import secrets as random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import reading as reading_tables
from models.base import writing
from models.files import Attachment
from models.queries import cases
from workflow import storage
from workflow.documents import inspection
from workflow.domain.abouts import duty_about
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import FileField
from workflow.domain.words import Words
from workflow.services import files
from workflow.services.casework import Case, open_case
from workflow.storage import Taken, TooLarge

RECORD = "record"
MB = 1024 * 1024


def attach(item_ref: str, key: str, name: str | None, stream: BinaryIO, actor: Actor, now: datetime) -> str:
    """Take one file for a `record:` field of the item's stage. Its reference; it counts once the act names it."""
    with reading_tables() as session:
        _, field, _ = _place(session, item_ref, key, actor)

    def here(session: Session) -> tuple[Case, str]:
        case, _, stage = _place(session, item_ref, key, actor)
        return case, f"{stage}.{key}"

    return taken_in(here, f"record-{key}", field, name, stream, actor, now)


def taken_in(
    here: Callable[[Session], tuple[Case, str]],
    where: str,
    field: FileField,
    name: str | None,
    stream: BinaryIO,
    actor: Actor,
    now: datetime,
) -> str:
    """Look into one file and keep it at the place of a case that `here` names, within the transaction that keeps it."""
    with looked_into(where, field, name, stream) as ready, writing() as session:
        case, path = here(session)
        return put(session, case, path, ready, actor, now)


@dataclass(frozen=True)
class Ready:
    """Looked into, and in the house."""

    name: str
    sha256: str
    source: str | None
    final: Taken
    seen: inspection.Inspected


def put(session: Session, case: Case, path: str, ready: Ready, actor: Actor, now: datetime) -> str:
    files.note_stored(session, ready.final, ready.seen, now)
    return kept(session, case.row.id, path, ready.name, ready.sha256, actor, now, source=ready.source)


@contextmanager
def looked_into(where: str, field: FileField, name: str | None, stream: BinaryIO) -> Iterator[Ready]:
    """One file, as long as the block runs. InvalidInput at `where` for what is not taken in."""
    try:
        called = inspection.checked_name(name)
        with storage.taking(stream, field.max_mb * MB) as taken:
            seen = files.looked_at(taken, called, field.accept)
            with storage.taking(seen.rewritten or taken.path.open("rb"), 4 * field.max_mb * MB) as final:
                storage.store().keep(final)
                source = taken.sha256 if taken.sha256 != final.sha256 else None
                yield Ready(called, final.sha256, source, final, seen)
    except inspection.Refused as refused:
        raise InvalidInput([Reason(refused.words, where)]) from None
    except TooLarge:
        raise InvalidInput(
            [Reason(Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=field.max_mb), where)]
        ) from None


def _place(session: Session, item_ref: str, key: str, actor: Actor) -> tuple[Case, FileField, str]:
    found = cases.application_of_item(session, item_ref)
    if found is None:
        raise NotFound
    case = open_case(session, found[0])
    item = case.application.state.item(found[1])
    if item is None or not can(actor, Permission.ITEM_ACT, CaseSubject(case.book.definition, case.application, item)):
        raise NotFound
    duty = duty_about(case.book.definition, item.about)
    field = (duty.record if duty is not None else case.book.stage(item.stage).record).get(key)
    if not isinstance(field, FileField):
        raise NotFound
    return case, field, item.about if duty is not None and item.about else item.stage


def kept(
    session: Session,
    application_id: int,
    path: str,
    name: str,
    sha256: str,
    actor: Actor,
    now: datetime,
    *,
    source: str | None = None,
) -> str:
    """One more file of a record, after those that came before. Its reference."""
    here = (Attachment.application_id == application_id, Attachment.field_key == path, Attachment.purpose == RECORD)
    last = session.scalar(select(func.max(Attachment.position)).where(*here, Attachment.replaced_at.is_(None)))
    row = Attachment(
        ref=random.token_urlsafe(12),
        application_id=application_id,
        field_key=path,
        position=0 if last is None else last + 1,
        purpose=RECORD,
        name=name,
        sha256=sha256,
        source_sha256=source,
        uploaded_by=actor.account_id,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    return row.ref


def names(item_ref: str, key: str, refs: list[str], actor: Actor) -> dict[str, str]:
    """Of files that were handed in for this field of this case: reference -> name. Foreign references fall away."""
    with reading_tables() as session:
        case, _, stage = _place(session, item_ref, key, actor)
        rows = cases.files_of(session, case.row.id, refs)
        return {
            ref: row.name for ref, row in rows.items() if row.field_key == f"{stage}.{key}" and row.purpose == RECORD
        }
