"""The three officers and the one for programs: who holds which duty, and what to do first."""

from flask import request
from werkzeug.wrappers import Response

from forms.accounts import Grant
from workflow.domain.actor import Office
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import accounts as service
from workflow.services import offices
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/duties", methods=("GET", "POST"), visitor=Visitor.ADMIN, permission=Permission.OFFICE_GRANT)
def duties() -> Response:
    typed = request.args.get("q", "")
    form = page.bind(Grant)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _granted(form.account.data, form.office.data))
    return page.render(
        "pages/admin/duties.html",
        form=form,
        typed=typed,
        held=offices.held(page.actor()),
        people=offices.candidates(page.actor(), typed),
        names=offices.NAMES,
        words=offices.DUTIES,
        own_ref=offices.own_ref(page.actor()),
    )


def _granted(ref: str, typed: str) -> Response:
    if typed not in set(Office):
        raise InvalidInput([Reason(Words("没有这个岗位，请从列表里选"), "office")])
    service.grant_office(page.actor(), page.now(), ref, Office(typed))
    page.tell("岗位已授予，他下一次打开页面就生效")
    return page.go("admin.duties")


@route(blueprint, "/duties/<ref>/end", methods=("POST",), visitor=Visitor.ADMIN, permission=Permission.OFFICE_GRANT)
def end_duty(ref: str) -> Response:
    return acting.once(lambda: _ended(ref))


def _ended(ref: str) -> Response:
    service.end_office(page.actor(), page.now(), ref)
    page.tell("岗位已解除")
    return page.go("admin.duties")


@route(blueprint, "/first-steps", visitor=Visitor.ADMIN)
def first_steps() -> Response:
    return page.render("pages/admin/first_steps.html", names=offices.NAMES, words=offices.DUTIES)
