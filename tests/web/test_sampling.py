"""Drawing a sample and releasing a suspended nominator, through the door of who runs the round."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.services.test_sampling import SHORT, at_sampling
from tests.services.yongning import JUNCAI, Yongning
from tests.web.front import faults_of
from tests.web.test_reviewer import Reviewer
from workflow.services import actions


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Yongning:
    with app.app_context():
        made = Yongning(now, tmp_path / "files", **{JUNCAI: SHORT})
        made.authorized(staff="620")
        made.admit("own")
        at_sampling(made)
        return made


def test_a_sample_is_drawn_answered_and_its_failure_lifted(app: Flask, here: Yongning) -> None:
    board = f"/manage/rounds/{here.rounds[JUNCAI]}/sampling"
    manager, unit = Reviewer(app, here, "manager"), here.unit_refs["works"]
    page = manager.open(board)
    assert "抽查：3 人等抽取" in page.text
    assert faults_of(manager.client.get(board).text) == []
    assert board in [link.get("href") for link in manager.open(f"/manage/rounds/{here.rounds[JUNCAI]}").all("a")]
    sent = manager.post(f"{board}/sampling/{unit}", request_key="k1")
    assert sent.status_code == 303, sent.text
    page = manager.open(board)
    assert "从 3 人中抽中 1 人" in page.text
    again = manager.post(f"{board}/sampling/{unit}", request_key="k2")
    assert (again.status_code, "已经抽过" in again.text) == (422, True)
    supervisor = Reviewer(app, here, "supervisor")
    (item,) = [
        a["href"] for a in supervisor.open("/review").all("a") if a.get("href", "").startswith("/review/items/")
    ][:1]
    assert "合格" in supervisor.open(item).text
    ref = item.rsplit("/", 1)[1].partition("?")[0]
    with app.app_context():
        actions.perform(ref, "refuse", here["supervisor"], here.now, inputs={"reason": "材料不实"})
    page = manager.open(board)
    assert "抽查不合格。停表 2 件" in page.text
    assert "核查授权 YNQ-2026-001" in page.text
    assert "抽查不合格，暂停推荐" in Reviewer(app, here, "boss").open("/nominate").text
    bare = manager.post(f"/manage/rounds/{here.rounds[JUNCAI]}/suspended/{unit}/release", basis="")
    assert bare.status_code == 422
    manager.post(f"/manage/rounds/{here.rounds[JUNCAI]}/suspended/{unit}/release", basis="已整改并复核")
    assert "已暂停" not in manager.open(board).text


@pytest.mark.parametrize("who", ["boss", "supervisor", "panelist"])
def test_nobody_else_draws(app: Flask, here: Yongning, who: str) -> None:
    board, other = f"/manage/rounds/{here.rounds[JUNCAI]}/sampling", Reviewer(app, here, who)
    assert other.client.get(board).status_code == 404
    assert other.post(f"{board}/sampling/{here.unit_refs['works']}").status_code == 404
