"""Members of a team confirm through the door: each by a link of their own, without an account."""

import re
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.applying import filled, intake, started
from tests.services.houses import account
from tests.services.test_confirming_members import MATES, handed_in, with_team
from tests.web.front import csrf, faults_of, sign_in


def test_each_confirms_by_a_link_of_their_own(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with app.app_context():
        leader = account(now, "ye", name="叶梓桐")
        ref = started(intake(now, tmp_path, with_team()), leader, now)
        filled(ref, leader, now)
        tokens = list(handed_in(ref, leader, now, MATES).values())
    sign_in(client, "ye")
    status = client.get(f"/apply/{ref}").text
    assert faults_of(status) == []
    assert "还差 2 位" in status
    slip = client.post(f"/apply/{ref}/link", data={"csrf_token": csrf(client, "/settings"), "of": "2"}).text
    assert "你被列为团队成员" in slip
    guest = app.test_client()
    page = f"/confirm/{tokens[0]}"
    shown = guest.get(page).text
    assert faults_of(shown) == []
    assert "叶梓桐把你列为团队成员" in shown
    assert "沈知远" not in shown
    done = guest.post(page, data={"csrf_token": csrf(guest, page), "answer": "yes"}, follow_redirects=True).text
    assert faults_of(done) == []
    assert "还有人没有确认" in done
    assert "还差 1 位" in client.get(f"/apply/{ref}").text
    assert "作废" in slip
    again = re.search(r"/confirm/[\w-]+", slip)
    assert again
    sent = {"csrf_token": csrf(guest, again[0]), "answer": "yes"}
    last = guest.post(again[0], data=sent, follow_redirects=True).text
    assert ("回执号" in last, "内容指纹" in last) == (True, False), "nobody's papers, not their names either"
    assert guest.get(f"/confirm/{tokens[1]}").status_code != 200, "the slip on paper took its place"
