"""The records through the front door: what happened, who looked and why, whether it holds; and what stays closed."""

import hashlib
import html
import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from tests.laws.queries import counted
from tests.services.test_evidence import unguarded
from tests.web.front import SIDES, Page, csrf, faults_of, sign_in, speak
from tests.web.town import Town, town
from workflow.services import actions, evidence


@pytest.fixture
def made(app: Flask, now: datetime) -> Town:
    return town(now)


@pytest.fixture
def auditor(client: FlaskClient, made: Town) -> FlaskClient:
    sign_in(client, "aud")
    return client


def look(made: Town, why: str = "核对社保") -> None:
    """Somebody of the form check opens a sensitive file of the case."""
    with writing() as session:
        case = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == made.case)).one()
        body, said = {"attachment": 1, "field": "id_copy"}, {"reason": why}
        evidence.tell(
            session, StreamKind.APPLICATION_ACCESS, case, "file_opened", made.plot.people["clerk"], made.now,
            body=body, remarks=said,
        )  # fmt: skip


# -- one chain ---------------------------------------------------------------------------------------------------------
def test_a_case_is_told_in_order_with_who_and_when(auditor: FlaskClient, made: Town) -> None:
    page = auditor.get(f"/audit/records/application/{made.case}").text
    assert faults_of(page) == []
    facts = re.findall(r"<b>([^<]+)</b>\s*<div class=\"who-t", page)
    assert facts == ["进入“形式审查”", "已通过", "进入“单位审核”", "已提交", "开始填写"]
    words = Page(page).text
    assert "FE26-1，全程记录" in words
    assert "环节 形式审查" not in words, "the sentence says it"
    assert "链条完整" in words


def test_a_chain_is_worked_out_step_by_step_in_the_open(auditor: FlaskClient, made: Town) -> None:
    path = f"/audit/records/application/{made.case}/proof"
    page = auditor.get(path).text
    words = Page(page).text
    assert "1 到 5 条，一步步都对得上" in words
    assert "办理中 形式审查，办理中" in words, "before and after the fifth record"
    assert "和最后一条一致，没有被截短" in words
    for content, digest in re.findall(r"data-content>(.*?)</pre>.*?data-digest>([0-9a-f]{64})<", page, re.S):
        assert hashlib.sha256(html.unescape(content).encode()).hexdigest() == digest
    assert "叶梓桐" not in page
    _spoil(made)
    words = Page(auditor.get(path).text).text
    assert "第 2 条对不上" in words
    assert words.count("对得上") == 4 + 1, "the four others, and the words beside"


def test_the_auditor_sees_numbers_and_no_name_of_an_applicant(auditor: FlaskClient, made: Town) -> None:
    paths = [f"/audit/records/application/{made.case}", "/audit/records", "/audit/records?q=FE26", "/audit/access"]
    look(made)
    with reading() as session:
        number = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == made.case)).one().number
    for path in paths:
        page = auditor.get(path).text
        assert "叶梓桐" not in page, path
    assert str(number) in auditor.get(paths[0]).text
    assert "申报人" in auditor.get(paths[0]).text


def test_words_about_a_person_stay_closed_and_are_counted(auditor: FlaskClient, made: Town) -> None:
    with writing() as session:
        case = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == made.case)).one()
        said = {"note": "他的父亲病了"}
        evidence.tell(
            session, StreamKind.APPLICATION, case, "held", made.plot.people["manager"], made.now, remarks=said
        )
    page = auditor.get(f"/audit/records/application/{made.case}").text
    assert "他的父亲病了" not in page
    assert "附有 1 段文字" in page


def test_a_verdict_and_its_field_are_told_in_words(auditor: FlaskClient, made: Town) -> None:
    ref, seen = made.plot.item(made.case)
    given = {"verdicts": {"training_cert": {"verdict": "flag", "comment": "第 1 页糊了"}}}
    actions.perform(ref, "judge", made.plot.people["clerk"], made.now, seen=seen, inputs=given)
    words = Page(auditor.get(f"/audit/records/application/{made.case}").text).text
    assert "看过“培训结业证书”：要补正" in words


def test_reasons_of_the_office_are_read(auditor: FlaskClient, made: Town, app: Flask) -> None:
    office = app.test_client()
    sign_in(office, "sys")
    form = {"csrf_token": csrf(office, "/settings"), "reason": "离职交接完毕"}
    assert office.post(f"/office/accounts/{made.account}/disable", data=form).status_code == 303
    page = auditor.get(f"/audit/records/account/{made.account}").text
    assert "账号已停用" in page
    assert "离职交接完毕" in page


@pytest.mark.parametrize("kind", ["round", "organization", "program", "account", "installation", "application_access"])
def test_every_kind_of_chain_has_its_page(auditor: FlaskClient, made: Town, kind: str) -> None:
    look(made)
    refs = {
        "round": made.round_ref, "organization": made.organization, "program": made.program_ref,
        "account": made.account, "installation": "house", "application_access": made.case,
    }  # fmt: skip
    answer = auditor.get(f"/audit/records/{kind}/{refs[kind]}")
    assert answer.status_code == 200
    assert faults_of(answer.text) == []


@pytest.mark.parametrize("path", ["application/AAAA", "nothing/AAAA", "installation/0", "round/house", "stream/1"])
def test_a_chain_of_nothing_is_not_there(auditor: FlaskClient, made: Town, path: str) -> None:
    assert auditor.get(f"/audit/records/{path}").status_code == 404


def test_a_chain_that_was_changed_names_its_first_bad_record(auditor: FlaskClient, made: Town) -> None:
    _spoil(made)
    page = auditor.get(f"/audit/records/application/{made.case}").text
    assert "第 2 条对不上" in page
    assert "前面的仍可信" in page


