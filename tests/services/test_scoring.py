"""Scoring in the tables: sheets typed and frozen, raters drawn once, results counted and made known."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from models.scores import Draw, DrawSeat, ReviewDraft, ReviewRow, ScoreResult
from models.work import WorkItem
from tests.services.panels import Panel, result, typed
from tests.services.test_actions import assert_sound, run_together
from tests.sizes import at_full_size
from workflow.domain.drawing import DrawInputs
from workflow.domain.drawing import draw as draw_again
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.services import actions, draws, following, outbox, queues, rating, scoring, scoring_acts, scoring_reckoned
from workflow.services import reading as sheets


def row_of(ref: str) -> ApplicationRow:
    with reading() as session:
        return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()


# -- the sheet ---------------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_without_a_word_in_the_record(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    rater, before = panel.people["examiner_1"], row_of(ref).event_seq
    item = panel.sheet_of(ref, rater)
    rating.save(item, {"points.modeling_3d": "９０", "reason.fabric": "还没想好"}, rater, now)
    saved = rating.save(item, {"points.precision": "很好"}, rater, now + timedelta(seconds=3))
    assert (saved.reached.earned, saved.reached.rated) == ("27.00", 1)
    desk = rating.desk(item, rater, now)
    assert [(line.key, line.points, line.reason) for line in desk.lines] == [
        ("modeling_3d", "９０", ""),
        ("precision", "很好", ""),
        ("fabric", "", "还没想好"),
    ]
    assert (desk.share, desk.whole, desk.done, desk.waiting) == ("70", False, 0, 1)
    assert row_of(ref).event_seq == before


def test_nobody_else_reads_what_is_typed(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    item, _ = (panel.sheet_of(ref, panel.people[who]) for who in ("examiner_1", "examiner_2"))
    rating.save(item, {"points.fabric": "70"}, panel.people["examiner_1"], now)
    assert [line.points for line in rating.desk(item, panel.people["examiner_2"], now).lines] == ["", "", ""]
    with pytest.raises(NotFound):
        rating.desk(item, panel.people["expert_1"], now)


def test_two_raters_on_the_same_page_both_hand_in(database: str, now: datetime) -> None:
    """Both had opened the first free sheet; the second gets the other one, and only theirs."""
    panel = Panel(now)
    (ref,) = panel.at_practical()
    item, _ = (panel.sheet_of(ref, panel.people[who]) for who in ("examiner_1", "examiner_2"))
    points = typed(modeling_3d=80, precision=80, fabric=80)
    rating.submit(item, points, panel.people["examiner_1"], now, request_key="a")
    again = rating.submit(item, points, panel.people["examiner_1"], now, request_key="a")
    assert again.events == ("review_submitted",)
    with pytest.raises(Refusal):
        rating.submit(item, points, panel.people["examiner_1"], now, request_key="b")
    rating.submit(item, points, panel.people["examiner_2"], now)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReviewRow)) == 3
        assert session.scalar(select(func.count()).select_from(ReviewDraft)) == 0
    assert_sound(now)


def test_a_sheet_taken_back_at_once_is_a_draft_again_with_every_word(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    rater = panel.seated(ref)[0]
    item = panel.sheet_of(ref, rater)
    rating.submit(item, typed(effect=96, teaching=70), rater, now)
    actions.perform(item, "undo", rater, now + timedelta(seconds=5))
    lines = rating.desk(item, rater, now).lines
    assert [(line.points, line.reason) for line in lines] == [("96.00", "见作品第 3 页"), ("70.00", "见作品第 3 页")]
    rating.submit(item, typed(effect=96, teaching=71), rater, now + timedelta(seconds=20))
    assert_sound(now)


def test_a_sheet_opened_again_shows_what_was_given(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    rater = panel.seated(ref)[0]
    panel.hand_in(ref, rater, effect=96, teaching=70.5)
    number = next(
        each.item for each in scoring_reckoned.account_of(panel.people["manager"], ref, "expert", now).raters if each.at
    )
    inputs = {"review": number, "reason": "漏看第二份作品"}
    actions.perform(ref, "reopen_review", panel.people["manager"], now, inputs=inputs)
    desk = rating.desk(panel.sheet_of(ref, rater), rater, now)
    assert [line.points for line in desk.lines] == ["96", "70.5"]
    assert desk.again
    panel.hand_in(ref, rater, effect=80, teaching=70)
    assert_sound(now)


# -- drawing -----------------------------------------------------------------------------------------------------------
def test_a_draw_keeps_what_it_takes_to_draw_again(database: str, now: datetime) -> None:
    panel = Panel(now)
    refs = panel.at_expert(3)
    panel.too_near(refs[0], "expert_1", "expert_2")
    done = draws.draw(panel.round_ref, "expert", panel.people["manager"], now)
    assert sorted(done.done) == sorted(refs)
    with reading() as session:
        row = session.scalars(select(Draw)).one()
        seats = session.scalars(select(DrawSeat)).all()
    again = draw_again(DrawInputs.from_json(row.inputs), row.seed)
    assert {(seat.application_id, seat.account_id) for seat in seats} == {
        (case, account) for case, seating in again.items() for account in seating.seats["expert"]
    }
    near = {panel.people[who].account_id for who in ("expert_1", "expert_2")}
    assert not near & {seat.account_id for seat in seats if seat.application_id == row_of(refs[0]).id}
    with reading() as session:
        (kept,) = draws.kept(session, draws.setting_of(session, panel.round_ref, "expert"))
    assert (kept.repeats, kept.cases) == (True, 3)
    assert_sound(now)


def test_too_few_experts_are_counted_with_the_reason(database: str, now: datetime) -> None:
    panel = Panel(now)
    short, fine = panel.at_expert(2)
    panel.too_near(short, "expert_1", "expert_2", "expert_3")
    done = draws.draw(panel.round_ref, "expert", panel.people["manager"], now)
    assert done.done == (fine,)
    assert "还差 1 名" in str(done.left_aside[short][0].words)
    with pytest.raises(NotReady) as refusal:
        draws.draw(panel.round_ref, "expert", panel.people["manager"], now)
    assert "3 名要回避" in "".join(str(reason.words) for reason in refusal.value.reasons)


@pytest.mark.slow
def test_two_secretaries_draw_at_once_and_one_wins_each_time(app: Flask, now: datetime) -> None:
    panel = Panel(now)
    results: list[str] = []

    def draw(who: str) -> None:
        with app.app_context():
            try:
                draws.draw(panel.round_ref, "expert", panel.people[who], now)
            except MovedOn:
                results.append("moved on")
            else:
                results.append("won")

    times = at_full_size(20, 8)
    for _ in range(times):
        panel.at_expert()
        run_together([lambda: draw("manager"), lambda: draw("manager_2")])
    assert (results.count("won"), results.count("moved on")) == (times, times)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Draw)) == times
        assert session.scalar(select(func.count()).select_from(DrawSeat)) == 5 * times
    assert_sound(now)


def test_who_was_not_drawn_finds_nothing(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    seated = panel.seated(ref)
    for who in panel.experts:
        actor = panel.people[who]
        found = queues.page(actor, now, queues.Wanted()).total
        assert found == (1 if actor in seated else 0)
        if actor not in seated:
            with pytest.raises(NotFound):
                sheets.sheet(ref, actor, now)


def test_who_steps_out_is_followed_by_the_next(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    gone = panel.seated(ref)[0]
    actions.perform(panel.sheet_of(ref, gone), "recuse", gone, now, inputs={"reason": "近亲属"})
    assert gone not in panel.seated(ref)
    assert len(panel.seated(ref)) == 5
    assert_sound(now)


# -- counting ----------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_five_experts_hand_in_at_once_and_all_succeed(app: Flask, now: datetime) -> None:
    panel = Panel(now)
    refs = panel.at_panel(at_full_size(20, 8))
    seats = {ref: [(actor, panel.sheet_of(ref, actor)) for actor in panel.seated(ref)] for ref in refs}

    def hand_in(item: str, actor: object, points: int) -> None:
        with app.app_context():
            rating.submit(item, typed(effect=points, teaching=points), actor, now)

    for ref in refs:
        run_together(
            [
                lambda item=item, actor=actor, points=points: hand_in(item, actor, points)
                for points, (actor, item) in enumerate(seats[ref], start=78)
            ]
        )
    with reading() as session:
        given = session.scalar(select(func.count()).select_from(ReviewRow).where(ReviewRow.sheet_key == "pattern"))
        waiting = session.scalar(
            select(func.count()).select_from(WorkItem).where(WorkItem.stage_key == "expert", WorkItem.state == "open")
        )
    assert (given, waiting) == (7 * len(refs), len(refs))  # two examiners and five experts; one closer each
    done = scoring_acts.close_ready(panel.people["manager"], panel.round_ref, "expert", now)
    assert len(done.done) == len(refs)
    with reading() as session:
        totals = set(session.scalars(select(ScoreResult.total).where(ScoreResult.stage_key == "expert")))
    assert totals == {8238}  # 58.375 + 80 × 30% = 82.375
    assert_sound(now)


def test_the_page_of_a_result_holds_every_figure(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    for points, rater in zip((60, 80, 82, 84, 99), panel.seated(ref), strict=True):
        panel.hand_in(ref, rater, effect=points, teaching=points)
    found = scoring_reckoned.account_of(panel.people["manager"], ref, "expert", now)
    assert (found.total, found.effect, found.spread, found.valid) == ("82.98", "pass", "39.00", 5)  # 58.375 + 24.6
    assert [reason.where for reason in found.missing] == ["note", "effect"]
    assert sum(1 for rater in found.raters if rater.aside) == 2
    assert found.analysis is not None
    assert (found.analysis[0], found.analysis[1]) == ("82.68", "82.98")
    board = scoring.board(panel.people["manager"], panel.round_ref, "expert", now)
    assert [(row.standing, row.total) for row in board.rows] == [("ready", "82.98")]
    assert board.rows[0].alarm is not None
    with pytest.raises(NotFound):
        scoring_reckoned.account_of(
            panel.seated(ref)[0] if panel.seated(ref) else panel.people["expert_1"], ref, "expert", now
        )


def test_nobody_outside_learns_of_a_refusal_before_it_is_published(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_panel()
    for rater in panel.seated(ref):
        panel.hand_in(ref, rater, effect=10, teaching=10)
    before = {one.kind for one in outbox.caught(now + timedelta(hours=1))}
    panel.close(ref, "refuse")
    assert row_of(ref).status == "refused"
    owner = panel.owners[ref]
    progress = following.follow(ref, owner, now)
    assert (progress.state.status, progress.state.stage) == ("open", "expert")
    assert {"scored", "refused", "review_submitted"}.isdisjoint(
        told.kind for told in progress.history if told.stage == "expert"
    )
    assert [(line.status, line.stage) for line in following.mine(owner, now)] == [("open", "expert")]
    assert "refused" not in str(sheets.sheet(ref, owner, now))
    examiner = panel.people["examiner_1"]
    assert sheets.sheet(ref, examiner, now).status == "open"
    assert {one.kind for one in outbox.caught(now + timedelta(hours=1))} - before == set()
    scoring_acts.publish(panel.people["manager"], panel.round_ref, "expert", now)
    assert following.follow(ref, owner, now).state.status == "refused"
    assert sheets.sheet(ref, examiner, now).status == "refused"
    assert "refused" in {one.kind for one in outbox.caught(now + timedelta(hours=1))}
    with pytest.raises(MovedOn):
        scoring_acts.publish(panel.people["manager"], panel.round_ref, "expert", now)
    assert_sound(now)


def test_a_result_table_is_taken_by_who_may_bring_it(database: str, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_theory()
    actions.perform(ref, "import", panel.people["school"], now, inputs=result("61.5"))
    with pytest.raises((NotAllowed, NotFound)):
        actions.perform(ref, "import", panel.people["expert_1"], now, inputs=result("62"))
    again = result("62", "t2", reason="漏加附加题")
    actions.perform(ref, "import", panel.people["manager"], now, inputs=again)
    panel.close(ref)
    with reading() as session:
        assert session.scalars(select(ScoreResult.total)).one() == 6200
    assert_sound(now)
