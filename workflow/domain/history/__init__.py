"""The fold: from events to a state. Nothing else changes a `State`; replaying a stream gives the tables again."""

from collections.abc import Iterable
from functools import reduce

from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history import (
    award,
    case,
    check,
    duties,
    follow_up,
    frame,
    growth,
    joint,
    notice,
    payments,
    points,
    score,
    sessions,
    vote,
)
from workflow.domain.history.movements import Fold

_FOLDS: dict[str, Fold] = {
    **case.FOLDS,
    **check.FOLDS,
    **score.FOLDS,
    **notice.FOLDS,
    **award.FOLDS,
    **follow_up.FOLDS,
    **growth.FOLDS,
    **points.FOLDS,
    **sessions.FOLDS,
    **duties.FOLDS,
    **payments.FOLDS,
    **joint.FOLDS,
    **vote.FOLDS,
    **frame.FOLDS,
}
KINDS = frozenset(_FOLDS)


def fold(events: Iterable[Event], start: State | None = None) -> State:
    return reduce(evolve, events, start or State())


def evolve(state: State, event: Event) -> State:
    """The state after one more event. The state before an action is kept in `prior`, for an undo right after it."""
    if event.version > state.version:
        prior = state.prior if event.kind == "undone" else altered(state, prior=None)
        state = altered(state, version=event.version, prior=prior, last_kinds=())
    state = _FOLDS[event.kind](state, event)
    return altered(
        state,
        seq=state.seq + 1,
        last_by=event.actor_id,
        last_at=event.at,
        last_kinds=(*state.last_kinds, event.kind),
    )
