"""A name that was taken down wrongly, corrected through the office's door."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from tests.services.houses import officers
from tests.services.sheets import id_number
from tests.web.front import csrf, faults_of, sign_in
from workflow.services import people


def test_the_programs_office_corrects_a_name_with_the_paper_it_rests_on(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    with app.app_context():
        ref = people.create(officers(now).programs, now, "陈一", "", id_number(1))
    page, other = f"/office/people/{ref}/name", app.test_client()
    sign_in(client, "pro")
    sign_in(other, "sec")
    assert f'href="{page}"' in client.get("/office/people").text
    shown = client.get(page).text
    assert faults_of(shown) == []
    assert 'value="陈一"' in shown
    for typed, says in (
        ({"name": "陈乙", "basis": " "}, "请写更正的依据"),
        ({"name": " ", "basis": "身份证"}, "请写姓名"),
        ({"name": "陈一", "basis": "身份证"}, "和现在的姓名一样"),
        ({"name": "陈<b>", "basis": "换发的身份证"}, "换发的身份证"),
    ):
        answer = client.post(page, data={"csrf_token": csrf(client, "/settings"), **typed})
        assert (answer.status_code, says in answer.text) == (422, True), typed
    answer = client.post(
        page, data={"csrf_token": csrf(client, "/settings"), "name": "陈乙", "basis": "2026年3月换发的身份证"}
    )
    assert answer.status_code == 303
    assert "姓名已由“陈一”更正为“陈乙”" in client.get("/office/people").text
    assert other.get(page).status_code == 403, "not the office of permissions"
