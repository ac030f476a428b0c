"""A version reaches the cases that run, whatever breaks on the way: each of them whole and once, there and back."""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models.base import reading
from models.evidence import EventRow, Stream
from models.studio import Adoption
from tests.faults.test_clock import Deliverers, _keys, deliverers
from tests.faults.test_nth_fault import failing_at
from tests.services.houses import account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import ALL, OLD, OTHER, ROUTE, WAGE, WEIGHT, definition_for, next_version, says
from tests.sizes import at_full_size
from workflow.domain.actor import Office
from workflow.services import evidence, programs, replay
from workflow.services.studio import adopting, adopting_moving
from workflow.services.studio.adopting_plan import Choice

pytestmark = pytest.mark.faults
__all__ = ("_keys", "deliverers")
ALL_OF_IT = Choice(frozenset({WAGE, ROUTE, WEIGHT, OTHER}))
CASES, KILLS = at_full_size(150, 60), at_full_size(20, 6)
SEED = 20261122


def told(what: str) -> Counter[int]:
    with reading() as session:
        found = select(Stream.subject_id).join(EventRow, EventRow.stream_id == Stream.id).where(EventRow.kind == what)
        return Counter(session.scalars(found))


def running() -> bool:
    with reading() as session:
        return session.scalar(select(Adoption.id).where(Adoption.state == "running")) is not None


def broken_at_each(act: Callable[[datetime], object], now: datetime, step: int, check: Callable[[], None]) -> int:
    """`act`, broken at one statement after the other; the clock does what is left."""
    for number in range(1, 2000, step):
        moment = now + number * timedelta(hours=1)
        with failing_at(number):
            try:
                act(moment)
            except OperationalError:
                done = False
            else:
                done = True
        if done:
            return number
        if not running():  # it broke before it was decided, or after the last word
            act(moment)
        adopting.carry_out(moment + 2 * adopting.LEASE)
        check()
    raise AssertionError("the act never came to its end")


def test_a_decision_broken_at_any_statement_is_carried_on_where_it_stood(
    database: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting_moving, "AT_ONCE", 2)
    plot = Plot(now)
    refs, officer = plot.plant(3), account(now, "officer", office=Office.PROGRAMS)
    made = programs.publish(next_version(), officer, now)
    keys: list[str] = []

    def there(moment: datetime) -> None:
        adopting.adopt(made.version_id, officer, moment, choice=ALL_OF_IT, reason="全批一致")

    def all_there() -> None:
        assert {says(definition_for(ref)) for ref in refs} == {ALL}
        with reading() as session:
            moving = select(Adoption.key).where(Adoption.moved > 0, Adoption.reverts.is_(None))
            keys.append(session.scalars(moving.order_by(Adoption.id.desc())).first() or "")
        adopting.revert(made.version_id, keys[-1], officer, now, "再来一次")
        assert {says(definition_for(ref)) for ref in refs} == {OLD}

    places = broken_at_each(there, now, at_full_size(1, 11), all_there)
    assert places > 60
    assert set(told("rebased").values()) == {2 * len(keys) + 1}
    assert evidence.verify() == []
    assert replay.replay(now)[1] == []


def test_killed_processes_leave_no_case_halfway(deliverers: Deliverers, now: datetime) -> None:
    plot, chance = Plot(now), random.Random(SEED)
    officer = account(now, "officer", office=Office.PROGRAMS)
    refs = plot.plant(CASES)
    made = programs.publish(next_version(), officer, now)
    key = adopting.begin(made.version_id, officer, now, choice=ALL_OF_IT, reason="全批一致")
    moment = killed_until_done(deliverers, now, chance)
    assert {says(definition_for(ref)) for ref in refs} == {ALL}
    assert (sum(told("rebased").values()), set(told("rebased").values())) == (CASES, {1})
    adopting.begin_back(made.version_id, key, officer, moment, "还是等下一批")
    moment = killed_until_done(deliverers, moment, chance)
    assert {says(definition_for(ref)) for ref in refs} == {OLD}
    assert set(told("rebased").values()) == {2}
    assert (sum(told("version_adopted").values()), sum(told("version_adoption_reverted").values())) == (1, 1)
    assert evidence.verify() == []
    assert replay.replay(moment)[1] == []


def killed_until_done(deliverers: Deliverers, moment: datetime, chance: random.Random) -> datetime:
    for _ in range(KILLS):
        moment += 2 * adopting.LEASE
        deliverers.start(moment)
        deliverers.start(moment)
        time.sleep(chance.uniform(0.05, 0.6))
        deliverers.kill(0)
        deliverers.kill(0)
    moment += 2 * adopting.LEASE
    deliverers.once(moment)
    while running():
        moment += timedelta(seconds=30)
        deliverers.once(moment)
    return moment
