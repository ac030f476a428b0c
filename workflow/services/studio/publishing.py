"""From a draft to a version: what changes and whom it reaches, a second pair of eyes where the place wants one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import Program, ProgramVersion
from models.studio import DraftState, ProgramDraft
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotReady, Reason
from workflow.domain.program.compare import Reach, compare
from workflow.domain.program.load import Loaded
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import Definition
from workflow.domain.program.wordwise import Piece, pieces_of
from workflow.domain.words import Words
from workflow.services import evidence, programs
from workflow.services.programs import Published, newest_version, published_tracks
from workflow.services.rulebooks import definition_of
from workflow.services.studio import checking, drafts
from workflow.services.studio.checking import loaded_among

_LONGEST_NOTE = 1000
_second: list[bool] = [False]


def configure(second_person: bool) -> None:
    """Whether another administrator has to look at a draft before it is published."""
    _second[0] = second_person


@dataclass(frozen=True)
class ChangeLine:
    """How many running cases it reaches is known once it is published: `adopting.affected`."""

    words: Words
    reach: Reach
    path: Path
    pieces: tuple[Piece, ...] = ()  # the two wordings of a changed text in one line


@dataclass(frozen=True)
class Plan:
    """`why_not`: what keeps this reader from publishing it now; None where nothing does."""

    revision: int
    is_new: bool
    number: int
    changes: tuple[ChangeLine, ...]
    errors: int
    needs_second: bool
    why_not: Words | None

    @property
    def may_publish(self) -> bool:
        return self.why_not is None


def plan(ref: str, actor: Actor) -> Plan:
    account = drafts.may(actor)
    with reading() as session:
        row = drafts.row_of(session, ref)
        newest = _newest(session, row)
        loaded = loaded_among(row.text, published_tracks(session))
        old = definition_of(newest) if newest is not None else None
        changes = _changes(old, loaded.definition)
        why_not = _why_not(row, account, len(loaded.errors), newest, loaded.digest)
    number = newest.number + 1 if newest is not None else 1
    return Plan(row.revision, newest is None, number, changes, len(loaded.errors), _second[0], why_not)


def _newest(session: Session, row: ProgramDraft) -> ProgramVersion | None:
    program = session.scalar(select(Program.id).where(Program.key == row.key))
    return newest_version(session, program) if program is not None else None


def _changes(old: Definition | None, new: Definition | None) -> tuple[ChangeLine, ...]:
    if old is None or new is None:
        return ()
    return tuple(ChangeLine(one.words, one.reach, one.path, pieces_of(one)) for one in compare(old, new))


def _why_not(row: ProgramDraft, account: int, errors: int, newest: ProgramVersion | None, digest: str) -> Words | None:
    if row.state not in drafts.LIVE:
        return Words("这份草稿已经结束，不能再改")
    if errors:
        return Words("还有%(n)s处错误，改好才能发布", n=errors)
    if newest is not None and newest.digest == digest:
        return Words("和已发布的第%(number)s版一模一样，不用再发", number=newest.number)
    if _second[0] and row.state != DraftState.IN_REVIEW:
        return Words("先请另一位方案管理员复核，再由他发布")
    if _second[0] and row.asked_by == account:
        return Words("提请复核的人不能自己发布，请另一位方案管理员看过再发")
    return None


def ask_for_review(ref: str, seen: int, note: str, actor: Actor, now: datetime) -> None:
    """From now on nobody changes it, until it is published or taken back."""
    account = drafts.may(actor)
    if len(note.strip()) > _LONGEST_NOTE:
        raise InvalidInput([Reason(Words("说明最多%(most)s个字", most=_LONGEST_NOTE), "note")])
    _, loaded = _loaded(ref)
    if loaded.errors:
        raise NotReady([Reason(one.words, one.where) for one in loaded.errors])
    with writing() as session:
        row = _as_seen(session, ref, seen)
        drafts.still_open(row)
        row.state, row.asked_at, row.asked_by, row.note = DraftState.IN_REVIEW, now, account, note.strip() or None
        body = {"draft": row.id, "revision": row.revision}
        evidence.tell(session, StreamKind.INSTALLATION, 0, "program_review_asked", actor, now, body=body)


def take_back(ref: str, actor: Actor, now: datetime) -> None:
    """By whoever asked, or by whoever was to look and has something to change first."""
    drafts.may(actor)
    with writing() as session:
        row = drafts.row_of(session, ref, lock=True)
        if row.state != DraftState.IN_REVIEW:
            raise NotReady([Reason(Words("这份草稿不在复核中"))])
        row.state, row.asked_at, row.asked_by, row.note = DraftState.OPEN, None, None, None
        evidence.tell(
            session, StreamKind.INSTALLATION, 0, "program_review_taken_back", actor, now, body={"draft": row.id}
        )


def publish(ref: str, seen: int, actor: Actor, now: datetime, *, known: bool = False) -> Published:
    """An immutable version of exactly the text that was seen; the draft ends with it.

    `known`: whoever publishes has read what the check warns of. A warning is no fault of the file, such as a year whose
    days off nobody has announced; it is not passed over in silence either.
    """
    account = drafts.may(actor)
    wanted = plan(ref, actor)
    if wanted.revision != seen:
        raise MovedOn
    if wanted.why_not is not None:
        raise NotAllowed(wanted.why_not) if wanted.needs_second and not wanted.errors else NotReady(_reasons(wanted))
    if not known and (warned := checking.findings(ref, actor, now).warnings):
        raise InvalidInput([Reason(Words("还有%(n)s条提醒：改掉，或者看过勾上再发布", n=warned), "known")])
    text, loaded = _loaded(ref)
    with writing() as session:
        row = _as_seen(session, ref, seen)
        if row.state not in drafts.LIVE or row.text != text:
            raise MovedOn
        made = programs.publish_within(session, text, loaded, actor, now)
        row.state, row.version_id, row.updated_at, row.updated_by = DraftState.PUBLISHED, made.version_id, now, account
        row.program_id = session.scalar(select(Program.id).where(Program.key == made.key))
        return made


def _loaded(ref: str) -> tuple[str, Loaded]:
    """Read before the transaction: it takes a while."""
    with reading() as session:
        text, others = drafts.row_of(session, ref).text, published_tracks(session)
    return text, loaded_among(text, others)


def _reasons(wanted: Plan) -> Sequence[Reason]:
    return [Reason(wanted.why_not)] if wanted.why_not is not None else []


def _as_seen(session: Session, ref: str, seen: int) -> ProgramDraft:
    row = drafts.row_of(session, ref, lock=True)
    if row.revision != seen:
        raise MovedOn
    return row
