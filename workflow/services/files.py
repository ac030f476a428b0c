"""Attachments on their way in: looked into, kept by content. How they come out again: `files_opening`."""

import secrets as random
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import Answers
from models.base import reading, writing
from models.files import Attachment, StoredFile
from workflow import storage
from workflow.documents import inspection
from workflow.domain.actor import Actor
from workflow.domain.application import Status
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Reason
from workflow.domain.program.schema import FileField, TableField
from workflow.domain.words import Words
from workflow.services import drafts, sealing, worksheets
from workflow.services.casework import Case
from workflow.services.worksheets import Held
from workflow.storage import Taken, TooLarge, scanning

MB = 1024 * 1024
ORIGINAL, BLIND = "original", "blind_copy"


@dataclass(frozen=True)
class Sent:
    """One file on its way in. `replaces`: the one in whose place it comes, where a field holds several."""

    path: str
    name: str | None
    stream: BinaryIO
    purpose: str = ORIGINAL
    replaces: str | None = None


@dataclass(frozen=True)
class _Ready:
    """Looked into, and in the house as long as it is not dropped."""

    sent: Sent
    name: str
    taken: Taken
    final: Taken
    seen: inspection.Inspected


def attach(
    ref: str,
    path: str,
    name: str | None,
    stream: BinaryIO,
    actor: Actor,
    now: datetime,
    *,
    purpose: str = ORIGINAL,
    replaces: str | None = None,
) -> Held:
    """Take one file into a draft, or into what was flagged. Refused = InvalidInput at `path`, and nothing is kept."""
    held, refused = attach_all(ref, [Sent(path, name, stream, purpose, replaces)], actor, now)
    if refused:
        raise InvalidInput(refused)
    return held[0]


def attach_all(ref: str, every: Sequence[Sent], actor: Actor, now: datetime) -> tuple[list[Held], list[Reason]]:
    """Take what came together: those that are kept, and why each other one is not."""
    with reading() as session:
        case = drafts.to_change(session, ref, actor, lock=False)
        fields = [_place(case, sent.path, sent.purpose) for sent in every]
    held, refused = [], list[Reason]()
    with ExitStack() as house:
        looked = [_ready(house, sent, field, refused) for sent, field in zip(every, fields, strict=True)]
        ready = [one for one in looked if one is not None]
        if not ready:
            return [], refused
        with writing() as session:
            case = drafts.to_change(session, ref, actor)
            draft = drafts.open_draft(session, case, actor, now)
            for one in ready:
                try:
                    held.append(_kept(session, case, draft, one, actor, now))
                except InvalidInput as refusal:
                    refused += refusal.reasons
    return held, refused


def _ready(house: ExitStack, sent: Sent, field: FileField, refused: list[Reason]) -> _Ready | None:
    accept = [kind for kind in field.accept if sent.purpose == ORIGINAL or kind != "mp4"]
    try:
        called = inspection.checked_name(sent.name)
        taken = house.enter_context(storage.taking(sent.stream, field.max_mb * MB))
        seen = looked_at(taken, called, accept)
        content = seen.rewritten or house.enter_context(taken.path.open("rb"))
        final = house.enter_context(storage.taking(content, 4 * field.max_mb * MB))
    except inspection.Refused as no:
        refused.append(Reason(no.words, sent.path))
    except TooLarge:
        refused.append(Reason(Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=field.max_mb), sent.path))
    else:
        storage.store().keep(final)
        return _Ready(sent, called, taken, final, seen)
    return None


def _place(case: Case, path: str, purpose: str) -> FileField:
    """The file field at this path, if it is one, is asked in this form and may be changed now."""
    fields = worksheets.questions_of(case).fields
    field, table = sealing.field_at(fields, path), fields.get(path.partition(".")[0])
    if not isinstance(field, FileField) or (purpose == BLIND and not field.blind_copy):
        raise NotFound
    if isinstance(table, TableField) and not 1 <= sealing.place_of(path)[1] <= table.rows.high:
        raise NotFound
    if not worksheets.is_open(path, worksheets.open_paths(case)):
        raise NotAllowed(Words("这一项没有开放修改"))
    return field


def _kept(session: Session, case: Case, draft: Answers, one: _Ready, actor: Actor, now: datetime) -> Held:
    sent = one.sent
    field = _place(case, sent.path, sent.purpose)
    left, gone = _room(draft, field, sent) if sent.purpose == ORIGINAL else ([], [])
    note_stored(session, one.final, one.seen, now)
    row = _attachment(session, case, one, actor, now)
    if sent.purpose == ORIGINAL:
        draft.body = with_refs(draft.body, sent.path, [*left, row.ref])
        _let_go(session, case, gone, now)
    draft.saves, draft.saved_at, draft.saved_by = draft.saves + 1, now, actor.account_id
    return Held(row.ref, one.name, one.seen.media_type, one.final.size, one.seen.pages, sent.purpose == BLIND)


