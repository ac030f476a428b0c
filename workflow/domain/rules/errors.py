"""What can be wrong with an expression, in words for the person who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.domain.words import Words


@dataclass(frozen=True)
class RuleError:
    """`column` counts characters of the expression from 1; `guess` is what was probably meant."""

    code: str
    words: Words
    guess: str | None = None
    column: int = 1


class RuleErrors(Exception):
    """Every problem of one expression at once."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        super().__init__("; ".join(f"{error.code}@{error.column}: {error.words}" for error in errors))
        self.errors = tuple(errors)
