"""One click in the demonstration, and nowhere else."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import writing
from models.evidence import StreamKind
from tests.services.houses import account
from tests.services.plots import Plot
from tests.web.front import csrf, faults_of, speak
from workflow.domain.actor import SYSTEM
from workflow.services import actions, evidence
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
    assert 'lang="zh-Hans"' in client.get("/settings").text[:60]
    speak(client, "en")
    client.post("/logout", data={"csrf_token": csrf(client, "/settings")})
    assert click(client, "clerk") == 303
    assert 'lang="en"' in client.get("/settings").text[:60], "whoever came in goes on in their language"


def led(client: FlaskClient, **said: str) -> str:
    """Where a press on the bar leads."""
    answer = client.post("/tour", data={"csrf_token": csrf(client, "/"), **said})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def bar(client: FlaskClient, path: str) -> str:
    text = client.get(path).text
    assert faults_of(text) == []
    return text.partition('<aside class="demo')[2].partition("</aside>")[0]


def test_the_bar_leads_through_a_step_and_believes_the_records_alone(client: FlaskClient, now: datetime) -> None:
    plot = Plot(now)
    plot.endorse(plot.plant(1)[0])
    told(now, BEGUN, FILLED)
    assert "第 3 步" not in bar(client, "/")
    work = led(client, step="3")
    assert work.startswith("/review/items/")
    here, away = bar(client, work), bar(client, "/")
    assert ("第 3 步，共 6 步" in here, "跳过这一步" in here, "回到这一步" in here) == (True, True, False)
    assert ("这一页不在路上" in away, "回到这一步" in away, "下一步" in away) == (True, True, False)
    assert led(client) == work
    actions.perform(work.rpartition("/")[2], "refuse", plot.people["clerk"], now, inputs={"reason": "不在范围内"})
    after = bar(client, "/")
    assert ("第 3 步做完了，这一页不用管" in after, "下一步" in after, "符合" in after) == (True, True, False)
    assert led(client, skip="1") == "/tour"  # the fourth was left out expressly; no meeting is called for the fifth
    page = client.get("/tour").text
    assert (page.count("走过了</span>"), page.count("跳过了</span>")) == (1, 2)


def test_the_bar_calls_back_whoever_opens_a_page_beside_the_step(client: FlaskClient, now: datetime) -> None:
    plot = Plot(now)
    plot.endorse(plot.plant(1)[0])
    told(now, BEGUN, FILLED)
    work = led(client, step="3")
    assert "回到这一步" in bar(client, f"{work}/recuse")
    refused = client.post(f"{work}/act", data={"csrf_token": csrf(client, work), "act": "refuse"})
    assert (refused.status_code, "跳过这一步" in refused.text, "回到这一步" in refused.text) == (422, True, False)


def test_a_tour_that_is_over_says_so_and_may_be_walked_again(client: FlaskClient, now: datetime) -> None:
    plot = Plot(now)
    plot.endorse(plot.plant(1)[0])
    told(now, BEGUN, FILLED)
    work = led(client, step="3")
    actions.perform(work.rpartition("/")[2], "refuse", plot.people["clerk"], now, inputs={"reason": "不在范围内"})
    for _ in range(5):
        led(client, skip="1")
    assert "导览走完了" in bar(client, "/")
    assert led(client, leave="1") == "/tour"
    page = client.get("/tour").text
    assert "共 6 步" not in bar(client, "/tour")
    assert ("导览走完了</h1>" in page, "开始导览" in page) == (True, False)
    third = page.partition("受理员：逐件给结论")[2].partition("</li>")[0]
    assert ("走过了" in third, "再走一遍" in third, ">进去<" in third) == (True, True, False)
    led(client, again="1")
    page = client.get("/tour").text
    assert ("导览走完了" in page, page.count("走过了</span>")) == (False, 0)


def test_a_step_with_nothing_left_to_do_is_said_and_left_out(client: FlaskClient, now: datetime) -> None:
    Plot(now)
    told(now, BEGUN, FILLED)
    assert led(client, step="3") == "/tour"
    page = client.get("/tour").text
    assert "这一步的件都办完了，先看下一步" in page
    assert "第 4 步，共 6 步" in page


def test_one_click_opens_nobody_in_a_real_house(client: FlaskClient, now: datetime) -> None:
    account(now, "clerk")
    page = client.get("/login").text
    assert "/demo/enter" not in page
    assert click(client, "clerk") == 404
    assert client.post("/tour", data={"csrf_token": csrf(client), "step": "3"}).status_code == 404
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
    assert client.post("/tour", data={"csrf_token": csrf(client), "step": "3"}).status_code == 404
    assert not signed_in(client)


def test_the_first_pages_answer_while_the_town_is_being_made(client: FlaskClient, now: datetime) -> None:
    told(now, BEGUN, *[STEPPED] * 5)
    for path in ("/", "/login", "/tour"):
        page = client.get(path)
        assert (page.status_code, "演示数据正在准备：10%" in page.text) == (200, True)
    assert click(client, "clerk") == 404
