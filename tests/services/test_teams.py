"""Who stands in a team counts like whom the application is about: once in it, and in one application only."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.applications import Answers
from models.base import reading
from models.sealed import SealedValue
from tests.applying import ROOT, Intake, filled, id_number, intake, started
from tests.services.houses import account, officers
from tests.services.test_confirming_members import KEY, POST
from workflow.domain.actor import Actor
from workflow.domain.errors import NotReady
from workflow.services import actions, drafts, erasing, evidence, people, replay, submissions

TEAM = (
    "      mates: {name: 成员, type: table, rows: 0-4, columns: {name: {standard: name}, id_no: {standard: id_no}}}\n"
)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    return intake(
        now,
        tmp_path / "files",
        text.replace(KEY, KEY + "  team: {members: mates}\n  tell_person: false\n").replace(POST, TEAM + POST),
    )


def hand_in(here: Intake, leader: Actor, now: datetime, number: str, *mates: str) -> str:
    ref = started(here, leader, now)
    filled(ref, leader, now, id_no=number)
    rows = [{"name": "陈一诺", "id_no": mate} for mate in mates]
    drafts.save(ref, {"mates": rows}, None, leader, now, section="work")
    submissions.submit(ref, leader, now)
    return ref


def why(refused: pytest.ExceptionInfo[NotReady]) -> list[tuple[str | None, str]]:
    return [(each.where, str(each.words)) for each in refused.value.reasons]


def test_nobody_stands_in_a_team_twice(here: Intake, now: datetime) -> None:
    leader = account(now, "ye", name="叶梓桐")
    with pytest.raises(NotReady) as refused:
        hand_in(here, leader, now, id_number(1), id_number(2), id_number(1), id_number(2))
    assert why(refused) == [("mates.2.id_no", "这个人已经写在前面了"), ("mates.3.id_no", "这个人已经写在前面了")]


def test_nobody_stands_in_two_applications_unless_one_was_withdrawn(here: Intake, now: datetime) -> None:
    first, second = account(now, "ye", name="叶梓桐"), account(now, "lin", name="叶梓桐")
    ref = hand_in(here, first, now, id_number(1), id_number(2))
    words = "这个人已在本项目的另一份申报里，不能重复申报"
    for number, mate, where in ((3, 2, "mates.1.id_no"), (3, 1, "mates.1.id_no"), (2, 4, "id_no")):
        with pytest.raises(NotReady) as refused:
            hand_in(here, second, now, id_number(number), id_number(mate))
        assert why(refused) == [(where, words)]
    actions.perform(ref, "withdraw", first, now, inputs={"reason": "不报了"})
    hand_in(here, second, now, id_number(3), id_number(2))


@pytest.fixture
def apart(database: str, now: datetime, tmp_path: Path) -> Intake:
    """Where who leads is not one of the members."""
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    team = "  team: {members: mates, leader_counts: false}\n  tell_person: false\n"
    return intake(now, tmp_path / "files", text.replace(KEY, KEY + team).replace(POST, TEAM + POST))


def test_a_leader_who_is_no_member_may_be_one_elsewhere(apart: Intake, now: datetime) -> None:
    first, second = account(now, "ye", name="叶梓桐"), account(now, "lin", name="叶梓桐")
    hand_in(apart, first, now, id_number(1), id_number(2), id_number(1))  # leads, and works along
    with pytest.raises(NotReady) as refused:
        hand_in(apart, second, now, id_number(3), id_number(4), id_number(4))
    assert why(refused) == [("mates.2.id_no", "这个人已经写在前面了")]
    with pytest.raises(NotReady) as refused:
        hand_in(apart, second, now, id_number(3), id_number(1))
    assert why(refused) == [("mates.1.id_no", "这个人已在本项目的另一份申报里，不能重复申报")]
    hand_in(apart, second, now, id_number(2), id_number(3))  # a member there leads here, and works along


def test_who_is_erased_goes_out_of_somebody_elses_team_when_that_need_not_be_kept(here: Intake, now: datetime) -> None:
    """The others of the team stay as they are, and so do the chains."""
    house, leader = officers(now), account(now, "ye", name="叶梓桐")
    person = people.create(house.programs, now, "陈一诺", "", id_number(2))
    ref = hand_in(here, leader, now, id_number(1), id_number(2), id_number(3))
    erasing.ask(house.programs, now, person, "本人书面提出")
    plan = erasing.plan(house.permissions, now, person)
    assert [(line.member, line.fate.kept is None) for line in plan.lines] == [(True, False)]
    assert not plan.whole, "as long as the team is before the office"
    actions.perform(ref, "withdraw", leader, now, inputs={"reason": "不报了"})
    later = now + timedelta(days=732)
    done = erasing.confirm(house.permissions, later, person)
    assert (done.whole, done.going, len(done.rows_going)) == (True, [], 1)
    with reading() as session:
        (answers,) = session.scalars(select(Answers).where(Answers.state == "submitted"))
        masks = session.scalars(select(SealedValue.mask).where(SealedValue.row_no > 0).order_by(SealedValue.row_no))
        assert [mask != "" for mask in masks] == [False, True]
    assert answers.body["mates"] == [{"name": erasing.GONE}, {"name": "陈一诺"}]
    assert answers.body["name"] == "叶梓桐"
    assert evidence.verify() == []
    assert replay.replay(later)[1] == []
