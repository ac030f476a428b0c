"""A case on its way, by real pages: filled on a phone, recommended, returned, corrected, passed by keyboard."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from models.applications import ApplicationRow
from tests.applying import ID_NUMBER, PHONE, bind, intake, one, picture
from tests.browser.conftest import Visit, Visitor
from tests.services.houses import PASSWORD, account

pytestmark = pytest.mark.browser
SAVED = re.compile(r"\d\d:\d\d:\d\d 已自动保存")


def image(name: str, color: str = "teal") -> Mapping[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": picture(color=color)}


def tab_to(target: Locator) -> None:
    """By keyboard alone, as far as it takes; never on a page that keeps the focus to itself."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"cannot be reached by keyboard: {target}")


def test_from_a_form_on_a_phone_to_a_pass_by_keyboard(app: Flask, visit: Visit, now: datetime, tmp_path: Path) -> None:
    here = intake(now, tmp_path / "files")
    account(now, "ye", name="叶梓桐")
    boss = account(now, "boss", name="林主管", organization_id=here.employer_id)
    bind(boss, "employer_admin", here, now, here.employer_id)
    bind(account(now, "clerk", name="陈芸"), "intake", here, now)

    phone = visit("phone")
    fill_in(phone, here.round_ref)
    recommend(visit())
    clerk = visit()
    page = give_back(clerk)
    correct(phone)
    take_up(page)
    with app.app_context():
        assert one(ApplicationRow).stage_key == "eligibility"


def fill_in(phone: Visitor, round_ref: str) -> None:
    page = phone.open("/login")
    page.locator("#login").fill("ye")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
    page = phone.open(f"/apply/rounds/{round_ref}")
    page.get_by_text("个人申报").click()
    page.get_by_text("服装制版").click()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("姓名").fill("叶梓桐")
    expect(page.locator("small[data-saved]")).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("叶梓桐")
    page.get_by_label("证件类型").select_option("居民身份证")
    page.get_by_label("证件号码").fill(ID_NUMBER)
    page.get_by_text("女", exact=True).click()
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("用人单位").fill("蓝埠家纺集团")
    page.get_by_label("指定培训机构").fill("锦澜服装培训中心")
    page.get_by_role("button", name="下一步：从业与业绩").click()
    page.get_by_label("岗位工种").first.select_option("制版师")
    for label, value in (("本工种从业年限", "4.5"), ("在本区连续参保月数", "14"), ("指定培训学时", "40")):
        page.get_by_label(label).fill(value)
    page.get_by_text("是", exact=True).click()
    row = {"事项": "版型改 3D", "时间": "2025-03", "本人作用": "主要负责", "成效数据": "打样从 4 次减到 1 次"}
    for column, value in row.items():
        page.get_by_label(f"第 1 行 {column}").fill(value)
    page.locator("#works-0-title").fill("春装版型")
    page.locator("#works-0-about").fill("一套 12 款")
    page.locator("#works-0-file").set_input_files([image("作品.png")])
    expect(page.get_by_text("作品.png")).to_be_visible()
    page.get_by_role("button", name="下一步：附件").click()
    for number, place in enumerate(("id_copy", "training_cert", "employment_proof", "portfolio")):
        file = image(f"文件{number}.png", color=f"rgb({number * 40}, 80, 80)")
        page.locator(f"#{place}").set_input_files([file])
        expect(page.get_by_text(f"文件{number}.png，1 页")).to_be_visible()
    page.get_by_role("button", name="下一步：承诺").click()
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="下一步：检查并提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("都填好了，看一遍就可以提交")
    assert ID_NUMBER not in page.content()
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交，回执号 R-")


def recommend(employer: Visitor) -> None:
    employer.sign_in("boss")
    page = employer.open("/nominate")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 人等你答复")
    page.get_by_role("link", name="叶梓桐").first.click()
    page.get_by_label("推荐意见").fill("同意推荐")
    page.locator("#record-seal").set_input_files([image("盖章件.png")])
    page.locator("[data-submit]").click()
    expect(page.locator(".undo")).to_contain_text("叶梓桐")


def give_back(clerk: Visitor) -> Page:
    """`R` opens the desk at its verdicts; `]` and `C` quote a page; the rest is Tab and Enter."""
    clerk.sign_in("clerk")
    page = clerk.open("/review")
    expect(page.locator("#peek-h")).to_have_text("叶梓桐")
    page.keyboard.press("r")
    page.wait_for_url("**/review/items/**")
    for _ in range(4):
        page.keyboard.press("]")
    page.keyboard.press("c")
    expect(page.locator("textarea:focus")).to_have_value("第 1 页：")
    page.keyboard.type("看不清，请重拍")
    expect(page.locator("[data-flag-words]")).to_contain_text("已标 1 处要补正")
    back = page.get_by_role("button", name="一次性退回补正")
    tab_to(back)
    page.keyboard.press("Enter")
    expect(page.locator(".undo")).to_contain_text("叶梓桐：一次性退回补正")
    return page


def correct(phone: Visitor) -> None:
    page = phone.open("/apply")
    page.get_by_role("link", name="时尚工程师认定").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("现在轮到你：改好 1 处再交回")
    page.get_by_role("link", name="改这一处").first.click()
    expect(page.locator(".flag .said")).to_contain_text("看不清，请重拍")
    page.locator("input[type=file]").first.set_input_files([image("重拍.png", color="red")])
    page.get_by_role("button", name="交回", exact=True).last.click()  # at once: the file is still on its way
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("现在轮到你")


def take_up(page: Page) -> None:
    """What came back stands before the clerk again; each verdict by Tab and Space, the act by Ctrl Enter."""
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url(re.compile(r"/review/?$"))
    expect(page.locator("#peek-h")).to_have_text("叶梓桐")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/items/**")
    for choice in page.get_by_label("符合", exact=True).all():
        if (choice.get_attribute("name") or "").startswith("v.") and not choice.is_checked():
            tab_to(choice)
            page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".undo")).to_contain_text("叶梓桐：受理")
