"""Organizations: found, registered, changed; and one of them, for the office and for whoever speaks for it."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.organizations import Organization
from workflow.domain.policy import OrganizationSubject, Permission
from workflow.domain.words import Words
from workflow.services import organizations as service
from workflow.services.organizations import KINDS, Details
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.context import may
from workflow.web.finding import organization_of
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KEEPS_UNITS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.ORGANIZATION_APPROVE}
PER_PAGE = 50
STATES: Mapping[str, tuple[str, Words]] = {
    "standing": ("done", Words("已登记")),
    "proposed": ("now", Words("等核对")),
    "closed": ("no", Words("已停用或没有通过")),
}
FACTS: Mapping[str, Words] = {"staff": Words("职工人数"), "graduates": Words("本期结业人数")}


def kind_options() -> list[tuple[str, str]]:
    return [(key, page.say(words)) for key, words in KINDS.items()]


@route(blueprint, "/organizations", **KEEPS_UNITS)
def organizations() -> Response:
    typed, after = request.args.get("q", ""), request.args.get("after", "")
    start = service.sheet(page.actor(), page.now(), after).line.id if after else 0
    found = service.listed(page.actor(), typed, after=start, limit=PER_PAGE + 1)
    lines, more = found[:PER_PAGE], len(found) > PER_PAGE
    return page.render(
        "pages/admin/organizations.html",
        lines=lines,
        typed=typed,
        kinds=KINDS,
        states=STATES,
        waiting=len(service.proposals(page.actor())),
        next_url=url_for("admin.organizations", after=lines[-1].ref) if more and not typed else None,
        first_url=url_for("admin.organizations") if start else None,
        narrowed=more and bool(typed),
    )


@route(blueprint, "/organizations/new", methods=("GET", "POST"), **KEEPS_UNITS)
def new_organization() -> Response:
    form = page.bind(Organization, kind="employer")
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _registered(form))
    return page.render("pages/admin/organization_form.html", form=form, kind_options=kind_options(), line=None)


def _registered(form: Organization) -> Response:
    ref = service.register(page.actor(), page.now(), details_of(form))
    page.tell("单位已登记")
    return page.go("admin.organization", ref=ref)


def details_of(form: Organization) -> Details:
    above = organization_of(form.parent.data, "parent") if form.parent.data else None
    return Details(form.name.data, form.kind.data, form.credit_code.data or "", above, form.region_code.data or "")


@route(blueprint, "/organizations/<ref>", visitor=Visitor.ACCOUNT)
def organization(ref: str) -> Response:
    """For the office, for its own administrators, for its proposer while it waits; nobody else finds it."""
    found = service.sheet(page.actor(), page.now(), ref)
    subject = OrganizationSubject(found.line.id, found.line.path)
    return page.render(
        "pages/admin/organization.html",
        sheet=found,
        line=found.line,
        kind=KINDS[found.line.kind],
        state=STATES[found.line.state],
        facts=[(FACTS.get(name, Words("%(name)s", name=name)), fact) for name, fact in found.facts.items()],
        manages=may(Permission.ORGANIZATION_MANAGE, subject) and found.line.state == "standing",
        approves=may(Permission.ORGANIZATION_APPROVE),
        waiting=found.proposal is not None and found.proposal.state == "waiting",
    )


@route(blueprint, "/organizations/<ref>/edit", methods=("GET", "POST"), **KEEPS_UNITS)
def edit_organization(ref: str) -> Response:
    found = service.sheet(page.actor(), page.now(), ref)
    line = found.line
    said = {"name": line.name, "kind": line.kind, "credit_code": line.credit_code, "region_code": found.region_code}
    form = page.bind(Organization, **said, parent=found.above[-1] if found.above else "")
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _changed(ref, form))
    return page.render("pages/admin/organization_form.html", form=form, kind_options=kind_options(), line=line)


def _changed(ref: str, form: Organization) -> Response:
    service.change(page.actor(), page.now(), ref, details_of(form))
    page.tell("单位已改好，已提交的申报保持原样")
    return page.go("admin.organization", ref=ref)
