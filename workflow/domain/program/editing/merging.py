"""Edits meant for a text that has changed since: those that meet another change are told, the rest go through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import Add, CannotEdit, Edit, Move, Put, Remove
from workflow.domain.program.editing.reading import data_of
from workflow.domain.program.editing.saying import label
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

_ORDER = "›"


@dataclass(frozen=True)
class Meeting:
    """A place that both changed, with what each made of it; None where it is not there."""

    path: Path
    label: Words
    base: Any
    mine: Any
    theirs: Any


def merged(base: str, now: str, edits: Sequence[Edit]) -> tuple[tuple[Edit, ...], tuple[Meeting, ...]]:
    """`base` is what the editor saw. What says what stood there is no edit, nor is what the other one did as well."""
    if base == now:
        return tuple(edits), ()
    try:
        old, new = data_of(base), data_of(now)
    except CannotEdit:
        return tuple(edits), tuple(Meeting((), Words("整份文件"), base, None, now) for _ in edits[:1])
    touched = tuple(changed(old, new))
    wanted: list[Edit] = []
    meeting: list[Meeting] = []
    for edit in edits:
        for one in _told_apart(old, edit):
            if _is_done(new, one):
                continue
            if any(_overlap(target, place) for target in _targets(old, one) for place in touched):
                meeting.append(_met(old, new, one))
            else:
                wanted.append(one)
    return tuple(wanted), tuple(meeting)


def changed(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """Where the two differ, as deep as it goes; another order of keys is a place of its own."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            if key not in old or key not in new:
                yield (*path, key)
            else:
                yield from changed(old[key], new[key], (*path, key))
        if [key for key in old if key in new] != [key for key in new if key in old]:
            yield (*path, _ORDER)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from changed(a, b, (*path, str(at)))
    elif not plain.same(old, new):
        yield path


def _told_apart(old: Any, edit: Edit) -> Iterator[Edit]:
    """A whole form that was sent back, in those words of it that are not as they were."""
    if not isinstance(edit, Put):
        yield edit
        return
    standing = plain.at(old, edit.path)
    if isinstance(standing, Mapping) and isinstance(edit.value, Mapping):
        for word in standing:
            if word not in edit.value:
                yield Remove((*edit.path, word))
        for word, value in edit.value.items():
            yield from _told_apart(old, Put((*edit.path, str(word)), value))
    elif standing is plain.NOTHING or not plain.same(standing, edit.value):
        yield edit


def _is_done(new: Any, edit: Edit) -> bool:
    if isinstance(edit, Put):
        return plain.same(plain.at(new, edit.path), edit.value)
    return isinstance(edit, Remove) and plain.at(new, edit.path) is plain.NOTHING


def _targets(old: Any, edit: Edit) -> Sequence[Path]:
    if isinstance(edit, Put | Remove):
        in_list = edit.path[-1].isdigit() and isinstance(plain.at(old, edit.path[:-1]), list)
        return (edit.path[:-1],) if in_list and isinstance(edit, Remove) else (edit.path,)
    if isinstance(edit, Add):
        return ((*edit.path, edit.key),) if edit.key else (edit.path,)
    if isinstance(edit, Move):
        in_list = isinstance(plain.at(old, edit.path[:-1]), list)
        return (edit.path[:-1],) if in_list else ((*edit.path[:-1], _ORDER),)
    return ()


def _overlap(a: Path, b: Path) -> bool:
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def _met(old: Any, new: Any, edit: Edit) -> Meeting:
    path = (*edit.path, edit.key) if isinstance(edit, Add) and edit.key else edit.path
    mine = edit.value if isinstance(edit, Put | Add) else None
    return Meeting(path, label(old, path), _or_none(old, path), mine, _or_none(new, path))


def _or_none(data: Any, path: Path) -> Any:
    found = plain.at(data, path)
    return None if found is plain.NOTHING else found
