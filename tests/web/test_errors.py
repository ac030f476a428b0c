"""A refusal has one face wherever it comes from, in both languages, and loses nothing that was typed."""

import json
import logging
import re
from datetime import UTC, datetime

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models.accounts import Account
from models.base import reading
from tests.databases import let_go
from tests.services.houses import PASSWORD, account
from tests.web.front import SIDES, Page, csrf, faults_of, sign_in, speak
from workflow.app import create_app
from workflow.config import Settings
from workflow.domain.actor import Office
from workflow.domain.errors import (
    Change,
    InvalidInput,
    KeyReused,
    MovedOn,
    NotAllowed,
    NotFound,
    NotReady,
    Reason,
    Refusal,
)
from workflow.domain.words import Words
from workflow.services import passwords
from workflow.services.door import Locked
from workflow.web import page
from workflow.web.errors import unpack
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

AT = datetime(2026, 11, 20, 6, 31, 52, tzinfo=UTC)
WORDS = Words("请写姓名")
REFUSALS: dict[str, tuple[Refusal, int]] = {
    "missing": (NotFound(), 404),
    "forbidden": (NotAllowed(WORDS), 403),
    "not-ready": (NotReady([Reason(WORDS, "name"), Reason(WORDS)]), 422),
    "invalid": (InvalidInput([Reason(WORDS, "name")]), 422),
    "moved": (MovedOn([Change(Words("已退出登录"), AT)]), 409),
    "moved-silently": (MovedOn(), 409),
    "reused": (KeyReused(), 409),
    "locked": (Locked(12), 429),
    "other": (Refusal(WORDS), 422),
}
TYPED = "缺劳动合同和培训结业证书。\n另外，业绩第 1 行请写明。"
room = Blueprint("refusing", __name__)


