"""What would put a finding right, as edits ready to be made; none where only the administrator can say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import CannotEdit, Edit, Put, Remove, Rename
from workflow.domain.program.editing.reading import data_of
from workflow.domain.program.problems import Path, Problem
from workflow.domain.words import Words

_MOST = 6


@dataclass(frozen=True)
class Remedy:
    words: Words
    edits: tuple[Edit, ...]


def remedies(text: str, problem: Problem) -> Sequence[Remedy]:
    try:
        data = data_of(text)
    except CannotEdit:
        return ()
    if problem.code == "W01":
        return tuple(_weights(data, problem.path))
    if problem.code == "S05" and plain.at(data, problem.path) is None:
        return (Remedy(Words("删去“%(word)s”", word=problem.path[-1]), (Remove(problem.path),)),)
    if problem.guess is None:
        return ()
    meant = next(_meant(data, problem, problem.guess), None)
    return (Remedy(Words("改成 %(guess)s", guess=problem.guess), (meant,)),) if meant is not None else ()


# -- a word that was meant ---------------------------------------------------------------------------------------------
def _meant(data: Any, problem: Problem, guess: str) -> Iterator[Edit]:
    """The misspelled word is one of those the finding speaks of; it stands at the path, or right inside it."""
    path, standing = problem.path, plain.at(data, problem.path)
    key, colon, value = guess.partition(": ")
    if colon and re.fullmatch(r"[a-z_]+", key):
        yield Put((*path, key), int(value) if value.isdigit() else value)
        return
    for word in (str(value) for value in problem.words.params.values() if isinstance(value, str)):
        if path[-1:] == (word,) and not isinstance(standing, list):
            yield Rename(path, guess)
        yield from _instead(path, standing, word, guess)
    if isinstance(standing, str | int) and not isinstance(standing, bool) and not _is_expression(standing):
        yield Put(path, guess)


def _instead(path: Path, standing: Any, word: str, guess: str) -> Iterator[Edit]:
    if isinstance(standing, Mapping):
        if word in standing and guess not in standing:
            yield Rename((*path, word), guess)
        for key, value in standing.items():
            if value == word:
                yield Put((*path, key), guess)
    elif isinstance(standing, list):
        for at, item in enumerate(standing):
            yield from _instead((*path, str(at)), item, word, guess)
    elif isinstance(standing, str) and standing == word:
        yield Put(path, guess)
    elif isinstance(standing, str) and (found := _within(standing, word)) is not None:
        yield Put(path, standing[:found] + guess + standing[found + len(word) :])


def _within(expression: str, word: str) -> int | None:
    found = re.search(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])", expression)
    return found.start() if found else None


def _is_expression(standing: Any) -> bool:
    return isinstance(standing, str) and re.search(r"[\s()<>=&|.]", standing) is not None


# -- weights that do not add up ----------------------------------------------------------------------------------------
def _weights(data: Any, path: Path) -> Iterator[Remedy]:
    while path and not isinstance(plain.at(data, (*path, "criteria")), Mapping):
        path = path[:-1]
    criteria = plain.at(data, (*path, "criteria"))
    weights = {
        key: Decimal(criterion["weight"])
        for key, criterion in (criteria.items() if isinstance(criteria, Mapping) else ())
        if isinstance(criterion, Mapping) and isinstance(criterion.get("weight"), int | Decimal)
    }
    total = sum(weights.values(), Decimal(0))
    if not weights or total <= 0 or total == 100:
        return
    scaled = in_proportion(weights)
    puts = (_weight(path, key, weight) for key, weight in scaled.items() if weight != weights[key])
    yield Remedy(Words("按比例补足到100"), tuple(puts))
    missing = 100 - total
    words = Words("加到“%(name)s”") if missing > 0 else Words("从“%(name)s”里减去")
    for key, weight in [*weights.items()][:_MOST]:
        if weight + missing > 0:
            name = str(criteria[key].get("name", key))
            yield Remedy(Words(words.text, name=name), (_weight(path, key, weight + missing),))


def _weight(path: Path, key: str, weight: Decimal) -> Edit:
    return Put((*path, "criteria", key, "weight"), int(weight) if weight == int(weight) else weight)


def in_proportion(weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Whole numbers that add up to 100; what rounding leaves goes to the largest remainders, the earlier first."""
    total = sum(weights.values(), Decimal(0))
    exact = {key: weight * 100 / total for key, weight in weights.items()}
    whole = {key: value.to_integral_value(ROUND_FLOOR) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: whole[key] - exact[key])
    for key in order[: int(100 - sum(whole.values(), Decimal(0)))]:
        whole[key] += 1
    return whole
