"""What one person has to do: fixed views with their counts, filters, a page of rows, a search, the next in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import ask, reading
from models.queries import cases
from models.queries.queue import FEW, MOST, Group, Mark, Queue, Row
from models.queries.queue_narrowed import Narrowed
from models.queries.queue_views import ABSENT, BACK, DONE, HELD, HUMAN, LATE, MINE, OF_MINE, TODAY, WAITING, Listed
from models.work import NEVER, WorkItem
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services.fairness import apart, blind_stages, scored_stages
from workflow.services.queues_filters import Filter, filters_of, matching
from workflow.services.queues_lines import Line, lines_of
from workflow.services.rulebooks import versions_held

PAGE = 50
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
        queue = queue_of(session, actor, now)
        every = queue.groups()
        groups = [group for group in every if not group.held]
        views = _views(queue, every)
        view = next((each for each in views if each.key == wanted.view), views[0])
        rows = _rows(queue, view.key, wanted)
        shown, rest = rows[:PAGE], rows[PAGE:]
        definitions = {number: book.definition for number, book in books.items()}
        lines = lines_of(session, shown, now)
        total, more = _total(queue, groups, view, wanted)
        return Page(
            view=view,
            views=views,
            filters=filters_of(groups, definitions, wanted.narrowed) if view.key in OF_MINE else (),
            lines=lines,
            total=total,
            more_than_total=more,
            next_mark=_mark(shown[-1]) if rest else None,
            due_today=sum(group.late + group.today for group in groups),
            done_today=next(each.count for each in views if each.key == DONE),
            absent=cases.names_of_accounts(session, queue.scope.stands_in_for),
            wait_until=_first_back(queue) if not shown and view.key == MINE else None,
        )


def _total(queue: Queue, groups: Sequence[Group], view: View, wanted: Wanted) -> tuple[int, bool]:
    """How many, and whether there are more. From the one pass where it tells: it ends before what is due late, and no
    group tells what is overdue and flagged together."""
    narrowed = wanted.narrowed
    if view.key not in OF_MINE or (view.key == MINE and not narrowed.asked):
        return view.count, view.more
    if view.more or narrowed.late or narrowed.flagged:
        count = queue.count_listed(Listed(view.key, narrowed.asked), narrowed)
        return min(MOST, count), count > MOST
    return _count_in(matching(groups, narrowed), view.key), False


def counted(actor: Actor, now: datetime, every: Sequence[Wanted]) -> list[tuple[int, bool]]:
    """How many each of these narrowed views holds, and whether there are more than that."""
    if not every:
        return []
    with reading() as session:
        queue = queue_of(session, actor, now)
        found = [queue.count_listed(Listed(each.view, each.narrowed.asked), each.narrowed) for each in every]
    return [(min(count, MOST), count > MOST) for count in found]


def every_line(actor: Actor, now: datetime, wanted: Wanted, most: int) -> tuple[Line, ...]:
    """The rows of a view as its filters narrow it, all at once, for a list that leaves the screen."""
    _require(actor)
    with reading() as session:
        queue = queue_of(session, actor, now)
        if wanted.view == DONE:
            return lines_of(session, queue.done_page(None, most), now)
        rows = queue.page_listed(Listed(wanted.view, wanted.narrowed.asked), wanted.narrowed, None, most)
        return lines_of(session, rows, now)


def following(actor: Actor, now: datetime, wanted: Wanted, after: Mark | None) -> str | None:
    """The item that comes next in this view behind a mark, else the first one; None when all is done."""
    with reading() as session:
        queue, listed = queue_of(session, actor, now), _in_turn(wanted)
        behind = queue.beside(listed, wanted.narrowed, after)
        return behind if behind is not None or after is None else queue.beside(listed, wanted.narrowed, None)


def neighbors(actor: Actor, now: datetime, wanted: Wanted, item_ref: str) -> tuple[str | None, str | None]:
    """The items before and behind one in the order of the view, for J and K on the desk."""
    with reading() as session:
        queue, listed, mark = queue_of(session, actor, now), _in_turn(wanted), place_of(item_ref)
        before = queue.beside(listed, wanted.narrowed, mark, back=True) if mark is not None else None
        return before, queue.beside(listed, wanted.narrowed, mark)


def queue_of(session: Session, actor: Actor, now: datetime) -> Queue:
    """Made once in a look at the tables: what somebody may do does not change within it."""
    known: dict[Actor, Queue] = session.info.setdefault("queues", {})
    if actor not in known:
        books = versions_held(session, actor)
        facts = apart(actor, books), blind_stages(books), scored_stages(books)
        known[actor] = Queue(session, scope_of(actor), now, *facts)
    return known[actor]


def _in_turn(wanted: Wanted) -> Listed:
    """Of views that hold nothing to be done, one goes on among one's own."""
    view = wanted.view if wanted.view in OF_MINE or wanted.view == ABSENT else MINE
    return Listed(view, wanted.narrowed.asked)


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
        queue = queue_of(session, actor, now)
        chosen = [WorkItem.ref.in_(list(item_refs)), ApplicationRow.status != "held"]
        drivers = [*queue.mine(), *queue.of_colleagues()]
        return lines_of(session, queue.page(drivers, chosen, len(item_refs)), now)


_PLACE = select(WorkItem.due_at, WorkItem.id).where(WorkItem.ref == bindparam("ref"))


def place_of(item_ref: str) -> Mark | None:
    """Where an item stands in the order: to go on behind it after it was done."""
    with reading() as session:
        row = ask(session, _PLACE, ref=item_ref).one_or_none()
        return (row[0], row[1]) if row is not None else None


def _require(actor: Actor) -> None:
    if not can(actor, Permission.QUEUE_READ):
        raise NotFound


# -- views -------------------------------------------------------------------------------------------------------------
def _views(queue: Queue, groups: Sequence[Group]) -> tuple[View, ...]:
    capped = sum(group.count for group in groups) > MOST
    running = [group for group in groups if not group.held]
    counts = {key: (_count_in(running, key), capped) for key in OF_MINE}
    counts[HELD] = (sum(group.count for group in groups if group.held), capped)
    beside = [Listed(key, unheld=key == ABSENT) for key in (WAITING, DONE, ABSENT)]
    for listed, count in zip(beside, queue.counts_beside(*beside, most=FEW), strict=True):
        counts[listed.view] = (min(count, FEW), count > FEW)
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


def _rows(queue: Queue, view: str, wanted: Wanted) -> list[Row]:
    after = _read_mark(wanted.after)
    if view == DONE:
        return queue.done_page(after, PAGE + 1)
    listed = Listed(view, wanted.narrowed.asked)
    return queue.page_listed(listed, wanted.narrowed, after, PAGE + 1, of_mine=view in OF_MINE)


def _first_back(queue: Queue) -> datetime | None:
    rows = queue.page_listed(Listed(WAITING, unheld=False), Narrowed(), None, 1)
    return rows[0].due_at if rows and rows[0].due_at != NEVER else None


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
