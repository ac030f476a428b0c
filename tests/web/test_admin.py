"""The offices through the front door: accounts, duties, organizations and who speaks for them."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import Account
from models.base import reading
from models.organizations import Organization, OrganizationFact
from tests.laws.queries import counted
from tests.services.houses import account, ref_of
from tests.services.staffed import House, house
from tests.web.front import SIDES, Page, csrf, faults_of, sign_in, speak
from workflow.services import organizations, sessions
from workflow.services.organizations import Details


@pytest.fixture
def made(app: Flask, now: datetime) -> House:
    return house(now)


def enter(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, login)
    return client


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location") or answer.text


def row_of(login: str) -> Account:
    with reading() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


# -- accounts ----------------------------------------------------------------------------------------------------------
def test_an_invitation_is_shown_once_and_opens_the_account(app: Flask, made: House) -> None:
    office = enter(app, "sys")
    sent = {"name": "温以宁", "login": "wenyn", "phone": "", "email": "", "organization": "锦绣服装有限公司"}
    status, page = post(office, "/office/accounts/new", **sent, request_key="i-1")
    assert status == 200
    assert faults_of(page) == []
    link = re.search(r'id="link">http://localhost(/invitations/[^<]+)<', page)
    assert link
    assert '<svg role="img"' in page
    status, there = post(office, "/office/accounts/new", **sent, request_key="i-1")  # pressed twice
    assert (status, there) == (303, f"/office/accounts/{row_of('wenyn').ref}")
    assert link[1] not in office.get(there).text
    guest = app.test_client()
    token = csrf(guest, link[1])
    form = {"csrf_token": token, "password": "Warp-and-weft-77", "password_again": "Warp-and-weft-77"}
    assert guest.post(link[1], data=form).status_code == 303
    assert guest.get("/account/sessions").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": ""}, "name"),
        ({"login": "1abc"}, "login"),
        ({"login": "", "phone": ""}, "login"),
        ({"login": "boss"}, "login"),  # taken
        ({"phone": "123"}, "phone"),
        ({"organization": "没有这家"}, "organization"),
    ],
)
def test_what_is_wrong_with_an_account_stands_at_its_field(
    app: Flask, made: House, wrong: dict[str, str], where: str
) -> None:
    sent = {"name": "温以宁", "login": "wenyn", "phone": "", "email": "", "organization": "", **wrong}
    status, page = post(enter(app, "sys"), "/office/accounts/new", **sent)
    assert status == 422
    assert f'<a href="#{where}">' in page
    values = {one.get("name"): one.get("value", "") for one in Page(page).all("input")}
    assert {name: values[name] for name in sent} == sent


def test_an_account_is_changed_disabled_and_enabled(app: Flask, made: House) -> None:
    office, boss = enter(app, "sys"), enter(app, "boss")
    path = f"/office/accounts/{row_of('boss').ref}"
    assert post(office, f"{path}/edit", name="林主管", login="boss", phone="13911112222")[0] == 303
    assert row_of("boss").name == "林主管"
    status, page = post(office, f"{path}/disable", reason=" ")
    assert (status, "请写停用的原因" in page) == (422, True)
    assert post(office, f"{path}/disable", reason="离职")[0] == 303
    assert boss.get("/account/sessions").status_code == 303  # out at once
    assert post(office, f"{path}/enable")[0] == 303
    sign_in(app.test_client(), "boss")


def test_nobody_disables_themselves(app: Flask, made: House) -> None:
    office = enter(app, "sys")
    path = f"/office/accounts/{row_of('sys').ref}"
    assert f"{path}/disable" not in office.get(path).text
    status, page = post(office, f"{path}/disable", reason="试试")
    assert (status, "不能停用自己的账号" in page) == (422, True)


def test_a_new_link_ends_the_old_password_and_sessions(app: Flask, made: House) -> None:
    office, boss = enter(app, "sys"), enter(app, "boss")
    path = f"/office/accounts/{row_of('boss').ref}"
    assert post(office, f"{path}/invite")[0] == 200
    assert boss.get("/account/sessions").status_code == 303
    assert row_of("boss").password_hash is None


def test_sessions_are_ended_by_the_office(app: Flask, made: House) -> None:
    office, boss = enter(app, "sys"), enter(app, "boss")
    path = f"/office/accounts/{row_of('boss').ref}"
    assert "现在有 1 处登录着" in office.get(path).text
    assert post(office, f"{path}/sessions/end")[0] == 303
    assert boss.get("/account/sessions").status_code == 303


@pytest.mark.parametrize("typed", ["boss", "林主", "13911112222"])
def test_accounts_are_found(app: Flask, made: House, typed: str) -> None:
    office = enter(app, "sys")
    post(office, f"/office/accounts/{row_of('boss').ref}/edit", name="林主管", login="boss", phone="13911112222")
    status, there = post(office, "/office/accounts/search", q=typed)
    assert (status, typed in there) == (303, False)  # a phone number stands in no address
    page = office.get(there).text
    assert faults_of(page) == []
    assert re.findall(r'class="name"[^>]*>([^<]+)<', page) == ["林主管"]
    others = enter(app, "sys").get(there).text
    assert len(re.findall(r'class="name"[^>]*>([^<]+)<', others)) > 1  # the key is worth nothing in another session


# -- duties ------------------------------------------------------------------------------------------------------------
def test_duties_are_granted_and_ended_and_kept_apart(app: Flask, made: House, now: datetime) -> None:
    office = enter(app, "sec")
    second = ref_of(account(now, "second", name="顾行"))
    assert "顾行" in office.get("/office/duties?q=second").text
    assert post(office, "/office/duties?q=second", account=second, office="accounts")[0] == 303
    status, page = post(office, "/office/duties", account=second, office="audit")
    assert (status, "已有一个管理岗位" in page) == (422, True)
    assert post(office, f"/office/duties/{second}/end")[0] == 303
    status, page = post(office, f"/office/duties/{ref_of(made.office.audit)}/end")
    assert (status, "最后一人" in page) == (422, True)


def test_nobody_grants_to_themselves_or_to_who_holds_a_role(app: Flask, made: House) -> None:
    office = enter(app, "sec")
    status, page = post(office, "/office/duties", account=ref_of(made.office.permissions), office="programs")
    assert (status, "不能给自己授权" in page) == (422, True)
    status, page = post(office, "/office/duties", account=ref_of(made.administrators[0]), office="audit")
    assert (status, "不能兼任业务角色" in page) == (422, True)
    status, page = post(office, "/office/duties", account=ref_of(made.administrators[0]), office="emperor")
    assert (status, "没有这个岗位" in page) == (422, True)


# -- organizations -----------------------------------------------------------------------------------------------------
def test_an_organization_is_registered_and_changed(app: Flask, made: House) -> None:
    office = enter(app, "pro")
    sent = {"name": "新丝路服饰有限公司", "kind": "employer", "credit_code": "", "parent": "锦绣服装有限公司"}
    status, there = post(office, "/office/organizations/new", **sent, region_code="330110")
    assert status == 303
    page = Page(office.get(there).text).text
    assert "锦绣服装有限公司" in page
    assert post(office, f"{there}/edit", **{**sent, "name": "新丝路集团", "parent": ""})[0] == 303
    assert "新丝路集团" in office.get(there).text
    status, page = post(office, "/office/organizations/new", **{**sent, "credit_code": "91110000600037341L"})
    assert (status, '<a href="#credit_code">' in page, "已登记为“锦绣服装有限公司”" in page) == (422, True, True)


def test_a_proposal_stands_once_the_office_approved_it(app: Flask, made: House, now: datetime) -> None:
    account(now, "wang", name="王小明")
    wang, office = enter(app, "wang"), enter(app, "pro")
    assert post(wang, "/office/proposals/new", name="新丝路服饰有限公司", kind="employer")[0] == 303
    assert "等核对" in wang.get("/office/proposals").text
    with reading() as session:
        ref = session.scalars(select(Organization.ref).where(Organization.name == "新丝路服饰有限公司")).one()
    assert "王小明" in office.get("/office/proposals").text
    assert post(wang, f"/office/organizations/{ref}/approve")[0] == 403
    assert post(office, f"/office/organizations/{ref}/approve")[0] == 303
    assert "已通过核对" in wang.get("/office/proposals").text
    assert post(office, f"/office/organizations/{ref}/approve")[0] == 422  # once


def test_a_refused_proposal_tells_its_proposer_why(app: Flask, made: House, now: datetime) -> None:
    wang = account(now, "wang")
    ref = organizations.propose(wang, now, Details("新丝路服饰", "employer"))
    office = enter(app, "pro")
    status, page = post(office, f"/office/organizations/{ref}/refuse", reason="")
    assert (status, "请写不通过的理由" in page) == (422, True)
    assert post(office, f"/office/organizations/{ref}/refuse", reason="名称不全，请按执照填写")[0] == 303
    assert "名称不全，请按执照填写" in enter(app, "wang").get("/office/proposals").text


def test_an_organizations_own_administrator_keeps_its_numbers_and_hands_over(
    app: Flask, made: House, now: datetime
) -> None:
    account(now, "heir", name="何接手")
    boss = enter(app, "boss")
    mine, other = f"/office/organizations/{made.employer_ref}", f"/office/organizations/{made.trainer_ref}"
    assert boss.get(mine).status_code == 200
    assert boss.get(other).status_code == 404
    assert f"{mine}/edit" not in boss.get(mine).text
    for wrong in ({"value": "many"}, {"as_of": "2999-01-01"}, {"source": ""}):
        sent = {"fact": "staff", "value": "1,230人", "as_of": "2026-10-01", "source": "社保系统", **wrong}
        status, page = post(boss, f"{mine}/facts/new", **sent)
        assert (status, f'<a href="#{next(iter(wrong))}">' in page) == (422, True)
    sent = {"fact": "staff", "value": "1,230人", "as_of": "2026-10-01", "source": "社保系统"}
    assert post(boss, f"{mine}/facts/new", **sent)[0] == 303
    assert post(boss, f"{other}/facts/new", **sent)[0] == 404
    with reading() as session:
        assert session.scalars(select(OrganizationFact.value)).all() == [1230]
    own = ref_of(made.administrators[0])
    status, page = post(boss, f"{mine}/hand-over", leaving=own, account="nobody", basis="调岗")
    assert (status, '<a href="#account">' in page) == (422, True)
    assert post(boss, f"{mine}/hand-over", leaving=own, account="heir", basis="调岗")[0] == 303
    assert boss.get(mine).status_code == 404
    assert enter(app, "heir").get(mine).status_code == 200


def test_the_office_appoints_and_dismisses_but_never_the_last(app: Flask, made: House, now: datetime) -> None:
    account(now, "second", name="顾行")
    office = enter(app, "sys")
    path = f"/office/organizations/{made.employer_ref}"
    first = ref_of(made.administrators[0])
    assert post(office, f"{path}/administrators/{first}/dismiss")[0] == 422
    assert post(office, f"{path}/administrators/new", account="second")[0] == 303
    assert post(office, f"{path}/administrators/{first}/dismiss")[0] == 303
    held = sessions.actor_of(row_of("second").id, datetime.now(UTC)).holdings
    assert [each.role for each in held] == ["administrator"]


def test_an_administrator_finds_their_organizations_from_the_bar(app: Flask, made: House) -> None:
    boss = enter(app, "boss")
    assert "锦绣服装有限公司" in boss.get("/office/own").text
    assert 'href="/office/own"' in boss.get("/manage/leave").text


# -- what pages cost, and how they read --------------------------------------------------------------------------------
def _cost(client: FlaskClient, path: str) -> int:
    client.get(path)
    with counted() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_lists_cost_the_same_for_many(app: Flask, made: House, now: datetime) -> None:
    wang = account(now, "wang")
    organizations.propose(wang, now, Details("单位甲", "employer"))
    asked = [("sys", "/office/accounts"), ("sys", "/office/organizations"), ("sys", "/office/proposals"),
             ("sec", "/office/duties"), ("sec", "/office/duties?q=extra"), ("wang", "/office/proposals")]  # fmt: skip
    clients = {login: enter(app, login) for login, _ in asked}
    account(now, "extra")
    few = [_cost(clients[login], path) for login, path in asked]
    for number in range(70):
        account(now, f"extra{number}")
        organizations.propose(wang, now, Details(f"单位{number}", "employer"))
    assert [_cost(clients[login], path) for login, path in asked] == few


@pytest.mark.parametrize("path", ["/office/accounts", "/office/organizations"])
def test_long_lists_go_on_page_by_page(app: Flask, made: House, now: datetime, path: str) -> None:
    for number in range(110):
        account(now, f"extra{number}", name=f"人{number}")
        organizations.register(made.office.accounts, now, Details(f"单位{number}", "employer"))
    client, seen, there = enter(app, "sys"), [], path
    for _ in range(4):
        page = client.get(there).text
        seen += re.findall(r'class="name" href="([^"]+)"', page)
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        if onwards is None:
            break
        there = onwards[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) > 110


@pytest.mark.parametrize("language", SIDES)
def test_every_page_of_the_offices_is_sound_in_both_languages(
    app: Flask, made: House, now: datetime, language: str
) -> None:
    wang = account(now, "wang")
    proposal = organizations.propose(wang, now, Details("新丝路服饰", "employer"))
    unit, boss = f"/office/organizations/{made.employer_ref}", f"/office/accounts/{row_of('boss').ref}"
    pages = {
        "sys": ["/office/accounts", "/office/accounts/new", boss, f"{boss}/edit", f"{boss}/disable", unit,
                f"{unit}/facts/new", f"{unit}/administrators/new", f"{unit}/hand-over", "/office/first-steps"],
        "sec": ["/office/duties?q=wang"],
        "pro": ["/office/organizations", "/office/organizations/new", f"{unit}/edit", "/office/people",
                "/office/people/list", "/office/organizations/list", "/office/proposals",
                f"/office/organizations/{proposal}", f"/office/organizations/{proposal}/refuse"],
        "boss": ["/office/own", unit],
        "wang": ["/office/proposals", "/office/proposals/new"],
    }  # fmt: skip
    for login, paths in pages.items():
        client = enter(app, login)
        speak(client, language)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (login, path)
            assert faults_of(answer.text) == [], path


def test_who_holds_another_office_is_told_that_the_room_is_not_theirs(app: Flask, made: House) -> None:
    assert enter(app, "aud").get("/office/accounts").status_code == 403
    assert enter(app, "pro").get("/office/accounts").status_code == 403
    assert enter(app, "sys").get("/office/duties").status_code == 403
    assert enter(app, "sys").get("/office/people").status_code == 403
    assert enter(app, "sec").get("/office/organizations").status_code == 403


def test_made_up_references_are_not_there(app: Flask, made: House) -> None:
    office = enter(app, "sys")
    for path in (
        "/office/accounts/AAAAAAAAAAAAAAAA",
        "/office/organizations/AAAAAAAAAAAAAAAA",
        "/office/accounts?after=A",
    ):
        assert office.get(path).status_code == 404, path
