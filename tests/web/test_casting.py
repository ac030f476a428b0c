"""A member declares and votes, the secretary opens the box; the office lets back in who stepped out."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.services.seated import Assembly, assembly
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords
from workflow.services.meetings_sitting import Entered, enter


@pytest.fixture
def hall(app: Flask, now: datetime) -> Assembly:
    with app.app_context():
        made = assembly(now, {"pattern": (9000, 8000)}, members=3)
        give_passwords()
        return made


def visitor(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, login)
    return client


def post(client: FlaskClient, path: str, **data: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **data})
    return answer.status_code, answer.headers.get("Location") or answer.text


def test_a_member_declares_votes_and_the_box_is_counted(app: Flask, hall: Assembly) -> None:
    with app.app_context():
        ref = hall.call()
        enter(hall.manager, hall.now, ref, Entered(frozenset({hall.committee[0].ref})))
    member, secretary, path = visitor(app, "member1"), visitor(app, "manager"), f"/review/meetings/{ref}/ballot"
    declaring = member.get(path)
    assert (declaring.status_code, declaring.location.rpartition("/")[2]) == (303, "declare")
    item = declaring.location.split("/")[-2]
    closed = member.get(f"/review/applications/{hall.refs[0]}")
    assert (closed.status_code, "先声明利害关系" in closed.text) == (403, True)
    assert member.get(f"/review/items/{item}").location == declaring.location
    beside = member.get(f"/review/items/{item}/peek")
    assert (beside.status_code, f'href="{declaring.location}"' in beside.text) == (200, True)
    paper = member.get(declaring.location)
    assert faults_of(paper.text) == []
    cases = [each.split('"')[0] for each in paper.text.split('name="case" value="')[1:]]
    assert len(cases) == 2
    assert post(member, declaring.location, case=cases, near=item)[0] == 422
    assert post(member, declaring.location, case=cases, near=item, **{f"why-{item}": "同事"})[0] == 303
    shown = member.get(path)
    assert faults_of(shown.text) == []
    assert "你要回避这一件" in shown.text
    votes = [each.split('"')[0] for each in shown.text.split('name="vote-')[1:]]
    (mine,) = set(votes)
    assert post(member, path)[0] == 422
    assert post(member, path, **{f"vote-{mine}": "for"}) == (303, path)
    assert "已投票" in member.get(path).text
    board = secretary.get(f"/manage/meetings/{ref}")
    assert "开箱计票，1 件" in board.text
    assert post(secretary, f"/manage/meetings/{ref}/count")[0] == 303
    assert "开箱计票" not in secretary.get(f"/manage/meetings/{ref}").text
    assert post(member, f"/manage/meetings/{ref}/count")[0] == 404

    (other,) = set(hall.refs) - {mine}
    recusals = f"/manage/applications/{other}/recusals"
    assert member.get(recusals).status_code == 404
    page = secretary.get(recusals)
    assert "委员1" in page.text
    assert faults_of(page.text) == []
    account = hall.committee[0].ref
    assert post(secretary, recusals, account=account)[0] == 422
    assert post(secretary, recusals, account=account, reason="同名的另一人") == (303, recusals)
    assert "没有人声明过" in secretary.get(recusals).text
