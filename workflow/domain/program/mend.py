"""A broken file, mended only so far that reading can go on and every problem comes out at once; nobody runs it."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.domain.program.problems import Path
from workflow.domain.program.source import Map, Source

FILLED_IN = "name"  # a missing name is the commonest slip; its key stands in while the rest is read


def mend(source: Source, data: Map, meant: Mapping[Path, str], missing: Iterable[Path], wrong: Iterable[Path]) -> Map:
    """A copy with misspelled words put right (`meant`), missing names filled in, and wrong values left out."""
    copy: Map = clone(data)
    for path in missing:
        entry = standing_at(copy, path[:-1])
        if isinstance(entry, dict):
            entry[path[-1]] = path[-2] if len(path) > 1 else path[-1]
    for path in sorted(wrong, key=len, reverse=True):
        drop(copy, path)
    for path, word in meant.items():
        rename(source, copy, path, word)
    mended: Map = clone(copy)
    return mended


def standing_at(data: Any, path: Path) -> Any:
    for step in path:
        if isinstance(data, list):
            data = data[int(step)] if step.isdigit() and int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def drop(data: Any, path: Path) -> None:
    """Items of a list are emptied first and removed by the next clone, so that their neighbors keep their numbers."""
    holder = standing_at(data, path[:-1])
    if isinstance(holder, list) and path[-1].isdigit() and int(path[-1]) < len(holder):
        holder[int(path[-1])] = None
    elif isinstance(holder, dict):
        holder.pop(path[-1], None)


def rename(source: Source, data: Map, path: Path, word: str) -> None:
    """The word that was meant stands where the misspelled one stood, on the same lines."""
    holder = standing_at(data, path[:-1])
    if not isinstance(holder, dict) or path[-1] not in holder:
        return
    meant = (*path[:-1], word)
    holder[word] = moved(holder.pop(path[-1]), meant)
    for old, line in list(source.lines.items()):
        if old[: len(path)] == path:
            source.lines.setdefault((*meant, *old[len(path) :]), line)


def moved(data: Any, path: Path) -> Any:
    if isinstance(data, Map):
        copy = data.copy_with({word: moved(value, (*path, word)) for word, value in data.items()})
        copy.path = path
        return copy
    if isinstance(data, list):
        return [moved(value, (*path, str(place))) for place, value in enumerate(data)]
    return data


def clone(data: Any) -> Any:
    if isinstance(data, Map):
        return data.copy_with({word: clone(value) for word, value in data.items()})
    if isinstance(data, list):
        return [clone(value) for value in data if value is not None]
    return data
