"""Coming in, staying in and going out, through the pages alone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from models.accounts import Account
from models.base import writing
from tests.services.houses import PASSWORD, account, officers, ref_of
from tests.web.front import Page, csrf, faults_of, sign_in, speak
from workflow.domain.actor import Actor, Office
from workflow.services import accounts, passwords, sessions

NEW = "Warp-and-weft-77"
PHONE = "13800001111"


@pytest.fixture(autouse=True)
def _cheap() -> None:
    passwords.configure(passwords.CHEAP)


@pytest.fixture
def wang(client: FlaskClient, now: datetime) -> Actor:
    return account(now, "wang", phone=PHONE)


def post(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location", "") or answer.text


def signed_in(client: FlaskClient) -> bool:
    return client.get("/account/sessions").status_code == 200


def last_caught(client: FlaskClient) -> str:
    """The newest code or link on the catcher page."""
    page = client.get("/caught")
    assert faults_of(page.text) == []
    found = re.search(r'<b class="mono">(\d{6})</b>|href="(/invitations/[^"]+)"', page.text)
    assert found
    return found[1] or found[2]


# -- signing in --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["wang", " WANG ", PHONE])
def test_one_signs_in_by_name_or_phone(client: FlaskClient, wang: Actor, typed: str) -> None:
    sign_in(client, typed)
    assert signed_in(client)


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("wang", ""), ("", "x")])
def test_a_wrong_pair_is_refused_and_the_name_kept(client: FlaskClient, wang: Actor, login: str, password: str) -> None:
    status, text = post(client, "/login", login=login, password=password)
    assert status == 422
    assert faults_of(text) == []
    assert not signed_in(client)
    typed = next(one for one in Page(text).all("input") if one.get("id") == "login")
    assert typed.get("value", "") == login
    assert "value" not in next(one for one in Page(text).all("input") if one.get("id") == "password")


def test_unknown_and_wrong_read_the_same(client: FlaskClient, wang: Actor) -> None:
    errors = [
        re.findall(r'class="err"[^>]*>.*?</div>', post(client, "/login", login=login, password="Wrong-one-99")[1])
        for login in ("wang", "nobody")
    ]
    assert errors[0] == errors[1] != []


def test_a_refusal_at_the_door_is_in_the_readers_language(client: FlaskClient, wang: Actor) -> None:
    speak(client, "en")
    _, text = post(client, "/login", login="wang", password="Wrong-one-99")
    errors = re.findall(r'class="err"[^>]*>.*?<span>(.*?)</span>', text)
    assert errors == ["Account or password is wrong. After 5 wrong tries in a row it is locked for 30 minutes"]


def test_five_wrong_tries_lock_and_say_for_how_long(client: FlaskClient, wang: Actor) -> None:
    for _ in range(5):
        post(client, "/login", login="wang", password="Wrong-one-99")
    status, text = post(client, "/login", login="wang", password=PASSWORD)
    assert status == 422
    assert "30 分钟后再试" in text


def test_the_session_cookie_changes_at_the_door(client: FlaskClient, wang: Actor) -> None:
    before = csrf(client)
    sign_in(client, "wang")
    assert client.post("/account/sessions/end-others", data={"csrf_token": before}).status_code == 400


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, wang: Actor) -> None:
    sign_in(client, "wang")
    with client.session_transaction() as kept:
        old = dict(kept)
    assert post(client, "/logout")[0] == 303
    with client.session_transaction() as again:
        again.update(old)
    assert not signed_in(client)


def test_a_disabled_account_is_out_at_once(client: FlaskClient, wang: Actor, now: datetime) -> None:
    sign_in(client, "wang")
    accounts.disable(account(now, "boss", office=Office.ACCOUNTS), now, ref_of(wang), "离职")
    assert not signed_in(client)


@pytest.mark.parametrize(("idle", "still_in"), [(timedelta(minutes=29), True), (timedelta(minutes=31), False)])
def test_who_does_nothing_is_signed_out(
    client: FlaskClient, wang: Actor, now: datetime, time_machine: TimeMachineFixture, idle: timedelta, still_in: bool
) -> None:
    sign_in(client, "wang")
    time_machine.move_to(datetime.now(UTC) + idle)
    assert signed_in(client) is still_in


# -- registering and forgetting ----------------------------------------------------------------------------------------
def test_one_registers_with_a_code_and_is_in(client: FlaskClient) -> None:
    status, where = post(client, "/register", address="138 0000 2222")
    assert status == 303
    code = last_caught(client)
    wrong = post(
        client, where, code="000000" if code != "000000" else "1", name="李木", password=NEW, password_again=NEW
    )
    assert wrong[0] == 422
    assert faults_of(wrong[1]) == []
    assert post(client, where, code=code, name="李木", password=NEW, password_again=NEW)[0] == 303
    assert signed_in(client)


@pytest.mark.parametrize(("wanted", "ends_at"), [("/settings", "/settings"), ("//evil.example/", "/apply")])
def test_who_registers_on_the_way_to_a_page_arrives_there(client: FlaskClient, wanted: str, ends_at: str) -> None:
    door = client.get("/login", query_string={"next": wanted}).text
    found = re.search(r'href="(/register[^"]*)"', door)
    assert found
    _, where = post(client, found[1], address="138 0000 2222")
    typed = {"code": last_caught(client), "name": "李木", "password": NEW, "password_again": NEW}
    assert post(client, where, **typed) == (303, ends_at)


def test_weak_and_different_passwords_are_named_at_their_fields(client: FlaskClient) -> None:
    _, where = post(client, "/register", address="a@example.com")
    code = last_caught(client)
    for first, second, where_wrong in (("12345678", "12345678", "password"), (NEW, NEW + "x", "password_again")):
        status, text = post(client, where, code=code, name="李木", password=first, password_again=second)
        assert status == 422
        assert f'href="#{where_wrong}"' in text


def test_registering_again_tells_the_page_nothing(client: FlaskClient, wang: Actor) -> None:
    assert post(client, "/register", address=PHONE)[0] == 303
    assert "已有账号" in Page(client.get("/caught").text).text


@pytest.mark.parametrize("address", ["", "123", "not an address", "a@b"])
def test_what_is_no_address_is_named(client: FlaskClient, address: str) -> None:
    status, text = post(client, "/register", address=address)
    assert status == 422
    assert 'href="#address"' in text


def test_a_forgotten_password_is_set_anew(client: FlaskClient, wang: Actor) -> None:
    _, where = post(client, "/forgotten", address=PHONE)
    assert post(client, where, code=last_caught(client), password=NEW, password_again=NEW)[0] == 303
    post(client, "/logout")
    sign_in(client, "wang", NEW)
    assert signed_in(client)


def test_asking_for_a_stranger_looks_the_same(client: FlaskClient) -> None:
    status, where = post(client, "/forgotten", address="13999990000")
    assert (status, where.startswith("/forgotten/")) == (303, True)


# -- invitations, first and later passwords ----------------------------------------------------------------------------
def test_an_invitation_opens_once(client: FlaskClient, now: datetime) -> None:
    accounts.invite(officers(now).accounts, now, "温以宁", login="wenyn", phone="13800003333")
    link = last_caught(client)
    assert faults_of(client.get(link).text) == []
    assert "温以宁" in client.get(link).text
    assert post(client, link, password=NEW, password_again=NEW)[0] == 303
    assert signed_in(client)
    again = client.get(link)
    assert again.status_code == 422
    assert faults_of(again.text) == []
    assert "温以宁" not in Page(again.text).text.replace("温以宁 ", "", 1)


def test_a_first_password_must_be_changed_before_anything_else(client: FlaskClient, now: datetime) -> None:
    accounts.create(officers(now).accounts, now, "陈芸", PASSWORD, login="chenyun")
    sign_in(client, "chenyun")
    assert client.get("/account/sessions").headers["Location"] == "/account/password"
    page = client.get("/account/password")
    assert "首次登录，先改口令" in page.text
    assert "password_now" not in page.text
    assert post(client, "/account/password", password=NEW, password_again=NEW)[0] == 303
    assert signed_in(client)


def test_changing_a_password_ends_the_other_browsers(client: FlaskClient, wang: Actor) -> None:
    other = client.application.test_client()
    sign_in(other, "wang")
    sign_in(client, "wang")
    wrong = post(client, "/account/password", password_now="Wrong-one-99", password=NEW, password_again=NEW)
    assert wrong[0] == 422
    assert 'href="#password_now"' in wrong[1]
    assert post(client, "/account/password", password_now=PASSWORD, password=NEW, password_again=NEW)[0] == 303
    assert (signed_in(client), signed_in(other)) == (True, False)


def test_one_ends_another_browser_by_its_row(client: FlaskClient, wang: Actor, now: datetime) -> None:
    other = client.application.test_client()
    sign_in(other, "wang")
    sign_in(client, "wang")
    ends = re.findall(r'action="(/account/sessions/[^"]+/end)"', client.get("/account/sessions").text)
    assert len(ends) == 1
    assert post(client, ends[0])[0] == 303
    assert (signed_in(client), signed_in(other)) == (True, False)


def test_one_cannot_end_what_is_not_ones_own(client: FlaskClient, wang: Actor, now: datetime) -> None:
    account(now, "li")
    other = client.application.test_client()
    sign_in(other, "li")
    theirs = sessions.open_sessions(wang, "", now)
    sign_in(client, "wang")
    page = other.get("/account/sessions")
    assert page.status_code == 200
    assert post(client, "/account/sessions/no-such-session/end")[0] == 404
    assert theirs == []


# -- the catcher -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("production", "demo", "address", "status"),
    [
        (False, True, "10.0.0.9", 200),
        (False, False, "127.0.0.1", 200),
        (False, False, "10.0.0.9", 404),
        (True, True, "127.0.0.1", 404),
    ],
)
def test_the_catcher_is_for_demonstrations_and_for_who_sits_at_the_machine(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, production: bool, demo: bool, address: str, status: int
) -> None:
    monkeypatch.setitem(client.application.config, "PRODUCTION", production)
    monkeypatch.setitem(client.application.config, "DEMO", demo)
    from_there = {"REMOTE_ADDR": address}
    assert client.get("/caught", environ_base=from_there).status_code == status
    assert ("/caught" in client.get("/login", environ_base=from_there).text) is (status == 200)


# -- invited, and nothing to do yet ------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_who_was_invited_and_has_no_role_reads_what_to_wait_for(
    client: FlaskClient, now: datetime, language: str
) -> None:
    office = officers(now)
    made = accounts.create(office.accounts, now, "新来的", PASSWORD, login="newcomer")
    with writing() as session:
        session.query(Account).filter_by(ref=made).one().must_change = False
    sign_in(client, "newcomer")
    speak(client, language)
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    page = client.get("/apply")
    assert faults_of(page.text) == []
    assert ("等着给你角色" if language != "en" else "waiting for a role") in page.text
    assert "王芳" in page.text  # who made the account


def test_who_registered_alone_reads_how_to_apply(client: FlaskClient, wang: Actor) -> None:
    sign_in(client, "wang")
    assert "还没有申报" in client.get("/apply").text
