"""Who may act in a round: roles given to people and to organizations, ended, and stood in for."""

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from forms.rounds import Bind, Leave, moment_of
from models.queries.bindings import BindingLine
from workflow.domain.policy import Permission
from workflow.domain.program.schema import Definition, Label
from workflow.services import offices, organizations, roles
from workflow.services import rounds as service
from workflow.web import acting, page
from workflow.web.context import may
from workflow.web.finding import organization_of
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@dataclass(frozen=True)
class Staffed:
    """One role of the program with everybody who holds it here."""

    key: str
    name: Label
    found: bool  # through an organization of the case
    lines: tuple[BindingLine, ...]


@route(blueprint, "/rounds/<ref>/roles", visitor=Visitor.MANAGER)
def staff(ref: str) -> Response:
    sheet = service.sheet(page.actor(), ref)
    bound = roles.bound(page.actor(), page.now(), round_ref=ref)
    problems = service.opening_problems(page.actor(), page.now(), ref) if sheet.line.state == "planned" else ()
    missing = {each.path[1]: each.words for each in problems if each.path[:1] == ("roles",)}
    lines = staffed(sheet.definition, bound)
    return page.render(
        "pages/manager/staff.html",
        line=sheet.line,
        staffed=lines,
        idle=[each for each in lines if not each.lines and each.key not in missing],
        tracks={key: track.name for key, track in sheet.definition.tracks.items()},
        missing=missing,
        total=len(bound),
    )


def staffed(definition: Definition, bound: list[BindingLine]) -> list[Staffed]:
    return [
        Staffed(key, role.name, role.of is not None, tuple(line for line in bound if line.role == key))
        for key, role in definition.roles.items()
    ]


@route(blueprint, "/rounds/<ref>/roles/new", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def bind(ref: str) -> Response:
    """Search first, then tick: one search finds people and organizations alike."""
    sheet = service.sheet(page.actor(), ref)
    typed = request.args.get("q", "")
    form = page.bind(Bind, role=request.args.get("role", ""))
    if page.sent(form):
        with acting.in_words(form, accounts="chosen"):
            return acting.once(lambda: _bound(ref, form))
    return page.render(
        "pages/manager/bind.html",
        form=form,
        line=sheet.line,
        role_options=[(key, page.say(role.name)) for key, role in sheet.definition.roles.items()],
        track_options=[(key, page.say(track.name)) for key, track in sheet.definition.tracks.items()],
        typed=typed,
        people=roles.candidates(page.actor(), typed, round_ref=ref) if typed.strip() else (),
        units=organizations.search(page.actor(), typed) if typed.strip() else (),
        kinds=organizations.KINDS,
    )


def _bound(ref: str, form: Bind) -> Response:
    given, actor, now = 0, page.actor(), page.now()
    ends = moment_of(form.ends_on.data, "24:00", "ends_on")
    role, track, basis = form.role.data, form.track.data or None, form.basis.data or ""
    if form.people:
        place = organization_of(form.organization.data, "organization") if form.organization.data else None
        given += roles.bind(
            actor, now, role, form.people, round_ref=ref, organization_ref=place, track=track, ends_at=ends, basis=basis
        )
    for unit in form.organizations:
        given += roles.bind_organization(actor, now, role, unit, round_ref=ref, track=track, basis=basis)
    if given:
        page.tell("已绑定 %(n)s 个", n=given)
    else:
        page.tell("他们已经有这个角色，没有变化", "warn")
    return page.go("manager.staff", ref=ref)


@route(blueprint, "/rounds/<ref>/roles/<binding>/end", methods=("POST",), visitor=Visitor.MANAGER)
def end_binding(ref: str, binding: str) -> Response:
    return acting.once(lambda: _ended(ref, binding))


def _ended(ref: str, binding: str) -> Response:
    roles.end(page.actor(), page.now(), binding)
    page.tell("角色已解除，他办过的事都还在")
    return page.go("manager.staff", ref=ref)


# -- while somebody is away --------------------------------------------------------------------------------------------
@route(blueprint, "/leave", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def leave() -> Response:
    """One's own absence; for the office that gives roles, anybody's."""
    form = page.bind(Leave)
    if page.sent(form):
        with acting.in_words(form, ends_at="ends_on"):
            return acting.once(lambda: _arranged(form))
    lines = roles.substitutions(page.actor(), page.now())
    return page.render("pages/manager/leave.html", form=form, lines=lines, everybody=_for_everybody())


def _for_everybody() -> bool:
    return may(Permission.OFFICE_GRANT)


def _arranged(form: Leave) -> Response:
    actor, now = page.actor(), page.now()
    absent = (
        offices.colleague(actor, form.absent.data or "", "absent").ref if _for_everybody() else offices.own_ref(actor)
    )
    stands_in = offices.colleague(actor, form.substitute.data, "substitute")
    starts = moment_of(form.starts_on.data, "00:00", "starts_on")
    ends = moment_of(form.ends_on.data, "24:00", "ends_on")
    if starts is not None and ends is not None:
        roles.substitute(actor, now, absent, stands_in.ref, starts, ends, form.basis.data or "")
        page.tell("代理已设好：%(name)s", name=stands_in.name)
    return page.go("manager.leave")


@route(blueprint, "/leave/<ref>/revoke", methods=("POST",), visitor=Visitor.ACCOUNT)
def revoke_leave(ref: str) -> Response:
    return acting.once(lambda: _revoked(ref))


def _revoked(ref: str) -> Response:
    roles.revoke_substitution(page.actor(), page.now(), ref)
    page.tell("代理已取消")
    return page.go("manager.leave")
