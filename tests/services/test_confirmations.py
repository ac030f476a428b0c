"""Whoever fills, the person confirms by a one-time link: yes takes the number, no goes back with the person's words."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from models.accounts import CredentialCode
from models.applications import Answers, ApplicationRow
from models.base import reading
from models.people import Person
from models.rounds import Round
from tests.applying import ID_NUMBER, Intake, bind, filled, intake, one, picture, started
from tests.services.houses import account, last_secret
from workflow.domain.actor import Actor
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Refusal
from workflow.services import confirmations, drafts, files, following, submissions


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def boss(here: Intake, now: datetime) -> Actor:
    return bind(account(now, "boss", name="人事专员"), "employer_admin", here, now, here.employer_id)


@pytest.fixture
def waiting(here: Intake, boss: Actor, now: datetime) -> str:
    ref = started(here, boss, now, "employer", for_another=True)
    filled(ref, boss, now)
    submissions.submit(ref, boss, now)
    return ref


def test_filled_for_another_it_waits_without_a_number(waiting: str, boss: Actor, now: datetime) -> None:
    row = one(ApplicationRow)
    assert (row.status, row.number, one(Round).next_number) == ("awaiting_confirmation", None, 1)
    assert row.person_id == one(Person).id
    assert last_secret(now, "confirm_link")


def test_the_person_sees_the_form_with_masks_and_confirms(waiting: str, now: datetime) -> None:
    token = last_secret(now, "confirm_link")
    asked = confirmations.shown(token, now)
    assert (asked.filler, asked.desk.sheet.masks) == ("人事专员", {"id_no": "3301**********1226"})
    done = confirmations.confirm(token, now)
    assert (done.status, done.number) == ("open", "FE26-2-0001")
    assert one(ApplicationRow).precheck == "meets"


def test_the_holder_of_a_link_opens_the_attachments_of_that_application_alone(
    waiting: str, here: Intake, boss: Actor, now: datetime
) -> None:
    token = last_secret(now, "confirm_link")
    shown = confirmations.shown(token, now).desk.sheet.files
    opened = {path: confirmations.file_shown(token, held[0].ref, now).name for path, held in shown.items()}
    assert opened["id_copy"] == "id_copy.png"
    assert len(opened) == 5
    stranger = account(now, "else")
    other = started(here, stranger, now)
    foreign = files.attach(other, "portfolio", "p.png", BytesIO(picture()), stranger, now).ref
    for wrong in ((token, foreign), (token, "none"), ("guessed", shown["portfolio"][0].ref)):
        with pytest.raises(NotFound):
            confirmations.file_shown(*wrong, now)
    confirmations.confirm(token, now)
    with pytest.raises(NotFound):
        confirmations.file_shown(token, shown["portfolio"][0].ref, now)


def test_a_link_works_once_and_not_after_its_time(waiting: str, now: datetime) -> None:
    token = last_secret(now, "confirm_link")
    with pytest.raises(Refusal):
        confirmations.confirm(token, now + timedelta(days=15))
    confirmations.confirm(token, now)
    for attempt in (confirmations.confirm, confirmations.shown):
        with pytest.raises(Refusal):
            attempt(token, now)
    assert one(Round).next_number == 2


def test_a_guessed_link_opens_nothing(waiting: str, now: datetime) -> None:
    for attempt in (confirmations.confirm, confirmations.shown):
        with pytest.raises(Refusal):
            attempt("x" * 32, now)
    with pytest.raises(Refusal):
        confirmations.refuse("x" * 32, "不对", now)


def test_a_printed_link_voids_the_one_that_was_sent(waiting: str, boss: Actor, now: datetime) -> None:
    sent = last_secret(now, "confirm_link")
    printed = confirmations.link_for(waiting, boss, now)
    with pytest.raises(Refusal):
        confirmations.shown(sent, now)
    assert confirmations.shown(printed, now).filler == "人事专员"


def test_no_token_and_no_number_stands_in_clear(waiting: str, boss: Actor, now: datetime) -> None:
    token = confirmations.link_for(waiting, boss, now)
    with reading() as session:
        rows = str([vars(row) for row in session.query(CredentialCode)])
    assert "confirm" in rows
    assert token not in rows
    assert ID_NUMBER not in rows


def test_only_who_filled_makes_a_link(waiting: str, here: Intake, now: datetime) -> None:
    colleague = bind(account(now, "other"), "employer_admin", here, now, here.employer_id)
    with pytest.raises(NotFound):
        confirmations.link_for(waiting, colleague, now)


def test_what_is_wrong_goes_back_to_who_filled(waiting: str, boss: Actor, now: datetime) -> None:
    confirmations.refuse(last_secret(now, "confirm_link"), "年限写错了，是 5 年", now)
    progress = following.follow(waiting, boss, now)
    assert (progress.state.status, progress.history[0].remarks) == ("draft", {"reason": "年限写错了，是 5 年"})
    assert drafts.look(waiting, boss, now).sheet.body["years"] == "4.5"
    drafts.save(waiting, {"years": "5"}, None, boss, now, section="work")
    submissions.submit(waiting, boss, now)
    done = confirmations.confirm(last_secret(now, "confirm_link"), now)
    assert (done.number, one(Answers, revision=2).body["years"], one(ApplicationRow).answers_rev) == (
        "FE26-2-0001",
        "5",
        2,
    )


def test_saying_no_needs_words_and_keeps_the_link(waiting: str, now: datetime) -> None:
    token = last_secret(now, "confirm_link")
    with pytest.raises(NotReady):
        confirmations.refuse(token, "  ", now)
    assert confirmations.shown(token, now).filler == "人事专员"


def test_after_the_deadline_nobody_confirms_and_the_link_stays(waiting: str, now: datetime) -> None:
    token = last_secret(now, "confirm_link")
    with pytest.raises(NotReady, match="1"):
        confirmations.confirm(token, now + timedelta(days=13))
    assert one(ApplicationRow).status == "awaiting_confirmation"
    assert confirmations.shown(token, now).filler == "人事专员"


def test_a_person_with_an_account_confirms_there_and_the_link_dies(waiting: str, boss: Actor, now: datetime) -> None:
    token = last_secret(now, "confirm_link")
    known = account(now, "ye", person_id=one(Person).id)
    for stranger in (account(now, "other"), boss):
        with pytest.raises((NotFound, NotAllowed)):
            confirmations.confirm_own(waiting, stranger, now)
    assert confirmations.confirm_own(waiting, known, now).number == "FE26-2-0001"
    with pytest.raises(Refusal):
        confirmations.shown(token, now)
