"""The form on a phone: saved by itself, kept through refresh, second window and lost session."""

import re
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from models.accounts import WebSession
from models.applications import Answers
from models.base import reading, writing
from tests.applying import Intake, bind, intake, one, picture, started
from tests.browser.conftest import Visit, Visitor
from tests.faults.processes import until
from tests.services.houses import PASSWORD, account
from workflow.domain.actor import Actor
from workflow.services import actions, drafts

pytestmark = pytest.mark.browser
SAVED = re.compile(r"\d\d:\d\d:\d\d 已自动保存")


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Intake:
    with app.app_context():
        return intake(now, tmp_path / "files")


@pytest.fixture
def person(app: Flask, here: Intake, now: datetime) -> Actor:
    with app.app_context():
        return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(app: Flask, here: Intake, person: Actor, now: datetime) -> str:
    with app.app_context():
        return started(here, person, now)


@pytest.fixture
def phone(visit: Visit, person: Actor) -> Visitor:
    visitor = visit("phone")
    visitor.sign_in("ye")
    return visitor


def state(page: Page) -> Any:
    return page.locator("small[data-saved]")


def body(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return dict(one(Answers).body)


def upload(name: str, color: int = 0) -> Any:
    return {"name": name, "mimeType": "image/png", "buffer": picture(color=f"rgb({color}, 80, 80)")}


def test_a_wrong_answer_is_named_while_one_types_and_kept(app: Flask, phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/work")
    page.get_by_label("本工种从业年限").fill("四年")
    page.get_by_label("在本区连续参保月数").click()
    expect(page.locator("#years-err1")).to_contain_text("请只填数字")
    page.get_by_label("本工种从业年限").fill("4")
    page.get_by_label("在本区连续参保月数").click()
    expect(page.locator("#years-err1")).to_have_count(0)
    assert body(app)["years"] == "4"


def test_nothing_is_lost_when_the_network_goes(app: Flask, phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    page.context.set_offline(True)
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("手机号").click()
    expect(state(page)).to_contain_text("字都在")
    assert body(app) == {}
    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    assert body(app)["name"] == "叶梓桐"


def test_a_lost_session_keeps_the_text_and_saves_after_signing_in_elsewhere(
    app: Flask, phone: Visitor, draft: str, now: datetime
) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    with app.app_context(), writing() as session:
        for row in session.query(WebSession):
            row.ended_at, row.end_reason = now, "ended_by_owner"
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("手机号").click()
    expect(state(page)).to_contain_text("登录过期了")
    with page.context.expect_page() as opened:
        state(page).get_by_role("link").click()
    other = opened.value
    other.locator("#login").fill("ye")
    other.locator("#password").fill(PASSWORD)
    other.locator("main form button").first.click()
    other.wait_for_url(lambda url: not url.endswith("/login"))
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page)).to_have_text(SAVED)
    assert body(app)["name"] == "叶梓桐"


def test_two_windows_show_both_texts_and_the_reader_decides(app: Flask, phone: Visitor, draft: str) -> None:
    first = phone.open(f"/apply/{draft}/form/person")
    second = Visitor(first.context.new_page(), phone.address, app).open(f"/apply/{draft}/form/person")
    second.get_by_label("姓名").fill("叶子")
    second.get_by_label("姓名").blur()
    expect(state(second)).to_have_text(SAVED)
    first.get_by_label("姓名").fill("叶梓桐")
    first.get_by_label("姓名").blur()
    conflict = first.locator("[data-conflict]")
    expect(conflict).to_contain_text("叶子")
    expect(conflict).to_contain_text("叶梓桐")
    assert body(app)["name"] == "叶子"
    conflict.get_by_role("button", name="用这里写的").click()
    expect(state(first)).to_have_text(SAVED)
    assert body(app)["name"] == "叶梓桐"


def test_a_refused_file_says_why_at_its_row(phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/files")
    page.locator("#id_copy").set_input_files([{"name": "证.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}])
    expect(page.locator("#id_copy-row")).to_contain_text("名字说是 PDF，内容却不是")
    expect(page.locator("#id_copy")).to_be_focused()


def test_the_form_works_without_a_script(app: Flask, visit: Visit, draft: str) -> None:
    plain = visit("phone", java_script_enabled=False)
    plain.sign_in("ye")
    page = plain.open(f"/apply/{draft}/form/work")
    page.locator("#results-0-item").fill("一件")
    page.get_by_role("button", name="加一行").first.click()
    page.locator("#results-1-item").fill("两件")
    page.get_by_role("button", name="删除第 1 行").first.click()
    expect(page.locator("#results-0-item")).to_have_value("两件")
    page = plain.open(f"/apply/{draft}/form/files")
    page.locator("#training_cert").set_input_files([upload("证.png")])
    page.locator("#training_cert-row button", has_text="上传").click()
    expect(page.locator("#training_cert-row")).to_contain_text("收下了")
    assert body(app)["results"] == [{"item": "两件", "date": "", "part": "", "effect": ""}]


def test_the_save_bar_takes_at_most_a_sixth_of_a_phone(phone: Visitor, draft: str) -> None:
    box = phone.open(f"/apply/{draft}/form/work").locator(".savebar").bounding_box()
    assert box
    assert box["height"] <= 844 / 6


def returned(here: Intake, now: datetime) -> None:
    from models.work import WorkItem  # noqa: PLC0415 - only this step looks at items

    def item() -> str:
        with reading() as session:
            return str(session.query(WorkItem).filter_by(state="open").one().ref)

    boss = bind(account(now, "boss"), "employer_admin", here, now, here.employer_id)
    clerk = bind(account(now, "clerk"), "intake", here, now)
    actions.perform(item(), "pass", boss, now, inputs={"record": {"opinion": "同意", "seal": ("x",)}})
    flagged = {
        "verdicts": {"employment_proof": {"verdict": "flag", "comment": "看不清"}},
        "flags": {"results.1.effect": "要有数字"},
    }
    actions.perform(item(), "return", clerk, now, inputs=flagged)


def test_a_slow_answer_loses_no_key_stroke(app: Flask, phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    held = Held(page)
    page.get_by_label("姓名").fill("叶")
    page.get_by_label("手机号").fill("1")
    page.get_by_label("手机号").blur()
    first = held.next()
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("手机号").click()
    first.continue_()
    held.next().continue_()
    unsaved(page, False)
    assert (body(app)["name"], body(app)["mobile"]) == ("叶梓桐", "1")


def test_a_button_pressed_while_a_save_is_on_its_way_waits_for_it(app: Flask, phone: Visitor, draft: str) -> None:
    """The server has kept the save and its answer is late: moving on must not look like another window."""
    page = phone.open(f"/apply/{draft}/form/person")
    held = Held(page)
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("姓名").blur()
    save = held.next()
    answer = save.fetch()
    page.get_by_label("姓名").fill("叶小桐")
    page.get_by_role("button", name="下一步：从业与业绩").click(no_wait_after=True)
    save.fulfill(response=answer)
    expect(page.get_by_label("岗位工种").first).to_be_visible()
    assert body(app)["name"] == "叶小桐"


def test_what_was_typed_before_the_script_came_is_saved(app: Flask, phone: Visitor, draft: str) -> None:
    page = phone.page
    scripts = Held(page, "**/js/autosave.js*")
    page.goto(f"{phone.address}/apply/{draft}/form/person", wait_until="commit")
    page.get_by_label("姓名").fill("叶梓桐")
    scripts.next().continue_()
    expect(state(page)).to_have_text(SAVED)
    assert body(app)["name"] == "叶梓桐"


def test_a_key_stroke_marks_the_page_and_the_save_takes_the_mark_away(phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    held = Held(page)
    unsaved(page, False)
    page.get_by_label("姓名").press_sequentially("叶")
    unsaved(page, True)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)  # asks, and stays open, because the answer is no
    held.next().continue_()
    unsaved(page, False)
    assert asked == ["beforeunload"]


def test_a_reload_straight_after_typing_loses_nothing_and_blames_no_window(
    app: Flask, phone: Visitor, draft: str
) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    page.get_by_label("姓名").press_sequentially("叶梓桐")
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("叶梓桐")
    page.get_by_label("姓名").fill("叶小桐")
    page.get_by_label("手机号").fill("1")
    page.get_by_label("手机号").blur()
    unsaved(page, False)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert (body(app)["name"], body(app)["mobile"]) == ("叶小桐", "1")


def test_a_save_that_comes_after_the_reload_is_ones_own(
    app: Flask, phone: Visitor, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that was left is saved only when the next one stands: no conflict, and the newer words win."""
    page = phone.open(f"/apply/{draft}/form/person")
    gate, kept = Event(), drafts.save

    def late(*values: Any, **options: Any) -> drafts.Saved:
        assert gate.wait(120)
        return kept(*values, **options)

    monkeypatch.setattr(drafts, "save", late)
    page.get_by_label("姓名").press_sequentially("叶梓")
    page.reload()
    page.get_by_label("姓名").fill("叶梓桐")
    page.get_by_label("姓名").blur()
    gate.set()
    expect(page.get_by_label("姓名")).to_have_value("叶梓桐")
    unsaved(page, False)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert body(app)["name"] == "叶梓桐"


def test_closing_straight_after_typing_saves(app: Flask, phone: Visitor, draft: str) -> None:
    page = phone.open(f"/apply/{draft}/form/person")
    page.get_by_label("姓名").press_sequentially("叶梓桐")
    other = Visitor(page.context.new_page(), phone.address, app)  # the browser goes on, the page goes
    page.close()
    until(lambda: body(app).get("name") == "叶梓桐")
    assert other.open(f"/apply/{draft}/form/person").get_by_label("姓名").input_value() == "叶梓桐"


class Held:
    """Requests that wait until the test lets them go, in the order in which they came."""

    def __init__(self, page: Page, where: str = "**/save") -> None:
        self._page = page
        self._waiting: list[Route] = []
        page.route(where, self._hold)

    def _hold(self, route: Route) -> None:
        self._waiting.append(route)

    def next(self) -> Route:
        until(lambda: self._waiting or self._page.wait_for_timeout(20))
        return self._waiting.pop(0)


def unsaved(page: Page, is_so: bool) -> None:
    found = expect(page.locator("#paper"))
    (found.to_have_attribute if is_so else found.not_to_have_attribute)("data-unsaved", "1")
