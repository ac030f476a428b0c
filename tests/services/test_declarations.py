"""Who judges speaks first: nothing is seen before, a relation takes them out, only the office lets them in."""

from datetime import datetime

import pytest
from sqlalchemy import or_, select

from models.applications import ApplicationRow
from models.base import reading
from models.evidence import StreamKind
from models.work import Declaration, WorkItem
from tests.services.panels import Panel, typed
from tests.services.seated import assembly
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotDeclared, NotFound, NotReady
from workflow.services import declarations, evidence, rating, replay
from workflow.services import reading as cases
from workflow.services.casework import find


def item_of(ref: str, rater: Actor) -> str:
    """The open sheet that this rater is asked for."""
    with reading() as session:
        return (
            session.scalars(
                select(WorkItem.ref)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.duty == "act")
                .where(or_(WorkItem.holder_id.is_(None), WorkItem.holder_id == rater.account_id))
                .order_by(WorkItem.no)
            ).first()
            or ""
        )


def test_before_the_first_look_both_the_sheet_and_the_case_are_closed(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    rater = panel.people["examiner_1"]
    item = item_of(ref, rater)
    for look in (
        lambda: cases.sheet_of_item(item, rater, now),
        lambda: cases.sheet(ref, rater, now),
        lambda: rating.desk(item, rater, now),
        lambda: rating.submit(item, typed(modeling_3d=90, precision=80, fabric=85), rater, now),
    ):
        with pytest.raises(NotDeclared) as closed:
            look()
        assert closed.value.item == item
    assert declarations.declare([item], {}, rater, now) == 1
    assert cases.sheet(ref, rater, now).ref == ref
    assert rating.desk(item, rater, now).declared_at == now
    with pytest.raises(NotDeclared):  # each for themselves
        cases.sheet(ref, panel.people["examiner_2"], now)
    assert cases.sheet(ref, panel.people["manager"], now).ref == ref  # who runs the round does not judge


def test_one_paper_speaks_of_the_batch_and_a_relation_takes_out(database: str, now: datetime) -> None:
    panel = Panel(now)
    first, second, third = panel.at_practical(3)
    rater = panel.people["examiner_1"]
    item = item_of(second, rater)
    paper = declarations.paper(item, rater, now)
    assert paper is not None
    assert paper.asked[0].item == item
    assert {one.item for one in paper.asked} == {item_of(ref, rater) for ref in (first, second, third)}
    assert all(one.number and one.name for one in paper.asked)
    refs = [one.item for one in paper.asked]
    with pytest.raises(InvalidInput):
        declarations.declare(refs, {item: " "}, rater, now)
    assert declarations.declare(refs, {item: "表兄弟"}, rater, now, request_key="k") == 2
    assert declarations.declare(refs, {item: "表兄弟"}, rater, now, request_key="k") == 2
    with pytest.raises(NotFound):
        cases.sheet(second, rater, now)
    assert cases.sheet(first, rater, now).ref == first
    with reading() as session:
        told = evidence.events_of(session, StreamKind.ROUND, panel.round_id)[-1]
    assert (told.kind, len(told.body["none"]), len(told.body["near"])) == ("interest_declared", 2, 1)
    assert replay.replay(now)[1] == []


def test_only_the_office_lets_somebody_back_in_and_they_declare_anew(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    rater, office = panel.people["examiner_1"], panel.people["manager"]
    item = item_of(ref, rater)
    declarations.declare([item], {item: "师生"}, rater, now)
    account = declarations.out_of(ref, office)[0].account
    for somebody in (rater, panel.people["examiner_2"], panel.people["clerk"]):
        with pytest.raises(NotFound):
            declarations.readmit(ref, account, "没有影响", somebody, now)
    with pytest.raises(NotReady) as bare:
        declarations.readmit(ref, account, " ", office, now)
    assert [reason.where for reason in bare.value.reasons] == ["reason"]
    declarations.readmit(ref, account, "查明是同名的另一人", office, now)
    assert declarations.out_of(ref, office) == ()
    with pytest.raises(NotDeclared):
        cases.sheet(ref, rater, now)
    declarations.declare([item], {}, rater, now)
    assert cases.sheet(ref, rater, now).ref == ref
    with reading() as session:
        states = session.scalars(select(Declaration.state).order_by(Declaration.id)).all()
    assert states == ["withdrawn", "standing"]
    assert replay.replay(now)[1] == []


def test_a_blind_judge_is_told_codes_only(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel(1, seed="s")
    with reading() as session:
        number = find(session, ref).number
    rater = panel.seated(ref)[0]
    paper = declarations.paper(item_of(ref, rater), rater, now)
    assert paper is not None
    assert number
    assert paper.blind
    assert [(one.number, one.organization) for one in paper.asked] == [(None, None)]
    assert number not in repr(paper)


def test_a_member_of_the_committee_declares_before_reading_the_list(database: str, now: datetime) -> None:
    made = assembly(now, {"pattern": (9000, 8000)}, members=2)
    member, (first, second) = made.member(1), made.refs
    with pytest.raises(NotDeclared) as closed:
        cases.sheet(first, member, now)
    paper = declarations.paper(closed.value.item, member, now)
    assert paper is not None
    assert len(paper.asked) == 2
    near = paper.asked[0].item
    declarations.declare([one.item for one in paper.asked], {near: "同事"}, member, now)
    with pytest.raises(NotFound):
        cases.sheet(first, member, now)
    assert cases.sheet(second, member, now).ref == second
