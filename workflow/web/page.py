"""What every view uses: bind the form, who asks, what time it is, render, and go on."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from forms.base import Chosen, Paper
from models.base import reading
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, Reason, Refusal
from workflow.domain.words import Words
from workflow.i18n import Catalogue, language_now
from workflow.web import navigation
from workflow.web.actor import current_actor

Form = TypeVar("Form", bound=Paper)
Speaker = Callable[[Any], str]


def now() -> datetime:
    return datetime.now(UTC)


def actor() -> Actor:
    return current_actor()


def bind(kind: type[Form], /, **values: Any) -> Form:
    """The paper with what was sent, or blank with the values given. A file where text is asked, or text where a file
    is asked, was not sent by a page of ours and counts as nothing."""
    if request.method != "POST":
        return kind(**values)
    files = [pair for pair in request.files.items(multi=True) if kind.takes_file(pair[0])]
    typed = [pair for pair in request.form.items(multi=True) if not kind.takes_file(pair[0])]
    return kind(MultiDict([*files, *typed]), **values)


def sent(form: Paper) -> bool:
    return request.method == "POST" and bool(form.validate())


@contextmanager
def at_fields(form: Paper, *also: type[Refusal]) -> Iterator[None]:
    """A service that refuses what was typed speaks at the fields; other refusals have pages of their own.

    `also` names those that say one sentence about the whole form, such as too many tries.
    """
    try:
        yield
    except InvalidInput as refusal:
        form.take(refusal.reasons)
    except also as refusal:
        form.take([Reason(refusal.words)])


@contextmanager
def one_look() -> Iterator[None]:
    """What several services read in here they read as of one moment, and a case that all of them need only once."""
    with reading():
        yield


def render(template: str, *, status: int | None = None, **values: Any) -> Response:
    """A page. One that shows a refused form says 422 by itself."""
    form = values.get("form")
    refused = isinstance(form, Paper) and bool(form.reasons)
    return make_response(render_template(template, **values), status or (422 if refused else 200))


def go(endpoint: str, **values: Any) -> Response:
    """After an act: 303, so that a refresh repeats the look and never the act."""
    return redirect(url_for(endpoint, **values), 303)


def go_to(target: str | None) -> Response:
    return redirect(navigation.inside(target) or navigation.home_of(actor()), 303)


def tell(text: str, kind: str = "ok", **params: Any) -> None:
    """One sentence on the next page. `kind`: ok, warn, stop."""
    flash(json.dumps([text, {name: str(value) for name, value in params.items()}]), kind)


def say(words: Any) -> str:
    """Words, a program's label or plain text in the reader's language, for a sentence that is put together here."""
    return str(current_app.jinja_env.filters["say"](words))


def speaker() -> Speaker:
    """`say` for many: whose language it is is asked once."""
    catalogue: Catalogue = current_app.extensions["catalogue"]
    return partial(catalogue.say, language=language_now())


def request_key() -> str | None:
    """The key of this submission: the same one twice is one act."""
    return request.form.get("request_key") or None


def seen_version() -> int | None:
    """The version that the page showed, as its hidden field says; None if it is not a number."""
    value = request.form.get("seen_version", "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def new_request_key() -> str:
    return secrets.token_urlsafe(18)


def page_number() -> int:
    value = request.args.get("page", "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 7 else 1


Labels = Mapping[str, Words] | Mapping[str, Words | Chosen]


@dataclass
class IfRefused:
    """What the page of a refusal cannot know by itself: the labels of the fields and where the newest state stands."""

    labels: Callable[[], Labels] = dict
    latest: str | None = None


def if_refused(
    *,
    labels: Labels | Callable[[], Labels] | None = None,
    latest: str | None = None,
) -> None:
    """Say before calling a service, so that a 409 names the kept fields and links to the thing itself.

    Labels that cost a look at the case are given as what looks for them.
    """
    g.if_refused = IfRefused(labels if callable(labels) else lambda: labels or {}, latest)


def refused() -> IfRefused:
    return g.get("if_refused") or IfRefused()


def setting(name: str, otherwise: Any = None) -> Any:
    return current_app.config.get(name, otherwise)
