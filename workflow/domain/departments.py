"""What departments said in a joint check, as frozen data."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DepartmentAnswer:
    """One answer at one stay. `current` is false once the department was asked again or has said something else."""

    entry_no: int
    role: str
    attempt: int
    item_no: int
    answer: str  # clear, issue, unknown
    by: int | None
    at: datetime
    reused_from: int | None = None  # the case in which it was given
    answered_on: date | None = None  # when it was given there
    digest: str | None = None  # of what was written beside an objection
    current: bool = True


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What a department said of the same person in another case of this program."""

    application_id: int
    role: str
    answer: str
    at: datetime
