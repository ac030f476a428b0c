"""From the session to the Actor: who asks, what they hold, how they like their pages. One load per request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from workflow.domain.actor import ANONYMOUS, Actor
from workflow.i18n import SOURCE
from workflow.services import sessions
from workflow.web import display


@dataclass(frozen=True)
class Visit:
    """Somebody at the door. Flask-Login asks for the four names at the end; the token is the id it keeps."""

    actor: Actor = ANONYMOUS
    name: str = ""
    place: str = ""
    token: str = field(default="", repr=False)
    session_ref: str = ""
    must_change: bool = False

    @property
    def signed_in(self) -> bool:
        return self.actor.kind == "account"

    is_authenticated = is_active = signed_in

    @property
    def is_anonymous(self) -> bool:
        return not self.signed_in

    def get_id(self) -> str:
        return self.token


NOBODY = Visit()


def current_visit() -> Visit:
    return cast(Visit, current_user._get_current_object())


def current_actor() -> Actor:
    return current_visit().actor


def _load(token: str) -> Visit | None:
    """None when the session was ended, ran out or belongs to a disabled account: then nobody is signed in."""
    found = sessions.present(token, datetime.now(UTC))
    if found is None:
        return None
    _show_as_liked(found.settings)
    return Visit(found.actor, found.name, found.place, token, found.session_ref, found.must_change)


def _show_as_liked(settings: Mapping[str, Any]) -> None:
    if "language" in settings:
        g.language = "en" if settings["language"] == "en" else SOURCE
    if "display" in settings:
        g.display = display.unpack(str(settings["display"]))


def enter(token: str) -> Visit | None:
    """Sign this browser in. Whatever the session held before belongs to nobody any more, the form token included."""
    _forget()
    visit = _load(token)
    if visit is not None:
        login_user(visit)
    return visit


def leave() -> None:
    logout_user()
    _forget()


def _forget() -> None:
    session.clear()
    g.pop("csrf_token", None)


def register(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the token is random, kept as a digest and rotated; a phone changes its address
    manager.anonymous_user = lambda: NOBODY
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
