"""perform(): one transaction, one winner, one answer per request key, and tables that equal their events."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.applications import ApplicationRow, StageEntry
from models.base import reading
from models.evidence import EventRow
from models.rounds import RoundNominator
from models.work import WorkItem
from tests.domain.cases import all_ok
from tests.services.plots import Plot
from tests.sizes import at_full_size
from workflow.domain.actor import Actor
from workflow.domain.errors import KeyReused, MovedOn, NotFound, NotReady, Refusal
from workflow.services import actions, evidence, replay

OK = {"verdicts": all_ok()}


def row_of(ref: str) -> ApplicationRow:
    with reading() as session:
        return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()


def assert_sound(now: datetime) -> None:
    assert replay.replay(now)[1] == []
    assert evidence.verify() == []


def test_perform_moves_the_case_and_tells_who_acted(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    done = actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, inputs=OK)
    assert (done.stage, done.status, done.version) == ("eligibility", "open", 4)
    with reading() as session:
        stages = session.execute(select(StageEntry.stage_key, StageEntry.effect).order_by(StageEntry.entry_no)).all()
    assert [tuple(row) for row in stages] == [("employer_confirm", "pass"), ("formal", "pass"), ("eligibility", None)]
    assert_sound(now)


def test_refused_act_leaves_nothing_behind(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    before = row_of(ref).event_seq
    with pytest.raises(NotReady):
        actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, request_key="k1")
    assert row_of(ref).event_seq == before
    done = actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, request_key="k1", inputs=OK)
    assert done.stage == "eligibility"


def test_same_request_key_gives_the_same_answer_once(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    first = actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, request_key="k", inputs=OK)
    again = actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, request_key="k", inputs=OK)
    assert again == first
    assert row_of(ref).version == 4
    with pytest.raises(KeyReused):
        actions.perform(item, "refuse", plot.people["clerk"], now, seen=seen, request_key="k", inputs={"reason": "x"})


def test_stale_page_is_told_what_changed(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, inputs=OK)
    with pytest.raises(MovedOn) as moved:
        actions.perform(item, "refuse", plot.people["clerk_2"], now, seen=seen, inputs={"reason": "x"})
    assert plot.people["clerk"].account_id in {change.by_account_id for change in moved.value.changes}


def test_foreign_and_missing_references_have_one_face(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    item, seen = plot.item(ref)
    with pytest.raises(NotFound) as foreign:
        actions.perform(item, "pass", plot.people["hr"], now, seen=seen)
    with pytest.raises(NotFound) as missing:
        actions.perform("no-such-thing", "pass", plot.people["hr"], now, seen=seen)
    assert str(foreign.value) == str(missing.value)


def test_undo_takes_back_act_and_messages(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    before = row_of(ref)
    actions.perform(item, "refuse", plot.people["clerk"], now, seen=seen, inputs={"reason": "不在范围"})
    actions.perform(ref, "undo", plot.people["clerk"], now + timedelta(seconds=5))
    after = row_of(ref)
    assert (after.status, after.stage_key, after.version) == (before.status, "formal", before.version + 2)
    again, version = plot.item(ref)
    assert (again, version > seen) == (item, True)
    assert_sound(now)


def test_pool_passes_what_is_ready_and_says_why_not_the_rest(database: str, now: datetime) -> None:
    plot = Plot(now)
    refs = plot.plant(3)
    for ref in refs[:2]:
        plot.endorse(ref)
    done = actions.perform_pool(
        [*refs, "no-such-thing"], "formal", "pass", plot.people["clerk"], now, request_key="p", inputs=OK
    )
    assert sorted(done.done) == sorted(refs[:2])
    assert set(done.left_aside) == {refs[2], "no-such-thing"}
    again = actions.perform_pool(
        [*refs, "no-such-thing"], "formal", "pass", plot.people["clerk"], now, request_key="p", inputs=OK
    )
    assert again.done == done.done
    assert_sound(now)


def test_places_of_a_nominator_are_never_overdrawn(app: Flask, now: datetime) -> None:
    plot = Plot(now, places=3)
    refs = plot.plant(6, channel="employer")
    wins: list[str] = []
    record = {"opinion": "同意推荐", "seal": ("s1",)}

    def endorse(ref: str) -> None:
        with app.app_context():
            item, seen = plot.item(ref)
            try:
                actions.perform(item, "pass", plot.people["employer"], now, seen=seen, inputs={"record": record})
            except Refusal:
                return
            wins.append(ref)

    run_together([lambda ref=ref: endorse(ref) for ref in refs])
    with reading() as session:
        taken = session.scalars(select(RoundNominator.taken)).one()
    assert (len(wins), taken) == (3, 3)
    assert_sound(now)


def run_together(calls: list) -> None:
    """All at the same moment, each in a thread of its own; a fault in any of them fails the test."""
    barrier, faults = Barrier(len(calls)), []

    def run(call) -> None:
        barrier.wait()
        try:
            call()
        except BaseException as fault:
            faults.append(fault)

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.slow
def test_two_reviewers_at_once_have_one_winner_each_time(app: Flask, now: datetime) -> None:
    """Twice over each case: two windows of the employer's administrator, then two clerks who disagree."""
    plot = Plot(now)
    refs = plot.plant(at_full_size(500, 50))
    record = {"opinion": "同意推荐", "seal": ("s1",)}
    boss, clerk, clerk_2 = (plot.people[who] for who in ("employer", "clerk", "clerk_2"))
    race(app, plot, refs, now, (boss, "pass", {"record": record}), (boss, "pass", {"record": record}))
    race(app, plot, refs, now, (clerk, "pass", OK), (clerk_2, "refuse", {"reason": "不在范围"}))
    with reading() as session:
        verdicts = session.scalar(select(func.count()).where(EventRow.kind.in_(("passed", "refused"))))
        closed = session.scalar(select(func.count()).select_from(WorkItem).where(WorkItem.state == "done"))
    assert (verdicts, closed) == (2 * len(refs), 2 * len(refs))
    assert_sound(now)


Press = tuple[Actor, str, Mapping[str, object]]


def race(app: Flask, plot: Plot, refs: list[str], now: datetime, *presses: Press) -> None:
    """On every case both press at the same moment: exactly one wins, the other is told."""
    items = [plot.item(ref) for ref in refs]
    results: list[str] = []
    barrier = Barrier(len(presses))

    def press(actor: Actor, act: str, inputs: Mapping[str, object]) -> None:
        with app.app_context():
            for item, seen in items:
                barrier.wait()
                try:
                    actions.perform(item, act, actor, now, seen=seen, inputs=inputs)
                except MovedOn:
                    results.append("moved on")
                else:
                    results.append("won")

    run_together([lambda one=one: press(*one) for one in presses])
    assert (results.count("won"), results.count("moved on")) == (len(refs), len(refs))
