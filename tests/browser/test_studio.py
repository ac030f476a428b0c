"""The studio with a script: it saves by itself, and the keys put stages in order."""

import re
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_of
from tests.services.houses import account
from tests.web.town import give_passwords
from workflow.domain.actor import Office
from workflow.domain.program.editing import value_at
from workflow.services.studio import drafts

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_a_change_is_saved_by_itself_and_a_stage_moves_by_keys(app: Flask, visit: Visit, now: datetime) -> None:
    builder = account(now, "builder", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    give_passwords()
    visitor = visit()
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/{ref}?at=stages/formal")
    page.get_by_label("签字人数").fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("改到第 1 次")
    page.locator("#p-due-n").fill("4")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("改到第 2 次")
    page.locator("[data-path='stages/formal'] a").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#saved")).to_contain_text("改到第 3 次")
    expect(page.locator("[data-path='stages/formal'] a")).to_be_focused()
    text = drafts.shown(ref, builder).text
    formal = value_at(text, ("stages", "formal"))
    assert formal is not None
    assert (formal["signers"], formal["due"], value_at(text, ("route", "0"))) == (2, "4wd", "formal")


def test_what_was_typed_last_goes_before_a_link_is_followed(app: Flask, visit: Visit, now: datetime) -> None:
    """And what was not understood is shown at its control instead of being left behind."""
    builder = account(now, "builder", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    give_passwords()
    visitor = visit()
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/{ref}?at=stages/formal")
    page.get_by_label("签字人数").fill("2")
    page.locator("#tabs").get_by_role("link", name="表单").click()
    page.wait_for_url("**tab=form**")
    assert value_at(drafts.shown(ref, builder).text, ("stages", "formal", "signers")) == 2
    page = visitor.open(f"/studio/{ref}?at=stages/formal")
    page.get_by_label("签字人数").fill("两")
    page.locator("#tabs").get_by_role("link", name="表单").click()
    expect(page.get_by_label("签字人数")).to_have_accessible_description(re.compile("“两”不是整数"))
    expect(page.get_by_label("签字人数")).to_have_value("两")
    page.get_by_label("签字人数").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("改到第 2 次")
    assert value_at(drafts.shown(ref, builder).text, ("stages", "formal", "signers")) == 3


def test_a_finding_stands_at_its_control_with_its_way_out(app: Flask, visit: Visit, now: datetime) -> None:
    builder = account(now, "builder", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    give_passwords()
    visitor = visit()
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/{ref}?at=eligibility/rules/E2")
    rule = page.get_by_label("算式", exact=True).last
    rule.fill("yeers >= 3")
    page.keyboard.press("Tab")
    expect(rule).to_have_accessible_description(re.compile("这里用不到“yeers”.*第 1 个字符"))
    expect(rule).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#p-rule mark")).to_have_text("yeers")
    assert faults_of(page) == []
    tops = {page.locator(part).evaluate("one => one.getBoundingClientRect().top") for part in ("#list", "#checks")}
    assert len(tops) == 1, "the check stands beside the part, not below it"
    page.locator("#p-rule").get_by_role("button", name="改成 years").click()
    expect(rule).to_have_value("years >= 3")
    expect(page.locator("#p-rule mark")).to_have_count(0)


def test_names_and_values_are_offered_while_a_rule_is_written(app: Flask, visit: Visit, now: datetime) -> None:
    """By what one calls them too; after a comparison those of its sort; all by the keyboard."""
    builder = account(now, "builder", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    give_passwords()
    visitor = visit()
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/{ref}?at=eligibility/rules/E2")
    rule = page.get_by_label("算式", exact=True).last
    offered = page.locator("#completes").get_by_role("option")
    rule.fill("")
    page.keyboard.type("年限")
    expect(offered).to_have_text(re.compile("years"))
    page.keyboard.press("ArrowDown")
    expect(rule).to_have_attribute("aria-activedescendant", "completes-0")
    page.keyboard.press("Enter")
    expect(rule).to_have_value("years")
    page.keyboard.type(" >= 3 && post == ")
    expect(offered.first).to_have_text(re.compile("'制版师'"))
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type("'工")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(rule).to_have_value("years >= 3 && post == '工艺员'")
    expect(page.locator("#saved")).to_contain_text("改到第")
    page.keyboard.type(" && coun")
    expect(offered).to_have_text(re.compile("count"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_without_a_script_the_names_stand_in_a_list(app: Flask, visit: Visit, now: datetime) -> None:
    builder = account(now, "builder", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    give_passwords()
    visitor = visit(java_script_enabled=False)
    visitor.sign_in("builder")
    page = visitor.open(f"/studio/{ref}?at=eligibility/rules/E2")
    page.get_by_text("算式里可以用的名字").click()
    expect(page.locator(".names").first).to_contain_text("本工种从业年限")
    expect(page.locator(".names").first).to_contain_text("'制版师'")
    expect(page.locator(".names").last).to_contain_text("years_between(日期, 日期)")
