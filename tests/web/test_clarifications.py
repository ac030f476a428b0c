"""One answer to one person becomes a note beside its field or rule: kept by the manager, seen by whoever comes next."""

from datetime import datetime

import pytest
from flask import Flask

from tests.journeys.driver import Browser, Form, Page
from tests.web.front import PASSWORD, faults_of
from tests.web.town import Town, town
from workflow.services import actions

ASKED = {
    "question": "社保断过一个月算不算连续？",
    "answer": "补缴的算。\n没有补缴的从续上那个月起算。",
    "basis": "办法第四条",
}


@pytest.fixture
def made(app: Flask, now: datetime) -> Town:
    with app.app_context():
        return town(now)


def at(app: Flask, who: str) -> Browser:
    desk = Browser(app, who)
    if who:
        desk.send(desk.open("/login").form("/login"), {"login": who, "password": PASSWORD})
    return desk


def paper(page: Page) -> Form:
    return next(form for form in page.forms if form.id == "paper")


def test_a_note_is_seen_where_it_belongs_until_it_is_ended(app: Flask, made: Town) -> None:
    manager = at(app, "manager")
    page = manager.open(manager.open(f"/manage/rounds/{made.round_ref}").link("口径库"))
    assert faults_of(page.html) == []
    slip = manager.send(paper(page), {"place": "field:insured_months", "answer": "补缴的算"}, expect=422)
    assert "请写问的是什么" in slip.text
    assert paper(slip).value("answer") == "补缴的算", "what was typed is still there"
    manager.send(paper(slip), {"place": "field:insured_months", **ASKED})
    manager.send(paper(manager.page), {"place": "rule:E2", "question": "学徒期算不算？", "answer": "算", "inside": "y"})
    assert faults_of(manager.page.html) == []

    applicant, clerk, anybody = at(app, "writer"), at(app, "clerk"), at(app, "")
    form = applicant.open(f"/apply/{made.draft}/form/work")
    assert "口径 1 条" in form.text
    assert ASKED["question"] in form.text
    assert ASKED["question"] in anybody.open(f"/programs/{made.round_ref}").text
    desk = clerk.open(f"/review/items/{made.item}")
    assert "学徒期算不算？" in desk.text
    for page in (form, anybody.page, desk, clerk.open("/review/clarifications?q=学徒")):
        assert faults_of(page.html) == []
    assert "学徒期算不算？" in clerk.page.text
    assert ASKED["question"] not in clerk.page.text, "not what was looked for"
    assert "学徒期算不算？" not in form.text + anybody.page.text, "only for those who review"

    page = manager.open(manager.page.link("改 ：学徒期算不算？"))
    manager.send(paper(page), {"answer": "算，以合同为准"})
    assert "算，以合同为准" in clerk.open(f"/review/items/{made.item}").text
    end = next(form for form in manager.page.forms if form.action.endswith("/end"))
    assert "请写为什么不再用" in manager.send(end, {"why": " "}, expect=422).text
    end = next(form for form in manager.page.forms if form.action.endswith("/end"))
    manager.send(end, {"why": "办法改了"})
    assert "口径库：1 条" in manager.page.text


def test_what_was_said_to_one_person_is_taken_over(app: Flask, made: Town, now: datetime) -> None:
    said = "劳动合同要盖骑缝章"
    with app.app_context():
        flagged = {"flags": {"employment_proof": said}}
        actions.perform(made.item, "return", made.plot.people["clerk"], now, inputs=flagged)
    manager = at(app, "manager")
    page = manager.open(manager.open(f"/review/applications/{made.case}").link("口径库"))
    assert said in page.text
    page = manager.open(page.link("记成口径 ：劳动合同或工作证明"))
    assert paper(page).value("answer") == said
    manager.send(paper(page), {"question": "合同要不要盖章？"})
    assert "口径库：1 条" in manager.page.text


def test_nobody_else_keeps_them(app: Flask, made: Town) -> None:
    for who in ("clerk", "stranger"):
        at(app, who).open(f"/manage/rounds/{made.round_ref}/clarifications", expect=404)
