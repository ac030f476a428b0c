"""One click in the demonstration, and nowhere else."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import writing
from models.evidence import StreamKind
from tests.services.houses import account
from tests.web.front import csrf
from workflow.domain.actor import SYSTEM
from workflow.services import evidence
from workflow.services.demo.filling import BEGUN, FILLED, STEPPED

pytestmark = pytest.mark.once


def told(now: datetime, *kinds: str) -> None:
    with writing() as session:
        for kind in kinds:
            evidence.tell(session, StreamKind.INSTALLATION, 0, kind, SYSTEM, now)


def click(client: FlaskClient, who: str) -> int:
    return client.post("/demo/enter", data={"csrf_token": csrf(client), "who": who}).status_code


def signed_in(client: FlaskClient) -> bool:
    return client.get("/apply").status_code == 200


def test_one_click_opens_a_town_that_filled_itself(client: FlaskClient, now: datetime) -> None:
    account(now, "clerk", name="陈芸生")
    told(now, BEGUN, FILLED)
    assert "陈芸生" in client.get("/login").text
    assert click(client, "nobody") == 404
    assert not signed_in(client)
    assert click(client, "clerk") == 303
    assert signed_in(client)


def test_the_tour_shows_which_steps_were_taken(client: FlaskClient, now: datetime) -> None:
    for login in ("applicant", "clerk"):
        account(now, login, name="陈芸生")
    told(now, BEGUN, FILLED)
    assert client.get("/tour").text.count("走过了") == 0
    assert click(client, "clerk") == 303
    page = client.get("/tour").text
    assert page.count("走过了") == 1
    assert page.index("走过了") > page.index("受理员：逐件给结论")


def test_one_click_opens_nobody_in_a_real_house(client: FlaskClient, now: datetime) -> None:
    account(now, "clerk")
    page = client.get("/login").text
    assert "/demo/enter" not in page
    assert click(client, "clerk") == 404
    assert not signed_in(client)
    assert "这里没有演示数据" in client.get("/tour").text


def test_one_click_is_not_there_without_the_demonstration(
    app: Flask, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that was a demonstration once, in a house that is none."""
    account(now, "clerk")
    told(now, BEGUN, FILLED)
    monkeypatch.setitem(app.config, "DEMO", False)
    assert "/demo/enter" not in client.get("/login").text
    assert click(client, "clerk") == 404
    assert not signed_in(client)


def test_the_first_pages_answer_while_the_town_is_being_made(client: FlaskClient, now: datetime) -> None:
    told(now, BEGUN, *[STEPPED] * 5)
    for path in ("/", "/login", "/tour"):
        page = client.get(path)
        assert (page.status_code, "演示数据正在准备：10%" in page.text) == (200, True)
    assert click(client, "clerk") == 404
