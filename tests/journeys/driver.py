"""A person at a browser: opens pages, reads what stands there, fills the forms that the page really shows, presses.

Nothing here knows an address by heart but those that people type or are given; forms, links, tokens and versions are
taken from the page. Whatever is not answered as expected fails at once, with what the page said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "use", "path", "circle", "rect", "source", "col"})
_TYPED = frozenset({"text", "tel", "email", "number", "date", "area"})
_OF_ONE_PAGE = frozenset({"request_key", "seen", "seen_version"})
"""What a page says of itself: that it is sent once, and what it had shown. Who was shown no page cannot say it."""


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    media_type: str = "application/octet-stream"


Typed = str | File | Sequence[str]


@dataclass
class Control:
    kind: str
    name: str
    value: str = ""
    on: bool = True
    options: list[str] = field(default_factory=list)
    locked: bool = False


@dataclass
class Button:
    words: str
    name: str
    value: str


@dataclass
class Cell:
    words: str = ""
    link: str = ""


@dataclass
class Form:
    action: str
    method: str
    id: str = ""
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls if control.name and not control.locked}

    def value(self, name: str) -> str:
        return next(control.value for control in self.controls if control.name == name and control.on)

    def options(self, name: str) -> list[str]:
        """What may be chosen: of a list, of radio buttons, of boxes to tick."""
        found = [control for control in self.controls if control.name == name]
        return [one for control in found for one in (control.options or [control.value])]

    def filled(self, typed: Mapping[str, Typed], press: str | None) -> dict[str, list[str | tuple[BytesIO, str, str]]]:
        """What a browser would send: what stands there, what is typed over it, and the button that is pressed."""
        unknown = set(typed) - self.names()
        assert not unknown, f"the form {self.action} has no {sorted(unknown)}, only {sorted(self.names())}"
        sent: dict[str, list[str | tuple[BytesIO, str, str]]] = {}
        for control in self.controls:
            if control.name and control.name not in typed and control.on and control.kind != "file":
                sent.setdefault(control.name, []).append(control.value)
        for name, value in typed.items():
            sent[name] = [_sent(one) for one in ([value] if isinstance(value, str | File) else value)]
            self._refuse_impossible(name, value)
        if press is not None:
            button = self.button(press)
            if button.name:
                sent.setdefault(button.name, []).append(button.value)
        return sent

    def _refuse_impossible(self, name: str, value: Typed) -> None:
        kinds = {control.kind for control in self.controls if control.name == name}
        if kinds & {"radio", "checkbox", "select"} and not isinstance(value, File):
            wanted = {value} if isinstance(value, str) else set(value)
            assert wanted <= set(self.options(name)), f"{name}: {wanted} is not among {self.options(name)}"

    def of(self, action: str, token: str) -> "Form":
        """The same form as it stands, still blank, on the page of another thing: its address, and one's own token."""
        own = {"csrf_token": token}
        kept = [each for each in self.controls if each.name not in _OF_ONE_PAGE]
        blank = [replace(each, value=own.get(each.name, "" if each.kind in _TYPED else each.value)) for each in kept]
        return replace(self, action=action, controls=blank)

    def button(self, words: str) -> Button:
        found = [button for button in self.buttons if words in button.words]
        assert found, f"no button {words!r} among {[each.words for each in self.buttons]}"
        return next((button for button in found if button.words == words), found[0])


def _sent(value: str | File) -> str | tuple[BytesIO, str, str]:
    return value if isinstance(value, str) else (BytesIO(value.content), value.name, value.media_type)


