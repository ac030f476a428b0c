"""The pages of a whole round's points: who stands where, and a table looked at before it is written."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests.services.earning import Earning
from tests.services.sheets import sheet
from tests.services.test_imports_points import HEADER
from tests.web.front import csrf
from tests.web.test_awards import send, text_of
from tests.web.test_points import browser


@pytest.fixture
def earning(app: Flask, now: datetime, tmp_path: Path) -> Earning:
    return Earning(now, tmp_path)


def test_the_desk_brings_a_table_and_sees_who_waits(app: Flask, earning: Earning) -> None:
    number = earning.number(earning.worker("worker"))
    desk, school = browser(app, "desk"), browser(app, "school")
    home = str(desk.get("/review/points").location)
    assert "1 人的积分都已确认" in text_of(desk, home)
    assert school.get(home).status_code == 404
    assert str(desk.get(f"{home}/import/template.xlsx").mimetype).endswith("sheet")
    assert "一行记一笔" in text_of(desk, f"{home}/import")
    rows = sheet(HEADER, (number, "", "志愿服务", "", "社区义诊", ""), (number, "", "没有的事", "", "", ""))
    sent = {"csrf_token": csrf(desk, "/settings"), "file": (BytesIO(rows), "积分表.xlsx")}
    answer = desk.post(f"{home}/import", data=sent)
    assert answer.status_code == 303
    page = str(answer.location)
    html = text_of(desk, page)
    assert ("没有这个事项" in html, "2 行里有 1 行" in html) == (True, True)
    assert send(desk, page, mode="good_rows_only")[0] == 303
    assert "1 人有积分等确认" in text_of(desk, home)
