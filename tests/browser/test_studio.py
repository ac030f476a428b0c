"""The studio with a script: it saves by itself, and the keys put stages in order."""

from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visit
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
