"""A round a month through the front door: looked at before it begins, begun, stopped and gone on with."""

from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import reading
from models.rounds import RoundSeries
from tests.domain.programs import text
from tests.services.monthly import House, house
from tests.web.front import SIDES, Page, csrf, faults_of, sign_in, speak
from workflow.domain.actor import SYSTEM
from workflow.domain.calendar import end_of
from workflow.services import programs, series


@pytest.fixture
def made(app: Flask, now: datetime) -> House:
    return house(now)


@pytest.fixture
def office(client: FlaskClient, made: House) -> FlaskClient:
    sign_in(client, "pro")
    return client


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location") or answer.text


def state() -> tuple[str, str] | None:
    with reading() as session:
        row = session.query(RoundSeries).one_or_none()
        return (row.state, row.reason) if row is not None else None


def values(page: str) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in Page(page).all("input")}


def test_a_round_is_planned_beside_the_closing_days_of_a_year(office: FlaskClient, made: House) -> None:
    page = office.get(f"/manage/programs/{made.program_ref}/versions/1/rounds/new").text
    assert faults_of(page) == []
    assert "2027年10月批" in page
    assert "暂定" in page
    assert "12月25日" in page
    usual = values(page)  # of the next month that has no round yet
    assert (usual["key"], usual["name"], usual["closes_on"]) == (
        "2026-12",
        "2026年12月批",
        "2026-12-25",
    )


def test_where_some_channels_never_close_the_page_says_which_round_takes_what(
    office: FlaskClient, made: House, now: datetime
) -> None:
    mixed = programs.publish(text("dayun_yingcai"), SYSTEM, now)
    page = office.get(f"/manage/programs/{mixed.program_ref}/versions/1/rounds/new").text
    assert "写了截止的批次收“直通项目”；不写截止、一直开着的批次收“常规项目”。" in page
    assert values(page)["closes_on"] == ""


@pytest.mark.parametrize("language", SIDES)
def test_the_series_is_begun_stopped_and_gone_on_with(office: FlaskClient, made: House, language: str) -> None:
    speak(office, language)
    path = f"/manage/rounds/{made.round_ref}/months"
    assert path in office.get(f"/manage/rounds/{made.round_ref}").text
    page = office.get(path).text
    assert faults_of(page) == []
    assert state() is None

    assert post(office, path, act="begin", request_key="b") == (303, path)
    assert post(office, path, act="begin", request_key="b") == (303, path)  # the same button twice
    assert state() == ("running", "")
    status, page = post(office, path, act="stop", reason="")
    assert (status, faults_of(page)) == (422, [])
    assert post(office, path, act="stop", reason="资金没有到位") == (303, path)
    assert state() == ("stopped", "资金没有到位")
    assert "资金没有到位" in office.get(path).text
    assert post(office, path, act="go_on", reason="资金到了") == (303, path)
    assert faults_of(office.get(path).text) == []
    assert state() == ("running", "资金到了")


def test_what_the_clock_has_made_is_a_round_like_any_other(office: FlaskClient, made: House, now: datetime) -> None:
    series.begin(made.programs, now, made.round_ref)
    series.carry_out(end_of(date(2026, 11, 25)))
    page = office.get("/manage/rounds").text
    assert "2026年12月批" in page
    assert "12月25日 24:00" in page


def test_nobody_else_sees_it(client: FlaskClient, made: House) -> None:
    sign_in(client, "boss")
    assert client.get(f"/manage/rounds/{made.round_ref}/months").status_code == 404
    assert post(client, f"/manage/rounds/{made.round_ref}/months", act="begin")[0] == 404
    assert state() is None
