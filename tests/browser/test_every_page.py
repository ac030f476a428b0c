"""Every page of every room, from the application's own table of routes: axe, width, zoom, large text, the keyboard."""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, ViewportSize

from tests.browser.conftest import PHONE, WIDE, Visit, faults_of, sticks_out
from tests.browser.scenes import NOBODY, SCENES
from tests.laws.test_matrix import SUBJECTS, actors, arguments, path_of, routes
from tests.web.town import IDENTITIES, LOGINS, Town, town
from workflow.web.routes import Declared, admits
from workflow.web.routes import Visitor as Room

pytestmark = [pytest.mark.browser, pytest.mark.once]  # what pages look like is no matter of the database
PICTURES = os.environ.get("SCREENSHOTS")
FILE, DATA = "a file to download", "data for a script or a machine"
NO_PAGE = {
    "account.points_file": FILE,
    "admin.organization_list_errors": FILE,
    "admin.organization_list_template": FILE,
    "admin.people_list_errors": FILE,
    "admin.people_list_template": FILE,
    "applicant.certificate_file": FILE,
    "applicant.receipt_answers": FILE,
    "applicant.confirm_file": FILE,
    "applicant.places_below": "a part of the form, which is walked",
    "applicant.token": DATA,
    "applicant.units": DATA,
    "files.download": FILE,
    "files.picture": FILE,
    "health.healthz": DATA,
    "health.readyz": DATA,
    "manager.award_for": "leads to the list of its round",
    "manager.fact_list_errors": FILE,
    "manager.fact_list_preview": "a list looked at, as the list of roles is",
    "manager.fact_list_template": FILE,
    "manager.found_list_errors": FILE,
    "manager.found_list_template": FILE,
    "manager.minutes": FILE,
    "manager.payments_for": "leads to the payment that is owed",
    "manager.recognition_file": FILE,
    "manager.role_list_errors": FILE,
    "manager.role_list_template": FILE,
    "nominator.bulk_errors": FILE,
    "nominator.bulk_template": FILE,
    "nominator.seal": FILE,
    "reviewer.evidence": FILE,
    "reviewer.peek": "a part of the queue, which is walked",
    "reviewer.points_list_errors": FILE,
    "reviewer.points_list_template": FILE,
    "reviewer.results_errors": FILE,
    "reviewer.results_table": FILE,
    "studio.file": FILE,
    "studio.what_if_table": FILE,
}
PREFERRED = {
    Room.PUBLIC: "anonymous", Room.LINK: "anonymous", Room.ACCOUNT: "speaker", Room.APPLICANT: "owner",
    Room.NOMINATOR: "speaker", Room.REVIEWER: "assigned", Room.MANAGER: "manager", Room.AUDITOR: "auditor",
}  # fmt: skip
ROOMS = sorted(Room)


def pages(app: Flask) -> list[Declared]:
    """What opens by a look and is walked in no scene of its own."""
    return [one for one in routes(app) if "GET" in one.methods and one.endpoint not in NO_PAGE]


def in_scenes() -> set[str]:
    return {stop.endpoint for scene in SCENES.values() for stops in scene.stops.values() for stop in stops}


def in_town(app: Flask) -> list[Declared]:
    """What the town of the matrix of routes shows to somebody, and no scene shows better."""
    better = in_scenes()
    return [one for one in pages(app) if one.endpoint not in better and _shown(one)]


def _shown(one: Declared) -> bool:
    if not arguments(one.rule):
        return True
    subject = SUBJECTS[one.endpoint]
    return subject.ours is not None and bool(subject.to)


def test_no_page_is_left_out(house: Flask) -> None:
    walked = in_scenes() | {one.endpoint for one in in_town(house)}
    looks = {one.endpoint for one in routes(house) if "GET" in one.methods}
    assert looks - walked == set(NO_PAGE)


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room(app: Flask, visit: Visit, now: datetime, room: Room) -> None:
    wanted = [one for one in in_town(app) if one.door and one.door.visitor == room]
    if not wanted:
        return
    made = town(now)
    by_visitor: dict[str, list[Seen]] = {}
    known = actors(made)
    for one in wanted:
        who = _visitor(one, known)
        by_visitor.setdefault(LOGINS.get(who, NOBODY), []).append(Seen(one.endpoint, _path(one, made)))
    walk, faults = Walk(visit), []
    for login, stops in by_visitor.items():
        faults += walk.faults(login, stops)
    assert not faults, "\n".join(faults)


def _visitor(one: Declared, known: dict[str, Any]) -> str:
    assert one.door
    may = [name for name in IDENTITIES if name != "disabled" and admits(one.door, known[name])]
    if arguments(one.rule):
        may = [name for name in may if name in SUBJECTS[one.endpoint].to]
    preferred = PREFERRED.get(one.door.visitor, "")
    return preferred if preferred in may else may[0]


def _path(one: Declared, made: Town) -> str:
    if not arguments(one.rule):
        return one.rule
    ours = SUBJECTS[one.endpoint].ours
    assert ours
    return path_of(one.rule, ours(made))


@pytest.mark.parametrize("name", SCENES)
def test_every_page_of_a_scene(app: Flask, visit: Visit, now: datetime, tmp_path: Path, name: str) -> None:
    scene = SCENES[name]
    made = scene.build(now, tmp_path)
    rules = {one.endpoint: one.rule for one in routes(app)}
    walk, faults = Walk(visit), []
    for who, stops in scene.stops.items():
        paths = [path_of(rules[stop.endpoint], stop.names(made)) + _query(stop.query, made) for stop in stops]
        seen = [Seen(stop.endpoint, path, stop.status) for stop, path in zip(stops, paths, strict=True)]
        faults += walk.faults(getattr(made, who, who) if who else NOBODY, seen)
    assert not faults, "\n".join(faults)


