"""The same changes on plain data: what a file must say after an edit, whatever it looks like."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.program.editing.changes import CannotEdit
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

NOTHING: Any = object()


def copied(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {str(key): copied(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [copied(item) for item in data]
    return data


def at(data: Any, path: Path) -> Any:
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step, NOTHING)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return NOTHING
    return data


def same(a: Any, b: Any) -> bool:
    """Equal, where true is not 1 and an order of keys says nothing."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def put(data: Any, path: Path, value: Any) -> None:
    holder = _holder(data, path)
    if isinstance(holder, list):
        holder[int(path[-1])] = value
    else:
        holder[path[-1]] = value


def remove(data: Any, path: Path) -> None:
    holder = _holder(data, path)
    if isinstance(holder, list):
        del holder[int(path[-1])]
    else:
        holder.pop(path[-1], None)


def insert(data: Any, path: Path, key: str, value: Any, place: int) -> None:
    holder = at(data, path)
    if isinstance(holder, list):
        holder.insert(place, value)
    else:
        entries = [*holder.items()]
        entries.insert(place, (key, value))
        holder.clear()
        holder.update(entries)


def move(data: Any, path: Path, place: int) -> None:
    """`place`: before which of the present siblings; their number means the end."""
    holder = _holder(data, path)
    keys = [str(step) for step in range(len(holder))] if isinstance(holder, list) else [*holder]
    here = keys.index(path[-1])
    items = [*holder] if isinstance(holder, list) else [*holder.items()]
    moved = items.pop(here)
    items.insert(place - (place > here), moved)
    holder.clear()
    if isinstance(holder, list):
        holder.extend(items)
    else:
        holder.update(items)


def rekey(data: Any, path: Path, key: str) -> None:
    holder = _holder(data, path)
    entries = [(key if old == path[-1] else old, value) for old, value in holder.items()]
    holder.clear()
    holder.update(entries)


def _holder(data: Any, path: Path) -> Any:
    holder = at(data, path[:-1]) if path else NOTHING
    fits = isinstance(holder, Mapping) or (isinstance(holder, list) and path[-1].isdigit())
    if not fits:
        raise CannotEdit(Words("方案里没有“%(path)s”这一处", path=" › ".join(path)))
    return holder
