"""Facts of trainings, as one case tells them: signed up, signed off, was there, was not."""

from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold


def _seated(state_of_seat: str) -> Fold:
    def fold(state: State, event: Event) -> State:
        seats = {**state.after.seats, event.body["training"]: state_of_seat}
        return altered(state, after=altered(state.after, seats=seats))

    return fold


FOLDS: dict[str, Fold] = {
    "signed_up": _seated("signed_up"),
    "signed_off": _seated("signed_off"),
    "attended": _seated("attended"),
    "absent": _seated("absent"),
}
