"""Screening in the field on a phone: pictures by the camera, a bad line, and two people for one conclusion."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from tests.applying import picture
from tests.browser.conftest import Visit, Visitor, faults_of, sticks_out
from tests.services.villages import Villages
from tests.web.town import give_passwords

pytestmark = pytest.mark.browser


@pytest.fixture
def here(app: Flask, tmp_path: Path, now: datetime) -> Villages:
    return Villages(now, tmp_path / "files")


def come(visit: Visit, login: str) -> Visitor:
    visitor = visit("phone", has_touch=True, is_mobile=True)
    visitor.sign_in(login)
    return visitor


def shot(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture("JPEG", (800, 600))}


def kept(page: Page) -> list[int]:
    return list(page.evaluate("[localStorage.length, sessionStorage.length]"))


def test_two_screen_somebody_where_the_line_is_bad(visit: Visit, here: Villages) -> None:
    ref = here.put_forward()
    give_passwords()
    officer = come(visit, "officer")
    page = officer.open(f"/review/items/{here.item(ref, 'town_officer')}")
    assert (faults_of(page), sticks_out(page)) == ([], 0)
    page.get_by_label("筛查记录").fill("走访三户，邻里都认可；本人愿意回村。")
    camera = page.locator("#record-photos-camera")
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files(shot("院坝.jpg"))
    expect(page.locator(".carried li").nth(0)).to_contain_text("收下了")
    page.context.set_offline(True)
    camera.set_input_files(shot("村口.jpg"))
    expect(page.locator(".carried li").nth(1)).to_contain_text("没有传上去")
    page.get_by_role("button", name="建议列入").click()
    expect(page.get_by_label("筛查记录")).to_have_value("走访三户，邻里都认可；本人愿意回村。")
    page.context.set_offline(False)
    expect(page.locator(".undo, .flash, [data-undo]").first).to_be_visible()
    assert kept(page) == [0, 0]
    second = come(visit, "officer.2")
    page = second.open(f"/review/items/{here.item(ref, 'town_officer')}")
    assert (faults_of(page), sticks_out(page)) == ([], 0)
    expect(page.get_by_text("走访三户")).to_be_visible()
    for name in ("院坝.jpg", "村口.jpg"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="同意", exact=False).first.click()
    page.wait_for_url("**/review**")
    assert here.row(ref).stage_key == "joint"
