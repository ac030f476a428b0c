"""The queue at work: a kept view, many handed over at once, and panes that end where the window ends."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visit, sound_at_both
from tests.stories import Story
from workflow.services import saved_views

pytestmark = pytest.mark.browser
BELOW = "box => window.innerHeight - document.querySelector(box).getBoundingClientRect().bottom"


@pytest.fixture
def story(app: Flask, now: datetime, tmp_path: Path) -> Story:
    with app.app_context():
        made = Story(now, tmp_path)
        made.at_formal()
        made.at_formal()
        saved_views.keep(made["clerk"], now, "个人申报的制版", "channel=self&track=pattern")
    return made


def test_ticked_rows_go_to_a_colleague_through_a_list_to_confirm(visit: Visit, story: Story) -> None:
    visitor = visit()
    visitor.sign_in("clerk")
    page = visitor.open("/review")
    page.get_by_role("link", name="个人申报的制版").click()
    sound_at_both(page)
    for box in page.locator("input[name=pick]").all():
        box.check()
    page.get_by_role("button", name="转交选中的").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("转交这 2 件")
    sound_at_both(page)
    page.get_by_label("温以宁").check()
    page.get_by_role("button", name="转交这 2 件").click()
    expect(page.locator(".undo")).to_contain_text("转交给温以宁 2 件")
    expect(page.get_by_role("heading", level=1)).to_contain_text("0 件")


def test_the_panes_end_where_the_window_ends(app: Flask, visit: Visit, story: Story) -> None:
    visitor = visit("wide")
    visitor.sign_in("clerk")
    assert visitor.open("/review").evaluate(BELOW, ".q3") == 0
    page = visitor.page
    page.locator("a.name").first.click()
    page.wait_for_selector(".desk2")
    assert page.evaluate(BELOW, ".desk2") == 0


LONG = """() => {
  const words = {1: "● 逾期 174 日 08-04", 2: "阿依古丽江", 4: "时尚新媒体营销 资格审查（复核）",
    5: "培训机构推荐 锦澜服装实训中心", 7: "等你登记付款"};
  for (const row of document.querySelectorAll(".qt tbody tr"))
    for (const [at, text] of Object.entries(words))
      (row.cells[at].querySelector(".due, a") ?? row.cells[at]).textContent = text;
  const box = name => document.querySelector(name).getBoundingClientRect();
  return [box(".qt").right <= box(".q3 > .mid").right, box(".q3 > .peek").width > 0, box(".bar-in").height]; }"""


def test_the_last_column_stands_whole_beside_the_preview(app: Flask, visit: Visit, story: Story) -> None:
    visitor = visit("wide")
    visitor.sign_in("clerk")
    page = visitor.open("/review")
    page.wait_for_selector("#peek-h")
    fits, beside, head = page.evaluate(LONG)
    assert (fits, beside, head < 60) == (True, True, True)
