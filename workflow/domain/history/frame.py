"""Facts that the frame gives every stage."""

from datetime import date

from workflow.domain.application import State, Status, altered
from workflow.domain.events import Event
from workflow.domain.history import follow_up
from workflow.domain.history.movements import (
    Fold,
    acted,
    cancel_items,
    close_item,
    leave,
    open_items,
    paused,
    placed,
    unpaused,
    with_entry,
    without_seat,
)


def _held(state: State, event: Event) -> State:
    together = bool(event.body.get("nominator"))
    state = altered(state, before_hold=state.status, status=Status.HELD, held_with_nominator=together)
    return paused(state, event, "hold")


def _released(state: State, event: Event) -> State:
    status = state.before_hold or Status.OPEN
    return unpaused(altered(state, status=status, before_hold=None, held_with_nominator=False), event, "hold")


def _extended(state: State, event: Event) -> State:
    """A stage, or the recognition itself: then what asks for its renewal is due at the new end."""
    known, until = state.recognition, date.fromisoformat(event.body["until"])
    if event.body.get("of") == "recognition" and known is not None:
        asked = {state.renewal.item} if state.renewal is not None else set()
        items = tuple(
            altered(item, due_on=until, version=item.version + 1) if item.is_open and item.no in asked else item
            for item in state.items
        )
        return altered(state, recognition=altered(known, until=until), items=items)
    return with_entry(state, event.body["entry"], due_until=until)


def _handed_over(state: State, event: Event) -> State:
    number, holder = event.body["item"], event.body["to"]
    items = tuple(
        altered(item, holder_id=holder, version=item.version + 1) if item.no == number else item for item in state.items
    )
    return acted(altered(state, items=items), event)


def _recused(state: State, event: Event) -> State:
    """Out of this case: whatever the person held goes back to the role's pool; a drawn seat is given up."""
    account = event.body["account"]
    if event.body.get("seat") is not None:
        state = without_seat(state, event, event.body["seat"])
    items = tuple(
        altered(item, holder_id=None, version=item.version + 1) if item.is_open and item.holder_id == account else item
        for item in state.items
    )
    out, stepped = state.recused | {account}, state.stepped_out | {account}
    return altered(state, recused=out, stepped_out=stepped, items=items)


def _readmitted(state: State, event: Event) -> State:
    """What made somebody step out was looked into: they may be asked again; what they held stays with others."""
    back = {event.body["account"]}
    return acted(altered(state, recused=state.recused - back, stepped_out=state.stepped_out - back), event)


def _undone(state: State, event: Event) -> State:
    """Back to before the last action. What it had opened stays on record as cancelled, what it closed is open anew."""
    before = state.prior or State()
    kept = {item.no: item for item in before.items}
    items = tuple(
        altered(kept[item.no], version=item.version + (0 if item == kept[item.no] else 1))
        if item.no in kept
        else altered(item, state="cancelled", version=item.version + 1, closed_at=event.at)
        for item in state.items
    )
    stays = {entry.no: entry for entry in before.entries}
    entries = tuple(
        stays.get(entry.no, altered(entry, left_at=entry.left_at or event.at, effect="undone"))
        for entry in state.entries
    )
    return altered(
        before,
        version=state.version,
        seq=state.seq,
        items=items,
        entries=entries,
        prior=None,
        last_by=state.last_by,
        last_at=state.last_at,
        last_kinds=state.last_kinds,
    )


def _left_out(state: State, event: Event) -> State:
    return state


def _judges_objected(state: State, event: Event) -> State:
    """Whom it takes out stands among the conflicts, worked out again whenever somebody joins a pool."""
    return state


def _reopened(state: State, event: Event) -> State:
    state = leave(close_item(state, event, "confirmed"), event, "reopened")
    state = placed(cancel_items(state, event), event)
    return altered(state, status=Status.OPEN, closed_at=None, before_hold=None, proposal=None, reopening=None)


def _appealed(state: State, event: Event) -> State:
    return open_items(altered(state, appeals=state.appeals + 1), event)


def _appeal_settled(state: State, event: Event) -> State:
    """Upheld: the stage that refused is entered again, and whoever decided there is out of it; or the recognition
    that was revoked stands again."""
    state = close_item(state, event, event.body["conclusion"])
    if event.body["conclusion"] != "upheld":
        return state
    if event.body.get("of") == "revocation":
        return follow_up.restored(state, event)
    deciders = frozenset(event.body.get("deciders", ()))
    state = placed(state, event)
    return altered(
        state,
        status=Status.OPEN,
        closed_at=None,
        recused=state.recused | deciders,
        stepped_out=state.stepped_out - deciders,
    )


FOLDS: dict[str, Fold] = {
    "held": _held,
    "released": _released,
    "extended": _extended,
    "handed_over": _handed_over,
    "recused": _recused,
    "readmitted": _readmitted,
    "undone": _undone,
    "left_out": _left_out,
    "judges_objected": _judges_objected,
    "reopened": _reopened,
    "appealed": _appealed,
    "appeal_settled": _appeal_settled,
}
