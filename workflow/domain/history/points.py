"""Facts of points: what was entered, agreed to, corrected; what time has locked, expired or reached."""

from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain.after.points import CONFIRMED, CORRECTION, REJECTED, Ledger, PointsEntry
from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold, acted, close_item, open_items


def _kept(state: State, /, **changes: Any) -> State:
    return altered(state, after=altered(state.after, points=altered(state.after.points, **changes)))


def with_entry(ledger: Ledger, no: int, **changes: Any) -> Ledger:
    """The ledger with one entry changed; entries stand at their numbers."""
    known = ledger.entries[no - 1]
    return altered(ledger, entries=(*ledger.entries[: no - 1], altered(known, **changes), *ledger.entries[no:]))


def _changed(state: State, event: Event, /, **changes: Any) -> State:
    return _kept(state, entries=with_entry(state.after.points, event.body["no"], **changes).entries)


def _moved(state: State, event: Event) -> State:
    """A mark is left behind when the balance is above it again, so that it can be reached anew."""
    told = event.body.get("balance")
    if told is None:
        return state
    standing = Decimal(told)
    return _kept(state, reached=tuple(mark for mark in state.after.points.reached if standing < Decimal(mark)))


def _points_entered(state: State, event: Event) -> State:
    body = event.body
    state = open_items(acted(state, event), event)
    entry = PointsEntry(
        no=body["no"],
        item=body["points"],
        value=body["value"],
        source=body.get("source", CORRECTION),
        by=event.actor_id,
        at=event.at,
        on=date.fromisoformat(body["on"]),
        asked=body.get("asked"),
        corrects=body.get("corrects"),
        session=body.get("session"),
        work=len(state.items) if body.get("opens") else None,
    )
    if body.get("decided"):
        entry = altered(entry, state=CONFIRMED, settled_by=event.actor_id, settled_at=event.at)
    return _moved(_kept(state, entries=(*state.after.points.entries, entry)), event)


def _points_confirmed(state: State, event: Event) -> State:
    state = acted(close_item(state, event, "confirmed"), event, decided=True)
    return _moved(_changed(state, event, state=CONFIRMED, settled_by=event.actor_id, settled_at=event.at), event)


def _points_rejected(state: State, event: Event) -> State:
    state = acted(close_item(state, event, "rejected"), event, decided=True)
    return _changed(state, event, state=REJECTED, settled_by=event.actor_id, settled_at=event.at)


def _points_appealed(state: State, event: Event) -> State:
    return _changed(open_items(state, event), event, appeal="open")


def _points_appeal_settled(state: State, event: Event) -> State:
    state = acted(close_item(state, event, event.body["conclusion"]), event, decided=True)
    return _changed(state, event, appeal=event.body["conclusion"])


def _points_locked(state: State, event: Event) -> State:
    return _kept(state, locked=(*state.after.points.locked, event.body["period"]))


def _points_expired(state: State, event: Event) -> State:
    gone = set(event.body["nos"])
    entries = tuple(altered(e, expired=True) if e.no in gone else e for e in state.after.points.entries)
    return _moved(_kept(state, entries=entries), event)


def _mark_reached(state: State, event: Event) -> State:
    return _kept(state, reached=(*state.after.points.reached, event.body["below"]))


def _tier_changed(state: State, event: Event) -> State:
    return _kept(state, tier=event.body.get("tier"))


FOLDS: dict[str, Fold] = {
    "points_entered": _points_entered,
    "points_confirmed": _points_confirmed,
    "points_rejected": _points_rejected,
    "points_corrected": _points_entered,
    "points_appealed": _points_appealed,
    "points_appeal_settled": _points_appeal_settled,
    "points_locked": _points_locked,
    "points_expired": _points_expired,
    "mark_reached": _mark_reached,
    "tier_changed": _tier_changed,
}
