"""Codes, links and letters where nothing leaves the machine: a page of demonstration and development alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from workflow.channels import catcher as sent
from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.services import outbox
from workflow.web import page
from workflow.web.account import blueprint
from workflow.web.routes import Visitor, door_of
from workflow.web.routes import page as route

_KINDS: Mapping[str, Words] = {
    "register_code": Words("注册验证码"),
    "reset_code": Words("重定口令的验证码"),
    "already_registered": Words("有人用这个号码注册，但它已有账号"),
    "invitation": Words("开通账号的邀请"),
    "confirm_link": Words("请本人确认申报"),
    "award_link": Words("请本人在发证前确认"),
    "member_link": Words("请团队成员确认"),
}
_LINKS: Mapping[str, tuple[str, str]] = {
    "invitation": ("account.invitation", "token"),
    "confirm_link": ("applicant.confirm", "token"),
    "award_link": ("applicant.confirm_award", "token"),
    "member_link": ("applicant.confirm", "token"),
}


@dataclass(frozen=True)
class Caught:
    at: datetime
    address: str
    words: Words
    secret: str
    url: str | None


@route(blueprint, "/caught", visitor=Visitor.PUBLIC)
def catcher() -> Response:
    if not is_open():
        raise NotFound
    caught = [_shown(one) for one in outbox.caught(page.now(), limit=200) if one.kind in _KINDS]
    letters = sent.caught(Path(page.setting("DATA_DIR")) / "caught", most=50)
    return page.render("pages/account/catcher.html", caught=caught, letters=letters)


def is_open() -> bool:
    """Never in production; where it is no demonstration either, only to whoever sits at the machine."""
    if page.setting("PRODUCTION"):
        return False
    return bool(page.setting("DEMO")) or request.remote_addr in ("127.0.0.1", "::1")


def url() -> str | None:
    return url_for("account.catcher") if is_open() else None


def _shown(one: outbox.Caught) -> Caught:
    return Caught(one.at, one.address, _KINDS[one.kind], one.secret or "", _url(one))


def _url(one: outbox.Caught) -> str | None:
    endpoint, name = _LINKS.get(one.kind, ("", ""))
    if not one.secret or door_of(current_app, endpoint) is None:
        return None
    values: dict[str, Any] = {name: one.secret}
    return url_for(endpoint, **values)
