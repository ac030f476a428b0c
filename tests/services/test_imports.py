"""Lists read from spreadsheets: what is found, what is said of each row, what is written, and that twice is once."""

import io
import time
import zipfile
from datetime import datetime
from threading import Thread

import pytest
import xlsxwriter
from flask import current_app
from sqlalchemy import func, select

from models.accounts import Account
from models.base import reading
from models.people import Person, PersonIdentity
from tests.services.houses import account, officers, ref_of
from tests.services.sheets import id_number, sheet, texts
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady
from workflow.services import evidence, imports, organizations, people
from workflow.services.imports_organizations import OrganizationList
from workflow.services.imports_people import PeopleList
from workflow.services.organizations import Details

HEADER = ("姓名", "身份证号", "手机", "单位", "赛道")
ONE, TWO, THREE = (id_number(n) for n in (1, 2, 3))


def _people() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def _person(name: str) -> Person:
    with reading() as session:
        return session.scalars(select(Person).where(Person.name == name)).one()


def _verdicts(found: imports.Preview) -> list[str]:
    return [line.verdict for line in found.lines]


def _employer(now: datetime, name: str = "锦绣服装有限公司", code: str = "91110000600037341L") -> Actor:
    office = officers(now)
    organizations.register(office.accounts, now, Details(name, "employer", code))
    return office.programs


# --- headings


def test_columns_are_found_by_their_synonyms_below_a_title(database: str, now: datetime) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write(0, 0, "时尚工程师培训学员名单（2026年）")
        for at, name in enumerate(("序号", "名字", "公民身份号码", "手机号码（本人）", "培训方向")):
            page.write(2, at, name)
        for at, value in enumerate((1, "王芳", ONE, "13800001111", "服装制版")):
            page.write(3, at, value)
    found = imports.preview(PeopleList(), book.getvalue(), SYSTEM, now)
    assert [column.key for column in found.columns] == ["name", "id_no", "phone", "trade"]
    assert found.ignored == ("序号",)
    assert [(line.number, line.verdict, line.shown) for line in found.lines] == [
        (4, "new", ("王芳", f"{ONE[:4]}**********{ONE[-4:]}", "138****1111", "服装制版"))
    ]


def test_missing_column_is_named(database: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        imports.preview(PeopleList(), sheet(("姓名", "手机"), ("王芳", "13800001111")), SYSTEM, now)
    assert "证件号码" in str(refused.value.reasons[0].words)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "空的"),
        (b"name,id\n", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "旧版"),
        (b"PK\x03\x04" + b"0" * 100, "打不开"),
        (sheet(HEADER)[:-200], "打不开"),
        (sheet(HEADER), "没有内容"),
        (sheet(()), "空的"),
    ],
    ids=["empty", "csv", "xls", "not a zip", "cut", "heading only", "nothing in it"],
)
def test_hostile_or_broken_file_gets_a_sentence(database: str, now: datetime, data: bytes, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        imports.preview(PeopleList(), data, SYSTEM, now)
    assert why in str(refused.value.reasons[0].words)
    assert refused.value.reasons[0].where == "file"


def test_packed_bomb_is_not_unpacked(database: str, now: datetime) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(InvalidInput) as refused:
        imports.preview(PeopleList(), bomb.getvalue(), SYSTEM, now)
    assert "不正常" in str(refused.value.reasons[0].words)


# --- verdicts


def test_each_row_gets_its_verdict_and_its_column(database: str, now: datetime) -> None:
    actor = _employer(now)
    people.create(actor, now, "李强", "", TWO, phone="13900002222")
    people.create(actor, now, "赵敏", "", THREE, phone="13900003333")
    data = sheet(
        HEADER,
        ("王芳", ONE, "13800001111", "锦绣服装有限公司", "服装制版"),
        ("王芳", ONE, "13800001111", "锦绣服装有限公司", "服装制版"),
        ("王方", ONE, "", "", ""),
        ("李强", TWO, "13900002222", "", ""),
        ("赵敏", THREE, "13900009999", "91110000600037341L", "服装工艺"),
        ("李刚", TWO, "", "", ""),
        ("张三", ONE[:-1] + "0" if ONE[-1] != "0" else ONE[:-1] + "1", "12345", "", ""),
        ("周四", id_number(4), "", "没有的公司", ""),
    )
    found = imports.preview(PeopleList(), data, actor, now)
    assert _verdicts(found) == ["new", "same", "conflict", "same", "changed", "conflict", "wrong", "wrong"]
    assert [[reason.where for reason in line.reasons] for line in found.lines[5:]] == [
        ["name"],
        ["id_no", "phone"],
        ["organization"],
    ]
    assert "第 2 行" in str(found.lines[1].reasons[0].words)


def test_long_number_kept_as_a_number_is_lost_and_says_so(database: str, now: datetime) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["姓名", "身份证号"])
        page.write_row(1, 0, ["王芳", 330106199001011234])
    found = imports.preview(PeopleList(), book.getvalue(), SYSTEM, now)
    assert _verdicts(found) == ["wrong"]
    assert "已经丢失" in str(found.lines[0].reasons[0].words)


