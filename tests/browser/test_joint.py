"""A joint check in a real browser: a department by keyboard and on a phone, the lead's matrix by arrows, axe, width."""

from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, faults_of, sticks_out
from tests.browser.departments import asked, come
from tests.services.jointly import GROUNDS, JointPlot

pytestmark = pytest.mark.browser


@pytest.fixture
def plot(app: Flask, now: datetime) -> JointPlot:
    return asked(app, now)


def current(page: Page) -> str:
    return page.locator("tr.cur .name").inner_text()


def test_a_department_answers_by_keyboard_alone(visit: Visit, plot: JointPlot) -> None:
    page = come(visit, "court").open("/review/joint")
    expect(page.locator("h1")).to_have_text("4 人待反馈，1 人逾期")
    assert current(page) == "许拾", "the most urgent one stands first"
    assert faults_of(page) == []
    page.keyboard.press("1")
    expect(page.get_by_text("许拾：无异议")).to_be_visible()
    expect(page.locator("h1")).to_have_text("3 人待反馈，0 人逾期")
    expect(page.locator("tr.cur .name")).to_have_text("姚栩")
    expect(page.locator("tr.cur .name")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text("4 人待反馈，0 人逾期")  # its clock runs as if nothing had been said
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("已选 2 人").first).to_be_visible()
    page.get_by_role("button", name="无异议，先看名单").click()
    expect(page.locator("h1")).to_have_text("对这 2 人答复无异议")
    assert faults_of(page) == []
    page.get_by_role("button", name="确认：这 2 人无异议").click()
    expect(page.locator("h1")).to_have_text("2 人待反馈，0 人逾期")
    page.keyboard.press("2")
    expect(page.locator("h1")).to_contain_text("请法院答复")
    expect(page.get_by_label("有异议", exact=True)).to_be_checked()
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.locator("#sum-h")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("是哪一类").select_option("judgment")
    page.get_by_label("依据的文号或编号").fill(GROUNDS.basis)
    page.get_by_label("详情").fill(GROUNDS.detail)
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("：有异议")).to_be_visible()
    expect(page.locator("h1")).to_have_text("1 人待反馈，0 人逾期")


def test_a_department_on_a_phone(visit: Visit, plot: JointPlot) -> None:
    visitor = come(visit, "court", "phone")
    page = visitor.open("/review/joint")
    assert sticks_out(page) == 0
    assert faults_of(page) == []
    button = page.get_by_role("button", name="无异议", exact=False).first
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.locator("tr", has_text="许拾").get_by_role("button", name="不掌握").click()
    expect(page.locator("h1")).to_have_text("3 人待反馈，0 人逾期")
    page.locator("tr", has_text="姚栩").get_by_role("link", name="姚栩").click()
    expect(page.locator("h1")).to_contain_text("姚栩")
    assert sticks_out(page) == 0
    assert faults_of(page) == []


def test_the_lead_walks_the_matrix_and_concludes(visit: Visit, plot: JointPlot) -> None:
    visitor = come(visit, "manager")
    page = visitor.open(f"/manage/rounds/{plot.round_ref}/joint/joint")
    expect(page.locator("h1")).to_contain_text("6 人 × 4 个部门")
    assert faults_of(page) == []
    page.locator("body").press("ArrowDown")
    first = page.locator(".mx .cell").first
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#cell h2")).to_have_text("沈知予，市监部门")
    expect(page.locator("#cell")).to_contain_text(GROUNDS.basis)
    assert faults_of(page) == []
    page.locator(".mx .cell[data-role=court]").nth(1).focus()
    page.keyboard.press("b")
    expect(page.locator("#urge-court button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已催 1 个部门，共 2 人会收到提醒")).to_be_visible()
    page.locator("body").press("f")
    expect(page.locator(".mx tbody tr:not(.grp)")).to_have_count(4)
    page = visitor.open(f"/manage/joint/{plot.refs[2]}")
    assert faults_of(page) == []
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("#sum-h")).to_be_visible()
    page.get_by_label("市监部门不掌握，另外怎么核实的").fill("查了市监系统，无记录")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("h1")).to_contain_text("5 人 × 4 个部门")
    page.get_by_label("选 方竹青").check()
    page.get_by_role("button", name="通过选中的，先看名单").click()
    assert faults_of(page) == []
    page.get_by_role("button", name="确认通过这 1 人").click()
    expect(page.locator("h1")).to_contain_text("4 人 × 4 个部门")


def test_the_lead_opens_an_objection_with_a_reason_on_a_phone(visit: Visit, plot: JointPlot) -> None:
    visitor = come(visit, "manager", "phone")
    page = visitor.open(f"/manage/rounds/{plot.round_ref}/joint/joint")
    assert sticks_out(page) == 0
    assert faults_of(page) == []
    page = visitor.open(f"/manage/joint/{plot.refs[1]}")
    assert sticks_out(page) == 0
    assert faults_of(page) == []
    expect(page.get_by_text(GROUNDS.detail)).to_have_count(0)
    page.get_by_label("为什么要看详情").fill("核对是否已履行")
    page.get_by_role("button", name="查看详情").click()
    expect(page.get_by_text(GROUNDS.detail)).to_be_visible()
    page = visitor.open("/manage/joint")
    assert sticks_out(page) == 0
    assert faults_of(page) == []
