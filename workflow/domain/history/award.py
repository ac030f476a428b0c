"""Facts of an award: what the person gave, what was recognized, and each certificate of it."""

from datetime import date

from workflow.domain.application import State, Status, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import OF_THE_STAGE, Fold, acted, cancel_items, close_item, leave, placed
from workflow.domain.recognition import Granted, Paper, Recognition, Why


def _information_provided(state: State, event: Event) -> State:
    given = tuple(dict.fromkeys((*state.provided, *event.body["fields"])))
    return altered(close_item(state, event, "provided"), provided=given)


def _award_recorded(state: State, event: Event) -> State:
    """The values stand in the stay's record; who wrote them is somebody who acted there."""
    return acted(state, event)


def _recognized(state: State, event: Event) -> State:
    body = event.body
    recognition = Recognition(
        number=body["number"],
        document=body["document"],
        on=date.fromisoformat(body["on"]),
        until=date.fromisoformat(body["until"]) if body.get("until") else None,
        level=body.get("level"),
        grants=body.get("grants") or {},
    )
    state = acted(close_item(state, event, "issued"), event, decided=True)
    state = leave(cancel_items(state, event, OF_THE_STAGE), event, "pass")
    return altered(placed(state, event), status=Status.RECOGNIZED, recognition=recognition)


def _certificate_issued(state: State, event: Event) -> State:
    """The newest certificate takes the place of the one before it."""
    known = state.recognition
    if known is None:
        return state
    paper = Paper(event.body["no"], event.at, Why(event.body["why"]))
    return altered(state, recognition=altered(known, papers=(*known.papers, paper)))


def _benefit_granted(state: State, event: Event) -> State:
    known = state.recognition
    if known is None:
        return state
    granted = Granted(event.body["benefit"], event.body.get("amount"), event.body.get("full"))
    return altered(state, recognition=altered(known, benefits=(*known.benefits, granted)))


FOLDS: dict[str, Fold] = {
    "information_provided": _information_provided,
    "award_recorded": _award_recorded,
    "recognized": _recognized,
    "certificate_issued": _certificate_issued,
    "benefit_granted": _benefit_granted,
    "reissued": _certificate_issued,
}