def test_gender_must_fit_the_number(database: str, now: datetime) -> None:
    right = "男" if int(ONE[16]) % 2 else "女"
    wrong = "女" if right == "男" else "男"
    data = sheet(("姓名", "证件号码", "性别"), ("王芳", ONE, right), ("王芳", ONE, wrong))
    assert _verdicts(imports.preview(PeopleList(), data, SYSTEM, now)) == ["new", "wrong"]


def test_preview_writes_nothing(database: str, now: datetime) -> None:
    imports.preview(PeopleList(), sheet(HEADER, ("王芳", ONE, "", "", "")), SYSTEM, now)
    assert _people() == 0


# --- writing


def test_all_or_nothing_writes_nothing_beside_a_bad_row(database: str, now: datetime) -> None:
    data = sheet(HEADER, ("王芳", ONE, "", "", ""), ("李强", "123", "", "", ""))
    report = imports.run(PeopleList(), data, "all_or_nothing", SYSTEM, now)
    assert (report.written, dict(report.counts), _people()) == (False, {"new": 1, "wrong": 1}, 0)
    report = imports.run(PeopleList(), data, "good_rows_only", SYSTEM, now)
    assert (report.written, _people()) == (True, 1)


def test_second_reading_changes_nothing(database: str, now: datetime) -> None:
    actor = _employer(now)
    data = sheet(HEADER, ("王芳", ONE, "13800001111", "锦绣服装有限公司", "服装制版"), ("李强", TWO, "", "", ""))
    imports.run(PeopleList(), data, "all_or_nothing", actor, now)
    before = vars(_person("王芳"))
    report = imports.run(PeopleList(), data, "all_or_nothing", actor, now)
    assert dict(report.counts) == {"same": 2}
    after = vars(_person("王芳"))
    assert {key: value for key, value in before.items() if key[0] != "_"} == {
        key: value for key, value in after.items() if key[0] != "_"
    }


def test_imported_person_is_found_by_name_pinyin_phone_and_number(database: str, now: datetime) -> None:
    actor = _employer(now)
    data = sheet(HEADER, ("曾小芳", ONE, "13800001111", "锦绣服装有限公司", "服装制版"))
    imports.run(PeopleList(), data, "all_or_nothing", actor, now)
    for typed in ("曾小芳", "小芳", "zengxf"[:4] + "xiaofang", "zxf", "13800001111", ONE, ONE.lower()):
        assert [line.name for line in people.search(actor, typed)] == ["曾小芳"], typed
    line = people.search(actor, "zxf")[0]
    assert (line.number, line.phone) == (f"{ONE[:4]}**********{ONE[-4:]}", "138****1111")
    assert (line.organization, line.trade) == ("锦绣服装有限公司", "服装制版")
    assert people.search(actor, "xiaof%") == []
    with pytest.raises(NotAllowed):
        people.search(account(now, "nobody"), "zxf")


