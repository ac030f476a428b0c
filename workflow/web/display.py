"""How large and how strong the pages are shown: kept in the browser, and with the account once signed in."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from werkzeug.wrappers import Response

from workflow.i18n import COOKIE as LANGUAGE_COOKIE
from workflow.i18n import LANGUAGES

COOKIE = "display"
YEAR = 365 * 24 * 3600
SIZES = ("100", "125", "150")
_CLASS = {"125": "big", "150": "bigger"}


@dataclass(frozen=True)
class Display:
    size: str = "100"
    contrast: bool = False
    keys: bool = True  # single-letter keys on office pages

    @property
    def classes(self) -> str:
        return " ".join(filter(None, (_CLASS.get(self.size), "contrast" if self.contrast else None)))

    def packed(self) -> str:
        return f"{self.size}.{int(self.contrast)}.{int(self.keys)}"


def unpack(packed: str | None) -> Display:
    """What the cookie says; whatever else stands in it counts as nothing."""
    parts = (packed or "").split(".")
    if len(parts) != 3 or parts[0] not in SIZES:
        return Display()
    return Display(parts[0], parts[1] == "1", parts[2] != "0")


def current() -> Display:
    shown = g.get("display")
    return shown if isinstance(shown, Display) else unpack(request.cookies.get(COOKIE))


def wished() -> tuple[Display, str | None]:
    """What this form post asks for; what it does not name stays. The language apart, None if not named."""
    now, form = current(), request.form
    size = form.get("size", now.size)
    contrast = form.get("contrast", "1" if now.contrast else "0") == "1"
    keys = form.get("keys", "1" if now.keys else "0") == "1"
    language = form.get("language")
    return Display(size if size in SIZES else now.size, contrast, keys), language if language in LANGUAGES else None


def keep(response: Response, display: Display, language: str | None) -> Response:
    """The browser remembers, also after signing out: who needs large text needs it at the door."""
    secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
    options: dict[str, Any] = {"max_age": YEAR, "secure": secure, "httponly": True, "samesite": "Lax"}
    response.set_cookie(COOKIE, display.packed(), **options)
    if language:
        response.set_cookie(LANGUAGE_COOKIE, language, **options)
    return response
