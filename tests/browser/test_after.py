"""After the recognition, as people do it: a duty on a phone, points with two signatures, money, a training."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visit, sound_at_both
from tests.browser.scenes import login_of
from tests.services.earning import Earning
from tests.services.following import Grown
from tests.services.issued import Grounds
from tests.services.test_trainings import scheduled
from tests.web.town import give_passwords
from workflow.services import clock, trainings_own

pytestmark = pytest.mark.browser


def test_a_mentor_finds_and_answers_a_duty_on_a_phone(app: Flask, visit: Visit, tmp_path: Path) -> None:
    grown = Grown(datetime(2026, 9, 1, 2, 0, tzinfo=UTC), tmp_path)
    ref = grown.recognized()
    grown.on(date(2026, 9, 30))
    give_passwords()
    tutor = visit("phone")
    tutor.sign_in("tutor")
    page = tutor.open(f"/follow-ups/{ref}")
    expect(page.get_by_role("heading", level=1)).to_have_text("有 2 件等你办")
    page.get_by_role("link", name=re.compile("去办.*帮带记录")).click()
    page.get_by_label("说明").fill("到村 2 次，一起看了民宿的账")
    sound_at_both(page)
    page.get_by_role("button", name="交回").click()
    expect(page.get_by_role("status")).to_contain_text("已办：帮带记录")
    expect(page.get_by_role("heading", level=1)).to_have_text("有 1 件等你办")


def test_points_are_entered_signed_objected_to_and_put_right(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now - timedelta(minutes=5), tmp_path)
    case = place.worker("worker")
    give_passwords()
    ledger = f"/points/{case}"
    desk, auditor, worker = visit(), visit(), visit("phone")
    for visitor, who in ((desk, "desk"), (auditor, "auditor"), (worker, "worker")):
        visitor.sign_in(who)
    page = desk.open(ledger)
    page.get_by_role("link", name="志愿服务 +10").click()
    page.get_by_label("什么事").fill("周末在社区义诊帮忙，半天")
    page.get_by_role("button", name="记积分").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("现有 0 分")

    page = auditor.open(ledger)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="确认勾选的积分").click()
    expect(page.get_by_role("status")).to_be_visible()
    page = worker.open(ledger)
    expect(page.get_by_role("heading", level=1)).to_contain_text("现有 10 分")
    page.get_by_role("link", name="有异议").click()
    page.get_by_label("为什么不对").fill("那天是整天，不是半天")
    sound_at_both(page)
    page.get_by_role("button", name="对积分提出异议").click()
    expect(page.get_by_text("已提出异议，复核中")).to_be_visible()

    judge = visit()
    judge.sign_in("desk_2")
    page = judge.open(ledger)
    page.get_by_role("link", name="办结复核").click()
    page.get_by_label("申诉成立", exact=True).check()
    page.get_by_label("应当是多少分").fill("15")
    page.get_by_label("理由").fill("签到表上是整天")
    page.get_by_role("button", name="办结积分复核").click()
    expect(page.get_by_text("申诉成立：签到表上是整天")).to_be_visible()
    expect(worker.open(ledger).get_by_role("heading", level=1)).to_contain_text("现有 15 分")


def test_money_is_entered_as_paid_and_the_person_says_it_came(app: Flask, visit: Visit, now: datetime) -> None:
    plot = Grounds(now)
    plot.issue(plot.before_award(1))
    clock.tick(now)
    (ref,) = plot.owners
    give_passwords()
    payer, holder = visit(), visit("phone")
    payer.sign_in("manager")
    page = payer.open(f"/manage/rounds/{plot.round_ref}/payouts")
    page.get_by_label("付款日期").fill(plot.today.isoformat())
    page.get_by_role("button", name="登记付款").click()
    expect(page.get_by_text("请写付款凭证号").first).to_be_visible()
    page.get_by_label("付款凭证号").fill("记-118")
    page.get_by_role("button", name="登记付款").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 笔已付")
    holder.sign_in(login_of(plot.owners[ref].account_id))
    page = holder.open(f"/apply/{ref}/certificate")
    page.get_by_text("收到了吗？").click()
    page.get_by_label("收到了", exact=True).check()
    page.locator("details form").get_by_role("button").click()
    expect(page.get_by_text("你说已经收到")).to_be_visible()


def test_a_training_is_arranged_signed_up_for_and_its_roll_taken(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now - timedelta(days=4), tmp_path)
    case = place.worker("worker")
    past = scheduled(place, 2)
    trainings_own.sign("sign_up", past, case, place["worker"], place.now)
    give_passwords()
    school, worker = visit(), visit("phone")
    school.sign_in("school")
    worker.sign_in("worker")
    page = school.open("/review/trainings")
    page.get_by_role("link", name="排一期").click()
    soon = (now + timedelta(days=3)).date().isoformat()
    for name, value in (
        ("这一期叫什么", "焊工提高班"),
        ("在哪里", "实训楼 305"),
        ("哪天开始", soon),
        ("哪天结束", soon),
    ):
        page.get_by_label(name, exact=True).fill(value)
    for field, clock_ in (("starts_clock", "9:00"), ("ends_clock", "16:00")):
        page.locator(f"input[name={field}]").fill(clock_)
    page.get_by_role("button", name="排定").click()
    expect(page.get_by_text("焊工提高班").first).to_be_visible()
    page = worker.open("/trainings")
    expect(page.get_by_role("heading", level=1)).to_have_text("现在可以报 1 期培训")
    page.get_by_role("button", name="报名").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("你要上 1 期培训")
    page = school.open("/review/trainings")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 期培训等点名办结")
    page.get_by_role("link", name="焊工等级班").click()
    page.get_by_label("学时").first.fill("8")
    page.get_by_role("button", name="办结这一期").click()
    expect(page.locator(".sum, .err").first).to_be_visible()
    page.get_by_label("到场").check()
    expect(page.get_by_label("学时").first).to_have_value("8")
    page.get_by_role("button", name="办结这一期").click()
    expect(page.get_by_text("楼工友").first).to_be_visible()
    expect(page.get_by_role("button", name="办结这一期")).to_have_count(0)
