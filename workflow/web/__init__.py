"""The front door: the only rooms that know a request. `register` hangs every door; whatever has none stays shut."""

from typing import Any, cast

from flask import Flask, current_app, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect

from workflow.domain.errors import NotFound
from workflow.web import actor, context, errors, headers, routes
from workflow.web.places import house
from workflow.web.rooms import ROOMS
from workflow.web.sent import Sent

__all__ = ["house", "register"]


def register(app: Flask) -> None:
    app.request_class = Sent
    app.before_request(_guard)  # first of all: what has no door is not there, with or without a token
    actor.register(app)
    CSRFProtect(app)
    context.register(app)
    errors.register(app)
    headers.register(app)
    routes.declare(app, "static", routes.Visitor.PUBLIC)
    for blueprint in ROOMS:
        app.register_blueprint(blueprint)


def _guard() -> Any:
    if request.endpoint == "static":
        return None
    if cast(Sent, request).names_nothing:
        raise NotFound
    visit = actor.current_visit()
    if not routes.guard(visit.actor):
        return errors.sign_in_first()
    if visit.must_change and not _before_own_password(request.endpoint):
        return redirect(url_for("account.change_password"), 303)
    return None


def _before_own_password(endpoint: str | None) -> bool:
    """A password that somebody else gave opens its own change, the way out, and what everybody may see."""
    if endpoint is None or endpoint == "account.change_password":
        return True
    door = routes.door_of(current_app, endpoint)
    return door is not None and door.visitor in (routes.Visitor.PUBLIC, routes.Visitor.LINK)
