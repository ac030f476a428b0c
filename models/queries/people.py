"""Reads of people: by name, pinyin, phone and number; what a line of a list may show of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.names import search_term
from models.organizations import Organization
from models.people import Person, PersonIdentity, PersonToken
from models.programs import Program
from models.queries.scoping import visible
from workflow.domain import identifiers
from workflow.domain.scope import Scope

_UNSUBMITTED = ("draft", "awaiting_confirmation")
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


def open_to(scope: Scope) -> ColumnElement[bool]:
    """On `person`: not one who is known only through programs that the reader has no part in and that not everybody
    may know. Whoever stood in a list of the office before they applied is known from there."""
    mine = and_(ApplicationRow.person_id == Person.id, ApplicationRow.status.not_in(_UNSUBMITTED))
    public = exists(
        select(Program.id).where(Program.id == ApplicationRow.program_id, Program.visibility == "public").offset(0)
    ).correlate(ApplicationRow)
    first = select(func.min(ApplicationRow.created_at)).where(mine).correlate(Person).scalar_subquery()
    return or_(
        not_(exists(select(ApplicationRow.id).where(mine)).correlate(Person)),
        exists(select(ApplicationRow.id).where(mine, or_(public, visible(scope)))).correlate(Person),
        Person.created_at < first,
    )


def found(session: Session, scope: Scope, typed: str, limit: int = 20) -> list[PersonLine]:
    """By tails of the name, pinyin or initials; by a whole phone number. A whole ID number finds anybody: whoever types
    it has the document before them."""
    term = search_term(typed)
    if not term:
        return []
    exact = exact_numbers(session, typed)
    if exact is not None:
        wanted = Person.id.in_(exact)
        number = identifiers.compact(typed)
        by_phone = len(number) == 11 and number.isdecimal()
        return lines(session, and_(wanted, open_to(scope)) if by_phone else wanted, limit)
    hits = (
        select(PersonToken.person_id)
        .where(PersonToken.token >= term, PersonToken.token < term + _LAST)
        .limit(limit * 20)
        .subquery()
    )
    return lines(session, and_(Person.id.in_(select(hits.c.person_id)), open_to(scope)), limit)


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


def listed(session: Session, scope: Scope, trade: str | None, after: str, limit: int) -> Sequence[PersonLine]:
    """In the order of names; `after` is the ref of the last line before."""
    conditions = open_to(scope)
    if trade:
        conditions &= Person.trade == trade
    last = session.scalars(select(Person).where(Person.ref == after)).first() if after else None
    if last is not None:
        conditions &= (Person.name_sort > last.name_sort) | (
            (Person.name_sort == last.name_sort) & (Person.id > last.id)
        )
    return lines(session, conditions, limit)
