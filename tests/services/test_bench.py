"""What the benchmark writes in bulk is what the services would have written: the house's own checks find no fault."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bench import belongings, names, seeding
from models.applications import ApplicationRow
from models.base import db, reading
from models.sealed import SealedValue
from tests.stories import Story
from workflow.domain import identifiers
from workflow.domain.calendar import local_day
from workflow.services import evidence, queues, replay, sealing
from workflow.services.queues import Wanted

COPIES = 20


@pytest.fixture
def town(database: str, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two cases of the services and twenty copies: one that waits, one that was returned and came back."""
    monkeypatch.setattr(seeding, "OF_TWENTY", {"formal": 1, "back": 1})
    story = Story(now, tmp_path)
    refs = [story.at_formal(), story.at_formal()]
    flagged = {"portfolio": {"verdict": "flag", "comment": "打不开"}}
    story.act(refs[1], "return", "clerk", verdicts={**story.all_ok(refs[1], "clerk"), **flagged})
    story.hand_back(refs[1], "person1", "portfolio")
    ids = [story.row(ref).id for ref in refs]
    clerk = story["clerk"].account_id or 0
    made = seeding.Town(clerk, story.place.round_ref, {"formal": ids[:1], "back": ids[1:]})
    seeding.fill(address(), made, 2 + COPIES)
    return story, ids


def address() -> str:
    return db.engine.url.render_as_string(hide_password=False)


def test_copies_pass_every_check_and_are_work_like_the_others(town: Any) -> None:
    story, ids = town
    assert evidence.verify() == []
    assert replay.replay(story.now) == (2 + COPIES, [])
    page = queues.page(story["clerk"], story.now, Wanted())
    assert (page.total, len(page.lines)) == (2 + COPIES, 2 + COPIES)
    assert len({line.row.number for line in page.lines}) == 2 + COPIES
    with reading() as session:
        rows = session.scalars(select(ApplicationRow).order_by(ApplicationRow.id)).all()
        for row in rows[2:]:
            like = belongings.rows_of(session, ids[1 - (row.id - rows[2].id) % 2])
            assert _shape(belongings.rows_of(session, row.id)) == _shape(like)
            told = sealing.opened(session, row, row.answers_rev)
            assert identifiers.id_number(told["id_no"], local_day(story.now)) == told["id_no"]
        assert len(set(session.scalars(select(SealedValue.blind_index)))) == 2 + COPIES


def _shape(rows: dict[str, list[belongings.Row]]) -> Counter[Any]:
    """What stands in the rows of a case, but for whose it is."""
    same = ("kind", "duty", "stage_key", "role_key", "state", "result", "status", "channel", "seq", "due_at", "verdict")
    return Counter(
        (table, *(str(row[name]) for name in same if name in row)) for table, every in rows.items() for row in every
    )


def test_made_up_people_differ_and_are_right(now: datetime) -> None:
    everybody = [names.id_number(serial) for serial in range(0, 120_000, 97)]
    assert len(set(everybody)) == len(everybody)
    assert all(identifiers.id_number(number, local_day(now)) == number for number in everybody)
