"""Facts of a public notice: a case's line in it, objections to that line, and the end of its days."""

from dataclasses import replace
from datetime import date

from workflow.domain.application import State, altered
from workflow.domain.events import Event
from workflow.domain.history.movements import (
    OF_THE_STAGE,
    Fold,
    acted,
    cancel_items,
    close_item,
    leave,
    open_items,
    paused,
    unpaused,
)
from workflow.domain.told import Noticed, Objecting, Posting

FROZEN = "objection"


def _published(state: State, event: Event) -> State:
    body = event.body
    state = acted(close_item(state, event, "published"), event)
    posting = Posting(
        notice=body["notice"],
        line=body["line"],
        entry_no=event.entry_no or 0,
        item=len(state.items) + 1,
        first=date.fromisoformat(body["first"]),
        last=date.fromisoformat(body["last"]),
        published_at=event.at,
        digest=body["digest"],
        provisional=bool(body.get("provisional")),
    )
    noticed = replace(state.noticed, postings=(*state.noticed.postings, posting))
    return open_items(altered(state, noticed=noticed), event)


def _taken_down(state: State, event: Event) -> State:
    """The line no longer stands. What was objected to it stays to be settled; the list starts anew."""
    gone = event.body["notice"]
    postings = tuple(
        replace(posting, taken_down=True) if posting.notice == gone else posting for posting in state.noticed.postings
    )
    state = acted(close_item(state, event, "taken_down"), event)
    return open_items(altered(state, noticed=replace(state.noticed, postings=postings)), event)


def _ended(state: State, event: Event) -> State:
    state = acted(close_item(state, event, "ended"), event)
    return leave(cancel_items(state, event, OF_THE_STAGE), event, "ended")


def _objection_received(state: State, event: Event) -> State:
    received = Objecting(event.body["objection"], event.body["notice"], len(state.items) + 1, event.at)
    noticed = replace(state.noticed, objections=(*state.noticed.objections, received))
    return paused(open_items(altered(state, noticed=noticed), event), event, FROZEN)


def _objection_settled(state: State, event: Event) -> State:
    """Partly upheld leaves it to the office to decide: the case stays frozen, on a new item."""
    number, conclusion = event.body["objection"], event.body["conclusion"]
    state = acted(close_item(state, event, conclusion), event)
    item = len(state.items) + 1 if conclusion == "partly" else None

    def settled(each: Objecting) -> Objecting:
        return replace(each, state=conclusion, item=item or each.item) if each.no == number else each

    noticed = Noticed(state.noticed.postings, tuple(map(settled, state.noticed.objections)))
    state = open_items(altered(state, noticed=noticed), event)
    return state if state.open_objections() else unpaused(state, event, FROZEN)


FOLDS: dict[str, Fold] = {
    "notice_published": _published,
    "notice_taken_down": _taken_down,
    "notice_ended": _ended,
    "objection_received": _objection_received,
    "objection_settled": _objection_settled,
}
