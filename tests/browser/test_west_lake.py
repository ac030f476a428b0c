"""西湖工匠, from nothing to an award: built in the browser by somebody who never saw the pages, reviewed by a second
person, opened as a round; one applicant fills in the form; the others decide at their own desks.

What is pressed and typed is counted: at three seconds for each press and half a second for each letter, building it,
having it published and opening its round takes less than fifteen minutes.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import expect

from models.organizations import Organization
from tests.applying import EMPLOYER, ID_NUMBER, PHONE, one
from tests.browser.conftest import Visit, Visitor
from tests.browser.west_lake import Builder
from tests.journeys import deciding, judging, recognizing
from tests.journeys.applying import Desk, all_right, waiting, work_through
from tests.journeys.driver import Browser
from tests.journeys.town import Town
from tests.services.houses import account
from tests.web.town import give_passwords
from workflow import storage
from workflow.domain.actor import Office
from workflow.services import clock, organizations
from workflow.services.organizations import Details
from workflow.services.studio import publishing
from workflow.storage.local import LocalFolder

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.slow]
MINUTES = 15
STAFF = {
    "manager": ("陈芸",),
    "examiner": ("江一帆", "江二帆"),
    "expert": ("杜一", "杜二", "杜三", "杜四", "杜五", "杜六"),
    "jury": ("孟一", "孟二", "孟三"),
}
BOUND = (("项目管理员", "manager"), ("考核员", "examiner"), ("评审专家", "expert"), ("评委", "jury"))
UNIT = "蓝埠家纺集团"


@pytest.fixture
def second_person() -> Iterator[None]:
    publishing.configure(True)
    yield
    publishing.configure(False)


@pytest.fixture
def peopled(app: Flask, now: datetime, tmp_path: Path) -> Town:
    """A house that has accounts and one employer, and no program."""
    storage.configure(LocalFolder(tmp_path / "files"))
    clerk = account(now, "sys", office=Office.ACCOUNTS)
    organizations.register(clerk, now, Details(UNIT, "employer", EMPLOYER))
    unit = one(Organization).id
    account(now, "builder", name="江述", office=Office.PROGRAMS)
    account(now, "second", name="祝晴", office=Office.PROGRAMS)
    account(now, "boss", name="林主管", organization_id=unit)
    account(now, "ye", name="叶梓桐")
    town = Town(app, {}, [])
    for role, names in STAFF.items():
        for at, name in enumerate(names):
            account(now, f"{role}{at}", name=name)
            town.logins[f"{role}{at}"] = f"{role}{at}"
    town.logins |= {"boss": "boss", "ye": "ye"}
    give_passwords()
    return town


@pytest.mark.usefixtures("second_person")
def test_a_program_is_built_from_nothing_opened_and_played_to_its_award(
    visit: Visit, peopled: Town, now: datetime
) -> None:
    visitor = visit()
    visitor.sign_in("builder")
    builder = Builder(visitor.open("/studio"))
    build(builder)
    reviewed(visit())
    peopled.round = opened(builder)
    assert builder.minutes < MINUTES
    applied(visit("phone"), peopled.round)
    decided(peopled)
    with days_later(peopled, now, 12):
        awarded(peopled)


def build(builder: Builder) -> None:
    """Every finding on the way says what to do; at the end none is left that would keep it from being published."""
    builder.begin()
    builder.people()
    builder.ways()
    builder.condition()
    builder.sheets()
    builder.stages()
    builder.link("发布…")
    expect(builder.page.get_by_role("heading", name="没有拦住发布的问题")).to_be_visible()
    builder.button("送另一人复核")
    expect(builder.page.get_by_text("已送另一位方案管理员复核")).to_be_visible()


def reviewed(other: Visitor) -> None:
    other.sign_in("second")
    page = other.open("/studio")
    page.get_by_role("link", name="西湖工匠").first.click()
    page.get_by_role("link", name="发布…").click()
    page.get_by_label("条提醒都看过，照这样发布").check()
    page.get_by_role("button", name="发布这一版").click()
    expect(page.get_by_text("已发布第 1 版，可以开批次了")).to_be_visible()


def opened(builder: Builder) -> str:
    """What the check before opening misses is put right from its own links; the reference of the round."""
    page = builder.page
    builder.link("方案", page.get_by_role("navigation", name="主导航"))
    builder.link("用这一版开批次")
    builder.write("批次代号", "2026-1")
    builder.write("批次名称", "2026年度第1批")
    for place, day in (("#opens_on", "2026-11-20"), ("#closes_on", "2026-12-10")):
        builder.presses, builder.letters = builder.presses + 1, builder.letters + len(day)
        page.locator(place).fill(day)
    builder.button("建批次，先不开放")
    builder.link("管理推荐方")
    builder.link("列入推荐方")
    builder.find(UNIT)
    builder.choose("渠道", "单位推荐")
    builder.button("列入选中的")
    builder.link("2026年度第1批")
    builder.link("检查并开放")
    expect(page.get_by_role("heading", name="开放以前还有 5 处要处理")).to_be_visible()
    builder.link("去绑定这个角色")
    for role, who in BOUND:
        if role != "项目管理员":
            builder.link(f"加人.*{role}")
        builder.find(*STAFF[who])
        builder.button("绑定选中的")
        expect(page.get_by_text(f"已绑定 {len(STAFF[who])} 个")).to_be_visible()
    builder.link("加人.*单位管理员")
    builder.find("林主管")
    builder.write("哪个单位的", UNIT)
    builder.button("绑定选中的")
    builder.link("2026年度第1批")
    builder.link("检查并开放")
    builder.button("开放这个批次")
    expect(page.get_by_text("批次已开放")).to_be_visible()
    found = re.search(r"/rounds/([\w-]+)", page.url)
    assert found, page.url
    return found[1]


def applied(phone: Visitor, round_ref: str) -> None:
    """By the applicant, on a phone, with the questions that were made above."""
    phone.sign_in("ye")
    page = phone.open(f"/apply/rounds/{round_ref}")
    page.get_by_text("西湖首席工匠").click()
    begin = page.get_by_text("单位推荐", exact=False).first
    if begin.is_visible():
        begin.click()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("证件类型").select_option("居民身份证")
    page.get_by_label("证件号码").fill(ID_NUMBER)
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("用人单位").fill(UNIT)
    page.get_by_label("从业年限").fill("12")
    page.get_by_role("button", name="下一步：承诺").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="下一步：检查并提交").click()
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交，回执号 R-")


def decided(town: Town) -> None:
    """The employer, the office, two examiners, five of six experts who see no name, the meeting, the notice."""
    for who in ("boss", "manager0"):
        assert len(work_through(town[who], lambda desk: (all_right(desk), "通过"))) == 1
    for at in range(2):
        assert rated(town[f"examiner{at}"], 84 + at) == 1
    assert judging.counted(town, "stage_2") == 1
    judging.seats_drawn(town, "stage_3")
    assert sum(rated(town[f"expert{at}"], 80 + at) for at in range(6)) == 5
    assert judging.counted(town, "stage_3") == 1
    page = deciding.convened(town, "2026-11-20")
    meeting, [ref] = page.url, deciding.agenda(page)
    form = page.form("/enter")
    votes = {f"{ref}.for": "3", f"{ref}.against": "0", f"{ref}.abstained": "0"}
    town["manager0"].hand_in(form, {"present": form.options("present"), **votes}, press="记入")
    page = deciding.ties_settled(town, meeting)
    assert "已定稿：1 人通过" in town["manager0"].send(page.form("/final"), press="定稿").text
    recognizing.published(town, {"number": "西人社公示〔2026〕1号", "contact": "区人社局，电话 0571-88000000"})


def rated(rater: Browser, points: int) -> int:
    """All that waits, after saying that one is not too near; how many it was."""
    rows = waiting(rater)
    for row in rows:
        page = rater.open(row.url)
        if judging.sheet_of(page) is None:
            page = rater.send(page.form(with_="case"), press="声明并开始评审")
        panel = judging.sheet_of(page)
        assert panel is not None, page.text[:1500]
        rater.send(panel, judging.all_at(points)(Desk(row.number, panel)), press="提交评分")
    return len(rows)


def awarded(town: Town) -> None:
    """The days of the notice are over."""
    said = {"document": "西人社〔2026〕9号", "on": "2026-12-02", "difference": "无"}
    assert "已发 1 人" in recognizing.issued(town, said).text
    [(number, address)] = recognizing.certificates(town).items()
    assert number == "XH-2026-0001"
    page = town.browser("passer-by").open(address)
    assert ("这张证书有效" in page.text, "西湖首席工匠" in page.text) == (True, True)


@contextmanager
def days_later(town: Town, now: datetime, days: int) -> Iterator[None]:
    with time_machine.travel(now + timedelta(days=days), tick=True):
        town.days_pass()
        with town.app.app_context():
            for _ in range(3):
                clock.tick(datetime.now(UTC))
        yield
