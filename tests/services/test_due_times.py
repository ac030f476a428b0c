"""A calendar that changes moves the last days of what runs, once, and what was said of the old ones is not repeated."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from models.base import reading
from models.work import NEVER, WorkItem
from tests.services.plots import Plot
from tests.services.posts import at
from tests.services.test_reminders import formal, told
from workflow.domain.actor import Actor, Office
from workflow.services import actions, calendar, clock, due_times, reminders, replay

PROGRAMS = Actor("account", 1, offices=frozenset({Office.PROGRAMS}))


def days_off(now: datetime, *days: int) -> None:
    calendar.record(PROGRAMS, now, {date(2026, 11, day): False for day in days}, "国办发明电〔2026〕9号")


def due() -> set[datetime]:
    with reading() as session:
        return set(session.scalars(select(WorkItem.due_at).where(WorkItem.state == "open")))


def test_a_new_calendar_moves_every_last_day(database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_times, "AT_ONCE", 2)
    plot = Plot(now)
    *_, held = formal(plot, 5)
    actions.perform(held, "hold", plot.people["manager"], now, inputs={"basis": "纪检函"})
    assert due_times.carry_out(now) == 0
    assert due() == {at(27, 17, 30), NEVER}
    days_off(now, 23, 24)
    assert [due_times.carry_out(now) for _ in range(4)] == [2, 2, 0, 0]
    assert due() == {datetime(2026, 12, 1, 9, 30, tzinfo=now.tzinfo), NEVER}
    assert replay.replay(now)[1] == []


def test_the_old_last_day_is_not_reminded_of(database: str, now: datetime) -> None:
    plot = Plot(now)
    formal(plot)
    days_off(now, 23, 24)
    clock.tick(at(25))
    assert told() == {}
    reminders.plan(at(27))
    assert told()["due_soon", "clerk"] == 1
