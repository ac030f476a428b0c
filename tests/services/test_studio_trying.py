"""A draft is played before it is published: what was found is kept, one seed finds one thing, and it can be stopped."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from tests.domain.programs import text
from tests.services.houses import account
from workflow.domain.actor import Office
from workflow.domain.errors import InvalidInput, NotFound, NotReady
from workflow.domain.words import Words
from workflow.services.studio import drafts, editing, trying


def test_a_draft_is_played_and_what_was_found_is_kept(
    database: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = account(now, "officer", office=Office.PROGRAMS)
    ref = drafts.start(officer, now, text=text("yongning_enterprise"))
    refs = [trying.start(ref, officer, now, size=5, seed="7") for _ in range(2)]
    for one in refs:
        trying.run(one)
    first, second = (trying.shown(one, officer) for one in refs)
    assert first.state == "done"
    assert first.found == second.found
    assert first.found["acts"] == first.acts > 0
    assert {type(stage["name"]) for stage in first.found["stages"]} <= {Words, type(first.found["stages"][0]["name"])}
    assert len(first.found["fates"]) >= 5
    assert [trial.ref for trial in trying.listed(ref, officer)] == refs[::-1]

    stopped = trying.start(ref, officer, now, size=5)
    monkeypatch.setattr(trying, "_EVERY", 1)
    trying.cancel(stopped, officer)
    trying.run(stopped)
    assert (trying.shown(stopped, officer).state, trying.shown(stopped, officer).found) == ("cancelled", None)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ApplicationRow)) == 0

    for size in (0, 5_001):
        with pytest.raises(InvalidInput):
            trying.start(ref, officer, now, size=size)
    with pytest.raises(NotFound):
        trying.shown("nowhere", officer)
    editing.replace_text(ref, "a: [", 0, officer, now)
    with pytest.raises(NotReady):
        trying.start(ref, officer, now)