def _spoil(made: Town) -> None:
    """As somebody with the database in their hands would do it: the guard away, one row changed."""
    with writing() as session:
        unguarded(session.connection())
        case = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == made.case)).one()
        stream = session.scalars(
            select(Stream.id).where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == case)
        ).one()
        session.execute(
            update(EventRow).where(EventRow.stream_id == stream, EventRow.seq == 2).values(kind="withdrawn")
        )


# -- all of them -------------------------------------------------------------------------------------------------------
def test_records_are_narrowed_by_content_subject_and_person(auditor: FlaskClient, made: Town) -> None:
    assert "已登录" in auditor.get("/audit/records?group=doors").text
    assert "角色已绑定" not in auditor.get("/audit/records?group=doors").text
    assert "角色已绑定" in auditor.get("/audit/records?stream=round&group=people").text
    own = auditor.get("/audit/records?group=doors").text
    who = re.search(r"who=([\w-]+)", own)
    assert who
    assert "只看" in auditor.get(f"/audit/records?who={who[1]}").text
    assert auditor.get("/audit/records?who=AAAA").status_code == 404


@pytest.mark.parametrize("typed", ["FE26-1", "boss", "2026年第1批", "蓝埠家纺集团", "时尚工程师"])
def test_a_chain_is_found_by_what_it_is_called(auditor: FlaskClient, made: Town, typed: str) -> None:
    page = auditor.get(f"/audit/records?q={typed}").text
    found = re.search(r'<ul class="list px-3 pb-3"><li><a href="([^"]+)"', page)
    assert found
    assert auditor.get(found[1]).status_code == 200


def test_records_go_on_page_by_page_without_a_gap(auditor: FlaskClient, made: Town) -> None:
    made.plot.plant(40)
    there, seen = "/audit/records", 0
    for _ in range(10):
        page = auditor.get(there).text
        seen += page.count('class="hash mono"')
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        if onwards is None:
            break
        there = onwards[1].replace("&amp;", "&")
    assert seen == evidence.counts()[1]


@pytest.mark.parametrize(
    "cursor", ["x", "1.2", "99999999999999999999.aa", "-1." + "a" * 64, "1763700000000000." + "z" * 64]
)
def test_a_cursor_that_somebody_made_up_is_the_beginning(auditor: FlaskClient, made: Town, cursor: str) -> None:
    assert auditor.get(f"/audit/records?before={cursor}").status_code == 200


def test_the_access_list_says_who_looked_at_what_and_why(auditor: FlaskClient, made: Town) -> None:
    assert "没有人看过敏感数据" in auditor.get("/audit/access").text
    look(made, "核对社保缴纳单位")
    page = Page(auditor.get("/audit/access").text).text
    for word in ("clerk", "查看了一份敏感附件", "id_copy", "FE26-1", "核对社保缴纳单位"):
        assert word in page, word


def test_lists_cost_the_same_for_many(auditor: FlaskClient, made: Town) -> None:
    look(made)
    paths = ["/audit/records", "/audit/access", f"/audit/records/round/{made.round_ref}"]
    few = [_cost(auditor, path) for path in paths]
    made.plot.plant(60)
    for number in range(70):
        look(made, f"理由 {number}")
    assert [_cost(auditor, path) for path in paths] == few


def _cost(client: FlaskClient, path: str) -> int:
    client.get(path)
    with counted() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


# -- does it hold ------------------------------------------------------------------------------------------------------
def test_verify_and_replay_say_that_all_is_whole(auditor: FlaskClient, made: Town) -> None:
    token = csrf(auditor, "/settings")
    page = auditor.post("/audit/verify", data={"csrf_token": token, "what": "chains"}).text
    assert "链条完整" in Page(page).text
    page = auditor.post("/audit/verify", data={"csrf_token": token, "what": "replay"}).text
    assert "重放一致" in Page(page).text
    assert "2 件申报" in Page(page).text or "3 件申报" in Page(page).text


def test_verify_names_the_chain_that_does_not_hold(auditor: FlaskClient, made: Town) -> None:
    _spoil(made)
    page = auditor.post("/audit/verify", data={"csrf_token": csrf(auditor, "/settings"), "what": "chains"}).text
    words = Page(page).text
    assert "1 条链对不上" in words
    assert "第 2 条" in words
    assert "内容被改过" in words


def test_replay_names_the_column_that_differs(auditor: FlaskClient, made: Town) -> None:
    with writing() as session:
        session.execute(update(ApplicationRow).where(ApplicationRow.ref == made.case).values(version=99, event_seq=99))
    page = auditor.post("/audit/verify", data={"csrf_token": csrf(auditor, "/settings"), "what": "replay"}).text
    assert "application.version" in page


# -- who, and in which language ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("login", ["sys", "sec", "pro", "manager", "clerk", "p1", "boss"])
def test_nobody_else_reads_the_records(app: Flask, made: Town, login: str) -> None:
    client = app.test_client()
    sign_in(client, login)
    for path in ("/audit/records", "/audit/access", "/audit/verify", f"/audit/records/application/{made.case}"):
        assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("language", SIDES)
def test_every_page_is_sound_in_both_languages(auditor: FlaskClient, made: Town, language: str) -> None:
    look(made)
    speak(auditor, language)
    for path in ("/audit/records?q=boss", "/audit/access", "/audit/verify", f"/audit/records/application/{made.case}"):
        answer = auditor.get(path)
        assert answer.status_code == 200, path
        assert faults_of(answer.text) == [], path
