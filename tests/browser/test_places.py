"""A place on a phone: the next list opens below what was just chosen, saves itself, and an upper change voids it."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.applications import Answers
from tests.applying import ROOT, intake, one, started
from tests.browser.conftest import Visit
from tests.services.houses import account

pytestmark = pytest.mark.browser
POST = "      post: {name: 岗位"
HOME = "      home: {name: 户籍地, type: region}\n"


def test_the_next_list_opens_below(app: Flask, visit: Visit, now: datetime, tmp_path: Path) -> None:
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8").replace(POST, HOME + POST)
    with app.app_context():
        here = intake(now, tmp_path, text)
        draft = started(here, account(now, "ye", name="叶梓桐"), now)
    phone = visit("phone")
    phone.sign_in("ye")
    page = phone.open(f"/apply/{draft}/form/work")
    lists = page.locator("select[name=home]")
    for number, name in enumerate(("浙江省", "杭州市")):
        expect(lists).to_have_count(number + 1)
        lists.nth(number).select_option(label=name)
    expect(lists).to_have_count(3)
    with page.expect_response(lambda answer: "330102" in (answer.request.post_data or "")):
        lists.nth(2).select_option(label="上城区")
    expect(page.locator("small[data-saved]")).to_have_text(re.compile("已自动保存"))
    page.reload()
    assert [each.input_value() for each in lists.all()] == ["33", "3301", "330102"]
    lists.first.select_option(label="江苏省")
    expect(lists).to_have_count(2)
    expect(page.get_by_label("户籍地：选城市")).to_have_value("")
    page.locator("button[value=exit]").click()
    page.wait_for_url("**/apply")
    with app.app_context():
        assert one(Answers).body["home"] == "32"
