"""Who speaks for an organization, and the numbers they keep of it: for the office and for the organization itself."""

from werkzeug.wrappers import Response

from forms.organizations import Appoint, Fact, HandOver
from workflow.domain.errors import NotFound
from workflow.domain.policy import OrganizationSubject, Permission
from workflow.services import administration, offices
from workflow.services import organizations as service
from workflow.services.organizations import Sheet
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.admin.organizations import FACTS
from workflow.web.context import may
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/own", visitor=Visitor.NOMINATOR)
def own_organizations() -> Response:
    """The organizations that the reader administers."""
    return page.render("pages/admin/own.html", lines=service.administered(page.actor()))


def _managed(ref: str) -> Sheet:
    """One whose papers the reader may change; to all others it is not there."""
    found = service.sheet(page.actor(), page.now(), ref)
    if not may(Permission.ORGANIZATION_MANAGE, OrganizationSubject(found.line.id, found.line.path)):
        raise NotFound
    return found


@route(blueprint, "/organizations/<ref>/facts/new", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def record_fact(ref: str) -> Response:
    found, form = _managed(ref), page.bind(Fact)
    options = [(key, page.say(words)) for key, words in FACTS.items()]
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _recorded(ref, form))
    return page.render("pages/admin/fact.html", form=form, line=found.line, fact_options=options)


def _recorded(ref: str, form: Fact) -> Response:
    name, value, as_of = form.fact.data, form.value.data, form.as_of.data
    if name not in FACTS or value is None or as_of is None:
        raise NotFound
    administration.record_fact(page.actor(), page.now(), ref, name, value, as_of, form.source.data)
    page.tell("已登记，以后的名额按它算")
    return page.go("admin.organization", ref=ref)


@route(blueprint, "/organizations/<ref>/administrators/new", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def appoint(ref: str) -> Response:
    found, form = _managed(ref), page.bind(Appoint)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _appointed(ref, form))
    return page.render("pages/admin/appoint.html", form=form, line=found.line)


def _appointed(ref: str, form: Appoint) -> Response:
    who = offices.colleague(page.actor(), form.account.data, "account")
    administration.appoint(page.actor(), page.now(), ref, who.ref, form.basis.data or "")
    page.tell("已指定%(name)s为管理员", name=who.name)
    return page.go("admin.organization", ref=ref)


@route(blueprint, "/organizations/<ref>/hand-over", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def hand_over(ref: str) -> Response:
    found, form = _managed(ref), page.bind(HandOver)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _handed_over(ref, form))
    return page.render("pages/admin/hand_over.html", form=form, line=found.line, people=found.administrators)


def _handed_over(ref: str, form: HandOver) -> Response:
    coming = offices.colleague(page.actor(), form.account.data, "account")
    administration.hand_over(page.actor(), page.now(), ref, form.leaving.data, coming.ref, form.basis.data)
    page.tell("已移交给%(name)s", name=coming.name)
    still = may(Permission.ORGANIZATION_APPROVE) or form.leaving.data != offices.own_ref(page.actor())
    return page.go("admin.organization", ref=ref) if still else page.go_to(None)


@route(
    blueprint,
    "/organizations/<ref>/administrators/<account>/dismiss",
    methods=("POST",),
    visitor=Visitor.ACCOUNT,
)
def dismiss(ref: str, account: str) -> Response:
    return acting.once(lambda: _dismissed(ref, account))


def _dismissed(ref: str, account: str) -> Response:
    administration.dismiss(page.actor(), page.now(), ref, account)
    page.tell("已解除他的管理员")
    return page.go("admin.organization", ref=ref)
