"""A draft is played before it is published: what was found is kept, one seed finds one thing, and it can be stopped."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow
from models.studio import ProgramTrial, TrialKind
from tests.domain.programs import text
from tests.services.houses import account
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import InvalidInput, NotFound, NotReady
from workflow.domain.words import Words
from workflow.services.studio import background, drafts, editing, trials, trying
from workflow.services.studio.trials import Trial


@pytest.fixture
def officer(database: str, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


@pytest.fixture
def draft(officer: Actor, now: datetime) -> str:
    return drafts.start(officer, now, text=text("yongning_enterprise"))


def stopped(at: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: at


def test_a_draft_is_played_and_what_was_found_is_kept(draft: str, officer: Actor, now: datetime) -> None:
    refs = [trying.start(draft, officer, now, size=5, seed="7") for _ in range(2)]
    assert [(trials.shown(one, officer).state, trials.shown(one, officer).before) for one in refs] == [
        ("waiting", 0),
        ("waiting", 1),
    ]
    assert [background.carry_out(now) for _ in range(3)] == [1, 1, 0]
    first, second = (trials.shown(one, officer) for one in refs)
    assert first.result is not None
    assert (first.state, first.result) == ("done", second.result)
    found = trying.read(first.result)
    assert found["acts"] == first.acts > 0
    assert {type(stage["name"]) for stage in found["stages"]} <= {Words, type(found["stages"][0]["name"])}
    assert len(found["fates"]) == first.settled >= 5
    assert first.found == len(found["complaints"])
    assert [trial.ref for trial in trials.listed(draft, officer, TrialKind.PLAY)] == refs[::-1]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ApplicationRow)) == 0
        told = session.scalars(select(EventRow).where(EventRow.kind == "program_draft_tried")).all()
    assert [(event.actor_id, event.body["size"], event.at) for event in told] == [(officer.account_id, 5, now)] * 2


def test_what_cannot_be_played_is_refused(draft: str, officer: Actor, now: datetime) -> None:
    for size in (0, trying.MOST + 1):
        with pytest.raises(InvalidInput):
            trying.start(draft, officer, now, size=size)
    with pytest.raises(NotFound):
        trials.shown("nowhere", officer)
    editing.replace_text(draft, "a: [", 0, officer, now)
    with pytest.raises(NotReady):
        trying.start(draft, officer, now)


def test_one_that_waits_is_called_off_at_once_and_one_that_runs_at_its_next_look(
    draft: str, officer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = trying.start(draft, officer, now, size=5)
    trials.cancel(waits, officer, now)
    assert background.carry_out(now) == 0
    assert shown(waits, officer)[:2] == ("cancelled", None)

    runs = trying.start(draft, officer, now, size=5)
    monkeypatch.setattr(trials, "NOTE_EVERY", timedelta(0))
    look = trials.Taken.watch

    def called_off(taken: trials.Taken, acts: int, settled: int) -> bool:
        if acts == 30:
            trials.cancel(runs, officer, now)
        return look(taken, acts, settled)

    monkeypatch.setattr(trials.Taken, "watch", called_off)
    assert background.carry_out(now) == 0
    state, result, acts = shown(runs, officer)
    assert (state, result) == ("cancelled", None)
    assert 0 < acts <= 30


def test_a_trial_whose_worker_died_is_taken_anew_and_a_late_one_writes_nothing(
    draft: str, officer: Actor, now: datetime
) -> None:
    ref = trying.start(draft, officer, now, size=5, seed="7")
    died = trials.take(stopped(now))
    assert died is not None
    assert (shown(ref, officer)[0], background.carry_out(now + trials.LEASE / 2)) == ("running", 0)
    after = now + trials.LEASE + timedelta(seconds=1)
    assert background.carry_out(after) == 1
    state, result, acts = shown(ref, officer)
    assert state == "done"
    assert not died.done({"late": True}, 0, 1, 1)
    assert not died.failed()
    assert shown(ref, officer) == (state, result, acts)


def test_one_runs_at_a_time_and_whose_workers_all_died_is_given_up(draft: str, officer: Actor, now: datetime) -> None:
    ref = trying.start(draft, officer, now, size=5)
    other = trying.start(draft, officer, now + timedelta(seconds=1), size=5)
    at = now + timedelta(seconds=2)
    for _ in range(trials.MOST_TRIES):
        assert trials.take(stopped(at)) is not None
        assert trials.take(stopped(at)) is None
        at += trials.LEASE + timedelta(seconds=1)
        with writing() as session:  # the other one came later; the lease that ended is due after it
            later = update(ProgramTrial).where(ProgramTrial.ref == other).values(next_at=at + timedelta(hours=1))
            session.execute(later)
    assert trials.take(stopped(at)) is None
    assert shown(ref, officer)[0] == "failed"
    assert background.carry_out(at + timedelta(hours=2)) == 1
    assert shown(other, officer)[0] == "done"


def test_a_fault_ends_in_a_named_state(
    draft: str, officer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = trying.start(draft, officer, now, size=5)

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(trying, "try_out", breaks)
    assert background.carry_out(now) == 1
    assert shown(ref, officer)[0] == "failed"


def shown(ref: str, officer: Actor) -> tuple[str, object, int]:
    trial: Trial = trials.shown(ref, officer)
    return trial.state, trial.result, trial.acts
