"""The inbox, the page of deliveries, the banner, and what whoever watches the machine asks."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from models.base import writing
from models.deliveries import Delivery
from models.messages import Message
from tests.services.plots import Plot
from tests.services.posts import messages, reachable
from tests.services.test_reminders import formal
from tests.web.front import SIDES, csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.services import clock, outbox, packing, reminders


def signed_in(app: Flask, login: str) -> FlaskClient:
    browser = app.test_client()
    sign_in(browser, login)
    return browser


@pytest.fixture
def plot(app: Flask, now: datetime) -> Plot:
    """Three reminders that were due on Wednesday a week ago."""
    made = Plot(now - timedelta(days=14))
    formal(made, 3)
    reminders.plan(now - timedelta(days=7))
    give_passwords()
    return made


def test_the_bar_counts_what_is_unread_and_opening_one_leads_to_its_page(app: Flask, plot: Plot) -> None:
    browser = signed_in(app, "clerk")
    assert "，3 条未读" in browser.get("/review").text
    page = browser.get("/inbox").text
    assert page.count("未读</span>") >= 3
    assert "形式审查 FE26-" in page
    assert "时尚工程师认定 2026年第1批" in page
    token = csrf(browser, "/inbox")
    mine = next(one for one in messages() if one.recipient_id == plot.people["clerk"].account_id)
    gone = browser.post(f"/inbox/{mine.ref}", data={"csrf_token": token})
    assert (gone.status_code, gone.headers["Location"].split("?")[0]) == (303, f"/review/items/{mine.params['item']}")
    assert "，2 条未读" in browser.get("/review").text
    assert browser.post("/inbox/read", data={"csrf_token": token}).status_code == 303
    assert "条未读" not in browser.get("/review").text


@pytest.mark.parametrize("side", SIDES)
def test_inbox_and_deliveries_are_strict_pages_in_each_language(app: Flask, plot: Plot, side: str) -> None:
    browser = signed_in(app, "manager")
    speak(browser, side)
    for path in ("/inbox", "/manage/clock", "/manage/"):
        assert faults_of(browser.get(path).text) == []


def test_what_failed_is_there_for_who_runs_the_round_and_is_tried_again_or_cancelled(
    app: Flask, plot: Plot, now: datetime
) -> None:
    reachable(plot.people["clerk"], "chen@example.gov.cn")
    packing.pack(now)
    with writing() as session:
        session.execute(update(Delivery).values(state="failed", trouble="SMTP 550", tries=10, fence=10, next_at=now))
        session.execute(
            update(Message).where(Message.recipient_id == plot.people["hr"].account_id).values(state="cancelled")
        )
    browser = signed_in(app, "manager")
    page = browser.get("/manage/clock").text
    assert "1 件没有送到" in page
    assert "SMTP 550" in page
    assert "1 件没有送到" in browser.get("/manage/").text
    assert "没有送不到的" in signed_in(app, "clerk").get("/manage/clock").text
    with writing() as session:
        ref = session.execute(text("SELECT ref FROM delivery")).scalar_one()
    token = csrf(browser, "/manage/clock")
    other = signed_in(app, "hr")
    assert other.post(f"/manage/clock/{ref}/retry", data={"csrf_token": csrf(other, "/inbox")}).status_code == 404
    assert browser.post(f"/manage/clock/{ref}/retry", data={"csrf_token": token}).status_code == 303
    assert browser.post(f"/manage/clock/{ref}/cancel", data={"csrf_token": token}).status_code == 404, "it waits again"
    assert "没有送不到的" in browser.get("/manage/clock").text


def test_a_clock_that_stands_still_is_said_to_who_runs_rounds(app: Flask, plot: Plot, now: datetime) -> None:
    manager, clerk = signed_in(app, "manager"), signed_in(app, "clerk")
    assert "提醒停了" not in manager.get("/manage/rounds").text, "it has not begun"
    clock.tick(now - timedelta(minutes=4))
    assert "提醒停了三分钟以上" in manager.get("/manage/rounds").text
    assert "提醒停了" not in clerk.get("/review").text
    clock.tick(now)
    assert "提醒停了" not in manager.get("/manage/rounds").text


def test_the_catcher_shows_what_would_have_been_sent(app: Flask, now: datetime) -> None:
    with writing() as session:
        outbox.post(session, "reset_code", now, address="a@example.com", secret="482913")
    browser = app.test_client()
    assert "还没有发出过邮件和短信" in browser.get("/caught").text
    clock.tick(now)
    page = browser.get("/caught").text
    assert "重定口令的验证码 482913" in page
    assert "a@example.com" in page


def test_ready_means_that_the_tables_are_of_this_code(app: Flask) -> None:
    browser = app.test_client()
    assert (browser.get("/readyz").status_code, browser.get("/readyz").json) == (200, {"ready": True})
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": "migrations"})
    with writing() as session:
        session.execute(text("DELETE FROM alembic_version"))
    assert browser.get("/readyz").status_code == 503


def test_the_foot_says_which_version_this_is(client: FlaskClient) -> None:
    assert "版本 0.1.0" in client.get("/").text
