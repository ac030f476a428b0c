"""Facts of payments: due, made, stopped, corrected, and what the person said of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain.after.payments import DUE, MADE, STOPPED, Payment, Use
from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import Fold, acted, cancel_about, close_item, open_items


def _put(state: State, no: int, /, **changes: Any) -> State:
    payments = tuple(altered(each, **changes) if each.no == no else each for each in state.after.payments)
    return altered(state, after=altered(state.after, payments=payments))


def _payment(state: State, no: int) -> Payment:
    return next(each for each in state.after.payments if each.no == no)


def _payment_due(state: State, event: Event) -> State:
    body = event.body
    state = open_items(state, event)
    due = Payment(
        no=body["no"],
        benefit=body["benefit"],
        nth=body["nth"],
        name=body["name"],
        on=date.fromisoformat(body["on"]),
        amount=body["amount"],
        item=len(state.items),
    )
    return altered(state, after=altered(state.after, payments=(*state.after.payments, due)))


def _payment_made(state: State, event: Event) -> State:
    body = event.body
    state = acted(close_item(state, event, "paid"), event)
    return _put(
        state,
        body["no"],
        state=MADE,
        paid=body["amount"],
        paid_on=date.fromisoformat(body["on"]),
        voucher=body["voucher"],
    )


def _payment_stopped(state: State, event: Event) -> State:
    """This one; or, where the whole benefit is stopped, all of it that is still due or would follow."""
    body = event.body
    state = acted(state, event)
    benefit = body.get("benefit")
    stopped = [
        each
        for each in state.after.payments
        if each.state == DUE and (each.no == body["no"] or (benefit is not None and each.benefit == benefit))
    ]
    for each in stopped:
        state = _put(cancel_about(state, event, each.about), each.no, state=STOPPED)
    if benefit is None:
        return state
    return altered(state, after=altered(state.after, stopped=state.after.stopped | {benefit}))


def _payment_corrected(state: State, event: Event) -> State:
    paid = Decimal(_payment(state, event.body["no"]).paid) + Decimal(event.body["amount"])
    return _put(acted(state, event), event.body["no"], paid=str(paid))


def _payment_acknowledged(state: State, event: Event) -> State:
    return _put(state, event.body["no"], received=event.body["received"])


def _benefit_used(state: State, event: Event) -> State:
    used = Use(event.body["benefit"], date.fromisoformat(event.body["on"]))
    return altered(acted(state, event), after=altered(state.after, uses=(*state.after.uses, used)))


FOLDS: dict[str, Fold] = {
    "payment_due": _payment_due,
    "payment_made": _payment_made,
    "payment_stopped": _payment_stopped,
    "payment_corrected": _payment_corrected,
    "payment_acknowledged": _payment_acknowledged,
    "benefit_used": _benefit_used,
}
