"""Comparing a file with a receipt: the browser works the fingerprint out, and the file stays where it is."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Request, expect

from tests.applying import filled, intake, picture, started
from tests.browser.conftest import Visit, sound_at_both
from tests.services.houses import account
from workflow.services import submissions

pytestmark = pytest.mark.browser


def test_a_file_is_compared_without_leaving_the_machine(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    with app.app_context():
        person = account(now, "ye", name="叶梓桐")
        ref = started(intake(now, tmp_path / "files"), person, now)
        filled(ref, person, now)
        number = str(submissions.submit(ref, person, now).receipt)
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page = visit().open("/fingerprint")
    page.on("request", note)
    page.get_by_label("回执号").fill(number)
    for content, said in ((picture(), "是，就是提交的那一份"), (b"another", "对不上")):
        page.get_by_label("文件", exact=True).set_input_files(
            {"name": "我的证件.png", "mimeType": "image/png", "buffer": content}
        )
        expect(page.get_by_text("算好了")).to_be_visible()
        page.get_by_role("button", name="核对", exact=True).click()
        expect(page.get_by_role("heading", name=said)).to_be_visible()
        sound_at_both(page)
    bodies = [request.post_data or "" for request in sent if request.method == "POST"]
    assert len(bodies) == 2
    assert not any("PNG" in body or "png" in body for body in bodies)
    assert all("receipt=" in body and "digest=" in body for body in bodies)
