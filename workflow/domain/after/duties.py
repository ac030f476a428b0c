"""What has fallen due after a recognition: one `Owed` for each occurrence of a duty, with what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

OPEN, DONE, WAIVED, NOT_ANSWERED, NOT_OWED, OVER = "open", "done", "waived", "not_answered", "not_owed", "over"
STATES = (OPEN, DONE, WAIVED, NOT_ANSWERED, NOT_OWED, OVER)
"""`not_owed`: when it came round, nobody existed yet who could answer it. `over`: the recognition ended first."""


def about(duty: str, no: int) -> str:
    """How items name the occurrence that they ask for."""
    return f"duty:{duty}:{no}"


@dataclass(frozen=True)
class Answer:
    """One role's answer. `raw` are marks in hundredths; what was typed stands beside, under its `digest`.

    `current` False: it was rejected, or its duty fell due again.
    """

    item: int
    role: str
    by: int | None
    at: datetime
    raw: Mapping[str, int] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()
    effect: str | None = None  # what a rerun stage came to
    rules: Mapping[str, str] = field(default_factory=dict)  # what its conditions said on the day
    digest: str | None = None
    current: bool = True


@dataclass(frozen=True)
class Owed:
    """One occurrence. `nominal` is the day by the rule and names it for ever; from `day` its time runs."""

    duty: str
    no: int  # counts the occurrences of this duty within the case
    nominal: date
    day: date
    entry_no: int
    opened_at: datetime
    roles: tuple[str, ...]
    absent: tuple[str, ...] = ()  # roles that could not exist yet and owe nothing
    due_until: date | None = None  # a day set when it was deferred
    answers: tuple[Answer, ...] = ()
    state: str = OPEN
    closed_at: datetime | None = None
    result: str | None = None
    total: int | None = None  # hundredths, of an assessment
    derivation: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> str:
        return about(self.duty, self.no)

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    def standing(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.current)

    def waiting(self) -> tuple[str, ...]:
        """Roles that have not answered."""
        given = {answer.role for answer in self.standing()}
        return tuple(role for role in self.roles if role not in given)


def named(said: str, duties: Iterable[Owed]) -> Owed | None:
    """The occurrence that an item asks for, by what it is `about`."""
    what, _, rest = said.partition(":")
    duty, _, no = rest.rpartition(":")
    if what != "duty" or not no.isdecimal():
        return None
    return next((each for each in duties if each.no == int(no) and each.duty == duty), None)
