"""Lists from spreadsheets through the front door: looked at row by row, corrected, written, corrected again."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models.base import reading
from models.organizations import Organization
from models.people import Person
from models.staging import StagedList
from tests.laws.queries import counted
from tests.services.houses import officers
from tests.services.sheets import id_number, sheet, texts
from tests.web.front import Page, csrf, faults_of, sign_in

PEOPLE = "/office/people/list"
UNITS = "/office/organizations/list"


@pytest.fixture
def office(client: FlaskClient, now: datetime) -> FlaskClient:
    officers(now)
    sign_in(client, "pro")
    return client


def upload(client: FlaskClient, path: str, data: bytes) -> tuple[int, str]:
    form = {"csrf_token": csrf(client, "/settings"), "file": (BytesIO(data), "list.xlsx")}
    answer = client.post(path, data=form, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location") or answer.text


def post(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location") or answer.text


def people() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_good_list_is_written_whole_and_read_again_changes_nothing(office: FlaskClient) -> None:
    data = sheet(("姓名", "身份证号", "工种"), *[("陈一", id_number(n), "服装制版") for n in range(30)])
    _, preview = upload(office, PEOPLE, data)
    assert "30 行里有 0 行要改" in office.get(preview).text
    assert people() == 0  # looking writes nothing
    assert post(office, preview, mode="all_or_nothing") == (303, "/office/people")
    assert people() == 30
    assert office.get(preview).status_code == 404  # it is not kept any longer than needed
    _, again = upload(office, PEOPLE, data)
    assert "没有变化 30" in Page(office.get(again).text).text


def test_bad_rows_are_corrected_in_the_error_file_and_brought_again(office: FlaskClient) -> None:
    rows = [("陈一", id_number(1)), ("陈二", "123"), ("", id_number(3))]
    _, preview = upload(office, PEOPLE, sheet(("姓名", "身份证号"), *rows))
    page = office.get(preview).text
    assert faults_of(page) == []
    assert "3 行里有 2 行要改" in page
    status, refused = post(office, preview, mode="all_or_nothing")
    assert (status, "一行也没有写" in refused, people()) == (422, True, 0)
    assert post(office, preview, mode="good_rows_only")[0] == 303
    assert people() == 1
    wrong = texts(office.get(f"{preview}/errors.xlsx").data)
    assert [(row[0], row[1]) for row in wrong] == [("姓名", "身份证号"), ("陈二", "123"), ("", id_number(3))]
    assert wrong[1][2]
    corrected = sheet(wrong[0], ("陈二", id_number(2), wrong[1][2]), ("陈三", id_number(3), wrong[2][2]))
    _, second = upload(office, PEOPLE, corrected)
    assert post(office, second, mode="all_or_nothing")[0] == 303
    assert people() == 3


def test_a_column_with_a_strange_heading_is_named_by_hand(office: FlaskClient) -> None:
    data = sheet(("学员", "号码", "姓名"), ("甲", id_number(1), "陈一"), ("乙", id_number(2), "陈二"))
    _, preview = upload(office, PEOPLE, data)
    page = office.get(preview).text
    assert "没有找到这些列：证件号码" in page
    mapped = office.get(f"{preview}?c0=&c1=id_no&c2=name").text
    assert "2 行里有 0 行要改" in mapped
    assert post(office, preview, mode="all_or_nothing", c0="", c1="id_no", c2="name")[0] == 303
    assert people() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "这个文件是空的"),
        (b"not a spreadsheet", "请上传 .xlsx 表格"),
        (b"PK\x03\x04 broken", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls"),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_not_kept(office: FlaskClient, data: bytes, words: str) -> None:
    status, page = upload(office, PEOPLE, data)
    assert status == 422
    assert words in page
    with reading() as session:
        assert session.scalars(select(StagedList)).all() == []


def test_a_list_is_there_only_for_whoever_brought_it(app: Flask, office: FlaskClient, now: datetime) -> None:
    _, preview = upload(office, UNITS, sheet(("单位名称",), ("新丝路服饰",)))
    other = app.test_client()
    sign_in(other, "sys")
    for path in (preview, f"{preview}/errors.xlsx"):
        assert other.get(path).status_code == 404
    assert post(other, f"{preview}/drop")[0] == 404
    assert post(other, preview, mode="all_or_nothing")[0] == 404
    assert post(office, f"{preview}/drop")[0] == 303
    assert office.get(preview).status_code == 404


def test_organizations_come_with_their_numbers(office: FlaskClient) -> None:
    rows = [("新丝路服饰", "企业", "230"), ("锦澜协会", "协会", ""), ("错", "帝国", "many")]
    _, preview = upload(office, UNITS, sheet(("单位名称", "类型", "职工人数"), *rows))
    assert "3 行里有 1 行要改" in office.get(preview).text
    assert post(office, preview, mode="good_rows_only")[0] == 303
    with reading() as session:
        assert set(session.scalars(select(Organization.name))) == {"新丝路服饰", "锦澜协会"}


def test_a_list_with_administrators_is_for_the_office_that_keeps_accounts(office: FlaskClient) -> None:
    data = sheet(("单位名称", "管理员", "手机"), ("新丝路服饰", "林主管", "13811112222"))
    _, preview = upload(office, UNITS, data)
    assert office.get(preview).status_code == 403


def test_numbers_are_masked_in_the_preview_and_on_the_list(office: FlaskClient) -> None:
    number = id_number(7)
    _, preview = upload(office, PEOPLE, sheet(("姓名", "身份证号", "手机"), ("陈一", number, "13811112222")))
    post(office, preview, mode="all_or_nothing")
    _, again = upload(office, PEOPLE, sheet(("姓名", "身份证号", "手机"), ("陈二", number, "13811112222")))
    searched = [post(office, "/office/people", q=typed)[1] for typed in ("chenyi", number, "13811112222")]
    for page in [office.get(again).text, office.get("/office/people").text, *searched]:
        assert "陈" in page
        shown = re.sub(r'id="q" name="q" value="[^"]*"', "", page)  # what the reader typed into the search themselves
        assert number not in shown
        assert "13811112222" not in shown


def test_people_go_on_page_by_page_and_cost_the_same(office: FlaskClient) -> None:
    _fill(office, 0, 1)
    few = _cost(office, "/office/people")
    _fill(office, 1, 200)
    assert _cost(office, "/office/people") == few
    seen, there = 0, "/office/people"
    for _ in range(6):
        page = office.get(there).text
        seen += page.count("<tr><td><b>")
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        if onwards is None:
            break
        there = onwards[1].replace("&amp;", "&")
    assert seen == 201


def _fill(office: FlaskClient, start: int, many: int) -> None:
    rows = [("陈一", id_number(n)) for n in range(start, start + many)]
    _, preview = upload(office, PEOPLE, sheet(("姓名", "身份证号"), *rows))
    assert post(office, preview, mode="all_or_nothing")[0] == 303


def _cost(client: FlaskClient, path: str) -> int:
    client.get(path)
    with counted() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_the_empty_list_carries_the_headings_that_are_understood(office: FlaskClient) -> None:
    heads = texts(office.get(f"{PEOPLE}/template.xlsx").data)[0]
    assert heads[:3] == ("姓名", "证件类型", "证件号码")
    page = office.get(PEOPLE).text
    assert all(head in page for head in heads)
