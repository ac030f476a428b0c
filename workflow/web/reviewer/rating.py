"""The rater's desk: keep what is typed, hand the sheet in, and straight on to the next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import NotReady, Reason
from workflow.domain.words import Words
from workflow.services import queues, rating, reading
from workflow.web import page
from workflow.web.dates import clock
from workflow.web.reviewer import blueprint, desk, undoing
from workflow.web.reviewer.handing import next_in_turn
from workflow.web.reviewer.queue import kept_query, wanted, with_query
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

LABELS = {"note": Words("给主办的话")}


@route(blueprint, "/review/items/<ref>/rate", methods=("POST",), visitor=Visitor.REVIEWER)
def rate(ref: str) -> Response:
    sent = desk.typed()
    page.if_refused(labels=LABELS, latest=url_for("reviewer.item", ref=ref))
    if request.form.get("act") == "save":
        rating.save(ref, sent.values, page.actor(), page.now())
        page.tell("草稿已存，还没有提交")
        return page.go_to(with_query("reviewer.item", kept_query(wanted()), ref=ref))
    mark = queues.place_of(ref)
    try:
        done = rating.submit(ref, sent.values, page.actor(), page.now(), request_key=page.request_key())
    except NotReady as refusal:
        rating.save(ref, sent.values, page.actor(), page.now())
        with page.one_look():
            return desk.show(reading.sheet_of_item(ref, page.actor(), page.now()), ref, sent, _placed(refusal.reasons))
    undoing.offer([ref], Words("%(name)s：已提交评分", name=done.name))
    return next_in_turn(wanted(), mark)


@route(blueprint, "/review/items/<ref>/rate/keep", methods=("POST",), visitor=Visitor.REVIEWER)
def keep_rating(ref: str) -> Any:
    """What was typed so far, sent by the page itself."""
    kept = rating.save(ref, desk.typed().values, page.actor(), page.now())
    reached = kept.reached
    return jsonify(at=clock(kept.saved_at), total=reached.earned, rated=reached.rated, earned=dict(kept.earned))


def _placed(reasons: Sequence[Reason]) -> list[Reason]:
    """Each reason at the control that it speaks of."""
    return [replace(each, where=_control(each.where)) for each in reasons]


def _control(where: str | None) -> str | None:
    part, _, key = (where or "").partition(".")
    return {"points": f"points-{key}", "reasons": f"reason-{key}"}.get(part, where)
