"""The office brings in the days of a year: read first, with what they move, then recorded."""

from datetime import datetime
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient

from tests.domain.test_days_notice import OF_2026
from tests.services.houses import account
from tests.services.plots import Plot
from tests.services.test_reminders import formal
from tests.web.front import csrf, faults_of, sign_in
from workflow.domain.actor import Office
from workflow.services import calendar, due_times

PAGE = "/office/calendar"
OFF = "2026-11-23 休\n2026-11-24 休"


def send(client: FlaskClient, **fields: object) -> tuple[int, str]:
    answer = client.post(PAGE, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.text


def test_a_notice_is_read_shown_with_what_it_moves_and_recorded(app: Flask, client: FlaskClient, now: datetime) -> None:
    with app.app_context():
        formal(Plot(now), 3)
        account(now, "pro", office=Office.PROGRAMS)
    sign_in(client, "pro")
    assert "2027年的放假安排还没有录入" in client.get(PAGE).text
    status, seen = send(client, act="look", days=OFF)
    assert (status, faults_of(seen)) == (200, [])
    assert ("3 件在办的最后一天会变" in seen, "11月27日" in seen, "12月1日" in seen) == (True, True, True)
    with app.app_context():
        assert calendar.recorded(2026) == []
    assert send(client, act="record", days=OFF, basis="")[0] == 422
    assert send(client, act="record", days=OFF, basis="国办发明电〔2026〕9号")[0] == 303
    with app.app_context():
        assert [line.day.day for line in calendar.recorded(2026)] == [23, 24]
        assert due_times.carry_out(now) == 3
    assert "在办的最后一天都不变" in send(client, act="look", days=OFF)[1]


def test_a_file_is_read_like_what_is_pasted_and_what_was_typed_stays(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    with app.app_context():
        account(now, "pro", office=Office.PROGRAMS)
    sign_in(client, "pro")
    notice = (BytesIO(OF_2026.encode("gb18030")), "通知.txt")
    status, seen = send(client, act="look", days="", file=notice)
    assert status == 200
    assert ("读到 39 天" in seen, 'value="国办发明电〔2025〕7号"' in seen) == (True, True)
    status, seen = send(client, act="look", days="元旦放假三天")
    assert status == 422
    assert ("第 1 行看不懂" in seen, "元旦放假三天</textarea>" in seen) == (True, True)
