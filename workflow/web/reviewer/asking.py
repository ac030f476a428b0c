"""What the address of the queue asks for, and the way back to it from every page that was opened from there."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for

from models.queries.queue_narrowed import Narrowed
from models.queries.queue_views import MINE
from workflow.services import queues
from workflow.services.queues import Wanted
from workflow.web.navigation import url_of

FILTERS = ("stage", "track", "channel", "nominator", "employer", "precheck", "late", "flagged")


def wanted() -> Wanted:
    """What the address asks for; whatever else stands in it counts as nothing."""
    sent = {name: request.values.get(name, "")[:80] or None for name in (*FILTERS, "round")}
    view = request.values.get("view", MINE)
    return Wanted(view if view in queues.VIEWS else MINE, Narrowed(**sent), request.args.get("after"))


def kept_query(asked: Wanted, **changes: str | None) -> str:
    """The view and its filters as a query string: how the desk finds its way back."""
    parts: dict[str, Any] = {"view": asked.view if asked.view != MINE else None, **vars_of(asked.narrowed)}
    return urlencode({name: value for name, value in {**parts, **changes}.items() if value})


def vars_of(narrowed: Narrowed) -> dict[str, str | None]:
    return {name: getattr(narrowed, name) for name in (*FILTERS, "round")}


def with_query(endpoint: str, query: str, **values: Any) -> str:
    address = url_for(endpoint, **values) if values else url_of(endpoint)
    return f"{address}?{query}" if query else address


def wanted_in(query: str) -> Wanted:
    """What a kept query asks for; whatever else stands in it counts as nothing."""
    said = dict(parse_qsl(query))
    view = said.get("view", MINE)
    narrowed = Narrowed(**{name: said.get(name, "")[:80] or None for name in (*FILTERS, "round")})
    return Wanted(view if view in queues.VIEWS else MINE, narrowed)
