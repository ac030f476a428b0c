"""Facts of a meeting: what it made of the case, and what became of an alternate."""

from dataclasses import replace

from workflow.domain.application import State, Status, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import OF_THE_STAGE, Fold, acted, cancel_items, close_item, end, leave
from workflow.domain.told import Voted


def _decided(state: State, event: Event) -> State:
    """The meeting's word on the case. The effect that follows from it is a fact of its own."""
    body = event.body
    voted = Voted(
        entry_no=event.entry_no or 0,
        meeting=body["meeting"],
        result=body["result"],
        how=body["how"],
        rank=body["rank"],
        members=body["members"],
        present=body["present"],
        favor=body.get("for"),
        against=body.get("against"),
        abstained=body.get("abstained"),
        recused=tuple(body.get("recused", ())),
        alternate=body.get("alternate"),
        grade=body.get("grade"),
    )
    return acted(altered(state, votes=(*state.votes, voted)), event)


def _listed(state: State, event: Event) -> State:
    """The case waits where it is until a place falls free; nobody owes anything meanwhile."""
    state = acted(close_item(state, event, "alternate"), event, decided=True)
    return altered(cancel_items(state, event, OF_THE_STAGE), status=Status.ALTERNATE)


def _called(state: State, called: str) -> State:
    *earlier, last = state.votes
    return altered(state, votes=(*earlier, replace(last, called=called)))


def _promoted(state: State, event: Event) -> State:
    state = acted(_called(state, "promoted"), event, decided=True)
    return altered(leave(cancel_items(state, event, OF_THE_STAGE), event, "pass"), status=Status.OPEN)


def _not_called(state: State, event: Event) -> State:
    return end(leave(_called(state, "not_called"), event, "not_called"), event, Status.NOT_CALLED)


FOLDS: dict[str, Fold] = {
    "meeting_decided": _decided,
    "alternate_listed": _listed,
    "alternate_promoted": _promoted,
    "alternate_not_called": _not_called,
}
