"""The small movements that the folds are made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from workflow.domain.application import Duty, Item, Pause, State, Status, altered
from workflow.domain.events import Event

Fold = Callable[[State, Event], State]


def with_entry(state: State, no: int | None, **changes: object) -> State:
    entries = tuple(altered(entry, **changes) if entry.no == no else entry for entry in state.entries)
    return altered(state, entries=entries)


def acted(state: State, event: Event, *, decided: bool = False) -> State:
    entry = state.entry
    if entry is None or event.actor_id is None or event.actor_kind != "account":
        return state
    if event.actor_id in entry.actors and not decided:
        return state
    changes = {"actors": entry.actors | {event.actor_id}}
    if decided:
        changes["decided_by"] = entry.decided_by | {event.actor_id}
    return with_entry(state, entry.no, **changes)


def close_item(state: State, event: Event, result: str) -> State:
    """Close the item that the event names; an event on the whole case names none. Items stand at their numbers."""
    number = event.body.get("item")
    known = state.items[number - 1] if number is not None and 0 < number <= len(state.items) else None
    if number is None or known is None or not known.is_open:
        return state
    closed = altered(
        known, state="done", version=known.version + 1, closed_at=event.at, closed_by=event.actor_id, result=result
    )
    return altered(state, items=(*state.items[: number - 1], closed, *state.items[number:]))


def cancel_about(state: State, event: Event, about: str) -> State:
    """What is still open of one thing that a recognition brought."""

    def cancelled(item: Item) -> Item:
        if not item.is_open or item.about != about:
            return item
        return altered(item, state="cancelled", version=item.version + 1, closed_at=event.at)

    return altered(state, items=tuple(cancelled(item) for item in state.items))


OF_THE_STAGE = frozenset({Duty.ACT, Duty.CONFIRM, Duty.CORRECT})


def cancel_items(state: State, event: Event, duties: frozenset[Duty] | None = None) -> State:
    """What is owed no more: everything, or only what the stage itself asked for."""

    def cancelled(item: Item) -> Item:
        if not item.is_open or (duties is not None and item.duty not in duties):
            return item
        return altered(item, state="cancelled", version=item.version + 1, closed_at=event.at)

    if not any(item.is_open for item in state.items):
        return state
    return altered(state, items=tuple(cancelled(item) for item in state.items))


def without_seat(state: State, event: Event, number: int) -> State:
    def cancelled(item: Item) -> Item:
        if item.no != number or not item.is_open:
            return item
        return altered(item, state="cancelled", version=item.version + 1, closed_at=event.at)

    return altered(state, items=tuple(cancelled(item) for item in state.items))


def open_items(state: State, event: Event) -> State:
    """Open what the event's `opens` lists: `{duty, role, organization, holder, stage, due_on, about}` each."""
    opened = [
        Item(
            no=len(state.items) + number,
            entry_no=event.entry_no or 0,
            stage=each.get("stage") or state.stage or "",
            duty=Duty(each.get("duty", "act")),
            role=each["role"],
            opened_at=event.at,
            organization_id=each.get("organization"),
            holder_id=each.get("holder"),
            due_on=date.fromisoformat(each["due_on"]) if each.get("due_on") else None,
            about=each.get("about"),
        )
        for number, each in enumerate(event.body.get("opens", ()), start=1)
    ]
    if not opened:
        return state
    return altered(state, items=(*state.items, *opened))


def leave(state: State, event: Event, effect: str) -> State:
    entry = state.entry
    if entry is None:
        return state
    return altered(with_entry(unpaused(state, event), entry.no, left_at=event.at, effect=effect), stage=None, flags=())


def paused(state: State, event: Event, why: str) -> State:
    entry = state.entry
    if entry is None or any(pause.until is None and pause.why == why for pause in entry.pauses):
        return state
    return with_entry(state, entry.no, pauses=(*entry.pauses, Pause(event.at, None, why)))


def unpaused(state: State, event: Event, why: str | None = None) -> State:
    entry = state.entry
    if entry is None or all(pause.until is not None for pause in entry.pauses):
        return state
    pauses = tuple(
        replace(pause, until=event.at) if pause.until is None and why in (None, pause.why) else pause
        for pause in entry.pauses
    )
    return with_entry(state, entry.no, pauses=pauses)


def placed(state: State, event: Event) -> State:
    """`place`: true, or the period in which it counts."""
    place = event.body.get("place")
    if not place:
        return state
    return altered(state, place_taken=True, had_place=True, place_period=None if place is True else place)


def end(state: State, event: Event, status: Status) -> State:
    """The case is over without a recognition: nothing is owed any more and the nominator's place is given back."""
    state = altered(cancel_items(state, event), status=status, closed_at=event.at, place_taken=False, place_period=None)
    return altered(state, proposal=None, reopening=None, before_hold=None, stage=None, flags=())
