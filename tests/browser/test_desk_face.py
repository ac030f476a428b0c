"""The office's frame: its head, its refusals and its keys, on a page made for this test alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from flask import Blueprint, Flask, render_template_string, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from models.base import db
from tests.browser.conftest import WIDE, Visitor, faults_of, sound_at_both, sticks_out
from tests.services.houses import account
from tests.web.front import faults_of as page_faults
from workflow.app import create_app
from workflow.config import Settings
from workflow.domain.actor import Office
from workflow.domain.errors import Change, MovedOn, Reason
from workflow.domain.words import Words
from workflow.web.errors import Kept
from workflow.web.routes import Visitor as For
from workflow.web.routes import page as route

pytestmark = pytest.mark.browser
DESK = (Path(__file__).parent / "desk.html").read_text("utf-8")
GALLERY = (Path(__file__).parent / "gallery.html").read_text("utf-8")
AT = datetime(2026, 11, 20, 6, 31, 52, tzinfo=UTC)
room = Blueprint("desk", __name__)


@route(room, "/desk", visitor=For.AUDITOR, methods=("GET", "POST"))
def desk() -> str:
    if request.method == "POST":
        raise MovedOn([Change(Words("已退出登录"), AT)])
    return render_template_string(DESK, url=lambda number: f"?page={number}")


@route(room, "/gallery/<layout>", visitor=For.AUDITOR)
def gallery(layout: str) -> str:
    """Every component once."""
    values = {
        "reasons": [Reason(Words("请写姓名"), "mobile"), Reason(Words("还不能办"))],
        "typed": Kept("note", None, "缺劳动合同"),
        "url": lambda number: f"?page={number}",
    }
    return render_template_string(GALLERY, layout=f"layout/{layout}.html", **values)


@pytest.fixture(scope="module")
def with_desk(settings: Settings) -> Flask:
    app = create_app(settings)
    app.register_blueprint(room)
    return app


@pytest.fixture
def address(with_desk: Flask, database: str) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, with_desk, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    with with_desk.app_context():
        db.engine.dispose()


@pytest.fixture
def enter(with_desk: Flask, address: str, chromium: Browser, now: datetime) -> Iterator[Visitor]:
    account(now, "ji", name="纪衡", office=Office.AUDIT)
    context = chromium.new_context(viewport=WIDE, locale="zh-CN", reduced_motion="reduce")
    visitor = Visitor(context.new_page(), address, with_desk)
    visitor.sign_in("ji")
    yield visitor
    context.close()


def test_the_desk_passes_axe_and_fits(enter: Visitor) -> None:
    page = enter.open("/desk")
    sound_at_both(page)
    for width in (1920, 1000, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticks_out(page) <= 0, width


@pytest.mark.parametrize("layout", ["public", "desk", "print"])
def test_every_component_passes_axe_and_fits(enter: Visitor, layout: str) -> None:
    page = enter.open(f"/gallery/{layout}")
    expect(page.get_by_text("都办完了")).to_be_visible()
    assert [one for one in page_faults(page.content()) if not one.endswith(" h1")] == []
    sound_at_both(page)


def press(page: Page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_load_state()
    return page.url.rpartition("/")[2]


def test_a_key_presses_what_carries_it(enter: Visitor) -> None:
    page = enter.open("/desk")
    for key, where in (("e", "desk?exported=1"), ("v", "desk?view=mine"), ("Enter", "desk?open=1")):
        page.keyboard.press(key)
        expect(page).to_have_url(f"{enter.address}/{where}")


def test_keys_are_off_inside_a_field_and_for_who_switched_them_off(enter: Visitor) -> None:
    page = enter.open("/desk")
    page.locator("#note").focus()
    page.keyboard.type("evr")
    expect(page.locator("#note")).to_have_value("evr")
    assert press(page) == "desk"
    enter.cookie("display", "100.0.0")
    page = enter.open("/desk")
    assert press(page, "e") == "desk"


def test_a_stale_act_shows_both_sides_inside_the_office(enter: Visitor) -> None:
    page = enter.open("/desk")
    page.locator("#note").fill("缺劳动合同和培训结业证书。\n另外，业绩第 1 行请写明是每件还是每批。")
    page.get_by_role("button", name="退回补正").click()
    expect(page.get_by_role("heading", name="这一件已经有了变动")).to_be_visible()
    expect(page.locator("body.desk")).to_be_visible()
    expect(page.locator(".kept textarea")).to_have_value(
        "缺劳动合同和培训结业证书。\n另外，业绩第 1 行请写明是每件还是每批。"
    )
    assert faults_of(page) == []


def test_escape_closes_the_menu_and_gives_the_focus_back(enter: Visitor) -> None:
    page = enter.open("/desk")
    summary = page.locator("summary", has_text="纪衡")
    summary.click()
    expect(page.get_by_role("link", name="改口令")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="改口令")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_question_mark_shows_all_keys(enter: Visitor) -> None:
    page = enter.open("/desk")
    page.keyboard.press("?")
    expect(page.get_by_text("关上打开的，回到原处")).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_text("关上打开的，回到原处")).to_be_hidden()
