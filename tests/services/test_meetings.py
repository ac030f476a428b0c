"""A meeting through the services: called, entered, made final once, kept in a chain; alternates that move up."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from threading import Thread

import pytest
from flask import current_app
from sqlalchemy import select

from models.applications import ApplicationRow, StageEntry
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import Ballot
from models.rounds import Round
from models.work import Conflict
from tests.domain.programs import text
from tests.laws.queries import counted
from tests.services.plots import Plot
from tests.services.seated import Assembly, assembly
from workflow.domain.ballots import Tally
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.domain.pool_vote import Paper
from workflow.domain.quotas import Band, Places
from workflow.domain.ranking import Candidate, draw
from workflow.services import actions, evidence, meetings, meetings_board, meetings_final, meetings_sitting, replay

TOTALS = {"pattern": [9000, 8800, 8700, 8600], "craft": [6500, 6400]}


def few_places(house: Assembly, places: int) -> None:
    with writing() as session:
        session.get_one(Round, house.plot.round_id).settings = {"places": str(places)}


@pytest.fixture
def house(database: str, now: datetime) -> Assembly:
    made = assembly(now, TOTALS)
    few_places(made, 3)
    return made


def board(house: Assembly, ref: str) -> meetings_board.Board:
    return meetings_board.board(house.manager, ref, house.now)


def told(meeting: str) -> list[EventRow]:
    with reading() as session:
        number = meetings.queries.by_ref(session, meeting)
        assert number is not None
        return list(
            session.scalars(
                select(EventRow)
                .join(Stream, Stream.id == EventRow.stream_id)
                .where(Stream.kind == StreamKind.MEETING.value, Stream.subject_id == number.id)
                .order_by(EventRow.seq)
            )
        )


def statuses(house: Assembly) -> dict[str, tuple[str, str | None]]:
    with reading() as session:
        rows = session.scalars(select(ApplicationRow).where(ApplicationRow.ref.in_(house.refs)))
        found = {row.ref: (row.status, row.stage_key) for row in rows}
        return {ref: found[ref] for ref in house.refs}


# -- calling -----------------------------------------------------------------------------------------------------------
def test_a_meeting_is_called_once_with_everybody_who_sits(house: Assembly) -> None:
    assert [hall.stage for hall in meetings.halls(house.manager)] == ["meeting"]
    ref = house.call()
    shown = board(house, ref)
    assert [member.name for member in shown.members] == [f"委员{n}" for n in range(1, 10)]
    assert [line.placing.rank for line in shown.lines] == [1, 2, 3, 4, 5, 6]
    assert meetings.halls(house.manager) == []
    with pytest.raises(NotReady):
        house.call()


def test_only_the_secretary_finds_the_meeting(house: Assembly) -> None:
    ref = house.call()
    for stranger in (house.member(1), house.plot.people["clerk"]):
        with pytest.raises(NotFound):
            meetings_board.board(stranger, ref, house.now)
        with pytest.raises(NotFound):
            meetings_final.finalize(stranger, house.now, ref)
        assert meetings.listed(stranger) == []


def test_a_secretary_too_near_to_a_case_cannot_keep_it(house: Assembly) -> None:
    ref = house.call()
    with writing() as session:
        session.add(
            Conflict(
                account_id=house.manager.account_id or 0,
                application_id=session.scalars(select(ApplicationRow.id)).first() or 0,
                ground="employer",
                noted_at=house.now,
            )
        )
    with pytest.raises(NotAllowed):
        board(house, ref)
    with pytest.raises(NotAllowed):
        house.enter(ref, house.all_for())
    assert meetings_board.board(house.colleague, ref, house.now).lines


# -- entering ----------------------------------------------------------------------------------------------------------
def test_what_is_entered_is_told_once(house: Assembly) -> None:
    ref = house.call()
    version = house.enter(ref, house.all_for())
    assert house.enter(ref, house.all_for(), seen=version) == version
    assert [event.kind for event in told(ref)] == ["meeting_called", "attendance_recorded", "ballots_recorded"]
    assert board(house, ref).voted == 6


def test_a_draft_is_kept_for_each_secretary_and_is_no_fact(house: Assembly) -> None:
    ref = house.call()
    meetings_sitting.keep_draft(house.manager, house.now, ref, {"x.for": "9", "y.for": ""})
    meetings_sitting.keep_draft(house.colleague, house.now, ref, {"x.for": "8"})
    assert board(house, ref).draft == {"x.for": "9"}
    assert len(told(ref)) == 1
    house.enter(ref, house.all_for())
    assert board(house, ref).draft == {}
    assert meetings_board.board(house.colleague, ref, house.now).draft == {"x.for": "8"}


def test_two_secretaries_entering_at_once(house: Assembly) -> None:
    ref = house.call()
    seen = board(house, ref).version
    house.enter(ref, house.all_for(), seen=seen)
    with pytest.raises(MovedOn) as refusal:
        house.enter(ref, {}, house.colleague, seen=seen)
    assert [change.what.text for change in refusal.value.changes][-1] == "ballots_recorded"


# -- the result --------------------------------------------------------------------------------------------------------
def test_the_result_gives_each_case_its_own(house: Assembly) -> None:
    ref = house.call()
    few_places(house, 3)
    seen = house.enter(ref, house.all_for())
    done = meetings_final.finalize(house.manager, house.now, ref, seen=seen, request_key="k1")
    assert vars(done) == {"passed": 3, "alternates": 1, "refused": 2, "deferred": 0, "left_out": 0}
    # fewer places than the floors of ten promise: the best of the promised come first
    assert list(statuses(house).values()) == [
        ("open", "notice"), ("open", "notice"), ("open", "notice"),
        ("alternate", "meeting"), ("refused", None), ("refused", None),
    ]  # fmt: skip
    assert meetings_final.finalize(house.manager, house.now, ref, seen=seen, request_key="k1") == done
    with pytest.raises(NotReady):
        house.enter(ref, {})
    assert replay.replay(house.now)[1] == []
    assert evidence.verify() == []


def test_the_line_can_be_drawn_again_from_the_chain(house: Assembly) -> None:
    ref = house.call()
    meetings_final.finalize(house.manager, house.now, ref, seen=house.enter(ref, house.all_for()))
    body = next(event.body for event in told(ref) if event.kind == "line_drawn")
    again = draw(
        [
            Candidate(
                each["case"],
                tuple(each["groups"]),
                Fraction(each["total"]),
                Fraction(each["first"]),
                Fraction(each["for"], each["present"]),
                each["settled"],
                each["for"] >= each["needed"],
                each["decision"],
            )
            for each in body["order"]
        ],
        Places(body["total"], {g: Band(low, high) for g, low, high in body["bands"]}, body["alternates"]),
        tuple(body["tie_break"]),
    )
    found = [(each.case, each.rank, each.by, each.result, each.how, each.group) for each in again.placings]
    kept = [(e["case"], e["rank"], e["by"], e["result"], e["how"], e["group"]) for e in body["order"]]
    assert found == kept
    shown = board(house, ref)
    assert [line.case for line in shown.lines] == [each["case"] for each in body["order"]]
    assert not shown.is_open


def test_a_stale_page_makes_nothing_final(house: Assembly) -> None:
    ref = house.call()
    seen = house.enter(ref, house.all_for())
    first = house.refs[0]
    house.enter(ref, {first: Paper(Tally(5, 4, 0))}, house.colleague, seen=seen)
    with pytest.raises(MovedOn):
        meetings_final.finalize(house.manager, house.now, ref, seen=seen)
    assert set(statuses(house).values()) == {("open", "meeting")}


def test_two_secretaries_make_it_final_at_once_and_one_wins(house: Assembly) -> None:
    ref = house.call()
    seen = house.enter(ref, house.all_for())
    app, outcomes = current_app._get_current_object(), []

    def run(actor: object) -> None:
        with app.app_context():
            try:
                outcomes.append(meetings_final.finalize(actor, house.now, ref, seen=seen))
            except Refusal as refusal:
                outcomes.append(refusal)

    threads = [Thread(target=run, args=(actor,)) for actor in (house.manager, house.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in outcomes) == ["Finalized", "MovedOn"]
    lost = next(each for each in outcomes if isinstance(each, MovedOn))
    assert lost.changes[-1].what.text == "result_finalized"
    with reading() as session:
        assert len(list(session.scalars(select(Ballot)))) == 6


def test_nothing_is_written_when_something_is_missing(house: Assembly) -> None:
    ref = house.call()
    seen = house.enter(ref, {**house.all_for(), house.refs[0]: Paper(Tally(5, 3, 0))})
    with pytest.raises(NotReady) as refusal:
        meetings_final.finalize(house.manager, house.now, ref, seen=seen)
    assert len(refusal.value.reasons) == 1
    assert board(house, ref).reasons[0].where == f"{house.refs[0]}.tally"
    assert set(statuses(house).values()) == {("open", "meeting")}
    assert [event.kind for event in told(ref)][-1] == "ballots_recorded"


def test_a_conflict_noted_after_the_vote_is_seen_before_the_result(house: Assembly) -> None:
    ref = house.call()
    seen = house.enter(ref, house.all_for())
    case = house.ids()[0]
    with writing() as session:
        member = house.committee[3].id
        session.add(Conflict(account_id=member, application_id=case, ground="employer", noted_at=house.now))
    with pytest.raises(NotReady):
        meetings_final.finalize(house.manager, house.now, ref, seen=seen)
    line = next(each for each in board(house, ref).lines if each.case == case)
    assert line.barred == {member}
    assert (line.count.base.members, line.count.base.present) == (8, 8)
    seen = house.enter(ref, {house.refs[0]: Paper(Tally(8, 0, 0))}, seen=seen)
    meetings_final.finalize(house.manager, house.now, ref, seen=seen)
    with reading() as session:
        stays = session.scalars(select(StageEntry.effect).where(StageEntry.application_id == case)).all()
        assert stays[-2] == "pass"


def test_a_case_left_out_meets_a_later_meeting(house: Assembly) -> None:
    ref = house.call()
    first = house.refs[0]
    papers = {**house.all_for(), first: Paper(Tally(9, 0, 0), left_out=True, reason="材料待核")}
    done = meetings_final.finalize(house.manager, house.now, ref, seen=house.enter(ref, papers))
    assert (done.passed, done.left_out) == (3, 1)
    assert statuses(house)[first] == ("open", "meeting")
    second = house.call()
    shown = board(house, second)
    assert [line.ref for line in shown.lines] == [first]
    assert (shown.places.total, shown.held) == (0, 3)


# -- alternates --------------------------------------------------------------------------------------------------------
def test_an_alternate_moves_up_when_a_place_falls_free(house: Assembly) -> None:
    ref = house.call()
    meetings_final.finalize(house.manager, house.now, ref, seen=house.enter(ref, house.all_for()))
    with pytest.raises(NotReady):
        meetings_final.promote(house.manager, house.now, ref, "递补")
    actions.perform(house.refs[0], "withdraw", house.plot.owners[house.refs[0]], house.now, inputs={"reason": "离区"})
    assert board(house, ref).next_up
    moved = meetings_final.promote(house.manager, house.now, ref, "第1名撤回", request_key="p1")
    assert statuses(house)[moved] == ("open", "notice")
    assert meetings_final.promote(house.manager, house.now, ref, "第1名撤回", request_key="p1") == moved
    assert replay.replay(house.now)[1] == []


def test_at_close_out_nobody_waits_any_more(house: Assembly) -> None:
    ref = house.call()
    meetings_final.finalize(house.manager, house.now, ref, seen=house.enter(ref, house.all_for()))
    closed = meetings_final.close_out(house.manager, house.now, ref, "本批办结")
    assert [statuses(house)[each] for each in closed] == [("not_called", None)]
    assert replay.replay(house.now)[1] == []


# -- how much it asks --------------------------------------------------------------------------------------------------
def test_the_board_asks_no_more_for_a_longer_list(database: str, now: datetime) -> None:
    made = assembly(now, {"pattern": [9000, 8000]})
    ref = made.call()
    with counted() as few:
        board(made, ref)
    more = made.plot.plant(6)
    for number, case in enumerate(more):
        made.bring(case, "craft", 7000 + number)
    with counted() as many:
        board(made, ref)
    assert len(many) <= len(few) + 2


def test_a_cancelled_meeting_leaves_its_cases_for_another(house: Assembly) -> None:
    ref = house.call()
    meetings_sitting.cancel(house.manager, house.now, ref, "改期")
    assert house.call() != ref
    with pytest.raises(NotReady):
        meetings_final.finalize(house.manager, house.now, ref)
    assert replace(meetings.listed(house.manager)[1]).state == "cancelled"


# -- a round that stays open -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("per", "later", "held"), [("year", 30, 3), ("month", 30, 0), ("year", 60, 0)])
def test_places_of_a_round_that_stays_open_count_in_the_period_they_were_given_in(
    database: str, now: datetime, per: str, later: int, held: int
) -> None:
    """20 November: in thirty days it is another month of the same year, in sixty another year."""
    source = text("fashion_engineer").replace("quota:\n", f"quota:\n  per: {per}\n", 1)
    house = Assembly(Plot(now, source=source), {"pattern": [9000, 8800, 8700]})
    few_places(house, 3)
    with writing() as session:
        session.get_one(Round, house.plot.round_id).closes_at = None
    ref = house.call()
    meetings_final.finalize(house.manager, now, ref, seen=house.enter(ref, house.all_for()))
    house.now = now + timedelta(days=later)
    (late,) = house.plot.plant(1)
    house.refs.append(late)
    house.bring(late, "pattern", 9500)
    shown = board(house, house.call())
    assert (shown.held, shown.places.total) == (held, 3 - held)