def test_number_is_sealed_and_birth_date_and_gender_come_from_it(database: str, now: datetime) -> None:
    imports.run(PeopleList(), sheet(HEADER, ("王芳", ONE, "", "", "")), "all_or_nothing", SYSTEM, now)
    person = _person("王芳")
    assert str(person.birth_date) == f"{ONE[6:10]}-{ONE[10:12]}-{ONE[12:14]}"
    assert person.gender == ("male" if int(ONE[16]) % 2 else "female")
    with reading() as session:
        identity = session.scalars(select(PersonIdentity)).one()
        assert ONE.encode() not in identity.ciphertext
        assert ONE not in f"{identity.blind_index}{identity.mask}"


def test_error_file_comes_back_corrected(database: str, now: datetime) -> None:
    data = sheet(("序号", *HEADER), ("1", "王芳", ONE, "", "", ""), ("2", "李强", "123", "", "", "=1+1"))
    imports.run(PeopleList(), data, "good_rows_only", SYSTEM, now)
    errors = texts(imports.error_file(PeopleList(), data, SYSTEM, now))
    assert errors[0] == ("序号", *HEADER, "原因")
    assert errors[1][:-1] == ("2", "李强", "123", "", "", "=1+1")
    assert errors[1][-1].startswith("证件号码：身份证号码应为18位")
    corrected = sheet(errors[0], (*errors[1][:2], TWO, *errors[1][3:]))
    report = imports.run(PeopleList(), corrected, "all_or_nothing", SYSTEM, now)
    assert (report.written, dict(report.counts)) == (True, {"new": 1})


