"""Facts of a recognition's life: its renewal, its expiry, and how it may be taken away."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from workflow.domain.after.duties import OPEN, OVER, Owed
from workflow.domain.application import Item, State, Status, altered
from workflow.domain.duty_days import RENEWAL
from workflow.domain.events import Event
from workflow.domain.history.movements import (
    Fold,
    acted,
    cancel_items,
    close_item,
    leave,
    open_items,
    with_entry,
)
from workflow.domain.recognition import Leaving, Renewal, Standing

REVOKED = "revoked"


def _holding(state: State, **changes: Any) -> State:
    known = state.recognition
    return state if known is None else altered(state, recognition=altered(known, **changes))


def _opened(state: State, event: Event) -> tuple[State, int]:
    """With the items that the event opens; the number of the last of them."""
    state = open_items(state, event)
    return state, len(state.items)


# -- renewal -----------------------------------------------------------------------------------------------------------
def _duty_opened(state: State, event: Event) -> State:
    """Anew, too, when the case that was to renew it ended without a recognition."""
    state, item = _opened(state, event)
    return altered(state, renewal=Renewal(item, event.at))


def _renewal_started(state: State, event: Event) -> State:
    """The duty stays until the new case is on record: a draft renews nothing."""
    known = state.renewal
    return altered(state, renewal=replace(known, case=event.body["case"]) if known is not None else None)


def _duty_done(state: State, event: Event) -> State:
    state, known = close_item(state, event, "renewed"), state.renewal
    if known is None:
        return state
    return altered(state, renewal=replace(known, case=event.body["case"], handed_in=True))


# -- ends --------------------------------------------------------------------------------------------------------------
def _over(standing: Standing, effect: str) -> Fold:
    def end(state: State, event: Event) -> State:
        """The recognition is no longer valid, and nothing is owed on this case any more."""
        body = event.body
        state = cancel_items(leave(close_item(state, event, effect), event, effect), event)
        state = _holding(
            state,
            standing=standing,
            ended_on=date.fromisoformat(body["on"]),
            exit=body.get("exit"),
            end_document=body.get("document"),
            ban_until=date.fromisoformat(body["ban_until"]) if body.get("ban_until") else None,
            revoked_by=frozenset(body.get("deciders", ())),
        )
        if standing is Standing.REVOKED:
            state = altered(state, appeals=0)  # this decision may be appealed once, whatever was appealed before
        state = altered(state, after=altered(state.after, duties=_let_go(state.after.duties, event.at)))
        return altered(
            state, status=Status.ENDED, stage=None, closed_at=event.at, leaving=None, renewal=None, proposal=None
        )

    return end


def _let_go(duties: tuple[Owed, ...], at: datetime) -> tuple[Owed, ...]:
    return tuple(altered(each, state=OVER, closed_at=at) if each.is_open else each for each in duties)


def _owed_again(duties: tuple[Owed, ...], since: datetime | None) -> tuple[Owed, ...]:
    """What was let go when the recognition ended."""
    return tuple(
        altered(each, state=OPEN, closed_at=None) if each.state == OVER and each.closed_at == since else each
        for each in duties
    )


def _is_asked_anew(item: Item) -> bool:
    return item.role == "applicant" and item.about in (None, RENEWAL)


def restored(state: State, event: Event) -> State:
    """The revocation was wrong: what it had ended goes on where it was, and what it had cancelled is owed again, but
    for the person's statement and the renewal, which the clock asks for anew."""
    ended, entry = state.closed_at, state.entries[-1]
    items = tuple(
        altered(item, state="open", version=item.version + 1, closed_at=None)
        if item.state == "cancelled" and item.closed_at == ended and not _is_asked_anew(item)
        else item
        for item in state.items
    )
    state = _holding(
        state,
        standing=Standing.VALID,
        ended_on=None,
        exit=None,
        end_document=None,
        ban_until=None,
        revoked_by=frozenset(),
        recovery=None,
    )
    state = altered(state, after=altered(state.after, duties=_owed_again(state.after.duties, ended)))
    if entry.effect != REVOKED:  # the route was at its end before
        return altered(state, items=items)
    goes_on = {"stage": entry.stage, "status": Status.RECOGNIZED, "closed_at": None}
    return altered(with_entry(state, entry.no, left_at=None, effect=None), items=items, **goes_on)


# -- revocation --------------------------------------------------------------------------------------------------------
def _review_opened(state: State, event: Event) -> State:
    """With an item it waits for a decision; without one it is a revocation from the start, or joins what is open."""
    body, known = event.body, state.leaving
    causes = (body["cause"],) if body.get("cause") else ()
    if body.get("readings"):
        state = altered(state, after=altered(state.after, reviewed=state.after.reviewed | {body["readings"]}))
    if known is not None:
        return altered(
            state, leaving=replace(known, exit=known.exit or body.get("exit") or "", causes=known.causes + causes)
        )
    state, item = _opened(state, event)
    decides = item if body.get("opens") else None
    leaving = Leaving(body.get("exit") or "", event.actor_id or 0, event.at, decides=decides, causes=causes)
    return altered(state, leaving=leaving)


def _review_decided(state: State, event: Event) -> State:
    """Kept and adjusted ends it; to remove is only the beginning of a revocation."""
    body, known = event.body, state.leaving
    state = acted(close_item(state, event, body["decision"]), event, decided=True)
    if body["decision"] == "remove" and known is not None:
        return altered(state, leaving=replace(known, exit=body["exit"], decides=None))
    if body.get("level"):
        state = _holding(state, level=body["level"])
    return altered(state, leaving=None)


def _revocation_notified(state: State, event: Event) -> State:
    state, item = _opened(state, event)
    known = state.leaving
    if known is None:
        return state
    until = date.fromisoformat(event.body["until"])
    return altered(state, leaving=replace(known, hearing_until=until, item=item))


def _statement_received(state: State, event: Event) -> State:
    state = close_item(state, event, "stated")
    known = state.leaving
    return altered(state, leaving=replace(known, stated=True) if known is not None else None)


def _revocation_dropped(state: State, event: Event) -> State:
    own = state.leaving.item if state.leaving is not None else None
    items = tuple(
        altered(item, state="cancelled", version=item.version + 1, closed_at=event.at)
        if item.no == own and item.is_open
        else item
        for item in state.items
    )
    return altered(state, items=items, leaving=None)


def _recovery_asked(state: State, event: Event) -> State:
    return _holding(state, recovery="asked")


def _recovered(state: State, event: Event) -> State:
    return _holding(state, recovery="done")


FOLDS: dict[str, Fold] = {
    "duty_opened": _duty_opened,
    "renewal_started": _renewal_started,
    "duty_done": _duty_done,
    "expired": _over(Standing.EXPIRED, "expired"),
    "superseded": _over(Standing.SUPERSEDED, "superseded"),
    "recognition_ended": _over(Standing.EXPIRED, "ended"),
    "review_opened": _review_opened,
    "review_decided": _review_decided,
    "revocation_notified": _revocation_notified,
    "statement_received": _statement_received,
    "revocation_dropped": _revocation_dropped,
    "revoked": _over(Standing.REVOKED, REVOKED),
    "recovery_asked": _recovery_asked,
    "recovered": _recovered,
}