@route(room, "/refuse/<how>", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def refuse(how: str) -> str:
    page.if_refused(labels={"note": Words("姓名")}, latest="/privacy")
    raise REFUSALS[how][0]


@route(room, "/records", methods=("GET", "POST"), visitor=Visitor.AUDITOR)
def records() -> str:
    with reading() as session:
        first = session.scalar(select(func.min(Account.id)))
    raise MovedOn([Change(Words("returned"), AT, first)])


@route(room, "/mine", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def mine() -> str:
    return "taken"


@route(room, "/fault", visitor=Visitor.PUBLIC)
def fault() -> str:
    raise RuntimeError("330102199001011234 王芳")


@pytest.fixture(scope="module")
def house_that_refuses(settings: Settings) -> Flask:
    app = create_app(settings)
    app.register_blueprint(room)
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    return app


@pytest.fixture
def refusing(house_that_refuses: Flask, database: str) -> FlaskClient:
    passwords.configure(passwords.CHEAP)
    let_go(house_that_refuses)
    return house_that_refuses.test_client()


@pytest.mark.parametrize("language", SIDES)
@pytest.mark.parametrize("how", REFUSALS)
def test_each_refusal_has_its_page(refusing: FlaskClient, how: str, language: str) -> None:
    speak(refusing, language)
    answer = refusing.get(f"/refuse/{how}")
    assert answer.status_code == REFUSALS[how][1]
    assert faults_of(answer.text) == []


@pytest.mark.parametrize("how", ["missing", "moved-silently", "reused", "locked"])
def test_an_english_refusal_holds_no_chinese_but_the_way_back(refusing: FlaskClient, how: str) -> None:
    speak(refusing, "en")
    left = {word for word in Page(refusing.get(f"/refuse/{how}").text).words if re.search(r"[\u4e00-\u9fff]", word)}
    assert left <= {"中文"}


@pytest.mark.parametrize("how", ["not-ready", "invalid", "moved", "reused", "other"])
def test_what_was_typed_stands_on_the_page(refusing: FlaskClient, how: str) -> None:
    sent = {"csrf_token": csrf(refusing), "note": TYPED, "seen_version": "3", "password": PASSWORD, "act": "pass"}
    answer = refusing.post(f"/refuse/{how}", data=sent)
    assert "业绩第 1 行请写明" in answer.text
    assert PASSWORD not in answer.text
    kept = Page(answer.text)
    assert [one["id"] for one in kept.all("textarea")] == ["kept-1"]
    assert "姓名" in kept.text
    assert any(link["href"] == "/privacy" for link in kept.all("a"))


def test_a_change_by_somebody_else_is_told_with_its_time(refusing: FlaskClient) -> None:
    text = Page(refusing.get("/refuse/moved").text).text
    assert "已退出登录" in text
    assert "2026年11月20日 14:31" in text


def test_a_colleague_sees_who_did_what_inside_the_office(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wen", name="温以宁")
    account(datetime.now(UTC), "ji", name="纪衡", office=Office.AUDIT)
    sign_in(refusing, "ji")
    page = Page(refusing.post("/records", data={"csrf_token": csrf(refusing, "/settings")}).text)
    assert "已退回补正" in page.text
    assert "温以宁" in page.text
    assert {"class": "desk"} in page.all("body")


def test_a_page_of_its_own_and_a_missing_one_cannot_be_told_apart(refusing: FlaskClient) -> None:
    foreign, missing = refusing.get("/refuse/missing"), refusing.get("/refuse-what-is-not-there")
    assert foreign.status_code == missing.status_code == 404
    assert _without_tokens(foreign.text) == _without_tokens(missing.text).replace(
        "/refuse-what-is-not-there", "/refuse/missing"
    )


def _without_tokens(html: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", html)


@pytest.mark.parametrize("how", REFUSALS)
def test_a_module_of_a_page_gets_the_same_sentence_as_json(refusing: FlaskClient, how: str) -> None:
    answer = refusing.get(f"/refuse/{how}", headers={"Accept": "application/json"})
    assert answer.status_code == REFUSALS[how][1]
    assert answer.json is not None
    assert answer.json["words"] == str(REFUSALS[how][0].words)


def test_reasons_reach_a_module_with_their_places(refusing: FlaskClient) -> None:
    answer = refusing.get("/refuse/not-ready", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["reasons"] == [{"where": "name", "words": "请写姓名"}, {"where": None, "words": "请写姓名"}]


# -- sessions that ended -----------------------------------------------------------------------------------------------
def test_an_act_after_the_session_ended_goes_on_after_signing_in(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wang")
    cut = refusing.post("/mine", data={"csrf_token": csrf(refusing), "note": TYPED, "request_key": "k1"})
    assert cut.status_code == 401
    assert "业绩第 1 行请写明" in cut.text
    hidden = {one["name"]: one["value"] for one in Page(cut.text).all("input") if one.get("type") == "hidden"}
    assert hidden["kept_for"] == "/mine"
    assert ["request_key", "k1"] in json.loads(hidden["kept"])
    resumed = refusing.post("/login", data={**hidden, "login": "wang", "password": PASSWORD})
    assert resumed.status_code == 200
    assert faults_of(resumed.text) == []
    again = {one["name"]: one["value"] for one in Page(resumed.text).all("input") if one.get("type") == "hidden"}
    assert again["note"].replace("\r\n", "\n") == TYPED
    assert again["request_key"] == "k1"
    assert refusing.post("/mine", data=again).text == "taken"


@pytest.mark.parametrize("target", ["https://evil.example/", "/nothing-here", "/privacy", "/login"])
def test_only_an_act_of_this_site_is_taken_up_again(refusing: FlaskClient, target: str) -> None:
    account(datetime.now(UTC), "wang")
    sent = {"csrf_token": csrf(refusing), "login": "wang", "password": PASSWORD, "kept": '[["a", "b"]]'}
    answer = refusing.post("/login", data={**sent, "kept_for": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", "/apply"), "one's own first page"


@pytest.mark.parametrize("packed", ["", "{", "3", '{"a": 1}', "[1]", '[["a"]]', '[["a", 1]]', '[["a", "b", "c"]]'])
def test_what_was_not_packed_here_counts_as_nothing(packed: str) -> None:
    assert unpack(packed) == ()


def test_a_form_without_our_token_is_shown_again_and_not_taken(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wang")
    sign_in(refusing, "wang")
    answer = refusing.post("/mine", data={"note": TYPED})
    assert answer.status_code == 400
    assert faults_of(answer.text) == []
    again = {one["name"]: one["value"] for one in Page(answer.text).all("input") if one.get("type") == "hidden"}
    assert refusing.post("/mine", data=again).text == "taken"


def test_a_look_without_a_session_leads_to_the_door_and_back(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wang")
    answer = refusing.get("/mine?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/mine?a%3D1")
    back = refusing.post(
        "/login", data={"csrf_token": csrf(refusing), "login": "wang", "password": PASSWORD, "next": "/mine?a=1"}
    )
    assert back.headers["Location"] == "/mine?a=1"


def test_a_module_without_a_session_is_told_where_to_sign_in(refusing: FlaskClient) -> None:
    answer = refusing.post("/mine", data={"csrf_token": csrf(refusing)}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["sign_in"] == "/login?next=/mine"


def test_who_is_signed_in_but_not_of_this_room_is_told_so(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wang")
    sign_in(refusing, "wang")
    assert refusing.get("/records").status_code == 403


# -- what is too large, and what nobody foresaw ------------------------------------------------------------------------
def test_too_much_is_refused_with_a_sentence(refusing: FlaskClient) -> None:
    answer = refusing.post("/mine", data={"note": "字" * 200_000})
    assert answer.status_code in (401, 413)
    assert faults_of(answer.text) == []


def test_a_body_too_large_for_a_signed_in_reader(refusing: FlaskClient) -> None:
    account(datetime.now(UTC), "wang")
    sign_in(refusing, "wang")
    answer = refusing.post("/mine", data={"note": "字" * 200_000})
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_a_fault_gives_a_number_to_the_reader_and_no_data_to_the_log(
    refusing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = refusing.get("/fault")
    assert answer.status_code == 500
    assert faults_of(answer.text) == []
    reference = re.search(r'class="mono">([0-9A-F]{8})<', answer.text)
    assert reference
    said = " ".join(record.getMessage() for record in caplog.records)
    assert reference[1] in said
    assert "RuntimeError" in said
    assert "330102199001011234" not in said + answer.text
    assert "王芳" not in said + answer.text