def test_two_imports_at_once_make_each_person_once(database: str, now: datetime) -> None:
    app = current_app._get_current_object()
    rows = [
        (f"王{n:03d}".translate(str.maketrans("0123456789", "零一二三四五六七八九")), id_number(n)) for n in range(200)
    ]
    files = [sheet(("姓名", "证件号码"), *rows), sheet(("姓名", "证件号码"), *reversed(rows))]
    reports: list[imports.Report] = []

    def load(data: bytes) -> None:
        with app.app_context():
            reports.append(imports.run(PeopleList(), data, "all_or_nothing", SYSTEM, now))

    threads = [Thread(target=load, args=(data,)) for data in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _people() == 200
    assert sorted(report.counts.get("new", 0) for report in reports) == [0, 200]


@pytest.mark.slow
def test_ten_thousand_rows_take_seconds(database: str, now: datetime) -> None:
    rows = [("王小明", id_number(n), f"138{n:08d}", "", "服装制版") for n in range(10_000)]
    data = sheet(HEADER, *rows)
    started = time.monotonic()
    report = imports.run(PeopleList(), data, "all_or_nothing", SYSTEM, now)
    assert dict(report.counts) == {"new": 10_000}
    assert time.monotonic() - started < 30
    assert evidence.verify() == []


# --- staging


def test_staged_list_is_sealed_and_its_owner_s_alone(database: str, now: datetime) -> None:
    mine, other = account(now, "wang"), account(now, "li")
    data = sheet(HEADER, ("王芳", ONE, "", "", ""))
    ref = imports.stage(mine, data, now)
    assert imports.staged(mine, ref) == data
    with pytest.raises(NotFound):
        imports.staged(other, ref)
    imports.unstage(mine, ref)
    with pytest.raises(NotFound):
        imports.staged(mine, ref)


# --- organizations

UNITS = ("单位名称", "类型", "统一社会信用代码", "上级单位", "职工人数", "管理员", "管理员手机")


def test_organizations_come_with_numbers_and_administrators(database: str, now: datetime) -> None:
    office = officers(now).accounts
    data = sheet(
        UNITS,
        ("锦绣服装有限公司", "企业", "91110000600037341L", "北塘镇", "120", "王芳", "13800001111"),
        ("北塘镇", "镇街", "", "", "", "", ""),
    )
    report = imports.run(OrganizationList(), data, "all_or_nothing", office, now)
    assert dict(report.counts) == {"new": 2}
    line = organizations.search(office, "jxfz")[0]
    shown = organizations.sheet(office, now, line.ref)
    assert (shown.above, [name for _, name in shown.administrators]) == (("北塘镇",), ["王芳"])
    assert shown.facts["staff"]["value"] == 120
    again = imports.run(OrganizationList(), data, "all_or_nothing", office, now)
    assert dict(again.counts) == {"same": 2}
    with reading() as session:
        assert session.scalars(select(Account.state).where(Account.phone == "13800001111")).all() == ["invited"]


def test_organization_rows_are_judged(database: str, now: datetime) -> None:
    actor = _employer(now)
    data = sheet(
        UNITS[:5],
        ("锦绣服装有限公司", "企业", "91110000600037341L", "", "80"),
        ("另一家公司", "企业", "91110000600037341L", "", ""),
        ("第三家公司", "店铺", "91350100M000100Y43", "", "很多"),
        ("第四家公司", "企业", "", "没有的镇", ""),
    )
    found = imports.preview(OrganizationList(), data, actor, now)
    assert _verdicts(found) == ["changed", "same", "wrong", "wrong"]
    assert [[reason.where for reason in line.reasons] for line in found.lines[2:]] == [["kind", "staff"], ["parent"]]


def test_row_below_a_bad_row_of_the_list_is_bad_too(database: str, now: datetime) -> None:
    office = officers(now).accounts
    organizations.register(office, now, Details("锦绣服装有限公司", "employer", "91110000600037341L"))
    data = sheet(
        ("单位名称", "类型", "上级单位", "信用代码"),
        ("桥头村", "村社", "北塘镇", ""),
        ("北塘镇", "镇街", "", "91110000600037341L"),
        ("东村", "村社", "桥头村", ""),
        ("西村", "村社", "锦绣服装有限公司", ""),
    )
    found = imports.preview(OrganizationList(), data, office, now)
    assert _verdicts(found) == ["wrong", "conflict", "wrong", "new"]
    imports.run(OrganizationList(), data, "good_rows_only", office, now)
    assert organizations.sheet(office, now, organizations.search(office, "西村")[0].ref).above == ("锦绣服装有限公司",)


def test_circle_of_parents_is_named(database: str, now: datetime) -> None:
    office = officers(now).accounts
    data = sheet(("单位名称", "上级单位"), ("甲公司", "乙公司"), ("乙公司", "甲公司"))
    with pytest.raises(NotReady) as refused:
        imports.run(OrganizationList(), data, "all_or_nothing", office, now)
    assert "绕成了圈" in str(refused.value.reasons[0].words)


@pytest.mark.slow
def test_thousands_of_organizations_take_seconds(database: str, now: datetime) -> None:
    rows = [(f"锦绣服装第{n}有限公司", "企业", "", "北塘镇", str(n), "", "") for n in range(3000)]
    data = sheet(UNITS, *rows, ("北塘镇", "镇街", "", "", "", "", ""))
    started = time.monotonic()
    report = imports.run(OrganizationList(), data, "all_or_nothing", SYSTEM, now)
    assert dict(report.counts) == {"new": 3001}
    assert time.monotonic() - started < 20
    assert dict(imports.run(OrganizationList(), data, "all_or_nothing", SYSTEM, now).counts) == {"same": 3001}
    found = organizations.search(officers(now).accounts, "第2999有限公司")
    assert [line.path.count("/") for line in found] == [3]


def test_only_the_office_imports(database: str, now: datetime) -> None:
    nobody = account(now, "nobody")
    assert ref_of(nobody)
    with pytest.raises(NotAllowed):
        imports.preview(PeopleList(), sheet(HEADER, ("王芳", ONE, "", "", "")), nobody, now)
    with pytest.raises(NotAllowed):
        imports.run(OrganizationList(), sheet(("单位名称",), ("北塘镇",)), "good_rows_only", nobody, now)
