"""Organizations that somebody asked to list: proposed by anybody signed in, standing once the office has checked."""

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from forms.organizations import Organization, Refuse
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import organizations as service
from workflow.services.organizations import KINDS
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.admin.organizations import details_of, kind_options
from workflow.web.context import may
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

CHECKS_UNITS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.ORGANIZATION_APPROVE}

RESULTS: Mapping[str, tuple[str, Words]] = {
    "waiting": ("now", Words("等核对")),
    "approved": ("done", Words("已通过核对")),
    "refused": ("no", Words("没有通过")),
}


@route(blueprint, "/proposals", visitor=Visitor.ACCOUNT)
def proposals() -> Response:
    """All that wait, for the office; for everybody else what they proposed themselves."""
    return page.render(
        "pages/admin/proposals.html",
        lines=service.proposals(page.actor()),
        kinds=KINDS,
        results=RESULTS,
        checks=may(Permission.ORGANIZATION_APPROVE),
    )


@route(blueprint, "/proposals/new", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def propose() -> Response:
    form = page.bind(Organization, kind="employer")
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _proposed(form))
    return page.render("pages/admin/propose.html", form=form, kind_options=kind_options())


def _proposed(form: Organization) -> Response:
    service.propose(page.actor(), page.now(), details_of(form))
    page.tell("已交给人才办核对。核对以前，你自己的申报里可以先用它")
    return page.go("admin.proposals")


@route(blueprint, "/organizations/<ref>/approve", methods=("POST",), **CHECKS_UNITS)
def approve(ref: str) -> Response:
    return acting.once(lambda: _approved(ref))


def _approved(ref: str) -> Response:
    service.approve(page.actor(), page.now(), ref)
    page.tell("已通过核对，单位可以用了")
    return page.go("admin.organization", ref=ref)


@route(blueprint, "/organizations/<ref>/refuse", methods=("GET", "POST"), **CHECKS_UNITS)
def refuse(ref: str) -> Response:
    line = service.sheet(page.actor(), page.now(), ref).line
    form = page.bind(Refuse)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _refused(ref, form.reason.data))
    return page.render("pages/admin/refuse.html", form=form, line=line)


def _refused(ref: str, reason: str) -> Response:
    service.refuse(page.actor(), page.now(), ref, reason)
    page.tell("没有通过，理由已记下")
    return page.go("admin.proposals")
