"""A receipt that can be held against the file years later, and a stranger who learns nothing from asking."""

from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from models.base import reading
from models.evidence import StreamKind
from models.people import Person
from tests.applying import FILES, Intake, bind, filled, intake, one, picture, started
from tests.services.houses import account, officers
from tests.services.test_submissions import FLAGS, item
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import actions, drafts, erasing, evidence, files, fingerprints, replay, submissions
from workflow.services.fingerprints_compared import AskedTooOften, Same, compared

PLACE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
RECEIPT = "R-2026-1120-0001"
PHOTO = picture("JPEG", color="navy")


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def sent(here: Intake, person: Actor, now: datetime) -> str:
    ref = started(here, person, now)
    filled(ref, person, now)
    files.attach(ref, "id_copy", "身份证.jpg", BytesIO(PHOTO), person, now)
    submissions.submit(ref, person, now)
    return ref


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def test_a_receipt_names_every_file_and_the_answers(sent: str, person: Actor, now: datetime) -> None:
    (made,) = fingerprints.receipt(sent, person)
    assert (made.kind, made.revision, made.at, made.held) == ("submitted", 1, now, True)
    assert len(made.files) == len(FILES)
    photo = next(each for each in made.files if each.name == "身份证.jpg")
    assert photo.sent == sha(PHOTO) != photo.kept, "as it lies on the sender's machine, and as it was written anew"
    written = fingerprints.answers_file(sent, 1, person)
    assert made.answers == sha(written)
    assert all(each.sent.encode() in written for each in made.files)
    assert "3301021995" not in written.decode()
    with reading() as session:
        (told,) = (each for each in evidence.events_of(session, StreamKind.APPLICATION, 1) if each.kind == "submitted")
    assert told.body["answers"] == made.answers
    assert (evidence.verify(), replay.replay(now)[1]) == ([], [])


def test_only_number_and_file_together_get_an_answer(sent: str, person: Actor, now: datetime) -> None:
    (made,) = fingerprints.receipt(sent, person)
    later = now + timedelta(days=700)
    for digest in (sha(PHOTO), str(made.files[-1].kept or made.files[-1].sent), made.answers):
        assert compared(f" {RECEIPT.lower()} ", digest.upper(), PLACE, later) == Same(RECEIPT, digest, now)
    stranger = sha(b"another file")
    assert compared(RECEIPT, stranger, PLACE, later) is None
    assert compared("R-2026-1120-0009", sha(PHOTO), PLACE, later) is None
    with pytest.raises(InvalidInput):
        compared(RECEIPT, "abc", PLACE, later)


def test_guessing_is_counted_and_stopped(sent: str, now: datetime) -> None:
    for _ in range(5):
        assert compared(RECEIPT, sha(b"x"), PLACE, now) is None
    with pytest.raises(AskedTooOften):
        compared(RECEIPT, sha(PHOTO), PLACE, now)
    assert compared(RECEIPT, sha(PHOTO), ELSEWHERE, now)


def test_a_correction_has_a_receipt_of_its_own(sent: str, here: Intake, person: Actor, now: datetime) -> None:
    boss = bind(account(now, "boss"), "employer_admin", here, now, here.employer_id)
    clerk = bind(account(now, "clerk"), "intake", here, now)
    actions.perform(item(), "pass", boss, now, inputs={"record": {"opinion": "同意", "seal": ("x",)}})
    actions.perform(item(), "return", clerk, now, inputs=FLAGS)
    (before,) = fingerprints.receipt(sent, person)
    later, new = now + timedelta(days=1), picture("JPEG", color="red")
    drafts.save(sent, {"years": "5", "results": [{"effect": "省 2 天"}]}, None, person, later, section="work")
    files.attach(sent, "employment_proof", "新.jpg", BytesIO(new), person, later)
    assert compared(RECEIPT, sha(new), PLACE, later) is None, "not handed in yet"
    submissions.hand_back(sent, {}, person, later)
    first, second = fingerprints.receipt(sent, person)
    assert first == before
    assert (second.kind, second.revision, second.at) == ("corrected", 2, later)
    found = [compared(RECEIPT, digest, ELSEWHERE, later) for digest in (sha(PHOTO), sha(new), second.answers)]
    assert [each.at for each in found if each] == [now, later, later]


def test_nobody_else_sees_the_receipt_and_erasing_leaves_what_the_chain_holds(
    sent: str, person: Actor, now: datetime
) -> None:
    other, office, later = account(now, "li"), officers(now), now + timedelta(days=732)
    for ask in (lambda: fingerprints.receipt(sent, other), lambda: fingerprints.answers_file(sent, 1, other)):
        with pytest.raises(NotFound):
            ask()
    (made,) = fingerprints.receipt(sent, person)
    actions.perform(sent, "withdraw", person, now, inputs={"reason": "搬到外地"})
    erasing.ask(office.programs, later, one(Person).ref, "本人书面提出")
    erasing.confirm(office.permissions, later, one(Person).ref)
    assert compared(RECEIPT, sha(PHOTO), PLACE, later) is None
    assert compared(RECEIPT, made.answers, PLACE, later) == Same(RECEIPT, made.answers, now)
    assert (evidence.verify(), replay.replay(later)[1]) == ([], [])
