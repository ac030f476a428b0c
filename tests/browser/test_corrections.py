"""Putting files right: what was there before, what is still wrong, and a control that speaks the reader's language."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.applying import filled, intake, picture, started
from tests.browser.conftest import Visit, sound_at_both
from tests.browser.test_applicant import returned
from tests.services.houses import account
from workflow.services import submissions

pytestmark = pytest.mark.browser


def test_a_flagged_file_is_offered_and_the_summary_shrinks(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    with app.app_context():
        here = intake(now, tmp_path / "files")
        person = account(now, "ye", name="叶梓桐")
        draft = started(here, person, now)
        filled(draft, person, now)
        submissions.submit(draft, person, now)
        returned(here, now)
    visitor = visit()
    visitor.sign_in("ye")
    page = visitor.open(f"/apply/{draft}/correct")
    expect(page.get_by_text("原来交的：").first.get_by_role("link")).to_be_visible()
    mark = page.locator("#employment_proof-row").get_by_role("img").first
    expect(mark).to_have_accessible_name("被退回，还没有换")
    reason = page.get_by_label("不用改，因为").first
    expect(reason).to_be_hidden()
    page.get_by_role("button", name="交回").last.click()
    summary = page.locator(".sum")
    expect(summary.get_by_role("listitem")).to_have_count(2)
    expect(reason).to_be_visible()
    proof = page.locator("#employment_proof")
    expect(page.locator("#employment_proof-row .pickfile-name")).to_have_text("")  # there is one to be replaced
    proof.set_input_files({"name": "新的证明.png", "mimeType": "image/png", "buffer": picture()})
    expect(summary.get_by_role("listitem")).to_have_count(1)
    expect(page.locator("#employment_proof-row")).to_contain_text("新的证明.png")
    expect(mark).to_have_accessible_name("已交")
    sound_at_both(page)


def test_a_file_control_names_what_was_chosen_in_the_language_of_the_page(
    app: Flask, visit: Visit, now: datetime, tmp_path: Path
) -> None:
    with app.app_context():
        here = intake(now, tmp_path / "files")
        draft = started(here, account(now, "ye", name="叶梓桐"), now)
    visitor = visit("phone", locale="fr-FR")
    visitor.sign_in("ye")
    visitor.cookie("language", "en")
    page = visitor.open(f"/apply/{draft}/form/files")
    row = page.locator("#portfolio-row")
    expect(row.locator(".pickfile .btn").first).to_have_text("Choose a file")
    page.locator("#portfolio").focus()
    page.locator("#portfolio").set_input_files({"name": "nothing.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(row.locator(".pickfile-name").first).to_have_text("nothing.txt")
