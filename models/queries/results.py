"""Cases whose results come from a table: those that wait at a stage, and those that a table names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import literal_state
from models.organizations import Organization
from models.people import Person
from models.queries.scoping import held, visible
from models.work import WorkItem
from workflow.domain.scope import Scope


@dataclass(frozen=True)
class At:
    """One stage of one round, as the one who brings its results sees it."""

    round_id: int
    stage: str
    roles: Sequence[str]  # who rates there
    closes: bool  # also brings the results of all, not only of one's own people


@dataclass(frozen=True)
class Named:
    id: int
    ref: str
    number: str
    name: str
    stage: str | None
    status: str
    channel: str


def _columns() -> Any:
    return (
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            ApplicationRow.number,
            func.coalesce(Person.name, Organization.name, ""),
            ApplicationRow.stage_key,
            ApplicationRow.status,
            ApplicationRow.channel,
        )
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(Organization, Organization.id == ApplicationRow.subject_organization_id)
    )


def waiting(session: Session, scope: Scope, at: At) -> list[Named]:
    """By number: whose results are still owed here."""
    wanted = _columns().where(*_waiting(scope, at)).order_by(ApplicationRow.number)
    return [Named(*row) for row in session.execute(wanted)]


def count_waiting(session: Session, scope: Scope, at: At) -> int:
    return session.scalar(select(func.count()).select_from(ApplicationRow).where(*_waiting(scope, at))) or 0


def _waiting(scope: Scope, at: At) -> list[ColumnElement[bool]]:
    return [
        ApplicationRow.round_id == at.round_id,
        ApplicationRow.stage_key == at.stage,
        ApplicationRow.status == "open",
        visible(scope),
        exists(
            select(WorkItem.id)
            .where(
                WorkItem.application_id == ApplicationRow.id,
                WorkItem.entry_no == ApplicationRow.entry_no,
                WorkItem.state == literal_state("open"),
                WorkItem.role_key.in_(at.roles),
                WorkItem.duty == "act",
                true() if at.closes else or_(WorkItem.holder_id == scope.account_id, held(scope)),
            )
            .offset(0)
            .correlate(ApplicationRow)
        ),
    ]


def by_number(session: Session, scope: Scope, round_id: int, numbers: Collection[str]) -> dict[str, Named]:
    """Those of the numbers that the Scope may read; the others are as if they did not exist."""
    mine = and_(ApplicationRow.round_id == round_id, ApplicationRow.number.in_(sorted(numbers)), visible(scope))
    return {row.number: row for row in (Named(*each) for each in session.execute(_columns().where(mine)))}
