"""How many running cases are decided under which version, and which they are."""

from datetime import datetime

import pytest

from tests.services.houses import account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import MINUTE, WAGE, next_version
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import NotAllowed, NotFound
from workflow.services import programs
from workflow.services.studio import adopting, drafts, pinned
from workflow.services.studio.adopting_plan import Choice


@pytest.fixture
def officer(database: str, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


def counts(ref: str, officer: Actor) -> list[tuple[int, int, int]]:
    return [(one.number, one.cases, one.part) for one in pinned.of_programs(officer).get(ref, ())]


def test_cases_are_counted_by_the_version_they_are_decided_under(officer: Actor, now: datetime) -> None:
    plot = Plot(now)
    refs = plot.plant(3)
    ref = drafts.shown(drafts.start(officer, now, version_id=plot.version_id), officer).program_ref or ""
    assert counts(ref, officer) == [(1, 3, 0)]
    made = programs.publish(next_version(), officer, now)
    adopting.adopt(
        made.version_id, officer, now, choice=Choice(frozenset({WAGE}), cases=frozenset(refs[:1])), reason="x"
    )
    assert counts(ref, officer) == [(2, 3, 3)]  # all by the free changes, one by what was chosen
    draft = drafts.shown(drafts.start(officer, now + MINUTE, version_id=made.version_id), officer)
    assert [(one.number, one.cases) for one in draft.pinned] == [(2, 3)]
    found = pinned.listed(ref, officer, version=2)
    assert ([line.number for line in found.lines], found.total) == ([f"FE26-{number}" for number in (1, 2, 3)], 3)
    assert {(line.version, line.is_part, str(line.stage)) for line in found.lines} == {(2, True, "单位审核")}
    assert pinned.listed(ref, officer, version=1).lines == ()
    with pytest.raises(NotFound):
        pinned.listed("nothing", officer)
    with pytest.raises(NotAllowed):
        pinned.listed(ref, plot.people["manager"])
