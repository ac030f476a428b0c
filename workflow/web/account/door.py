"""In and out. After signing in one goes on where one was: to the page asked for, or to the act that was cut short."""

from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from forms.account import Login
from workflow.services import sessions, signing_in
from workflow.services.door import Locked
from workflow.services.signing_in import Here, SignedIn
from workflow.web import actor, errors, navigation, page
from workflow.web.account import blueprint, catcher
from workflow.web.public import demo
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@dataclass(frozen=True)
class Cut:
    """An act that met a closed door: where it was going, and all that it carried."""

    target: str
    pairs: tuple[tuple[str, str], ...]


def here() -> Here:
    return Here(request.remote_addr or "", request.user_agent.string, actor.current_visit().token or None)


def come_in(signed_in: SignedIn) -> None:
    actor.enter(signed_in.token)


@route(blueprint, "/login", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def login() -> Response:
    form = page.bind(Login, next=request.args.get("next", ""))
    if page.sent(form):
        with page.at_fields(form, Locked):
            come_in(signing_in.sign_in(form.login.data, form.password.data, page.now(), here()))
    if form.reasons or request.method == "GET":
        return page.render("pages/account/login.html", form=form, catcher=catcher.url(), demo=demo.looking_around())
    cut = _cut_short(form.kept_for.data, form.kept.data)
    return _resume(cut) if cut and not actor.current_visit().must_change else page.go_to(form.next.data)


def _cut_short(target: str | None, packed: str | None) -> Cut | None:
    """Only an act of this site is taken up again, and only one that somebody sent with the form of this site."""
    path = navigation.inside(target)
    if path is None or not _takes_posts(path):
        return None
    return Cut(path, errors.unpack(packed or ""))


def _takes_posts(path: str) -> bool:
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path.partition("?")[0], "POST")  # type: ignore[union-attr]  # there is a request
    except HTTPException:
        return False
    return not str(endpoint).startswith("account.")


def _resume(cut: Cut) -> Response:
    shown = tuple(errors.Kept(name, None, value) for name, value in cut.pairs if name not in errors.UNSPOKEN and value)
    return page.render("pages/account/resume.html", target=cut.target, pairs=cut.pairs, kept=shown)


@route(blueprint, "/logout", methods=("POST",), visitor=Visitor.PUBLIC)
def logout() -> Response:
    token = actor.current_visit().token
    if token:
        sessions.sign_out(token, page.now())
    actor.leave()
    page.tell("已退出登录")
    return page.go("public.home")
