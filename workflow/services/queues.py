"""What one person has to do: fixed views with their counts, filters, a page of rows, a search, the next in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading
from models.queries import cases
from models.queries.queue import FEW, MOST, Group, Mark, Queue, Row
from models.queries.queue_items import Condition
from models.queries.queue_narrowed import Narrowed, narrowing
from models.work import NEVER, WorkItem
from workflow.domain.actor import Actor
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services.fairness import apart, blind_stages
from workflow.services.queues_filters import Filter, filters_of, matching
from workflow.services.queues_lines import Line, lines_of
from workflow.services.rulebooks import versions_held

PAGE = 50
MINE, LATE, TODAY, BACK, HUMAN, WAITING, HELD, DONE, ABSENT = (
    "mine", "late", "today", "back", "human", "waiting", "held", "done", "absent",
)  # fmt: skip
VIEWS: Mapping[str, tuple[str, Words]] = {
    MINE: ("now", Words("待我办")),
    LATE: ("late", Words("已逾期")),
    TODAY: ("soon", Words("今天到期")),
    BACK: ("back", Words("补正已交回")),
    HUMAN: ("human", Words("要人判断")),
    WAITING: ("hold", Words("等申报人补正")),
    HELD: ("hold", Words("停表")),
    DONE: ("done", Words("我今天办的")),
    ABSENT: ("now", Words("替同事办")),
}
_OF_MINE = frozenset({MINE, LATE, TODAY, BACK, HUMAN})


@dataclass(frozen=True)
class View:
    key: str
    kind: str
    name: Words
    count: int
    more: bool  # beyond the cap: the number carries a plus


@dataclass(frozen=True)
class Page:
    view: View
    views: tuple[View, ...]
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    total: int
    more_than_total: bool
    next_mark: str | None
    due_today: int
    done_today: int
    absent: Mapping[int, str] = field(default_factory=dict)
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    view: str = MINE
    narrowed: Narrowed = field(default_factory=Narrowed)
    after: str | None = None


# -- the page ----------------------------------------------------------------------------------------------------------
def page(actor: Actor, now: datetime, wanted: Wanted) -> Page:
    _require(actor)
    with reading() as session:
        books = versions_held(session, actor)
        queue = Queue(session, scope_of(actor), now, apart(actor, books), blind_stages(books))
        every = queue.groups(_today_ends(now))
        groups = [group for group in every if not group.held]
        views = _views(queue, every, now)
        view = next((each for each in views if each.key == wanted.view), views[0])
        rows = _rows(queue, view.key, wanted, now)
        shown, rest = rows[:PAGE], rows[PAGE:]
        definitions = {number: book.definition for number, book in books.items()}
        lines = lines_of(session, shown, now)
        total = _total(queue, groups, view, wanted, now)
        return Page(
            view=view,
            views=views,
            filters=filters_of(groups, definitions, wanted.narrowed) if view.key in _OF_MINE else (),
            lines=lines,
            total=total,
            more_than_total=view.more,
            next_mark=_mark(shown[-1]) if rest else None,
            due_today=sum(group.late + group.today for group in groups),
            done_today=next(each.count for each in views if each.key == DONE),
            absent=cases.names_of_accounts(session, queue.scope.stands_in_for),
            wait_until=_first_back(queue) if not shown and view.key == MINE else None,
        )


def _total(queue: Queue, groups: Sequence[Group], view: View, wanted: Wanted, now: datetime) -> int:
    """From the one pass where its keys tell it; overdue and flagged together no group tells, so they are counted."""
    if view.key not in _OF_MINE:
        return view.count
    if wanted.narrowed.late or wanted.narrowed.flagged:
        return min(MOST, queue.count(queue.mine(), *_conditions(queue, view.key, wanted, now)))
    return _count_in(matching(groups, wanted.narrowed), view.key)


def counted(actor: Actor, now: datetime, every: Sequence[Wanted]) -> list[tuple[int, bool]]:
    """How many each of these narrowed views holds, and whether there are more than that."""
    if not every:
        return []
    with reading() as session:
        books = versions_held(session, actor)
        queue = Queue(session, scope_of(actor), now, apart(actor, books), blind_stages(books))
        found = [
            queue.count(_drivers(queue, wanted.view), *_conditions(queue, wanted.view, wanted, now)) for wanted in every
        ]
    return [(min(count, MOST), count > MOST) for count in found]


def every_line(actor: Actor, now: datetime, wanted: Wanted, most: int) -> tuple[Line, ...]:
    """The rows of a view as its filters narrow it, all at once, for a list that leaves the screen."""
    _require(actor)
    with reading() as session:
        books = versions_held(session, actor)
        queue = Queue(session, scope_of(actor), now, apart(actor, books), blind_stages(books))
        if wanted.view == DONE:
            return lines_of(session, queue.done_page(_today_begins(now), None, most), now)
        rows = queue.page(_drivers(queue, wanted.view), _conditions(queue, wanted.view, wanted, now), None, most)
        return lines_of(session, rows, now)


def following(actor: Actor, now: datetime, wanted: Wanted, after: Mark | None) -> str | None:
    """The item that comes next in this view behind a mark, else the first one; None when all is done."""
    with reading() as session:
        queue = queue_of(session, actor, now)
        drivers, conditions = _in_turn(queue, wanted, now)
        behind = queue.beside(drivers, conditions, after)
        return behind if behind is not None or after is None else queue.beside(drivers, conditions, None)


def neighbors(actor: Actor, now: datetime, wanted: Wanted, item_ref: str) -> tuple[str | None, str | None]:
    """The items before and behind one in the order of the view, for J and K on the desk."""
    with reading() as session:
        queue, mark = queue_of(session, actor, now), place_of(item_ref)
        drivers, conditions = _in_turn(queue, wanted, now)
        before = queue.beside(drivers, conditions, mark, back=True) if mark is not None else None
        return before, queue.beside(drivers, conditions, mark)


def queue_of(session: Session, actor: Actor, now: datetime) -> Queue:
    """Made once in a look at the tables: what somebody may do does not change within it."""
    known: dict[Actor, Queue] = session.info.setdefault("queues", {})
    if actor not in known:
        books = versions_held(session, actor)
        known[actor] = Queue(session, scope_of(actor), now, apart(actor, books), blind_stages(books))
    return known[actor]


def _in_turn(queue: Queue, wanted: Wanted, now: datetime) -> tuple[list[Condition], list[Condition]]:
    """Of views that hold nothing to be done, one goes on among one's own."""
    view = wanted.view if wanted.view in _OF_MINE or wanted.view == ABSENT else MINE
    return _drivers(queue, view), _conditions(queue, view, wanted, now)


