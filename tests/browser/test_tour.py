"""The bar of a tour that runs, on a desk page, on a page off its path and on the list of its steps."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.applying import filled, intake, started
from tests.browser.conftest import PHONE, Visit, faults_of, sound_at_both, sticks_out
from tests.browser.test_applicant import returned
from tests.services.houses import account
from tests.services.plots import Plot
from tests.services.test_demo import TEXT
from tests.web.test_demo import told
from workflow import storage
from workflow.services import installation, submissions
from workflow.services.demo import filling, touring
from workflow.services.demo.filling import BEGUN, FILLED, STEPPED
from workflow.storage.local import LocalFolder

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_bar_of_a_running_tour_is_sound_and_goes_with_the_reader(app: Flask, visit: Visit, now: datetime) -> None:
    plot = Plot(now)
    plot.endorse(plot.plant(1)[0])
    told(now, BEGUN, FILLED)
    page = visit().open("/tour")
    page.get_by_role("button", name=re.compile("进去.*受理员")).click()
    bar = page.get_by_role("complementary", name="演示环境")
    bar.get_by_role("button", name="跳过这一步").wait_for()
    work = page.url
    sound_at_both(page)
    bar.get_by_role("link", name="全部步骤").click()
    bar.get_by_role("button", name="回到这一步").wait_for()
    sound_at_both(page)
    bar.get_by_role("button", name="回到这一步").click()
    page.wait_for_url(work)
    expect(bar).to_contain_text("第 3 步，共 6 步")


@pytest.mark.slow
def test_a_newcomer_does_each_step_by_its_words_alone(app: Flask, visit: Visit, now: datetime, tmp_path: Path) -> None:
    """Whatever a step quotes stands on its page, and what is to be pressed is framed."""
    with app.app_context():
        storage.configure(LocalFolder(tmp_path / "files"))
        installation.first_run(now)
        list(filling.fill(TEXT, now, whole=False))
    page = visit().open("/tour")
    bar = page.get_by_role("complementary", name="演示环境")
    page.get_by_role("button", name="开始导览").click()
    for number, (step, frames) in enumerate(zip(touring.STEPS, (3, 3, None, None, 3, 1), strict=True), start=1):
        expect(bar).to_contain_text(f"第 {number} 步，共 6 步")
        main = page.get_by_role("main")
        for quoted in re.findall("“(.+?)”", str(step.press)):
            if quoted != "见后台截图":
                expect(main.get_by_text(quoted).first).to_be_visible()
        assert framed(page) == frames or (frames is None and framed(page) > 1), step.who
        DEEDS[step.who](page)
        expect(bar.get_by_role("button", name="下一步" if number < 6 else "结束导览")).to_be_visible()
        bar.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导览走完了")
    assert faults_of(page) == []
    page.get_by_role("button", name=re.compile("再走一遍.*会议记票")).click()
    expect(bar).to_contain_text("第一行改成同意 6、不同意 1")
    _count(page, "6", "1")
    expect(bar).to_contain_text("第 5 步做完了。")


def framed(page: Page) -> int:
    """How many things are framed as what the step wants."""
    look = "all => all.filter(one => getComputedStyle(one).outlineColor === 'rgb(181, 131, 15)').length"
    return int(page.locator("main *").evaluate_all(look))


def _correct(page: Page) -> None:
    page.get_by_label("成效数据").press_sequentially("，见后台截图")
    page.get_by_role("button", name="用样例图片").click()
    expect(page.locator("main")).to_contain_text("收下了，能打开")
    page.get_by_role("button", name="交回", exact=True).click()


def _endorse(page: Page) -> None:
    page.get_by_label("推荐意见").fill("同意推荐")
    page.get_by_role("button", name="用样例图片").click()
    page.get_by_role("button", name="同意推荐").click()


def _accept(page: Page) -> None:
    empty = page.locator(".judge[data-place]:not(:has(input:checked))").get_by_text("符合", exact=True)
    while empty.count():
        empty.first.click()
    page.get_by_role("button", name="受理", exact=True).click()


def _rate(page: Page) -> None:
    for level in page.locator(".lv label").filter(has_text="良").all():
        level.click()
    page.get_by_role("button", name="提交评分").click()


def _count(page: Page, favor: str = "2", against: str = "5") -> None:
    row = page.get_by_role("row").nth(1)
    row.get_by_label("同意", exact=True).fill(favor)
    row.get_by_label("不同意").fill(against)
    page.get_by_role("button", name="记入点名和票数").click()


def _verify(page: Page) -> None:
    page.get_by_role("link", name="看别人查验时看到什么").click()


DEEDS = {
    "applicant": _correct, "employer": _endorse, "clerk": _accept, "expert": _rate, "manager": _count,
    "holder": _verify,
}  # fmt: skip


@pytest.fixture
def correcting(app: Flask, now: datetime, tmp_path: Path) -> None:
    """A town in which somebody has two places to put right."""
    with app.app_context():
        here = intake(now, tmp_path / "files")
        person = account(now, "person1", name="叶梓桐")
        draft = started(here, person, now)
        filled(draft, person, now)
        submissions.submit(draft, person, now)
        returned(here, now)
        told(now, BEGUN, FILLED)


@pytest.mark.usefixtures("correcting")
def test_the_first_step_is_done_by_what_its_words_say_and_one_click_for_the_file(visit: Visit) -> None:
    page = visit().open("/tour")
    page.get_by_role("button", name="开始导览").click()
    page.get_by_label("成效数据").press_sequentially("，见后台截图")
    page.locator("#employment_proof-row").get_by_role("button", name="用样例图片").click()
    row = page.locator("#employment_proof-row")
    expect(row).to_contain_text("样例图片.png")
    expect(row).to_contain_text("收下了，能打开")
    assert faults_of(page) == []
    page.get_by_role("button", name="交回", exact=True).click()
    bar = page.get_by_role("complementary", name="演示环境")
    expect(bar).to_contain_text("第 1 步做完了，这一页不用管。")
    expect(bar.get_by_role("button", name="下一步")).to_be_visible()


@pytest.mark.usefixtures("correcting")
def test_the_first_step_can_be_done_without_a_script(visit: Visit) -> None:
    page = visit(java_script_enabled=False).open("/tour")
    page.get_by_role("button", name="开始导览").click()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="样例图片.png").click()
    assert arriving.value.suggested_filename == "样例图片.png"


@pytest.mark.usefixtures("correcting")
def test_the_words_of_the_step_stay_in_sight_and_cover_nothing_that_has_the_focus(visit: Visit) -> None:
    page = visit().open("/tour")
    page.get_by_role("button", name="开始导览").click()
    words = page.get_by_text("再点“交回”")
    for size, most in (({"width": 1440, "height": 500}, 60), (PHONE, 90)):
        page.set_viewport_size(size)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(words).to_be_in_viewport()
        assert below(page) <= most, "it leaves the page its room"
        page.get_by_label("成效数据").blur()
        page.get_by_label("成效数据").focus()
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= below(page)
        assert sticks_out(page) <= 0
    sound_at_both(page)


def below(page: Page) -> float:
    """Where what stays on top of the page ends."""
    return float(page.locator(".demo-s").evaluate("words => words.getBoundingClientRect().bottom"))


def test_the_list_of_steps_opens_by_itself_once_the_town_is_made(app: Flask, visit: Visit, now: datetime) -> None:
    told(now, BEGUN, *[STEPPED] * 5)
    page = visit().open("/tour")
    expect(page.get_by_text("演示数据正在准备：10%")).to_be_visible()
    sound_at_both(page)
    page.evaluate("window.stayed = true")
    told(now, STEPPED)
    expect(page.get_by_text("演示数据正在准备：12%")).to_be_visible()
    assert page.evaluate("window.stayed"), "drawn anew without leaving the page"
    told(now, FILLED)
    expect(page.get_by_role("button", name="开始导览")).to_be_visible()


def test_nothing_typed_at_the_door_is_lost_when_the_town_is_ready(app: Flask, visit: Visit, now: datetime) -> None:
    told(now, BEGUN, STEPPED)
    page = visit().open("/login")
    page.get_by_label("手机号、邮箱或用户名").fill("ye")
    told(now, FILLED)
    expect(page.get_by_role("status").get_by_role("link", name="五分钟导览")).to_be_visible()
    expect(page.get_by_label("手机号、邮箱或用户名")).to_have_value("ye")
    assert faults_of(page) == []
