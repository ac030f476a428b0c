"""A nominator puts the list in order: by dragging, by buttons on a phone without a script."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.browser.conftest import Visit, sound_at_both
from tests.services.yongning import Yongning
from tests.web.test_nominating_list import at

pytestmark = pytest.mark.browser


def test_a_row_is_dragged_and_saved(app: Flask, now: datetime, visit: Visit, tmp_path: Path) -> None:
    with app.app_context():
        here = Yongning(now, tmp_path / "files")
        here.admit("peers", "works", "rival")
        refs = [here.nominated("peers") for _ in range(3)]
    boss = visit()
    boss.sign_in("boss")
    page = boss.open(at(here))
    sound_at_both(page)
    grip = page.locator(f"#person-{refs[2]} .grip")
    top = page.locator(f"#person-{refs[0]}").bounding_box()
    assert top
    grip.hover()
    page.mouse.down()
    page.mouse.move(top["x"] + 30, top["y"] + 2, steps=5)
    page.mouse.up()
    with page.expect_navigation():
        page.get_by_role("button", name="存下拖好的先后").click()
    shown = page.locator("[data-person]").evaluate_all("rows => rows.map(row => row.dataset.person)")
    assert shown == [refs[2], refs[0], refs[1]]

    phone = visit("phone", java_script_enabled=False)
    phone.sign_in("boss")
    page = phone.open(at(here))
    with page.expect_navigation():
        page.get_by_role("button", name="往前一位").nth(1).click()
    shown = page.locator("[data-person]").all()
    assert [each.get_attribute("data-person") for each in shown] == [refs[0], refs[2], refs[1]]
