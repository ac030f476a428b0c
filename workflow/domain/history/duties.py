"""Facts of duties: what fell due, who answered what, what it came to. The renewal keeps its own fold."""

from datetime import date
from typing import Any

from workflow.domain.after.duties import DONE, NOT_ANSWERED, NOT_OWED, WAIVED, Answer, Owed
from workflow.domain.application import State, altered
from workflow.domain.calendar import local_day
from workflow.domain.events import Event
from workflow.domain.history import follow_up
from workflow.domain.history.movements import Fold, acted, cancel_about, close_item, open_items

RENEWAL = "renewal"
AGAIN = frozenset({"return", "defer", "send_back"})
"""Effects of a rerun stage after which it must be answered anew."""


def _owed(state: State, event: Event) -> Owed:
    return state.after.owed(event.body["duty"], event.body["no"])


def _put(state: State, owed: Owed, /, **changes: Any) -> State:
    """The occurrence, changed, in its place; a new one at the end."""
    changed = altered(owed, **changes) if changes else owed
    known = state.after.duties
    if any(each.no == owed.no and each.duty == owed.duty for each in known):
        duties = tuple(changed if each.no == owed.no and each.duty == owed.duty else each for each in known)
    else:
        duties = (*known, changed)
    return altered(state, after=altered(state.after, duties=duties))


def _duty_opened(state: State, event: Event) -> State:
    body = event.body
    state = open_items(state, event)
    nobody = not body.get("roles")
    owed = Owed(
        duty=body["duty"],
        no=body["no"],
        nominal=date.fromisoformat(body["nominal"]),
        day=date.fromisoformat(body["date"]),
        entry_no=event.entry_no or 0,
        opened_at=event.at,
        roles=tuple(body.get("roles") or ()),
        absent=tuple(body.get("absent") or ()),
        state=NOT_OWED if nobody else "open",
        closed_at=event.at if nobody else None,
    )
    known = state.after
    judged = altered(known, unjudged=known.unjudged - {f"duty:{owed.duty}"})
    return _put(altered(state, after=judged), owed)


def _duty_answered(state: State, event: Event) -> State:
    """What falls due again is asked anew; what it said before stays on record."""
    body, owed = event.body, _owed(state, event)
    effect = body.get("effect")
    given = Answer(
        item=body["item"],
        role=body["role"],
        by=event.actor_id,
        at=event.at,
        raw=body.get("raw") or {},
        vetoes=tuple(body.get("vetoes") or ()),
        effect=effect,
        rules=body.get("rules") or {},
        digest=body.get("digest"),
    )
    state = open_items(acted(close_item(state, event, effect or "answered"), event), event)
    answers = (*owed.answers, given)
    changes: dict[str, Any] = {}
    if effect in AGAIN:
        answers = _set_aside(answers)
    if effect == "defer":
        changes["day"] = local_day(event.at)
        changes["due_until"] = date.fromisoformat(body["until"]) if body.get("until") else None
    if body.get("roles"):
        changes["roles"] = tuple(body["roles"])
    return _put(state, owed, answers=answers, **changes)


def _set_aside(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return tuple(altered(answer, current=False) for answer in answers)


def _duty_confirmed(state: State, event: Event) -> State:
    return acted(close_item(state, event, "confirmed"), event)


def _duty_rejected(state: State, event: Event) -> State:
    owed = _owed(state, event)
    state = open_items(acted(close_item(state, event, "rejected"), event), event)
    return _put(state, owed, answers=_set_aside(owed.answers))


def _duty_waived(state: State, event: Event) -> State:
    owed = _owed(state, event)
    state = cancel_about(acted(state, event), event, owed.about)
    return _put(state, owed, state=WAIVED, closed_at=event.at, result=event.body.get("why"))


def _assessed(state: State, event: Event) -> State:
    body = event.body
    return _put(state, _owed(state, event), total=body["total"], derivation=body)


def _duty_done(state: State, event: Event) -> State:
    owed, result = _owed(state, event), event.body.get("result")
    state = cancel_about(state, event, owed.about)
    told = NOT_ANSWERED if result == NOT_ANSWERED else DONE
    return _put(state, owed, state=told, closed_at=event.at, result=result)


def _cannot_be_judged(state: State, event: Event) -> State:
    """Told once for each thing, until it can be judged."""
    known = state.after
    return altered(state, after=altered(known, unjudged=known.unjudged | {event.body["of"]}))


def _unless_renewal(kind: str, fold: Fold) -> Fold:
    of_the_renewal = follow_up.FOLDS[kind]
    return lambda state, event: (of_the_renewal if event.body["duty"] == RENEWAL else fold)(state, event)


FOLDS: dict[str, Fold] = {
    "duty_opened": _unless_renewal("duty_opened", _duty_opened),
    "duty_answered": _duty_answered,
    "duty_confirmed": _duty_confirmed,
    "duty_rejected": _duty_rejected,
    "duty_waived": _duty_waived,
    "assessed": _assessed,
    "duty_done": _unless_renewal("duty_done", _duty_done),
    "cannot_be_judged": _cannot_be_judged,
}
