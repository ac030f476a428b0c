"""A draft is changed by several people at once: what meets is told, the rest merges, each change is undone alone."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading, writing
from models.studio import ProgramDraft, ProgramDraftChange
from workflow.domain.actor import Actor
from workflow.domain.errors import MovedOn, NotFound, Refusal
from workflow.domain.program import editing as text_edits
from workflow.domain.program.editing import CannotEdit, Edit, Edited, Splice
from workflow.domain.program.editing.merging import Meeting, merged
from workflow.domain.program.problems import Path
from workflow.domain.words import Words
from workflow.services.studio import drafts
from workflow.services.studio.wording import packed, unpacked

_TRIES = 5


@dataclass(frozen=True)
class Saved:
    """`words`: what was changed, one sentence each; none where nothing was."""

    revision: int
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Place:
    """One place that two people changed: as it was when the page was opened, as I want it, and as it is now."""

    path: Path
    label: Words
    base: Any
    mine: Any
    theirs: Any
    by: str
    at: datetime


class Conflict(MovedOn):
    """Somebody else changed the same place since the page was opened. Nothing was written; nothing is lost."""

    def __init__(self, revision: int, places: Sequence[Place]) -> None:
        super().__init__()
        self.words = Words("有人刚改过同一处，请看两边的内容再定")
        self.revision = revision
        self.places = tuple(places)


class CannotUndo(Refusal):
    """A later change stands where this one did."""


@dataclass(frozen=True)
class LogLine:
    revision: int
    at: datetime
    by: str
    words: tuple[Words, ...]
    undoes: int | None
    undone: bool
    can_be_undone: bool


@dataclass(frozen=True)
class _Seen:
    """A draft as one look saw it, with its changes after `since`, oldest first."""

    text: str
    revision: int
    later: tuple[ProgramDraftChange, ...]


def edit(ref: str, edits: Sequence[Edit], seen: int, actor: Actor, now: datetime) -> Saved:
    """All of it or nothing; upon the newest text, whoever wrote it."""

    def work(look: _Seen) -> tuple[Edited, int | None]:
        base = before(look.text, look.later)
        wanted, meeting = merged(base, look.text, edits)
        if meeting:
            raise Conflict(look.revision, list(_places(look, base, meeting)))
        return text_edits.edit_all(look.text, wanted), None

    return _save(ref, seen, actor, now, work)


def replace_text(ref: str, text: str, seen: int, actor: Actor, now: datetime) -> Saved:
    """The whole file, as somebody wrote or uploaded it; kept even when it cannot be read."""
    text = drafts.storable(text)

    def work(look: _Seen) -> tuple[Edited, int | None]:
        new = text if "\r\n" in look.text else text.replace("\r\n", "\n")
        if look.later and new != look.text:
            base = before(look.text, look.later)
            meeting = [Meeting((), Words("整份文件"), base, new, look.text)]
            raise Conflict(look.revision, list(_places(look, base, meeting)))
        splices = tuple(by_lines(look.text, new))
        said = (Words("改了源文件，%(n)s处", n=len(splices)),) if splices else ()
        return Edited(new, splices, said), None

    return _save(ref, seen, actor, now, work)


def undo(ref: str, revision: int, actor: Actor, now: datetime) -> Saved:
    """One change, whenever it was made, as long as its place is as it left it."""

    def work(look: _Seen) -> tuple[Edited, int | None]:
        if not look.later or revision in _undone(look.later):
            raise CannotUndo(Words("这一处已经撤销过了"))
        splices = _back(look.later)
        text = text_edits.applied(look.text, splices)
        if _is_yaml(look.text) and not _is_yaml(text):
            raise CannotUndo(Words("这一处后来又改过，不能单独撤销"))
        said = tuple(Words("撤销：%(what)s", what=unpacked(words)) for words in look.later[0].said)
        return Edited(text, splices, said), revision

    return _save(ref, revision - 1, actor, now, work)


def log(ref: str, actor: Actor, most: int = 200) -> Sequence[LogLine]:
    """The newest first."""
    drafts.may(actor)
    with reading() as session:
        row = drafts.row_of(session, ref)
        changes = _changes(session, row.id, 0)
        known = select(Account.id, Account.name).where(Account.id.in_({one.made_by for one in changes}))
        names: dict[int, str] = {row.id: row.name for row in session.execute(known)}
    undone = _undone(changes)
    is_open = row.state in drafts.LIVE[:1]
    lines = []
    for at, change in enumerate(changes):
        free = is_open and change.revision not in undone and _can_go(changes[at:])
        words = tuple(map(unpacked, change.said))
        gone = change.revision in undone
        lines.append(LogLine(change.revision, change.made_at, names[change.made_by], words, change.undoes, gone, free))
    return lines[::-1][:most]


# --- saving


def _save(
    ref: str, since: int, actor: Actor, now: datetime, work: Callable[[_Seen], tuple[Edited, int | None]]
) -> Saved:
    """Reading a text takes a while: it is done outside of the transaction, and again when somebody was faster."""
    account = drafts.may(actor)
    for _ in range(_TRIES):
        look = _look(ref, since)
        edited, undoes = work(look)
        if edited.text == look.text:
            return Saved(look.revision, ())
        drafts.storable(edited.text)
        with writing() as session:
            row = drafts.row_of(session, ref, lock=True)
            drafts.still_open(row)
            if row.revision == look.revision:
                _write(session, row, edited, undoes, account, now)
                return Saved(row.revision, edited.words)
    raise MovedOn


def _look(ref: str, since: int) -> _Seen:
    with reading() as session:
        row = drafts.row_of(session, ref)
        drafts.still_open(row)
        if not 0 <= since <= row.revision:
            raise NotFound
        return _Seen(row.text, row.revision, _changes(session, row.id, since))


def _changes(session: Session, draft_id: int, since: int) -> tuple[ProgramDraftChange, ...]:
    wanted = select(ProgramDraftChange).where(
        ProgramDraftChange.draft_id == draft_id, ProgramDraftChange.revision > since
    )
    return tuple(session.scalars(wanted.order_by(ProgramDraftChange.revision)))


def _write(
    session: Session, row: ProgramDraft, edited: Edited, undoes: int | None, account: int, now: datetime
) -> None:
    row.text, row.revision, row.updated_at, row.updated_by = edited.text, row.revision + 1, now, account
    row.key, row.name = drafts.told_by(edited.text, row.key, row.name)
    change = ProgramDraftChange(
        draft_id=row.id,
        revision=row.revision,
        made_at=now,
        made_by=account,
        splices=[[splice.at, splice.old, splice.new] for splice in edited.splices],
        said=[packed(words) for words in edited.words],
        undoes=undoes,
    )
    session.add(change)
    session.flush()


# --- texts of the past


def splices_of(change: ProgramDraftChange) -> tuple[Splice, ...]:
    return tuple(Splice(*parts) for parts in change.splices)


def before(text: str, later: Sequence[ProgramDraftChange]) -> str:
    """The text as it was before these changes, the last of which led to `text`."""
    for change in reversed(later):
        text = text_edits.undone(text, splices_of(change))
    return text


def _back(changes: Sequence[ProgramDraftChange]) -> tuple[Splice, ...]:
    """What takes the first of the changes back, upon the text after the last of them."""
    back = text_edits.inverted(splices_of(changes[0]))
    try:
        for later in changes[1:]:
            back = text_edits.carried(back, splices_of(later))
    except CannotEdit as touched:
        raise CannotUndo(touched.words) from None
    return back


def _can_go(changes: Sequence[ProgramDraftChange]) -> bool:
    try:
        _back(changes)
    except CannotUndo:
        return False
    return True


def _undone(changes: Sequence[ProgramDraftChange]) -> set[int]:
    """An undoing that was itself undone counts no more."""
    gone: set[int] = set()
    for change in reversed(changes):
        if change.undoes is not None and change.revision not in gone:
            gone.add(change.undoes)
    return gone


def _is_yaml(text: str) -> bool:
    try:
        text_edits.data_of(text)
    except CannotEdit:
        return False
    return True


def by_lines(old: str, new: str) -> Iterator[Splice]:
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in a:
        starts.append(starts[-1] + len(line))
    for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Splice(starts[i], old[starts[i] : starts[j]], "".join(b[k:m]))


def _places(look: _Seen, base: str, meeting: Sequence[Meeting]) -> Iterator[Place]:
    last = [_last_at(look, one.path) for one in meeting]
    with reading() as session:
        known = select(Account.id, Account.name).where(Account.id.in_({change.made_by for change in last}))
        names: dict[int, str] = {row.id: row.name for row in session.execute(known)}
    for one, change in zip(meeting, last, strict=True):
        by = names.get(change.made_by, "")
        yield Place(one.path, one.label, one.base, one.mine, one.theirs, by, change.made_at)


def _last_at(look: _Seen, path: Path) -> ProgramDraftChange:
    """The change that made the place what it is now; the newest of all where only its order was changed."""
    newer = look.text
    for change in reversed(look.later):
        older = text_edits.undone(newer, splices_of(change))
        if not path or _differs(older, newer, path):
            return change
        newer = older
    return look.later[-1]


def _differs(older: str, newer: str, path: Path) -> bool:
    """Yes where one of the two cannot be read."""
    try:
        return bool(text_edits.value_at(older, path) != text_edits.value_at(newer, path))
    except CannotEdit:
        return True
