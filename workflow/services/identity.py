"""Whose a case is, gathered from everywhere: so that it can be kept from those who judge it blind."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.files import Attachment
from models.organizations import Organization
from models.people import Person
from workflow.services import sealing

COPY = "blind_copy"


def words_of(session: Session, row: ApplicationRow) -> Iterator[str]:
    """Names and numbers by which the person, the organization it is about and who filled it are known."""
    yield from (each for each in (row.number, row.receipt) if each)
    person = session.get(Person, row.person_id) if row.person_id is not None else None
    if person is not None:
        yield from (each for each in (person.name, person.phone, person.email) if each)
    about = session.get(Organization, row.subject_organization_id) if row.subject_organization_id is not None else None
    if about is not None:
        yield from (each for each in (about.name, about.credit_code) if each)
    accounts = select(Account).where((Account.id == row.filler_id) | (Account.person_id == (row.person_id or 0)))
    for account in session.scalars(accounts):
        yield from (each for each in (account.phone, account.email) if each)


def copies_of(session: Session, application_id: int) -> Mapping[str, tuple[str, ...]]:
    """The anonymous copies that stand now, by the place that they stand in for."""
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.application_id == application_id,
            Attachment.purpose == COPY,
            Attachment.replaced_at.is_(None),
        )
        .order_by(Attachment.id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        path = sealing.path_of(row.field_key, row.row_no)
        found[path] = (*found.get(path, ()), row.ref)
    return found
