"""Rounds through the front door: planned, staffed, opened, extended, closed; and the lists of their cases."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.base import reading, writing
from models.evidence import EventRow
from models.organizations import Organization
from models.roles import RoleBinding, Substitution
from models.rounds import Round, RoundNominator
from tests.laws.queries import counted
from tests.services.houses import account, ref_of
from tests.services.plots import Plot
from tests.services.sheets import sheet, texts
from tests.services.staffed import House, admit, house, staff
from tests.web.front import SIDES, Page, csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords, town, visitors
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotReady
from workflow.services import administration, programs, roles, rounds

PLANNED = {
    "key": "2026-2", "name": "2026年度第2批", "opens_on": "2026-12-01", "opens_clock": "09:00",
    "closes_on": "2026-12-31", "closes_clock": "24:00", "places": "80", "document_number": "锦人才〔2026〕18号",
}  # fmt: skip


@pytest.fixture
def made(app: Flask, now: datetime) -> House:
    return house(now)


@pytest.fixture
def office(client: FlaskClient, made: House) -> FlaskClient:
    """Who opens rounds, signed in."""
    sign_in(client, "pro")
    return client


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    """(status, where it leads or the page)."""
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location") or answer.text


def plan_path(made: House) -> str:
    return f"/manage/programs/{made.program_ref}/versions/1/rounds/new"


def of_round(made: House, rest: str = "") -> str:
    return f"/manage/rounds/{made.round_ref}{rest}"


# -- planning ----------------------------------------------------------------------------------------------------------
def test_a_round_is_planned_with_minutes_numbers_and_headings(office: FlaskClient, made: House) -> None:
    status, there = post(office, plan_path(made), **PLANNED)
    assert status == 303
    with reading() as session:
        row = session.scalars(select(Round).where(Round.key == "2026-2")).one()
    assert there == f"/manage/rounds/{row.ref}"
    assert row.opens_at == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert row.closes_at == datetime(2026, 12, 31, 16, tzinfo=UTC)  # 24:00 in Hangzhou
    assert (row.settings, row.headings) == ({"places": "80"}, {"document_number": "锦人才〔2026〕18号"})
    page = office.get(there).text
    assert "12月31日 24:00" in page
    assert "锦人才〔2026〕18号" in page


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"key": "第二批"}, "key"),
        ({"key": "2026-1"}, "key"),  # the house has one of this key
        ({"name": ""}, "name"),
        ({"opens_on": "soon"}, "opens_on"),
        ({"closes_clock": "25:00"}, "closes_clock"),
        ({"closes_clock": "24:30"}, "closes_clock"),
        ({"closes_on": "2026-11-30"}, "closes_on"),
        ({"closes_on": ""}, "closes_on"),  # this program takes batches
        ({"places": "many"}, "places"),
        ({"places": "0"}, "places"),
    ],
)
def test_what_is_wrong_with_a_plan_stands_at_its_field(
    office: FlaskClient, made: House, wrong: dict[str, str], where: str
) -> None:
    status, page = post(office, plan_path(made), **{**PLANNED, **wrong})
    assert status == 422
    assert faults_of(page) == []
    assert re.search(rf'<a href="#{where}">', page), page
    typed = {**PLANNED, **wrong}
    values = {one.get("name"): one.get("value", "") for one in Page(page).all("input")}
    assert {name: values[name] for name in typed} == typed  # nothing typed is lost
    with reading() as session:
        assert len(session.scalars(select(Round)).all()) == 1


def test_everything_wrong_with_a_plan_is_said_at_once(office: FlaskClient, made: House) -> None:
    wrong = {"key": "第二批", "name": "", "opens_on": "soon", "closes_clock": "25:00", "places": "many"}
    _, page = post(office, plan_path(made), **{**PLANNED, **wrong})
    assert re.findall(r'<a href="#(\w+)">', page.partition('class="sum')[2].partition("</ul>")[0]) == list(wrong)


def test_a_round_whose_time_is_over_is_told_so_beside_all_else(made: House, now: datetime) -> None:
    past = rounds.Plan("2026-7", "第7批", now - timedelta(days=9), now - timedelta(days=1), {"places": "60"})
    rounds.revise(made.office.programs, now, made.round_ref, past)
    with pytest.raises(NotReady) as refused:
        rounds.open_round(made.office.programs, now, made.round_ref)
    said = [str(reason.words) for reason in refused.value.reasons]
    assert any("截止时间已经过去" in one for one in said)
    assert any("受理员" in one for one in said)


def test_the_same_page_sent_twice_plans_one_round(office: FlaskClient, made: House) -> None:
    first = post(office, plan_path(made), **PLANNED, request_key="k-1")
    again = post(office, plan_path(made), **PLANNED, request_key="k-1")
    assert first == again
    status, _ = post(office, plan_path(made), **{**PLANNED, "name": "别的"}, request_key="k-1")
    assert status == 409


def test_a_refused_page_may_be_put_right_under_its_key(office: FlaskClient, made: House) -> None:
    assert post(office, plan_path(made), **{**PLANNED, "places": "0"}, request_key="k-2")[0] == 422
    assert post(office, plan_path(made), **PLANNED, request_key="k-2")[0] == 303


def test_a_planned_round_is_changed_and_an_open_one_only_in_its_headings(
    office: FlaskClient, made: House, now: datetime
) -> None:
    assert post(office, of_round(made, "/edit"), **{**PLANNED, "key": "2026-7"})[0] == 303
    staff(made, now)
    rounds.revise(made.office.programs, now, made.round_ref, _now_open(now))
    rounds.open_round(made.office.programs, now, made.round_ref)
    page = office.get(of_round(made, "/edit")).text
    assert 'name="places"' not in page
    assert post(office, of_round(made, "/edit"), document_number="新文号", notice_heading="认定公示")[0] == 303
    assert rounds.sheet(made.office.programs, made.round_ref).headings["document_number"] == "新文号"


def _now_open(now: datetime) -> rounds.Plan:
    return rounds.Plan("2026-7", "第7批", now - timedelta(hours=1), now + timedelta(days=30), {"places": "60"})


# -- opening, extending, closing ---------------------------------------------------------------------------------------
def test_the_checklist_names_each_role_that_nobody_holds(office: FlaskClient, made: House) -> None:
    page = office.get(of_round(made, "/open")).text
    assert "角色“受理员”还没有人" in page
    assert f"{of_round(made, '/roles/new')}?role=intake" in page
    status, refused = post(office, of_round(made, "/open"))
    assert status == 422
    assert "没有开放" in refused
    assert rounds.sheet(made.office.programs, made.round_ref).line.state == "planned"


def test_a_staffed_round_opens_is_extended_and_closed(office: FlaskClient, made: House, now: datetime) -> None:
    staff(made, now)
    admit(made, now)
    assert "可以开放了" in office.get(of_round(made, "/open")).text
    assert post(office, of_round(made, "/open"))[0] == 303
    assert office.get(of_round(made, "/open")).headers["Location"].endswith(of_round(made))
    later = local_day(now + timedelta(days=50)).isoformat()
    status, page = post(office, of_round(made, "/extend"), closes_on=later, closes_clock="24:00", basis="")
    assert (status, "请写延期的依据" in page, later in page) == (422, True, True)
    status, page = post(office, of_round(made, "/extend"), closes_on="2026-01-01", closes_clock="24:00", basis="会议")
    assert status == 422
    assert '<a href="#closes_on">' in page
    assert post(office, of_round(made, "/extend"), closes_on=later, closes_clock="24:00", basis="专题会议")[0] == 303
    status, page = post(office, of_round(made, "/close"), basis="")
    assert (status, "请写提前关闭的依据" in page) == (422, True)
    assert post(office, of_round(made, "/close"), basis="名额已满")[0] == 303
    assert rounds.sheet(made.office.programs, made.round_ref).line.state == "closed"


# -- staffing ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["王小", "wangxiao", "wxm", "xiaoming", "wang.xm", "13811112222"])
def test_people_are_found_by_name_pinyin_and_login(office: FlaskClient, made: House, now: datetime, typed: str) -> None:
    account(now, "wang.xm", name="王小明", phone="13811112222")
    assert "王小明" in office.get(of_round(made, f"/roles/new?q={typed}")).text


@pytest.mark.parametrize("typed", ["锦绣", "jinxiu", "91110000600037341L"])
def test_organizations_are_found_by_name_pinyin_and_code(office: FlaskClient, made: House, typed: str) -> None:
    assert "锦绣服装有限公司" in office.get(of_round(made, f"/roles/new?q={typed}")).text


def test_roles_are_bound_and_ended(office: FlaskClient, made: House, now: datetime) -> None:
    who = ref_of(account(now, "wang", name="王小明"))
    path = of_round(made, "/roles/new?q=wang")
    assert post(office, path, role="intake", chosen=[f"a:{who}"])[0] == 303
    assert "王小明" in office.get(of_round(made, "/roles")).text
    status, page = post(office, path, role="", chosen=[])
    assert (status, "请选角色" in page, "请选至少一个人或一个单位" in page) == (422, True, True)
    status, page = post(office, path, role="employer_admin", chosen=[f"a:{who}"])
    assert (status, '<a href="#organization">' in page) == (422, True)
    assert post(office, path, role="employer_admin", chosen=[f"a:{who}"], organization="锦绣服装有限公司")[0] == 303
    binding = roles.bound(made.office.programs, now, round_ref=made.round_ref)[0]
    assert post(office, of_round(made, f"/roles/{binding.ref}/end"))[0] == 303
    assert binding.ref not in office.get(of_round(made, "/roles")).text


def test_a_role_given_to_an_organization_is_held_by_its_administrators(office: FlaskClient, made: House) -> None:
    assert (
        post(office, of_round(made, "/roles/new?q=jinxiu"), role="credit", chosen=[f"o:{made.employer_ref}"])[0] == 303
    )
    with reading() as session:
        row = session.scalars(select(RoleBinding).where(RoleBinding.role_key == "credit")).one()
    assert (row.account_id, row.through_organization_id is not None) == (made.administrators[0].account_id, True)


def test_an_officer_gets_no_role_and_is_told_so(office: FlaskClient, made: House) -> None:
    status, page = post(
        office, of_round(made, "/roles/new?q=aud"), role="intake", chosen=[f"a:{ref_of(made.office.audit)}"]
    )
    assert status == 422
    assert "不能兼任业务角色" in page


def test_a_list_of_roles_is_looked_at_row_by_row_and_then_bound(
    office: FlaskClient, made: House, now: datetime
) -> None:
    account(now, "wang", name="王小明")
    data = sheet(("角色", "账号", "姓名"), ("受理员", "wang", "王小明"), ("受理员", "nobody", ""), ("皇帝", "wang", ""))
    preview = _uploaded(office, of_round(made, "/roles/list"), data)
    page = office.get(preview).text
    assert faults_of(page) == []
    assert "3 行里有 2 行要改" in page
    wrong = texts(office.get(preview + "/errors.xlsx").data)
    assert [row[1] for row in wrong] == ["账号", "nobody", "wang"]
    status, refused = post(office, preview, mode="all_or_nothing")
    assert (status, "一行也没有写" in refused) == (422, True)
    assert roles.bound(made.office.programs, now, round_ref=made.round_ref) == []
    assert post(office, preview, mode="good_rows_only")[0] == 303
    assert [line.name for line in roles.bound(made.office.programs, now, round_ref=made.round_ref)] == ["王小明"]
    assert post(office, preview + "/drop")[0] == 303
    assert office.get(preview).status_code == 404


def _uploaded(client: FlaskClient, path: str, data: bytes) -> str:
    form = {"csrf_token": csrf(client, "/settings"), "file": (BytesIO(data), "list.xlsx")}
    answer = client.post(path, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


# -- leave -------------------------------------------------------------------------------------------------------------
def test_somebody_names_who_stands_in_and_takes_it_back(app: Flask, made: House, now: datetime) -> None:
    staff(made, now)
    client = app.test_client()
    sign_in(client, "intake0")
    today, then = local_day(now).isoformat(), local_day(now + timedelta(days=5)).isoformat()
    status, page = post(client, "/manage/leave", substitute="nobody", starts_on=today, ends_on=then)
    assert (status, '<a href="#substitute">' in page) == (422, True)
    status, page = post(client, "/manage/leave", substitute="hr.officer0", starts_on=then, ends_on=today)
    assert status == 422
    assert post(client, "/manage/leave", substitute="hr.officer0", starts_on=today, ends_on=then)[0] == 303
    with reading() as session:
        row = session.scalars(select(Substitution)).one()
    assert post(client, f"/manage/leave/{row.ref}/revoke")[0] == 303
    assert post(client, f"/manage/leave/{row.ref}/revoke")[0] in (409, 422)


def test_the_permissions_officer_sets_it_for_anybody(app: Flask, made: House, now: datetime) -> None:
    staff(made, now)
    client = app.test_client()
    sign_in(client, "sec")
    today, then = local_day(now).isoformat(), local_day(now + timedelta(days=5)).isoformat()
    sent = {"absent": "intake0", "substitute": "hr.officer0", "starts_on": today, "ends_on": then}
    assert post(client, "/manage/leave", **sent)[0] == 303
    status, page = post(client, "/manage/leave", **{**sent, "substitute": "aud"})
    assert (status, "不能兼任业务角色" in page) == (422, True)


# -- nominators --------------------------------------------------------------------------------------------------------
def test_nominators_are_admitted_with_the_places_that_follow(office: FlaskClient, made: House, now: datetime) -> None:
    path = of_round(made, "/nominators/new?q=jinxiu")
    status, page = post(office, path, channel="employer", chosen=[made.employer_ref])
    assert (status, "还缺" in page) == (422, True)
    administration.record_fact(made.office.accounts, now, made.employer_ref, "staff", 230, date(2026, 10, 1), "社保")
    assert post(office, path, channel="employer", chosen=[made.employer_ref])[0] == 303
    with reading() as session:
        row = session.scalars(select(RoundNominator)).one()
    assert (row.places, row.facts["staff"]["value"]) == (4, 230)
    shown = Page(office.get(of_round(made, "/nominators")).text).text
    assert "截至 2026年10月1日，社保" in shown


# -- lists of cases ----------------------------------------------------------------------------------------------------
def test_the_list_holds_what_its_reader_may_see_and_says_what_it_counts(app: Flask, now: datetime) -> None:
    made = town(now)
    browsers = visitors(app, ("manager", "programs", "stranger", "assigned"))
    path = f"/manage/rounds/{made.round_ref}/applications"
    page = Page(browsers["manager"].get(path).text)
    assert "2 件申报" in page.text
    assert "FE26-1" in page.text
    assert "你看得到的共 2 件" in page.text
    assert "FE26-1" not in browsers["programs"].get(path).text  # opens rounds, reads no case
    assert browsers["stranger"].get(path).status_code == 404
    assert browsers["assigned"].get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("stage=formal", {"FE26-1"}),
        ("stage=employer_confirm", {"FE26-2"}),
        ("state=running", {"FE26-1", "FE26-2"}),
        ("state=recognized", set()),
        ("track=sewing", set()),
        ("channel=self", {"FE26-1", "FE26-2"}),
        ("q=FE26-2", {"FE26-2"}),
        ("q=nobody", set()),
        ("state=everything", {"FE26-1", "FE26-2"}),
    ],
)
def test_the_list_is_narrowed_to_what_was_asked(app: Flask, now: datetime, query: str, numbers: set[str]) -> None:
    made = town(now)
    browser = visitors(app, ("manager",))["manager"]
    page = browser.get(f"/manage/rounds/{made.round_ref}/applications?{query}").text
    assert set(re.findall(r"FE26-\d+(?=</)", page)) == numbers
    assert f"{len(numbers)} 件申报" in page


def test_the_list_goes_on_page_by_page(app: Flask, now: datetime) -> None:
    made = town(now)
    made.plot.plant(60)
    browser = visitors(app, ("manager",))["manager"]
    path, seen = f"/manage/rounds/{made.round_ref}/applications", []
    for _ in range(4):
        page = browser.get(path).text
        seen += re.findall(r"FE26-\d+(?=</)", page)
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        if onwards is None:
            break
        path = onwards[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 62


def test_a_list_of_cases_costs_the_same_for_one_and_for_many(app: Flask, now: datetime) -> None:
    plot = Plot(now)
    plot.plant(1)
    with reading() as session:
        ref = session.get_one(Round, plot.round_id).ref
    client = _manager(app)
    of_one = f"/manage/rounds/{ref}"
    paths = [f"{of_one}/applications", "/manage/applications", of_one, f"{of_one}/roles"]
    few = {path: _cost(client, path) for path in paths}
    plot.plant(60)
    assert {path: _cost(client, path) for path in paths} == few


def _manager(app: Flask) -> FlaskClient:
    give_passwords()
    client = app.test_client()
    sign_in(client, "manager")
    return client


def _cost(client: FlaskClient, path: str) -> int:
    client.get(path)  # what is read once per process is read now
    with counted() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_the_list_of_rounds_and_of_nominators_costs_the_same_for_many(
    office: FlaskClient, made: House, now: datetime
) -> None:
    staff(made, now)
    admit(made, now)
    paths = ["/manage/rounds", of_round(made), of_round(made, "/nominators"), of_round(made, "/roles")]
    few = [_cost(office, path) for path in paths]
    version = programs.listed()[0].versions[0].number
    for number in range(70):
        plan = rounds.Plan(f"x-{number}", f"第{number}批", now, now + timedelta(days=9), {"places": "1"}, {}, version)
        rounds.plan(made.office.programs, now, made.program_ref, plan)
    _more_nominators(made, now)
    refs = [ref_of(account(now, f"extra{number}")) for number in range(70)]
    roles.bind(made.office.programs, now, "intake", refs, round_ref=made.round_ref)
    assert [_cost(office, path) for path in paths] == few


def _more_nominators(made: House, now: datetime) -> None:
    with writing() as session:
        round_id = session.scalars(select(Round.id).where(Round.ref == made.round_ref)).one()
        for number in range(70):
            unit = Organization(
                ref=f"unit-{number}", kind="employer", name=f"单位{number}", name_sort=f"danwei {number:03}",
                path=f"/+{number}/", state="standing", created_at=now,
            )  # fmt: skip
            session.add(unit)
            session.flush()
            session.add(
                RoundNominator(
                    round_id=round_id, organization_id=unit.id, channel="employer", facts={}, places=3, admitted_at=now
                )
            )


# -- every page, in both languages -------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", SIDES)
def test_every_page_of_the_room_is_sound_in_both_languages(
    office: FlaskClient, made: House, now: datetime, language: str
) -> None:
    staff(made, now)
    admit(made, now)
    speak(office, language)
    paths = ["/manage/rounds", "/manage/rounds/new", plan_path(made), "/manage/applications", "/manage/leave"]
    rests = ("", "/edit", "/open", "/extend", "/close", "/roles", "/roles/new?q=j", "/roles/list", "/nominators")
    for path in [*paths, *(of_round(made, rest) for rest in rests), of_round(made, "/nominators/new?q=j")]:
        answer = office.get(path)
        assert answer.status_code == 200, path
        assert faults_of(answer.text) == [], path
        if language == "en":
            left = re.findall(r"[\u4e00-\u9fff]+", _without_names(answer.text))
            assert not left, (path, left)


def _without_names(html: str) -> str:
    """What a program, a person or a place is called stays as it is called."""
    html = re.sub(r"<i aria-hidden[^>]*>.*?</i>|<option.*?</option>", "", html)
    running = re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", html, flags=re.S)
    for name in (
        "时尚工程师认定",
        "2026年第一批",
        "锦绣服装有限公司",
        "锦澜实训中心",
        "王芳",
        "社保",
        "锦人才〔2026〕18号",
        "中文",
    ):
        running = running.replace(name, "")
    return Page(running).text


def test_who_reads_nothing_of_a_round_is_shown_no_link_to_rounds(app: Flask, made: House, now: datetime) -> None:
    staff(made, now)
    for login, drawn in (("manager0", True), ("intake0", False), ("pro", True)):
        client = app.test_client()
        sign_in(client, login)
        assert ('href="/manage/rounds"' in client.get("/manage/leave").text) is drawn, login


def test_events_say_what_was_done(office: FlaskClient, made: House) -> None:
    post(office, plan_path(made), **PLANNED)
    with reading() as session:
        kinds = list(session.scalars(select(EventRow.kind).where(EventRow.kind == "round_planned")))
    assert len(kinds) == 2
