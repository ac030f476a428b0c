"""A round's follow-ups on one page: people by months, what is done, due and overdue."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import literal_state, reading
from models.duties import DutyRow
from models.organizations import Organization
from models.people import Person
from models.queries.scoping import Condition
from workflow.domain.actor import Actor
from workflow.domain.calendar import add_months, local_day
from workflow.domain.program.schema import Label
from workflow.domain.rulebook import Rulebook
from workflow.services import overview, round_duties

PER_PAGE, MONTHS = 50, 12


@dataclass(frozen=True)
class Cell:
    """What fell due for one person in one month."""

    done: int = 0
    due: int = 0
    late: int = 0
    let_go: int = 0  # waived, not answered, owed by nobody

    @property
    def heat(self) -> str:
        """`late`, `due`, `done` or nothing: the worst of it."""
        return "late" if self.late else "due" if self.due else "done" if self.done else ""


@dataclass(frozen=True)
class Row:
    ref: str
    name: str
    stage: Label | None
    cells: tuple[Cell, ...]
    late: int


@dataclass(frozen=True)
class Heat:
    round_ref: str
    round_name: str
    months: tuple[date, ...]
    people: tuple[Row, ...]
    total: int
    more: bool
    open: int
    late: int
    each_of: Label | None  # the places of which the program counts the people
    duties: tuple[round_duties.Line, ...]


def heat(round_ref: str, actor: Actor, now: datetime, page: int = 1) -> Heat:
    """For whoever runs the round; NotFound for everybody else."""
    with reading() as session:
        round_, book, where = overview.run_by(session, actor, round_ref)
        months = _months(now, _first_day(session, where))
        cases = _cases(session, where, page)
        shown = cases[:PER_PAGE]
        cells = _cells(session, [case[0] for case in shown], months, now)
        people = tuple(_person(book, case, cells, months) for case in shown)
        counts = _counts(session, where, local_day(now))
        each = book.definition.quota.each
        fields = book.definition.form_fields()
        return Heat(
            round_ref=round_.ref,
            round_name=round_.name,
            months=months,
            people=people,
            total=counts[0],
            more=len(cases) > PER_PAGE,
            open=counts[1],
            late=counts[2],
            each_of=fields[each.field].name if each is not None and each.field in fields else None,
            duties=round_duties.lines(session, round_, actor, now),
        )


def _months(now: datetime, since: date | None) -> tuple[date, ...]:
    """The next one, in which falls what opens early, this one, and ten back: what matters comes first. None from
    before anybody was recognized."""
    first = local_day(now).replace(day=1)
    earliest = min(since or first, first).replace(day=1)
    months = (add_months(first, 1 - number) for number in range(MONTHS))
    return tuple(month for month in months if month >= earliest)


def _first_day(session: Session, where: Sequence[Condition]) -> date | None:
    """When the first of those whose recognition stands was recognized."""
    wanted = _recognized(where).subquery()
    days = select(func.min(RecognitionRow.recognized_on)).join(wanted, wanted.c.id == RecognitionRow.application_id)
    return session.scalar(days)


def _recognized(where: Sequence[Condition]) -> Any:
    return (
        select(ApplicationRow.id)
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(*where, RecognitionRow.standing == literal_state("valid"))
    )


def _cases(session: Session, where: Sequence[Condition], page: int) -> list[tuple[int, str, str, str | None]]:
    """Those whose recognition stands, by name; one more than a page."""
    wanted = _recognized(where).subquery()
    rows = session.execute(
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            func.coalesce(Person.name, Organization.name, ApplicationRow.number, ""),
            ApplicationRow.stage_key,
        )
        .join(wanted, wanted.c.id == ApplicationRow.id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(Organization, Organization.id == ApplicationRow.subject_organization_id)
        .order_by(func.coalesce(Person.name, Organization.name, ""), ApplicationRow.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    return [(id_, ref, name, stage) for id_, ref, name, stage in rows]


def _counts(session: Session, where: Sequence[Condition], today: date) -> tuple[int, int, int]:
    """People, what is open, and what of it is late."""
    wanted = _recognized(where).subquery()
    total = session.scalar(select(func.count()).select_from(wanted)) or 0
    open_ = select(DutyRow.due_on).join(wanted, wanted.c.id == DutyRow.application_id).where(DutyRow.state == "open")
    days = list(session.scalars(open_))
    return total, len(days), sum(1 for day in days if day is not None and day < today)


def _cells(
    session: Session, ids: Sequence[int], months: Sequence[date], now: datetime
) -> Mapping[tuple[int, date], Cell]:
    found: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    rows = session.execute(
        select(DutyRow.application_id, DutyRow.day, DutyRow.due_on, DutyRow.state).where(
            DutyRow.application_id.in_(ids), DutyRow.day >= months[-1], DutyRow.day < add_months(months[0], 1)
        )
    )
    today = local_day(now)
    for id_, day, due, state in rows:
        late = state == "open" and due is not None and due < today
        kind = "late" if late else {"open": "due", "done": "done"}.get(state, "let_go")
        found[id_, day.replace(day=1)][kind] += 1
    return {place: Cell(**counted) for place, counted in found.items()}


def _person(
    book: Rulebook,
    case: tuple[int, str, str, str | None],
    cells: Mapping[tuple[int, date], Cell],
    months: Sequence[date],
) -> Row:
    id_, ref, name, stage = case
    known = book.definition.stages.get(stage or "")
    mine = tuple(cells.get((id_, month), Cell()) for month in months)
    return Row(ref, name, known.name if known is not None else None, mine, sum(cell.late for cell in mine))
