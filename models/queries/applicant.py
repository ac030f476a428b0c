"""What one person has to do with: the cases about them, and those they fill for others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.organizations import Organization
from models.people import Person
from models.programs import ProgramVersion
from models.queries.subjects import about
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.scope import Scope


@dataclass(frozen=True)
class MyCase:
    row: ApplicationRow
    round: Round
    version: ProgramVersion
    person_name: str | None


@dataclass(frozen=True)
class Owed:
    """One open item of a case: who owes it, through which organization, until when."""

    role: str
    stage: str
    duty: str
    organization: str | None
    due_at: datetime


def my_cases(session: Session, scope: Scope) -> list[MyCase]:
    """The newest first."""
    mine: list[Any] = []
    if scope.person_id is not None:
        mine.append((ApplicationRow.person_id == scope.person_id) & ApplicationRow.apart.is_(False))
    if scope.account_id is not None:
        mine.append(ApplicationRow.filler_id == scope.account_id)
    if scope.administers:
        own = select(Organization.id).where(Organization.path.in_(scope.administers))
        mine.append(ApplicationRow.subject_organization_id.in_(own))
    if not mine:
        return []
    rows = session.execute(
        select(ApplicationRow, Round, ProgramVersion, about())
        .join(Round, Round.id == ApplicationRow.round_id)
        .join(ProgramVersion, ProgramVersion.id == ApplicationRow.version_id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .where(or_(*mine))
        .order_by(ApplicationRow.id.desc())
        .limit(500)
    )
    return [MyCase(*row) for row in rows]


def owed_in(session: Session, applications: Iterable[int]) -> dict[int, list[Owed]]:
    """Open items by case, for as many cases as are shown together."""
    wanted: Sequence[int] = list(applications)
    rows = session.execute(
        select(WorkItem, Organization.name)
        .outerjoin(Organization, Organization.id == WorkItem.organization_id)
        .where(
            WorkItem.application_id.in_(wanted),
            WorkItem.state == "open",
            or_(WorkItem.about.is_(None), WorkItem.role_key == "applicant"),  # what the office owes later is not asked
        )
        .order_by(WorkItem.application_id, WorkItem.due_at, WorkItem.no)
    )
    found: dict[int, list[Owed]] = {}
    for item, name in rows:
        owed = Owed(item.role_key, item.stage_key, item.duty, name, item.due_at)
        found.setdefault(item.application_id, []).append(owed)
    return found
