"""Who may do what is part of the program: each split of power, tried from the side that does not have it.

Every row is an act that the program does not give; the case must stand afterwards as it stood before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.base import reading as reading_tables
from models.evidence import StreamKind
from tests.services.yongning import AT_THE_MEETING, JUNCAI, Yongning
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.domain.transitions import offers
from workflow.services import actions, meetings, meetings_final, meetings_sitting, nominating_list, reading
from workflow.services.casework import find, open_case
from workflow.services.evidence import events_of
from workflow.services.meetings_sitting import Entered
from workflow.services.nominating_list import Where

GROUNDS = ("负面清单命中", "程序违反备案方案", "材料造假")
GOVERNMENT = ("manager", "supervisor", "visitor", "hr", "reviewer")


@dataclass(frozen=True)
class Try:
    """One forbidden act. `inputs` is everything that the act would need if it were allowed."""

    who: str
    act: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    return Yongning(now, tmp_path / "files", **{JUNCAI: AT_THE_MEETING})


def refused(here: Yongning, ref: str, tries: Iterable[Try]) -> None:
    before = here.row(ref)
    for each in tries:
        with pytest.raises((NotAllowed, NotFound, MovedOn, NotReady)):
            here.act(ref, each.act, each.who, **each.inputs)
    after = here.row(ref)
    assert (after.version, after.stage_key, after.status) == (before.version, before.stage_key, before.status)


def offered(here: Yongning, ref: str, who: str) -> set[str]:
    """What a page would offer to this person on the items of the case."""
    with reading_tables() as session:
        case = open_case(session, find(session, ref).id)
        found = offers(case.book, case.application, here[who], here.now)
        return {each.name for each in found if each.item is not None} - {"hand_over", "recuse", "judge"}


EFFECTS = ("pass", "refuse", "return", "defer", "send_back")
SAID = {"reason": "不同意", "flags": {"local_months": "请核对"}, "ground": GROUNDS[0]}


def all_effects(*who: str) -> list[Try]:
    return [Try(each, effect, SAID) for each in who for effect in EFFECTS]


def test_government_may_stop_what_an_association_recommends_and_do_no_more(here: Yongning) -> None:
    here.admit("peers", "works", "rival")
    ref = here.nominated("peers")
    assert offered(here, here.bring(ref, "gov_supervise"), "supervisor") == {"pass", "send_back"}
    refused(here, ref, [Try("supervisor", act, SAID) for act in ("refuse", "return", "defer")])
    refused(here, ref, all_effects("manager", "hr", "visitor", "boss", "secretary", "juror"))
    with pytest.raises(NotReady):
        here.act(ref, "send_back", "supervisor")  # not without a reason
    here.act(ref, "send_back", "supervisor", reason="签到表少一人签名")
    assert here.row(ref).stage_key == "assoc_meeting"
    assert reading.sheet(ref, here["secretary"], here.now)  # with what was sent back on it


def test_no_government_role_keeps_the_meeting_of_an_association_or_touches_its_ballots(here: Yongning) -> None:
    here.jury(3)
    here.admit("peers", "works")
    refs = [here.nominated("peers"), here.nominated("peers")]
    for who in (*GOVERNMENT, "boss", "rival_boss"):
        assert "区模具行业协会" not in {hall.organization for hall in meetings.halls(here[who])}
        with pytest.raises(Refusal):
            here.called(who)
    called = here.called()
    here.tally(called, {refs[0]: 3, refs[1]: 2})
    for who in (*GOVERNMENT, "boss", "juror"):
        with pytest.raises(Refusal):
            here.tally(called, {refs[0]: 0, refs[1]: 3}, who)
        with pytest.raises(Refusal):
            meetings_sitting.enter(here[who], here.now, called, Entered(None, {refs[1]: {"settled": 1}}))
        with pytest.raises(Refusal):
            meetings_final.finalize(here[who], here.now, called)
    for ref in refs:
        refused(here, ref, all_effects(*GOVERNMENT, "boss"))
    here.papers(called)
    meetings_final.finalize(here["secretary"], here.now, called)
    assert {here.row(ref).stage_key for ref in refs} == {"gov_supervise"}


def test_the_order_of_a_list_is_the_nominators_alone(here: Yongning) -> None:
    here.admit("peers", "works", "rival")
    ref = here.nominated("peers")
    where = Where(here.rounds[JUNCAI], "peers", here.unit_refs["works"])
    for who in (*GOVERNMENT, "rival_boss", "secretary", "juror", "panelist"):
        with pytest.raises(NotFound):
            nominating_list.move(here[who], here.now, where, ref, 1, 0)
        with pytest.raises(NotFound):
            nominating_list.order(here[who], here.now, where, [ref], 0)
    for who in ("supervisor", "secretary", "boss"):
        with pytest.raises(NotFound):
            nominating_list.reopen(here[who], here.now, where, "再排一次")


# -- 企业认定、政府认账 ----------------------------------------------------------------------------------------------
def test_an_enterprise_evaluates_by_itself_and_government_refuses_for_three_reasons_only(here: Yongning) -> None:
    here.authorized("enterprise_recognition", places=4)
    here.admit("enterprise")
    refs = [here.nominated("enterprise") for _ in GROUNDS]
    assert offered(here, refs[0], "panelist") == {"pass", "refuse"}
    refused(here, refs[0], all_effects(*GOVERNMENT, "rival_boss", "secretary"))
    here.choose(*refs)
    refused(
        here,
        refs[0],
        [
            Try("manager", "refuse", {"reason": "水平不够"}),
            Try("manager", "refuse", {"reason": "水平不够", "ground": "水平不够"}),
            Try("manager", "send_back", SAID),
            *all_effects("supervisor", "hr", "panelist", "boss"),
        ],
    )
    for number, (ref, ground) in enumerate(zip(refs, GROUNDS, strict=True)):
        here.act(ref, "refuse", "manager", ground=ground)
        with reading_tables() as session:
            told = events_of(session, StreamKind.APPLICATION, here.row(ref).id)[-1]
        assert (told.kind, told.body["ground"]) == ("refused", number)


# -- four eyes, and whoever filled -------------------------------------------------------------------------------------
def test_of_two_signers_nobody_is_both(here: Yongning) -> None:
    visited = here.bring(here.applied("top"), "expert", "visit")
    record = {"place": "车间", "talk": "访谈三人", "photos": ("p1",)}
    here.act(visited, "pass", "visitor", record=record)
    refused(
        here, visited, [Try(who, act, SAID) for who in ("visitor", "manager") for act in ("confirm", "reject_proposal")]
    )
    assert here.row(visited).stage_key == "visit"
    assert offered(here, visited, "visitor") == set()
    assert offered(here, visited, "visitor_2") == {"confirm", "reject_proposal"}


def test_whoever_filled_reviews_nothing_of_it_in_an_office(here: Yongning) -> None:
    here.authorized()
    here.admit("own")
    for role in ("manager", "supervisor"):
        here.bind("boss", role, program=here.programs[JUNCAI])
    ref = here.bring(here.nominated("own"), "formal")
    assert offered(here, ref, "boss") == set()
    refused(here, ref, all_effects("boss"))
    with pytest.raises(NotAllowed):
        actions.perform(ref, "hold", here["boss"], here.now, inputs={"basis": "自己的件"})


# -- each nominator its own --------------------------------------------------------------------------------------------
def test_a_nominator_finds_nothing_of_another_ones_people(here: Yongning) -> None:
    here.authorized()
    here.admit("own")
    ref = here.nominated("own")
    for act in ("withdraw", "confirm_submission", "correct", "undo"):
        with pytest.raises(NotFound):
            actions.perform(ref, act, here["rival_boss"], here.now, inputs={"reason": "不是我的人"})
    refused(here, ref, all_effects("rival_boss"))


def test_an_enterprise_does_not_stand_in_for_the_association_that_judges_its_people(here: Yongning) -> None:
    here.admit("peers", "works")
    with pytest.raises(NotReady) as refusal:
        here.nominated("peers", recommender="永宁精密模具有限公司")
    assert [reason.where for reason in refusal.value.reasons] == ["recommender"]
