"""Scoring through the door: the rater's desk, the board, one case with its reckoning, results made known."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import update

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.rounds import Round
from tests.domain.programs import text
from tests.services.houses import PASSWORD
from tests.services.panels import Panel
from tests.web.front import Page, csrf, faults_of, sign_in
from workflow.domain.actor import SYSTEM
from workflow.services import passwords, programs


@pytest.fixture
def panel(app: Flask, now: datetime) -> Panel:
    with app.app_context():
        made = Panel(now)
        let_in()
        return made


def let_in() -> None:
    """Everybody planted so far can sign in."""
    with writing() as session:
        session.execute(update(Account).values(password_hash=passwords.hashed(PASSWORD)))


class Browser:
    def __init__(self, app: Flask, login: str) -> None:
        self.client = app.test_client()
        sign_in(self.client, login)

    def open(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:2000]
        return answer.text

    def post(self, path: str, status: int = 303, **data: str) -> str:
        sent = {name.replace("__", "."): value for name, value in data.items()}
        answer = self.client.post(path, data={"csrf_token": csrf(self.client, "/settings"), **sent})
        assert answer.status_code == status, answer.text[:3000]
        return answer.headers.get("Location", "") or answer.text


def version_on(html: str) -> str:
    found = re.search(r'name="seen_version" value="(\d+)"', html)
    assert found
    return found[1]


# -- the desk ----------------------------------------------------------------------------------------------------------
def test_a_sheet_is_kept_refused_and_handed_in_without_a_script(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_practical()
        item = panel.sheet_of(ref, panel.people["examiner_1"])
    rater = Browser(app, "examiner_1")
    desk = f"/review/items/{item}"
    html = rater.open(desk)
    assert faults_of(html) == []
    assert "限时独立建模且可直连生产" in html
    rater.post(f"{desk}/rate", act="save", points__modeling_3d="96", reason__fabric="再看看")
    assert 'value="96"' in rater.open(desk)
    refused = rater.post(
        f"{desk}/rate", 422, act="review", points__modeling_3d="96", points__precision="101", reason__fabric="再看看"
    )
    assert all(words in refused for words in ("给 96 分，要写理由", "最高 100", "还没有评", "再看看"))
    assert 'id="points-precision"' in refused
    rater.post(f"{desk}/rate", act="review", points__modeling_3d="88", points__precision="８０", points__fabric="75.5")
    rater.open(f"/review/applications/{ref}")
    assert rater.client.get(desk).status_code == 303


def test_a_page_keeps_itself_and_hears_the_sum(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_practical()
        item = panel.sheet_of(ref, panel.people["examiner_1"])
    rater = Browser(app, "examiner_1")
    token = csrf(rater.client, "/settings")
    answer = rater.client.post(
        f"/review/items/{item}/rate/keep", data={"csrf_token": token, "points.modeling_3d": "90", "points.fabric": "80"}
    )
    assert answer.json is not None
    assert (answer.json["total"], answer.json["rated"]) == ("39.00", 2)
    assert answer.json["earned"]["precision"] is None


def test_colleagues_do_not_see_each_others_sheets(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_practical()
        panel.hand_in(ref, "examiner_1", modeling_3d=91.37, precision=80, fabric=85)
        item = panel.sheet_of(ref, panel.people["examiner_2"])
    html = Browser(app, "examiner_2").open(f"/review/items/{item}")
    assert "91.37" not in html
    assert "见作品第 3 页" not in html
    assert "examiner_1" not in html


# -- the board ---------------------------------------------------------------------------------------------------------
def test_raters_are_drawn_from_the_board_and_whoever_is_late_is_told(app: Flask, panel: Panel) -> None:
    with app.app_context():
        panel.at_expert(2)
    board = f"/manage/rounds/{panel.round_ref}/stages/expert/scoring"
    manager, late = Browser(app, "manager"), Browser(app, "manager_2")
    assert faults_of(manager.open("/manage/scoring")) == []
    html = manager.open(board)
    assert faults_of(html) == []
    assert "2 件等抽评委" in html
    manager.post(f"{board}/draw", track="")
    late.post(f"{board}/draw", 409, track="")
    html = manager.open(board)
    assert faults_of(html) == []
    assert "照着再抽，结果一致" in html
    assert "交 0 / 5" in html


def test_too_few_experts_are_said_on_the_board(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_expert()
        panel.too_near(ref, "expert_1", "expert_2", "expert_3")
    html = Browser(app, "manager").post(f"/manage/rounds/{panel.round_ref}/stages/expert/scoring/draw", 422)
    assert "还差 1 名" in html
    assert "3 名要回避" in html


def test_nobody_but_who_counts_finds_the_board(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_panel()
        seated = {who for who in panel.experts if panel.people[who] in panel.seated(ref)}
    for who in ("examiner_1", "clerk", sorted(seated)[0]):
        browser = Browser(app, who)
        for path in (
            f"/manage/rounds/{panel.round_ref}/stages/expert/scoring",
            f"/manage/applications/{ref}/scoring/expert",
        ):
            assert "专家盲评" not in browser.open(path, 404)


# -- why this result ---------------------------------------------------------------------------------------------------
def half_up(value: Fraction, places: str = "0.01") -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(places), ROUND_HALF_UP)


def redone(html: str) -> tuple[Fraction, str]:
    """The arithmetic of the page done again from the figures that are printed on it; and the total it prints."""
    total = Fraction(0)
    page = Page(html)
    printed = next(attrs["data-total"] for _, attrs in page.tags if "data-total" in attrs)
    roles: list[list[Fraction]] = []
    for _, attrs in page.tags:
        if "data-figure" in attrs:
            roles, weight, earned = [], Fraction(attrs["data-weight"]), Fraction(attrs["data-earned"])
            value = Fraction(attrs["data-value"])
            assert abs(value * weight / 100 - earned) < Fraction(1, 100)
            total += earned
        elif "data-role" in attrs:
            roles.append([])
        elif "data-points" in attrs:
            roles[-1].append(Fraction(attrs["data-points"]))
            value_of_role = sum(roles[-1], Fraction(0)) / len(roles[-1])
            if len(roles) == 1:
                value = value_of_role
    return total, printed


@pytest.mark.parametrize(
    "sheets",
    [
        [(80, 70), (81, 71), (82, 72), (83, 73), (84, 74)],
        [(60, 99), (95, 61), (82.25, 72.5), (83, 73), (84, 74)],
    ],
)
def test_the_printed_arithmetic_comes_out_when_it_is_done_again(
    app: Flask, panel: Panel, sheets: list[tuple[float, float]]
) -> None:
    with app.app_context():
        (ref,) = panel.at_panel()
        for (effect, teaching), rater in zip(sheets, panel.seated(ref), strict=True):
            panel.hand_in(ref, rater, effect=effect, teaching=teaching)
    manager = Browser(app, "manager")
    html = manager.open(f"/manage/applications/{ref}/scoring/expert")
    assert faults_of(html) == []
    total, printed = redone(html)
    assert half_up(total) == Decimal(printed)
    assert html.count('class="gone"') == 4  # two sheets of two criteria
    assert "不改变结果" in html


def test_a_result_is_counted_refused_and_published(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_panel()
        for rater in panel.seated(ref):
            panel.hand_in(ref, rater, effect=10, teaching=10)
        let_in()
    manager, owner = Browser(app, "manager"), Browser(app, "p1")
    page = f"/manage/applications/{ref}/scoring/expert"
    manager.post(f"{page}/act", 422, act="close", effect="pass", seen_version=version_on(manager.open(page)))
    manager.post(f"{page}/act", act="close", effect="refuse", seen_version=version_on(manager.open(page)))
    status = f"/apply/{ref}"
    before = owner.open(status)
    assert "不通过" not in before.replace("通过评审", "")
    assert "61.37" not in before
    html = manager.open(page)
    assert faults_of(html) == []
    assert "结果还没有公布" in html
    manager.post(f"/manage/rounds/{panel.round_ref}/stages/expert/scoring/publish")
    after = owner.open(status)
    assert "61.38" in after  # 58.375 + 3
    assert "没有通过" in after


def test_a_sheet_is_opened_again_and_a_rater_replaced_with_a_reason(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_panel()
        first = panel.seated(ref)[0]
        panel.hand_in(ref, first, effect=80, teaching=80)
    manager, page = Browser(app, "manager"), f"/manage/applications/{ref}/scoring/expert"

    def act(status: int = 303, **data: str) -> str:
        return manager.post(f"{page}/act", status, seen_version=version_on(manager.open(page)), **data)

    items = re.findall(r'<option value="(\d+)"', manager.open(page))
    refused = act(422, act="reopen_review", review=items[0])
    assert "请写明为什么要重评" in refused
    act(act="reopen_review", review=items[0], reason="漏看第二份作品")
    act(act="replace_rater", seat=items[-1], reason="出差")
    html = manager.open(page)
    assert faults_of(html) == []
    assert "漏看第二份作品" in html


def test_raters_are_assigned_where_the_program_says_so(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_expert()
        assigned = text("fashion_engineer").replace("    choose: draw  ", "    choose: assign  ")
        version = programs.publish(assigned, SYSTEM, panel.now).version_id
        with writing() as session:
            session.execute(update(ApplicationRow).values(version_id=version))
            session.execute(update(Round).values(version_id=version))
        refs = {who: account_ref(panel.people[who].account_id or 0) for who in panel.experts}
    manager = Browser(app, "manager")
    board = f"/manage/rounds/{panel.round_ref}/stages/expert/scoring"
    html = manager.open(board)
    assert faults_of(html) == []
    assert "专家" in html
    chosen = [refs[who] for who in panel.experts[:5]]
    token = csrf(manager.client, "/settings")
    few = {"csrf_token": token, "pick": ref, "raters.expert": chosen[:4]}
    answer = manager.client.post(f"{board}/assign", data=few)
    assert (answer.status_code, "要选 5 名，选了 4 名" in answer.text) == (422, True)
    done = manager.client.post(f"{board}/assign", data={**few, "raters.expert": chosen})
    assert done.status_code == 303
    with app.app_context():
        assert [each.account_id for each in panel.seated(ref)] == [
            panel.people[who].account_id for who in panel.experts[:5]
        ]


def account_ref(number: int) -> str:
    with reading() as session:
        return session.get_one(Account, number).ref


def test_who_counts_finds_the_case_from_the_queue_and_its_history_whole(app: Flask, panel: Panel) -> None:
    with app.app_context():
        (ref,) = panel.at_panel()
        for rater in panel.seated(ref):
            panel.hand_in(ref, rater, effect=80, teaching=80)
        item, _ = panel.item(ref)
    manager = Browser(app, "manager")
    assert item in manager.open("/review")
    assert manager.open(f"/review/items/{item}", 303) is not None
    history = manager.open(f"/review/applications/{ref}")
    assert faults_of(history) == []
    assert "交来一份评分，80.00 分" in history
    assert "实操考核收分" in history
    assert "交来一份评分" not in Browser(app, "examiner_1").open(f"/review/applications/{ref}")
