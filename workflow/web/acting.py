"""An act of the office: once per page however often it is sent, and what is refused stands where it was typed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request
from werkzeug.wrappers import Response

from forms.base import Paper
from workflow.domain.errors import NotAllowed, NotReady, Reason
from workflow.services import requests
from workflow.web import page

_NOT_SAID = frozenset({"csrf_token", "request_key"})


def once(act: Callable[[], Response]) -> Response:
    """Do it under the key of the page; the same page sent again is led to where the first one went."""
    key, actor = page.request_key(), page.actor()
    if key is None:
        return act()
    said = {name: request.form.getlist(name) for name in sorted(request.form) if name not in _NOT_SAID}
    known = requests.claim(actor, key, {"path": request.path, **said}, page.now())
    if known is not None:
        return page.go_to(known)
    try:
        done = act()
    except BaseException:
        requests.give_back(actor, key)
        raise
    requests.answer(actor, key, done.headers.get("Location") or request.path)
    if done.status_code == 200:
        del done.headers["Location"]  # a page shown once says where the second press leads, for us alone
    return done


@contextmanager
def in_words(form: Paper, **fields: str) -> Iterator[None]:
    """Every refusal of the act speaks on the form's own page: at its field, or above the form.

    `fields`: what the service calls a field -> what it is called on this paper.
    """
    try:
        yield
    except NotReady as refusal:
        form.take(Reason(each.words, fields.get(each.where or "", each.where)) for each in refusal.reasons)
    except NotAllowed as refusal:
        form.take([Reason(refusal.words)])
