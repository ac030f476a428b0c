"""A round at a glance for whoever runs it: how far people came, how long they stand, who holds things up, what is near.

Every number counts exactly the cases that the reader runs and may open, so that it equals the list behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.queries import overview as queries
from models.queries.overview import Age, Marks, Owing, Standing
from models.queries.scoping import Condition
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import RUNNING
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import holds_in_round
from workflow.domain.program.schema import Definition, JointCheckStage, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services.fairness import blind_stages
from workflow.services.quota_watch import Pressure, pressures
from workflow.services.rulebooks import book_of

WEEKS, PAST_DAYS = 3, 28
_RUNNING = frozenset(str(each) for each in RUNNING)
_ENDS = ("refused", "lapsed", "withdrawn", "not_called")


@dataclass(frozen=True)
class Step:
    """One stage of the way: how many came this far, how many stand here, how many ended here and how."""

    key: str
    name: Label
    reached: int
    here: int
    ended: Mapping[str, int]


@dataclass(frozen=True)
class Dwelling:
    """How long cases stand at one stage, in working days, and with whom."""

    key: str
    name: Label
    age: Age
    holders: tuple[Label | Words, ...]

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        return self.age.fresh, self.age.middle, self.age.old, self.age.soon, self.age.late

    @property
    def count(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True)
class Holder:
    """An office, or all who hold a role together: never a person, so that no rater stands out."""

    role_name: Label | Words
    organization: str | None
    stage: str
    stage_name: Label
    duty: str
    after: bool
    open: int
    late: int
    days: int  # working days by which the oldest is overdue
    joint: bool


@dataclass(frozen=True)
class Coming:
    """What falls due on one day."""

    stage: Label | None  # None: the round itself
    kind: str  # due, opens, closes
    count: int


@dataclass(frozen=True)
class Day:
    day: date
    works: bool
    coming: tuple[Coming, ...]


@dataclass(frozen=True)
class Duty:
    key: str  # act, confirm, correct, reopen, appeal
    open: int
    late: int


@dataclass(frozen=True)
class Tally:
    """Of one track: how many stand where they ended."""

    track: Label | None
    submitted: int
    running: int
    recognized: int
    gone: int


@dataclass(frozen=True)
class RoundChoice:
    ref: str
    name: str
    program: Label


@dataclass(frozen=True)
class Overview:
    ref: str
    name: str
    program: Label
    version: int
    definition: Definition
    rounds: tuple[RoundChoice, ...]
    submitted: int
    running: int
    late: int
    stopped: int
    steps: tuple[Step, ...]
    dwelling: tuple[Dwelling, ...]
    holders: tuple[Holder, ...]
    duties: tuple[Duty, ...]
    weeks: tuple[tuple[Day, ...], ...]
    finished: tuple[tuple[date, int], ...]  # stages finished on each of the last days
    tallies: tuple[Tally, ...]
    closes_at: datetime | None
    tight: tuple[Pressure, ...] = ()  # caps that more cases want than there are places, first come

    @property
    def overdue_items(self) -> int:
        return sum(each.late for each in self.holders)

    @property
    def late_after(self) -> int:
        """What is overdue on cases that are not on their way any more, such as payments: in no case's `late`."""
        return sum(each.late for each in self.holders if each.after)


def first_round(actor: Actor) -> str | None:
    """The newest round that the actor runs, where an overview can begin."""
    with reading() as session:
        mine = _mine(session, actor)
        return mine[0][0].ref if mine else None


def overview(actor: Actor, ref: str, now: datetime) -> Overview:
    with reading() as session:
        mine = _mine(session, actor)
        found = next(((row, book) for row, book in mine if row.ref == ref), None)
        if found is None:
            raise NotFound
        row, book = found
        return _seen(session, actor, row, book, mine, now)


def _mine(session: Session, actor: Actor) -> list[tuple[Round, Rulebook]]:
    """Rounds that the actor runs by a role of the program, the newest first."""
    programs = {holding.program_id for holding in actor.holdings if holding.program_id is not None}
    if not programs:
        return []
    rows = session.scalars(select(Round).where(Round.program_id.in_(programs)).order_by(Round.id.desc())).all()
    books = {number: book_of(session, number) for number in sorted({row.version_id for row in rows})}
    return [
        (row, books[row.version_id])
        for row in rows
        if holds_in_round(actor, row.program_id, row.id, (books[row.version_id].run_by,))
    ]