def _query(query: str, made: Any) -> str:
    return query if query[:1] in ("", "?") else str(getattr(made, query))


class Seen(NamedTuple):
    endpoint: str
    path: str
    status: int = 200


# -- at each page ------------------------------------------------------------------------------------------------------
STOPS = 5
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const around = at.closest("label, .pickfile, .seg");
  const outlined = one => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0;
  const drawn = one => one && (outlined(one) || one.boxShadow !== "none");
  return [at === document.body, drawn(style) || drawn(around && getComputedStyle(around)),
    box.width > 0 && box.bottom > 0 && box.top < innerHeight, at.outerHTML.slice(0, 120)];
}"""
FROM_THE_TOP = """() => {
  scrollTo(0, 0);
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
ZOOMED = ViewportSize(width=720, height=450)
KEY_OR_HOLE = re.compile(r"\b[a-z]+_[a-z_]+\b(?![.\d])|\bNone\b|\bundefined\b|\{\{|%\(|\bNaN\b")
BARE = "[...document.querySelectorAll('main')].map(one => one.innerText).join('\\n')"


class Walk:
    """One person after the other in one window: wide, at 200 %, narrow as a phone, in large text, in English."""

    def __init__(self, visit: Visit) -> None:
        self.visitor = visit()
        self.login = ""
        self.seen: Counter[str] = Counter()

    def faults(self, login: str, stops: list[Seen]) -> list[str]:
        self.login = login or "nobody"
        self.visitor.page.goto("about:blank")  # what the page before still asks for is not asked in another name
        self.visitor.page.context.clear_cookies()
        if login:
            self.visitor.sign_in(login)
        names = [self._name(stop) for stop in stops]
        self.visitor.page.set_viewport_size(WIDE)
        found = [fault for stop, name in zip(stops, names, strict=True) for fault in self._at(stop, _look, name)]
        self.visitor.cookie("language", "en")
        self.visitor.page.set_viewport_size(PHONE)
        return found + [f for stop, name in zip(stops, names, strict=True) for f in self._at(stop, _english, name)]

    def _name(self, stop: Seen) -> str:
        self.seen[stop.endpoint] += 1
        times = self.seen[stop.endpoint]
        return f"{stop.endpoint}-{self.login}" + (f"-{times}" if times > 1 else "")

    def _at(self, stop: Seen, look: Callable[[Page, Seen, str], list[str]], name: str) -> list[str]:
        page = self.visitor.page
        said: list[str] = []
        page.on("console", note := lambda one: said.append(_spoken(one)) if one.type == "error" else None)
        answer = page.goto(self.visitor.address + stop.path)
        assert answer
        if answer.status != stop.status:
            found = [f"answers {answer.status}"]
        elif page.url != self.visitor.address + stop.path:
            found = [f"leads to {page.url}"]
        else:
            found = look(page, stop, name)
        page.remove_listener("console", note)
        found += [f"console: {one}" for one in said if f"status of {stop.status}" not in one]
        return [f"{stop.endpoint} {stop.path} as {self.login}: {one}" for one in found]


def _spoken(message: ConsoleMessage) -> str:
    return f"{message.text} {message.location['url']}"


def _look(page: Page, stop: Seen, name: str) -> list[str]:
    if stop == Seen("reviewer.queue", "/review") and page.locator("#peek").is_visible():
        page.wait_for_selector("#peek-h")
    _picture(page, f"{name}-wide")
    found = [*_words(page), *_sound(page, "wide")]
    page.set_viewport_size(ZOOMED)
    found += _sideways(page, "at 200 %")
    page.set_viewport_size(PHONE)
    page.evaluate(FROM_THE_TOP)
    _picture(page, f"{name}-phone")
    found += _sound(page, "on a phone")
    page.evaluate("document.documentElement.classList.add('bigger')")
    found += _sideways(page, "with large text")
    _picture(page, f"{name}-big")
    page.set_viewport_size(WIDE)
    return found


def _english(page: Page, stop: Seen, name: str) -> list[str]:
    _picture(page, f"{name}-english")
    words = [one for one in _words(page) if one != "not words: ['None']"]  # English has that word
    return [*words, *_sideways(page, "in English on a phone")]


def _sound(page: Page, how: str) -> list[str]:
    return [*(f"{how}: {one}" for one in [*faults_of(page), *_unseen_focus(page)]), *_sideways(page, how)]


def _words(page: Page) -> list[str]:
    faults = [] if page.title().strip() else ["no title"]
    heads = page.locator("h1").count()
    faults += [] if heads == 1 else [f"{heads} h1"]
    raw = sorted(set(KEY_OR_HOLE.findall(page.evaluate(BARE))))
    return faults + ([f"not words: {raw}"] if raw else [])


def _unseen_focus(page: Page) -> list[str]:
    faults = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        over, drawn, there, what = page.evaluate(FOCUS)
        if over:
            break
        faults += [] if drawn and there else [f"focus cannot be seen ({drawn}, {there}): {what}"]
    return faults


# A field for words in which fewer than four characters can be seen; numbers have fields of their own.
TOO_NARROW = """[...document.querySelectorAll("input:not([type]), input[type=search], input[type=text], textarea")]
  .filter(one => one.checkVisibility() && !one.inputMode && one.getBoundingClientRect().width > 1)
  .filter(one => one.clientWidth < 4 * parseFloat(getComputedStyle(one).fontSize)).map(one => one.name)"""


def _sideways(page: Page, how: str) -> list[str]:
    out = sticks_out(page)
    return ([f"{out} px stick out {how}"] if out > 0 else []) + [
        f"too narrow for words {how}: {name}" for name in page.evaluate(TOO_NARROW)
    ]


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
