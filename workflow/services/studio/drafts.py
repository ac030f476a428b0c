"""Programs in the making: begun from nothing, from a shipped file, from a version or from an uploaded one."""

import re
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.accounts import Account
from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import Program, ProgramVersion
from models.studio import DraftState, ProgramDraft
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.program import editing
from workflow.domain.program.source import LARGEST
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.programs import VersionLine
from workflow.services.studio.pinned import Pinned, counted

SHIPPED = Path(__file__).resolve().parents[3] / "programs"
LIVE = (DraftState.OPEN.value, DraftState.IN_REVIEW.value)
_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True)
class Shipped:
    """A program that comes with the product, to begin from."""

    stem: str
    key: str
    name: str


@dataclass(frozen=True)
class DraftLine:
    ref: str
    key: str
    name: str
    state: str
    revision: int
    program_ref: str | None
    based_on: VersionLine | None
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True)
class Draft(DraftLine):
    text: str
    created_at: datetime
    asked_at: datetime | None
    asked_by: str | None
    note: str | None
    version: VersionLine | None
    pinned: tuple[Pinned, ...]


def may(actor: Actor) -> int:
    """The account of whoever may make programs."""
    if not can(actor, Permission.PROGRAM_PUBLISH) or actor.account_id is None:
        raise NotAllowed(Words("只有方案管理员可以编辑方案"))
    return actor.account_id


# --- beginning


def start(
    actor: Actor,
    now: datetime,
    *,
    key: str | None = None,
    name: str | None = None,
    shipped: str | None = None,
    version_id: int | None = None,
    text: str | None = None,
) -> str:
    """A new draft's ref. With `key` and `name` a copy is a program of its own; a version alone is its next version."""
    account = may(actor)
    program_id, based_on = None, None
    if version_id is not None:
        text, program_id = _of_version(version_id)
        based_on = version_id if key is None else None
    elif shipped is not None:
        text = _of_shipped(shipped)
    if key is not None:
        text, program_id = _as_new(text, key, name or ""), None
    if text is None:
        raise InvalidInput([Reason(Words("请写项目的键和名称"), "key")])
    text = storable(text)
    key, name = told_by(text, key or "untitled", name or "")
    row = ProgramDraft(
        ref=random.token_urlsafe(12),
        program_id=program_id,
        based_on_id=based_on,
        key=key,
        name=name,
        text=text,
        state=DraftState.OPEN,
        created_at=now,
        created_by=account,
        updated_at=now,
        updated_by=account,
    )
    with writing() as session:
        if program_id is None:
            row.program_id = session.scalar(select(Program.id).where(Program.key == key))
        session.add(row)
        session.flush()
        body = {"draft": row.id, "key": key, "version": based_on}
        evidence.tell(session, StreamKind.INSTALLATION, 0, "program_draft_started", actor, now, body=body)
    return row.ref


def _of_version(version_id: int) -> tuple[str, int]:
    with reading() as session:
        version = session.get(ProgramVersion, version_id)
        if version is None:
            raise NotFound
        return version.source, version.program_id


def _of_shipped(stem: str) -> str:
    if stem not in {one.stem for one in shipped_programs()}:
        raise NotFound
    return (SHIPPED / f"{stem}.yaml").read_text("utf-8")


def _as_new(text: str | None, key: str, name: str) -> str:
    reasons = []
    if not _KEY.fullmatch(key):
        reasons.append(Reason(Words("键用小写字母开头，只用小写字母、数字和下划线，最多60个字"), "key"))
    if not name.strip() or len(name.strip()) > 100:
        reasons.append(Reason(Words("请写项目名称，最多100个字"), "name"))
    with reading() as session:
        if session.scalar(select(Program.id).where(Program.key == key)) is not None:
            reasons.append(Reason(Words("“%(key)s”已经是另一个项目的键，请换一个", key=key), "key"))
    if reasons:
        raise InvalidInput(reasons)
    if text is None:
        return editing.blank(key, name.strip())
    return editing.edit_all(text, editing.cloned(editing.data_of(text), key, name.strip())).text


