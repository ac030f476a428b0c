"""The rooms of the office in a real browser: large text, the keyboard, and a list brought from a file."""

import re
from datetime import date, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor, faults_of, sound_at_both, sticks_out
from tests.services.sheets import id_number, sheet
from tests.web.town import Town, town
from workflow.services import administration, nominators

pytestmark = pytest.mark.browser


@pytest.fixture
def made(visit: Visit, now: datetime) -> Town:
    made = town(now)
    made.plot.plant(4)
    administration.record_fact(
        made.office.accounts, now, made.organization, "staff", 530, date(2026, 10, 1), "社保系统"
    )
    nominators.admit(made.office.programs, now, made.round_ref, "employer", [made.organization])
    return made


def pages(made: Town) -> list[str]:
    one = made.round_ref
    return [
        f"/manage/rounds/{one}", f"/manage/rounds/{one}/roles", f"/manage/rounds/{one}/nominators",
        f"/manage/rounds/{one}/applications", "/manage/applications?state=held", f"/manage/rounds/{one}/extend",
        f"/manage/rounds/{one}/close", f"/manage/rounds/{one}/edit", "/manage/leave",
    ]  # fmt: skip


def test_a_refused_form_is_as_sound_and_takes_the_focus(visit: Visit, made: Town) -> None:
    visitor = visit()
    visitor.sign_in("pro")
    page = visitor.open(f"/manage/programs/{made.program_ref}/versions/1/rounds/new")
    page.locator("#name").fill("2026年度第2批")
    page.get_by_role("button", name="建批次，先不开放").click()
    expect(page.locator(".sum")).to_be_focused()
    expect(page.locator("#name")).to_have_value("2026年度第2批")
    sound_at_both(page)
    page.get_by_role("link", name="请写批次代号，例如 2026-1").click()
    expect(page.locator("#key")).to_be_focused()


def test_large_text_and_contrast_fit_a_phone(visit: Visit, made: Town) -> None:
    visitor = visit("phone")
    visitor.cookie("display", "150.1.1")
    visitor.sign_in("manager")
    for path in pages(made):
        page = visitor.open(path)
        assert sticks_out(page) <= 0, path
        assert faults_of(page) == [], path


def test_a_round_is_planned_and_its_role_bound_by_keyboard_alone(visit: Visit, made: Town) -> None:
    visitor = visit()
    visitor.sign_in("pro")
    page = visitor.open("/manage/rounds")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.get_by_role("link", name="开一个新批次").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="用这一版开批次").first.focus()
    page.keyboard.press("Enter")
    for name, typed in (("key", "2026-3"), ("name", "2026年度第3批")):
        page.locator(f"#{name}").focus()
        page.keyboard.type(typed)
    page.locator("#opens_on").fill("2026-12-01")
    page.locator("#closes_on").fill("2026-12-31")
    page.locator("#places").focus()
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    expect(page.get_by_text("批次建好了，还没有开放")).to_be_visible()
    page.get_by_role("link", name="管理角色").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("加人.*受理员")).first.focus()
    page.keyboard.press("Enter")
    page.locator("#q").focus()
    page.keyboard.type("linzhuguan")
    page.keyboard.press("Enter")
    page.get_by_label("林主管").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="绑定选中的").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已绑定 1 个")).to_be_visible()


def _bring(visitor: Visitor) -> None:
    rows = [("陈一", id_number(1)), ("陈二", "123")]
    page = visitor.open("/office/people/list")
    data = sheet(("姓名", "身份证号"), *rows)
    page.set_input_files("#file", files=[{"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": data}])
    page.get_by_role("button", name="上传，先看每一行").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_looked_at_and_its_good_rows_written(visit: Visit, made: Town, script: bool) -> None:
    visitor = visit(java_script_enabled=script)
    visitor.sign_in("pro")
    _bring(visitor)
    page = visitor.page
    expect(page.get_by_role("heading", name="2 行里有 1 行要改")).to_be_visible()
    if script:
        sound_at_both(page)
    page.get_by_label("只写没有问题的行").check()
    page.get_by_role("button", name="写入 1 行").click()
    expect(page.get_by_text("已写入 1 行，还有 1 行没有写")).to_be_visible()


def test_pressing_twice_invites_once_and_shows_the_link_once(visit: Visit, made: Town) -> None:
    visitor = visit()
    visitor.sign_in("sys")
    page = visitor.open("/office/accounts/new")
    page.locator("#name").fill("顾行")
    page.locator("#login").fill("guxing")
    page.get_by_role("button", name="建账号，取邀请链接").click()
    expect(page.locator("#link")).to_contain_text("/invitations/")
    assert faults_of(page) == []
    page.reload()  # sends the form again
    expect(page.locator("#link")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("顾行")


def test_the_invitation_on_paper_is_the_link_and_its_square(visit: Visit, made: Town) -> None:
    visitor = visit()
    visitor.sign_in("sys")
    page = visitor.open(f"/office/accounts/{made.account}")
    page.get_by_role("button", name="取新的链接").click()
    page.emulate_media(media="print")
    expect(page.locator("#link")).to_be_visible()
    expect(page.locator("svg.qr")).to_be_visible()
    expect(page.get_by_text("这个链接只显示这一次")).to_be_hidden()
