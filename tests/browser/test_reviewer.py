"""The reviewer's room in a real browser: the queue by keyboard alone, the desk, axe, width, and without a script."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import hostile
from tests.browser.conftest import Visit, Visitor, faults_of, sticks_out
from tests.stories import Story
from workflow.services import files

pytestmark = pytest.mark.browser


@pytest.fixture
def story(app: Flask, now: datetime, tmp_path: Path) -> Story:
    """Three cases at the form check: the first looked through and clear, the second untouched, the third unsure."""
    with app.app_context():
        story = Story(now - timedelta(minutes=5), tmp_path)
        refs = [story.at_formal(modeling="no" if number == 2 else "yes") for number in range(3)]
        story.act(refs[0], "judge", "clerk2", verdicts=story.all_ok(refs[0], "clerk2"))
        story.refs = refs
    return story


@pytest.fixture
def clerk(visit: Visit, story: Story) -> Visitor:
    visitor = visit()
    visitor.sign_in("clerk")
    return visitor


def current(page: Page) -> str:
    return page.locator("tr.cur .name").inner_text()


def stage_of(app: Flask, story: Story, number: int) -> str | None:
    with app.app_context():
        return story.row(story.refs[number]).stage_key


def test_the_queue_is_walked_and_answered_by_keyboard_alone(app: Flask, clerk: Visitor, story: Story) -> None:
    page = clerk.open("/review")
    assert current(page) == "叶梓桐"
    expect(page.locator("#peek-h")).to_have_text("叶梓桐")
    page.keyboard.press("j")
    assert current(page) == "顾南枝"
    expect(page.locator("#peek-h")).to_have_text("顾南枝")
    expect(page.locator("tr.cur .name")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#peek")).to_be_hidden()
    page.keyboard.press("Space")
    page.keyboard.press("k")
    expect(page.locator("#peek-h")).to_have_text("叶梓桐")
    page.keyboard.press("a")  # nothing is left to look at: it passes at once
    expect(page.get_by_text("叶梓桐：受理")).to_be_visible()
    expect(page.locator("tr.cur .name")).to_have_text("顾南枝")
    expect(page.locator("tr.cur .name")).to_be_focused()
    assert stage_of(app, story, 0) == "eligibility"
    page.keyboard.press("u")
    expect(page.get_by_text("已撤销刚才的 1 件")).to_be_visible()
    assert stage_of(app, story, 0) == "formal"
    expect(page.locator("#peek-h")).to_have_text("顾南枝")
    page.keyboard.press("a")  # this one wants eyes: it opens
    page.wait_for_url("**/review/items/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("顾南枝")
    assert stage_of(app, story, 1) == "formal"


def test_selecting_says_before_what_will_not_be_done(clerk: Visitor) -> None:
    page = clerk.open("/review")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk-bar")).to_contain_text("已选 3 件")
    expect(page.locator("#bulk-bar")).to_contain_text("通过 1 件")
    expect(page.locator("#bulk-bar")).to_contain_text("另 2 件还要人看，不能成批办")
    assert faults_of(page) == []
    page.locator("[data-pass]").first.click()
    expect(page.get_by_text("已办 1 件", exact=True)).to_be_visible()
    expect(page.get_by_text("顾南枝、陆闻舟：还有要人看的")).to_be_visible()


def test_views_search_and_the_list_of_keys_have_keys_of_their_own(clerk: Visitor) -> None:
    page = clerk.open("/review")
    page.keyboard.press("v")
    page.wait_for_url("**view=late*")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("gnz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="顾南枝")).to_be_visible()
    clerk.open("/review")
    page.keyboard.press("?")
    expect(page.get_by_text("打开或收起预览")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("打开或收起预览")).to_be_hidden()


def test_single_keys_can_be_switched_off(visit: Visit, story: Story) -> None:
    visitor = visit()
    visitor.cookie("display", "100.0.0")
    visitor.sign_in("clerk")
    page = visitor.open("/review")
    first = current(page)
    page.keyboard.press("j")
    assert current(page) == first


def test_a_refused_act_leads_to_each_place_and_loses_no_word(clerk: Visitor) -> None:
    page = clerk.open("/review")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/items/*")
    page.locator("#note").fill("先看合同")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sum")).to_be_focused()
    expect(page.locator("#note")).to_have_value("先看合同")
    page.locator(".sum a").first.click()
    expect(page.locator("#place-works-1-file")).to_be_in_viewport()
    assert faults_of(page) == []


def test_an_answer_is_marked_to_be_corrected_only_where_something_was_written(clerk: Visitor) -> None:
    page = clerk.open("/review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/items/*")
    marks = page.locator(".flagger-on:visible")
    expect(marks).to_have_count(0)
    place = page.locator("#answer-years")
    place.get_by_text("指出问题").click()
    expect(marks).to_have_count(0)
    place.locator("textarea").fill("和合同不一致")
    expect(marks).to_have_count(1)
    expect(place.locator("summary")).to_contain_text("要补正")
    assert faults_of(page) == []


def test_large_text_and_contrast_fit_a_phone(app: Flask, visit: Visit, story: Story) -> None:
    visitor = visit("phone")
    visitor.sign_in("clerk")
    visitor.cookie("display", "150.1.1")
    with app.app_context():
        item = story.item(story.refs[1])
    for path in ("/review", f"/review/items/{item}"):
        page = visitor.open(path)
        assert sticks_out(page) <= 0, path
        assert faults_of(page) == [], path


def test_everything_works_without_a_script(app: Flask, visit: Visit, story: Story) -> None:
    visitor = visit("phone", java_script_enabled=False)
    visitor.sign_in("clerk")
    page = visitor.open("/review")
    page.get_by_role("link", name="顾南枝").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("顾南枝")
    for choice in page.get_by_label("符合", exact=True).all():
        if choice.get_attribute("name") and str(choice.get_attribute("name")).startswith("v."):
            choice.check()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("顾南枝：受理")).to_be_visible()
    assert stage_of(app, story, 1) == "eligibility"
    page.get_by_role("button", name="撤销").click()
    assert stage_of(app, story, 1) == "formal"


def test_pages_of_a_file_stand_small_beside_it(app: Flask, visit: Visit, now: datetime, tmp_path: Path) -> None:
    with app.app_context():
        story = Story(now - timedelta(minutes=5), tmp_path)
        ref = story.at_formal()
        again = {"employment_proof": {"verdict": "flag", "comment": "看不清"}}
        story.act(ref, "return", "clerk", verdicts=again)
        files.attach(ref, "employment_proof", "合同.pdf", BytesIO(hostile.pdf(pages=3)), story["person0"], story.now)
        story.hand_back(ref, "person0")
        item = story.item(ref)
    visitor = visit()
    visitor.sign_in("clerk")
    page = visitor.open(f"/review/items/{item}")
    thumbs = page.locator(".thumbs .thumb")
    expect(thumbs).to_have_text(["1", "2", "3"])
    thumbs.nth(2).click()
    expect(thumbs.nth(2)).to_have_attribute("aria-current", "true")
