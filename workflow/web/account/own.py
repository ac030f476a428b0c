"""One's own account: password, signed-in browsers, how pages are shown."""

from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response

from forms.account import ChangePassword, NewPassword
from workflow.domain.words import Words
from workflow.services import passwords, sessions, signing_in
from workflow.services.door import Locked
from workflow.web import actor, page
from workflow.web.account import blueprint
from workflow.web.account.door import come_in, here
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (("MicroMessenger", "微信"), ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))


@dataclass(frozen=True)
class Browser:
    ref: str
    device: Words
    address: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


@route(blueprint, "/account/password", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def change_password() -> Response:
    """With a password that somebody else gave, the old one was typed a moment ago and is not asked for again."""
    first = actor.current_visit().must_change
    form: NewPassword | ChangePassword = page.bind(NewPassword) if first else page.bind(ChangePassword)
    if page.sent(form):
        with page.at_fields(form, Locked):
            come_in(_change(form))
            page.tell("口令已经改好，别处的登录都已退出")
            return page.go_to(None)
    return page.render("pages/account/password.html", form=form, first=first, rule=passwords.RULE)


def _change(form: NewPassword | ChangePassword) -> signing_in.SignedIn:
    if isinstance(form, ChangePassword):
        old, new = form.password_now.data, form.password.data
        return signing_in.change_password(page.actor(), old, new, page.now(), here())
    return signing_in.change_first_password(page.actor(), form.password.data, page.now(), here())


@route(blueprint, "/account/sessions", visitor=Visitor.ACCOUNT)
def own_sessions() -> Response:
    open_now = sessions.open_sessions(page.actor(), actor.current_visit().token, page.now())
    browsers = [
        Browser(one.ref, _device(one.agent), one.address, one.created_at, one.last_seen_at, one.here)
        for one in open_now
    ]
    return page.render("pages/account/sessions.html", browsers=browsers)


def _device(agent: str) -> Words:
    """As much of the browser's own description as somebody would recognize."""
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "Safari" if "Safari/" in agent else "")
    if system and browser:
        return Words("%(system)s 上的 %(browser)s", system=system, browser=browser)
    return Words("%(name)s", name=system or browser) if system or browser else Words("认不出的设备")


@route(blueprint, "/account/sessions/<ref>/end", methods=("POST",), visitor=Visitor.ACCOUNT)
def end_session(ref: str) -> Response:
    sessions.end_one(page.actor(), ref, page.now())
    page.tell("那一处已经退出")
    return page.go("account.own_sessions")


@route(blueprint, "/account/sessions/end-others", methods=("POST",), visitor=Visitor.ACCOUNT)
def end_other_sessions() -> Response:
    ended = sessions.end_others(page.actor(), actor.current_visit().token, page.now())
    page.tell("已退出其余 %(n)s 处", n=ended)
    return page.go("account.own_sessions")


@route(blueprint, "/settings", visitor=Visitor.PUBLIC)
def settings() -> Response:
    return page.render("pages/account/settings.html")
