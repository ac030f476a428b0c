"""The clock lapses what was not handed back in time, once, and nothing else."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from models.applications import ApplicationRow
from models.base import reading, writing
from tests.services.plots import Plot
from workflow.services import actions, clock, health, overdue, replay

FLAG = {"verdicts": {"portfolio": {"verdict": "flag", "comment": "打不开，请重传"}}}


def status(ref: str) -> str:
    with reading() as session:
        return session.scalars(select(ApplicationRow.status).where(ApplicationRow.ref == ref)).one()


def test_correction_lapses_only_after_its_due_time(database: str, now: datetime) -> None:
    plot = Plot(now)
    returned, untouched = plot.plant(2)
    plot.endorse(returned)
    item, seen = plot.item(returned)
    actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    assert overdue.carry_out(now + timedelta(days=3)) == 0
    clock.tick(now + timedelta(days=12))
    assert (status(returned), status(untouched)) == ("lapsed", "open")
    assert overdue.carry_out(now + timedelta(days=13)) == 0
    assert replay.replay(now + timedelta(days=13))[1] == []


def test_held_case_does_not_lapse(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = plot.plant()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    actions.perform(ref, "hold", plot.people["manager"], now + timedelta(days=1), inputs={"basis": "纪检函"})
    assert overdue.carry_out(now + timedelta(days=60)) == 0
    assert status(ref) == "held"


def test_a_case_that_breaks_does_not_stop_the_others_and_waits_for_somebody(database: str, now: datetime) -> None:
    plot = Plot(now)
    broken, other = plot.plant(2)
    for ref in (broken, other):
        plot.endorse(ref)
        item, seen = plot.item(ref)
        actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    late, manager = now + timedelta(days=12), plot.people["manager"]
    put(broken, "nowhere")
    assert [overdue.carry_out(late), overdue.carry_out(late)] == [1, 0]
    assert (status(broken), status(other)) == ("correcting", "lapsed")
    (failed,) = health.health(manager, late).failed
    assert (failed.kind, failed.trouble) == ("lapse_correction", "KeyError")
    put(broken, "self")
    assert overdue.carry_out(late) == 0, "it is left alone until somebody says: again"
    health.retry(manager, failed.ref, late)
    assert overdue.carry_out(late) == 1
    assert (status(broken), health.health(manager, late).failed) == ("lapsed", ())


def put(ref: str, channel: str) -> None:
    with writing() as session:
        session.execute(update(ApplicationRow).where(ApplicationRow.ref == ref).values(channel=channel))
