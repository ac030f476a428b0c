"""A request to erase somebody's data through the office's door: one writes it down, another confirms."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from models.people import Person
from tests.applying import one
from tests.services.houses import officers
from tests.services.sheets import id_number
from tests.web.front import csrf, faults_of, sign_in
from workflow.services import people


def press(client: FlaskClient, page: str, **fields: str) -> int:
    return client.post(page, data={"csrf_token": csrf(client, "/settings"), **fields}).status_code


def test_one_writes_it_down_and_another_confirms(app: Flask, client: FlaskClient, now: datetime) -> None:
    with app.app_context():
        ref = people.create(officers(now).programs, now, "陈一", "", id_number(1))
    page, other = f"/office/people/{ref}/erasure", app.test_client()
    sign_in(client, "pro")
    sign_in(other, "sec")
    assert f'href="{page}"' in client.get("/office/people").text
    assert press(client, page, act="ask", words=" ") == 422
    assert press(client, page, act="ask", words="本人当面提出") == 303
    for reader in (client, other):
        assert faults_of(reader.get(page).text) == []
        assert "本人当面提出" in reader.get("/office/erasures").text
    assert "复核同意" not in client.get(page).text
    assert press(client, page, act="confirm") == 422, "not by whoever wrote it down"
    assert press(other, page, act="decline", words="") == 422
    assert press(other, page, act="confirm") == 303
    with app.app_context():
        assert one(Person).erased_at is not None
    assert other.get(page).status_code == 404
    assert "没有等复核的申请" in other.get("/office/erasures").text
