"""Work that waits for an organization in which nobody can act: found through it, held by no one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.applications import ApplicationRow
from models.base import literal_state
from models.organizations import Organization, OrganizationKind, OrganizationLine
from models.queries.bindings import standing
from models.roles import RoleBinding
from models.rounds import RoundNominator
from models.work import Pool, WorkItem
from workflow.domain.actor import ADMINISTRATOR

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Waiting:
    """How many items of one role wait at an organization; without a name, no registered one was found."""

    organization_ref: str | None
    organization: str | None
    role: str
    version_id: int
    count: int
    since: datetime


def nobody_acts(now: datetime) -> Condition:
    """Of an open item: it lies free in a pool of an organization, and nobody who may come in holds its role there."""
    pool = exists(select(Pool.id).where(Pool.id == WorkItem.pool_id, Pool.by_office).correlate(WorkItem))
    able = exists(
        select(RoleBinding.id)
        .join(Account, Account.id == RoleBinding.account_id)
        .join(OrganizationLine, OrganizationLine.ancestor_id == RoleBinding.organization_id)
        .join(Pool, Pool.id == WorkItem.pool_id)
        .where(
            OrganizationLine.descendant_id == WorkItem.organization_id,
            or_(
                RoleBinding.role_key == ADMINISTRATOR,
                and_(
                    RoleBinding.role_key == WorkItem.role_key,
                    RoleBinding.program_id == Pool.program_id,
                    or_(RoleBinding.round_id.is_(None), RoleBinding.round_id == WorkItem.round_id),
                ),
            ),
            standing(now),
            Account.state != AccountState.DISABLED,
        )
        .correlate(WorkItem)
    )
    return and_(WorkItem.state == literal_state("open"), WorkItem.holder_id.is_(None), pool, ~able)


def waiting(session: Session, round_id: int, now: datetime) -> list[Waiting]:
    """Of one round, per organization and role, the longest waiting first."""
    since = func.min(WorkItem.opened_at)
    keys = (Organization.ref, Organization.name, WorkItem.role_key, ApplicationRow.version_id)
    rows = session.execute(
        select(*keys, func.count(), since)
        .select_from(WorkItem)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .outerjoin(Organization, Organization.id == WorkItem.organization_id)
        .where(WorkItem.round_id == round_id, nobody_acts(now))
        .group_by(*keys)
        .order_by(since)
    )
    return [Waiting(*row) for row in rows]


def counts(session: Session, rounds: Collection[int], now: datetime) -> dict[int, int]:
    """How many cases of each round wait so; a round without one is not in it."""
    rows = session.execute(
        select(WorkItem.round_id, func.count(WorkItem.application_id.distinct()))
        .where(WorkItem.round_id.in_(list(rounds)), nobody_acts(now))
        .group_by(WorkItem.round_id)
    )
    return dict(rows.all())


# -- before anybody applies --------------------------------------------------------------------------------------------
def _without(program_id: int, round_id: int, roles: Collection[str], now: datetime) -> Condition:
    """Of an organization: nobody who may come in administers it or holds one of these roles there."""
    able = (
        select(RoleBinding.id)
        .join(Account, Account.id == RoleBinding.account_id)
        .join(OrganizationLine, OrganizationLine.ancestor_id == RoleBinding.organization_id)
        .where(
            OrganizationLine.descendant_id == Organization.id,
            or_(
                RoleBinding.role_key == ADMINISTRATOR,
                and_(
                    RoleBinding.role_key.in_(list(roles)),
                    RoleBinding.program_id == program_id,
                    or_(RoleBinding.round_id.is_(None), RoleBinding.round_id == round_id),
                ),
            ),
            standing(now),
            Account.state != AccountState.DISABLED,
        )
        .correlate(Organization)
    )
    return ~exists(able)


def admitted(
    session: Session, program_id: int, round_id: int, roles: Collection[str], now: datetime
) -> list[tuple[str, str]]:
    """(ref, name) of the nominators of a round in which nobody can act."""
    here = select(RoundNominator.organization_id).where(RoundNominator.round_id == round_id)
    wanted = select(Organization.ref, Organization.name).where(
        Organization.id.in_(here), _without(program_id, round_id, roles, now)
    )
    return [(ref, name) for ref, name in session.execute(wanted.order_by(Organization.name_sort, Organization.id))]


def nameable(
    session: Session, program_id: int, round_id: int, roles: Collection[str], now: datetime, most: int
) -> tuple[int, list[tuple[str, str]]]:
    """How many registered organizations an answer may name without anybody there to act, and the first of them."""
    open_to_answers = (Organization.state == "standing", Organization.kind != OrganizationKind.DISTRICT.value)
    without = _without(program_id, round_id, roles, now)
    count = session.scalar(select(func.count()).select_from(Organization).where(*open_to_answers, without)) or 0
    wanted = select(Organization.ref, Organization.name).where(*open_to_answers, without)
    first = session.execute(wanted.order_by(Organization.name_sort, Organization.id).limit(most))
    return count, [(ref, name) for ref, name in first]


def is_without(
    session: Session, organization_id: int, program_id: int, round_id: int, roles: Collection[str], now: datetime
) -> bool:
    wanted = select(Organization.id).where(
        Organization.id == organization_id, _without(program_id, round_id, roles, now)
    )
    return session.scalar(wanted) is not None


@dataclass(frozen=True)
class Left:
    """How many open items of one role lie with somebody whose account is disabled."""

    account_ref: str
    name: str
    role: str
    version_id: int
    count: int
    since: datetime


def left(session: Session, round_id: int) -> list[Left]:
    """Work that waits for people who cannot come in any more, the oldest first."""
    since = func.min(WorkItem.opened_at)
    rows = session.execute(
        select(Account.ref, Account.name, WorkItem.role_key, ApplicationRow.version_id, func.count(), since)
        .join(Account, Account.id == WorkItem.holder_id)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(
            WorkItem.round_id == round_id,
            WorkItem.state == literal_state("open"),
            Account.state == AccountState.DISABLED,
        )
        .group_by(Account.ref, Account.name, WorkItem.role_key, ApplicationRow.version_id)
        .order_by(since)
    )
    return [Left(*row) for row in rows]
