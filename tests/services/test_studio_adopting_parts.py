"""What was decided of a version is carried out in parts: under a lease, with the round's measure held, and counted."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.programs import ProgramVersion
from tests.services.earning import Earning
from tests.services.houses import account
from tests.services.panels import Panel
from tests.services.plots import Plot
from tests.services.test_studio_adopting import (
    BY_ITSELF,
    MINUTE,
    OTHER,
    WEIGHT,
    definition_for,
    next_version,
    says,
)
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import NotReady
from workflow.services import actions, clock, programs
from workflow.services.casework import Case, open_cases
from workflow.services.studio import adopting, adopting_moving
from workflow.services.studio.adopting_looks import looks_of
from workflow.services.studio.adopting_moving import Lost
from workflow.services.studio.adopting_plan import Choice, look_at

MEASURED = "这一批的方案正在改到在办的件，几分钟后再交；写的都在"
WEIGHTS = Choice(frozenset({WEIGHT, OTHER}))


@pytest.fixture
def officer(database: str, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


def weights(refs: list[str]) -> set[int]:
    return {says(definition_for(ref))[2] for ref in refs}


def test_who_takes_over_goes_on_where_it_stood_and_the_late_one_writes_nothing(
    officer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting_moving, "AT_ONCE", 2)
    plot = Plot(now)
    refs = plot.plant(5)
    made = programs.publish(next_version(), officer, now)
    key = adopting.begin(made.version_id, officer, now)
    first = adopting.take(now)
    assert first is not None
    plan = adopting.plan_of(first)
    assert plan is not None
    assert adopting_moving.adopt_some(first, plan, now) == 2
    assert adopting.take(now + MINUTE / 2) is None  # it is being carried on
    with pytest.raises(NotReady):
        adopting.begin(made.version_id, officer, now)
    half = adopting.result(key)
    assert (half.moved, half.seen, half.total, half.share, half.is_done) == (2, 2, 5, 40, False)

    clock.tick(now + 2 * MINUTE)  # whoever held it is gone
    assert (adopting.result(key).moved, adopting.result(key).is_done) == (5, True)
    assert {says(definition_for(ref)) for ref in refs} == {BY_ITSELF}
    with pytest.raises(Lost):
        adopting_moving.finish(first, now + 2 * MINUTE)


def test_nobody_judges_in_a_round_whose_measure_is_being_changed(officer: Actor, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    refs = [ref, *panel.plant(2)]
    made = programs.publish(next_version(), officer, now)
    # the theory paper is marked already: that is another stage than where these weights count
    adopting.begin(made.version_id, officer, now, choice=WEIGHTS, reason="全批一致")
    with pytest.raises(NotReady) as refused:
        panel.hand_in(ref, "examiner_1", modeling_3d=90, precision=80, fabric=85)
    assert [reason.words.text for reason in refused.value.reasons] == [MEASURED]
    adopting.carry_out(now + MINUTE)
    assert weights(refs) == {20}
    panel.hand_in(ref, "examiner_1", modeling_3d=90, precision=80, fabric=85)


def test_where_somebody_has_judged_all_stay_with_the_old_measure(officer: Actor, now: datetime) -> None:
    panel = Panel(now)
    (ref,) = panel.at_practical()
    refs = [ref, *panel.plant(2)]
    panel.hand_in(ref, "examiner_1", modeling_3d=90, precision=80, fabric=85)
    made = programs.publish(next_version(), officer, now)
    adopting.adopt(made.version_id, officer, now, choice=WEIGHTS, reason="全批一致")
    assert weights(refs) == {30}


def test_a_case_that_breaks_stays_as_it_is_and_keeps_no_other(
    officer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = Plot(now)
    one, bad, two = plot.plant(3)
    made = programs.publish(next_version(), officer, now)
    carried = actions.carry_out

    def breaks(session: Session, case: Case, *more: Any) -> object:
        if case.row.ref == bad:
            raise ZeroDivisionError
        return carried(session, case, *more)

    monkeypatch.setattr(adopting_moving, "carry_out", breaks)
    done = adopting.adopt(made.version_id, officer, now)
    assert (done.moved, list(done.aside), done.seen) == (2, [bad], 3)
    assert [says(definition_for(ref)) == BY_ITSELF for ref in (one, bad, two)] == [True, False, True]


def test_what_is_counted_from_the_tables_is_what_the_events_say(officer: Actor, now: datetime, tmp_path: Path) -> None:
    panel = Panel(now)
    panel.at_expert(1)
    panel.plant(1)
    assert looked_alike(panel.program_id) == 2


def test_points_that_were_opened_are_counted_from_the_tables(officer: Actor, now: datetime, tmp_path: Path) -> None:
    earning = Earning(now, tmp_path)
    earning.worker("w")
    assert looked_alike(earning.program_id) == 1


def looked_alike(program_id: int) -> int:
    with writing() as session:
        version = session.scalars(select(ProgramVersion).where(ProgramVersion.program_id == program_id)).one()
        other = ProgramVersion(
            program_id=program_id, number=99, source=version.source, digest="9" * 64, published_at=version.published_at
        )
        session.add(other)
        session.flush()
        number = other.id
    with reading() as session:
        looks = looks_of(session, session.get_one(ProgramVersion, number))
        ids = list(session.scalars(select(ApplicationRow.id).where(ApplicationRow.program_id == program_id)))
        assert list(looks) == [look_at(case) for case in open_cases(session, sorted(ids))]
        assert any(look.standing.entered for look in looks)
    return len(looks)
