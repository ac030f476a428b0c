"""A condition that nobody has ever met is told, when enough have been through; more rounds cost no more statements."""

from datetime import datetime

import pytest
from sqlalchemy import event, update

from models.applications import ApplicationRow
from models.base import db, reading, writing
from models.rounds import Round
from tests.domain.programs import text
from tests.services.plots import Plot
from workflow.domain.program.editing import Put, edit
from workflow.services import dead_ends, unmet
from workflow.services.unmet import of_rounds


def test_a_condition_that_nobody_ever_met_is_told_once_enough_have_been_through(
    database: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = edit(text("fashion_engineer"), Put(("eligibility", "rules", "E2", "rule"), "years >= 100")).text
    plot = Plot(now, source=impossible)
    monkeypatch.setattr(unmet, "ENOUGH", 4)
    plot.plant(3)
    assert told(plot) == []
    plot.plant(1)
    assert told(plot) == [("E2", 4)]
    (found,) = dead_ends.found(plot.people["manager"], now).rounds
    assert [(one.key, one.cases) for one in found.unmet] == [("E2", 4)]


def told(plot: Plot) -> list[tuple[str, int]]:
    with reading() as session:
        return [(one.key, one.cases) for one in of_rounds(session, [plot.round_id])[plot.round_id]]


def test_earlier_rounds_count_and_more_rounds_cost_no_more(
    database: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = edit(text("fashion_engineer"), Put(("eligibility", "rules", "E2", "rule"), "years >= 100")).text
    plot = Plot(now, source=impossible)
    monkeypatch.setattr(unmet, "ENOUGH", 4)
    refs = plot.plant(4)
    with writing() as session:
        one = session.get_one(Round, plot.round_id)
        earlier = Round(
            ref="earlier", program_id=one.program_id, key="2025-1", name="2025年第1批", version_id=one.version_id,
            state="open", opens_at=one.opens_at, closes_at=one.closes_at, settings=one.settings, headings={},
            created_at=one.created_at,
        )  # fmt: skip
        session.add(earlier)
        session.flush()
        session.execute(update(ApplicationRow).where(ApplicationRow.ref.in_(refs[:2])).values(round_id=earlier.id))
        both = [plot.round_id, earlier.id]
    said: list[str] = []
    with reading() as session:
        event.listen(db.engine, "before_cursor_execute", lambda *_: said.append(""))
        found = of_rounds(session, both[:1])
        once = len(said)
        assert of_rounds(session, both).keys() == set(both)
    assert [(one.key, one.cases) for one in found[plot.round_id]] == [("E2", 4)]
    assert len(said) <= 2 * once
