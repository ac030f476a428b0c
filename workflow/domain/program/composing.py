"""A version with some of the changes of a later one: what a running case is decided under when not all reach it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from workflow.domain.program.compare import Change
from workflow.domain.program.editing import Add, CannotEdit, Edit, Put, Remove, data_of, edit_all, plain
from workflow.domain.program.problems import Path

Sound = Callable[[str], bool]
_WRITTEN = {"instalments": "paid", "rhythm": "paid"}


def composed(old: str, new: str, changes: Sequence[Change], is_sound: Sound) -> tuple[str, tuple[Change, ...]]:
    """The old text with these changes, and those of them that could be made. A change that needs another one which
    does not reach the case (a route without its stage) is left out, so that the result can be played to its end."""
    target = data_of(new)
    changes = _alone_they_mean_nothing(changes)
    whole = _with(old, target, changes)
    if whole is not None and is_sound(whole):
        return whole, tuple(changes)
    kept: list[Change] = []
    text = old
    for group in _together(changes):
        tried = _with(text, target, group)
        if tried is not None and is_sound(tried):
            text, kept = tried, [*kept, *group]
    return text, tuple(kept)


def _alone_they_mean_nothing(changes: Sequence[Change]) -> tuple[Change, ...]:
    """A stage comes or goes with its route, and not without it."""
    routed = any(change.path[-1] == "route" for change in changes)
    return tuple(change for change in changes if routed or change.path[0] != "stages" or len(change.path) > 2)


def _together(changes: Sequence[Change]) -> Iterator[Collection[Change]]:
    """Each alone; but a route with the stages that come into it or go out of it."""
    routed = [change for change in changes if change.path[-1] == "route"]
    stages = [change for change in changes if change.path[0] == "stages" and len(change.path) == 2]
    if routed and stages:
        yield [*routed, *stages]
    for change in changes:
        if not (routed and stages and (change in routed or change in stages)):
            yield [change]


def _with(old: str, target: Any, changes: Collection[Change]) -> str | None:
    text = old
    try:
        for change in changes:
            text = edit_all(text, list(_edits(data_of(text), target, change))).text
    except CannotEdit:
        return None
    return text


def _edits(data: Any, target: Any, change: Change) -> Iterator[Edit]:
    """The change as the two files write it; what neither writes follows from something else."""
    path: Path = tuple(_WRITTEN.get(word, word) for word in change.path)
    if "options" in path[:-1]:
        yield from _option(data, target, path)
        return
    if path[:1] == ("form",) and len(path) > 2:
        yield from _section(data, target, path[1])
        if path[2:3] == ("fields",) and _is_listed(target, path) and not _is_listed(data, path):
            yield Add((*path[:2], "standard"), "", path[3])
            return
    value = plain.at(target, path)
    if value is not plain.NOTHING:
        yield Put(path, value)
    elif plain.at(data, path) is not plain.NOTHING:
        yield Remove(path)


def _section(data: Any, target: Any, section: str) -> Iterator[Edit]:
    """A section that is new comes with its name and purpose."""
    if plain.at(data, ("form", section)) is plain.NOTHING:
        for word in ("name", "purpose"):
            value = plain.at(target, ("form", section, word))
            if value is not plain.NOTHING:
                yield Put(("form", section, word), value)


def _is_listed(data: Any, path: Path) -> bool:
    listed = plain.at(data, (*path[:2], "standard"))
    return isinstance(listed, list) and path[3] in listed


def _option(data: Any, target: Any, path: Path) -> Iterator[Edit]:
    """Options stand in a list; the compared path names them by key."""
    at = path.index("options")
    options, key = path[: at + 1], path[at + 1]
    old, new = (plain.at(one, options) for one in (data, target))
    if not isinstance(old, list) or not isinstance(new, list):
        return
    wanted = next((item for item in new if _key(item) == key), None)
    here = next((place for place, item in enumerate(old) if _key(item) == key), None)
    if wanted is not None and here is not None:
        yield Put((*options, str(here)), wanted)
    elif wanted is not None:
        yield Add(options, "", wanted)


def _key(option: Any) -> str:
    return str(option.get("key")) if isinstance(option, dict) else str(option)
