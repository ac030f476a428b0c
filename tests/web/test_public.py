"""What everybody sees: open rounds, one program, and the self-check that stores nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from models.evidence import EventRow
from models.people import Person
from tests.web.front import SIDES, Page, csrf, faults_of, open_round, speak

ANSWERS = {
    "track": "craft",
    "insured_months": "12",
    "years": "4",
    "training_hours": "40",
    "given.training_cert": "yes",
    "person.age": "33",
    "modeling": "no",
}


@pytest.fixture
def today() -> datetime:
    return datetime.now(UTC)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert faults_of(answer.text) == []
    return Page(answer.text).text


def test_home_says_honestly_that_nothing_is_open(client: FlaskClient) -> None:
    assert "现在没有开着的申报" in text_of(client, "/")


def test_home_lists_what_is_open_by_deadline_and_what_is_coming(client: FlaskClient, today: datetime) -> None:
    open_round(today, days=20)
    open_round(today, "yongning_juncai", days=2)
    open_round(today, "hundred_villages", days=None)
    open_round(today, "dayun_yingcai", days=40, opens=5)
    text = text_of(client, "/")
    names = [text.index(name) for name in ("永宁骏才", "时尚工程师认定", "百村千人", "就要开的", "大运英才")]
    assert names == sorted(names)
    assert "现在可以申报 3 个项目" in text
    assert "常年受理" in text
    assert "24:00 截止" in text


def test_what_is_open_and_how_things_are_done_are_found_by_a_word(client: FlaskClient, today: datetime) -> None:
    open_round(today, days=20)
    open_round(today, "hundred_villages", days=None)
    text = text_of(client, "/search?q=制版 时尚")
    assert "找到 1 处" in text
    assert "时尚工程师认定" in text
    assert "百村千人" not in text
    assert "我来申报" in text_of(client, "/search?q=申报 怎么办")
    assert "没有找到“<b>”" in text_of(client, "/search?q=<b>")
    assert "想找什么" in text_of(client, "/search")


def test_a_round_that_closed_or_is_internal_is_not_offered(client: FlaskClient, today: datetime) -> None:
    open_round(today, days=-1)
    assert "现在没有开着的申报" in text_of(client, "/")
    assert "已经截止" in text_of(client, "/programs/r-fashion_engineer")


@pytest.mark.parametrize("language", SIDES)
@pytest.mark.parametrize(
    "key", ["fashion_engineer", "yongning_juncai", "hundred_villages", "dayun_yingcai", "skilled_worker_points"]
)
def test_each_program_can_be_shown(client: FlaskClient, today: datetime, key: str, language: str) -> None:
    speak(client, language)
    ref = open_round(today, key)
    assert text_of(client, "/")
    assert text_of(client, f"/programs/{ref}")


def test_a_program_says_what_a_recognition_brings(client: FlaskClient, today: datetime) -> None:
    open_round(today, days=20)
    open_round(today, "yongning_juncai", days=2)
    open_round(today, "skilled_worker_points", days=None)
    plain = text_of(client, "/programs/r-fashion_engineer")
    assert "认定以后可以享受的待遇" in plain
    assert "一次性补贴 3000 元" in " ".join(plain.split())
    assert "与其他认定方式同等" in text_of(client, "/programs/r-yongning_juncai")
    assert "积分到金卡的人有" in text_of(client, "/programs/r-skilled_worker_points")


def test_a_program_shows_its_way_its_papers_and_its_conditions(client: FlaskClient, today: datetime) -> None:
    text = text_of(client, f"/programs/{open_round(today)}")
    for words in ("单位审核", "专家盲评", "公示", "发文发证", "培训结业证书", "每份 200 MB 内", "连续参保满6个月"):
        assert words in text
    assert "80 名" in text
    assert "有效期管理" not in text


def test_a_round_that_is_not_open_yet_is_not_there(client: FlaskClient, today: datetime) -> None:
    ref = open_round(today, opens=3)
    assert client.get(f"/programs/{ref}").status_code == 404


# -- self-check --------------------------------------------------------------------------------------------------------
def checked(client: FlaskClient, ref: str, **changed: str) -> tuple[int, str]:
    sent = {"csrf_token": csrf(client), **ANSWERS, **changed}
    answer = client.post(f"/programs/{ref}/check", data=sent)
    assert faults_of(answer.text) == []
    return answer.status_code, Page(answer.text).text


def test_who_meets_the_conditions_is_told_so_and_who_decides(client: FlaskClient, today: datetime) -> None:
    status, text = checked(client, open_round(today))
    assert status == 200
    assert "5 项符合，0 项不符合，1 项由人看。" in text
    assert "在“联审”环节核实" in text
    assert "最后由人审核决定" in text


def test_what_is_missing_is_counted(client: FlaskClient, today: datetime) -> None:
    _, text = checked(client, open_round(today), training_hours="32")
    assert "还差 8 学时，截止前补上仍可申报" in text
    assert "1 项不符合" in text


def test_a_rule_that_a_person_settles_never_says_no(client: FlaskClient, today: datetime) -> None:
    _, text = checked(client, open_round(today), track="pattern")
    assert "4 项符合，0 项不符合，2 项由人看。" in text


def test_who_is_not_sure_is_left_to_a_person(client: FlaskClient, today: datetime) -> None:
    _, text = checked(client, open_round(today), **dict.fromkeys(ANSWERS, ""))
    assert "0 项不符合" in text


@pytest.mark.parametrize("typed", ["abc", "1e999", "NaN", "十二", "1,2"])
def test_what_is_not_a_number_is_named_at_its_question(client: FlaskClient, today: datetime, typed: str) -> None:
    status, text = checked(client, open_round(today), years=typed)
    assert status == 422
    assert "本工种从业年限：请写数字，例如 40" in text


def test_nobody_has_worked_for_less_than_no_time(client: FlaskClient, today: datetime) -> None:
    status, text = checked(client, open_round(today), years="-1")
    assert (status, "本工种从业年限：不能是负数" in text) == (422, True)


def test_an_invented_choice_counts_as_no_answer(client: FlaskClient, today: datetime) -> None:
    status, text = checked(client, open_round(today), track="<b>x</b>", modeling="maybe")
    assert status == 200
    assert "0 项不符合" in text


def test_the_self_check_leaves_no_trace(client: FlaskClient, today: datetime) -> None:
    ref = open_round(today)
    checked(client, ref)
    assert [rows_of(table) for table in (ApplicationRow, Person, EventRow)] == [0, 0, 0]


def rows_of(table: Any) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
