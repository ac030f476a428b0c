"""Chromium, once per session; a browser per person, wide or on a phone; what every page must stand: axe, its width."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.web.front import session_cookie
from workflow.services import passwords

WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
SIZES = {"wide": WIDE, "phone": PHONE}
WAIT_MS = 60_000


@pytest.fixture(autouse=True)
def _cheap_passwords() -> None:
    passwords.configure(passwords.CHEAP)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One browser of one person. `open` takes paths of the house."""

    page: Page
    address: str
    app: Flask

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, login: str) -> None:
        """Without the browser, which is quicker; `test_face.py` walks through the door by hand."""
        self.cookie(*session_cookie(self.app, login))

    def cookie(self, name: str, value: str) -> None:
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.address}])


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(app: Flask, address: str, chromium: Browser) -> Iterator[Visit]:
    """`visit("phone")`, `visit(java_script_enabled=False)`: as many browsers as a test needs, each on its own."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def enter(size: str = "wide", **options: object) -> Visitor:
        settings = {"viewport": SIZES[size], "locale": "zh-CN", "reduced_motion": "reduce", **options}
        context = chromium.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.on("weberror", lambda found: faults.append(str(found.error)))
        return Visitor(context.new_page(), address, app)

    yield enter
    for context in contexts:
        context.close()
    assert not faults, faults


# Only what is wrong travels back, and the 570 KB of axe go to a page once however often it is asked.
FAULTS = """axe.run({ resultTypes: ["violations"] }).then(found => found.violations.map(rule =>
  `${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 5).map(node => node.target).join("; ")}`))"""


def faults_of(page: Page) -> list[str]:
    """What axe finds, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(FAULTS))


def sticks_out(page: Page) -> int:
    """By how many pixels one would have to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def sound_at_both(page: Page) -> None:
    """What a page must stand: axe and its width, as it is on a desk and then on a phone."""
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        assert faults_of(page) == [], (page.url, size)
        assert sticks_out(page) <= 0, (page.url, size)
