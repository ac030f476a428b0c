"""A team counts as submitted when each of its members said yes by a link of their own, which opens their row alone."""

from datetime import datetime
from pathlib import Path

import pytest

from models.applications import ApplicationRow
from tests.applying import ROOT, filled, intake, one, started
from tests.services.houses import account
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound, NotReady, Refusal
from workflow.services import actions, confirmations, drafts, following, outbox, submissions
from workflow.services.replay import replay
from workflow.web.applicant.reading import sections

POST = "      post: {name: 岗位"
TEAM = (
    "      mates: {name: 成员, type: table, rows: 0-4, columns: {name: {standard: name}, mobile: {standard: mobile}}}\n"
)
KEY = "  key: fashion_engineer\n"
MATES = [{"name": "陈一诺", "mobile": "13805710001"}, {"name": "沈知远", "mobile": "13805710002"}]


def with_team() -> str:
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    return text.replace(KEY, KEY + "  team: {members: mates}\n").replace(POST, TEAM + POST)


@pytest.fixture
def leader(database: str, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(leader: Actor, now: datetime, tmp_path: Path) -> str:
    ref = started(intake(now, tmp_path / "files", with_team()), leader, now)
    filled(ref, leader, now)
    return ref


def handed_in(draft: str, leader: Actor, now: datetime, mates: list[dict[str, str]]) -> dict[str, str]:
    """The token that went to each address."""
    drafts.save(draft, {"mates": mates}, None, leader, now, section="work")
    submissions.submit(draft, leader, now)
    caught = [each for each in outbox.caught(now) if each.kind == "member_link" and each.secret]
    return {each.address: each.secret for each in reversed(caught)}


def test_it_counts_when_the_last_member_said_yes(draft: str, leader: Actor, now: datetime) -> None:
    tokens = handed_in(draft, leader, now, MATES)
    assert list(tokens) == ["13805710001", "13805710002"]
    first = confirmations.confirm(tokens["13805710001"], now)
    assert (first.status, first.number) == ("awaiting_confirmation", None)
    assert following.follow(draft, leader, now).team == [(1, "陈一诺", True), (2, "沈知远", False)]
    with pytest.raises(Refusal):
        confirmations.confirm(tokens["13805710001"], now)
    last = confirmations.confirm(tokens["13805710002"], now)
    assert (last.status, last.number) == ("open", "FE26-2-0001")
    assert replay(now)[1] == []


def test_a_member_sees_their_own_row_and_nobodys_papers(draft: str, leader: Actor, now: datetime) -> None:
    token = handed_in(draft, leader, now, MATES)["13805710002"]
    asked = confirmations.shown(token, now)
    told = str(sections(asked.desk, asked.of))
    assert "沈知远" in told
    assert not [word for word in ("陈一诺", "13805710001", "3301") if word in told]
    with pytest.raises(NotFound):
        confirmations.file_shown(token, asked.desk.sheet.files["portfolio"][0].ref, now)
    with pytest.raises(NotFound):
        actions.perform(draft, "withdraw", Actor("link", application_id=one(ApplicationRow).id, member=2), now)


def test_one_who_says_no_sends_it_back_and_all_links_die(draft: str, leader: Actor, now: datetime) -> None:
    tokens = handed_in(draft, leader, now, MATES)
    confirmations.refuse(tokens["13805710002"], "我没有参加这个项目", now)
    assert one(ApplicationRow).status == "draft"
    with pytest.raises(Refusal):
        confirmations.shown(tokens["13805710001"], now)
    drafts.save(draft, {"mates": MATES}, None, leader, now, section="work", drop_row=("mates", 2))
    again = handed_in(draft, leader, now, MATES[:1])
    assert confirmations.confirm(again["13805710001"], now).number == "FE26-2-0001"


def test_who_filled_prints_a_link_for_each_member_who_is_still_awaited(
    draft: str, leader: Actor, now: datetime
) -> None:
    sent = handed_in(draft, leader, now, MATES)
    printed = confirmations.link_for(draft, leader, now, 1)
    with pytest.raises(Refusal):
        confirmations.shown(sent["13805710001"], now)
    assert confirmations.shown(printed, now).of == 1
    assert confirmations.shown(sent["13805710002"], now).of == 2
    for of in (0, 3):
        with pytest.raises(Refusal):
            confirmations.link_for(draft, leader, now, of)


def test_a_team_without_members_is_its_leader(draft: str, leader: Actor, now: datetime) -> None:
    assert handed_in(draft, leader, now, []) == {}
    assert one(ApplicationRow).number == "FE26-2-0001"


def test_nobody_confirms_after_the_withdrawal(draft: str, leader: Actor, now: datetime) -> None:
    token = handed_in(draft, leader, now, MATES)["13805710001"]
    actions.perform(draft, "withdraw", leader, now, inputs={"reason": "不报了"})
    for attempt in (confirmations.shown, confirmations.confirm):
        with pytest.raises((Refusal, NotReady)):
            attempt(token, now)
