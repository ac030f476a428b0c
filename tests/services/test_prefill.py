"""What the last application could bring along is offered, and copied only when asked for."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.applications import Answers
from tests.applying import Intake, bind, filled, intake, one, started
from tests.services.houses import account
from workflow.domain.actor import Actor
from workflow.services import actions, drafts, prefill, sessions, submissions


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    """Somebody who applied before and withdrew."""
    actor = account(now, "ye", name="叶梓桐")
    ref = started(here, actor, now)
    filled(ref, actor, now)
    submissions.submit(ref, actor, now)
    assert actor.account_id is not None
    known = sessions.actor_of(actor.account_id, now)
    actions.perform(ref, "withdraw", known, now, inputs={"reason": "换渠道"})
    return known


def test_nothing_is_copied_until_it_is_asked_for(here: Intake, person: Actor, now: datetime) -> None:
    ref = started(here, person, now + timedelta(hours=1))
    offer = prefill.offered(ref, "work", person, now)
    assert offer is not None
    assert [label.zh for label in offer.fields][:2] == ["岗位工种", "本工种从业年限"]
    assert one(Answers, state="draft").body == {}


def test_what_is_brought_along_leaves_typed_text_files_and_sealed_answers_alone(
    here: Intake, person: Actor, now: datetime
) -> None:
    ref = started(here, person, now)
    drafts.save(ref, {"years": "6"}, None, person, now, section="work")
    prefill.bring(ref, "work", person, now)
    prefill.bring(ref, "person", person, now)
    desk = drafts.look(ref, person, now)
    assert (desk.sheet.body["years"], desk.sheet.body["post"], desk.sheet.body["name"]) == ("6", "制版师", "叶梓桐")
    assert (desk.sheet.masks, desk.sheet.files, "file" in desk.sheet.body["works"][0]) == ({}, {}, False)
    assert prefill.offered(ref, "work", person, now) is None
    assert prefill.bring(ref, "pledge", person, now) == 0


def test_who_never_applied_is_offered_what_their_account_says(here: Intake, now: datetime) -> None:
    other = account(now, "new", name="林晓舟", phone="13805710009")
    ref = started(here, other, now)
    assert prefill.offered(ref, "work", other, now) is None
    offer = prefill.offered(ref, "person", other, now)
    assert offer is not None
    assert (offer.program, [label.zh for label in offer.fields]) == (None, ["姓名", "手机号"])
    assert prefill.bring(ref, "person", other, now) == 2
    assert drafts.look(ref, other, now).sheet.body == {"name": "林晓舟", "mobile": "13805710009"}


def test_who_fills_for_another_is_not_offered_their_own(here: Intake, now: datetime) -> None:
    boss = bind(account(now, "boss", phone="13805710009"), "employer_admin", here, now, here.employer_id)
    ref = started(here, boss, now, "employer", for_another=True)
    assert prefill.offered(ref, "person", boss, now) is None
    assert prefill.bring(ref, "person", boss, now) == 0
