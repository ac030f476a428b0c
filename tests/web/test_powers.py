"""What the program does not give to a role is not on its pages either, and sending it all the same changes nothing."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.services.yongning import AT_THE_MEETING, JUNCAI, Yongning
from tests.web.front import Page, csrf
from tests.web.test_reviewer import Reviewer

# stage -> who -> the acts on their page; whoever is not named finds no page of it
ON_THE_PAGE: Mapping[str, Mapping[str, set[str]]] = {
    "gov_supervise": {"supervisor": {"pass", "send_back"}},
    "own_choice": {"panelist": {"pass", "refuse"}, "boss": {"pass", "refuse"}},
    "formal_limited": {"manager": {"pass", "refuse", "return"}},
    "visit": {"visitor": {"pass", "refuse"}},
}
EVERYBODY = ("manager", "supervisor", "visitor", "panelist", "boss", "rival_boss", "secretary")
EFFECTS = ("pass", "refuse", "return", "defer", "send_back")
SENT = {"reason": "不同意", "ground": "材料造假", "seen_version": "1"}
GROUNDS = ["负面清单命中", "程序违反备案方案", "材料造假"]


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Yongning:
    with app.app_context():
        return Yongning(now, tmp_path / "files", **{JUNCAI: AT_THE_MEETING})


def at_stages(here: Yongning) -> dict[str, str]:
    """A case at each of the stages whose powers are split."""
    here.authorized("enterprise_recognition", places=4)
    here.admit("enterprise")
    here.admit("peers", "works")
    return {
        "gov_supervise": here.bring(here.nominated("peers"), "gov_supervise"),
        "own_choice": here.nominated("enterprise"),
        "formal_limited": here.bring(here.nominated("enterprise"), "formal_limited"),
        "visit": here.bring(here.applied("top"), "expert", "visit"),
    }


def buttons(page: Page) -> set[str]:
    return {each["value"] for each in page.all("button") if each.get("name") == "act"} - {"judge"}


def test_each_page_offers_what_the_program_gives_and_nothing_more(app: Flask, here: Yongning) -> None:
    with app.app_context():
        cases = at_stages(here)
        items = {stage: here.item(ref) for stage, ref in cases.items()}
        before = {stage: here.row(ref).version for stage, ref in cases.items()}
    for who in EVERYBODY:
        client = Reviewer(app, here, who).client
        token = csrf(client, "/settings")
        for stage, item in items.items():
            given = ON_THE_PAGE[stage].get(who, set())
            answer = client.get(f"/review/items/{item}")
            shown = buttons(Page(answer.text)) if answer.status_code == 200 else set()
            assert shown == given, (who, stage)
            for act in sorted(set(EFFECTS) - given if given else {"pass"}):
                sent = {"csrf_token": token, "act": act, **SENT, "request_key": f"{who}{stage}{act}"}
                answer = client.post(f"/review/items/{item}/act", data=sent)
                assert answer.status_code in (403, 404, 409, 422), (who, stage, act)
    with app.app_context():
        assert {stage: here.row(ref).version for stage, ref in cases.items()} == before


def test_a_recognition_by_the_enterprise_is_refused_for_three_reasons_only(app: Flask, here: Yongning) -> None:
    with app.app_context():
        here.authorized("enterprise_recognition", places=4)
        here.admit("enterprise")
        ref = here.bring(here.nominated("enterprise"), "formal_limited")
    manager = Reviewer(app, here, "manager")
    chosen = manager.client.get(manager.desk(ref)).text.partition('name="ground"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]+)"', chosen) == GROUNDS
    for ground in ("", "水平不够"):
        assert "这里只能因下列情形不予通过" in manager.act(ref, "refuse", {"ground": ground, "reason": "水平不够"}).text
    manager.act(ref, "refuse", {"ground": GROUNDS[2]})
    with app.app_context():
        assert here.row(ref).status == "refused"


def test_no_government_page_keeps_the_meeting_of_an_association(app: Flask, here: Yongning) -> None:
    with app.app_context():
        here.jury(3)
        here.admit("peers", "works")
        ref = here.nominated("peers")
        called = here.called()
    assert Reviewer(app, here, "secretary").client.get(f"/manage/meetings/{called}").status_code == 200
    meeting = f"/manage/meetings/{called}"
    for who in ("manager", "supervisor", "boss"):
        client = Reviewer(app, here, who).client
        token = csrf(client, "/settings")
        shown = client.get(meeting).text.partition("<main")[2]  # who runs the program may look on, or finds no page
        assert 'type="submit"' not in shown, who
        for act in ("enter", "final", "count", "cancel", "leave-out"):
            sent = {"csrf_token": token, "seen_version": "1", "request_key": f"{who}{act}", "reason": "重排"}
            assert client.post(f"{meeting}/{act}", data=sent).status_code in (403, 404), (who, act)
        assert "区模具行业协会" not in client.get("/manage/meetings").text
    with app.app_context():
        assert here.row(ref).stage_key == "assoc_meeting"
