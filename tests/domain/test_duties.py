"""What falls due after a recognition: when it opens, who answers it, what follows; once, however late the clock is."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.cases import MANAGER, MANAGER_2, PERSON, staff
from tests.domain.grown import HOST, TUTOR, Grown, camp
from tests.domain.test_growth import reasons
from workflow.domain.after.duties import Owed
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.domain.known import Known
from workflow.domain.stages import follow_up_duties

JOINT = (
    ("  treasurer: 出纳\n", "  treasurer: 出纳\n  credit: 信用部门\n  court: 法院\n"),
    ("  give:\n", "  sides: {name: 联审, kind: joint_check, by: [credit, court], lead: manager}\n  give:\n"),
    ("route: [formal, give", "route: [formal, sides, give"),
    ("runs: formal", "runs: sides"),
)
CREDIT, COURT = staff(70, "credit"), staff(71, "court")


def grown(*replacements: tuple[str, str], mentored: bool = True) -> Grown:
    play = Grown(camp(*replacements))
    if mentored:
        play.do("assign_mentor", MANAGER, "manager", to=TUTOR)
    return play


def owed(play: Grown, about: str) -> Owed:
    return next(each for each in play.case.state.after.duties if each.about == f"duty:{about}")


def last_days(play: Grown, about: str) -> set[date]:
    """The last days of what is open of one occurrence."""
    open_ = [item for item in play.case.state.open_items() if item.about == f"duty:{about}"]
    dues = [play.book.due(play.case, item, play.now) for item in open_]
    return {local_day(due - timedelta(seconds=1)) for due in dues if due is not None}


def told(play: Grown) -> list[str]:
    return [event.kind for event in play.outcome.events]


# -- when --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("about", "eve", "opens", "last"),
    [
        ("log:1", date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 14)),  # the last day of the month, ten days
        ("log:3", date(2027, 1, 28), date(2027, 1, 29), date(2027, 2, 12)),  # the 31st is a Sunday
        ("quarterly:1", date(2026, 12, 9), date(2026, 12, 10), date(2027, 1, 14)),  # fifteen working days before
        ("midterm:1", date(2027, 11, 22), date(2027, 11, 23), date(2027, 12, 7)),  # twelve months after recognition
        ("visit:1", date(2027, 4, 23), date(2027, 4, 24), date(2027, 5, 24)),  # thirty days before the stay ends
    ],
)
def test_an_occurrence_opens_on_its_day_and_not_before(about: str, eve: date, opens: date, last: date) -> None:
    play = grown()
    play.on(eve).tick()
    assert all(each.about != f"duty:{about}" for each in play.case.state.after.duties)
    play.on(opens).tick()
    assert last_days(play, about) == {last}


def test_the_clock_is_asked_to_look_on_the_day_of_the_next_opening() -> None:
    play = grown(("when: facts.insured == false", "once: 30mo"))
    look = follow_up_duties.look(play.book, play.case, date(2026, 11, 24))
    assert look == date(2026, 11, 30)
    play.on(date(2026, 11, 30)).tick()
    assert follow_up_duties.look(play.book, play.case, date(2026, 12, 1)) == date(2026, 12, 10)


def known(play: Grown) -> list[tuple[str, date, date]]:
    return sorted((each.duty, each.nominal, each.day) for each in play.case.state.after.duties)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 300), max_size=8), st.integers(1, 300))
def test_each_occurrence_arises_once_however_often_and_however_late_the_clock_looks(
    looks: Iterable[int], end: int
) -> None:
    start = date(2026, 11, 24)
    often, late = grown(), grown()
    for days in sorted({each for each in looks if each < end}):
        often.on(start + timedelta(days=days)).tick()
    for play in (often, late):
        play.on(start + timedelta(days=end)).tick()
        assert play.tick() == []
    assert known(often) == known(late)
    assert len(set(known(late))) == len(known(late))


def test_duties_arise_only_in_the_follow_ups_they_are_for() -> None:
    play = grown(("on: last_day, by: mentor", "on: last_day, by: mentor, during: [trial]"))
    play.on(date(2026, 12, 1)).tick()
    assert [each.duty for each in play.case.state.after.duties] == []
    play.enter("trial", 4)
    play.on(date(2027, 1, 1)).tick()
    assert "log" in {each.duty for each in play.case.state.after.duties}
    assert ("log", date(2026, 11, 30), date(2026, 11, 30)) not in known(play)


def test_a_hold_stops_what_falls_due_and_gives_the_time_back() -> None:
    play = grown()
    play.on(date(2026, 11, 30)).tick()
    play.do("hold", MANAGER, basis="在外就医")
    assert last_days(play, "log:1") == set()
    assert play.on(date(2026, 12, 31)).tick() == []
    play.on(date(2027, 1, 4)).do("release", MANAGER, basis="已出院")
    play.tick()
    assert last_days(play, "log:1") == {date(2027, 1, 18)}  # ten working days were left
    assert last_days(play, "log:2") == {date(2027, 1, 18)}  # fell due while held: its time begins on release
    assert play.case.state.status == "recognized"


def test_what_precedes_an_end_moves_with_it() -> None:
    play = grown()
    play.on(date(2027, 4, 24)).tick()
    play.do("extend", MANAGER, basis="延长锻炼", until=date(2027, 8, 31))
    assert last_days(play, "visit:1") == {date(2027, 8, 31)}
    assert play.on(date(2027, 8, 1)).tick().count("duty_opened") > 0
    assert sum(each.duty == "visit" for each in play.case.state.after.duties) == 1


# -- who ---------------------------------------------------------------------------------------------------------------
def test_who_cannot_exist_yet_owes_nothing() -> None:
    play = grown(mentored=False)
    play.case = replace(play.case, places={**play.case.places, "unit_admin": None})
    play.on(date(2026, 12, 31)).tick()
    assert owed(play, "log:1").state == "not_owed"
    assert (owed(play, "quarterly:1").roles, owed(play, "quarterly:1").absent) == (
        ("manager",),
        ("mentor", "unit_admin"),
    )
    play.do("answer_duty", MANAGER, "manager", "duty:quarterly", points={"thought": "90"})
    done = owed(play, "quarterly:1")
    assert (done.state, done.total) == ("done", 9000)  # the whole weight went to the one criterion that was marked
    assert (done.derivation["shared"], done.derivation["figures"][0]["weight"]) == (["conduct"], "100")


def test_a_new_mentor_owes_what_the_one_before_had_not_done() -> None:
    play = grown()
    play.on(date(2026, 11, 30)).tick()
    other = staff(63, "tutor")
    play.do("assign_mentor", MANAGER, "manager", to=other)
    with pytest.raises(NotFound):
        play.do("answer_duty", TUTOR, "mentor", "duty:log", record={"what": "谈话"})
    play.do("answer_duty", other, "mentor", "duty:log", record={"what": "谈话"}, digest="d")
    assert (owed(play, "log:1").state, play.outcome.answered) == ("done", {"what": "谈话"})


# -- answers -----------------------------------------------------------------------------------------------------------
def test_three_sources_are_weighed_and_the_totals_can_be_read_by_rules() -> None:
    play = grown()
    play.on(date(2026, 12, 10)).tick()
    with pytest.raises(NotReady) as refused:
        play.do("answer_duty", MANAGER, "manager", "duty:quarterly", points={"thought": "50"})
    assert reasons(refused) == ["“思想”给 50 分，要写理由"]
    with pytest.raises(NotReady):  # another role's criterion
        play.do("answer_duty", MANAGER, "manager", "duty:quarterly", points={"thought": "80", "conduct": "80"})
    play.do("answer_duty", MANAGER, "manager", "duty:quarterly", points={"thought": "80"})
    play.do("answer_duty", TUTOR, "mentor", "duty:quarterly", points={"thought": "90", "conduct": "70"})
    assert owed(play, "quarterly:1").is_open
    play.do("answer_duty", HOST, "unit_admin", "duty:quarterly", points={"conduct": "75"})
    assert told(play) == ["duty_answered", "assessed", "duty_done"]
    assert owed(play, "quarterly:1").total == 7750  # (80+90)/2 x 40% + (70+75)/2 x 60%
    inputs = play.book.inputs_after(play.case, date(2026, 12, 11))
    assert inputs["results.quarterly"] == [Decimal("77.5")]
    assert all(item.about != "duty:quarterly:1" for item in play.case.state.open_items())


def test_an_answer_is_confirmed_by_another_and_a_rejected_one_is_asked_again() -> None:
    play = grown(
        (
            "report: {name: 报告, lines: 5}}, confirmed_by: manager",
            "report: {name: 报告, lines: 5}}, confirmed_by: tutor",
        )
    )
    play.on(date(2027, 11, 23)).tick()
    with pytest.raises(NotReady) as refused:
        play.do("answer_duty", PERSON, "applicant", "duty:midterm")
    assert reasons(refused) == ["“报告”还没有填"]
    play.do("answer_duty", PERSON, "applicant", "duty:midterm", record={"report": "一年总结"})
    with pytest.raises(NotReady):
        play.do("reject_duty", TUTOR, "tutor", "duty:midterm")
    play.do("reject_duty", TUTOR, "tutor", "duty:midterm", reason="太短")
    assert owed(play, "midterm:1").waiting() == ("applicant",)
    play.do("answer_duty", PERSON, "applicant", "duty:midterm", record={"report": "一年详细总结"})
    play.do("confirm_duty", TUTOR, "tutor", "duty:midterm")
    assert owed(play, "midterm:1").state == "done"
    assert [answer.current for answer in owed(play, "midterm:1").answers] == [False, True]


def test_nobody_confirms_their_own_answer() -> None:
    play = grown(("by: applicant, record: {report", "by: manager, record: {report"))
    play.on(date(2027, 11, 23)).tick()
    play.do("answer_duty", MANAGER, "manager", "duty:midterm", record={"report": "总结"})
    with pytest.raises(NotAllowed):
        play.do("confirm_duty", MANAGER, "manager", "duty:midterm")
    play.do("confirm_duty", MANAGER_2, "manager", "duty:midterm")
    assert owed(play, "midterm:1").state == "done"


def test_the_office_waives_with_a_reason() -> None:
    play = grown()
    play.on(date(2026, 11, 30)).tick()
    with pytest.raises(NotReady):
        play.do("waive_duty", MANAGER, owed="duty:log:1")
    with pytest.raises(NotAllowed):
        play.do("waive_duty", TUTOR, owed="duty:log:1", reason="忙")
    play.do("waive_duty", MANAGER, owed="duty:log:1", reason="刚指定帮带人")
    assert owed(play, "log:1").state == "waived"
    assert all(item.about != "duty:log:1" for item in play.case.state.open_items())


def test_a_condition_opens_when_true_once_and_what_is_unknown_is_told_once() -> None:
    play = grown()
    assert play.on(date(2026, 11, 25)).tick() == ["cannot_be_judged"]
    assert play.tick() == []
    play.case = replace(play.case, facts={"insured": False})
    assert play.on(date(2026, 11, 26)).tick() == ["duty_opened"]
    assert last_days(play, "bonus:1") == {date(2026, 12, 10)}
    play.on(date(2026, 12, 10)).tick()
    assert owed(play, "bonus:1").is_open
    play.on(date(2026, 12, 11)).tick()
    assert owed(play, "bonus:1").state == "not_answered"  # it is optional
    assert "bonus" not in [event.body.get("duty") for event in play.outcome.events if event.kind == "duty_opened"]


# -- a stage run anew --------------------------------------------------------------------------------------------------
MAY = (
    "kind: check, by: manager, rules: all",
    "kind: check, by: manager, rules: all, may: [pass, refuse, return, defer]",
)


def rechecked(*replacements: tuple[str, str], **answer: Any) -> Grown:
    play = grown(MAY, *replacements)
    play.on(date(2026, 12, 31)).tick()
    play.do("answer_duty", MANAGER, "manager", "duty:recheck", **answer)
    return play


def test_a_passed_recheck_is_done_and_keeps_what_the_rules_said_that_day() -> None:
    play = rechecked(effect="pass")
    assert (owed(play, "recheck:1").state, owed(play, "recheck:1").result) == ("done", "pass")
    assert owed(play, "recheck:1").answers[0].rules == {"E1": "meets"}


@pytest.mark.parametrize(("effect", "told"), [("pass", "pass"), ("refuse", "refuse")])
def test_where_the_stage_asks_for_two_another_of_the_office_signs(effect: str, told: str) -> None:
    play = rechecked(("rules: all, may: [pass", "rules: all, signers: 2, may: [pass"), effect=effect, reason="见附件")
    assert owed(play, "recheck:1").is_open
    with pytest.raises(NotAllowed):
        play.do("confirm_duty", MANAGER, "manager", "duty:recheck")
    play.do("confirm_duty", MANAGER_2, "manager", "duty:recheck")
    assert (owed(play, "recheck:1").state, owed(play, "recheck:1").result) == ("done", told)


def test_a_recheck_reads_what_was_known_on_its_day_and_nothing_newer() -> None:
    """Whoever answers late sees the facts of the occurrence, not those of today."""
    insured = ("rule: person.age >= 18", "rule: facts.insured")
    play = grown(MAY, insured)
    play.case = replace(
        play.case,
        facts={},
        known={"insured": (Known(True, date(2026, 12, 1)), Known(False, date(2027, 1, 4)))},
    )
    play.on(date(2026, 12, 31)).tick()
    play.on(date(2027, 1, 8)).tick()
    play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="pass")
    assert owed(play, "recheck:1").answers[0].rules == {"E1": "meets"}


def test_a_condition_that_fails_on_the_day_passes_only_with_a_reason() -> None:
    older = ("rule: person.age >= 18", "rule: as_of < date('2026-12-01')")
    with pytest.raises(NotReady) as refused:
        rechecked(older, effect="pass")
    assert reasons(refused) == ["条件 E1 “成年”不符合，仍要通过请写理由"]


def test_a_refused_recheck_opens_a_review_and_ends_nothing() -> None:
    play = rechecked(effect="refuse", reason="已离区")
    assert told(play) == ["duty_answered", "duty_done", "review_opened"]
    assert play.outcome.events[-1].body["cause"] == "duty:recheck:1"
    assert play.case.state.recognition is not None
    assert play.case.state.recognition.is_valid


def test_a_deferred_recheck_is_due_again() -> None:
    play = rechecked(effect="defer", reason="材料在路上")
    assert last_days(play, "recheck:1") == {date(2027, 1, 14)}
    play.on(date(2027, 1, 8)).do(
        "answer_duty", MANAGER, "manager", "duty:recheck", effect="defer", reason="再等", until=date(2027, 2, 1)
    )
    assert last_days(play, "recheck:1") == {date(2027, 2, 1)}


def test_a_returned_recheck_comes_back_to_whoever_asked() -> None:
    play = rechecked(effect="return", reason="电话打不通", flags={"mobile": "请改成现在的号码"})
    assert (play.case.state.status, play.case.state.flags) == ("correcting", ("mobile",))
    play.case = replace(play.case, changed=("mobile",))
    play.do("correct", PERSON, "applicant", "duty:recheck", revision=2, digest="d2")
    assert play.case.state.status == "recognized"
    play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="pass")
    assert owed(play, "recheck:1").state == "done"


def test_sending_back_asks_the_office_of_the_stage_anew() -> None:
    play = grown(
        (
            "kind: check, by: manager, rules: all",
            "kind: check, by: tutor, rules: all, may: [pass, refuse, send_back], send_back_to: start",
        ),
        ("route: [formal,", "route: [start, formal,"),
        ("stages:\n", "stages:\n  start: {name: 初看, kind: check, by: manager}\n"),
    )
    play.on(date(2026, 12, 31)).tick()
    play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="send_back", reason="请再去看一次")
    play.do("answer_duty", TUTOR, "tutor", "duty:recheck", effect="pass")
    assert owed(play, "recheck:1").state == "done"


def test_the_departments_are_asked_anew_and_silence_is_no_pass() -> None:
    play = grown(*JOINT)
    play.on(date(2026, 12, 31)).tick()
    asked = [item for item in play.case.state.open_items() if item.about == "duty:recheck:1"]
    assert [(item.role, item.stage) for item in asked] == [("credit", "sides"), ("court", "sides")]
    play.do("answer", CREDIT, "credit", "duty:recheck", answer="clear")
    play.do("answer", COURT, "court", "duty:recheck", answer="issue", category="judgment", basis="2026-1", digest="d")
    with pytest.raises(NotReady) as refused:
        play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="pass")
    assert reasons(refused) == ["“法院”的异议还没有消除，不能通过：请它复核后改答复，或者作不通过"]
    play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="refuse", reason="有未履行判决")
    assert told(play)[-1] == "review_opened"


# -- what stands in the way, and the frame -----------------------------------------------------------------------------
def test_a_stay_is_not_completed_over_what_is_due() -> None:
    play = grown()
    for task in (1, 2, 3):
        play.do("do_task", PERSON, task=task, evidence="做了")
    play.case = replace(play.case, facts={"insured": False})
    play.on(date(2026, 12, 10)).tick()
    with pytest.raises(NotReady) as refused:
        play.do("complete", MANAGER, "manager", reason="提前")
    assert reasons(refused) == ["“帮带记录”还没有办完"]  # not the optional one, nor what is only open early
    play.do("answer_duty", TUTOR, "mentor", "duty:log", record={"what": "谈话"})
    play.do("complete", MANAGER, "manager", reason="提前")
    assert play.case.state.stage == "trial"


def test_what_was_opened_early_for_a_stay_falls_away_with_it() -> None:
    play = grown(
        ("by: [manager, mentor, unit_admin], sheet", "by: [manager, mentor, unit_admin], during: [camp], sheet")
    )
    for task in (1, 2, 3):
        play.do("do_task", PERSON, task=task, evidence="做了")
    play.on(date(2026, 12, 10)).tick()
    play.do("answer_duty", TUTOR, "mentor", "duty:log", record={"what": "谈话"})
    play.do("complete", MANAGER, "manager", reason="提前")
    assert (owed(play, "quarterly:1").state, owed(play, "quarterly:1").result) == ("waived", "stage_over")


def test_a_recognition_is_extended_with_basis_and_nobody_withdraws_it() -> None:
    play = grown()
    play.do("extend", MANAGER, what="recognition", basis="文件延期", until=date(2030, 5, 1))
    known_ = play.case.state.recognition
    assert known_ is not None
    assert (known_.until, len(known_.papers)) == (date(2030, 5, 1), 2)
    play.do("hold", MANAGER, basis="停")
    with pytest.raises(NotAllowed):
        play.do("withdraw", PERSON, reason="不要了")


def test_work_of_a_follow_up_is_handed_to_a_colleague() -> None:
    play = grown()
    play.on(date(2026, 12, 31)).tick()
    play.do("hand_over", MANAGER, "manager", "duty:recheck", to=MANAGER_2)
    with pytest.raises(NotAllowed):
        play.do("answer_duty", MANAGER, "manager", "duty:recheck", effect="pass")
    play.do("answer_duty", MANAGER_2, "manager", "duty:recheck", effect="pass")
