"""What would put a finding right, as edits ready to be made; none where only the administrator can say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import CannotEdit, Edit, Put, Remove, Rename
from workflow.domain.program.editing.offers import offers
from workflow.domain.program.editing.reading import data_of
from workflow.domain.program.editing.remedy import Remedy
from workflow.domain.program.problems import Path, Problem
from workflow.domain.words import Words


def remedies(text: str, problem: Problem) -> Sequence[Remedy]:
    try:
        data = data_of(text)
    except CannotEdit:
        return ()
    return (*_guessed(data, problem), *offers(data, problem))


def _guessed(data: Any, problem: Problem) -> Iterator[Remedy]:
    if problem.code == "S05" and plain.at(data, problem.path) is None:
        yield Remedy(Words("删去“%(word)s”", word=problem.path[-1]), (Remove(problem.path),))
    elif problem.guess is not None:
        meant = next(_meant(data, problem, problem.guess), None)
        if meant is not None:
            yield Remedy(Words("改成 %(guess)s", guess=problem.guess), (meant,))


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
