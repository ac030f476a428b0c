"""What a case is about, by name: a person, or the organization that applies itself."""

from sqlalchemy import ColumnElement, func, select

from models.applications import ApplicationRow
from models.organizations import Organization
from models.people import Person


def about() -> ColumnElement[str | None]:
    """Beside `application` with its `person` joined from outside."""
    organization = (
        select(Organization.name)
        .where(Organization.id == ApplicationRow.subject_organization_id)
        .correlate(ApplicationRow)
        .scalar_subquery()
    )
    return func.coalesce(Person.name, organization)