def looked_at(taken: Taken, name: str, accept: Sequence[str]) -> inspection.Inspected:
    """By the scanner first, then by eyes of our own. Raises `inspection.Refused`."""
    try:
        scanning.look(taken.path)
    except scanning.Infected:
        raise inspection.Refused(Words("这份文件查出病毒，没有收下。请先杀毒，再重新导出上传")) from None
    except scanning.Unanswered:
        raise inspection.Refused(Words("现在查不了毒，文件没有收下。请过一会儿再传")) from None
    return inspection.inspect(taken.path, taken.size, name, accept)


def note_stored(session: Session, final: Taken, seen: inspection.Inspected, now: datetime) -> None:
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {
        "sha256": final.sha256,
        "size": final.size,
        "media_type": seen.media_type,
        "pages": seen.pages,
        "stored_at": now,
    }
    insert = on.insert(StoredFile).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=["sha256"], set_={"purged_at": None}))


def _attachment(session: Session, case: Case, one: _Ready, actor: Actor, now: datetime) -> Attachment:
    purpose, taken, final = one.sent.purpose, one.taken, one.final
    key, number = sealing.place_of(one.sent.path)
    here = (
        Attachment.application_id == case.row.id,
        Attachment.field_key == key,
        Attachment.row_no == number,
        Attachment.purpose == purpose,
        Attachment.replaced_at.is_(None),
    )
    if purpose == BLIND:
        for before in session.scalars(select(Attachment).where(*here)):
            before.replaced_at = now
        session.flush()
    last = session.scalar(select(func.max(Attachment.position)).where(*here))
    row = Attachment(
        ref=random.token_urlsafe(12),
        application_id=case.row.id,
        field_key=key,
        row_no=number,
        position=0 if last is None else last + 1,
        purpose=purpose,
        name=one.name,
        sha256=final.sha256,
        source_sha256=taken.sha256 if taken.sha256 != final.sha256 else None,
        uploaded_by=actor.account_id,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _room(draft: Answers, field: FileField, sent: Sent) -> tuple[list[str], list[str]]:
    """What stays beside the new one, and what goes: a field for one file holds the newest; a field for several adds it,
    or puts it in place of the one named."""
    held = refs_at(draft.body, sent.path)
    gone = [sent.replaces] if sent.replaces in held else held if field.many == 1 else []
    left = [each for each in held if each not in gone]
    if len(left) >= field.many:
        raise InvalidInput([Reason(Words("这里最多交 %(n)s 份，请先去掉一份", n=field.many), sent.path)])
    return left, gone


def _let_go(session: Session, case: Case, refs: Sequence[str], now: datetime) -> None:
    """In a draft at once; during a correction what is on record stays until it is handed back."""
    if case.application.state.status is not Status.DRAFT:
        return
    for row in session.scalars(select(Attachment).where(Attachment.ref.in_(refs))):
        row.replaced_at = now


def refs_at(body: Any, path: str) -> list[str]:
    parts = path.split(".")
    if len(parts) == 1:
        return list(body.get(path) or [])
    rows = body.get(parts[0]) or []
    number = int(parts[1])
    return list(rows[number - 1].get(parts[2]) or []) if 1 <= number <= len(rows) else []


def with_refs(body: Any, path: str, refs: list[str]) -> dict[str, Any]:
    changed = dict(body)
    parts = path.split(".")
    if len(parts) == 1:
        changed[path] = refs
        return changed
    rows = [dict(row) for row in changed.get(parts[0]) or []]
    rows += [{} for _ in range(int(parts[1]) - len(rows))]
    rows[int(parts[1]) - 1][parts[2]] = refs
    changed[parts[0]] = rows
    return changed


def detach(ref: str, path: str, file_ref: str, actor: Actor, now: datetime) -> None:
    with writing() as session:
        case = drafts.to_change(session, ref, actor)
        draft = drafts.open_draft(session, case, actor, now)
        row = session.scalar(
            select(Attachment).where(Attachment.ref == file_ref, Attachment.application_id == case.row.id)
        )
        if row is None:
            raise NotFound
        _place(case, path, row.purpose)
        if row.purpose == BLIND:
            row.replaced_at = now
        else:
            held = refs_at(draft.body, path)
            if file_ref not in held:
                raise NotFound
            draft.body = with_refs(draft.body, path, [each for each in held if each != file_ref])
            _let_go(session, case, [file_ref], now)
        draft.saves, draft.saved_at, draft.saved_by = draft.saves + 1, now, actor.account_id