def find(actor: Actor, now: datetime, typed: str) -> tuple[Line, ...]:
    """Cases that the actor may read, by number or name."""
    _require(actor)
    with reading() as session:
        queue = Queue(session, scope_of(actor), now, blind=blind_stages(versions_held(session, actor)))
        return lines_of(session, queue.find(typed), now)


def picked(actor: Actor, now: datetime, item_refs: Sequence[str]) -> tuple[Line, ...]:
    """Those of the named items that are the actor's to answer now."""
    if not item_refs:
        return ()
    with reading() as session:
        books = versions_held(session, actor)
        queue = Queue(session, scope_of(actor), now, apart(actor, books), blind_stages(books))
        chosen = [WorkItem.ref.in_(list(item_refs)), ApplicationRow.status != "held"]
        drivers = [*queue.mine(), *queue.of_colleagues()]
        return lines_of(session, queue.page(drivers, chosen, None, len(item_refs)), now)


def place_of(item_ref: str) -> Mark | None:
    """Where an item stands in the order: to go on behind it after it was done."""
    with reading() as session:
        row = session.execute(select(WorkItem.due_at, WorkItem.id).where(WorkItem.ref == item_ref)).one_or_none()
        return (row[0], row[1]) if row is not None else None


def _require(actor: Actor) -> None:
    if not can(actor, Permission.QUEUE_READ):
        raise NotFound


