"""The secretary's board in a real browser: the whole meeting by keyboard, and without a script."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from models.base import writing
from models.people import Person
from models.rounds import Round
from models.work import Conflict
from tests.browser.conftest import Visit
from tests.services.seated import Assembly, assembly
from tests.web.town import give_passwords
from workflow.services.casework import find

pytestmark = pytest.mark.browser
NAMES = ("秦牧野", "沈知予", "梁小满", "卢也", "吴霁", "董时雨", "贺之恒", "方竹青")
TOTALS = {"pattern": [9233, 9100, 9100, 9000], "craft": [8833, 8767, 8767], "media": [7000]}
"""Five places: whoever of the two equal ones comes first is the one alternate; nobody but the meeting can say who."""


@pytest.fixture
def hall(visit: Visit, now: datetime) -> Assembly:
    made = assembly(now, TOTALS)
    with writing() as session:
        session.get_one(Round, made.plot.round_id).settings = {"places": "5"}
        for name, ref in zip(NAMES, made.refs, strict=True):
            row = find(session, ref)
            row.line_organization_id = made.plot.employer_id
            session.get_one(Person, row.person_id).name = name
        near = find(session, made.refs[4]).id
        session.add(Conflict(account_id=made.committee[3].id, application_id=near, ground="employer", noted_at=now))
    made.plot.plant(2)
    give_passwords()
    return made


def test_a_meeting_by_keyboard_from_the_roll_to_the_result(visit: Visit, hall: Assembly) -> None:
    ref = hall.call()
    visitor = visit()
    visitor.sign_in("manager")
    page = visitor.open(f"/manage/meetings/{ref}")
    page.get_by_role("button", name="全部到会").press("Enter")
    first = page.locator(f'input[name="{hall.refs[0]}.for"]')
    first.focus()
    for digits in ("8", "1"):
        page.keyboard.type(digits)
        page.keyboard.press("Enter")
    verdict = page.locator(f"#row-{hall.refs[0]} [data-verdict]")
    expect(verdict).to_have_text("够票")
    page.keyboard.type("2")
    expect(verdict).to_have_text("多出 2 票")
    page.keyboard.press("Backspace")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    for _ in range(7):
        page.keyboard.press("a")
    expect(page.get_by_role("button", name="记入点名和票数")).to_be_focused()
    expect(page.locator("[data-state]")).to_contain_text("草稿已存")
    page.reload()
    expect(page.locator(f'input[name="{hall.refs[7]}.for"]')).to_have_value("9")
    expect(page.locator(f'input[name="{hall.refs[4]}.for"]')).to_have_value("8")
    expect(page.locator("input[name=present]:checked")).to_have_count(9)
    first.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flashes")).to_contain_text("已记入")
    page.get_by_role("link", name="哪些不上这次会").press("Enter")
    for box in page.get_by_role("checkbox").all():
        box.press("Space")
    page.locator("#reason").fill("单位还没有审核")
    page.get_by_role("button", name="不上这次会").press("Enter")
    page.get_by_role("link", name="定先后").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 人排序相同，定先后")
    for place, field in enumerate(page.locator('input[name$=".order"]').all(), start=1):
        field.focus()
        page.keyboard.type(str(place))
    page.locator("#reason").focus()
    page.keyboard.type("再投一次，5 比 4")
    page.get_by_role("button", name="记入先后").press("Enter")
    expect(page.locator("[data-state]")).to_be_attached()
    page.get_by_role("link", name="定稿").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("定稿前再看一遍")
    page.get_by_role("button", name="定稿，按这份名单办").press("Enter")
    expect(page.locator(".page > .note.ok")).to_contain_text("已定稿")


def test_without_a_script_the_same_numbers_are_sent(visit: Visit, hall: Assembly) -> None:
    ref = hall.call()
    visitor = visit(java_script_enabled=False)
    visitor.sign_in("manager")
    page = visitor.open(f"/manage/meetings/{ref}")
    for name, value in (("for", "9"), ("against", "0"), ("abstained", "0")):
        page.locator(f'input[name="{hall.refs[0]}.{name}"]').fill(value)
    for box in page.locator("input[name=present]").all():
        box.check()
    page.get_by_role("button", name="记入点名和票数").click()
    expect(page.locator(".flashes")).to_contain_text("已记入")
    expect(page.locator(f'input[name="{hall.refs[0]}.for"]')).to_have_value("9")
