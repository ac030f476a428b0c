"""Results from a table, through the door: the empty table, the filled one, each row, and what is taken over."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.services.sheets import sheet, texts
from tests.services.taught import School
from tests.services.test_imports_results import totals
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords

HEADER = ("编号", "姓名", "卷面成绩")


class Desk:
    """The school's own browser before the page of its table."""

    def __init__(self, app: Flask, now: datetime) -> None:
        self.app = app
        with app.app_context():
            self.school = School(now)
            self.refs = self.school.bring(3)
            self.other = self.school.bring(1, "other school")[0]
            self.names = {ref: self.school.named(ref) for ref in (*self.refs, self.other)}
            self.home = f"/review/results/{self.school.place().round_ref}/theory"
            give_passwords()

    def client(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        sign_in(client, who)
        return client

    def upload(self, client: FlaskClient, *rows: tuple[str, ...]) -> str:
        data = {"csrf_token": csrf(client, self.home), "file": (BytesIO(sheet(HEADER, *rows)), "成绩.xlsx")}
        answer = client.post(self.home, data=data)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def totals(self, ref: str) -> list[int]:
        with self.app.app_context():
            return [total for total, state, _ in totals(self.school, ref) if state == "submitted"]


@pytest.fixture
def desk(app: Flask) -> Desk:

    return Desk(app, datetime.now(UTC))


def test_a_table_is_taken_filled_looked_at_and_brought_back(desk: Desk) -> None:
    client = desk.client("school")
    assert "还没录的" in client.get("/review/results").text
    assert "还有 3 人没有成绩" in client.get(desk.home).text
    empty = texts(client.get(f"{desk.home}/template.xlsx").data)
    preview = desk.upload(client, *((*row[:2], "88") for row in empty[1:]))
    page = client.get(preview).text
    assert "可以录入" in page
    assert faults_of(page) == []
    sent = {"csrf_token": csrf(client, preview), "mode": "all_or_nothing", "request_key": "k1"}
    done = client.post(preview, data=sent, follow_redirects=True)
    assert "已录入 3 人" in done.text
    assert [desk.totals(ref) for ref in desk.refs] == [[8800]] * 3
    assert client.post(preview, data=sent).status_code == 404  # the table is gone with the first press


def test_bad_rows_are_named_and_come_back_as_a_file(desk: Desk) -> None:
    client = desk.client("school")
    one, two, _three = desk.refs
    preview = desk.upload(client, (*desk.names[one], "<script>alert(1)</script>"), (*desk.names[two], "60"))
    page = client.get(preview).text
    assert "1 行要改" in page
    assert "<script>alert" not in page
    answer = client.post(preview, data={"csrf_token": csrf(client, preview), "mode": "all_or_nothing"})
    assert (answer.status_code, desk.totals(two)) == (422, [])
    rows = texts(client.get(f"{preview}/errors.xlsx").data)
    assert rows[1][:3] == (*desk.names[one], "<script>alert(1)</script>")
    sent = {"csrf_token": csrf(client, preview), "mode": "good_rows_only"}
    assert "已录入 1 人，还有 1 行没有写" in client.post(preview, data=sent, follow_redirects=True).text
    assert desk.totals(two) == [6000]


def test_what_stands_is_replaced_only_with_a_reason(desk: Desk) -> None:
    client, ref = desk.client("school"), desk.refs[0]
    for points, reason, status in (("55", "", 303), ("66", "", 422), ("66", "登分有误", 303)):
        preview = desk.upload(client, (*desk.names[ref], points))
        sent = {"csrf_token": csrf(client, preview), "mode": "all_or_nothing", "reason": reason}
        answer = client.post(preview, data=sent)
        assert answer.status_code == status, answer.text
        if status == 422:
            assert "55.00 → 66" in answer.text
            assert 'name="reason"' in answer.text
    assert desk.totals(ref) == [6600]


def test_a_list_is_its_owner_s_and_a_stage_its_holders(desk: Desk) -> None:
    school, other, clerk = desk.client("school"), desk.client("other school"), desk.client("clerk")
    preview = desk.upload(school, (*desk.names[desk.refs[0]], "88"))
    assert [client.get(preview).status_code for client in (school, other, clerk)] == [200, 404, 404]
    assert clerk.get(desk.home).status_code == 404
    assert desk.names[desk.refs[0]][0] not in other.get(f"{desk.home}").text
    theirs = [row[0] for row in texts(other.get(f"{desk.home}/template.xlsx").data)[1:]]
    assert theirs == [desk.names[desk.other][0]]
    stolen = desk.upload(other, (*desk.names[desk.refs[0]], "99"))
    assert "没有这个编号，或者不归你录成绩" in other.get(stolen).text
    assert "导入成绩" in school.get("/review").text
    assert "导入成绩" not in clerk.get("/review").text


@pytest.mark.parametrize(
    ("name", "data"),
    [("成绩.xlsx", b"PK\x03\x04broken"), ("成绩.csv", b"a,b\n"), ("成绩.xlsx", b""), ("成绩.xlsx", sheet(("姓名",)))],
    ids=["broken", "csv", "empty", "no column"],
)
def test_a_file_that_is_none_is_refused_in_words(desk: Desk, name: str, data: bytes) -> None:
    client = desk.client("school")
    sent = {"csrf_token": csrf(client, desk.home), "file": (BytesIO(data), name)}
    answer = client.post(desk.home, data=sent)
    if answer.status_code == 303:  # a table in which nothing is understood is shown with what is missing
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 422


def test_a_table_may_be_thrown_away(desk: Desk) -> None:
    client = desk.client("school")
    preview = desk.upload(client, (*desk.names[desk.refs[0]], "88"))
    assert client.post(f"{preview}/drop", data={"csrf_token": csrf(client, preview)}).status_code == 303
    assert client.get(preview).status_code == 404