# -- views -------------------------------------------------------------------------------------------------------------
def _views(queue: Queue, groups: Sequence[Group], now: datetime) -> tuple[View, ...]:
    capped = sum(group.count for group in groups) > MOST
    running = [group for group in groups if not group.held]
    counts = {key: (_count_in(running, key), capped) for key in _OF_MINE}
    counts[HELD] = (sum(group.count for group in groups if group.held), capped)
    for key, drivers, also in (
        (WAITING, queue.waiting(), []),
        (DONE, queue.done(_today_begins(now)), []),
        (ABSENT, queue.of_colleagues(), [ApplicationRow.status != "held"]),
    ):
        count = queue.count(drivers, *also, most=FEW)
        counts[key] = (min(count, FEW), count > FEW)
    return tuple(
        View(key, kind, name, *counts[key])
        for key, (kind, name) in VIEWS.items()
        if key not in (ABSENT, HELD) or counts[key][0]
    )


def _count_in(groups: Sequence[Group], view: str) -> int:
    if view == LATE:
        return min(MOST, sum(group.late for group in groups))
    if view == TODAY:
        return min(MOST, sum(group.today for group in groups))
    if view == BACK:
        return min(MOST, sum(group.corrected for group in groups))
    if view == HUMAN:
        return min(MOST, sum(group.count for group in groups if group.precheck in ("look", "fails")))
    return min(MOST, sum(group.count for group in groups))


def _drivers(queue: Queue, view: str) -> list[ColumnElement[bool]]:
    if view == ABSENT:
        return queue.of_colleagues()
    return queue.waiting() if view == WAITING else queue.mine()


def _conditions(queue: Queue, view: str, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    named = queue.named_of_mine if view in _OF_MINE else queue.named
    conditions = narrowing(wanted.narrowed, now) if view in _OF_MINE else []
    conditions.append(ApplicationRow.status == "held" if view == HELD else ApplicationRow.status != "held")
    if view == LATE:
        conditions.append(WorkItem.due_at < now)
    if view == TODAY:
        conditions += [WorkItem.due_at >= now, WorkItem.due_at <= _today_ends(now)]
    if view == BACK:
        conditions.append(WorkItem.hint == "corrected")
    if view == HUMAN:
        conditions += [ApplicationRow.precheck.in_(("look", "fails")), named]
    if any((wanted.narrowed.nominator, wanted.narrowed.precheck, wanted.narrowed.employer, wanted.narrowed.flagged)):
        conditions.append(named)  # a filter says nothing of a case whose row does not
    return conditions


def _rows(queue: Queue, view: str, wanted: Wanted, now: datetime) -> list[Row]:
    after = _read_mark(wanted.after)
    if view == DONE:
        return queue.done_page(_today_begins(now), after, PAGE + 1)
    mine = queue.named_of_mine if view in _OF_MINE else None
    return queue.page(_drivers(queue, view), _conditions(queue, view, wanted, now), after, PAGE + 1, mine)


def _first_back(queue: Queue) -> datetime | None:
    rows = queue.page(queue.waiting(), [], None, 1)
    return rows[0].due_at if rows and rows[0].due_at != NEVER else None


def _today_begins(now: datetime) -> datetime:
    return end_of(local_day(now) - timedelta(days=1))


def _today_ends(now: datetime) -> datetime:
    return end_of(local_day(now))


def _mark(row: Row) -> str:
    return f"{row.mark.isoformat()}_{row.item_id}"


def _read_mark(text: str | None) -> Mark | None:
    """Anything that is no mark of ours begins at the beginning."""
    moment, _, number = (text or "").rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(number)) if at.tzinfo is not None and number.isdecimal() and len(number) < 19 else None
