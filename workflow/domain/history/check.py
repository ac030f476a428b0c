"""Facts of a check, and of what every stage's effects share."""

from datetime import date

from workflow.domain.application import Item, Proposal, State, Status, Verdict, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import (
    OF_THE_STAGE,
    Fold,
    acted,
    cancel_items,
    close_item,
    end,
    leave,
    open_items,
    paused,
    placed,
    unpaused,
    with_entry,
)


def _moved_on(items: tuple[Item, ...], number: int | None) -> tuple[Item, ...]:
    """A page that shows the item as it stood is old now."""
    known = items[number - 1] if number is not None and 0 < number <= len(items) else None
    if number is None or known is None or not known.is_open:
        return items
    return (*items[: number - 1], altered(known, version=known.version + 1), *items[number:])


def _judged(kind: str | None) -> Fold:
    def judge(state: State, event: Event) -> State:
        body = event.body
        given = Verdict(
            event.entry_no or 0,
            kind or body["of"],
            body["key"],
            body["verdict"],
            state.revision,
            event.actor_id,
            event.at,
        )
        looked = acted(state, event)
        return altered(looked, verdicts=(*looked.verdicts, given), items=_moved_on(looked.items, body.get("item")))

    return judge


def _proposed(state: State, event: Event) -> State:
    body = event.body
    proposal = Proposal(
        body["what"], event.actor_id or 0, event.at, event.entry_no or 0, body.get("stage"), body.get("details", {})
    )
    if proposal.what == "reopen":
        return open_items(altered(state, reopening=proposal), event)
    state = acted(close_item(state, event, "proposed"), event)
    return open_items(altered(state, proposal=proposal), event)


def _confirmed(state: State, event: Event) -> State:
    return altered(acted(close_item(state, event, "confirmed"), event, decided=True), proposal=None)


def _proposal_rejected(state: State, event: Event) -> State:
    if event.body["what"] == "reopen":
        return altered(close_item(state, event, "proposal_rejected"), reopening=None)
    state = acted(close_item(state, event, "proposal_rejected"), event)
    return open_items(altered(state, proposal=None), event)


def _list_signed(state: State, event: Event) -> State:
    return acted(state, event)


def _answered(state: State, event: Event, result: str) -> State:
    """Whoever answers an item has decided here; what follows from sheets that others filled in, they have decided."""
    if event.body.get("item") is None:
        return state
    return acted(close_item(state, event, result), event, decided=True)


def _passed(state: State, event: Event) -> State:
    state = _answered(state, event, "pass")
    return leave(cancel_items(placed(state, event), event, OF_THE_STAGE), event, "pass")


def _refused(state: State, event: Event) -> State:
    state = _answered(state, event, "refuse")
    return end(leave(state, event, "refuse"), event, Status.REFUSED)


def _returned(state: State, event: Event) -> State:
    flags = tuple(event.body["flags"])
    entry = state.entry
    state = acted(close_item(state, event, "return"), event)
    if entry is not None:
        state = with_entry(state, entry.no, flagged=(*entry.flagged, frozenset(flags)))
    both = tuple(dict.fromkeys([*flags, *state.asks]))  # what is asked anew is open with it
    state = paused(altered(state, status=Status.CORRECTING, flags=both), event, "correction")
    return open_items(state, event)


def _corrected(state: State, event: Event) -> State:
    """Verdicts on what was flagged or changed fall away; all others stand. So it is where something asked anew was
    supplied: that answers no item, and the case goes on meanwhile."""
    stale = set(state.flags) | set(event.body["changed"])
    state = close_item(state, event, "corrected")
    entry = state.entry
    verdicts = tuple(
        verdict
        for verdict in state.verdicts
        if entry is None
        or verdict.entry_no != entry.no
        or (verdict.kind != "rule" and verdict.key not in stale and verdict.key.split(".")[0] not in stale)
    )
    state = unpaused(state, event, "correction")
    going_on = Status.RECOGNIZED if state.recognition is not None else Status.OPEN
    asks = tuple(key for key in state.asks if key not in event.body["changed"])
    state = altered(
        state, status=going_on, revision=event.body["revision"], verdicts=verdicts, flags=(), asks=asks,
        asks_until=state.asks_until if asks else None,
    )  # fmt: skip
    return open_items(state, event)


def _correction_lapsed(state: State, event: Event) -> State:
    if event.body["lapse"] == "stay":
        return state
    return end(leave(state, event, "lapsed"), event, Status.LAPSED)


def _deferred(state: State, event: Event) -> State:
    """The holder keeps the case; the same length runs again, or the new date stands."""
    entry = state.entry
    state = acted(close_item(state, event, "defer"), event)
    if entry is not None:
        until = event.body.get("until")
        state = with_entry(
            state, entry.no, restarted_at=event.at, due_until=date.fromisoformat(until) if until else None
        )
    return open_items(state, event)


def _sent_back(state: State, event: Event) -> State:
    state = acted(close_item(state, event, "send_back"), event, decided=True)
    return leave(cancel_items(state, event, OF_THE_STAGE), event, "send_back")


def _sample_drawn(state: State, event: Event) -> State:
    return open_items(altered(cancel_items(state, event), drawn=True), event)


def _not_drawn(state: State, event: Event) -> State:
    return leave(cancel_items(altered(state, drawn=False), event, OF_THE_STAGE), event, "not_drawn")


def _not_answered(state: State, event: Event) -> State:
    return leave(cancel_items(state, event, OF_THE_STAGE), event, "not_answered")


FOLDS: dict[str, Fold] = {
    "item_judged": _judged(None),
    "rule_judged": _judged("rule"),
    "proposed": _proposed,
    "confirmed": _confirmed,
    "proposal_rejected": _proposal_rejected,
    "list_signed": _list_signed,
    "passed": _passed,
    "refused": _refused,
    "returned": _returned,
    "corrected": _corrected,
    "correction_lapsed": _correction_lapsed,
    "deferred": _deferred,
    "sent_back": _sent_back,
    "sample_drawn": _sample_drawn,
    "not_drawn": _not_drawn,
    "not_answered": _not_answered,
}
