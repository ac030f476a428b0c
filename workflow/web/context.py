"""What every template may ask for, put there once: who asks, what they may, what time it is, where one can go."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from flask import Flask, current_app, get_flashed_messages, request, url_for

from workflow.domain.actor import Actor
from workflow.domain.policy import Permission, Subject, can
from workflow.domain.program.schema import Label
from workflow.domain.words import Words
from workflow.web import dates, display, navigation, page, touring
from workflow.web.actor import current_actor, current_visit

_SHAPE = {"ok": "done", "warn": "soon", "stop": "no"}


@dataclass(frozen=True)
class Site:
    """Whose house this is."""

    name: Label
    what: Label
    office: Label
    demo: bool


@dataclass(frozen=True)
class Told:
    words: Words
    style: str
    kind: str


class Nav:
    """Where one can go from here; each part is drawn up when a layout asks for it."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @cached_property
    def public(self) -> tuple[navigation.Link, ...]:
        return tuple(navigation.links(navigation.PUBLIC, self._actor))

    @cached_property
    def office(self) -> tuple[navigation.Link, ...]:
        return tuple(navigation.links(navigation.OFFICE, self._actor))

    @cached_property
    def personal(self) -> tuple[navigation.Link, ...]:
        return tuple(navigation.links(navigation.PERSONAL, self._actor))

    @cached_property
    def foot(self) -> tuple[navigation.Link, ...]:
        return tuple(navigation.links(navigation.FOOT, self._actor))

    @cached_property
    def home(self) -> str:
        return navigation.home_of(self._actor)

    @property
    def inbox(self) -> str:
        return navigation.url_of("account.inbox")

    @property
    def sign_in(self) -> str:
        return navigation.url_of("account.login")

    @property
    def sign_out(self) -> str:
        return navigation.url_of("account.logout")

    @property
    def display(self) -> str:
        return navigation.url_of("public.set_display")


_SITE = {
    "SITE_NAME": Label(zh="锦澜人才", en="Jinlan Talent"),
    "SITE_WHAT": Label(zh="项目申报评审", en="Program applications and review"),
    "SITE_OFFICE": Label(zh="锦澜区人才工作领导小组办公室", en="Jinlan District Talent Office"),
}


def site() -> Site:
    """A place of its own puts its names into the configuration, as labels."""
    config = current_app.config
    name, what, office = (config.get(key, label) for key, label in _SITE.items())
    return Site(name, what, office, bool(config.get("DEMO")))


def names_of(app: Flask) -> tuple[Any, Any]:
    """What the house and its office are called, also where nobody asks."""
    return app.config.get("SITE_NAME", _SITE["SITE_NAME"]), app.config.get("SITE_OFFICE", _SITE["SITE_OFFICE"])


def unread() -> int:
    return navigation.reach(current_actor()).unread


def stands_still() -> bool:
    return navigation.reach(current_actor()).stands_still


def told() -> tuple[Told, ...]:
    said = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return tuple(Told(_unflashed(packed), style, _SHAPE.get(style, "now")) for style, packed in said)


def _unflashed(packed: str) -> Words:
    text, params = json.loads(packed)
    return Words(text, **params)


def here() -> str:
    """Where to come back to after a change of display: the page itself, if looking at it again is harmless."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("public.home")


def may(permission: str, subject: Subject = None) -> bool:
    """The policy's own answer; a template asks this and never who somebody is."""
    return can(current_actor(), Permission(permission), subject)


def _values() -> dict[str, Any]:
    return {
        "actor": current_actor(),
        "visit": current_visit(),
        "display": display.current(),
        "site": site(),
        "nav": Nav(current_actor()),
        "here": here(),
        "now": page.now(),
        "may": may,
        "told": told,
        "unread": unread,
        "stands_still": stands_still,
        "touring": touring.guide,
        "version": current_app.config.get("VERSION", ""),
    }


def register(app: Flask) -> None:
    dates.register(app)
    app.context_processor(_values)
    shared: dict[str, Callable[..., Any] | str] = {
        "sprite": f"{app.static_url_path}/sprite.svg",
        "new_request_key": page.new_request_key,
        "of": _of,
    }
    app.jinja_env.globals.update(shared)


def _of(field: Any) -> dict[str, Any]:
    """A WTForms field as the plain values that a component takes."""
    raw = field.raw_data[0] if getattr(field, "raw_data", None) else field.data
    required = bool(getattr(field.flags, "required", False))
    return {"name": field.name, "id": field.id, "value": raw, "errors": field.errors, "required": required}
