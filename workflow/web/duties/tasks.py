"""One thing to answer: ticked, written, marked, concluded or confirmed. Made for a phone: most of it is done there."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.review import Record, Typed, anchor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.program.schema import FileField
from workflow.domain.words import Words
from workflow.services import actions, duties
from workflow.services.duties import Task
from workflow.services.sheets import SeenFile
from workflow.web import page
from workflow.web.duties import blueprint
from workflow.web.navigation import at_desk
from workflow.web.recorded import taken_files
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

ACTS = ("answer_duty", "confirm_duty", "reject_duty")
POINTS, LEVEL, WHY, VETO, SURE = "points.", "level.", "reason.", "veto.", "verified."


@route(blueprint, "/tasks/<ref>", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def task(ref: str) -> Response:
    asked = duties.task(ref, page.actor(), page.now())
    if request.method != "POST":
        return _show(asked, Typed(), Record(asked.fields))
    page.if_refused(latest=url_for("duties.task", ref=ref))
    name, sent = request.form.get("act", "answer_duty"), _typed()
    if name not in ACTS:
        raise NotFound
    record, wrong = _record(asked)
    values, unread = record.read()
    wrong += unread + record.check(values, local_day(page.now()))
    if wrong and name == "answer_duty":
        return _show(asked, sent, record, wrong)
    try:
        _perform(asked, name, {**_inputs(sent), "record": values})
    except NotReady as refusal:
        return _show(asked, sent, record, refusal.reasons)
    page.tell("已办：%(duty)s", duty=page.say(asked.duty.name))
    return page.go("duties.follow_up", ref=asked.case) if asked.reads_case else page.go_to(None)


def _perform(asked: Task, name: str, inputs: Mapping[str, Any]) -> None:
    who, now, seen, key = page.actor(), page.now(), page.seen_version(), page.request_key()
    if name == "answer_duty":
        duties.answer(asked.item, who, now, seen=seen, request_key=key, inputs=inputs)
    else:
        said = {each: inputs.get(each, "") for each in ("note", "reason")}
        actions.perform(asked.item, name, who, now, seen=seen, request_key=key, inputs=said)


# -- what was typed ----------------------------------------------------------------------------------------------------
def _typed() -> Typed:
    return Typed({name: request.form.get(name, "")[:5000] for name in request.form if name != "csrf_token"})


def _inputs(sent: Typed) -> dict[str, Any]:
    vetoes = {key: said == "yes" for key, said in sent.under(VETO).items() if said in ("yes", "no")}
    return {
        **sent.inputs,
        "effect": sent.text("effect"),
        "points": {key: text.strip() for key, text in sent.under(POINTS).items() if text.strip()},
        "levels": sent.under(LEVEL),
        "reasons": sent.under(WHY),
        "vetoes": vetoes,
        "verified": sent.under(SURE),
    }


def _record(asked: Task) -> tuple[Record, list[Reason]]:
    """What was written, with the files that came along or had come before."""
    refused: list[Reason] = []
    came: dict[str, list[SeenFile]] = {}
    for key, each in asked.fields.items():
        if isinstance(each, FileField):
            came[key], wrong = taken_files(asked.item, key, each.many)
            refused += wrong
    return Record(asked.fields, sent=request.form, files=came), refused


# -- the page ----------------------------------------------------------------------------------------------------------
def _show(asked: Task, sent: Typed, record: Record, reasons: Iterable[Reason] = ()) -> Response:
    placed = [Reason(each.words, _anchored(each.where)) for each in reasons]
    at: dict[str, list[Words]] = {}
    for each in placed:
        at.setdefault(each.where or "", []).append(each.words)
    record.say(reasons)
    return page.render(
        "pages/duties/task.html",
        status=422 if placed else None,
        asked=asked,
        desk=at_desk(page.actor()),
        typed=sent,
        record=record,
        reasons=placed,
        at=at,
        names=duties.names_of_files(asked.given),
    )


def _anchored(where: str | None) -> str:
    if where is None:
        return "panel"
    for group in ("points", "reasons", "verified", "department"):
        if where.startswith(f"{group}."):
            return where.replace(".", "-").replace("reasons-", "reason-")
    return "effect" if where == "effect" else anchor(where, ())
