"""The desk of an office that puts people forward by itself: two lists of its own township, and what is short in it."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.applying import id_number
from tests.services.villages import NAMES, NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE, Villages
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords
from workflow.domain.errors import NotReady
from workflow.services import drafts


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Villages:
    return Villages(now, tmp_path / "files")


def desk(client: FlaskClient, here: Villages, login: str = "officer") -> str:
    give_passwords()
    sign_in(client, login)
    return f"/nominate/rounds/{here.round_ref}"


def test_two_lists_of_ones_own_township_and_its_villages_alone(client: FlaskClient, here: Villages) -> None:
    here.put_forward(name="顾砚秋")
    here.put_forward(name="骆青棠", track="away", village=NEXT_VILLAGE)
    here.put_forward("far_officer", name="水若寒", village=OTHER_VILLAGE)
    url = desk(client, here)
    shown = client.get(url).text
    assert faults_of(shown) == []
    home, _, away = shown.partition("在外人才")
    assert "顾砚秋" in home
    assert "骆青棠" not in home
    assert "骆青棠" in away
    for strange in ("水若寒", NAMES[OTHER_VILLAGE]):
        assert strange not in shown
    assert shown.count("缺 3 名") == 2
    assert url in client.get("/nominate").text


def test_the_district_sees_what_is_short_everywhere(client: FlaskClient, here: Villages) -> None:
    here.put_forward()
    url = desk(client, here, "district")
    shown = client.get(url).text
    assert all(name in shown for name in (NAMES[VILLAGE], NAMES[OTHER_VILLAGE], "顾砚秋"))
    assert f"{url}#short" in client.get(f"/manage/rounds/{here.round_ref}/overview").text


def test_somebody_is_found_by_their_number_and_never_entered_twice(client: FlaskClient, here: Villages) -> None:
    url = desk(client, here)
    page = f"{url}/new"
    said = {"channel": "org", "track": "away", "name": "顾砚秋", "id_no": id_number(7, "19900301")}
    answer = client.post(page, data={"csrf_token": csrf(client, page), **said})
    assert answer.status_code == 303, answer.text
    ref = answer.location.rpartition("/")[2]
    sheet = drafts.look(ref, here.people["officer"], here.now).sheet
    assert sheet.identity is not None
    assert (sheet.values["name"], sheet.identity.number) == ("顾砚秋", said["id_no"])
    here.put_forward(id_no=said["id_no"])
    refused = client.post(page, data={"csrf_token": csrf(client, page), **said})
    assert refused.status_code == 422
    assert "已经推荐过" in refused.text
    other = client.post(page, data={"csrf_token": csrf(client, page), **said, "name": "顾言秋"})
    assert "没有核对上" in other.text


def test_another_township_is_not_ones_own(client: FlaskClient, here: Villages) -> None:
    with pytest.raises(NotReady) as refused:
        here.put_forward("far_officer", village=VILLAGE)
    assert [reason.where for reason in refused.value.reasons] == ["village"]


def test_who_fills_for_somebody_who_is_not_told_hands_it_in_at_once(client: FlaskClient, here: Villages) -> None:
    """No word of a link to confirm by: none is sent."""
    ref = here.drafted()
    desk(client, here)
    shown = client.get(f"/apply/{ref}/check").text
    assert ("提交申报" in shown, "确认链接" in shown, "交给本人确认" in shown) == (True, False, False)
