"""The town that fills itself, played small through the same steps: each of its people has something real to do."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading
from models.guards import standing_guards
from tests.applying import ROOT
from tests.services.houses import account
from workflow import storage
from workflow.domain.errors import NotFound, Refusal
from workflow.services import (
    evidence,
    installation,
    joint,
    meetings,
    nominating,
    objections_settling,
    queues,
    replay,
    results_places,
)
from workflow.services.demo import emptying, entering, filling, touring
from workflow.services.demo.story import STAGES
from workflow.services.signing_in import Here
from workflow.storage.local import LocalFolder

TEXT = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
WORKING = (
    "employer", "school", "clerk", "hr", "examiner", "expert", "department", "committee", "supervisor", "manager",
)  # fmt: skip
HERE = Here("127.0.0.1", "Firefox")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    storage.configure(LocalFolder(tmp_path))


def fill(now: datetime, steps: int = 1000) -> int:
    """How many steps were begun."""
    done = -1
    for done, _ in enumerate(filling.fill(TEXT, now, whole=False)):
        if done == steps:
            break
    return done


def work_of(key: str, now: datetime) -> int:
    """How much there is to do on the first page of this role."""
    actor = entering.enter(key, now, HERE).actor
    if key == "employer":
        return nominating.home(actor, now).answers
    if key == "school":
        return sum(each.waiting for each in results_places.owed(actor))
    if key == "department":
        return joint.page(actor, now).open
    if key == "supervisor":
        return len(objections_settling.register(actor, now))
    if key == "manager":
        return sum(meeting.state == "called" for meeting in meetings.listed(actor))
    return queues.page(actor, now, queues.Wanted()).total


@pytest.mark.slow
@pytest.mark.once  # its services are tested on both
def test_a_town_fills_itself_and_each_role_has_something_to_do(database: str, now: datetime) -> None:
    """Killed in the middle it goes on where it stopped; filled it stays as it is."""
    installation.first_run(now)
    assert fill(now, steps=15) == 15
    with pytest.raises(NotFound):
        entering.enter("clerk", now, HERE)
    fill(now)
    assert fill(now) == -1

    with reading() as session:
        stands = {row.stage_key or row.status for row in session.scalars(select(ApplicationRow))}
        standing = set(session.scalars(select(RecognitionRow.standing)))
    assert {"draft", *STAGES[1:9], "notice"} <= stands
    assert standing == {"valid", "revoked"}
    assert [key for key in WORKING if not work_of(key, now)] == []
    assert set(entering.names()) == set(entering.FACES)
    assert set(entering.certificates()) == {"valid", "revoked"}
    assert replay.replay(now)[1] == []
    assert evidence.verify() == []


def test_a_town_that_had_begun_is_emptied_to_the_last_row(database: str, now: datetime) -> None:
    installation.first_run(now)
    fill(now, steps=1)
    assert filling.progress().began == now
    emptying.empty()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0
        assert standing_guards(session.connection()) >= {"guard_event_update", "guard_event_delete"}
    assert filling.may_begin()
    assert filling.progress().began is None


def test_a_house_in_use_is_neither_filled_nor_emptied_nor_entered(database: str, now: datetime) -> None:
    account(now, "clerk")
    assert fill(now) == -1
    with pytest.raises(Refusal):
        emptying.empty()
    with pytest.raises(NotFound):
        entering.enter("clerk", now, HERE)


def test_a_step_of_the_tour_is_read_at_a_glance() -> None:
    for number, step in enumerate(touring.STEPS, start=1):
        said = f"第 {number} 步，共 {len(touring.STEPS)} 步{step.title}。{step.press}"
        assert len(said) <= 60, said


def test_whoever_walks_the_meeting_after_another_enters_other_numbers() -> None:
    meeting = next(step for step in touring.STEPS if step.who == "manager")
    assert [touring.press(meeting, f"votes:abc:{before}") for before in (1, 2, 3)] == [
        meeting.press, meeting.back, meeting.press,
    ]  # fmt: skip
    assert touring.press(touring.STEPS[0], "item:12") == touring.STEPS[0].press
