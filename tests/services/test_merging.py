"""Two records of one human: two signatures, everything in one hand afterwards, and what cannot be merged is said."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person, PersonIdentity
from models.secrets import Place, person_key, unseal
from models.work import Conflict
from tests.applying import ID_NUMBER, Intake, bind, filled, intake, one, started
from tests.services.houses import Officers, account, officers
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.services import erasing, evidence, merging, people, person_file, replay, sealing, submissions
from workflow.services.casework import open_case

PASSPORT = "E12345678"
WHY = "护照和身份证原件都看过，是同一个人"


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def office(here: Intake, now: datetime) -> Officers:
    return officers(now)


@pytest.fixture
def applied(here: Intake, now: datetime) -> Actor:
    """With an account and a running case, under the resident number."""
    person = account(now, "ye", name="叶梓桐")
    ref = started(here, person, now)
    filled(ref, person, now)
    submissions.submit(ref, person, now)
    return person


@pytest.fixture
def gone(applied: Actor) -> str:
    return str(one(Person, name="叶梓桐").ref)


@pytest.fixture
def kept(office: Officers, now: datetime) -> str:
    """Entered by the office under the passport, with nothing else."""
    return people.create(office.programs, now, "叶梓彤", "passport", PASSPORT, phone="13900001111")


def merged(office: Officers, now: datetime, kept: str, gone: str) -> None:
    merging.propose(office.programs, now, kept, gone, WHY)
    merging.confirm(office.permissions, now, kept, gone)


def test_everything_belongs_to_the_one_kept_and_nothing_breaks(
    here: Intake, office: Officers, applied: Actor, kept: str, gone: str, now: datetime
) -> None:
    merged(office, now, kept, gone)
    row, left = one(Person, ref=kept), one(Person, ref=gone)
    assert (left.merged_into_id, left.wrapped_key, left.phone) == (row.id, None, None)
    assert (row.name, row.phone, row.gender) == ("叶梓彤", "13900001111", "female")
    case = one(ApplicationRow)
    assert (case.person_id, case.unique_slot) == (row.id, f"r:{case.round_id}:p:{row.id}")
    assert one(Account, login="ye").person_id == row.id
    with reading() as session:
        found = sealing.opened(session, session.get_one(ApplicationRow, case.id), 1)
        assert found["id_no"] == ID_NUMBER
        key = person_key(row.wrapped_key, row.ref)
        numbers = {
            each.id_type: unseal(
                each.ciphertext, Place("person_identity", f"{row.ref}:{each.id_type}", "ciphertext"), key
            )
            for each in session.scalars(select(PersonIdentity).where(PersonIdentity.person_id == row.id))
        }
        told = [evidence.events_of(session, StreamKind.PERSON, each.id)[-1] for each in (row, left)]
    assert numbers == {"passport": PASSPORT, "resident": ID_NUMBER}
    assert [(each.kind, each.actor_id) for each in told] == [("person_merged", office.permissions.account_id)] * 2
    assert (told[0].body["gone"], told[1].body["into"]) == (left.id, row.id)
    assert (evidence.verify(), replay.replay(now)[1]) == ([], [])
    assert merging.led_to(office.programs, gone) == kept
    assert [line.ref for line in people.search(office.programs, ID_NUMBER)] == [kept]
    assert people.search(office.programs, "叶梓桐") == []
    assert person_file.named(gone, office.programs) == "叶梓彤", "an old reference leads to the new record"


def test_who_judges_and_turns_out_to_be_the_person_is_too_near(
    here: Intake, office: Officers, applied: Actor, kept: str, gone: str, now: datetime
) -> None:
    clerk = bind(account(now, "clerk"), "intake", here, now)
    with writing() as session:
        session.get_one(Account, applied.account_id).person_id = None
        passport = session.scalars(select(Person).where(Person.ref == kept)).one()
        people.attach_account(session, clerk.account_id or 0, passport, SYSTEM, now)
    merged(office, now, kept, gone)
    assert one(Conflict, account_id=clerk.account_id).state == "standing"


def test_a_merged_record_is_erased_with_the_one_kept(office: Officers, now: datetime, kept: str) -> None:
    other = people.create(office.programs, now, "叶梓童", "hk_macao_pass", "H12345678")
    merged(office, now, kept, other)
    erasing.ask(office.programs, now, other, "本人书面提出")
    erasing.confirm(office.permissions, now, kept)
    assert {one(Person, ref=ref).name for ref in (kept, other)} == {erasing.GONE}


def test_it_takes_two_and_a_reason(office: Officers, now: datetime, kept: str) -> None:
    other = people.create(office.programs, now, "叶梓童", "hk_macao_pass", "H12345678")
    with pytest.raises(MovedOn):
        merging.confirm(office.permissions, now, kept, other)
    with pytest.raises(InvalidInput):
        merging.propose(office.programs, now, kept, other, " ")
    merging.propose(office.programs, now, kept, other, WHY)
    for again in ((kept, other), (other, kept)):
        with pytest.raises(NotReady):
            merging.propose(office.permissions, now, *again, WHY)
    with pytest.raises(NotAllowed):
        merging.confirm(office.programs, now, kept, other)
    assert [(each.kept, each.gone, each.reason) for each in merging.waiting(office.permissions)] == [
        ("叶梓彤", "叶梓童", WHY)
    ]
    merging.decline(office.permissions, now, kept, other, "号码对不上")
    assert merging.waiting(office.permissions) == []
    for stranger in (account(now, "li"), office.audit, office.accounts):
        with pytest.raises(NotAllowed):
            merging.compare(stranger, kept, other)
    with pytest.raises(NotFound):
        merging.compare(office.programs, kept, kept)


def test_what_cannot_be_merged_is_said(
    here: Intake, office: Officers, applied: Actor, kept: str, gone: str, now: datetime
) -> None:
    twin = account(now, "twin", name="叶梓彤")
    with writing() as session:
        passport = session.scalars(select(Person).where(Person.ref == kept)).one()
        people.attach_account(session, twin.account_id or 0, passport, SYSTEM, now)
    other = people.create(office.programs, now, "叶梓桐", "", "330102199503013483")
    said = [str(each.words) for each in merging.compare(office.programs, kept, gone).against]
    assert [words[:12] for words in said] == ["两条记录各有一个账号：先"]
    assert [
        "两个不同的居民身份证号码" in str(each.words) for each in merging.compare(office.programs, other, gone).against
    ] == [True]
    with pytest.raises(NotReady):
        merging.propose(office.programs, now, kept, gone, WHY)
    with writing() as session:
        mine = session.scalars(select(ApplicationRow)).one()
        case = open_case(session, mine.id)
        twin_case = ApplicationRow(
            **{
                column.name: getattr(case.row, column.name)
                for column in ApplicationRow.__table__.columns
                if column.name not in ("id", "ref", "number", "receipt", "unique_slot", "person_id")
            },
            ref="twin",
            number="FE26-2-0009",
            receipt="R-2026-1120-0009",
            person_id=passport.id,
            unique_slot=f"r:{mine.round_id}:p:{passport.id}",
        )
        session.add(twin_case)
        session.scalars(select(Account).where(Account.login == "twin")).one().person_id = None
    assert ["各占一份申报" in str(each.words) for each in merging.compare(office.programs, kept, gone).against] == [
        True
    ]
