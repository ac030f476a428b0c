"""A refusal becomes a page here and nowhere else. What was typed is never lost on the way."""

import json
import secrets
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from forms.base import Chosen
from workflow.domain.errors import (
    Change,
    KeyReused,
    MovedOn,
    NotAllowed,
    NotDeclared,
    NotFound,
    NotReady,
    Reason,
    Refusal,
)
from workflow.domain.facts import FACTS
from workflow.domain.words import Words
from workflow.services import accounts
from workflow.services.door import Locked
from workflow.web import navigation, page
from workflow.web.actor import current_actor
from workflow.web.routes import Visitor, door_of

BOOKKEEPING = frozenset({"csrf_token", "request_key", "seen_version", "seen", "next", "kept", "kept_for"})
PRESSED = frozenset({"act", "go", "look", "add_row", "drop_row", "drop_file"})  # buttons: nobody typed what they carry
UNSPOKEN = BOOKKEEPING | PRESSED
KEPT_LIMIT = 200_000  # characters carried through a sign-in; a form of this product is far below
_INSIDE = frozenset({Visitor.REVIEWER, Visitor.MANAGER, Visitor.ADMIN, Visitor.AUDITOR})
SIGNED_OUT = Words("登录已经过期，刚才那一步没有生效。登录后可以接着办")
STALE = Words("这一页开得太久了，刚才那一步没有生效。你写的字都在下面，再按一次就行")
TOO_LARGE = Words("交上来的内容太大，没有收下。单个文件请看页面上写的大小；分几次交也可以")
UNREADABLE = Words("交上来的内容读不出来，没有收下。请回到原来的页面再试一次")
FAULT = Words("系统出了意外，刚才那一步没有生效，也没有只办一半。请再试一次；还不行，请把下面的编号告诉我们")
_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (MovedOn, 409),
    (KeyReused, 409),
    (Locked, 429),
)


@dataclass(frozen=True)
class Kept:
    """One thing that was typed into a form which was not accepted."""

    name: str
    label: Words | None
    value: str


@dataclass(frozen=True)
class Told:
    kind: str
    words: Words
    at: datetime
    who: str


def status_of(refusal: Refusal) -> int:
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 422)


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(("text/html", "application/json"), default="text/html")
    return best == "application/json"


def kept_text() -> tuple[Kept, ...]:
    """The typed text for people to read: no bookkeeping, no button, nothing secret, nothing empty."""
    labels = page.refused().labels()
    return tuple(_kept(name, labels.get(name), value) for name, value in _typed() if name not in UNSPOKEN and value)


def _kept(name: str, label: Words | Chosen | None, value: str) -> Kept:
    if isinstance(label, Chosen):
        return Kept(name, label.label, _say(label.said(value)))
    return Kept(name, label, value)


def kept_for_sending() -> str:
    """Everything needed to send it again after signing in, as the sign-in form carries it along."""
    packed = json.dumps([pair for pair in _typed() if pair[0] != "csrf_token"], ensure_ascii=False)
    return packed if len(packed) <= KEPT_LIMIT else "[]"


def unpack(packed: str) -> tuple[tuple[str, str], ...]:
    """The other half of `kept_for_sending`; anything else that somebody put there counts as nothing."""
    try:
        pairs = json.loads(packed)
    except ValueError:
        return ()
    if not isinstance(pairs, list):
        return ()
    return tuple((pair[0], pair[1]) for pair in pairs if _is_pair(pair))


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)


def _typed() -> Sequence[tuple[str, str]]:
    """Passwords are not carried anywhere; a body too large to be read holds nothing that could be."""
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if not name.startswith("password")]
    except RequestEntityTooLarge:
        return ()


def _inside() -> bool:
    door = door_of(current_app, request.endpoint) if request.endpoint else None
    return door is not None and door.visitor in _INSIDE and current_actor().kind == "account"


def _layout() -> str:
    return "layout/desk.html" if _inside() else "layout/public.html"


def _told(refusal: MovedOn) -> tuple[Told, ...]:
    """What changed, in sentences. Colleagues see by whom; outside the counter the act is enough."""
    ids = {change.by_account_id for change in refusal.changes if change.by_account_id is not None}
    names = accounts.names_of(ids) if ids and _inside() else {}
    return tuple(_one_told(change, names) for change in refusal.changes)


def _one_told(change: Change, names: Mapping[int, str]) -> Told:
    fact = FACTS.get(change.what.text)
    who = names.get(change.by_account_id or 0, "")
    return Told(fact.kind if fact else "done", fact.words if fact else change.what, change.at, who)


