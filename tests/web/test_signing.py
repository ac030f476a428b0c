"""Whoever filled in for somebody without an account prints, uploads what was signed, and may take it back."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import applying
from tests.services.houses import account
from tests.services.signed import PROGRAM, waits
from tests.web.front import Page, csrf, faults_of, sign_in
from tests.web.town import give_passwords


@pytest.fixture
def waiting(app: Flask, now: datetime, tmp_path: Path) -> str:
    with app.app_context():
        place = applying.intake(now, tmp_path / "files", PROGRAM)
        boss = applying.bind(account(now, "boss", name="人事专员"), "employer_admin", place, now, place.employer_id)
        give_passwords()
        return waits(place, boss, now)


@pytest.fixture
def boss(client: FlaskClient, waiting: str) -> FlaskClient:
    sign_in(client, "boss")
    return client


def page(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    assert (answer.status_code, faults_of(answer.text)) == (200, []), path
    return Page(answer.text)


def send(client: FlaskClient, path: str, **data: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **data})
    return answer.status_code, answer.headers.get("Location") or answer.text


def seal(client: FlaskClient, ref: str) -> str:
    return str(next(i["value"] for i in page(client, f"/apply/{ref}/signed").all("input") if i.get("name") == "seal"))


def test_what_is_printed_is_signed_and_submits(boss: FlaskClient, waiting: str) -> None:
    code = seal(boss, waiting)
    shown = f"{code[:4]}-{code[4:8]}".upper()
    paper = page(boss, f"/apply/{waiting}/signed/print").text
    assert ("叶梓桐" in paper, shown in paper, "本人签名：" in paper) == (True, True, True)
    assert applying.ID_NUMBER not in paper
    for path in (f"/apply/{waiting}", f"/apply/{waiting}/receipt", "/nominate"):
        told = boss.get(path, follow_redirects=True).text
        assert "打印和上传确认表" in told, path
        assert "确认链接已发到" not in told, path
    status, body = send(boss, f"/apply/{waiting}/signed", seal=code)
    assert (status, "还没有本人签字的确认表" in body) == (422, True)
    sent = {"seal": code, "signed": (BytesIO(b"MZ"), "a.exe")}
    assert send(boss, f"/apply/{waiting}/signed", **sent)[0] == 422
    sent = {"seal": code, "signed": [(BytesIO(applying.picture()), "1.png"), (BytesIO(applying.picture()), "2.png")]}
    assert send(boss, f"/apply/{waiting}/signed", **sent) == (303, f"/apply/{waiting}/receipt")
    assert "已提交，回执号" in page(boss, f"/apply/{waiting}/receipt").text
    assert "本人已在确认表上签字" in page(boss, f"/apply/{waiting}").text
    assert boss.get(f"/apply/{waiting}/signed").status_code == 404


def test_what_the_person_finds_wrong_makes_it_a_draft_again(boss: FlaskClient, waiting: str) -> None:
    path = f"/apply/{waiting}/signed/back"
    status, body = send(boss, path, reason=" ")
    assert (status, "请写明本人说哪里不对" in body) == (422, True)
    assert send(boss, path, reason="年数写错了") == (303, f"/apply/{waiting}/check")
    assert "草稿，还没有提交" in page(boss, f"/apply/{waiting}/check").text
    assert boss.get(f"/apply/{waiting}/signed").status_code == 404
