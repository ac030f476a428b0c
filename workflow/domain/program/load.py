"""From the text of a file to a Definition and everything that is wrong with it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflow.domain.program.check import check
from workflow.domain.program.problems import Problem, in_reading_order
from workflow.domain.program.schema import Definition
from workflow.domain.program.shape import shape
from workflow.domain.program.source import Source, read

_KEPT = 32  # texts: reading one takes a third of a second, and publishing one asks for all the others


@dataclass(frozen=True)
class Loaded:
    """`definition` is None when the file's shape cannot be read; it may still have problems when it is not."""

    definition: Definition | None
    problems: tuple[Problem, ...]
    digest: str

    @property
    def ok(self) -> bool:
        return self.definition is not None and not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def neighbors(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """The programs written in these files, with their tracks: what another program may ask people to hold."""
    return dict(found for found in map(_neighbor, texts) if found is not None)


@lru_cache(maxsize=_KEPT)
def _neighbor(text: str) -> tuple[str, frozenset[str]] | None:
    data = read(text).data
    program, tracks = data.get("program"), data.get("tracks")
    if not isinstance(program, Mapping) or not isinstance(program.get("key"), str):
        return None
    return program["key"], frozenset(tracks if isinstance(tracks, Mapping) else ())


def load(text: str, others: Mapping[str, frozenset[str]] | None = None) -> Loaded:
    """`others`: the programs known besides this one, with their tracks; None when nobody said which there are."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    source, definition, unreadable = _shaped(text, digest)
    found = check(definition, source, others) if definition is not None else []
    return Loaded(None if unreadable else definition, in_reading_order([*unreadable, *found]), digest)


@lru_cache(maxsize=_KEPT)
def _shaped(text: str, digest: str) -> tuple[Source, Definition | None, tuple[Problem, ...]]:
    source = read(text)
    if not source.data:
        return source, None, tuple(source.problems)
    definition, misshapen = shape(source, digest)
    return source, definition, (*source.problems, *misshapen)
