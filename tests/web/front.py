"""What tests of the front door share: rounds to look at, signing in through the door, and a strict reader of pages."""

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from models.base import writing
from models.programs import Program, ProgramVersion
from models.rounds import Round
from tests.services.houses import PASSWORD

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
SIDES = ("zh_Hans", "en")
_VOID = {"meta", "link", "input", "br", "hr", "img", "use", "path", "circle", "rect"}


def open_round(now: datetime, key: str = "fashion_engineer", days: int | None = 12, opens: int = -3) -> str:
    """A published program with one round, open unless `opens` lies ahead; the round's ref."""
    source = (PROGRAMS / f"{key}.yaml").read_text("utf-8")
    closes = None if days is None else datetime.combine((now + timedelta(days=days)).date(), time(16), UTC)
    with writing() as session:
        program = Program(ref=f"g-{key}", key=key, name=key, visibility="public", created_at=now)
        session.add(program)
        session.flush()
        version = ProgramVersion(
            program_id=program.id,
            number=1,
            source=source,
            digest=sha256(source.encode()).hexdigest(),
            published_at=now,
        )
        session.add(version)
        session.flush()
        session.add(
            Round(
                ref=f"r-{key}",
                program_id=program.id,
                key="2026-2",
                name="2026年度第2批",
                version_id=version.id,
                state="open",
                opens_at=now + timedelta(days=opens),
                closes_at=closes,
                settings={"places": 80},
                created_at=now,
            )
        )
    return f"r-{key}"


def csrf(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> None:
    token = csrf(client)
    answer = client.post("/login", data={"csrf_token": token, "login": login, "password": password})
    assert answer.status_code == 303, answer.text


def session_cookie(app: Flask, login: str) -> tuple[str, str]:
    """Name and value of the cookie of somebody who has just signed in."""
    client = app.test_client()
    sign_in(client, login)
    name = str(app.config["SESSION_COOKIE_NAME"])
    cookie = client.get_cookie(name)
    assert cookie
    return name, cookie.value


def speak(client: FlaskClient, language: str) -> None:
    client.set_cookie("language", language)


class Page(HTMLParser):
    """The tags of a page with their attributes, in order, and its running text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            if self._inside and self._inside[-1] in ("script", "style"):
                self.tags.append(("inline", {"code": data}))
            self.words.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def faults_of(html: str) -> list[str]:
    """What a page of this house must not be."""
    page = Page(html)
    faults = [f"inline: {tag} {attrs}" for tag, attrs in page.tags if tag in ("style", "inline") or "style" in attrs]
    faults += [f"handler: {tag} {attrs}" for tag, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    faults += [f"from elsewhere: {a}" for _, a in page.tags for n in ("src", "href") if "//" in a.get(n, "")]
    faults += [f"twice: #{i}" for i, n in Counter(a["id"] for _, a in page.tags if "id" in a).items() if n > 1]
    faults += [] if len(page.all("h1")) == 1 else [f"{len(page.all('h1'))} h1"]
    faults += [] if page.all("html")[0].get("lang") else ["no lang"]
    return faults + _unlabelled(page) + _unguarded(html)


def _unlabelled(page: Page) -> list[str]:
    labelled = {label.get("for") for label in page.all("label")}
    controls = [a for tag in ("input", "select", "textarea") for a in page.all(tag) if a.get("type") != "hidden"]
    return [f"no label: {a}" for a in controls if a.get("id") not in labelled and "aria-label" not in a]


def _unguarded(html: str) -> list[str]:
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", html, flags=re.S | re.I)
    return [f"no form token: {form[:80]}" for form in forms if 'name="csrf_token"' not in form]