def _show(template: str, status: int, **values: Any) -> tuple[str, int]:
    return render_template(f"errors/{template}.html", layout=_layout(), status=status, **values), status


def _reasons(refusal: Refusal) -> tuple[Reason, ...]:
    return refusal.reasons if isinstance(refusal, NotReady) else ()


def refuse(refusal: Refusal) -> Any:
    status = status_of(refusal)
    if wants_json():
        return _json(refusal, status)
    match refusal:
        case NotFound():
            return _show("not_found", 404, words=refusal.words)
        case NotDeclared():
            return _show("not_declared", 403, words=refusal.words, item=refusal.item)
        case NotAllowed():
            return _show("not_allowed", 403, words=refusal.words, home=navigation.home_of(current_actor()))
        case MovedOn():
            changes = _told(refusal)
            return _show("moved_on", 409, changes=changes, words=refusal.words, kept=kept_text(), latest=_latest())
        case KeyReused():
            return _show("key_reused", 409, words=refusal.words, kept=kept_text(), latest=_latest())
        case NotReady():
            reasons = refusal.reasons
            return _show("not_ready", status, words=refusal.words, reasons=reasons, kept=kept_text(), latest=_latest())
        case _:
            return _show("refused", status, words=refusal.words, kept=kept_text(), latest=_latest())


def _json(refusal: Refusal, status: int) -> tuple[Response, int]:
    """For the page's own modules (autosave, upload): the same sentences, told apart by status."""
    reasons = [{"where": reason.where, "words": _say(reason.words)} for reason in _reasons(refusal)]
    changes = [_say(one.words) for one in _told(refusal)] if isinstance(refusal, MovedOn) else []
    return jsonify(words=_say(refusal.words), reasons=reasons, changes=changes), status


def _latest() -> str | None:
    """Where the thing itself stands: as the view said, else the page one came from."""
    latest = page.refused().latest
    if latest:
        return latest
    came_from = request.referrer or ""
    return navigation.inside(came_from.removeprefix(request.host_url.rstrip("/"))) if came_from else None


def sign_in_first() -> Any:
    """Nobody is signed in here (any more): a look goes to the door, an act keeps what was typed."""
    target = request.full_path.rstrip("?")
    if wants_json():
        return jsonify(words=_say(SIGNED_OUT), sign_in=url_for("account.login", next=target)), 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("account.login", next=target), 303)
    return _show("signed_out", 401, words=SIGNED_OUT, kept=kept_text(), packed=kept_for_sending(), target=target)


def _stale_form(error: CSRFError) -> Any:
    """The form is older than the session, or was never ours. Signed in: press once more. Else: sign in, then that."""
    if current_actor().kind != "account" and not _is_open():
        return sign_in_first()
    if wants_json():
        return jsonify(words=_say(STALE)), 400
    pairs = unpack(kept_for_sending())
    return _show("stale_form", 400, words=STALE, kept=kept_text(), pairs=pairs, target=request.full_path.rstrip("?"))


def _is_open() -> bool:
    door = door_of(current_app, request.endpoint or "")
    return door is not None and door.visitor in (Visitor.PUBLIC, Visitor.LINK)


def _too_large(error: RequestEntityTooLarge) -> Any:
    if wants_json():
        return jsonify(words=_say(TOO_LARGE)), 413
    return _show("too_large", 413, words=TOO_LARGE, latest=_latest())


def _plain(error: HTTPException) -> Any:
    """What Flask itself refuses: no such address, a method that the page does not know, a body it cannot read."""
    if error.code is not None and error.code < 400:
        return error
    if error.code in (404, 405):
        return refuse(NotFound())
    if wants_json():
        return jsonify(words=_say(UNREADABLE)), error.code or 400
    return _show("unreadable", error.code or 400, words=UNREADABLE)


def _unexpected(error: Exception) -> Any:
    """A reference number for the reader; a line without personal data for the log: where, and what kind, never what."""
    reference = secrets.token_hex(4).upper()
    places = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}" for place in reversed(places[-8:]))
    current_app.logger.error("fault %s: %s at %s (%s)", reference, type(error).__name__, where, request.endpoint)
    if wants_json():
        return jsonify(words=_say(FAULT), reference=reference), 500
    return _show("fault", 500, words=FAULT, reference=reference)


def _say(words: Words) -> str:
    return str(current_app.jinja_env.filters["say"](words))


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _plain)
    app.register_error_handler(Exception, _unexpected)
