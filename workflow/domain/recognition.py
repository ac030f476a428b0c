"""What a case says of its recognition: how it stands, its certificates, and what is under way about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Standing(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Why(StrEnum):
    """Why a certificate was printed: the first, or one that takes the place of the one before it."""

    ISSUED = "issued"
    LOST = "lost"
    CORRECTED = "corrected"
    RENEWED = "renewed"  # valid for longer
    RESTORED = "restored"  # after its revocation was found wrong


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate, counted within its recognition. Only the newest is in force."""

    no: int
    at: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Granted:
    """One benefit as it was granted. Amounts are decimal strings; `full` is what it would be without `no_double`."""

    benefit: str
    amount: str | None
    full: str | None


@dataclass(frozen=True)
class Recognition:
    """`on` is the day of the document, from which validity runs; `until` its last day, None where it has none."""

    number: str
    document: str
    on: date
    until: date | None
    level: str | None = None
    standing: Standing = Standing.VALID
    ended_on: date | None = None
    exit: str | None = None
    end_document: str | None = None  # of the decision that revoked it
    ban_until: date | None = None
    revoked_by: frozenset[int] = frozenset()  # who opened, proposed and confirmed it: others decide an appeal
    recovery: str | None = None  # asked, done
    papers: tuple[Paper, ...] = ()
    benefits: tuple[Granted, ...] = ()
    grants: Mapping[str, str] = field(default_factory=dict)  # numbers that other programs read, as decimal strings

    @property
    def is_valid(self) -> bool:
        return self.standing is Standing.VALID


@dataclass(frozen=True, slots=True)
class Leaving:
    """A review or a revocation under way. A review is decided by another than opened it; a revocation is told to the
    person, heard, then decided by two others."""

    exit: str  # empty: what brought it is no exit of the program, such as a mark of the points
    opened_by: int  # 0: the clock
    opened_at: datetime
    hearing_until: date | None = None
    item: int | None = None  # the person's own: to state
    stated: bool = False
    decides: int | None = None  # the item of the review, as long as it is not decided
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renewal:
    """Open before the expiry until a new case is on record; open anew when that one ends without a recognition."""

    item: int
    opened_at: datetime
    case: int | None = None  # the new case that was begun last
    handed_in: bool = False
