"""The lead's side of a joint check: the matrix of people and departments, and which checks there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.queries import joint_matrix as queries
from models.queries.joint_matrix import Given, Open
from models.queries.joint_matrix import Line as Person
from models.queries.scoping import BlindStage
from models.rounds import Round
from models.work import NEVER
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import holds_in_round
from workflow.domain.program.schema import Definition, JointCheckStage, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages.joint_check import CLEAR, ISSUE, UNKNOWN
from workflow.services.fairness import blind_stages
from workflow.services.rulebooks import book_of
from workflow.services.sheets import Left, left_until

MOST = 500
ALL, HAS_ISSUE, OPEN, COMPLETE = "", "issue", "open", "complete"
SHAPES: Mapping[str, str] = {CLEAR: "ok", ISSUE: "no", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Cell:
    """What one department says of one person, or how long it has been silent. `days` are working days."""

    department: str
    kind: str  # ok, no, unknown; now, soon, late, hold
    days: int = 0
    given: Given | None = None
    due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.given is None


@dataclass(frozen=True)
class Row:
    person: Person
    cells: tuple[Cell | None, ...]
    item: Open | None  # the conclusion, once it can be drawn

    @property
    def asked(self) -> int:
        return sum(1 for cell in self.cells if cell is not None)

    @property
    def answered(self) -> int:
        return sum(1 for cell in self.cells if cell is not None and not cell.is_open)

    @property
    def complete(self) -> bool:
        return self.asked == self.answered

    @property
    def has_issue(self) -> bool:
        return any(cell is not None and cell.kind == "no" for cell in self.cells)

    @property
    def late(self) -> bool:
        return any(cell is not None and cell.kind == "late" for cell in self.cells)

    @property
    def clear(self) -> bool:
        """无异议 everywhere: these, and no others, may be passed together."""
        return self.item is not None and all(cell is None or cell.kind == "ok" for cell in self.cells)


@dataclass(frozen=True)
class Department:
    key: str
    name: Label
    asked: int
    answered: int
    late: int
    longest: int  # working days by which the slowest answer is overdue
    urged_at: datetime | None
    urged_today: bool

    @property
    def waiting(self) -> int:
        return self.asked - self.answered

    @property
    def kind(self) -> str:
        return "done" if not self.waiting else "late" if self.late else "now"


@dataclass(frozen=True)
class Matrix:
    round_ref: str
    round_name: str
    program: Label
    stage: JointCheckStage
    tracks: Mapping[str, Label]
    departments: tuple[Department, ...]
    groups: tuple[tuple[str | None, tuple[Row, ...]], ...]
    people: int
    counts: Mapping[str, int]
    left: Left | None  # of the question that ends first
    leads: bool
    more: bool

    @property
    def answered(self) -> int:
        return sum(each.answered for each in self.departments)

    @property
    def asked(self) -> int:
        return sum(each.asked for each in self.departments)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _, rows in self.groups for row in rows)


@dataclass(frozen=True)
class Wanted:
    view: str = ALL
    waits_for: str = ""  # the department that has not answered
    typed: str = ""


def matrix(ref: str, stage: str, actor: Actor, now: datetime, wanted: Wanted | None = None) -> Matrix:
    wanted = wanted or Wanted()
    with reading() as session:
        round_, book, kind = _check(session, ref, stage, actor)
        people = queries.lines_of(session, scope_of(actor), blind_in(book), round_.id, stage, wanted.typed, MOST + 1)
        rows = rows_of(session, people[:MOST], book, kind, now)
        shown = [row for row in rows if _fits(row, wanted, kind.by)]
        return Matrix(
            round_.ref,
            round_.name,
            book.definition.program.name,
            kind,
            {key: track.name for key, track in book.definition.tracks.items()},
            _departments(session, round_, book, kind, rows, now),
            _grouped(shown),
            len(rows),
            _counts(rows),
            _first_due(book, rows, now),
            _leads_in(round_, kind, actor),
            len(people) > MOST,
        )


def checks_of(definition: Definition) -> tuple[JointCheckStage, ...]:
    return tuple(stage for stage in definition.stages.values() if isinstance(stage, JointCheckStage))


def _check(session: Session, ref: str, stage: str, actor: Actor) -> tuple[Round, Rulebook, JointCheckStage]:
    """The check of a round; for whoever may not know what departments said it is not there."""
    round_ = session.scalar(select(Round).where(Round.ref == ref))
    if round_ is None:
        raise NotFound
    book = book_of(session, round_.version_id)
    kind = book.definition.stages.get(stage)
    if not isinstance(kind, JointCheckStage):
        raise NotFound
    roles = (kind.lead, *kind.detail_for, book.run_by)
    if not holds_in_round(actor, round_.program_id, round_.id, roles):
        raise NotFound
    return round_, book, kind


def blind_in(book: Rulebook) -> list[BlindStage]:
    return blind_stages({book.version_id: book})


def _leads_in(round_: Round, kind: JointCheckStage, actor: Actor) -> bool:
    return holds_in_round(actor, round_.program_id, round_.id, (kind.lead,))


def rows_of(
    session: Session, people: Sequence[Person], book: Rulebook, kind: JointCheckStage, now: datetime
) -> list[Row]:
    ids = [person.id for person in people]
    given = {(each.application_id, each.entry_no, each.department): each for each in queries.given_in(session, ids)}
    items = {(each.application_id, each.entry_no, each.role): each for each in queries.open_in(session, ids, kind.key)}
    books = {number: book_of(session, number) for number in sorted({person.version_id for person in people})}
    return [_row(person, given, items, books[person.version_id], kind, now) for person in people]


def _row(
    person: Person,
    given: Mapping[tuple[int, int, str], Given],
    items: Mapping[tuple[int, int, str], Open],
    book: Rulebook,
    kind: JointCheckStage,
    now: datetime,
) -> Row:
    own = book.definition.stages[kind.key]
    asked = own.by if isinstance(own, JointCheckStage) else ()
    cells = tuple(
        _cell(person, role, given.get((person.id, person.entry_no, role)), items, book, now) if role in asked else None
        for role in kind.by
    )
    complete = all(cell is None or not cell.is_open for cell in cells)
    lead = getattr(own, "lead", kind.lead)
    return Row(person, cells, items.get((person.id, person.entry_no, lead)) if complete else None)


def _cell(
    person: Person,
    role: str,
    given: Given | None,
    items: Mapping[tuple[int, int, str], Open],
    book: Rulebook,
    now: datetime,
) -> Cell:
    if given is not None:
        return Cell(role, SHAPES[given.answer], given=given)
    item = items.get((person.id, person.entry_no, role))
    waited = book.calendar.working_days_between(local_day(item.opened_at), local_day(now)) if item is not None else 0
    due = item.due_at if item is not None and item.due_at != NEVER and person.status != "held" else None
    left = left_until(book, due, now)
    if left is None:
        return Cell(role, "hold" if person.status == "held" else "now", waited)
    kind = "now" if left.kind == "calm" else left.kind
    return Cell(role, kind, left.days if kind == "late" else waited, due_at=due)


def _fits(row: Row, wanted: Wanted, roles: Sequence[str]) -> bool:
    if wanted.waits_for in roles:
        cell = row.cells[list(roles).index(wanted.waits_for)]
        if cell is None or not cell.is_open:
            return False
    if wanted.view == HAS_ISSUE:
        return row.has_issue
    if wanted.view == OPEN:
        return not row.complete
    return row.complete if wanted.view == COMPLETE else True


def _grouped(rows: Sequence[Row]) -> tuple[tuple[str | None, tuple[Row, ...]], ...]:
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.person.group, []).append(row)
    return tuple((name, tuple(each)) for name, each in groups.items())


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    return {
        ALL: len(rows),
        HAS_ISSUE: sum(1 for row in rows if row.has_issue),
        OPEN: sum(1 for row in rows if not row.complete),
        COMPLETE: sum(1 for row in rows if row.complete),
        "clear": sum(1 for row in rows if row.clear),
    }


def _first_due(book: Rulebook, rows: Sequence[Row], now: datetime) -> Left | None:
    """Nothing to count where everybody has answered."""
    due = [cell.due_at for row in rows for cell in row.cells if cell is not None and cell.due_at is not None]
    return left_until(book, min(due, default=None), now)


def _departments(
    session: Session, round_: Round, book: Rulebook, kind: JointCheckStage, rows: Sequence[Row], now: datetime
) -> tuple[Department, ...]:
    urged = queries.urged_at(session, round_.id, kind.key)
    found = []
    for place, role in enumerate(kind.by):
        cells = [cell for row in rows if (cell := row.cells[place]) is not None]
        late = [cell.days for cell in cells if cell.kind == "late"]
        at = urged.get(role)
        found.append(
            Department(
                role,
                book.definition.roles[role].name,
                len(cells),
                sum(1 for cell in cells if not cell.is_open),
                len(late),
                max(late, default=0),
                at,
                at is not None and local_day(at) == local_day(now),
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Check:
    """A joint check of a round, with how many people stand in it."""

    round_ref: str
    round_name: str
    program: Label
    stage: str
    name: Label
    people: int
    waiting: int
    late: int


def checks(actor: Actor, now: datetime) -> tuple[Check, ...]:
    """Those of the rounds in which the actor may know what departments said; also such in which nobody stands yet."""
    found: list[Check] = []
    with reading() as session:
        programs = {holding.program_id for holding in actor.holdings if holding.program_id is not None}
        rounds = session.scalars(select(Round).where(Round.program_id.in_(programs)).order_by(Round.id.desc())).all()
        standing = queries.standing_in(session, scope_of(actor), [each.id for each in rounds], now)
        for round_ in rounds:
            book = book_of(session, round_.version_id)
            for kind in checks_of(book.definition):
                roles = (kind.lead, *kind.detail_for, book.run_by)
                if holds_in_round(actor, round_.program_id, round_.id, roles):
                    people, waiting, late = standing.get((round_.id, kind.key), (0, 0, 0))
                    name = book.definition.program.name
                    found.append(Check(round_.ref, round_.name, name, kind.key, kind.name, people, waiting, late))
    return tuple(found)
