"""How one comes to have an account or a new password: by a code to one's phone or e-mail, or by an invitation."""

from flask import request, session, url_for
from werkzeug.wrappers import Response

from forms.account import Address, NewPassword, RegisterCode, ResetCode
from workflow.domain.errors import InvalidInput, Reason, Refusal
from workflow.i18n import language_now
from workflow.services import passwords, signing_in
from workflow.services.door import Locked
from workflow.web import navigation, page
from workflow.web.account import blueprint, catcher
from workflow.web.account.door import come_in, here
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

ASKED = "code_went_to"  # in the browser's own session: the address, to show it again


def reader() -> str:
    return "en" if language_now() == "en" else "zh"


@route(blueprint, "/register", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def register() -> Response:
    form = page.bind(Address)
    if page.sent(form):
        with page.at_fields(form, Refusal), _about_address():
            ref = signing_in.ask_to_register(form.address.data, page.now(), request.remote_addr or "", reader())
            return _to_code("account.register_code", ref, form.address.data)
    return page.render("pages/account/register.html", form=form, wanted=_wanted())


@route(blueprint, "/register/<ref>", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def register_code(ref: str) -> Response:
    form = page.bind(RegisterCode)
    if page.sent(form):
        with page.at_fields(form, Locked):
            come_in(signing_in.register(ref, form.code.data, form.name.data, form.password.data, page.now(), here()))
            page.tell("账号已经建好，你已登录")
            return page.go_to(_wanted())
    return _code_page(form, ref, url_for("account.register", next=_wanted()))


@route(blueprint, "/forgotten", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def forgotten() -> Response:
    form = page.bind(Address)
    if page.sent(form):
        with page.at_fields(form, Refusal), _about_address():
            ref = signing_in.ask_to_reset(form.address.data, page.now(), request.remote_addr or "")
            return _to_code("account.reset_code", ref, form.address.data)
    return page.render("pages/account/forgotten.html", form=form)


@route(blueprint, "/forgotten/<ref>", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def reset_code(ref: str) -> Response:
    form = page.bind(ResetCode)
    if page.sent(form):
        with page.at_fields(form, Locked):
            come_in(signing_in.reset_password(ref, form.code.data, form.password.data, page.now(), here()))
            page.tell("口令已经改好，别处的登录都已退出")
            return page.go_to(_wanted())
    return _code_page(form, ref, url_for("account.forgotten", next=_wanted()))


@route(blueprint, "/invitations/<token>", methods=("GET", "POST"), visitor=Visitor.LINK)
def invitation(token: str) -> Response:
    invited = signing_in.invitation(token, page.now())
    form = page.bind(NewPassword)
    if page.sent(form):
        with page.at_fields(form):
            come_in(signing_in.accept_invitation(token, form.password.data, page.now(), here()))
            page.tell("账号已经开通，你已登录")
            return page.go_to(None)
    names = [name for name in (invited.login, invited.phone, invited.email) if name]
    return page.render("pages/account/invitation.html", form=form, name=invited.name, logins=names, rule=passwords.RULE)


class _about_address:  # noqa: N801 - read as a phrase after `with`
    """The service speaks of phone and e-mail; this form has one field for both."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InvalidInput):
            raise InvalidInput([Reason(reason.words, "address") for reason in error.reasons]) from error


def _to_code(endpoint: str, ref: str, address: str) -> Response:
    session[ASKED] = address
    return page.go(endpoint, ref=ref, next=_wanted())


def _wanted() -> str | None:
    """The page of this site that one was on the way to when the door stood in between."""
    return navigation.inside(request.args.get("next"))


def _code_page(form: ResetCode | RegisterCode, ref: str, again: str) -> Response:
    return page.render(
        "pages/account/code.html",
        form=form,
        address=session.get(ASKED, ""),
        rule=passwords.RULE,
        again=again,
        catcher=catcher.url(),
    )
