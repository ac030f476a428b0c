"""What has been kept as long as it must be: the list, asking to destroy, the second signature, what was destroyed."""

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField

from forms.base import Paper, at_most, stripped
from workflow.domain.retention import NAMES
from workflow.domain.words import Words
from workflow.services import retention as service
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

STATES: Mapping[str, tuple[str, Words]] = {
    "asked": ("human", Words("等复核")),
    "declined": ("back", Words("没有同意")),
    "done": ("done", Words("已销毁")),
}


class Asking(Paper):
    kinds = SelectMultipleField(validate_choice=False)
    basis = TextAreaField(filters=[stripped], validators=[at_most(1000)])


class Stopping(Paper):
    case = SelectField(validate_choice=False)
    act = HiddenField()
    reason = TextAreaField(filters=[stripped], validators=[at_most(1000)])


class Deciding(Paper):
    act = HiddenField()
    reason = TextAreaField(filters=[stripped], validators=[at_most(1000)])


@route(blueprint, "/retention", visitor=Visitor.MANAGER)
def retention() -> Response:
    return page.render("pages/manager/retention.html", desk=service.desk(page.actor()), kinds=NAMES, states=STATES)


@route(blueprint, "/rounds/<ref>/retention", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def round_retention(ref: str) -> Response:
    asking, stopping = page.bind(Asking), page.bind(Stopping)
    if request.method == "POST":
        stops = bool(stopping.act.data)
        with acting.in_words(stopping if stops else asking):
            return acting.once(lambda: _stopped(ref, stopping) if stops else _asked(ref, asking))
    return page.render(
        "pages/manager/retention_round.html",
        status=422 if asking.reasons or stopping.reasons else 200,
        found=service.of_round(page.actor(), ref),
        kinds=NAMES,
        asking=asking,
        stopping=stopping,
    )


def _asked(ref: str, form: Asking) -> Response:
    listed = service.ask(page.actor(), page.now(), ref, form.kinds.data or [], form.basis.data or "")
    page.tell("清单已提出，等另一位复核")
    return page.go("manager.destruction", ref=listed)


def _stopped(ref: str, form: Stopping) -> Response:
    stops = form.act.data == "stop"
    service.stop(page.actor(), page.now(), form.case.data or "", form.reason.data or "", stopped=stops)
    page.tell("已暂停销毁这一件" if stops else "已解除，到期的会再列出来")
    return page.go("manager.round_retention", ref=ref)


@route(blueprint, "/destructions/<ref>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def destruction(ref: str) -> Response:
    found, form = service.one(page.actor(), ref), page.bind(Deciding)
    if request.method == "POST":
        with acting.in_words(form):
            return acting.once(lambda: _decided(ref, form))
    status = 422 if form.reasons else 200
    return page.render(
        "pages/manager/destruction.html", status=status, found=found, kinds=NAMES, states=STATES, form=form
    )


def _decided(ref: str, form: Deciding) -> Response:
    if form.act.data == "confirm":
        count = service.confirm(page.actor(), page.now(), ref)
        page.tell("已销毁 %(n)s 项", "ok", n=count)
    else:
        service.decline(page.actor(), page.now(), ref, form.reason.data or "")
        page.tell("已记下不销毁的理由，到期的会再列出来")
    return page.go("manager.destruction", ref=ref)
