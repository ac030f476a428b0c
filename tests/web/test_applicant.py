"""The applicant's pages through the front door: nothing typed is lost, and nobody else's draft exists."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from models.applications import Answers, ApplicationRow
from models.base import db, writing
from tests.applying import SECTIONS, Intake, filled, intake, one, picture, started
from tests.services.houses import account, officers
from tests.web.front import csrf, faults_of, sign_in
from workflow.domain.actor import Actor
from workflow.services import organizations, submissions
from workflow.services.organizations import Details


@pytest.fixture
def clock() -> datetime:
    """The pages ask the real clock."""
    return datetime.now(UTC)


@pytest.fixture
def here(app: Flask, clock: datetime, tmp_path: Path) -> Intake:
    with app.app_context():
        return intake(clock, tmp_path / "files")


@pytest.fixture
def person(app: Flask, here: Intake, clock: datetime) -> Actor:
    with app.app_context():
        return account(clock, "ye", name="叶梓桐")


@pytest.fixture
def signed_in(client: FlaskClient, person: Actor) -> FlaskClient:
    sign_in(client, "ye")
    return client


@pytest.fixture
def draft(app: Flask, here: Intake, person: Actor, clock: datetime) -> str:
    with app.app_context():
        return started(here, person, clock)


def seen(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', html)
    assert found
    return found[1]


def test_starting_twice_leads_to_one_draft(signed_in: FlaskClient, here: Intake) -> None:
    page = f"/apply/rounds/{here.round_ref}"
    sent = {"csrf_token": csrf(signed_in, page), "way": "self", "track": "pattern"}
    first, second = signed_in.post(page, data=sent), signed_in.post(page, data=sent)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert signed_in.get(first.location, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("section", ["person", "work", "files", "pledge"])
def test_a_section_is_a_sound_page(signed_in: FlaskClient, draft: str, section: str) -> None:
    answer = signed_in.get(f"/apply/{draft}/form/{section}")
    assert answer.status_code == 200
    assert faults_of(answer.text) == []


PAGES = (
    "",
    "/form/person",
    "/form/work",
    "/form/files",
    "/check",
    "/receipt",
    "/answers",
    "/correct",
    "/withdraw",
    "/appeal",
)


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_every_page_of_a_case_is_sound_in_both_languages(
    app: Flask, signed_in: FlaskClient, person: Actor, draft: str, clock: datetime, language: str
) -> None:
    signed_in.set_cookie("language", language)
    with app.app_context():
        filled(draft, person, clock)
    _all_sound(signed_in, language, ["/apply", f"/apply/{draft}/check", f"/apply/{draft}/form/files"])
    with app.app_context():
        submissions.submit(draft, person, clock)
    after = [f"/apply/{draft}{page}" for page in ("", "/receipt", "/answers", "/withdraw")]
    _all_sound(signed_in, language, ["/apply", *after])


def _all_sound(client: FlaskClient, language: str, pages: list[str]) -> None:
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert faults_of(answer.text) == [], page
        body = answer.text.split("<main", 1)[1]
        spoken = re.search(r"(你|还没|提交|保存|全部)", body) is not None
        assert spoken == (language != "en"), page


def test_a_foreign_case_has_the_face_of_a_missing_one(app: Flask, draft: str, clock: datetime) -> None:
    with app.app_context():
        account(clock, "other")
    stranger = app.test_client()
    sign_in(stranger, "other")
    token = csrf(stranger, "/apply")
    missing = stranger.get("/apply/no-such-reference")
    for page in PAGES:
        answer = stranger.get(f"/apply/{draft}{page}")
        assert (answer.status_code, _plain(answer.text)) == (404, _plain(missing.text)), page
    for page in (
        "/form/person",
        "/form/person/save",
        "/form/person/file",
        "/check",
        "/track",
        "/link",
        "/correct",
        "/withdraw",
    ):
        assert stranger.post(f"/apply/{draft}{page}", data={"csrf_token": token, "name": "x"}).status_code == 404, page


def _plain(html: str) -> str:
    return re.sub(r'value="[^"]*"|/apply/[\w/-]+', "", html)


def test_nobody_signed_in_is_led_to_the_door(client: FlaskClient, draft: str) -> None:
    answer = client.get(f"/apply/{draft}/form/person")
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/login")
    answer = client.post(f"/apply/{draft}/form/person/save", headers={"Accept": "application/json"})
    assert (answer.status_code, "sign_in" in answer.get_json()) == (401, True)


def test_what_is_wrong_stays_typed_and_is_named(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/work"
    html = signed_in.get(page).text
    sent = {
        "csrf_token": csrf(signed_in, page),
        "seen": seen(html),
        "years": "四年",
        "go": "next",
        "results-0-row": "1",
        "results-0-item": "一件",
    }
    answer = signed_in.post(page, data=sent)
    assert answer.status_code == 422
    assert 'value="四年"' in answer.text
    assert re.search(r'<section class="sum.*?href="#years">本工种从业年限：请只填数字', answer.text, re.S)
    assert 'value="四年"' in signed_in.get(page).text


def test_who_misses_an_organization_finds_where_to_propose_it(signed_in: FlaskClient, draft: str) -> None:
    person = signed_in.get(f"/apply/{draft}/form/person").text
    assert 'href="/office/proposals/new"' in person
    assert signed_in.get("/office/proposals/new").status_code == 200
    assert 'href="/office/proposals/new"' not in signed_in.get(f"/apply/{draft}/form/pledge").text


def test_next_goes_on_where_nothing_is_wrong(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/person"
    sent = {"csrf_token": csrf(signed_in, page), "seen": seen(signed_in.get(page).text), "name": "叶梓桐", "go": "next"}
    assert signed_in.post(page, data=sent).location == f"/apply/{draft}/form/work"


def test_rows_work_without_a_script(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/work"
    sent = {"csrf_token": csrf(signed_in, page), "results-0-row": "1", "results-0-item": "一件", "add_row": "results"}
    assert signed_in.post(page, data=sent).location == f"{page}#results"
    html = signed_in.get(page).text
    assert 'name="results-1-item"' in html
    sent |= {"results-1-row": "1", "results-1-item": "二件", "drop_row": "results-0"}
    del sent["add_row"]
    signed_in.post(page, data=sent)
    html = signed_in.get(page).text
    assert "二件" in html
    assert "一件" not in html


def test_a_file_comes_with_the_form_and_its_verdict_back(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/files"
    token = csrf(signed_in, page)
    good = {"csrf_token": token, "go": "upload", "training_cert": (BytesIO(picture()), "结业证书.png")}
    assert signed_in.post(page, data=good, content_type="multipart/form-data").status_code == 303
    bad = {"csrf_token": token, "go": "upload", "employment_proof": (BytesIO(b"%PDF-broken"), "合同.pdf")}
    answer = signed_in.post(page, data=bad, content_type="multipart/form-data")
    assert (answer.status_code, "这份 PDF 打不开" in answer.text, "结业证书.png" in answer.text) == (422, True, True)


def test_a_download_is_sealed_off_and_named(app: Flask, signed_in: FlaskClient, draft: str, clock: datetime) -> None:
    page = f"/apply/{draft}/form/files"
    sent = {"csrf_token": csrf(signed_in, page), "training_cert": (BytesIO(picture()), "结业 证书.png")}
    signed_in.post(page, data=sent, content_type="multipart/form-data")
    address = re.search(r'href="(/files/[\w-]+)"', signed_in.get(page).text)
    assert address
    answer = signed_in.get(address[1])
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E7%BB%93%E4%B8%9A%20%E8%AF%81%E4%B9%A6.png" in headers["Content-Disposition"]
    assert (headers["Content-Security-Policy"], headers["X-Content-Type-Options"]) == (
        "sandbox; default-src 'none'",
        "nosniff",
    )
    shown = signed_in.get(f"{address[1]}/pages/1")
    assert (shown.mimetype, shown.data[:3], signed_in.get(f"{address[1]}/pages/2").status_code) == (
        "image/jpeg",
        b"\xff\xd8\xff",
        404,
    )
    with app.app_context():
        account(clock, "other")
    stranger = app.test_client()
    sign_in(stranger, "other")
    assert stranger.get(address[1]).status_code == stranger.get("/files/none").status_code == 404


# -- autosave ----------------------------------------------------------------------------------------------------------
def test_autosave_keeps_and_cannot_submit(app: Flask, signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/person"
    token, first = csrf(signed_in, page), seen(signed_in.get(page).text)
    sent = {"seen": first, "name": "叶梓桐", "id_no": "123", "go": "next", "submit": "yes"}
    answer = signed_in.post(f"{page}/save", data=sent, headers={"X-CSRFToken": token, "Accept": "application/json"})
    told = answer.get_json()
    assert (answer.status_code, set(told["wrong"]), told["masks"]) == (200, {"id_no"}, {"id_no": "***"})
    assert re.fullmatch(r"\d\d:\d\d:\d\d", told["saved"])
    assert told["seen"] != first
    with app.app_context():
        assert (one(ApplicationRow).status, one(Answers).body) == ("draft", {"name": "叶梓桐"})


def test_autosave_without_a_token_keeps_nothing(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/person/save"
    answer = signed_in.post(page, data={"name": "叶"}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    fresh = signed_in.get("/apply/token", headers={"Accept": "application/json"}).get_json()["csrf_token"]
    headers = {"X-CSRFToken": fresh, "Accept": "application/json"}
    assert signed_in.post(page, data={"name": "叶"}, headers=headers).status_code == 200


def test_a_second_window_is_a_conflict_with_both_texts(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/person"
    token, first = csrf(signed_in, page), seen(signed_in.get(page).text)
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    signed_in.post(f"{page}/save", data={"seen": first, "name": "叶梓桐"}, headers=headers)
    answer = signed_in.post(f"{page}/save", data={"seen": first, "name": "叶子"}, headers=headers)
    assert answer.status_code == 409
    assert [(each["theirs"], each["yours"]) for each in answer.get_json()["places"]] == [("叶梓桐", "叶子")]
    html = signed_in.post(page, data={"csrf_token": token, "seen": first, "name": "叶子", "go": "next"})
    assert (html.status_code, "叶梓桐" in html.text, 'value="叶子"' in html.text) == (409, True, True)
    again = signed_in.post(page, data={"csrf_token": token, "seen": seen(html.text), "name": "叶子", "go": "next"})
    assert again.status_code == 303


# -- handing in --------------------------------------------------------------------------------------------------------
def test_submitting_an_unfinished_form_lists_what_is_missing_with_links(signed_in: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/check"
    answer = signed_in.post(page, data={"csrf_token": csrf(signed_in, page), "request_key": "k"})
    assert answer.status_code == 422
    links = re.findall(rf'href="(/apply/{draft}/form/\w+\?missing=1#[\w-]+)"', answer.text)
    assert len(links) >= 10
    for link in links[:3]:
        target, _, place = link.partition("#")
        assert f'id="{place}"' in signed_in.get(target).text


def test_submitting_gives_a_receipt_and_pressing_twice_gives_the_same(
    app: Flask, signed_in: FlaskClient, person: Actor, draft: str, clock: datetime
) -> None:
    with app.app_context():
        filled(draft, person, clock)
    page = f"/apply/{draft}/check"
    sent = {"csrf_token": csrf(signed_in, page), "request_key": "the-same"}
    first, second = signed_in.post(page, data=sent), signed_in.post(page, data=sent)
    assert first.location == second.location == f"/apply/{draft}/receipt"
    html = signed_in.get(first.location).text
    assert "FE26-2-0001" in html
    assert "330102199503011226" not in html + signed_in.get(f"/apply/{draft}/answers").text
    assert signed_in.get(page).location == f"/apply/{draft}"
    assert signed_in.get(f"/apply/{draft}/form/person").status_code == 404
    assert len(SECTIONS) == 3


def test_the_list_asks_as_often_for_one_case_as_for_many(
    app: Flask, signed_in: FlaskClient, here: Intake, person: Actor, clock: datetime
) -> None:
    asked: list[str] = []
    with app.app_context():
        started(here, person, clock)
        event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for _ in range(2):
        signed_in.get("/apply")
        asked.clear()
        html = signed_in.get("/apply").text
        counts.append((html.count("<article"), len(asked)))
        with app.app_context(), writing() as session:
            first = session.query(ApplicationRow).order_by(ApplicationRow.id).first()
            for number in range(60):
                plain = {column.name: getattr(first, column.name) for column in ApplicationRow.__table__.columns}
                session.add(ApplicationRow(**{**plain, "id": None, "ref": f"copy{len(counts)}-{number}"}))
    assert (counts[0][0], counts[1][0]) == (1, 61)
    assert counts[0][1] == counts[1][1]


# -- finding an organization -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_an_organization_is_found_as_one_types_and_without_a_script(
    signed_in: FlaskClient, clock: datetime, language: str
) -> None:
    organizations.register(officers(clock).accounts, clock, Details("锦绣家纺公司", "employer"))
    signed_in.set_cookie("language", language)
    said = signed_in.get("/apply/organizations?q=家纺", headers={"Accept": "application/json"})
    assert said.get_json() == {"names": ["锦绣家纺公司"]}
    page = signed_in.get("/apply/organizations?q=家纺")
    assert faults_of(page.text) == []
    assert "锦绣家纺公司" in page.text
    assert signed_in.get("/apply/organizations", headers={"Accept": "application/json"}).get_json() == {"names": []}


def test_beside_what_is_sensitive_stands_what_it_is_asked_for(signed_in: FlaskClient, draft: str) -> None:
    html = signed_in.get(f"/apply/{draft}/form/person").text
    assert "用途：核对身份、防止重复申报。" in html  # of the number, at L4
    assert "用途：联系本人。" in html  # of the mobile, at L3
    assert html.count("用途：核对身份。") <= 1  # not of the name, which is no secret
