"""Reads of people: by name, pinyin, phone and number; what a line of a list may show of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import secrets
from models.names import search_term
from models.organizations import Organization
from models.people import Person, PersonIdentity, PersonToken
from workflow.domain import identifiers

_LAST = "\U0010ffff"


@dataclass(frozen=True)
class PersonLine:
    """Numbers and phones are masks."""

    ref: str
    name: str
    gender: str | None
    number: str | None
    phone: str | None
    organization: str | None
    trade: str | None


def by_number(session: Session, id_type: str, number: str) -> Person | None:
    """The one person of this number, under whatever index key it was stored."""
    for key_id, index in secrets.every_blind(id_type, number):
        found = session.scalars(
            select(Person)
            .join(PersonIdentity, PersonIdentity.person_id == Person.id)
            .where(
                PersonIdentity.id_type == id_type,
                PersonIdentity.blind_key == key_id,
                PersonIdentity.blind_index == index,
            )
        ).first()
        if found is not None:
            return found
    return None


def named(session: Session, ref: str, *, lock: bool = False) -> Person | None:
    """By reference; one that was merged leads to the record that stands for it now. None: erased, or never there."""
    found = session.scalar(select(Person).where(Person.ref == ref))
    while found is not None and found.merged_into_id is not None:
        found = session.get(Person, found.merged_into_id)
    if found is None or found.erased_at is not None:
        return None
    if lock:
        session.refresh(found, with_for_update=True)
    return found


def by_indexes(session: Session, id_type: str, indexes: Iterable[str]) -> dict[str, Person]:
    """Blind index -> person, for many at once."""
    wanted, found = list(indexes), {}
    for start in range(0, len(wanted), 500):
        rows = session.execute(
            select(PersonIdentity.blind_index, Person)
            .join(Person, Person.id == PersonIdentity.person_id)
            .where(
                PersonIdentity.id_type == id_type,
                PersonIdentity.blind_index.in_(wanted[start : start + 500]),
            )
        )
        found.update(dict(rows.all()))
    return found


def found(session: Session, typed: str, limit: int = 20) -> list[PersonLine]:
    """By tails of the name, pinyin or initials; by a whole phone number or a whole ID number."""
    term = search_term(typed)
    if not term:
        return []
    exact = exact_numbers(session, typed)
    if exact is not None:
        return lines(session, Person.id.in_(exact), limit)
    hits = (
        select(PersonToken.person_id)
        .where(PersonToken.token >= term, PersonToken.token < term + _LAST)
        .limit(limit * 20)
        .subquery()
    )
    return lines(session, Person.id.in_(select(hits.c.person_id)), limit)


def exact_numbers(session: Session, typed: str) -> list[int] | None:
    """The people of a number; None when it is no number at all."""
    number = identifiers.compact(typed)
    if len(number) == 11 and number.isdecimal():
        return list(session.scalars(select(Person.id).where(Person.phone == number)))
    if len(number) >= 8 and any(sign.isdecimal() for sign in number):
        people = (by_number(session, id_type, number) for id_type in identifiers.ID_TYPES)
        return [person.id for person in people if person is not None]
    return None


def lines(session: Session, wanted: ColumnElement[bool], limit: int) -> list[PersonLine]:
    rows = session.execute(
        select(Person, PersonIdentity.mask, Organization.name)
        .outerjoin(PersonIdentity, PersonIdentity.person_id == Person.id)
        .outerjoin(Organization, Organization.id == Person.organization_id)
        .where(wanted, Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .order_by(Person.name_sort, Person.id)
        .limit(limit * 2)
    )
    seen: dict[str, PersonLine] = {}
    for person, mask, organization in rows:
        phone = identifiers.mask("mobile", person.phone) if person.phone else None
        seen.setdefault(
            person.ref, PersonLine(person.ref, person.name, person.gender, mask, phone, organization, person.trade)
        )
    return list(seen.values())[:limit]


def listed(session: Session, trade: str | None, after: str, limit: int) -> Sequence[PersonLine]:
    """In the order of names; `after` is the ref of the last line before."""
    conditions = Person.id > 0
    if trade:
        conditions &= Person.trade == trade
    last = session.scalars(select(Person).where(Person.ref == after)).first() if after else None
    if last is not None:
        conditions &= (Person.name_sort > last.name_sort) | (
            (Person.name_sort == last.name_sort) & (Person.id > last.id)
        )
    return lines(session, conditions, limit)