def run_by(session: Session, actor: Actor, ref: str) -> tuple[Round, Rulebook, list[Condition]]:
    """A round that the actor runs, with the condition on its cases; NotFound for everybody else."""
    row = session.scalar(select(Round).where(Round.ref == ref))
    if row is None:
        raise NotFound
    book = book_of(session, row.version_id)
    if not holds_in_round(actor, row.program_id, row.id, (book.run_by,)):
        raise NotFound
    return row, book, _where(actor, row, book)


def _where(actor: Actor, row: Round, book: Rulebook) -> list[Condition]:
    return queries.run_here(scope_of(actor), row.id, book.run_by, blind_stages({book.version_id: book}))


def _seen(
    session: Session,
    actor: Actor,
    row: Round,
    book: Rulebook,
    mine: Sequence[tuple[Round, Rulebook]],
    now: datetime,
) -> Overview:
    where = _where(actor, row, book)
    standings = queries.standings(session, where)
    ages = {each.stage: each for each in queries.ages(session, where, _marks(book, now))}
    owing = queries.owing(session, where, now)
    today = local_day(now)
    monday = today - timedelta(days=today.weekday())
    ends = end_of(monday + timedelta(days=7 * WEEKS - 1))
    coming = queries.falling_due(session, where, end_of(monday - timedelta(days=1)), ends)
    past = queries.left_stages(session, where, end_of(today - timedelta(days=PAST_DAYS)))
    definition = book.definition
    return Overview(
        row.ref,
        row.name,
        definition.program.name,
        book.version_id,
        definition,
        tuple(RoundChoice(each.ref, each.name, its.definition.program.name) for each, its in mine),
        sum(each.count for each in standings),
        sum(each.count for each in standings if each.status in _RUNNING),
        sum(each.late for each in ages.values()),
        sum(each.stopped for each in ages.values()),
        steps(definition, standings),
        _dwelling(definition, ages, owing),
        _holders(book, owing, now),
        _duties(owing),
        _weeks(book, row, coming, monday),
        _finished(past, today),
        _tallies(definition, standings),
        row.closes_at,
        pressures(session, book, row, now),
    )


# -- how far -----------------------------------------------------------------------------------------------------------
def way(definition: Definition) -> list[str]:
    """Every stage of any channel's route, in the order in which they are passed."""
    routes = [definition.route_of(channel) for channel in definition.channels]
    known = {key for route in routes for key in route}
    return [key for key in definition.stages if key in known]


def steps(definition: Definition, standings: Iterable[Standing]) -> tuple[Step, ...]:
    """A stage is reached by who came at least as far on the route of their channel; skipped ones count as passed."""
    standings = list(standings)
    places = {
        channel: {key: number for number, key in enumerate(definition.route_of(channel), start=1)}
        for channel in definition.channels
    }
    found = []
    for key in way(definition):
        at = [(each, places[each.channel].get(key)) for each in standings]
        reached = sum(each.count for each, place in at if place is not None and each.furthest >= place)
        here = sum(each.count for each in standings if each.stage == key and each.status in _RUNNING)
        ended = {
            status: sum(
                each.count
                for each, place in at
                if each.status == status and place is not None and each.furthest == place
            )
            for status in _ENDS
        }
        known = {status: count for status, count in ended.items() if count}
        found.append(Step(key, definition.stages[key].name, reached, here, known))
    return tuple(found)


# -- how long ----------------------------------------------------------------------------------------------------------
def _marks(book: Rulebook, now: datetime) -> Marks:
    today, calendar = local_day(now), book.calendar
    return Marks(
        now,
        end_of(calendar.nth_working_day(today, 2)),
        end_of(calendar.nth_working_day(today, -2) - timedelta(days=1)),
        end_of(calendar.nth_working_day(today, -5) - timedelta(days=1)),
    )


