"""One person per number, whoever enters it and whenever."""

import itertools
from datetime import datetime

import pytest
from sqlalchemy import select

from models import secrets
from models.accounts import Account
from models.base import reading, writing
from models.people import Person, PersonIdentity
from models.secrets import Place, Unreadable
from tests.services.houses import account, officers
from tests.services.sheets import id_number
from workflow.domain.actor import SYSTEM
from workflow.domain.errors import InvalidInput
from workflow.services import people
from workflow.services.submissions_numbers import scattered

NUMBER = id_number(1)


def _ensure(now: datetime, name: str = "王芳", number: str = NUMBER, **more: str) -> Person:
    with writing() as session:
        return people.ensure(session, people.checked(name, "", number, now, **more), now)


def _where(refused: pytest.ExceptionInfo[InvalidInput]) -> list[str | None]:
    return [reason.where for reason in refused.value.reasons]


def test_same_number_is_the_same_person(database: str, now: datetime) -> None:
    first = _ensure(now)
    again = _ensure(now, number=f" {NUMBER[:6]} {NUMBER[6:]} ".lower(), phone="13800001111")
    assert (again.id, again.phone) == (first.id, "13800001111")


def test_what_is_known_is_not_overwritten(database: str, now: datetime) -> None:
    _ensure(now, phone="13800001111")
    assert _ensure(now, phone="13900002222").phone == "13800001111"


def test_same_number_under_another_name_is_refused_plainly(database: str, now: datetime) -> None:
    _ensure(now)
    with pytest.raises(InvalidInput) as refused:
        _ensure(now, name="李强")
    assert _where(refused) == ["id_no"]
    assert "王芳" not in str(refused.value.reasons[0].words)


def test_same_digits_of_two_documents_are_two_people(database: str, now: datetime) -> None:
    with writing() as session:
        one = people.ensure(session, people.checked("王芳", "passport", "12345678", now), now)
        two = people.ensure(session, people.checked("李强", "taiwan_pass", "12345678", now), now)
    assert one.id != two.id


def test_everything_wrong_is_told_at_once(database: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        people.checked("王3", "驾驶证", "12", now, phone="12345", email="x")
    assert _where(refused) == ["name", "id_type", "id_no", "phone", "email"]


def test_person_has_one_account_and_an_account_one_person(database: str, now: datetime) -> None:
    first, second = account(now, "wang"), account(now, "li")
    person, other = _ensure(now), _ensure(now, "李强", id_number(2))
    for holder, someone in ((first, person), (first, person)):
        with writing() as session:
            people.attach_account(session, holder.account_id or 0, someone, SYSTEM, now)
    for holder, someone in ((second, person), (first, other)):
        with pytest.raises(InvalidInput), writing() as session:
            people.attach_account(session, holder.account_id or 0, someone, SYSTEM, now)
    with reading() as session:
        assert session.scalars(select(Account.person_id).order_by(Account.id)).all() == [person.id, None]


def test_destroying_the_key_destroys_the_number(database: str, now: datetime) -> None:
    person = _ensure(now)
    with reading() as session:
        identity = session.scalars(select(PersonIdentity)).one()
    place = Place("person_identity", f"{person.ref}:resident", "ciphertext")
    key = secrets.person_key(person.wrapped_key, person.ref)
    assert secrets.unseal(identity.ciphertext, place, key) == NUMBER
    with pytest.raises(Unreadable):
        secrets.unseal(identity.ciphertext, place, None)


def test_corrected_name_is_the_one_that_is_found(database: str, now: datetime) -> None:
    office = officers(now).programs
    ref = people.create(office, now, "王芳", "", NUMBER)
    with pytest.raises(InvalidInput):
        people.correct_name(office, now, ref, "王方", "")
    people.correct_name(office, now, ref, "王方", "身份证")
    assert [line.ref for line in people.search(office, "王方")] == [ref]
    assert people.search(office, "王芳") == []


def test_list_goes_on_where_the_page_ended(database: str, now: datetime) -> None:
    office = officers(now).programs
    for n, name in enumerate(("张三", "曾华", "安然", "任静", "安然")):
        people.create(office, now, name, "", id_number(n))
    seen, after = [], ""
    while page := people.listed(office, after=after, limit=2):
        seen += [line.name for line in page]
        after = page[-1].ref
    assert seen == ["安然", "安然", "任静", "曾华", "张三"]


def test_numbers_of_a_program_that_is_not_public_come_in_an_order_that_nobody_can_count() -> None:
    """Each once, none of them nothing, and another order for another round."""
    first, other = ([scattered(count, key) for count in range(1, 10_000)] for key in ("one", "two"))
    assert sorted(first) == sorted(other) == list(range(1, 10_000))
    assert first[:20] != other[:20]
    assert sum(abs(a - b) == 1 for a, b in itertools.pairwise(first)) < 30
