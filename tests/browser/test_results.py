"""The page of results from a table in a real browser: handed in, looked at, taken over; axe and width at both sizes."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, sound_at_both
from tests.services.sheets import sheet
from tests.services.taught import School
from tests.web.town import give_passwords

pytestmark = pytest.mark.browser
HEADER = ("编号", "姓名", "卷面成绩")


def test_a_table_is_looked_at_row_by_row_and_taken_over(visit: Visit, now: datetime) -> None:
    school = School(now)
    one, two, three = (school.named(ref) for ref in school.bring(3))
    give_passwords()
    visitor = visit()
    visitor.sign_in("school")
    page = visitor.open("/review/results")
    sound_at_both(page)
    page.locator("a.name").click()
    sound_at_both(page)

    def hand_in(*rows: tuple[str, ...]) -> None:
        data = sheet(HEADER, *rows)
        page.locator("#file").set_input_files(
            {"name": "成绩.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        )
        page.get_by_role("button", name="上传，先看每一行").click()
        expect(page.locator("#rows-h")).to_be_visible()

    hand_in((*one, "88"), (*two, "59.5"))
    page.get_by_role("button", name="录入 2 人").click()
    expect(page.locator("main")).to_contain_text("还有 1 人没有成绩")
    hand_in((*one, "91"), (*two, "59.5"), (*three, "101"))
    page.get_by_role("link", name="全部 3").click()
    expect(page.get_by_role("table", name="每一行")).to_contain_text("88.00 → 91")
    sound_at_both(page)
    page.get_by_label("只写没有问题的行").check()
    page.get_by_label("为什么换成新的成绩").fill("登分有误")
    page.get_by_role("button", name="录入 1 人").click()
    expect(page.locator("body")).to_contain_text("还有 1 行没有写")
