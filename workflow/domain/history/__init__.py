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
    kinds, prior = state.last_kinds, state.prior
    if event.version > state.version:
        kinds = ()
        if event.kind != "undone":
            prior = altered(state, prior=None)
    counted = altered(
        state,
        version=max(event.version, state.version),
        prior=prior,
        seq=state.seq + 1,
        last_by=event.actor_id,
        last_at=event.at,
        last_kinds=(*kinds, event.kind),
    )
    return _FOLDS[event.kind](counted, event)
