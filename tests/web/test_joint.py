"""The pages of a joint check: a department's list and answer, the lead's matrix and conclusion."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.services.jointly import BY, GROUNDS, JointPlot
from tests.web.front import csrf, sign_in
from tests.web.town import give_passwords
from workflow.services import joint_lead_person


@pytest.fixture
def plot(app: Flask, now: datetime) -> JointPlot:
    made = JointPlot(now)
    give_passwords()
    return made


def browser(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, login)
    return client


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def send(client: FlaskClient, path: str, **said: object) -> tuple[int, str, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **said})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def matrix(plot: JointPlot, query: str = "") -> str:
    return f"/manage/rounds/{plot.round_ref}/joint/joint{query}"


def test_a_department_answers_by_one_press_and_goes_on_to_the_next(app: Flask, plot: JointPlot) -> None:
    refs = plot.asked(3)
    court = browser(app, "court")
    assert court.get("/").status_code in (200, 303)
    shown = text_of(court, "/review/joint")
    assert "3 人待反馈，0 人逾期" in shown
    assert "沉默不算无异议" in shown
    items = [plot.question(ref, "court") for ref in refs]
    status, where, _ = send(court, f"/review/joint/items/{items[0]}", answer="clear", seen_version=1, request_key="k1")
    assert status == 303
    assert where.endswith(f"at={items[1]}")
    shown = text_of(court, where)
    assert "2 人待反馈" in shown
    assert "撤销" in shown
    done = text_of(court, "/review/joint?view=answered")
    assert done.count("改答复") == 2  # the head of the column, and the one row
    status, _, _ = send(court, f"/review/joint/items/{items[0]}", answer="unknown", seen_version=1, request_key="k2")
    assert status == 409, "the page was older than the answer"


def test_an_objection_without_its_grounds_keeps_what_was_typed(app: Flask, plot: JointPlot) -> None:
    (ref,) = plot.asked()
    court, path = browser(app, "court"), f"/review/joint/items/{plot.question(ref, 'court')}"
    status, _, body = send(court, path, answer="issue", detail=GROUNDS.detail, seen_version=1, request_key="k")
    assert status == 422
    assert GROUNDS.detail in body
    assert "有异议要选是哪一类" in body
    assert 'href="#category"' in body
    given = {"category": GROUNDS.category, "basis": GROUNDS.basis, "detail": GROUNDS.detail}
    status, _, _ = send(court, path, answer="issue", seen_version=1, request_key="k2", **given)
    assert status == 303


def test_many_are_answered_for_only_after_their_names_were_shown(app: Flask, plot: JointPlot) -> None:
    refs = plot.asked(3)
    court = browser(app, "court")
    picks = [plot.question(ref, "court") for ref in refs]
    shown = text_of(court, f"/review/joint/confirm?{'&'.join(f'pick={pick}' for pick in picks[:2])}")
    assert "对这 2 人答复无异议" in shown
    assert shown.count('name="pick"') == 2
    assert "3 人待反馈" in text_of(court, "/review/joint"), "looking at the list says nothing"
    plot.say(refs[1], "court", "unknown")
    status, where, _ = send(court, "/review/joint/confirm", pick=picks[:2], request_key="k")
    assert status == 303
    assert "已对 1 人答复无异议" in text_of(court, where)
    assert "没有选中还没答复的人" in text_of(court, "/review/joint/confirm")


def test_the_queue_leads_to_the_rooms_of_the_check(app: Flask, plot: JointPlot) -> None:
    (ref,) = plot.asked()
    item = plot.question(ref, "court")
    court, manager = browser(app, "court"), browser(app, "manager")
    assert "等你答复或作结论" in text_of(court, "/review")
    assert "没有预检结论" not in text_of(court, "/review")
    assert court.get(f"/review/items/{item}").headers["Location"] == f"/review/joint/items/{item}"
    plot.everybody(ref)
    item = plot.question(ref, "manager")
    assert manager.get(f"/review/items/{item}").headers["Location"] == f"/manage/joint/{ref}"
    assert "部门反馈" in text_of(court, "/review")
    assert ">联审<" in text_of(manager, "/review")


def test_the_matrix_narrows_and_shows_one_cell(app: Flask, plot: JointPlot) -> None:
    refs = plot.asked(3)
    plot.everybody(refs[0])
    plot.say(refs[1], "court", GROUNDS)
    manager = browser(app, "manager")
    shown = text_of(manager, matrix(plot))
    assert "3 人 × 4 个部门" in shown
    assert "已答复 5 / 12" in shown
    assert shown.count('class="cell') == 12
    assert GROUNDS.basis not in shown
    assert text_of(manager, matrix(plot, "?view=issue")).count('class="cell') == 4
    assert text_of(manager, matrix(plot, "?role=court")).count('class="cell') == 4
    one = text_of(manager, matrix(plot, f"?cell={refs[1]}:court"))
    assert GROUNDS.basis in one
    assert "判决未履行" in one
    assert GROUNDS.detail not in one
    assert "时尚工程师" in text_of(manager, "/manage/joint")


def test_the_lead_reminds_asks_again_looks_and_concludes(app: Flask, plot: JointPlot, now: datetime) -> None:
    (ref,) = plot.asked()
    manager = browser(app, "manager")
    status, where, _ = send(manager, matrix(plot, "/remind"), role=list(BY))
    assert status == 303
    assert "已催 4 个部门，共 8 人" in text_of(manager, where)
    plot.everybody(ref, roles=BY[:2])
    plot.say(ref, "court", GROUNDS)
    plot.say(ref, "market", "unknown")
    person = f"/manage/joint/{ref}"
    assert GROUNDS.detail not in text_of(manager, person)
    status, _, body = send(manager, f"{person}/look", look="court:1", **{"why-court-1": ""})
    assert status == 422
    assert GROUNDS.detail not in body
    status, _, body = send(manager, f"{person}/look", look="court:1", **{"why-court-1": "核对是否已履行"})
    assert status == 200
    assert GROUNDS.detail in body
    version = joint_lead_person.person(ref, plot.people["manager"], now).item
    assert version is not None
    said = {"act": "pass", "reason": "同意", "seen_version": version.version, "request_key": "a"}
    status, _, body = send(manager, f"{person}/conclude", **said)
    assert status == 422
    assert "异议还没有消除" in body
    assert "同意</textarea>" in body, "what was typed stays"
    ask = {"role": "court", "attempt": 1, "ask-court": "请核对", "request_key": "b"}
    assert send(manager, f"{person}/ask", **ask)[0] == 303
    assert "还有 1 个部门没有答复" in text_of(manager, person)
    plot.say(ref, "court")
    item = joint_lead_person.person(ref, plot.people["manager"], now).item
    assert item is not None
    said = {"act": "pass", "seen_version": item.version, "verified.market": "查了市监系统", "request_key": "c"}
    status, where, _ = send(manager, f"{person}/conclude", **said)
    assert status == 303
    assert "现在没有人在联审" in text_of(manager, where)


def test_the_lead_passes_many_after_their_names_were_shown(app: Flask, plot: JointPlot) -> None:
    refs = plot.asked(3)
    plot.everybody(refs[0])
    plot.everybody(refs[1])
    manager = browser(app, "manager")
    shown = text_of(manager, matrix(plot))
    assert len(re.findall(r'type="checkbox"[^>]*name="pick"', shown)) == 2
    shown = text_of(manager, matrix(plot, f"/confirm?{'&'.join(f'pick={ref}' for ref in refs)}"))
    assert "通过这 2 人" in shown
    status, where, _ = send(manager, matrix(plot, "/confirm"), pick=refs, request_key="k")
    assert status == 303
    assert "1 人 × 4 个部门" in text_of(manager, where)


def test_who_has_no_part_in_the_check_finds_nothing_there(app: Flask, plot: JointPlot) -> None:
    (ref,) = plot.asked()
    for login in ("court", "clerk"):
        client = browser(app, login)
        for path in (matrix(plot), matrix(plot, "/confirm"), f"/manage/joint/{ref}"):
            assert client.get(path).status_code == 404, f"{login} {path}"
    police, item = browser(app, "police"), plot.question(ref, "court")
    assert police.get(f"/review/joint/items/{item}").status_code == 404
    assert send(police, f"/review/joint/items/{item}", answer="clear")[0] == 404
    assert "没有由你牵头的联审" in text_of(browser(app, "court"), "/manage/joint")
