"""From where a message leads on to the address of a page, inside a request and for letters that leave the house."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, url_for

from workflow.domain.letters import Place
from workflow.i18n import SOURCE
from workflow.services.composing import House
from workflow.web.context import names_of

INBOX = "account.inbox"
_ROOMS: Mapping[str, tuple[str, str]] = {
    "case": ("applicant.status", "ref"),
    "certificate": ("applicant.certificate", "ref"),
    "points": ("account.points_ledger", "ref"),
    "trainings": ("applicant.own_trainings", ""),
    "item": ("reviewer.item", "ref"),
    "task": ("duties.task", "ref"),
    "follow_up": ("duties.follow_up", "ref"),
    "round_task": ("duties.round_task", "ref"),
    "queue": ("reviewer.queue", ""),
    "round": ("manager.overview", "ref"),
    "retention": ("manager.round_retention", "ref"),
    "department": ("reviewer.joint_list", ""),
    "invitation": ("account.invitation", "token"),
    "confirm_link": ("applicant.confirm", "token"),
    "award_link": ("applicant.confirm_award", "token"),
    "member_link": ("applicant.confirm", "token"),
}


def _door(place: Place | None) -> tuple[str, dict[str, Any]]:
    if place is None:
        return INBOX, {}
    endpoint, name = _ROOMS[place.room]
    return endpoint, {name: place.ref} if name else {}


def url_to(place: Place | None) -> str:
    endpoint, values = _door(place)
    return url_for(endpoint, **values)


def house(app: Flask, say: Callable[[Any, str], str]) -> House:
    """What letters need of the front door, without a request."""
    base = urlsplit(app.config["BASE_URL"])
    name, office = names_of(app)

    def link(place: Place | None) -> str:
        endpoint, values = _door(place)
        doors = app.url_map.bind(base.netloc, url_scheme=base.scheme)
        return doors.build(endpoint, values, force_external=True)

    def said(what: Any, language: str) -> str:
        return say(what, "en" if language == "en" else SOURCE)

    return House(name, office, said, link)
