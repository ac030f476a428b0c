"""What is wrong with a program file: which code, where, on which line, and what was probably meant."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow.domain.words import Words

MOST_CANDIDATES = 500
LONGEST_GUESSED = 60
Path = tuple[str, ...]
Severity = Literal["error", "warning"]


def section(path: Path, code: str) -> Path:
    """The part of the file that a problem is shown at.

    Positions within a list of plain words are only good for the line, and so is a word nobody knows.
    """
    if code == "S01":
        return path[:-1]
    while len(path) > 1 and path[-1].isdigit():
        path = path[:-1]
    return path


@dataclass(frozen=True)
class Problem:
    """`column` counts the characters of an expression from 1; 0 where it is not one sign that is wrong."""

    code: str
    path: Path
    line: int
    words: Words
    guess: str | None = None
    severity: Severity = "error"
    column: int = 0

    @property
    def where(self) -> str:
        return " › ".join(self.path)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; a shared beginning counts, so that `insured` finds `insured_months`."""
    candidates: Sequence[str] = sorted(set(known))
    if len(candidates) > MOST_CANDIDATES or len(word) > LONGEST_GUESSED:
        return None
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=0.7)
    if near:
        return near[0]
    begun = [known_word for known_word in candidates if len(word) > 2 and known_word.startswith(word)]
    return min(begun, key=len) if begun else None


def in_reading_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(set(problems), key=lambda problem: (problem.line, problem.code, problem.path, str(problem.words)))
    )
