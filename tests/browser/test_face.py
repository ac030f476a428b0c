"""The pages of the public and the account in a real browser: axe, width, keyboard, and without a script."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDE, Visit, Visitor, faults_of, sound_at_both, sticks_out
from tests.services.houses import account, officers
from tests.web.front import open_round
from workflow.services import accounts

pytestmark = pytest.mark.browser
OPEN = (
    "/", "/programs/r-fashion_engineer", "/programs/r-yongning_juncai", "/login", "/register", "/forgotten",
    "/settings", "/accessibility", "/privacy", "/caught", "/nothing-here", "/invitations/dead",
)  # fmt: skip


@pytest.fixture
def open_rounds(visit: Visit, now: datetime) -> None:
    open_round(now)
    open_round(now, "yongning_juncai", days=2)
    open_round(now, "hundred_villages", days=None)


@pytest.mark.usefixtures("open_rounds")
def test_in_english_axe_finds_nothing_and_a_narrow_window_scrolls_one_way_only(visit: Visit) -> None:
    visitor = visit()
    visitor.cookie("language", "en")
    for path in OPEN:
        page = visitor.open(path)
        assert faults_of(page) == [], path
        for width in (720, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert sticks_out(page) <= 0, (path, width)
        page.set_viewport_size(WIDE)


def test_axe_finds_nothing_on_refused_forms_and_filled_pages(visit: Visit, now: datetime) -> None:
    ref = open_round(now)
    invited = accounts.invite(officers(now).accounts, now, "温以宁", login="wenyn", phone="13800003333")
    visitor = visit()
    page = visitor.open(f"/invitations/{invited.token}")
    page.get_by_role("button", name="定下口令并登录").click()
    expect(page.locator(".sum")).to_be_focused()
    sound_at_both(page)
    _check(visitor, ref)
    expect(page.get_by_text("还差 8 学时")).to_be_visible()
    sound_at_both(page)


def _check(visitor: Visitor, ref: str) -> None:
    page = visitor.open(f"/programs/{ref}")
    page.get_by_label("服装制版").check()
    for name, value in (("insured_months", "12"), ("years", "4"), ("training_hours", "32"), ("person-age", "33")):
        page.locator(f"#check-{name}").fill(value)
    page.get_by_role("button", name="看结果").click()


@pytest.mark.usefixtures("open_rounds")
def test_large_text_and_contrast_fit_a_phone(visit: Visit) -> None:
    visitor = visit("phone")
    visitor.cookie("display", "150.1.1")
    for path in OPEN:
        page = visitor.open(path)
        assert sticks_out(page) <= 0, path
        assert faults_of(page) == [], path


def test_the_first_key_offers_to_skip_to_the_content(visit: Visit) -> None:
    page = visit().open("/login")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#login")).to_be_focused()


def test_focus_can_be_seen_on_everything_one_can_reach(visit: Visit) -> None:
    page = visit().open("/login")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "() => { const at = document.activeElement, style = getComputedStyle(at);"
            " return [at.outerHTML.slice(0, 120), at === document.body || style.outlineStyle + style.outlineWidth]; }"
        )
        if outline is True:
            break
        seen.add(name)
        assert outline not in ("none0px", "none3px"), name
    assert len(seen) > 8


def test_signing_in_works_by_keyboard_alone(visit: Visit, now: datetime) -> None:
    account(now, "wang", name="王芳")
    page = visit().open("/login")
    page.locator("#login").focus()
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    page.keyboard.type("Silk-thread-42")
    page.keyboard.press("Enter")
    expect(page.get_by_text("王芳").first).to_be_visible()


def test_a_menu_opens_and_closes_by_keyboard(visit: Visit, now: datetime) -> None:
    account(now, "wang", name="王芳")
    visitor = visit()
    visitor.sign_in("wang")
    page = visitor.open("/")
    page.locator("summary", has_text="王芳").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="改口令")).to_be_visible()
    page.locator("main").click()
    expect(page.get_by_role("link", name="改口令")).to_be_hidden()


def test_everything_works_without_a_script(visit: Visit, now: datetime) -> None:
    account(now, "wang", name="王芳")
    ref = open_round(now)
    visitor = visit("phone", java_script_enabled=False)
    _check(visitor, ref)
    expect(visitor.page.get_by_text("还差 8 学时")).to_be_visible()
    visitor.sign_in("wang")
    page = visitor.open("/")
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_class("big")
    page.locator("summary", has_text="王芳").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("已退出登录")).to_be_visible()


def test_pressing_twice_sends_once(visit: Visit, now: datetime) -> None:
    page = visit().open("/register")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator("#address").fill("13800002222")
    page.locator("main form").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
    expect(page.get_by_label("验证码")).to_be_visible()
    assert len(posts) == 1


def test_paper_gets_the_text_without_the_frame(visit: Visit, now: datetime) -> None:
    ref = open_round(now)
    page = visit().open(f"/programs/{ref}")
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.locator("footer")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
