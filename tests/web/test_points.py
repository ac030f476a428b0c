"""The pages of points: claimed by the person, agreed to by the auditor, put right by the desk; on paper, as a table."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import applying
from tests.services.earning import Earning
from tests.web.front import csrf, sign_in
from tests.web.test_awards import seen_version, send, text_of
from workflow.documents import spreadsheet


@pytest.fixture
def earning(app: Flask, now: datetime, tmp_path: Path) -> Earning:
    return Earning(now, tmp_path)


def browser(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, who)
    return client


def test_a_balance_says_what_its_tier_brings_and_what_that_is(app: Flask, now: datetime, tmp_path: Path) -> None:
    parking = "parking: {name: 前进集镇免费停车}"
    earning = Earning(now, tmp_path, (parking, parking.replace("}", ", about: 每天两小时，报车牌号}")))
    ref = earning.worker("worker")
    worker, auditor = (browser(app, who) for who in ("worker", "auditor"))
    home = f"/points/{ref}"
    assert "前进集镇免费停车" not in text_of(worker, home)  # in no tier yet
    version = seen_version(text_of(worker, f"{home}/new/level_up"))
    sent = {"seen_version": version, "reason": "考到高级工", "on": "2026-11-20", "asks.grade": "高级"}
    assert send(worker, f"{home}/new/level_up", **sent, evidence=(BytesIO(applying.picture()), "证书.png"))[0] == 303
    assert send(auditor, f"{home}/confirm", no="1")[0] == 303
    page = text_of(worker, home)
    assert ("铜卡可以享受的待遇" in page, "前进集镇免费停车" in page, "每天两小时，报车牌号" in page) == (True,) * 3
    assert "可以享受：前进集镇免费停车、指定商家优惠" in text_of(worker, f"{home}/print")


def test_a_worker_claims_an_auditor_agrees_and_the_desk_puts_it_right(app: Flask, earning: Earning) -> None:
    ref = earning.worker("worker")
    worker, auditor, desk = (browser(app, who) for who in ("worker", "auditor", "desk"))
    home, form = f"/points/{ref}", f"/points/{ref}/new/level_up"
    assert "楼工友：现有 0 分" in text_of(worker, home)
    html = text_of(worker, form)
    given = {"seen_version": seen_version(html), "reason": "考到高级工", "on": "2026-11-20"}
    status, body = send(worker, form, **given, **{"asks.grade": ""})
    assert (status, "请选择“等级”" in body, "要附证明材料" in body, "考到高级工" in body) == (422, True, True, True)
    sent = {**given, "asks.grade": "高级", "evidence": (BytesIO(applying.picture()), "证书.png")}
    assert send(worker, form, **sent)[0] == 303
    assert worker.post(f"{home}/confirm", data={"csrf_token": csrf(worker, home), "no": "1"}).status_code == 422

    item = auditor.get(f"/review/items/{earning.item(ref, 'auditor')}")
    assert (item.status_code, item.location) == (303, home)
    page = text_of(auditor, home)
    assert ("证书.png" in page, "考到高级工" in page, "钱窗口" in page) == (True, True, False)
    assert send(auditor, f"{home}/confirm")[0] == 422
    assert send(auditor, f"{home}/confirm", no="1")[0] == 303
    assert "楼工友：现有 200 分" in text_of(worker, home)
    assert "铜卡" in text_of(worker, home)

    fix = f"{home}/1/correct_points"
    given = {"seen_version": seen_version(text_of(desk, fix)), "right": "100", "reason": "证书是中级"}
    assert send(desk, fix, **{**given, "right": "一百"})[0] == 422
    assert send(desk, fix, **given)[0] == 303
    assert send(auditor, f"{home}/confirm", no="2")[0] == 303
    paper = text_of(worker, f"{home}/print")
    assert ("更正第 1 笔" in paper, "−100" in paper, "证书是中级" in paper) == (True, True, True)
    rows = spreadsheet.read(worker.get(f"{home}/ledger.xlsx").data)
    assert [row.cells[4:7] for row in rows[1:]] == [("0", "0", "0"), ("200", "200", "200"), ("-100", "100", "100")]


def test_the_person_appeals_and_a_third_hears_it(app: Flask, earning: Earning) -> None:
    ref = earning.worker("worker")
    earning.act(ref, "enter_points", "desk", points="service", reason="社区义诊")
    earning.confirm(ref)
    worker, desk, other = (browser(app, who) for who in ("worker", "desk", "desk_2"))
    page = f"/points/{ref}/1/appeal_points"
    assert send(worker, page, seen_version=seen_version(text_of(worker, page)), reason="应当是两次")[0] == 303
    hear = f"/points/{ref}/1/settle_points_appeal"
    assert desk.get(hear).status_code == 404
    html = text_of(other, hear)
    assert "应当是两次" in html
    given = {"seen_version": seen_version(html), "conclusion": "upheld", "right": "20", "reason": "签到表属实"}
    assert send(other, hear, **given)[0] == 303
    mine = text_of(worker, f"/points/{ref}")
    assert ("现有 20 分" in mine, "申诉成立：签到表属实" in mine) == (True, True)


def test_nobody_else_finds_it(app: Flask, earning: Earning) -> None:
    ref, _ = earning.worker("worker"), earning.worker("other", 2)
    other, desk = browser(app, "other"), browser(app, "desk")
    for path in ("", "/print", "/ledger.xlsx", "/new/contest", "/1/reject_points"):
        assert other.get(f"/points/{ref}{path}").status_code == 404
    for path in ("/new/contest", "/new/nothing", "/1/reject_points", "/1/nothing"):
        assert desk.get(f"/points/{ref}{path}").status_code == 404