def _dwelling(definition: Definition, ages: Mapping[str, Age], owing: Sequence[Owing]) -> tuple[Dwelling, ...]:
    found = []
    for key in way(definition):
        if key not in ages:
            continue
        roles = dict.fromkeys(each.role for each in owing if each.stage == key)
        names = tuple(_role_name(definition, role) for role in roles)
        found.append(Dwelling(key, definition.stages[key].name, ages[key], names))
    return tuple(found)


# -- who ---------------------------------------------------------------------------------------------------------------
def _holders(book: Rulebook, owing: Sequence[Owing], now: datetime) -> tuple[Holder, ...]:
    """Those with something overdue, the most first; all applicants count as one."""
    definition = book.definition
    found = [
        Holder(
            _role_name(definition, each.role),
            each.organization,
            each.stage,
            definition.stages[each.stage].name,
            each.duty,
            each.after,
            each.open,
            each.late,
            _days_late(book, each.oldest, now),
            isinstance(definition.stages[each.stage], JointCheckStage),
        )
        for each in owing
        if each.late and each.stage in definition.stages
    ]
    return tuple(sorted(found, key=lambda each: (-each.late, -each.days, str(each.role_name))))


def _role_name(definition: Definition, role: str) -> Label | Words:
    known = definition.roles.get(role)
    return known.name if known is not None else Words("申报人")


def _days_late(book: Rulebook, due: datetime | None, now: datetime) -> int:
    if due is None or due >= now:
        return 0
    return max(1, book.calendar.working_days_between(local_day(due - timedelta(microseconds=1)), local_day(now)))


def _duties(owing: Sequence[Owing]) -> tuple[Duty, ...]:
    found: dict[str, Duty] = {}
    for each in owing:
        before = found.get(each.duty) or Duty(each.duty, 0, 0)
        found[each.duty] = Duty(each.duty, before.open + each.open, before.late + each.late)
    return tuple(sorted(found.values(), key=lambda each: -each.open))


# -- when --------------------------------------------------------------------------------------------------------------
def _weeks(
    book: Rulebook, row: Round, coming: Sequence[tuple[str, datetime, int]], monday: date
) -> tuple[tuple[Day, ...], ...]:
    on: dict[date, dict[str, int]] = {}
    for stage, due, count in coming:
        day = local_day(due - timedelta(microseconds=1))  # 24:00 ends the day before
        on.setdefault(day, {})[stage] = on.get(day, {}).get(stage, 0) + count
    marks = {local_day(row.opens_at): "opens"} if row.opens_at else {}
    if row.closes_at is not None:
        marks[local_day(row.closes_at - timedelta(microseconds=1))] = "closes"
    stages = book.definition.stages
    days = []
    for number in range(7 * WEEKS):
        day = monday + timedelta(days=number)
        listed = [Coming(stages[key].name, "due", count) for key, count in on.get(day, {}).items() if key in stages]
        own = [Coming(None, marks[day], 0)] if day in marks else []
        days.append(Day(day, book.calendar.is_working(day), (*own, *listed)))
    return tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7))


def _finished(past: Sequence[tuple[datetime, str]], today: date) -> tuple[tuple[date, int], ...]:
    counts: dict[date, int] = {}
    for at, _ in past:
        counts[local_day(at)] = counts.get(local_day(at), 0) + 1
    first = today - timedelta(days=PAST_DAYS - 1)
    return tuple((day, counts.get(day, 0)) for day in (first + timedelta(days=number) for number in range(PAST_DAYS)))


# -- by track ----------------------------------------------------------------------------------------------------------
def _tallies(definition: Definition, standings: Sequence[Standing]) -> tuple[Tally, ...]:
    found = []
    for key in dict.fromkeys(each.track for each in standings):
        own = [each for each in standings if each.track == key]
        track = definition.tracks.get(key or "")
        found.append(
            Tally(
                track.name if track is not None else None,
                sum(each.count for each in own),
                sum(each.count for each in own if each.status in _RUNNING),
                sum(each.count for each in own if each.status in ("recognized", "ended")),
                sum(each.count for each in own if each.status in _ENDS),
            )
        )
    return tuple(found)
