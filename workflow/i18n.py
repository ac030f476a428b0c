"""The reader's language. Source texts are Chinese; every other language is a folder of .po files, read at start.

The catalogue needs no request: messages that leave the house are rendered with it in their recipient's language.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import babel.dates
from babel import Locale
from babel.messages.pofile import read_po
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, get_locale
from markupsafe import Markup

from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words

SOURCE = "zh_Hans"
LANGUAGES = (SOURCE, "en")
COOKIE = "language"
DAY = {SOURCE: "y年M月d日", "en": "d MMM y"}
MOMENT = {SOURCE: "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}


class Conflict(ValueError):
    """One source text has two translations: which of them a reader sees would be chance."""


class Catalogue:
    """Chinese source text -> what a reader of the language sees."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts

    def translate(self, text: str, language: str) -> str:
        return self._texts.get(language, {}).get(text) or text

    def knows(self, text: str, language: str) -> bool:
        return language == SOURCE or bool(self._texts.get(language, {}).get(text))

    def say(self, what: Any, language: str) -> str:
        """Words, a program's label, or plain text, down through everything that stands inside of it."""
        if isinstance(what, Label):
            return what.zh if language == SOURCE or not what.en else what.en
        if isinstance(what, date):
            return written_day(what, language)
        if not isinstance(what, Words):
            return "" if what is None else str(what)
        text = self.translate(what.text, language)
        return (
            text % {name: self._inner(value, language) for name, value in what.params.items()} if what.params else text
        )

    def _inner(self, value: Any, language: str) -> Any:
        if isinstance(value, Words | Label | date):
            return self.say(value, language)
        if isinstance(value, tuple | list):
            return ("、" if language == SOURCE else ", ").join(self.say(one, language) for one in value)
        return value


def load_catalogue(folder: Path) -> Catalogue:
    """Every .po below the folder; one folder per language, one file per room."""
    return Catalogue({language: _language(folder / language) for language in LANGUAGES if language != SOURCE})


def _language(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        for source, translated in _messages(path):
            if texts.setdefault(source, translated) != translated:
                raise Conflict(f"{path}: {source!r} is {texts[source]!r} elsewhere and {translated!r} here")
    return texts


def _messages(path: Path) -> Iterable[tuple[str, str]]:
    with path.open("rb") as file:
        catalog = read_po(file)
    return [(str(one.id), str(one.string)) for one in catalog if one.id and one.string and not one.fuzzy]


def choose(wished: str | None, accepted: Iterable[str]) -> str:
    """What the reader set, else the first language of the browser that we speak, else Chinese."""
    if wished in LANGUAGES:
        return wished
    for tag in accepted:
        if tag.lower().startswith("zh"):
            return SOURCE
        if tag.lower().startswith("en"):
            return "en"
    return SOURCE


def language_now() -> str:
    """The language of this request (`g.language` if the account has set one), or Chinese; chosen once, asked often."""
    if not has_app_context():
        return SOURCE
    here = g._get_current_object()  # past the proxy: a page asks four hundred times
    chosen: str | None = getattr(here, "shown_in", None)
    if chosen is None:
        chosen = here.shown_in = str(get_locale() or SOURCE)
    return chosen


def _of_request() -> str:
    if not has_request_context():
        return SOURCE
    wished = g.get("language") or request.cookies.get(COOKIE)
    return choose(wished, request.accept_languages.values())


def register(app: Flask, folder: Path) -> Catalogue:
    catalogue = load_catalogue(folder)
    app.config.update(BABEL_DEFAULT_LOCALE=SOURCE, BABEL_DEFAULT_TIMEZONE="Asia/Shanghai")
    Babel(app, locale_selector=_of_request)
    gettext: Callable[[str], str] = lambda text: catalogue.translate(text, language_now())  # noqa: E731 - jinja wants one argument
    ngettext: Callable[[str, str, int], str] = lambda one, _many, _n: gettext(one)  # noqa: E731 - Chinese has no plural
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined] # of the i18n extension
    app.jinja_env.globals["_"] = _speaker(catalogue)
    app.jinja_env.filters["say"] = lambda what: catalogue.say(what, language_now())
    app.jinja_env.filters["moment"] = lambda value: _dated(value, MOMENT)
    app.jinja_env.filters["day"] = lambda value: _dated(value, DAY)
    app.jinja_env.globals["language_now"] = language_now
    app.extensions["catalogue"] = catalogue
    return catalogue


def _speaker(catalogue: Catalogue) -> Callable[..., Markup]:
    """What a template calls `_`: as the extension's own, which looks for its context anew two hundred times a page."""

    @lru_cache(maxsize=8192)
    def translated(text: str, language: str) -> Markup:
        return Markup(catalogue.translate(text, language))  # noqa: S704 - templates and catalogues are ours

    def speak(text: str, /, **values: Any) -> Markup:
        said = translated(text, language_now())
        return said % values if values or "%" in said else said

    return speak


def written_day(value: date, language: str) -> str:
    """2026年11月20日 · 20 Nov 2026: a day as people name it, without a request."""
    return babel.dates.format_date(value, DAY[language], locale=Locale.parse(language))


def _dated(value: date | None, formats: Mapping[str, str]) -> str:
    """An instant is shown in the time of the place; a date that people named stays as it is."""
    if value is None:
        return ""
    written = formats[language_now()]
    return str(format_datetime(value, written) if isinstance(value, datetime) else format_date(value, written))