class Page(HTMLParser):
    """What one answer shows: its text, its links by their words, its forms."""

    def __init__(self, url: str, status: int, html: str) -> None:
        super().__init__()
        self.url, self.status, self.html = url, status, html
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._rows: list[list[Cell]] = []
        self._cell: Cell | None = None
        self._inside: list[str] = []
        self._form: Form | None = None
        self._strays: list[tuple[str, Control | Button]] = []
        self._link: tuple[str, list[str]] | None = None
        self._button: Button | None = None
        self._area: Control | None = None
        self._select: Control | None = None
        self.feed(html)
        named = {form.id: form for form in self.forms}
        self.dangling = [(owner, thing.name) for owner, thing in self._strays if owner not in named]
        for owner, thing in self._strays:
            if owner in named:
                _add(named[owner], thing)

    # -- reading -------------------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._words))

    def form(self, towards: str = "", *, with_: str = "") -> Form:
        """The form whose address ends so, and which has this control or this button."""
        found = [
            form
            for form in self.forms
            if form.method == "post"
            and urlsplit(form.action).path.endswith(towards)
            and (not with_ or with_ in form.names() or any(with_ in each.words for each in form.buttons))
        ]
        assert found, f"no form {towards!r} with {with_!r} on {self.url}: {[each.action for each in self.forms]}"
        return found[0]

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        found = [address for said, address in self.links if words in said]
        assert found, f"no link {words!r} on {self.url}: {sorted({said for said, _ in self.links})}"
        return found[0]

    def addresses(self, pattern: str) -> list[str]:
        """Every address that the page links to and that looks like this, once, in order."""
        return list(dict.fromkeys(address for _, address in self.links if re.search(pattern, address)))

    def rows(self) -> list[list[str]]:
        """The tables of the page: each cell as its words, or as the address it links to."""
        return [[cell.link or cell.words for cell in row] for row in self._rows if row]

    # -- parsing -------------------------------------------------------------------------------------------------------
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._inside.append(tag)
        match tag:
            case "form":
                action = urljoin(self.url, given.get("action") or self.url)
                self._form = Form(action, given.get("method", "get").lower(), given.get("id", ""))
                self.forms.append(self._form)
            case "tr":
                self._rows.append([])
            case "td" if self._rows:
                self._cell = Cell()
                self._rows[-1].append(self._cell)
            case "a" if "href" in given:
                self._link = (urljoin(self.url, given["href"]), [given.get("aria-label", "")])
                if self._cell is not None:
                    self._cell.link = self._link[0]
            case "input":
                self._input(given)
            case "textarea":
                self._area = Control("area", given.get("name", ""), locked=_is_locked(given))
                self._keep(given, self._area)
            case "select":
                self._select = Control("select", given.get("name", ""), on=False, locked=_is_locked(given))
                self._keep(given, self._select)
            case "option" if self._select is not None:
                self._option(self._select, given)
            case "button" if given.get("type", "submit") == "submit":
                said = given.get("aria-label", "")
                self._button = Button(said, given.get("name", ""), given.get("value", ""))
                self._keep(given, self._button)

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        value = given.get("value", "on" if kind == "checkbox" else "")
        if kind in ("submit", "image"):
            self._keep(given, Button(value, given.get("name", ""), value))
        elif kind not in ("button", "reset"):
            ticked = kind not in ("radio", "checkbox") or "checked" in given
            on = ticked and "disabled" not in given
            self._keep(given, Control(kind, given.get("name", ""), value, on, locked=_is_locked(given)))

    def _option(self, select: Control, given: Mapping[str, str]) -> None:
        value = given.get("value", "")
        if "selected" in given or not select.on:
            select.value, select.on = value, not select.locked
        select.options.append(value)

    def _keep(self, given: Mapping[str, str], thing: Control | Button) -> None:
        if "form" in given:
            self._strays.append((given["form"], thing))
        elif self._form is not None:
            _add(self._form, thing)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "td":
            self._cell = None
        elif tag == "a" and self._link is not None:
            self.links.append((" ".join(self._link[1]).strip(), self._link[0]))
            self._link = None
        elif tag == "button":
            self._button = None
        elif tag == "textarea" and self._area is not None:
            self._area.value = self._area.value.removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        if "script" in self._inside or "style" in self._inside or not data.strip():
            return
        self._words.append(data.strip())
        if self._cell is not None:
            self._cell.words += data.strip()
        if self._link is not None:
            self._link[1].append(data.strip())
        if self._button is not None:
            self._button.words += data.strip()


