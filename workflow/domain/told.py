"""The small facts that kinds of stages tell of a case, as `State` keeps them: notices, scores, meetings.

Joint checks and recognitions, which have more to say, stand in `departments` and `recognition`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


# -- public notices ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Posting:
    """The line of a case in one public notice; `item` is what is owed until its days are over."""

    notice: int
    line: int
    entry_no: int
    item: int
    first: date
    last: date
    published_at: datetime
    digest: str
    provisional: bool = False
    taken_down: bool = False


@dataclass(frozen=True, slots=True)
class Objecting:
    """One objection to a case in a notice. Until it is settled the case does not move, and no other case is touched."""

    no: int  # of its row
    notice: int
    item: int
    received_at: datetime
    state: str = "open"  # open, partly (somebody must decide); then upheld, rejected, kept, dropped

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "partly")


@dataclass(frozen=True, slots=True)
class Noticed:
    """What public notices say of a case: its lines, newest last, and the objections to it."""

    postings: tuple[Posting, ...] = ()
    objections: tuple[Objecting, ...] = ()


UNNOTICED = Noticed()


# -- scores ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Review:
    """One rater's sheet at one stay, frozen. Numbers are hundredths: `raw` as given, `total` out of 100."""

    entry_no: int
    item_no: int
    role: str
    sheet: str
    attempt: int
    by: int
    at: datetime
    raw: Mapping[str, int]
    vetoes: tuple[str, ...]
    total: int
    state: str = "submitted"  # submitted, reopened, replaced
    source: str | None = None  # the result table it came from

    @property
    def counts(self) -> bool:
        return self.state == "submitted"


@dataclass(frozen=True, slots=True)
class Panel:
    """Who was asked to rate one stay. `reserve`: who comes next of each role, in the order that was drawn."""

    entry_no: int
    how: str  # draw, assign
    seats: tuple[tuple[str, int], ...]  # (role, account)
    reserve: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    draw: str | None = None
    seed: str | None = None
    digest: str | None = None  # of everything that went into the draw


@dataclass(frozen=True, slots=True)
class Scored:
    """What the sheets of one stay came to. `derivation` is `scoring.Derivation` as the event keeps it."""

    entry_no: int
    stage: str
    sheet: str
    total: int  # hundredths
    complete: bool
    effect: str
    derivation: Mapping[str, Any]


# -- meetings ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Voted:
    """What one meeting made of the case; `favor` None: no vote was taken on it.

    `called`: what became of an alternate (`promoted`, `not_called`).
    """

    entry_no: int
    meeting: int
    result: str  # passed, alternate, refused, deferred
    how: str
    rank: int
    members: int
    present: int
    favor: int | None = None
    against: int | None = None
    abstained: int | None = None
    recused: tuple[int, ...] = ()
    alternate: int | None = None
    grade: str | None = None
    called: str | None = None
