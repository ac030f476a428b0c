"""Two records of one human through the office's door: found, compared, proposed, confirmed by another."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from models.people import Person
from tests.applying import id_number, one
from tests.services.houses import officers
from tests.web.front import csrf, faults_of, sign_in
from workflow.services import people


def press(client: FlaskClient, page: str, **fields: str) -> int:
    return client.post(page, data={"csrf_token": csrf(client, "/settings"), **fields}).status_code


def test_one_proposes_and_another_confirms(app: Flask, client: FlaskClient, now: datetime) -> None:
    with app.app_context():
        office = officers(now).programs
        kept = people.create(office, now, "陈一", "", id_number(1))
        gone = people.create(office, now, "陈一", "passport", "E12345678")
    page, other = f"/office/people/{kept}/merge/{gone}", app.test_client()
    sign_in(client, "pro")
    sign_in(other, "sec")
    assert f'href="/office/people/{kept}/merge"' in client.get("/office/people").text
    found = client.post(f"/office/people/{kept}/merge", data={"csrf_token": csrf(client, "/settings"), "q": "cy"}).text
    assert f'href="{page}"' in found
    assert press(client, page, act="propose", words=" ") == 422
    assert press(client, page, act="propose", words="两个证件都看过") == 303
    for reader in (client, other):
        shown = reader.get(page).text
        assert faults_of(shown) == []
        assert "两个证件都看过" in shown
        assert "E12345678" not in shown
        assert "两个证件都看过" in reader.get("/office/merges").text
    assert press(client, page, act="confirm") == 422, "not by whoever proposed it"
    assert press(other, page, act="confirm") == 303
    with app.app_context():
        assert one(Person, ref=gone).merged_into_id == one(Person, ref=kept).id
    assert other.get(page).status_code == 404
    led = other.get(f"/office/people/{gone}/merge")
    assert (led.status_code, led.location) == (303, f"/office/people/{kept}/merge")
