"""Which items each view of a list of work shows, as its filters narrow it."""

from dataclasses import dataclass

from sqlalchemy import tuple_

from models.applications import ApplicationRow
from models.base import literal_state
from models.queries.queue_items import AFTER_AT, AFTER_ID, NOW, TODAY_ENDS, Condition, Items
from models.queries.queue_narrowed import NAMING, NARROWING
from models.work import WorkItem

MINE, LATE, TODAY, BACK, HUMAN, WAITING, HELD, DONE, ABSENT = (
    "mine", "late", "today", "back", "human", "waiting", "held", "done", "absent",
)  # fmt: skip
OF_MINE = frozenset({MINE, LATE, TODAY, BACK, HUMAN})
_HELD = literal_state("held")
_PLACE, _MARK = tuple_(WorkItem.due_at, WorkItem.id), tuple_(AFTER_AT, AFTER_ID)


@dataclass(frozen=True)
class Listed:
    """What is wanted of a list, apart from values: the view, by what it is narrowed, and where a page begins."""

    view: str = MINE
    asked: frozenset[str] = frozenset()
    marked: bool = False
    back: bool = False  # towards the beginning
    unheld: bool = True  # those whose clock stands have a view of their own


def drivers_of(items: Items, view: str) -> list[Condition]:
    if view == ABSENT:
        return items.of_colleagues
    if view == DONE:
        return items.done
    return items.waiting if view == WAITING else items.mine


def conditions_of(items: Items, listed: Listed) -> list[Condition]:
    view, asked = listed.view, listed.asked
    named = items.named_of_mine if view in OF_MINE else items.named
    conditions = [NARROWING[name] for name in sorted(asked)] if view in OF_MINE else []
    if listed.unheld or view == HELD:
        conditions.append(ApplicationRow.status == _HELD if view == HELD else ApplicationRow.status != _HELD)
    if view == LATE:
        conditions.append(WorkItem.due_at < NOW)
    if view == TODAY:
        conditions += [WorkItem.due_at >= NOW, WorkItem.due_at <= TODAY_ENDS]
    if view == BACK:
        conditions.append(WorkItem.hint == literal_state("corrected"))
    if view == HUMAN:
        conditions += [ApplicationRow.precheck.in_(("look", "fails")), named]
    if asked & NAMING:
        conditions.append(named)
    if listed.marked:
        conditions.append(before() if listed.back else behind())
    return conditions


def behind() -> Condition:
    """Compared as a row, the index is entered at the mark itself and not before all that is due at the same moment."""
    return _PLACE > _MARK


def before() -> Condition:
    return _PLACE < _MARK
