"""The rater's desk in a real browser: by keyboard alone, on a phone, kept as it is typed."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from models.accounts import Account
from models.base import writing
from tests.browser.conftest import Visit, sticks_out
from tests.services.houses import PASSWORD
from tests.services.panels import Panel
from workflow.services import passwords

pytestmark = pytest.mark.browser


@pytest.fixture
def panel(app: Flask, now: datetime) -> Panel:
    """One case before its examiners, two before five drawn experts, of which the first two sheets are in."""
    with app.app_context():
        made = Panel(now - timedelta(minutes=5))
        made.practical = made.at_practical()[0]
        made.expert = made.at_panel(2)
        with writing() as session:
            session.execute(update(Account).values(password_hash=passwords.hashed(PASSWORD)))
    return made


def login_of(panel: Panel, app: Flask, ref: str) -> str:
    with app.app_context():
        seated = panel.seated(ref)[0]
    return next(who for who, actor in panel.people.items() if actor == seated)


def top(page: Page, part: str) -> float:
    box = page.locator(part).bounding_box()
    assert box
    return box["y"]


def kept(page: Page) -> None:
    expect(page.locator("[data-state]")).to_contain_text("已存，还没有提交")


def test_a_sheet_is_filled_in_and_handed_in_by_keyboard_alone(app: Flask, visit: Visit, panel: Panel) -> None:
    who = login_of(panel, app, panel.expert[0])
    expert = visit()
    expert.sign_in(who)
    page = expert.open("/review")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="声明并开始评审").press("Enter")
    expect(page.locator("#panel.rating .crit.cur")).to_be_visible()
    assert "叶梓桐" not in page.content()
    page.keyboard.press("1")
    expect(page.locator("#points-effect")).to_have_value("94")
    page.keyboard.press("+")
    expect(page.locator("#points-effect")).to_have_value("95")
    expect(page.locator("#crit-effect [data-needed]")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("2")
    page.keyboard.press("-")
    expect(page.locator("#points-teaching")).to_have_value("81")
    kept(page)
    expect(page.locator("[data-total]")).to_have_text("27.10")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sum")).to_contain_text("要写理由")
    page.locator("#reason-effect").fill("净收入翻番，有对照田")
    first = page.url
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已提交评分")).to_be_visible()
    assert page.url != first


def test_what_is_typed_outlives_the_page(app: Flask, visit: Visit, panel: Panel) -> None:
    with app.app_context():
        item = panel.sheet_of(panel.practical, panel.people["examiner_1"])
    rater = visit()
    rater.sign_in("examiner_1")
    page = rater.open(f"/review/items/{item}")
    page.locator("#points-fabric").fill("77.5")
    kept(page)
    page.reload()
    expect(page.locator("#points-fabric")).to_have_value("77.5")
    expect(page.locator("#crit-fabric label.on")).to_contain_text("良")


def test_an_examiner_rates_on_a_phone_and_without_a_script(app: Flask, visit: Visit, panel: Panel) -> None:
    with app.app_context():
        item = panel.sheet_of(panel.practical, panel.people["examiner_1"])
    for script in (True, False):
        rater = visit("phone", java_script_enabled=script)
        rater.sign_in("examiner_1" if script else "examiner_2")
        page = rater.open(f"/review/items/{item}" if script else "/review")
        if not script:
            page.locator("a.name").first.click()
            page.get_by_role("button", name="声明并开始评审").click()
        for key, points in (("modeling_3d", "88"), ("precision", "80"), ("fabric", "76")):
            page.locator(f"#crit-{key} .lv label").nth(1).click()
            page.locator(f"#points-{key}").fill(points)
        if script:
            assert sticks_out(page) <= 0
            assert top(page, ".sheet-col") < top(page, ".left-col")
        page.locator("[data-submit]").click()
        expect(page.locator("#panel.rating")).to_have_count(0)
