"""Facts of a score: who was asked to rate, what they gave, what it came to, when it was made known."""

from dataclasses import replace

from workflow.domain.application import Duty, State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold, acted, cancel_items, close_item, open_items, without_seat
from workflow.domain.told import Panel, Review, Scored

CLOSING = frozenset({Duty.CONFIRM})


def _raters_seated(how: str) -> Fold:
    def seat(state: State, event: Event) -> State:
        body = event.body
        panel = Panel(
            event.entry_no or 0,
            how,
            tuple((role, account) for role, account in body["seats"]),
            {role: tuple(accounts) for role, accounts in body.get("reserve", {}).items()},
            body.get("draw"),
            body.get("seed"),
            body.get("digest"),
        )
        state = close_item(state, event, how)
        return open_items(altered(state, panels=(*state.panels, panel)), event)

    return seat


def _review_submitted(state: State, event: Event) -> State:
    """A result table that is given again takes the place of the sheet it gave before."""
    body = event.body
    review = Review(
        event.entry_no or 0,
        body["item"],
        body["role"],
        body["sheet"],
        body["attempt"],
        event.actor_id or 0,
        event.at,
        body["raw"],
        tuple(body.get("vetoes", ())),
        body["total"],
        source=body.get("source"),
    )
    state = _turned(state, review.entry_no, review.item_no, "replaced")
    state = acted(close_item(state, event, "review"), event, decided=True)
    return open_items(altered(state, reviews=(*state.reviews, review)), event)


def _review_reopened(state: State, event: Event) -> State:
    """The same rater fills it in again; whoever was about to count the sheets waits."""
    state = _turned(state, event.entry_no or 0, event.body["review"], "reopened")
    return open_items(cancel_items(state, event, CLOSING), event)


def _rater_replaced(state: State, event: Event) -> State:
    number = event.body["seat"]
    state = without_seat(_turned(state, event.entry_no or 0, number, "replaced"), event, number)
    return open_items(cancel_items(state, event, CLOSING), event)


def _turned(state: State, entry_no: int, number: int, into: str) -> State:
    """The sheet of an item counts no more; the item says why."""
    reviews = tuple(
        replace(each, state=into) if each.entry_no == entry_no and each.item_no == number and each.counts else each
        for each in state.reviews
    )
    items = tuple(
        altered(item, result=into, version=item.version + 1) if item.no == number and item.state == "done" else item
        for item in state.items
    )
    return altered(state, reviews=reviews, items=items) if reviews != state.reviews else state


def _scored(state: State, event: Event) -> State:
    """Whoever counts the sheets judges nothing, the arithmetic does: they may keep the meeting that comes after."""
    body = event.body
    scored = Scored(
        event.entry_no or 0,
        body["stage"],
        body["sheet"],
        body["total"],
        body["complete"],
        body["effect"],
        body["derivation"],
    )
    state = close_item(state, event, "close")
    return altered(state, scores=(*state.scores, scored))


def _results_published(state: State, event: Event) -> State:
    return altered(state, published=state.published | set(event.body["entries"]), published_at=event.at)


FOLDS: dict[str, Fold] = {
    "raters_drawn": _raters_seated("draw"),
    "raters_assigned": _raters_seated("assign"),
    "review_submitted": _review_submitted,
    "review_reopened": _review_reopened,
    "rater_replaced": _rater_replaced,
    "scored": _scored,
    "results_published": _results_published,
}
