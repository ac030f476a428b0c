"""The pages of money: the list to pay from, one payment, the file, and what the person says."""

from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask

from models.base import reading
from models.payments import PaymentRow
from tests.services.issued import Grounds
from tests.web.front import csrf
from tests.web.test_awards import browser, owner, seen_version, send, text_of
from workflow.documents import spreadsheet
from workflow.services import clock


@pytest.fixture
def plot(app: Flask, now: datetime) -> Grounds:
    plot = Grounds(now)
    plot.issue(plot.before_award(2))
    clock.tick(now)
    return plot


def test_a_manager_pays_from_the_list_and_the_person_answers(app: Flask, plot: Grounds) -> None:
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/payouts"
    html = text_of(manager, path)
    assert "2 笔待付，0 笔已付" in html
    boxes = [part.split('"')[0] for part in html.split('name="item" value="')[1:]]
    given = {"item": boxes, "on": plot.today.isoformat(), "voucher": "记-118", "request_key": "k1"}

    status, body = send(manager, path, **{**given, "item": []})
    assert (status, "请先勾选要付的" in body, "记-118" in body) == (422, True, True)
    status, body = send(manager, path, **{**given, "voucher": ""})
    assert (status, "请写付款凭证号" in body) == (422, True)
    assert send(manager, path, **given)[0] == 303
    assert "0 笔待付，2 笔已付" in text_of(manager, path)

    ref = next(iter(plot.owners))
    holder = owner(app, plot, ref)
    mine = text_of(holder, f"/apply/{ref}/certificate")
    assert "付 3000" in mine
    said = {"seen_version": seen_version(mine), "request_key": "k2", "received": "no"}
    status, body = send(holder, f"/apply/{ref}/payments/1", **said)
    assert (status, "请写一写是什么情况" in body) == (422, True)
    assert send(holder, f"/apply/{ref}/payments/1", **said, words="卡已注销")[0] == 303
    one = text_of(manager, f"/manage/applications/{ref}/payments/1")
    assert "卡已注销" in one
    assert "本人说没收到 1" in text_of(manager, f"{path}?state=unreceived")


def test_one_payment_is_stopped_or_corrected(app: Flask, plot: Grounds) -> None:
    manager, (first, second) = browser(app, "manager"), list(plot.owners)
    page = f"/manage/applications/{first}/payments/1"
    html = text_of(manager, page)
    seen = {"seen_version": seen_version(html), "request_key": "k3"}
    wrong = {"act": "pay", "amount": "三千", "on": plot.today.isoformat(), "voucher": "v", **seen}
    status, body = send(manager, page, **wrong)
    assert (status, "请写付了多少" in body, "三千" in body) == (422, True, True)
    assert send(manager, page, **{**wrong, "amount": "2,500", "reason": "扣除预付"})[0] == 303
    again = text_of(manager, page)
    fix = {"act": "correct_payment", "seen_version": seen_version(again), "request_key": "k4"}
    assert send(manager, page, **fix, amount="-500", reason="多付")[0] == 303
    other = f"/manage/applications/{second}/payments/1"
    stop = {"act": "stop_payment", "seen_version": seen_version(text_of(manager, other)), "request_key": "k5"}
    assert send(manager, other, **stop, reason="本人放弃", whole="y")[0] == 303
    with reading() as session:
        rows = {row.application_id: (row.state, row.paid) for row in session.query(PaymentRow)}
    assert sorted(rows.values()) == [("made", "2000"), ("stopped", "0")]


def test_the_file_is_taken_on_a_page_that_asks_why(app: Flask, plot: Grounds) -> None:
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/payouts/file?state=due"
    assert "带完整的收款账号" in text_of(manager, path)
    status, body = send(manager, path, whole="y")
    assert (status, "请写明为什么要带完整账号" in body) == (422, True)
    answer = manager.post(path, data={"csrf_token": csrf(manager, "/settings")})
    assert answer.mimetype.endswith("sheet")
    assert len(spreadsheet.read(BytesIO(answer.data).getvalue())) == 3
    assert browser(app, "clerk").get(f"/manage/rounds/{plot.round_ref}/payouts").status_code == 404
