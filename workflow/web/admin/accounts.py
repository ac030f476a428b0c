"""Accounts: found, invited by a one-time link, changed, disabled and enabled, shown out of every browser."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import request, session, url_for
from werkzeug.wrappers import Response

from forms.accounts import Account, Disable
from workflow.documents import qr
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import accounts as service
from workflow.services import offices
from workflow.services.accounts import Invited
from workflow.web import acting, page
from workflow.web.account import catcher
from workflow.web.admin import blueprint
from workflow.web.finding import organization_of
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KEEPS_ACCOUNTS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.ACCOUNT_MANAGE}
PER_PAGE = 50
_SEARCHED = "accounts searched"
STATES: Mapping[str, tuple[str, Words]] = {
    "active": ("done", Words("在用")),
    "invited": ("now", Words("等本人开通")),
    "disabled": ("no", Words("已停用")),
}


@route(blueprint, "/accounts/search", methods=("POST",), **KEEPS_ACCOUNTS)
def search_accounts() -> Response:
    """A phone number is typed into a form and stays in the session: no address, no history, no log holds it."""
    typed = request.form.get("q", "").strip()[:80]
    key = secrets.token_urlsafe(6)
    session[_SEARCHED] = [key, typed]
    return page.go("admin.accounts", found=key if typed else None, state=request.form.get("state") or None)


def _typed(key: str) -> str:
    kept = session.get(_SEARCHED) or ["", ""]
    return str(kept[1]) if key and key == kept[0] else ""


@route(blueprint, "/accounts", **KEEPS_ACCOUNTS)
def accounts() -> Response:
    found_by, state = request.args.get("found", "")[:20], request.args.get("state", "")
    typed = _typed(found_by)
    found_by = found_by if typed else ""
    after = request.args.get("after", "")
    start = service.one(page.actor(), after).id if after else 0
    found = service.listed(page.actor(), typed, state if state in STATES else None, start, PER_PAGE + 1)
    more = len(found) > PER_PAGE
    lines = found[:PER_PAGE]
    return page.render(
        "pages/admin/accounts.html",
        lines=lines,
        typed=typed,
        state=state,
        states=STATES,
        offices=offices.NAMES,
        found_by=found_by,
        next_url=url_for("admin.accounts", found=found_by or None, state=state or None, after=lines[-1].ref)
        if more
        else None,
        first_url=url_for("admin.accounts", found=found_by or None, state=state or None) if start else None,
    )


@route(blueprint, "/accounts/new", methods=("GET", "POST"), **KEEPS_ACCOUNTS)
def invite() -> Response:
    form = page.bind(Account)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _invited(lambda: _invite(form)))
    return page.render("pages/admin/account_form.html", form=form, line=None)


def _invite(form: Account) -> Invited:
    return service.invite(page.actor(), page.now(), form.name.data, **_said(form))


def _said(form: Account) -> dict[str, Any]:
    unit = form.organization.data
    return {
        "login": form.login.data or "",
        "phone": form.phone.data or "",
        "email": form.email.data or "",
        "organization_ref": organization_of(unit, "organization") if unit else None,
    }


def _invited(act: Callable[[], Invited]) -> Response:
    """The link is shown this once, on a page that can be printed; nowhere else does it stand in clear."""
    made = act()
    line = service.one(page.actor(), made.account_ref)
    link = page.setting("BASE_URL", "").rstrip("/") + url_for("account.invitation", token=made.token)
    shown = page.render(
        "pages/admin/invited.html",
        line=line,
        link=link,
        square=qr.svg(link, line.name),
        catcher=catcher.url(),
    )
    shown.headers["Location"] = url_for("admin.account", ref=made.account_ref)  # where a second press leads
    return shown


@route(blueprint, "/accounts/<ref>", **KEEPS_ACCOUNTS)
def account(ref: str) -> Response:
    actor = page.actor()
    line = service.one(actor, ref)
    open_now = offices.open_sessions(actor, ref, page.now())
    return page.render(
        "pages/admin/account.html",
        line=line,
        open_now=open_now,
        states=STATES,
        offices=offices.NAMES,
        own=line.id == actor.account_id,
    )


@route(blueprint, "/accounts/<ref>/edit", methods=("GET", "POST"), **KEEPS_ACCOUNTS)
def edit_account(ref: str) -> Response:
    line = service.one(page.actor(), ref)
    said = {"name": line.name, "login": line.login, "phone": line.phone, "email": line.email}
    form = page.bind(Account, **said, organization=line.organization)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _changed(ref, form))
    return page.render("pages/admin/account_form.html", form=form, line=line)


def _changed(ref: str, form: Account) -> Response:
    service.change(page.actor(), page.now(), ref, form.name.data, **_said(form))
    page.tell("账号已改好")
    return page.go("admin.account", ref=ref)


@route(blueprint, "/accounts/<ref>/invite", methods=("POST",), **KEEPS_ACCOUNTS)
def invite_again(ref: str) -> Response:
    return acting.once(lambda: _invited(lambda: service.invite_again(page.actor(), page.now(), ref)))


@route(blueprint, "/accounts/<ref>/disable", methods=("GET", "POST"), **KEEPS_ACCOUNTS)
def disable(ref: str) -> Response:
    line = service.one(page.actor(), ref)
    form = page.bind(Disable)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _disabled(ref, form.reason.data))
    return page.render("pages/admin/disable.html", form=form, line=line)


def _disabled(ref: str, reason: str) -> Response:
    service.disable(page.actor(), page.now(), ref, reason)
    page.tell("账号已停用，各处的登录都已退出")
    return page.go("admin.account", ref=ref)


@route(blueprint, "/accounts/<ref>/enable", methods=("POST",), **KEEPS_ACCOUNTS)
def enable(ref: str) -> Response:
    return acting.once(lambda: _enabled(ref))


def _enabled(ref: str) -> Response:
    service.enable(page.actor(), page.now(), ref)
    page.tell("账号已启用，原来的角色还在")
    return page.go("admin.account", ref=ref)


@route(blueprint, "/accounts/<ref>/sessions/end", methods=("POST",), **KEEPS_ACCOUNTS)
def end_sessions(ref: str) -> Response:
    return acting.once(lambda: _sessions_ended(ref))


def _sessions_ended(ref: str) -> Response:
    offices.end_sessions(page.actor(), ref, page.now())
    page.tell("各处的登录都已退出")
    return page.go("admin.account", ref=ref)
