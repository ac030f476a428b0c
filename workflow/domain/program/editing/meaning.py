"""What an editor asked for, in simple changes: only what differs, in the schema's order, with what names it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import Add, CannotEdit, Duplicate, Edit, Move, Put, Remove, Rename
from workflow.domain.program.editing.hunks import Copy, Drop, Insert, Rekey, Set, Shift, Simple, order_of
from workflow.domain.program.editing.mentions import mentions
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import Definition, Section
from workflow.domain.program.schema.base import Part
from workflow.domain.program.source import Map
from workflow.domain.words import Words


def simple(data: Any, change: Edit) -> Sequence[Simple]:
    if isinstance(change, Put):
        return tuple(_put(data, change.path, change.value))
    if isinstance(change, Remove):
        return (Drop(change.path),) if _stands(data, change.path) else ()
    if isinstance(change, Add):
        return tuple(_add(data, change))
    if not _stands(data, change.path):
        raise CannotEdit(Words("方案里没有“%(path)s”这一处", path=" › ".join(change.path)))
    if isinstance(change, Move):
        return (Shift(change.path, _place(plain.at(data, change.path[:-1]), change.before)),)
    if isinstance(change, Duplicate):
        return tuple(_duplicate(data, change))
    return tuple(_rename(data, change))


def _stands(data: Any, path: Path) -> bool:
    return bool(path) and plain.at(data, path) is not plain.NOTHING


# -- setting -----------------------------------------------------------------------------------------------------------
def _put(data: Any, path: Path, value: Any) -> Iterator[Simple]:
    if not path:
        raise CannotEdit(Words("要改哪一处没有说清"))
    if value is None:
        raise CannotEdit(Words("“%(word)s”不能是空的：不要了请删去", word=path[-1]))
    standing = plain.at(data, path)
    if standing is plain.NOTHING:
        yield from _put_new(data, path, value)
    else:
        yield from differing(data, path, standing, value)


def differing(data: Any, path: Path, old: Any, new: Any) -> Iterator[Simple]:
    """Only what is not the same, so that what is noted beside the rest stays."""
    if plain.same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and path and set(old) & set(new):
        yield from (Drop((*path, word)) for word in old if word not in new)
        for word, value in new.items():
            if word in old:
                yield from differing(data, (*path, word), old[word], value)
        left = {word: value for word, value in old.items() if word in new}
        known = known_words(data, path)
        for word in (word for word in new if word not in old):
            yield Insert(path, word, new[word], _in_present(old, left, known, [*new], word))
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _items(data, path, old, new)
    else:
        yield Set(path, plain.copied(new))


def _in_present(
    old: Mapping[str, Any], left: Mapping[str, Any], known: Sequence[str], wanted: Sequence[str], word: str
) -> int:
    """The place among the words that stand there now, those that are about to go included."""
    if word in known:
        place = order_of(left, (), known, word)
    else:
        earlier = [one for one in wanted[: wanted.index(word)] if one in left]
        place = [*left].index(earlier[-1]) + 1 if earlier else len(left)
    return len(old) if place >= len(left) else [*old].index([*left][place])


def _items(data: Any, path: Path, old: list[Any], new: list[Any]) -> Iterator[Simple]:
    first = 0
    while first < min(len(old), len(new)) and plain.same(old[first], new[first]):
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and plain.same(old[-1 - last], new[-1 - last]):
        last += 1
    changed, wanted = old[first : len(old) - last], new[first : len(new) - last]
    if len(changed) == len(wanted):
        for at, (a, b) in enumerate(zip(changed, wanted, strict=True), start=first):
            yield from differing(data, (*path, str(at)), a, b)
    elif not changed and len(wanted) == 1:
        yield Insert(path, "", plain.copied(wanted[0]), first)
    elif not wanted and len(changed) == 1:
        yield Drop((*path, str(first)))
    else:
        yield Set(path, plain.copied(new))


def _put_new(data: Any, path: Path, value: Any) -> Iterator[Simple]:
    """A new word, in an entry that is spelled out for it where it was written short; with the parents it lacks."""
    for depth in range(len(path) - 1, -1, -1):
        around, standing = path[:depth], plain.at(data, path[:depth])
        if standing is plain.NOTHING:
            continue
        rest = path[depth:]
        if isinstance(standing, Mapping):
            known = known_words(data, around)
            yield Insert(around, rest[0], nested(rest[1:], value), order_of(standing, around, known, rest[0]))
        elif isinstance(standing, list):
            if rest != (str(len(standing)),):
                raise CannotEdit(Words("方案里没有“%(path)s”这一处", path=" › ".join(path)))
            yield Insert(around, "", plain.copied(value), len(standing))
        else:
            yield Set(around, {**spelled_out(around, standing, rest[0]), rest[0]: nested(rest[1:], value)})
        return


def nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return plain.copied(value)


def spelled_out(path: Path, written: Any, word: str) -> dict[str, Any]:
    """What a short way of writing stands for: `manager: 项目管理员` is `{name: 项目管理员}`."""
    if word in ("zh", "en"):
        return {"zh": written}
    if path[-1] == "quota":
        return {"places": written}
    if path[-1].isdigit() and path[-2:-1] == ("options",):
        return {"key": str(written), "name": written}
    if path[-1] == "intake" and written in ("batch", "rolling"):
        return {}
    if isinstance(written, str | int) and not isinstance(written, bool) and len(path) > 1 and not path[-1].isdigit():
        return {"name": written}
    raise CannotEdit(Words("“%(path)s”现在只写了一个值，请整项改", path=" › ".join(path)))


def known_words(data: Any, path: Path) -> Sequence[str]:
    """The words the language names there, in its order; none for a section of entries."""
    seen: dict[Path, type[Part]] = {}
    with suppress(ValidationError):
        Definition.build(_placed(data, ()), seen=seen)
    part = seen.get(path)
    if part is None:
        return ("zh", "en") if path and path[-1] == "name" else ()
    words = part.known_words()
    return ("name", "purpose", "standard", "fields") if issubclass(part, Section) else words


def _placed(data: Any, path: Path) -> Any:
    """The data as the reader of files gives it: each mapping knows where it stands."""
    if isinstance(data, Mapping):
        placed = Map({key: _placed(value, (*path, key)) for key, value in data.items()})
        placed.path = path
        return placed
    return [_placed(item, (*path, str(at))) for at, item in enumerate(data)] if isinstance(data, list) else data


# -- adding, moving, copying -------------------------------------------------------------------------------------------
def _add(data: Any, change: Add) -> Iterator[Simple]:
    holder = plain.at(data, change.path)
    if holder is plain.NOTHING:
        section = (*change.path, change.key) if change.key else change.path
        yield from _put_new(data, section, change.value if change.key else [change.value])
        return
    if isinstance(holder, Mapping):
        if not change.key or change.key in holder:
            raise CannotEdit(Words("“%(key)s”已经有了，请换一个键", key=change.key))
    elif not isinstance(holder, list):
        raise CannotEdit(Words("“%(path)s”现在只写了一个值，请整项改", path=" › ".join(change.path)))
    yield Insert(change.path, change.key, plain.copied(change.value), _place(holder, change.before))


def _place(holder: Any, before: str | None) -> int:
    if before is None:
        return len(holder)
    words = [str(item) for item in holder]
    if before in words:
        return words.index(before)
    if isinstance(holder, list) and before.isdigit() and int(before) <= len(holder):
        return int(before)
    raise CannotEdit(Words("这里没有“%(key)s”，不能放在它前面", key=before))


def _duplicate(data: Any, change: Duplicate) -> Iterator[Simple]:
    holder = plain.at(data, change.path[:-1])
    if not isinstance(holder, Mapping):
        raise CannotEdit(Words("列表里的一项没有键"))
    if not change.key or change.key in holder:
        raise CannotEdit(Words("“%(key)s”已经有了，请换一个键", key=change.key))
    yield Copy(change.path, change.key)
    if change.name is not None:
        copy = (*change.path[:-1], change.key)
        standing = holder[change.path[-1]]
        yield Set(copy if isinstance(standing, str) else (*copy, "name"), change.name)


# -- another key -------------------------------------------------------------------------------------------------------
def _rename(data: Any, change: Rename) -> Iterator[Simple]:
    holder, old = plain.at(data, change.path[:-1]), change.path[-1]
    if not isinstance(holder, Mapping):
        raise CannotEdit(Words("列表里的一项没有键"))
    if change.key == old:
        return
    if not change.key or change.key in holder:
        raise CannotEdit(Words("“%(key)s”已经有了，请换一个键", key=change.key))
    for mention in mentions(data, change.path):
        yield from _named_anew(data, mention.path, mention.renamed(change.key), mention.is_key, change.key)
    if change.path == ("roles", "manager") and not _stands(data, ("program", "run_by")):
        yield from _put(data, ("program", "run_by"), change.key)
    yield Rekey(change.path, change.key)


def _named_anew(data: Any, path: Path, value: str, is_key: bool, key: str) -> Iterator[Simple]:
    if is_key:
        yield Rekey(path, key)
    else:
        yield Set(path, value)
