"""Reviews of a recognition: what opens them, who decides, and what each decision leads to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.domain.cases import MANAGER, MANAGER_2, PERSON, staff
from tests.domain.grown import Grown, camp
from workflow.domain.application import Action
from workflow.domain.errors import NotAllowed, NotReady
from workflow.domain.stages.base import Work
from workflow.domain.stages.follow_up_review import open_review

MANAGER_3, MANAGER_4 = staff(52, "manager"), staff(53, "manager")


def opened() -> Grown:
    play = Grown()
    play.do("open_exit", MANAGER, exit="low_twice", basis="两季都没到六十")
    return play


def test_a_review_is_decided_by_another_than_opened_it() -> None:
    play = opened()
    with pytest.raises(NotAllowed):
        play.do("keep", MANAGER, "manager", "review", reason="还行")
    with pytest.raises(NotReady):
        play.do("keep", MANAGER_2, "manager", "review")
    play.do("keep", MANAGER_2, "manager", "review", reason="正在好转")
    assert play.case.state.leaving is None
    assert play.case.state.recognition is not None
    assert play.case.state.recognition.is_valid


def test_to_adjust_says_what_changes() -> None:
    play = opened()
    with pytest.raises(NotReady):
        play.do("adjust", MANAGER_2, "manager", "review", reason="降档")
    play.do("adjust", MANAGER_2, "manager", "review", reason="降档", level="二等")
    assert play.case.state.recognition is not None
    assert (play.case.state.recognition.level, play.case.state.leaving) == ("二等", None)


def test_to_remove_only_begins_a_revocation_by_two_others() -> None:
    play = opened()
    with pytest.raises(NotReady):
        play.do("remove", MANAGER_2, "manager", "review", reason="不行", exit="promoted")
    play.do("remove", MANAGER_2, "manager", "review", reason="不行", exit="fraud")
    assert play.case.state.recognition is not None
    assert play.case.state.recognition.is_valid
    play.do("notify", MANAGER, alleged="连续两季不合格")
    play.do("state", PERSON, "applicant", statement="家里有事")
    play.do("propose_revocation", MANAGER_2, reason="查实", recovery="无")
    play.do("confirm_revocation", MANAGER_3, "manager", document="1号")
    known = play.case.state.recognition
    assert known is not None
    assert (known.standing, known.exit, str(known.ban_until)) == ("revoked", "fraud", "2028-11-23")


def test_who_runs_the_program_confirms_a_revocation_whoever_holds_the_stay() -> None:
    play = Grown(camp(("    by: manager\n    lasts: 6mo\n    mentors", "    by: tutor\n    lasts: 6mo\n    mentors")))
    play.do("open_exit", MANAGER, exit="fraud", basis="材料不实")
    play.do("notify", MANAGER, alleged="材料不实")
    play.do("state", PERSON, "applicant", statement="无")
    play.do("propose_revocation", MANAGER_2, reason="查实", recovery="无")
    play.do("confirm_revocation", MANAGER_3, "manager", document="1号")
    assert play.case.state.recognition is not None
    assert play.case.state.recognition.standing == "revoked"


def test_the_clock_opens_one_review_for_the_same_readings() -> None:
    rules = camp(('when: "in_a_row_below(results.quarterly, 60) >= 2"', 'when: "tasks.done == 1"'))
    play = Grown(rules)
    assert "review_opened" not in play.tick()
    play.do("do_task", PERSON, task=1, evidence="做了")
    assert play.tick() == ["review_opened"]
    assert play.tick() == []
    play.do("keep", MANAGER, "manager", "review", reason="看过")
    play.on(date(2026, 12, 1))
    assert "review_opened" not in play.tick()
    assert play.case.state.leaving is None


def test_an_unknown_condition_opens_nothing() -> None:
    play = Grown(camp(('when: "in_a_row_below(results.quarterly, 60) >= 2"', 'when: "facts.insured"')))
    assert "review_opened" not in play.tick()


def test_another_cause_joins_the_review_that_is_open() -> None:
    play = opened()
    work = Work(play.book, play.case, Action("x"), MANAGER, play.now + timedelta(hours=1))
    open_review(work, "points:breach")
    assert work.state.leaving is not None
    assert work.state.leaving.causes == ("exit:low_twice", "points:breach")
    assert len([item for item in work.state.open_items() if item.about == "review"]) == 1


def test_a_stay_whose_time_is_over_is_reviewed_once_where_the_program_says_so() -> None:
    play = Grown(camp(("    lasts: 6mo\n    mentors", "    lasts: 6mo\n    lapse: review\n    mentors")))
    assert "review_opened" not in play.on(date(2027, 5, 24)).tick()
    assert "review_opened" in play.on(date(2027, 5, 25)).tick()
    assert play.case.state.leaving is not None
    assert play.case.state.leaving.causes == ("stage:camp",)
    play.do("keep", MANAGER, "manager", "review", reason="再给三个月")
    assert "review_opened" not in play.on(date(2027, 6, 1)).tick()
    stays = Grown()
    assert "review_opened" not in stays.on(date(2027, 5, 25)).tick()


def test_a_revocation_holds_the_other_cases_of_the_nominator_where_the_exit_says_so() -> None:
    for nominator, holds in ((7, True), (None, False)):
        play = Grown(camp(("ban: 2y", "ban: 2y, hold_nominator: true")))
        play.case = replace(play.case, nominator_id=nominator)
        play.do("open_exit", MANAGER, exit="fraud", basis="材料不实")
        play.do("notify", MANAGER, alleged="材料不实")
        play.do("state", PERSON, "applicant", statement="无")
        play.do("propose_revocation", MANAGER_2, reason="查实", recovery="无")
        play.do("confirm_revocation", MANAGER_3, "manager", document="1号")
        assert play.outcome.hold_nominator is holds


def test_what_is_still_owed_ends_with_the_recognition_and_is_owed_again_when_it_is_restored() -> None:
    play = Grown()
    play.on(date(2027, 3, 31)).tick()
    before = play.case.state.after.duties
    left = [each.about for each in before if each.is_open]
    assert left
    play.do("open_exit", MANAGER, exit="fraud", basis="材料不实")
    play.do("notify", MANAGER, alleged="材料不实")
    play.do("state", PERSON, "applicant", statement="无")
    play.do("propose_revocation", MANAGER_2, reason="查实", recovery="无")
    play.do("confirm_revocation", MANAGER_3, "manager", document="1号")
    ended = {each.about: (each.state, each.closed_at) for each in play.case.state.after.duties}
    assert {about for about, (state, _) in ended.items() if state == "over"} == set(left)
    assert {at for state, at in ended.values() if state == "over"} == {play.now}
    play.do("appeal", PERSON, reason="合同是真的")
    play.do("settle_appeal", MANAGER_4, "manager", conclusion="upheld", reason="鉴定属实")
    assert play.case.state.after.duties == before