def storable(text: str) -> str:
    """A text that can be kept, sound or not: no longer than a program may be, and of signs that a database takes."""
    if len(text) > LARGEST:
        raise InvalidInput([Reason(Words("文件太大：方案文件最多 %(most)s 个字", most=LARGEST), "text")])
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InvalidInput([Reason(Words("文件里有不能保存的字符，请另存为 UTF-8 再上传"), "text")])
    return text


def told_by(text: str, key: str, name: str) -> tuple[str, str]:
    """Key and name as the text says them; as they were before where it does not."""
    try:
        program = editing.data_of(text).get("program")
    except editing.CannotEdit:
        return key, name or key
    program = program if isinstance(program, dict) else {}
    called = program.get("name")
    called = called.get("zh") if isinstance(called, dict) else called
    said = program.get("key")
    return (str(said)[:60] if isinstance(said, str) else key), (str(called)[:200] if called else name or key)


@cache
def shipped_programs() -> tuple[Shipped, ...]:
    found = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        key, name = told_by(path.read_text("utf-8"), path.stem, path.stem)
        found.append(Shipped(path.stem, key, name))
    return tuple(found)


# --- looking


def listed(actor: Actor) -> Sequence[DraftLine]:
    """Those still in the making, the latest touched first."""
    may(actor)
    with reading() as session:
        rows = session.execute(
            _lines()
            .where(ProgramDraft.state.in_(LIVE))
            .order_by(ProgramDraft.updated_at.desc(), ProgramDraft.id.desc())
        ).all()
    return [_line(*row) for row in rows]


def shown(ref: str, actor: Actor) -> Draft:
    may(actor)
    asker = aliased(Account)
    with reading() as session:
        found = session.execute(_lines().where(ProgramDraft.ref == ref)).first()
        if found is None:
            raise NotFound
        row = found[0]
        asked_by = session.scalar(select(asker.name).where(asker.id == row.asked_by)) if row.asked_by else None
        version = session.get(ProgramVersion, row.version_id) if row.version_id else None
        pinned = counted(session, found[2]).get(found[2], ()) if found[2] else ()
    line = _line(*found)
    return Draft(
        **vars(line),
        text=row.text,
        created_at=row.created_at,
        asked_at=row.asked_at,
        asked_by=asked_by,
        note=row.note,
        version=_version(version),
        pinned=pinned,
    )


def _lines() -> Select[ProgramDraft, str, str, ProgramVersion]:
    return (
        select(ProgramDraft, Account.name, Program.ref, ProgramVersion)
        .join(Account, Account.id == ProgramDraft.updated_by)
        .outerjoin(Program, Program.id == ProgramDraft.program_id)
        .outerjoin(ProgramVersion, ProgramVersion.id == ProgramDraft.based_on_id)
    )


def _line(row: ProgramDraft, by: str, program_ref: str | None, version: ProgramVersion | None) -> DraftLine:
    return DraftLine(
        row.ref, row.key, row.name, row.state, row.revision, program_ref, _version(version), row.updated_at, by
    )


def _version(version: ProgramVersion | None) -> VersionLine | None:
    return VersionLine(version.id, version.number, version.published_at) if version is not None else None


# --- one row


def row_of(session: Session, ref: str, *, lock: bool = False) -> ProgramDraft:
    wanted = select(ProgramDraft).where(ProgramDraft.ref == ref)
    row = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound
    return row


def still_open(row: ProgramDraft) -> None:
    if row.state == DraftState.IN_REVIEW:
        raise NotReady([Reason(Words("正在等人复核，先收回才能再改"))])
    if row.state != DraftState.OPEN:
        raise NotReady([Reason(Words("这份草稿已经结束，不能再改"))])


def discard(ref: str, actor: Actor, now: datetime) -> None:
    """Put away, not destroyed: its text and its log stay."""
    account = may(actor)
    with writing() as session:
        row = row_of(session, ref, lock=True)
        if row.state not in LIVE:
            raise NotReady([Reason(Words("这份草稿已经结束，不能再改"))])
        row.state, row.updated_at, row.updated_by = DraftState.DISCARDED, now, account
        evidence.tell(
            session, StreamKind.INSTALLATION, 0, "program_draft_discarded", actor, now, body={"draft": row.id}
        )
