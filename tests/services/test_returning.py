"""To whom a reviewer returns a form that somebody filled for another: the nominator, apart from the applicant."""

from datetime import datetime
from pathlib import Path

import pytest

from models.accounts import Account
from models.base import writing
from tests.services.houses import account
from tests.services.yongning import Yongning
from workflow.domain.actor import Actor
from workflow.domain.errors import NotAllowed, NotReady
from workflow.services import drafts, reading, sessions, submissions

FLAGGED = {"flags": {"local_months": "请附社保记录核对月数"}}


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    made = Yongning(now, tmp_path / "files")
    made.authorized("enterprise_recognition", places=4)
    made.admit("enterprise")
    return made


def nominee(here: Yongning, ref: str) -> Actor:
    """The person gets an account of their own."""
    made = account(here.now, "nominee", name="候乙子")
    with writing() as session:
        session.get_one(Account, made.account_id).person_id = here.row(ref).person_id
    assert made.account_id is not None
    return sessions.actor_of(made.account_id, here.now)


def mend(here: Yongning, ref: str, who: Actor) -> None:
    drafts.save(ref, {"local_months": "30"}, None, who, here.now, section="person")
    submissions.hand_back(ref, {}, who, here.now)


def test_it_goes_to_the_nominator_and_only_they_mend_it(here: Yongning) -> None:
    ref = here.nominated("enterprise")
    person = nominee(here, ref)
    here.choose(ref)
    assert reading.sheet(ref, here["manager"], here.now).mends == ("filler", "person")
    here.act(ref, "return", "manager", **FLAGGED)
    with pytest.raises(NotAllowed):
        mend(here, ref, person)
    mend(here, ref, here["boss"])
    assert here.row(ref).status == "open"


def test_the_office_may_choose_the_person_instead(here: Yongning) -> None:
    ref = here.nominated("enterprise")
    person = nominee(here, ref)
    here.choose(ref)
    with pytest.raises(NotReady):
        here.act(ref, "return", "manager", returns_to="panel", **FLAGGED)
    here.act(ref, "return", "manager", returns_to="person", **FLAGGED)
    with pytest.raises(NotAllowed):
        mend(here, ref, here["boss"])
    mend(here, ref, person)
    assert here.row(ref).status == "open"
