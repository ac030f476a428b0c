"""Erasing somebody: two people of the office, what must stay stays with its reason, what may go is found nowhere."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading
from models.evidence import StreamKind
from models.people import Person
from tests.applying import ID_NUMBER, PHONE, Intake, bind, filled, gone_again, intake, one, started, stored_files
from tests.services.houses import account, officers
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.services import drafts, erasing, evidence, people, replay, submissions

BASIS = "本人2026年11月18日书面提出，附身份证复印件"


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def signers(here: Intake, now: datetime) -> tuple[Actor, Actor]:
    house = officers(now)
    return house.programs, house.permissions


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def withdrawn(here: Intake, person: Actor, now: datetime) -> str:
    return gone_again(here, person, now)


def whose() -> str:
    return one(Person).ref


def erased(signers: tuple[Actor, Actor], now: datetime) -> erasing.Plan:
    erasing.ask(signers[0], now, whose(), BASIS)
    return erasing.confirm(signers[1], now, whose())


def everywhere() -> str:
    """Every value of every table, as it lies there."""
    with reading() as session:
        names = inspect(session.get_bind()).get_table_names()
        rows: list[Any] = [row for name in names for row in session.execute(text(f'SELECT * FROM "{name}"'))]
    return str([[bytes(each) if isinstance(each, memoryview) else each for each in row] for row in rows])


def test_what_must_be_kept_stays_until_its_day(withdrawn: str, signers: tuple[Actor, Actor], now: datetime) -> None:
    line = erasing.plan(signers[0], now, whose()).lines[0]
    assert str(line.fate.kept) == "材料要保存到 2028-11-20，到期后可以删除"
    done = erased(signers, now)
    assert (done.whole, done.going) == (False, [])
    assert one(Person).name == "叶梓桐"


def test_after_its_day_nothing_of_the_person_is_found_and_every_chain_holds(
    withdrawn: str, here: Intake, signers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + timedelta(days=732)
    assert stored_files(here)
    assert [word for word in ("叶梓桐", PHONE, "羽绒服") if word not in everywhere()] == []
    done = erased(signers, later)
    assert (done.whole, done.going) == (True, [one(ApplicationRow).id])
    left = everywhere()
    assert [
        word for word in ("叶梓桐", "yezitong", ID_NUMBER, PHONE, "3301**********1226", "羽绒服") if word in left
    ] == []
    assert stored_files(here) == []
    assert (one(Person).erased_at, one(Person).wrapped_key) == (later, None)
    with reading() as session:
        told = evidence.events_of(session, StreamKind.APPLICATION_ACCESS, one(ApplicationRow).id)
        of_person = evidence.events_of(session, StreamKind.PERSON, one(Person).id)
    gone = one(Account, name=erasing.GONE)
    assert (gone.state, gone.person_id, gone.password_hash) == ("disabled", None, None)
    assert [(each.kind, each.body["files"]) for each in told] == [("case_data_erased", 5)]
    assert [each.kind for each in of_person][-2:] == ["erasure_asked", "person_erased"]
    assert evidence.verify() == []
    assert replay.replay(later)[1] == []
    with pytest.raises(NotFound):
        erasing.plan(signers[0], later, whose())


def test_a_draft_goes_at_once_and_a_running_case_stays(
    here: Intake, person: Actor, signers: tuple[Actor, Actor], now: datetime
) -> None:
    ref = started(here, person, now)
    filled(ref, person, now)
    submissions.submit(ref, person, now)
    done = erased(signers, now)
    assert [str(line.fate.kept) for line in done.lines] == ["还在办理：撤回或者办结以后，再按保存期限处理"]
    assert drafts.look(ref, person, now).sheet.body["post"] == "制版师"


def test_a_draft_of_ones_own_is_found_by_the_account(
    withdrawn: str, here: Intake, person: Actor, signers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + timedelta(days=1)
    other = started(here, person, later, "employer")
    drafts.save(other, {"name": "叶梓桐", "mobile": PHONE}, None, person, later, section="person")
    done = erased(signers, later)
    assert len(done.going) == 1
    assert "name" not in drafts.look(other, person, later).sheet.body


def test_an_account_that_works_here_stays_without_its_person(
    withdrawn: str, here: Intake, person: Actor, signers: tuple[Actor, Actor], now: datetime
) -> None:
    bind(person, "intake", here, now)
    done = erased(signers, now + timedelta(days=732))
    assert done.works_here
    kept = one(Account, id=person.account_id)
    assert (kept.name, kept.state, kept.person_id) == ("叶梓桐", "active", None)


def test_it_takes_two(withdrawn: str, person: Actor, signers: tuple[Actor, Actor], now: datetime) -> None:
    first, second = signers
    ref = whose()
    with pytest.raises(MovedOn):
        erasing.confirm(second, now, ref)
    with pytest.raises(InvalidInput):
        erasing.ask(first, now, ref, "  ")
    erasing.ask(first, now, ref, BASIS)
    with pytest.raises(NotReady):
        erasing.ask(second, now, ref, BASIS)
    with pytest.raises(NotAllowed):
        erasing.confirm(first, now, ref)
    waits = erasing.waiting(second)
    assert [(each.person, each.basis, each.own) for each in waits] == [("叶梓桐", BASIS, False)]
    with pytest.raises(InvalidInput):
        erasing.decline(second, now, ref, "")
    erasing.decline(second, now, ref, "材料还在保存期")
    assert erasing.waiting(second) == []
    for stranger in (person, account(now, "accounts2", office=Office.AUDIT)):
        with pytest.raises(NotAllowed):
            erasing.plan(stranger, now, ref)


def test_who_comes_again_is_a_new_person(withdrawn: str, signers: tuple[Actor, Actor], now: datetime) -> None:
    later = now + timedelta(days=732)
    erased(signers, later)
    people.create(signers[0], later, "叶梓桐", "", ID_NUMBER)
    with reading() as session:
        assert len(session.scalars(select(Person)).all()) == 2
