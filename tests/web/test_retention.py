"""The door of what was kept long enough: one asks, the other signs, a slip is said at its field."""

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.services.issued import Grounds
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords
from workflow.services import actions, retention_due


def test_one_asks_and_the_other_signs(app: Flask, client: FlaskClient, now: datetime) -> None:
    with app.app_context():
        plot = Grounds(now - timedelta(days=740))
        (ref,) = plot.plant()
        actions.perform(ref, "withdraw", plot.owners[ref], plot.now, inputs={"reason": "搬走了"})
        retention_due.carry_out(now)
        give_passwords()
    other, page = app.test_client(), f"/manage/rounds/{plot.round_ref}/retention"
    sign_in(client, "manager")
    sign_in(other, "manager_2")

    def press(who: FlaskClient, at: str, **fields: str) -> TestResponse:
        return who.post(at, data={"csrf_token": csrf(who, "/settings"), **fields})

    slip = press(client, page, basis="保存规定第三条")
    assert (slip.status_code, "请选要销毁哪几类" in slip.text, "保存规定第三条" in slip.text) == (422, True, True)
    assert press(client, page, act="stop", case=ref, reason="").status_code == 422
    asked = press(client, page, kinds="withdrawn", basis="保存规定第三条")
    at = asked.headers["Location"]
    assert press(client, at, act="confirm").status_code == 422, "not by whoever asked"
    assert press(other, at, act="decline", reason=" ").status_code == 422
    assert press(other, at, act="confirm").status_code == 303
    done = other.get(at).text
    assert (faults_of(done), "销毁记录" in done) == ([], True)
    assert "已销毁" in client.get("/manage/retention").text
