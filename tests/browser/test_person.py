"""One person's file: found by initials, opened with a reason, read on a desk and on a phone, and on paper."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.base import writing
from models.people import Person, PersonToken
from tests.browser.conftest import Visit, sound_at_both
from tests.browser.scenes import filed
from tests.services.issued import Grounds
from tests.web.town import give_passwords
from workflow.services import clock, people

pytestmark = pytest.mark.browser


def test_a_file_is_found_opened_and_read(app: Flask, visit: Visit, now: datetime) -> None:
    with app.app_context():
        grounds = Grounds(now)
        (ref,) = grounds.before_award()
        grounds.identify(ref)
        grounds.issue([ref])
        clock.tick(now)
        with writing() as session:
            person = session.get_one(Person, grounds.row_of(session, ref).person_id)
            session.add_all(PersonToken(**row) for row in people.token_rows(person.id, people.person_tokens("叶梓桐")))
        give_passwords()
    visitor = visit()
    visitor.sign_in("manager")
    page = visitor.open("/manage/people")
    page.get_by_label("姓名、拼音、首字母").fill("yzt")
    page.get_by_role("button", name="查找").click()
    sound_at_both(page)
    page.get_by_role("table").get_by_role("link").click()
    page.get_by_role("button", name="写好了，打开").click()
    expect(page.get_by_text("请写明为什么要看")).to_have_count(2)
    page.get_by_label("为什么要看").fill("核对续认材料")
    sound_at_both(page)
    page.get_by_role("button", name="写好了，打开").click()
    expect(page.get_by_role("heading", name="叶梓桐")).to_be_visible()
    expect(page.get_by_text("FE-2026-PATTERN-0001").first).to_be_visible()
    expect(page.get_by_text("现在要办 1 件")).to_be_visible()
    sound_at_both(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="叶梓桐的一人一档")).to_be_visible()


def test_points_marks_and_duties_stand_beside_a_certificate_of_another_program(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    with app.app_context():
        filed(now, tmp_path)
    visitor = visit()
    visitor.sign_in("district")
    page = visitor.open("/manage/people")
    page.get_by_label("姓名、拼音、首字母").fill("gyq")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("table").get_by_role("link").click()
    page.get_by_label("为什么要看").fill("入户走访前了解")
    page.get_by_role("button", name="写好了，打开").click()
    expect(page.get_by_text("2 个项目，2 件")).to_be_visible()
    expect(page.get_by_role("img", name="积分从 100 分到 100 分")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="有效投诉")).to_contain_text("97")
    expect(page.get_by_role("row").filter(has_text="思想状况 85.00")).to_contain_text("84.00")
    expect(page.locator(".st.late")).to_have_count(4)
    page.get_by_role("link", name="看整本台账").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("现有 100 分")
    page.go_back()
    page.get_by_role("link", name="看认定以后的事").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("逾期 4 件")
