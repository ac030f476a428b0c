"""Facts of the case itself: from the draft to the end."""

from datetime import date

from workflow.domain.application import Entry, State, Status, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold, cancel_items, end, leave, open_items, placed


def _draft_started(state: State, event: Event) -> State:
    return altered(state, status=Status.DRAFT, renews=event.body.get("renews"))


def _confirmation_asked(state: State, event: Event) -> State:
    awaited = frozenset(event.body.get("of", (0,)))
    return altered(state, status=Status.AWAITING_CONFIRMATION, revision=event.body["revision"], awaited=awaited)


def _confirmation_given(state: State, event: Event) -> State:
    return altered(state, awaited=state.awaited - {event.body.get("of", 0)})


def _confirmation_refused(state: State, event: Event) -> State:
    """Back to whoever fills; what was shown to the person stays on record as its own revision."""
    return altered(state, status=Status.DRAFT, awaited=frozenset())


def _submitted(state: State, event: Event) -> State:
    return altered(
        placed(state, event),
        status=Status.OPEN,
        revision=event.body["revision"],
        number=event.body["number"],
        receipt=event.body["receipt"],
        submitted_at=event.at,
    )


def _stage_entered(state: State, event: Event) -> State:
    """Enter a stage; stages passed over because of their `when` are noted as skipped on the way."""
    entries = list(state.entries)
    for stage, position in event.body.get("skipped", ()):
        entries.append(Entry(len(entries) + 1, stage, position, event.at, left_at=event.at, effect="skipped"))
    entries.append(Entry(len(entries) + 1, event.body["stage"], event.body["position"], event.at))
    status = Status.RECOGNIZED if state.recognition is not None else Status.OPEN
    state = altered(state, status=status, stage=event.body["stage"], entries=tuple(entries), drawn=None)
    return open_items(state, event)


def _withdrawn(state: State, event: Event) -> State:
    return end(leave(altered(state, awaited=frozenset()), event, "withdrawn"), event, Status.WITHDRAWN)


def _case_ended(state: State, event: Event) -> State:
    for stage, position in event.body.get("skipped", ()):
        entry = Entry(len(state.entries) + 1, stage, position, event.at, left_at=event.at, effect="skipped")
        state = altered(state, entries=(*state.entries, entry))
    return altered(cancel_items(state, event), status=Status.ENDED, stage=None, closed_at=event.at)


def _rebased(state: State, event: Event) -> State:
    """What is asked anew from here on, in full. Of a correction that is under way it becomes a part."""
    if "asks" not in event.body:
        return state
    asks = tuple(event.body["asks"])
    until = date.fromisoformat(event.body["until"]) if event.body.get("until") else None
    flags = state.flags
    if state.status is Status.CORRECTING:
        flags = tuple(dict.fromkeys([*(key for key in flags if key not in state.asks), *asks]))
    return altered(state, asks=asks, asks_until=until, flags=flags)


FOLDS: dict[str, Fold] = {
    "draft_started": _draft_started,
    "confirmation_asked": _confirmation_asked,
    "confirmation_given": _confirmation_given,
    "confirmation_refused": _confirmation_refused,
    "submitted": _submitted,
    "stage_entered": _stage_entered,
    "withdrawn": _withdrawn,
    "case_ended": _case_ended,
    "rebased": _rebased,
}
