"""A meeting through the front door: called, typed in, settled, made final, printed; a stale page gets a 409."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import Account
from models.base import reading, writing
from models.rounds import Round
from models.work import WorkItem
from tests.applying import picture
from tests.services.seated import Assembly, assembly
from tests.web.front import csrf, sign_in
from tests.web.town import give_passwords
from workflow.domain.ballots import Tally
from workflow.domain.pool_vote import Paper
from workflow.services import declarations, meetings, meetings_board, meetings_final, scoring_acts
from workflow.services.casework import find

TOTALS = {"pattern": [9000, 8800, 8700], "craft": [6500, 6500]}


@pytest.fixture
def hall(app: Flask, now: datetime) -> Assembly:
    made = assembly(now, TOTALS)
    places(made, 4)
    give_passwords()
    return made


@pytest.fixture
def secretary(client: FlaskClient, hall: Assembly) -> FlaskClient:
    sign_in(client, "manager")
    return client


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    """(status, where it leads or the page)."""
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **fields})
    return answer.status_code, answer.headers.get("Location") or answer.text


def places(hall: Assembly, number: int) -> None:
    with writing() as session:
        session.get_one(Round, hall.plot.round_id).settings = {"places": str(number)}


def all_for(hall: Assembly, favor: int = 9, **more: str) -> dict[str, object]:
    votes = {
        f"{ref}.{name}": str(value)
        for ref in hall.refs
        for name, value in (("for", favor), ("against", 9 - favor), ("abstained", 0))
    }
    return {**votes, "attendance": "y", "present": [account.ref for account in hall.committee], **more}


def version(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="seen_version" value="(\d+)"', client.get(path).text)
    assert found is not None
    return found[1]


def test_a_meeting_is_called_from_its_list(secretary: FlaskClient, hall: Assembly) -> None:
    listed = secretary.get("/manage/meetings").text
    found = re.search(r'href="(/manage/rounds/[^"]+/meetings/meeting)"', listed)
    assert found is not None
    assert "请写会议名称" in post(secretary, found[1], name="", held_on="2026-12-01", held_clock="14:00")[1]
    assert "日期要像" in post(secretary, found[1], name="会", held_on="明天", held_clock="14:00")[1]
    code, target = post(secretary, found[1], name="第一次认定会", held_on="2026-12-01", held_clock="14:00", place="201")
    assert code == 303
    shown = secretary.get(target).text
    assert all(f"委员{n}" in shown for n in range(1, 10))
    assert "9 人，还没有点名" in shown
    assert secretary.get(found[1]).status_code == 404
    assert "第一次认定会" in secretary.get("/manage/meetings").text


def test_typed_numbers_come_back_with_what_is_wrong(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    typed = all_for(hall) | {f"{hall.refs[0]}.for": "八票", f"{hall.refs[0]}.against": ""}
    code, text = post(secretary, f"/manage/meetings/{ref}/enter", **typed)
    assert code == 422
    assert "三个数都要写" in text
    assert 'value="八票"' in text
    negative = all_for(hall) | {f"{hall.refs[0]}.against": "-3"}
    assert "不能是“-3”" in post(secretary, f"/manage/meetings/{ref}/enter", **negative)[1]
    assert post(secretary, f"/manage/meetings/{ref}/enter", **all_for(hall))[0] == 303
    assert "5 / 5 人" in secretary.get(f"/manage/meetings/{ref}").text


def test_a_draft_waits_for_its_secretary(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    code, answer = post(secretary, f"/manage/meetings/{ref}/draft", **{f"{hall.refs[0]}.for": "7"})
    assert (code, '"saved"' in answer) == (200, True)
    shown = secretary.get(f"/manage/meetings/{ref}").text
    assert "这里有你没记入的草稿" in shown
    assert f'name="{hall.refs[0]}.for" inputmode="numeric" autocomplete="off" maxlength="3" value="7"' in shown


def test_a_tie_is_settled_and_the_list_made_final(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    path = f"/manage/meetings/{ref}"
    assert post(secretary, f"{path}/enter", **all_for(hall))[0] == 303
    assert "还不能定稿" in secretary.get(f"{path}/final").text
    assert "有 2 人排序相同" in secretary.get(path).text
    leads = f'<a class="btn btn-go" href="{path}/final">定稿</a>'
    assert leads not in secretary.get(path).text, "the main button only once it can be done"
    tie = f"{path}/ties/{hall.refs[3]}"
    one, other = hall.refs[3], hall.refs[4]
    code, text = post(secretary, tie, **{f"{one}.order": "1", f"{other}.order": "1", "reason": ""})
    assert code == 422
    assert "每个数用一次" in text
    settled = {f"{one}.order": "2", f"{other}.order": "1", "reason": "再投一次，5比4"}
    assert post(secretary, tie, **settled)[0] == 303
    assert leads in secretary.get(path).text
    assert "定稿，按这份名单办" in secretary.get(f"{path}/final").text
    code, target = post(secretary, f"{path}/final", seen_version=version(secretary, f"{path}/final"))
    assert (code, target) == (303, path)
    shown = secretary.get(path).text
    assert "已定稿" in shown
    assert "同分，会上定的先后" in shown
    assert 'name="present"' not in shown


def test_the_second_secretary_sees_what_changed(app: Flask, secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    path = f"/manage/meetings/{ref}"
    colleague = app.test_client()
    sign_in(colleague, "manager_2")
    seen = version(colleague, path)
    assert post(secretary, f"{path}/enter", **all_for(hall))[0] == 303
    code, text = post(colleague, f"{path}/enter", seen_version=seen, **all_for(hall, 8))
    assert code == 409
    assert "已记入票数" in text
    assert "ballots_recorded" not in text
    assert post(colleague, f"{path}/final", seen_version=seen)[0] == 409


def test_who_leaves_the_room_and_what_goes_against_the_order(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    path, case = f"/manage/meetings/{ref}", hall.refs[0]
    post(secretary, f"{path}/enter", **all_for(hall))
    member = hall.committee[2].ref
    assert post(secretary, f"{path}/cases/{case}", recused=member, decision="refuse", reason="证件存疑")[0] == 303
    shown = secretary.get(path).text
    assert "回避 1 人" in shown
    assert "投 8 票，要 6 票" in shown
    assert "会议决定不列入" in shown
    assert "证件存疑" in shown


def test_who_has_not_come_so_far_is_left_out_with_a_reason(secretary: FlaskClient, hall: Assembly) -> None:
    late = hall.plot.plant(1)[0]
    ref = hall.call()
    path = f"/manage/meetings/{ref}"
    assert "同批还有 1 件没有到这一步" in secretary.get(f"{path}/aside").text
    assert post(secretary, f"{path}/leave-out", case=late, reason="")[0] == 422
    assert post(secretary, f"{path}/leave-out", case=late, reason="单位还没审核")[0] == 303
    assert "不上这次会" in secretary.get(path).text


def test_the_agenda_and_the_tally_sheet_on_paper(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    post(secretary, f"/manage/meetings/{ref}/enter", **all_for(hall))
    agenda = secretary.get(f"/manage/meetings/{ref}/agenda").text
    assert "第一次认定会 议程" in agenda
    assert "区行政中心 201" in agenda
    tally = secretary.get(f"/manage/meetings/{ref}/tally").text
    assert "监票人签名" in tally
    assert tally.count('<th scope="row">') == 5


def test_what_if_is_told_first_and_stands_beside_the_list(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    board = f"/manage/meetings/{ref}"
    before = version(secretary, board)
    status, path = post(secretary, f"{board}/suppose", places="1", case=hall.refs[1], decision="pass")
    assert status == 303
    page = secretary.get(path).text
    assert "正在试算，不改变结果" in page
    assert [page.count(words) for words in ("▲ 列入", "▼ 落到线外")] == [0, 3]
    assert "试算过 1 次" in secretary.get(board).text
    assert version(secretary, board) == before
    assert post(secretary, f"{board}/suppose", places="x", case="stranger", decision="pass")[0] == 422
    assert secretary.get(f"{board}?trial=1").status_code == 404  # what was told there is no what-if
    assert "试算过 1 次" in secretary.get(board).text


def test_raters_stand_beside_the_total_by_letter_and_one_can_be_left_out(app: Flask, now: datetime) -> None:
    hall = assembly(now, {})
    one, two = hall.refs = hall.plot.plant(2)
    hall.judge(one, "pattern", {11: 99, 12: 91, 13: 92, 14: 93, 15: 90})
    hall.judge(two, "pattern", {11: 70, 12: 92, 13: 92, 14: 91, 15: 92})
    places(hall, 1)
    give_passwords()
    client = app.test_client()
    sign_in(client, "manager")
    board = f"/manage/meetings/{hall.call()}"
    page = client.get(board).text
    assert "各份评分（70-99）" in page
    assert "评审专家 A 99.00，去掉；评审专家 B 91.00" in page
    assert "评审专家 A 给 70.00，其余 91.00 到 92.00" in page
    path = post(client, f"{board}/suppose", rater="0")[1]
    page = client.get(path).text
    assert "不算评审专家 A 的评分" in page
    assert "取平均" in page
    assert [page.count(words) for words in ("▲ 列入", "▼ 落到线外")] == [1, 1]


def test_the_minutes_are_taken_and_handed_out(secretary: FlaskClient, hall: Assembly) -> None:
    path = f"/manage/meetings/{hall.call()}/minutes"
    assert secretary.get(path).status_code == 404
    assert "请选会议纪要的文件" in post(secretary, path)[1]
    assert post(secretary, path, minutes=(BytesIO(b"words"), "minutes.pdf"))[0] == 422
    assert post(secretary, path, minutes=(BytesIO(picture()), "minutes.png"))[0] == 303
    found = secretary.get(path)
    assert (found.status_code, found.mimetype) == (200, "image/png")


def test_members_and_strangers_find_no_board(app: Flask, hall: Assembly) -> None:
    ref = hall.call()
    for login in ("member1", "clerk"):
        client = app.test_client()
        sign_in(client, login)
        for rest in ("", "/final", "/agenda", "/tally", f"/cases/{hall.refs[0]}"):
            assert client.get(f"/manage/meetings/{ref}{rest}").status_code == 404, (login, rest)
        assert post(client, f"/manage/meetings/{ref}/enter", **all_for(hall))[0] == 404


def test_a_cancelled_meeting_and_an_alternate(secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    assert post(secretary, f"/manage/meetings/{ref}/cancel", reason="改期")[0] == 303
    assert "已取消" in secretary.get(f"/manage/meetings/{ref}").text
    assert meetings.halls(hall.manager)
    assert post(secretary, f"/manage/meetings/{ref}/promote", reason="x")[0] == 422


def test_a_member_reads_the_case_and_the_secretary_is_led_to_the_board(
    app: Flask, secretary: FlaskClient, hall: Assembly
) -> None:
    with reading() as session:
        case = find(session, hall.refs[0]).id
        items = {
            item.role_key: item.ref
            for item in session.scalars(
                select(WorkItem).where(WorkItem.application_id == case, WorkItem.state == "open")
            )
        }
    assert secretary.get(f"/review/items/{items['manager']}").headers["Location"] == "/manage/meetings"
    ref = hall.call()
    assert secretary.get(f"/review/items/{items['manager']}").headers["Location"] == f"/manage/meetings/{ref}"
    member = app.test_client()
    sign_in(member, "member1")
    declarations.declare([items["committee"]], {}, hall.member(1), hall.now)
    shown = member.get(f"/review/items/{items['committee']}").text
    assert "等会议审定" in shown
    assert f'href="/review/meetings/{ref}/ballot"' in shown
    assert "我要回避" in shown


def test_the_result_is_made_known_by_the_office(app: Flask, secretary: FlaskClient, hall: Assembly) -> None:
    ref = hall.call()
    path = f"/manage/meetings/{ref}"
    papers = hall.all_for() | {hall.refs[4]: Paper(Tally(1, 8, 0))}
    meetings_final.finalize(hall.manager, hall.now, ref, seen=hall.enter(ref, papers))
    scoring_acts.publish(hall.manager, meetings_board.board(hall.manager, ref, hall.now).round_ref, "expert", hall.now)
    owner = app.test_client()
    login = hall.plot.owners[hall.refs[4]]
    with reading() as session:
        account = session.get_one(Account, login.account_id)
    sign_in(owner, account.login or "")
    status = f"/apply/{hall.refs[4]}"
    assert "没有通过" not in owner.get(status).text
    assert "公布 5 件的结果" in secretary.get(path).text
    assert post(secretary, f"{path}/publish")[0] == 303
    assert f"{path}/publish" not in secretary.get(path).text
    assert "会议票决" in owner.get(status).text
