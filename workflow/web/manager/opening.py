"""Opening with its checklist, extending, closing."""

from flask import request
from werkzeug.wrappers import Response

from forms.rounds import Close, Extend, day_and_clock, moment_of
from workflow.domain.errors import NotReady, Reason
from workflow.domain.policy import Permission
from workflow.services import rounds as service
from workflow.services import unattended
from workflow.web import acting, page
from workflow.web.context import may
from workflow.web.manager import blueprint
from workflow.web.manager.rounds import state_of
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/open", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def open_round(ref: str) -> Response:
    """What stands in the way, before the button is pressed; pressed all the same, it says it again."""
    sheet = service.sheet(page.actor(), ref)
    refused: tuple[Reason, ...] = ()
    if request.method == "POST":
        try:
            return acting.once(lambda: _opened(ref))
        except NotReady as refusal:
            refused = refusal.reasons
    elif sheet.line.state != "planned":
        return page.go("manager.round_page", ref=ref)
    problems = service.opening_problems(page.actor(), page.now(), ref) if sheet.line.state == "planned" else ()
    return page.render(
        "pages/manager/opening.html",
        status=422 if refused else 200,
        line=sheet.line,
        state=state_of(sheet.line),
        errors=[each for each in problems if each.severity == "error"],
        warnings=[each for each in problems if each.severity != "error"],
        refused=refused,
        admitted=len(sheet.nominators),
        unattended=unattended.of_round(page.actor(), page.now(), ref),
        invites=may(Permission.ACCOUNT_MANAGE),
    )


def _opened(ref: str) -> Response:
    service.open_round(page.actor(), page.now(), ref)
    page.tell("批次已开放")
    return page.go("manager.round_page", ref=ref)


@route(blueprint, "/rounds/<ref>/extend", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def extend_round(ref: str) -> Response:
    line = service.sheet(page.actor(), ref).line
    day, clock = day_and_clock(line.closes_at)
    form = page.bind(Extend, closes_on=day, closes_clock=clock)
    if page.sent(form):
        with acting.in_words(form, closes_at="closes_on"):
            return acting.once(lambda: _extended(ref, form))
    return page.render("pages/manager/extend.html", form=form, line=line)


def _extended(ref: str, form: Extend) -> Response:
    closes = moment_of(form.closes_on.data, form.closes_clock.data, "closes_clock")
    if closes is not None:
        service.extend(page.actor(), page.now(), ref, closes, form.basis.data)
        page.tell("申报期已延长")
    return page.go("manager.round_page", ref=ref)


@route(blueprint, "/rounds/<ref>/close", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def close_round(ref: str) -> Response:
    line = service.sheet(page.actor(), ref).line
    form = page.bind(Close)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _closed(ref, form.basis.data or ""))
    early = line.closes_at is None or page.now() < line.closes_at
    return page.render("pages/manager/close.html", form=form, line=line, early=early)


def _closed(ref: str, basis: str) -> Response:
    service.close(page.actor(), page.now(), ref, basis)
    page.tell("批次已关闭，已提交的继续办")
    return page.go("manager.round_page", ref=ref)
