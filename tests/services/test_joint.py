"""Departments answer at the same time, the lead sees it all, and what is written beside an objection stays sealed."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.joint import JointAnswer
from models.messages import Message
from tests.laws.queries import counted
from tests.services.jointly import BY, GROUNDS, JointPlot
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.domain.policy import Sight
from workflow.services import (
    access,
    actions,
    evidence,
    following,
    joint,
    joint_lead,
    joint_lead_acts,
    joint_lead_person,
    replay,
)
from workflow.services import reading as sheets
from workflow.services.joint import Said
from workflow.services.joint_lead import COMPLETE, HAS_ISSUE, OPEN, Wanted
from workflow.web.applicant import wording


def assert_sound(now: datetime) -> None:
    assert replay.replay(now)[1] == []
    assert evidence.verify() == []


def stage_of(ref: str) -> tuple[str, str | None]:
    with reading() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
        return row.status, row.stage_key


def rows_of(ref: str) -> list[tuple[str, int, str, bool]]:
    with reading() as session:
        found = session.scalars(
            select(JointAnswer)
            .join(ApplicationRow, ApplicationRow.id == JointAnswer.application_id)
            .where(ApplicationRow.ref == ref)
            .order_by(JointAnswer.role_key, JointAnswer.attempt)
        )
        return [(row.role_key, row.attempt, row.answer, row.is_current) for row in found]


# -- at the same time --------------------------------------------------------------------------------------------------
def test_four_departments_answering_at_once_all_succeed(ground: Flask, database: str, now: datetime) -> None:
    plot = JointPlot(now)
    refs = plot.asked(5)
    questions = {role: [plot.question(ref, role) for ref in refs] for role in BY}
    start, failed = Barrier(len(BY)), []

    def answer(role: str) -> None:
        with ground.app_context():
            start.wait(10)
            for item in questions[role]:
                try:
                    joint.answer(item, Said("clear"), plot.people[role], now, seen=1)
                except Refusal as refusal:
                    failed.append((role, repr(refusal)))

    threads = [Thread(target=answer, args=(role,)) for role in BY]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    found = joint_lead.matrix(plot.round_ref, "joint", plot.people["manager"], now)
    assert (found.answered, found.asked, found.counts["clear"]) == (20, 20, 5)
    assert_sound(now)


def test_two_colleagues_racing_for_one_question_one_wins(ground: Flask, database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    item = plot.question(ref, "court")
    start, won, lost = Barrier(2), [], []

    def answer(who: str, said: Said) -> None:
        with ground.app_context():
            start.wait(10)
            try:
                joint.answer(item, said, plot.people[who], now, seen=1)
                won.append(who)
            except MovedOn:
                lost.append(who)

    threads = [Thread(target=answer, args=pair) for pair in (("court", Said("clear")), ("court_2", Said("unknown")))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(won), len(lost)) == (1, 1)
    assert len(rows_of(ref)) == 1
    assert_sound(now)


# -- the story ---------------------------------------------------------------------------------------------------------
def test_an_objection_taken_back_lets_the_case_pass(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    plot.everybody(ref, roles=BY[:3])
    plot.say(ref, "market", GROUNDS)
    shown = joint_lead_person.person(ref, plot.people["manager"], now)
    assert shown.item is not None
    with pytest.raises(NotReady):
        actions.perform(shown.item.ref, "pass", plot.people["manager"], now, inputs={"reason": "x"})
    again = {"role": "market", "reason": "请核对是否已履行", "attempt": 1}
    actions.perform(ref, "ask_again", plot.people["manager"], now, inputs=again)
    (asked,) = joint.page(plot.people["market"], now).lines
    assert asked.why == "请核对是否已履行"
    plot.say(ref, "market")
    shown = joint_lead_person.person(ref, plot.people["manager"], now)
    assert shown.item is not None
    actions.perform(shown.item.ref, "pass", plot.people["manager"], now, seen=shown.item.version)
    assert stage_of(ref) == ("open", "award")
    assert rows_of(ref)[2:4] == [("market", 1, "issue", False), ("market", 2, "clear", True)]
    assert_sound(now)


def test_an_undone_answer_leaves_no_row_and_a_lie_in_the_table_is_found(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    ref, other = plot.asked(2)
    plot.say(ref, "court", GROUNDS)
    actions.perform(ref, "undo", plot.people["court"], now + timedelta(seconds=2))
    assert rows_of(ref) == []
    plot.say(other, "court", GROUNDS)
    assert_sound(now)
    with writing() as session:
        session.execute(update(JointAnswer).values(basis_no="另一个文号"))
    assert [each.where for each in replay.replay(now)[1]] == ["joint_answer (2, 'court', 1).detail"]
    with writing() as session:
        session.execute(update(JointAnswer).values(answer="clear", category=None, basis_no=None, detail=None))
    assert "joint_answer (2, 'court', 1).answer" in [each.where for each in replay.replay(now)[1]]


def test_another_case_of_the_same_person_is_not_asked_again(database: str, now: datetime) -> None:
    plot = JointPlot(now, reuse="6mo")
    first, second = plot.plant(2)
    with writing() as session:
        person = session.scalars(select(ApplicationRow.person_id).where(ApplicationRow.ref == first)).one()
        session.execute(update(ApplicationRow).where(ApplicationRow.ref == second).values(person_id=person))
    plot.endorse(first)
    plot.everybody(first, roles=("credit", "police"))
    plot.say(first, "court", GROUNDS)
    plot.endorse(second)
    assert rows_of(second) == [("credit", 1, "clear", True), ("police", 1, "clear", True)]
    (line,) = [each for each in joint.page(plot.people["credit"], now, answered=True).lines if each.row.ref == second]
    assert (line.row.reused is not None, line.row.answered_on) == (True, local_day(now))
    shown = joint_lead_person.person(second, plot.people["manager"], now)
    assert {cell.department: cell.kind for cell in shown.cells} == {
        "credit": "ok", "police": "ok", "court": "now", "market": "now",
    }  # fmt: skip
    plot.say(second, "credit")  # the same said once more is an answer of its own
    assert rows_of(second)[:2] == [("credit", 1, "clear", False), ("credit", 2, "clear", True)]
    assert_sound(now)


# -- many at once ------------------------------------------------------------------------------------------------------
def test_no_objection_to_many_counts_only_what_is_still_open(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    refs = plot.asked(4)
    ticked = [plot.question(ref, "court") for ref in refs]
    plot.say(refs[1], "court", "unknown")
    done = joint.no_objection_to([*ticked, "nothing"], plot.people["court_2"], now, request_key="k")
    assert {line.row.ref for line in done.done} == {refs[0], refs[2], refs[3]}
    assert [rows_of(ref)[0][2] for ref in refs] == ["clear", "unknown", "clear", "clear"]
    with reading() as session:
        told = session.scalars(select(EventRow.kind).where(EventRow.kind == "department_answered"))
        assert len(list(told)) == 4, "each has an event of its own"
    assert joint.no_objection_to(ticked, plot.people["court_2"], now).done == ()
    assert_sound(now)


def test_the_lead_passes_those_clear_everywhere_together(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    refs = plot.asked(4)
    plot.everybody(refs[0])
    plot.everybody(refs[1], roles=BY[:3])
    plot.everybody(refs[2], roles=BY[:3])
    plot.say(refs[2], "market", GROUNDS)
    plot.everybody(refs[3])
    manager = plot.people["manager"]
    found = joint_lead_acts.pass_all(plot.round_ref, "joint", refs, manager, now, request_key="k")
    assert {row.person.ref for row in found.done} == {refs[0], refs[3]}
    assert [stage_of(ref)[1] for ref in refs] == ["award", "joint", "joint", "award"]
    assert_sound(now)


# -- the matrix --------------------------------------------------------------------------------------------------------
def test_the_matrix_shows_silence_as_it_ages_and_who_holds_it_up(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    refs = plot.asked(3)
    plot.everybody(refs[0])
    plot.everybody(refs[1], roles=("credit", "police"))
    plot.say(refs[1], "market", GROUNDS)
    manager = plot.people["manager"]
    later = now + timedelta(days=14)
    found = joint_lead.matrix(plot.round_ref, "joint", manager, later)
    kinds = {row.person.ref: [cell.kind for cell in row.cells if cell] for row in found.rows}
    assert kinds == {refs[0]: ["ok"] * 4, refs[1]: ["ok", "ok", "late", "no"], refs[2]: ["late"] * 4}
    court = next(each for each in found.departments if each.key == "court")
    assert (court.answered, court.asked, court.waiting, court.late, court.kind) == (1, 3, 2, 2, "late")
    assert court.longest == 5
    assert found.counts == {"": 3, HAS_ISSUE: 1, OPEN: 2, COMPLETE: 1, "clear": 1}
    narrowed = {
        view: [row.person.ref for row in joint_lead.matrix(plot.round_ref, "joint", manager, now, Wanted(view)).rows]
        for view in (HAS_ISSUE, OPEN, COMPLETE)
    }
    assert narrowed == {HAS_ISSUE: [refs[1]], OPEN: refs[1:], COMPLETE: [refs[0]]}
    waits = joint_lead.matrix(plot.round_ref, "joint", manager, now, Wanted(waits_for="credit"))
    assert [row.person.ref for row in waits.rows] == [refs[2]]
    soon = joint_lead.matrix(plot.round_ref, "joint", manager, now + timedelta(days=5))
    assert {cell.kind for row in soon.rows for cell in row.cells if cell and cell.is_open} == {"soon"}


def test_the_matrix_costs_the_same_however_many_stand_in_it(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    plot.everybody(plot.asked()[0])
    manager = plot.people["manager"]
    joint_lead.matrix(plot.round_ref, "joint", manager, now)
    with counted() as few:
        joint_lead.matrix(plot.round_ref, "joint", manager, now)
    for ref in plot.asked(7):
        plot.say(ref, "court")
    with counted() as many:
        assert joint_lead.matrix(plot.round_ref, "joint", manager, now).people == 8
    assert len(many) == len(few) <= 12
    with counted() as listed:
        assert len(joint.page(plot.people["police"], now).lines) == 7
    assert len(listed) <= 9


def test_a_department_is_reminded_once_a_day(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    plot.say(ref, "credit")
    manager = plot.people["manager"]
    assert joint_lead_acts.urge(plot.round_ref, "joint", BY, manager, now) == {"police": 2, "court": 2, "market": 2}
    with pytest.raises(NotReady):
        joint_lead_acts.urge(plot.round_ref, "joint", ["court"], manager, now + timedelta(hours=1))
    assert joint_lead_acts.urge(plot.round_ref, "joint", ["court"], manager, now + timedelta(days=1)) == {"court": 2}
    with pytest.raises(NotReady):
        joint_lead_acts.urge(plot.round_ref, "joint", ["credit"], manager, now)
    with pytest.raises((NotAllowed, NotFound)):
        joint_lead_acts.urge(plot.round_ref, "joint", ["court"], plot.people["court"], now)
    with reading() as session:
        posted = session.scalars(select(Message.params).where(Message.kind == "department_urged")).all()
    assert len(posted) == 8
    assert {tuple(sorted(each)) for each in posted} == {("count", "department", "round", "stage")}
    assert_sound(now)


# -- who sees what -----------------------------------------------------------------------------------------------------
def test_the_words_of_an_objection_are_sealed_and_opened_only_with_a_reason(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    plot.say(ref, "court", GROUNDS)
    with reading() as session:
        everything = " ".join(
            str(row)
            for table in ("event", "remark", "joint_answer", "message", "request_key")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        )
    assert GROUNDS.basis in everything, "the number stays"
    assert GROUNDS.detail not in everything
    manager, court = plot.people["manager"], plot.people["court"]
    with pytest.raises(InvalidInput):
        joint_lead_person.open_detail(ref, "court", 1, "  ", manager, now)
    for stranger in (court, plot.people["police"], plot.people["clerk"], plot.owners[ref]):
        with pytest.raises((NotAllowed, NotFound)):
            joint_lead_person.open_detail(ref, "court", 1, "想看", stranger, now)
    assert joint_lead_person.open_detail(ref, "court", 1, "核对是否已履行", manager, now) == GROUNDS.detail
    with reading() as session:
        looks = session.execute(
            select(EventRow.kind, EventRow.actor_id, EventRow.body)
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(Stream.kind == StreamKind.APPLICATION_ACCESS.value)
        ).all()
    assert [(kind, by) for kind, by, _ in looks] == [("joint_detail_read", manager.account_id)]
    assert GROUNDS.detail not in str(looks)
    assert_sound(now)


def test_a_department_sees_neither_the_form_nor_what_others_said(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    plot.say(ref, "court", GROUNDS)
    plot.say(ref, "credit")
    seen = sheets.sheet(ref, plot.people["police"], now)
    shown = {answer.path for section in seen.sections for answer in section.answers}
    assert shown == {"name", "id_type", "id_no", "gender", "employer", "trainer"}
    assert all(answer.sight is not Sight.HIDDEN for section in seen.sections for answer in section.answers)
    assert (seen.thread, seen.lights, seen.files) == ((), (), {})
    assert len(seen.items) == 1
    for foreign in (joint_lead.matrix, joint_lead_person.person):
        with pytest.raises(NotFound):
            foreign(
                *((plot.round_ref, "joint") if foreign is joint_lead.matrix else (ref,)), plot.people["police"], now
            )
    whole = sheets.sheet(ref, plot.people["manager"], now)
    assert len([knot for knot in whole.thread if "答复" in knot.words.text]) == 2, "there was something to hide"
    others = sheets.sheet(ref, plot.owners[ref], now)
    assert not [knot for knot in others.thread if "答复" in knot.words.text]
    assert others.items == ()


def test_whose_conflict_stands_is_not_asked(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    ref, other = plot.asked(2)
    actions.perform(plot.question(ref, "court"), "recuse", plot.people["court"], now, inputs={"reason": "亲属"})
    assert [line.row.ref for line in joint.page(plot.people["court"], now).lines] == [other]
    assert len(joint.page(plot.people["court_2"], now).lines) == 2
    with pytest.raises(NotFound):
        joint.line(plot.question(ref, "court"), plot.people["court"], now)


def test_a_department_opens_the_number_with_a_reason(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    with pytest.raises(NotFound):  # this person gave none; the door itself is open
        access.reveal(ref, "id_no", "核对身份", plot.people["court"], now)
    plot.say(ref, "court")
    with pytest.raises(NotAllowed):
        access.reveal(ref, "id_no", "核对身份", plot.people["court"], now)


def test_the_person_is_told_only_of_being_looked_into(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    (ref,) = plot.asked()
    plot.say(ref, "court", GROUNDS)
    progress = following.follow(ref, plot.owners[ref], now)
    assert [(each.role, each.stage) for each in progress.owed] == [("manager", "joint")]
    words = [str(knot) for knot in (*wording.thread(progress), *wording.ahead(progress))]
    assert any("资格核查" in each for each in words)
    for hidden in ("联审", "法院", "信用部门", "异议", "答复"):
        assert not [each for each in words if hidden in each], hidden
