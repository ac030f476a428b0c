"""Facts of a follow-up: tasks, mentors, placements, and the end of the stay."""

from typing import Any

from workflow.domain.after.growth import Placed, TaskDone
from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import OF_THE_STAGE, Fold, acted, cancel_items, close_item, leave


def _grown(state: State, event: Event, **changes: Any) -> State:
    """The growth of the stay that the event belongs to, changed; a stay's first change begins it."""
    after, no = state.after, event.entry_no or 0
    grown = altered(after.growth_at(no), **changes)
    others = (each for each in after.growth if each.entry_no != no)
    stays = tuple(sorted((*others, grown), key=lambda each: each.entry_no))
    return altered(state, after=altered(after, growth=stays))


def _task_done(state: State, event: Event) -> State:
    known = state.after.growth_at(event.entry_no or 0)
    done = TaskDone(event.body["task"], event.actor_id, event.at, tuple(event.body.get("files") or ()))
    return _grown(acted(state, event), event, tasks=(*known.tasks, done))


def _mentor_assigned(state: State, event: Event) -> State:
    """What the mentor before still owed is the new one's to answer."""
    mentor = event.body["mentor"]
    items = tuple(
        altered(item, holder_id=mentor, version=item.version + 1) if item.is_open and item.role == "mentor" else item
        for item in state.items
    )
    return _grown(acted(altered(state, items=items), event), event, mentor=mentor, mentor_role=event.body["role"])


def _placed(state: State, event: Event) -> State:
    there = Placed(event.body["organization"], event.body["code"])
    return _grown(acted(close_item(state, event, "placed"), event), event, placed=there)


def _stage_completed(state: State, event: Event) -> State:
    state = acted(close_item(state, event, "completed"), event, decided=True)
    return leave(cancel_items(state, event, OF_THE_STAGE), event, "pass")


FOLDS: dict[str, Fold] = {
    "task_done": _task_done,
    "mentor_assigned": _mentor_assigned,
    "placed": _placed,
    "stage_completed": _stage_completed,
}