def _is_locked(given: Mapping[str, str]) -> bool:
    return "disabled" in given or "readonly" in given


def _add(form: Form, thing: Control | Button) -> None:
    if isinstance(thing, Control):
        form.controls.append(thing)
    else:
        form.buttons.append(thing)


@dataclass(frozen=True)
class Seen:
    """One answer that somebody got."""

    who: str
    method: str
    path: str
    status: int


class Browser:
    """One person, one browser: cookies of its own, and the page that is open."""

    def __init__(self, app: Flask, who: str, seen: list[Seen] | None = None, address: str = "127.0.0.1") -> None:
        self._client = app.test_client()
        self._client.environ_base["REMOTE_ADDR"] = address
        self.who = who
        self.token = ""  # that every form of this session carries
        self.seen = seen if seen is not None else []
        self._at: Page | None = None

    @property
    def page(self) -> Page:
        assert self._at is not None, "no page is open"
        return self._at

    def open(self, url: str, *, expect: int = 200) -> Page:
        """Type an address or press a link; where it leads on, go along."""
        return self._arrive("GET", url, self._client.get(_path(url), follow_redirects=False), expect)

    def press(self, words: str) -> Page:
        return self.open(self.page.link(words))

    def send(
        self, form: Form, typed: Mapping[str, Typed] | None = None, *, press: str | None = None, expect: int = 200
    ) -> Page:
        """Fill the form and send it. `expect` is the status of the page that one ends on."""
        return self._arrive("POST", form.action, self._post(form, typed, press), expect)

    def hand_in(self, form: Form, typed: Mapping[str, Typed] | None = None, *, press: str | None = None) -> str:
        """Fill a form and send it without waiting for the page that follows. Where that would be; a refusal fails."""
        answer = self._post(form, typed, press)
        self._note("POST", form.action, answer)
        assert answer.status_code == 303, f"{self.who}: {form.action}: {answer.status}\n{answer.text[:3000]}"
        return urljoin(form.action, answer.headers["Location"])

    def _post(self, form: Form, typed: Mapping[str, Typed] | None, press: str | None) -> TestResponse:
        data = form.filled(typed or {}, press)
        kind = "multipart/form-data" if any(c.kind == "file" for c in form.controls) else None
        return self._client.post(_path(form.action), data=data, content_type=kind, follow_redirects=False)

    def get(self, url: str) -> bytes:
        """A file that the page links to, not a page."""
        answer = self._client.get(_path(url))
        self._note("GET", url, answer)
        assert answer.status_code == 200, (url, answer.status)
        return bytes(answer.data)

    def peek(self, url: str) -> bytes:
        """Whatever is answered, a refusal included; only a fault is none."""
        answer = self._client.get(_path(url))
        assert answer.status_code < 500, (self.who, url, answer.status)
        return bytes(answer.data)

    def _arrive(self, method: str, url: str, answer: TestResponse, expect: int) -> Page:
        self._note(method, url, answer)
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            url = urljoin(url, answer.headers["Location"])
            answer = self._client.get(_path(url), follow_redirects=False)
            self._note("GET", url, answer)
        self._at = Page(url, answer.status_code, answer.text)
        assert answer.status_code == expect, f"{self.who}: {method} {url}: {answer.status}\n{self._at.text[:1500]}"
        assert not self._at.dangling, f"{url}: controls of a form that is not there: {self._at.dangling}"
        tokens = (each.value for form in self._at.forms for each in form.controls if each.name == "csrf_token")
        self.token = next(tokens, self.token)
        return self._at

    def _note(self, method: str, url: str, answer: TestResponse) -> None:
        self.seen.append(Seen(self.who, method, urlsplit(url).path, answer.status_code))


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
