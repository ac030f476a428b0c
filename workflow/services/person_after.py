"""What goes on after one recognition, as one person's file sums it up: points, duties, marks, tasks, mentor, place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.organizations import Organization
from workflow.domain.after import points as ledger_of
from workflow.domain.after.duties import Owed
from workflow.domain.application import Application
from workflow.domain.calendar import local_day
from workflow.domain.duty_days import last_day
from workflow.domain.marks import shown
from workflow.domain.program.schema import Definition, FollowUpStage, Label
from workflow.domain.program.schema.after import Points
from workflow.services.casework import Case


@dataclass(frozen=True)
class OneDuty:
    name: Label
    nominal: date
    day: date | None  # its last one; None while its clock stands still
    state: str  # as the duty has it, or late
    total: int | None  # of an assessment, in hundredths
    marks: tuple[tuple[Label, str], ...] = ()  # of an assessment: criterion, figure

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "late")


@dataclass(frozen=True)
class Standing:
    """The ledger of points. `hands`: by number of the entry, who entered it and who confirmed it."""

    points: Points
    balance: Decimal
    lines: tuple[ledger_of.Line, ...]  # oldest first
    hands: Mapping[int, tuple[str, ...]]

    @property
    def warns(self) -> Decimal | None:
        """Below which somebody is warned: the highest such mark."""
        return max((mark.below for mark in self.points.marks), default=None)


@dataclass(frozen=True)
class Followed:
    """What goes on after a recognition; the pages of the case say the rest."""

    ledger: Standing | None
    duties: tuple[OneDuty, ...]
    tasks: tuple[tuple[Label, bool], ...]  # of the newest stay with tasks: what, and whether it is done
    trained: Mapping[str, int]  # signed_up, attended, absent: how many sessions
    mentor: tuple[str, Label | None] | None = None  # name, role
    placed: str | None = None

    @property
    def assessed(self) -> tuple[OneDuty, ...]:
        return tuple(duty for duty in self.duties if duty.total is not None)

    @property
    def is_there(self) -> bool:
        return bool(self.ledger or self.duties or self.tasks or self.trained or self.mentor or self.placed)


def followed(session: Session, case: Case, now: datetime) -> Followed:
    definition, after, today = case.book.definition, case.application.state.after, local_day(now)
    return Followed(
        _ledger(session, case, today),
        tuple(_duty(case, each, now) for each in reversed(after.duties) if each.duty in definition.duties),
        _tasks(definition, case.application),
        Counter(after.seats.values()),
        _mentor(session, definition, case.application),
        _placed(session, case.application),
    )


def _ledger(session: Session, case: Case, today: date) -> Standing | None:
    points, known = case.book.definition.points, case.application.state.recognition
    if points is None or known is None:
        return None
    ledger, calendar = case.application.state.after.points, case.book.calendar
    entries = {entry.no: (entry.by, entry.settled_by) for entry in ledger.entries}
    names = _names(session, [account for pair in entries.values() for account in pair])
    return Standing(
        points,
        ledger_of.balance(points, ledger, today, calendar),
        ledger_of.lines(points, ledger, known.on, today, calendar),
        {no: tuple(names[account] for account in pair if account in names) for no, pair in entries.items()},
    )


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = sorted({each for each in ids if each is not None})
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all() if wanted else ()
    return {row[0]: row[1] for row in rows}


def _duty(case: Case, owed: Owed, now: datetime) -> OneDuty:
    definition, state = case.book.definition, case.application.state
    duty, last = definition.duties[owed.duty], last_day(definition, case.book.calendar, state, owed, now)
    late = owed.is_open and last is not None and last < local_day(now)
    sheet = definition.scoring.sheets.get(duty.sheet or "")
    figures = owed.derivation.get("figures", ()) if owed.total is not None and sheet is not None else ()
    marks = tuple(
        (sheet.criteria[each["key"]].name, shown(Fraction(each["value"])))
        for each in figures
        if sheet is not None and each["key"] in sheet.criteria
    )
    return OneDuty(duty.name, owed.nominal, last, "late" if late else owed.state, owed.total, marks)


def _tasks(definition: Definition, application: Application) -> tuple[tuple[Label, bool], ...]:
    """Of the newest stay at a stage that has tasks."""
    for entry in reversed(application.state.entries):
        stage = definition.stages.get(entry.stage)
        if isinstance(stage, FollowUpStage) and stage.tasks:
            done = {task.no for task in application.state.after.growth_at(entry.no).tasks}
            return tuple((name, no in done) for no, name in enumerate(stage.tasks, start=1))
    return ()


def _mentor(session: Session, definition: Definition, application: Application) -> tuple[str, Label | None] | None:
    last = next((each for each in reversed(application.state.after.growth) if each.mentor is not None), None)
    name = _names(session, [last.mentor]).get(last.mentor or 0) if last is not None else None
    if last is None or name is None:
        return None
    role = definition.roles.get(last.mentor_role or "")
    return name, role.name if role is not None else None


def _placed(session: Session, application: Application) -> str | None:
    last = next((each.placed for each in reversed(application.state.after.growth) if each.placed is not None), None)
    found = session.get(Organization, last.organization) if last is not None else None
    return found.name if found is not None else None
