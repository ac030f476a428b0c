"""After publishing, with a script: cases are searched for and ticked, and a long list is followed to its end."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, faults_of, sticks_out
from tests.services.houses import account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import ROUTE, WAGE, next_version
from tests.stories import Story
from tests.web.town import give_passwords
from workflow.domain.actor import Office
from workflow.services import programs
from workflow.services.studio import adopting
from workflow.services.studio.adopting_plan import Choice

pytestmark = [pytest.mark.browser, pytest.mark.once]


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_cases_are_searched_for_looked_at_and_chosen(app: Flask, visit: Visit, now: datetime, size: str) -> None:
    plot = Plot(now)
    refs = plot.plant(6)
    plot.endorse(refs[0])
    builder = account(now, "builder", name="江述", office=Office.PROGRAMS)
    made = programs.publish(next_version(), builder, now)
    adopting.adopt(made.version_id, builder, now)
    give_passwords()
    visitor = visit(size)
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/versions/{made.program_ref}/2/cases")
    page.get_by_label("新增字段「月薪」").check()
    page.get_by_label("只改选定的件").check()
    page.get_by_label("找件").fill("形式")
    page.keyboard.press("Enter")
    page.locator("input[name=case]").check()
    page.get_by_label("找件").fill("")
    page.get_by_role("button", name="先看会改到哪些").last.click()
    expect(page.locator("#whom h2")).to_contain_text("会改到 1 件")
    assert faults_of(page) == []
    assert sticks_out(page) <= 0
    shot(page, f"adopting-look-{size}")
    page.locator("#reason").fill("只补这一件")
    page.get_by_role("button", name="把勾上的改到在办的件").click()
    expect(page.get_by_text("只改选定的 1 件")).to_be_visible()
    assert faults_of(page) == []
    shot(page, f"adopting-done-{size}")


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_what_is_asked_anew_stands_on_the_page_of_the_case(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path, size: str
) -> None:
    story = Story(now, tmp_path)
    ref = story.submitted()
    builder = account(now, "builder", name="江述", office=Office.PROGRAMS)
    made = programs.publish(next_version(), builder, now)
    adopting.adopt(made.version_id, builder, now, choice=Choice(frozenset({WAGE, ROUTE})), reason="办法修订")
    give_passwords()
    visitor = visit(size)
    visitor.sign_in("person0")
    page = visitor.open(f"/apply/{ref}")
    expect(page.locator("#asked-anew")).to_contain_text("月薪")
    assert (faults_of(page), max(0, sticks_out(page))) == ([], 0)
    shot(page, f"asked-anew-status-{size}")
    page.get_by_role("link", name="去补填").click()
    assert (faults_of(page), max(0, sticks_out(page))) == ([], 0)
    shot(page, f"asked-anew-correct-{size}")
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/programs/{made.program_ref}/cases")
    assert (faults_of(page), max(0, sticks_out(page))) == ([], 0)
    shot(page, f"pinned-{size}")
    page = visitor.open(f"/studio/versions/{made.program_ref}/2/cases")
    expect(page.locator(".wordwise del").first).to_contain_text("理论测试")
    shot(page, f"wordwise-{size}")


def test_a_long_list_is_followed_until_it_has_ended(app: Flask, visit: Visit, now: datetime) -> None:
    plot = Plot(now)
    plot.plant(3)
    builder = account(now, "builder", name="江述", office=Office.PROGRAMS)
    made = programs.publish(next_version(), builder, now)
    key = adopting.begin(made.version_id, builder, now)
    give_passwords()
    visitor = visit()
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/versions/{made.program_ref}/2/cases?done={key}")
    expect(page.locator("#going-on")).to_contain_text("看了 0 件，共 3 件")
    assert faults_of(page) == []
    shot(page, "adopting-going-on")
    adopting.carry_out(now + timedelta(minutes=1))
    expect(page.get_by_text("改了哪 3 件")).to_be_visible()
