"""A department's side of a joint check: whom it is asked about, what it said, and nothing of what others said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import joint as queries
from models.queries.joint import Asked, Count, Places, Wanted
from models.queries.joint_matrix import asked_why
from models.work import NEVER
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound, Reason
from workflow.domain.program.schema import JointCheckStage, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages.joint_check import CLEAR, ISSUE
from workflow.services import actions
from workflow.services.recorded_joint import digest
from workflow.services.rulebooks import versions_held
from workflow.services.sheets import Left, left_until

PAGE = 100


@dataclass(frozen=True)
class Line:
    """One person whom a department is asked about."""

    row: Asked
    stage: Label
    department: Label
    left: Left | None
    waited: int  # working days since it was asked
    why: str = ""  # why it is asked once more
    note: Label | None = None  # what the program says to whoever answers

    @property
    def can_answer(self) -> bool:
        return self.row.status in ("open", "recognized")


@dataclass(frozen=True)
class RoundCount:
    """Open questions of one round to one department."""

    ref: str
    name: str
    open: int
    late: int


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    rounds: tuple[RoundCount, ...]
    departments: tuple[Label, ...]
    open: int
    late: int
    more: bool


@dataclass(frozen=True)
class Said:
    """What a department answers; the grounds are asked for an objection only."""

    answer: str
    category: str = ""
    basis: str = ""
    detail: str = ""


# -- looking -----------------------------------------------------------------------------------------------------------
def page(
    actor: Actor, now: datetime, *, answered: bool = False, round_ref: str = "", typed: str = "", number: int = 1
) -> Page:
    with reading() as session:
        books = versions_held(session, actor)
        places, scope = _places(books, actor), scope_of(actor)
        wanted = Wanted(round_ref, typed)
        start = (number - 1) * PAGE
        rows = queries.asked_of(session, scope, places, wanted, answered=answered, after=start, limit=PAGE + 1)
        counts = queries.counts_of(session, scope, places, now)
        return Page(
            lines=_lines(session, books, rows[:PAGE], now),
            rounds=_by_round(counts),
            departments=tuple(dict.fromkeys(_department(books[version], role) for version, _, role in sorted(places))),
            open=sum(each.open for each in counts),
            late=sum(each.late for each in counts),
            more=len(rows) > PAGE,
        )


def line(item_ref: str, actor: Actor, now: datetime) -> Line:
    """One question, open or answered; NotFound for whoever it does not ask."""
    with reading() as session:
        found = _named(session, [item_ref], actor, now)
    if not found:
        raise NotFound
    return found[0]


def picked(item_refs: Sequence[str], actor: Actor, now: datetime) -> tuple[Line, ...]:
    """Those of the named questions that are still open."""
    if not item_refs:
        return ()
    with reading() as session:
        found = _named(session, item_refs, actor, now)
    return tuple(each for each in found if each.row.state == "open" and each.can_answer)


def _named(session: Session, item_refs: Sequence[str], actor: Actor, now: datetime) -> tuple[Line, ...]:
    books = versions_held(session, actor)
    places, scope, wanted = _places(books, actor), scope_of(actor), Wanted(refs=item_refs)
    rows = [
        row
        for answered in (False, True)
        for row in queries.asked_of(session, scope, places, wanted, answered=answered, after=0, limit=len(item_refs))
    ]
    return _lines(session, books, rows, now)


def _places(books: Mapping[int, Rulebook], actor: Actor) -> Places:
    """Which items are questions to a department of the actor's; the lead's own conclusion is none."""
    mine = {holding.role for holding in actor.holdings}
    return {
        (number, stage.key, role)
        for number, book in books.items()
        for stage in book.definition.stages.values()
        if isinstance(stage, JointCheckStage)
        for role in stage.by
        if role in mine and role != stage.lead
    }


def _lines(session: Session, books: Mapping[int, Rulebook], rows: Sequence[Asked], now: datetime) -> tuple[Line, ...]:
    why = asked_why(session, [row.application_id for row in rows])
    return tuple(_line(books[row.version_id], row, why, now) for row in rows)


def _line(book: Rulebook, row: Asked, why: Mapping[tuple[int, int, str], str], now: datetime) -> Line:
    due = None if row.due_at == NEVER or row.state != "open" else row.due_at
    stage = book.definition.stages[row.stage]
    return Line(
        row,
        stage.name,
        _department(book, row.role),
        Left("hold", 0, None) if row.status == "held" else left_until(book, due, now),
        book.calendar.working_days_between(local_day(row.opened_at), local_day(now)),
        why.get((row.application_id, row.entry_no, row.role), "") if row.state == "open" else "",
        stage.note,
    )


def _department(book: Rulebook, role: str) -> Label:
    return book.definition.roles[role].name


def _by_round(counts: Iterable[Count]) -> tuple[RoundCount, ...]:
    found: dict[str, RoundCount] = {}
    for each in counts:
        before = found.get(each.round_ref) or RoundCount(each.round_ref, each.round_name, 0, 0)
        found[each.round_ref] = RoundCount(before.ref, before.name, before.open + each.open, before.late + each.late)
    return tuple(found.values())


# -- answering ---------------------------------------------------------------------------------------------------------
def answer(
    item_ref: str, said: Said, actor: Actor, now: datetime, *, seen: int | None = None, request_key: str | None = None
) -> actions.Done:
    """Say what the department knows. What is written beside an objection is sealed; its event holds a digest."""
    inputs = {"answer": said.answer}
    if said.answer == ISSUE:
        grounds = {"category": said.category, "basis": said.basis.strip(), "detail": said.detail.strip()}
        inputs |= {**grounds, "digest": digest(**grounds)}
    return actions.perform(item_ref, "answer", actor, now, seen=seen, request_key=request_key, inputs=inputs)


@dataclass(frozen=True)
class Many:
    """Names of those who were answered for, and of those left aside with why."""

    done: tuple[Line, ...]
    aside: tuple[tuple[Line, tuple[Reason, ...]], ...]


def no_objection_to(item_refs: Sequence[str], actor: Actor, now: datetime, *, request_key: str | None = None) -> Many:
    """无异议 to each of these, one event each; whoever was answered for meanwhile is left as it is."""
    lines = picked(item_refs, actor, now)
    groups: dict[tuple[str, str], list[Line]] = {}
    for each in lines:
        groups.setdefault((each.row.stage, each.row.role), []).append(each)
    done: list[Line] = []
    aside: list[tuple[Line, tuple[Reason, ...]]] = []
    for (stage, role), group in groups.items():
        part = actions.perform_pool(
            [each.row.ref for each in group],
            stage,
            "answer",
            actor,
            now,
            request_key=f"{request_key}:{stage}:{role}" if request_key else None,
            inputs={"answer": CLEAR, "role": role},
        )
        done += [each for each in group if each.row.ref in part.done]
        aside += [(each, part.left_aside.get(each.row.ref, ())) for each in group if each.row.ref not in part.done]
    return Many(tuple(done), tuple(aside))
