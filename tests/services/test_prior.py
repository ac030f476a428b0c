"""Who may nominate, or apply, because of what they hold already; the numbers that come with it; and applying again."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.base import writing
from models.rounds import Round
from tests import applying
from tests.domain.programs import text
from tests.services.houses import account
from tests.services.yongning import ENTERPRISE, JUNCAI, Yongning, name_of
from workflow.domain.errors import InvalidInput, NotAllowed, NotReady
from workflow.services import actions, nominators, starting, submissions


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    return Yongning(now, tmp_path / "files")


def said(refused: pytest.ExceptionInfo[InvalidInput] | pytest.ExceptionInfo[NotReady]) -> str:
    return str(refused.value.reasons[0].words)


# -- nominators --------------------------------------------------------------------------------------------------------
def test_only_an_authorized_enterprise_is_admitted_with_the_numbers_of_its_certificate(here: Yongning) -> None:
    with pytest.raises(InvalidInput) as refused:
        here.admit("own")
    assert said(refused) == "“永宁精密模具有限公司”还没有取得“永宁骏才授权企业备案：用人单位自主评价”，不能走这条渠道"
    here.authorized(places=2, staff="120")
    (line,) = here.admit("own")
    assert {name: fact["value"] for name, fact in line.facts.items()} == {"places": 2, "staff": 120}
    assert (line.places, line.facts["staff"]["source"]) == (3, "授权书 YNQ-2026-001")
    with pytest.raises(InvalidInput):
        here.admit("enterprise")  # another track, which it does not hold
    here.authorized("enterprise_recognition", places=4)
    assert here.admit("enterprise")[0].places == 4


def test_what_is_granted_wins_over_what_is_recorded_of_the_organization(here: Yongning) -> None:
    source = text(JUNCAI).replace(
        "track: self_evaluation}", "track: self_evaluation}\n      facts: {staff: {name: 职工人数}}"
    )
    here.publish_anew(JUNCAI, source)
    here.authorized(staff="620")
    told = {"staff": {"value": 20, "as_of": "2026-11-01", "source": "社保"}}
    line = nominators.admit(here["manager"], here.now, here.rounds[JUNCAI], "own", [here.unit_refs["works"]], told)[0]
    assert (line.facts["staff"]["value"], line.places) == (620, 6)


def test_an_authorization_that_ran_out_or_is_looked_into_closes_the_channel(here: Yongning, now: datetime) -> None:
    held = here.authorized()
    here.admit("own")
    drafted = here.drafted("own")
    waiting = here.drafted("own")
    submissions.submit(waiting, here["boss"], now)
    actions.perform(held, "open_exit", here["manager"], now, inputs={"exit": "fraud", "basis": "举报件"})
    with pytest.raises(NotAllowed) as refused:
        here.drafted("own")
    assert "正在核查" in str(refused.value.words)
    with pytest.raises(NotReady) as late:
        submissions.submit(drafted, here["boss"], now)
    assert "正在核查" in said(late)
    with pytest.raises(NotReady):
        here.confirm()
    actions.perform(held, "drop_revocation", here["manager"], now, inputs={"reason": "查无此事"})
    here.confirm()
    submissions.submit(drafted, here["boss"], now)
    later = now + timedelta(days=732)
    with writing() as session:
        session.get_one(Round, here.round_ids[JUNCAI]).closes_at = later + timedelta(days=9)
    with pytest.raises(NotAllowed) as over:
        starting.start(here.rounds[JUNCAI], "own", "pillar", here["boss"], later, for_another=True)
    assert "有效期到 2028-11-20 为止" in str(over.value.words)


# -- applicants --------------------------------------------------------------------------------------------------------
def test_who_holds_something_already_is_kept_out_where_the_channel_says_so(here: Yongning, now: datetime) -> None:
    source = text(ENTERPRISE).replace(
        "intake: rolling}", "intake: rolling, must_not_hold: {program: yongning_enterprise, track: self_evaluation}}"
    )
    here.publish_anew(ENTERPRISE, source)
    here.authorized()
    with pytest.raises(NotAllowed) as refused:
        here.scheme()
    assert "已有“永宁骏才授权企业备案：用人单位自主评价”（YNQ-2026-001，有效期到 2028-11-20）" in str(
        refused.value.words
    )
    other = here.scheme("rival_boss", org_name="甬江塑模有限公司", credit_code=applying.TRAINER)
    submissions.submit(other, here["rival_boss"], now)
    assert here.row(other).number is not None


def test_a_person_lacks_what_the_channel_asks_for(here: Yongning, now: datetime) -> None:
    source = text(JUNCAI).replace("    places: 20  ", "    must_hold: {program: yongning_juncai}\n    places: 20  ")
    here.publish_anew(JUNCAI, source)
    person = account(now, "talent", name=name_of(here.count()))
    ref = starting.start(here.rounds[JUNCAI], "top", "pillar", person, now)
    here.fill(ref, person, "top")
    with pytest.raises(NotReady) as refused:
        submissions.submit(ref, person, now)
    assert "“候乙子”还没有取得“永宁骏才评价”" in said(refused)


# -- applying again ----------------------------------------------------------------------------------------------------
def test_who_was_not_chosen_waits_as_long_as_the_program_says(here: Yongning, now: datetime) -> None:
    here.publish_anew(
        ENTERPRISE, text(ENTERPRISE).replace("one_per_person: running", "one_per_person: running\n  reapply_after: 6mo")
    )
    ref = here.scheme()
    submissions.submit(ref, here["boss"], now)
    here.act(ref, "refuse", "manager", reason="方案不合办法")
    here.act(ref, "confirm", "manager_2")
    with pytest.raises(NotAllowed) as refused:
        here.scheme()
    assert "2027-05-20 起才可以再报" in str(refused.value.words)
    starting.start(here.rounds[ENTERPRISE], "self", "self_evaluation", here["boss"], now + timedelta(days=181))
