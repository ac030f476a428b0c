"""A stay in a follow-up: tasks, mentors, placements, and when it may be completed."""

from datetime import timedelta

import pytest

from tests.domain.cases import EMPLOYER, EMPLOYER_ADMIN, MANAGER, PERSON
from tests.domain.grown import HEAD, TUTOR, Grown, camp
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.domain.policy import CaseSubject, Permission, can


def reasons(refused: pytest.ExceptionInfo[NotReady]) -> list[str]:
    return [str(reason.words) for reason in refused.value.reasons]


def test_tasks_are_ticked_off_once_each_by_the_person_or_the_mentor() -> None:
    play = Grown()
    play.do("do_task", PERSON, task=1, evidence="走访了12户")
    play.do("assign_mentor", MANAGER, "manager", to=TUTOR)
    play.do("do_task", TUTOR, task=2, evidence="宣讲两场")
    assert [(t.no, t.by) for t in play.case.state.after.growth_at(3).tasks] == [(1, 100), (2, 61)]
    with pytest.raises(NotReady) as refused:
        play.do("do_task", PERSON, task=2, evidence="又一次")
    assert reasons(refused) == ["这一项已经做过"]
    with pytest.raises(NotReady):
        play.do("do_task", PERSON, task=4, evidence="没有第四项")
    with pytest.raises(NotReady):
        play.do("do_task", PERSON, task=3)
    with pytest.raises(NotAllowed):
        play.do("do_task", MANAGER, task=3, evidence="代登记")


def test_the_mentor_comes_from_the_first_line_that_applies() -> None:
    other, main = Grown(), Grown(gap="主职")
    other.do("assign_mentor", MANAGER, "manager", to=TUTOR, mentored=1)
    main.do("assign_mentor", MANAGER, "manager", to=HEAD)
    assert (other.case.state.after.mentor, main.case.state.after.mentor) == (61, 60)
    for play, wrong in ((Grown(), HEAD), (Grown(gap="主职"), TUTOR)):
        with pytest.raises(NotReady):
            play.do("assign_mentor", MANAGER, "manager", to=wrong)
    with pytest.raises(NotReady) as refused:
        Grown().do("assign_mentor", MANAGER, "manager", to=TUTOR, mentored=2)
    assert reasons(refused) == ["他已经带了2人，不能再多"]


def test_who_mentors_sees_the_case_from_then_on() -> None:
    play = Grown()
    subject = CaseSubject(play.book.definition, play.case)
    assert not can(TUTOR, Permission.APPLICATION_READ, subject)
    play.do("assign_mentor", MANAGER, "manager", to=TUTOR)
    assert can(TUTOR, Permission.APPLICATION_READ, CaseSubject(play.book.definition, play.case))


def test_a_stay_is_completed_when_its_tasks_are_done_and_early_only_with_a_reason() -> None:
    play = Grown()
    with pytest.raises(NotReady) as refused:
        play.do("complete", MANAGER, "manager", reason="提前")
    assert reasons(refused) == ["还有3项任务没有做"]
    for task in (1, 2, 3):
        play.do("do_task", PERSON, task=task, evidence="做了")
    with pytest.raises(NotReady) as refused:
        play.do("complete", MANAGER, "manager")
    assert reasons(refused) == ["还没有到期，提前结束请写明理由"]
    play.now += timedelta(days=190)
    play.do("complete", MANAGER, "manager")
    assert (play.case.state.stage, play.case.state.status) == ("trial", "recognized")
    assert [item.about for item in play.case.state.open_items()] == [None, "place"]


def test_a_stay_is_due_when_it_ends() -> None:
    play = Grown()
    due = play.book.due(play.case, play.item("act"), play.now)
    assert due is not None
    assert str(due.date()) == "2027-05-24"  # the 23rd is a Sunday


def test_a_placement_names_the_unit_and_is_asked_of_who_places() -> None:
    play = Grown(camp(("points.balance >= 70", "tasks.done >= 0")))
    play.enter("trial", 4)
    with pytest.raises(NotReady) as refused:
        play.do("complete", MANAGER, "manager", reason="提前")
    assert "还没有安排单位" in reasons(refused)
    with pytest.raises(NotFound):
        play.do("place", EMPLOYER_ADMIN, "manager", "place", organization=EMPLOYER, code="x")
    play.do("place", MANAGER, "manager", "place", organization=EMPLOYER, code="91110000600037341L")
    placed = play.case.state.after.growth_at(4).placed
    assert placed is not None
    assert (placed.organization, placed.code) == (EMPLOYER, "91110000600037341L")
    play.do("complete", MANAGER, "manager", reason="提前结束")
    assert play.case.state.stage == "live"
    assert list(play.case.state.open_items()) == []
