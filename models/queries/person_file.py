"""One person across programs: whom a reader may find, and which of their cases may stand in the file.

What is asked here is wider than policy: each case is asked of `policy.can(…, PERSON_FILE, …)` once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.evidence import EventRow, Stream, StreamKind
from models.names import search_term
from models.notices import ObjectionRow
from models.organizations import Organization
from models.payments import PaymentRow
from models.people import Person, PersonIdentity, PersonToken
from models.programs import Program
from models.queries.people import exact_numbers
from models.queries.scoping import Condition, visible
from models.sealed import SealedValue
from workflow.domain.scope import Scope

_LAST = "\U0010ffff"
_UNSUBMITTED = ("draft", "awaiting_confirmation")


@dataclass(frozen=True)
class Printed:
    application_id: int
    no: int
    why: str
    printed_at: datetime


@dataclass(frozen=True)
class Objected:
    application_id: int
    state: str
    received_on: date


def _may_stand(scope: Scope, every_public: bool) -> Condition:
    public = exists(
        select(Program.id).where(Program.id == ApplicationRow.program_id, Program.visibility == "public").offset(0)
    ).correlate(ApplicationRow)
    return and_(ApplicationRow.status.not_in(_UNSUBMITTED), or_(visible(scope), public if every_public else false()))


def found(
    session: Session, scope: Scope, typed: str, limit: int, *, every_public: bool
) -> list[tuple[Person, list[int]]]:
    """People by tails of the name, pinyin or initials, or by a whole number, each with the cases that may stand."""
    term = search_term(typed)
    if not term:
        return []
    numbered = exact_numbers(session, typed)
    if numbered is not None:
        named: Condition = Person.id.in_(numbered)
    else:
        hits = select(PersonToken.person_id).where(PersonToken.token >= term, PersonToken.token < term + _LAST)
        named = Person.id.in_(hits)
    rows = session.execute(
        select(Person, ApplicationRow.id)
        .join(ApplicationRow, ApplicationRow.person_id == Person.id)
        .where(named, Person.erased_at.is_(None), _may_stand(scope, every_public))
        .order_by(Person.name_sort, Person.id, ApplicationRow.id)
        .limit(limit * 4)
    )
    people: dict[int, tuple[Person, list[int]]] = {}
    for person, case in rows:
        people.setdefault(person.id, (person, []))[1].append(case)
    return list(people.values())


def cases_of(session: Session, scope: Scope, person_id: int, *, every_public: bool) -> list[int]:
    return list(
        session.scalars(
            select(ApplicationRow.id).where(ApplicationRow.person_id == person_id, _may_stand(scope, every_public))
        )
    )


def teams_of(session: Session, scope: Scope, person_id: int, *, every_public: bool) -> list[int]:
    """Cases of others in whose newest answers the person's number stands in a row of a table."""
    numbers = select(PersonIdentity.blind_index).where(PersonIdentity.person_id == person_id)
    return list(
        session.scalars(
            select(ApplicationRow.id)
            .join(SealedValue, SealedValue.application_id == ApplicationRow.id)
            .where(
                SealedValue.blind_index.in_(numbers),
                SealedValue.row_no > 0,
                SealedValue.revision == ApplicationRow.answers_rev,
                or_(ApplicationRow.person_id.is_(None), ApplicationRow.person_id != person_id),
                _may_stand(scope, every_public),
            )
            .distinct()
        )
    )


def identities(session: Session, person_id: int) -> list[tuple[str, str]]:
    """(type, mask) of each document."""
    rows = session.execute(
        select(PersonIdentity.id_type, PersonIdentity.mask)
        .where(PersonIdentity.person_id == person_id)
        .order_by(PersonIdentity.id_type)
    )
    return [(row[0], row[1]) for row in rows]


def printed(session: Session, cases: Sequence[int]) -> list[Printed]:
    rows = session.execute(
        select(RecognitionRow.application_id, CertificateRow.no, CertificateRow.why, CertificateRow.printed_at)
        .join(CertificateRow, CertificateRow.recognition_id == RecognitionRow.id)
        .where(RecognitionRow.application_id.in_(cases))
        .order_by(CertificateRow.printed_at, CertificateRow.id)
    )
    return [Printed(*row) for row in rows]


def payments(session: Session, cases: Sequence[int]) -> list[PaymentRow]:
    wanted = select(PaymentRow).where(PaymentRow.application_id.in_(cases))
    return list(session.scalars(wanted.order_by(PaymentRow.due_on, PaymentRow.no)))


def objections(session: Session, cases: Sequence[int]) -> list[Objected]:
    rows = session.execute(
        select(ObjectionRow.application_id, ObjectionRow.state, ObjectionRow.received_on)
        .where(ObjectionRow.application_id.in_(cases))
        .order_by(ObjectionRow.at)
    )
    return [Objected(*row) for row in rows]


def names_of(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return dict(rows.all())


def opened_since(session: Session, person_id: int, account_id: int, since: datetime) -> bool:
    """Whether this account said why it looks, not long ago."""
    told = (
        select(EventRow.seq)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(
            Stream.kind == StreamKind.PERSON_ACCESS.value,
            Stream.subject_id == person_id,
            EventRow.kind == "person_file_opened",
            EventRow.actor_id == account_id,
            EventRow.at > since,
        )
    )
    return session.execute(told.limit(1)).first() is not None
