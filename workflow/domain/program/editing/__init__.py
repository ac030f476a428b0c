"""Surgical edits of a program file: the signs that an edit means are changed, every other byte and comment stays."""

from collections.abc import Sequence
from typing import Any

from workflow.domain.program.editing import meaning, plain
from workflow.domain.program.editing.changes import (
    Add,
    CannotEdit,
    Duplicate,
    Edit,
    Edited,
    Move,
    Pieces,
    Put,
    Remove,
    Rename,
    Splice,
    Touched,
    applied,
    carried,
    inverse,
    inverted,
    undone,
)
from workflow.domain.program.editing.hunks import Copy, Drop, Insert, Rekey, Set, Shift, Simple, at_once
from workflow.domain.program.editing.mentions import mentions
from workflow.domain.program.editing.reading import data_of, tree_of
from workflow.domain.program.editing.saying import label, said
from workflow.domain.program.editing.starting import blank, cloned
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

__all__ = [
    "Add", "CannotEdit", "Duplicate", "Edit", "Edited", "Move", "Put", "Remove", "Rename", "Splice", "Touched",
    "applied", "blank", "carried", "cloned", "data_of", "edit", "edit_all", "inverse", "inverted", "label", "removal",
    "undone", "value_at",
]  # fmt: skip


def edit(text: str, change: Edit) -> Edited:
    return edit_all(text, [change])


def edit_all(text: str, changes: Sequence[Edit]) -> Edited:
    """Several as one: each upon what the one before it left."""
    pieces, words, now, before = Pieces(text), [], text, data_of(text)
    for change in changes:
        wanted = meaning.simple(before, change)
        if not wanted:
            continue
        splices = _spliced(now, before, wanted)
        pieces.splice(splices)
        now = applied(now, splices)
        words.append(said(before, change))
        before = data_of(now)
    return Edited(now, pieces.told(), tuple(words))


def value_at(text: str, path: Path) -> Any | None:
    found = plain.at(data_of(text), path)
    return None if found is plain.NOTHING else found


def removal(text: str, path: Path) -> tuple[Edit, ...]:
    """Taking an entry out, and out of every list that names it; what reads it otherwise is left for the linter."""
    data = data_of(text)
    cuts: list[Edit] = []
    for mention in reversed(mentions(data, path)):
        where = mention.path
        if where[:2] == ("fairness", "never_both"):
            where = where[:3] if len(where) > 3 else where[:2]
        elif not (mention.is_key or mention.in_list):
            continue
        if Remove(where) not in cuts:
            cuts.append(Remove(where))
    return (*cuts, Remove(path))


def _spliced(text: str, data: dict[str, Any], wanted: Sequence[Simple]) -> Sequence[Splice]:
    """All at once where they leave each other alone; else one after the other. What comes out is read again, so that
    a file never says anything but what was meant."""
    expected = plain.copied(data)
    for change in wanted:
        perform(expected, change)
    if all(not isinstance(change, Shift) for change in wanted) and not _meet(wanted):
        together = at_once(tree_of(text), wanted)
        if together is not None and _says(applied(text, together), expected):
            return together
    return _in_turn(text, data, wanted, expected)


def _meet(wanted: Sequence[Simple]) -> bool:
    """Whether one of them speaks of what another one changes, so that they must follow each other."""
    copies = [change for change in wanted if isinstance(change, Copy)]
    return bool(copies) and len(wanted) > 1


def _in_turn(text: str, data: dict[str, Any], wanted: Sequence[Simple], expected: Any) -> Sequence[Splice]:
    pieces, now, read = Pieces(text), text, plain.copied(data)
    for change in wanted:
        step = at_once(tree_of(now), [_later(change, data, read)])
        if step is None:
            raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))
        pieces.splice(step)
        now = applied(now, step)
        perform(read, _later(change, data, read))
    if not _says(now, expected):
        raise CannotEdit(Words("这一处的写法太少见，请在源文件里改"))
    return pieces.told()


def _later(change: Simple, data: dict[str, Any], read: dict[str, Any]) -> Simple:
    """The same change after the ones before it: places among siblings are counted anew."""
    if not isinstance(change, Insert):
        return change
    before, after = plain.at(data, change.path), plain.at(read, change.path)
    if not isinstance(before, dict) or not isinstance(after, dict) or change.place >= len(before):
        return Insert(change.path, change.key, change.value, len(after)) if isinstance(after, dict) else change
    following = next((key for key in [*before][change.place :] if key in after), None)
    place = len(after) if following is None else [*after].index(following)
    return Insert(change.path, change.key, change.value, place)


def perform(data: Any, change: Simple) -> None:
    if isinstance(change, Set):
        plain.put(data, change.path, plain.copied(change.value))
    elif isinstance(change, Insert):
        plain.insert(data, change.path, change.key, plain.copied(change.value), change.place)
    elif isinstance(change, Drop):
        plain.remove(data, change.path)
    elif isinstance(change, Shift):
        plain.move(data, change.path, change.place)
    elif isinstance(change, Rekey):
        plain.rekey(data, change.path, change.key)
    else:
        holder = plain.at(data, change.path[:-1])
        place = [*holder].index(change.path[-1]) + 1
        plain.insert(data, change.path[:-1], change.key, plain.copied(holder[change.path[-1]]), place)


def _says(text: str, expected: Any) -> bool:
    try:
        return plain.same(data_of(text), expected)
    except CannotEdit:
        return False
