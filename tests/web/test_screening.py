"""Screening in the field: pictures go ahead of the form or with it, and who confirms sees them."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import reading
from tests.applying import picture
from tests.services.villages import Villages
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords
from workflow.services.casework import open_named


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Villages:
    return Villages(now, tmp_path / "files")


def desk(app: Flask, here: Villages, login: str, ref: str) -> tuple[FlaskClient, str]:
    give_passwords()
    client = app.test_client()
    sign_in(client, login)
    return client, f"/review/items/{here.item(ref, 'town_officer')}"


def sent(client: FlaskClient, page: str, act: str, **more: object) -> dict[str, object]:
    html = client.get(page).text
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', html) for name in ("request_key", "seen_version")}
    return {"csrf_token": csrf(client, page), "act": act, **{k: v[1] for k, v in hidden.items() if v}, **more}


def photo(name: str) -> tuple[BytesIO, str]:
    return BytesIO(picture("JPEG")), name


def test_pictures_ahead_of_the_form_and_with_it_are_seen_by_who_confirms(app: Flask, here: Villages) -> None:
    ref = here.put_forward()
    client, page = desk(app, here, "officer", ref)
    shown = client.get(page).text
    assert faults_of(shown) == []
    assert 'capture="environment"' in shown
    ahead = client.post(
        f"{page}/record/photos", data={"csrf_token": csrf(client, page), "file": photo("院坝.jpg")}
    ).get_json()
    said = sent(client, page, "pass", **{"record-visit": "走访三户", "held-photos": ahead["ref"]})
    answer = client.post(f"{page}/act", data={**said, "record-photos": [photo("村口.jpg"), photo("田边.jpg")]})
    assert answer.status_code == 303, answer.text
    other, page = desk(app, here, "officer.2", ref)
    seen = other.get(page).text
    assert all(each in seen for each in ("走访三户", "院坝.jpg", "村口.jpg", "田边.jpg"))
    assert other.get(f"/files/{ahead['ref']}").status_code == 200
    assert other.post(f"{page}/act", data=sent(other, page, "confirm")).status_code == 303
    assert here.row(ref).stage_key == "joint"


def test_too_many_pictures_are_refused_and_what_was_written_stays(app: Flask, here: Villages) -> None:
    ref = here.put_forward()
    client, page = desk(app, here, "officer", ref)
    said = sent(client, page, "pass", **{"record-visit": "走访三户"})
    answer = client.post(f"{page}/act", data={**said, "record-photos": [photo(f"{n}.jpg") for n in range(7)]})
    assert answer.status_code in (409, 422)
    assert "走访三户" in answer.text


def test_of_two_signers_one_did_not_fill_and_a_stranger_hands_nothing_in(app: Flask, here: Villages) -> None:
    ref = here.put_forward()
    client, page = desk(app, here, "officer", ref)
    client.post(f"{page}/act", data=sent(client, page, "pass", **{"record-visit": "走访三户"}))
    again = f"/review/items/{here.item(ref, 'town_officer')}"
    assert client.post(f"{again}/act", data=sent(client, again, "confirm")).status_code in (403, 404)
    far, _ = desk(app, here, "far.officer", ref)
    token = csrf(far, "/settings")
    refused = far.post(f"{again}/record/photos", data={"csrf_token": token, "file": photo("院坝.jpg")})
    assert refused.status_code == 404


def test_what_a_meeting_records_stands_on_its_board_and_then_in_each_case(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    more = (
        "{minutes: {name: 会议纪要, type: file}, opinion: {name: 研究意见, lines: 3}, roll: {name: 签到表, type: file}}"
    )
    here = Villages(now, tmp_path / "files", record=more)
    ref = here.put_forward()
    here.screen(ref)
    here.joint(ref)
    called = here.called()
    client, _ = desk(app, here, "officer", ref)
    board = f"/manage/meetings/{called}"
    assert "“研究意见”还没有填" in client.get(board).text
    said = sent(client, board, "", **{"record-opinion": "一致同意"})
    answer = client.post(f"{board}/record", data={**said, "record-roll": photo("签到表.jpg")})
    assert answer.status_code == 303, answer.text
    shown = client.get(board).text
    assert all(each in shown for each in ("一致同意", "签到表.jpg"))
    assert "“研究意见”还没有填" not in shown
    here.meet_at(called, ref)
    assert "一致同意" in client.get(board).text
    with reading() as session:
        kept = open_named(session, ref).application.records["town_meeting"]
    assert (kept["opinion"], len(kept["roll"]), len(kept["minutes"])) == ("一致同意", 1, 1)
