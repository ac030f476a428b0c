"""A whole case, for whoever may read it without having to answer it; and what the program's office may do to it."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.review import labels_of
from workflow.domain.errors import NotFound, NotReady
from workflow.domain.words import Words
from workflow.services import actions, reading
from workflow.web import page
from workflow.web.reviewer import blueprint, undoing
from workflow.web.reviewer.desk import WHOLE, show, typed
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/review/applications/<ref>", visitor=Visitor.REVIEWER)
def case(ref: str) -> Response:
    sheet = reading.sheet(ref, page.actor(), page.now())
    mine = next((item for item in sheet.items if item.mine), None)
    return show(sheet, mine.ref if mine is not None else None)


@route(blueprint, "/review/applications/<ref>/act", methods=("POST",), visitor=Visitor.REVIEWER)
def act_on_case(ref: str) -> Response:
    """Hold, release, extend, propose to reopen: asked of the whole case, with a basis or a reason."""
    name, sent = request.form.get("act", ""), typed()
    sheet = reading.sheet(ref, page.actor(), page.now())
    page.if_refused(labels=labels_of(sent, {}), latest=url_for("reviewer.case", ref=ref))
    if name not in WHOLE:
        raise NotFound
    button = sheet.button(name)
    try:
        actions.perform(
            ref,
            name,
            page.actor(),
            page.now(),
            seen=page.seen_version(),
            request_key=page.request_key(),
            inputs=sent.inputs,
        )
    except NotReady as refusal:
        return show(sheet, None, sent, refusal.reasons)
    said = page.say(button.label) if button is not None else ""
    undoing.offer([ref], Words("%(name)s：%(act)s", name=sheet.name, act=said))
    return page.go("reviewer.case", ref=ref)
