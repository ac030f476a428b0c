"""Who hears of something: the accounts that hold a role for a case, the other way round than `holdings`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.base import literal_state
from models.organizations import Organization
from models.roles import RoleBinding, Substitution
from models.work import RECUSED, Conflict
from workflow.domain.actor import ADMINISTRATOR


@dataclass(frozen=True)
class Seat:
    """A role at one place. `by_office`: found through the organization, whose administrators hold it too."""

    role: str
    program_id: int
    round_id: int
    track: str | None = None
    organization_id: int | None = None
    by_office: bool = False


def holding(session: Session, seat: Seat, now: datetime) -> list[int]:
    """Accounts that hold the seat, and those who stand in for them now."""
    role = RoleBinding.role_key == seat.role
    reached = and_(role, or_(RoleBinding.track.is_(None), RoleBinding.track == seat.track))
    if seat.by_office:
        line = _line_of(session, seat.organization_id)
        if not line:
            return []
        administers = RoleBinding.role_key == ADMINISTRATOR
        reached = and_(or_(reached, administers), RoleBinding.organization_id.in_(line))
    rows = session.scalars(
        select(RoleBinding.account_id)
        .where(
            reached,
            or_(RoleBinding.program_id.is_(None), RoleBinding.program_id == seat.program_id),
            or_(RoleBinding.round_id.is_(None), RoleBinding.round_id == seat.round_id),
            RoleBinding.starts_at <= now,
            or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now),
        )
        .order_by(RoleBinding.id)
    )
    return with_substitutes(session, list(dict.fromkeys(rows)), now)


def _line_of(session: Session, organization_id: int | None) -> list[int]:
    """The organization and all above it: a binding there covers it."""
    path = session.scalar(select(Organization.path).where(Organization.id == organization_id))
    return [int(part) for part in path.split("/") if part] if path else []


def with_substitutes(session: Session, accounts: Sequence[int], now: datetime) -> list[int]:
    if not accounts:
        return []
    standing_in = session.scalars(
        select(Substitution.substitute_id).where(
            Substitution.absent_id.in_(accounts),
            Substitution.starts_at <= now,
            Substitution.ends_at > now,
            Substitution.revoked_at.is_(None),
        )
    )
    return list(dict.fromkeys([*accounts, *standing_in]))


def administrators(session: Session, account_id: int, now: datetime) -> list[int]:
    """Who stands above somebody: the administrators of the organization they work at, other than themselves."""
    place = session.scalar(select(Account.organization_id).where(Account.id == account_id))
    rows = session.scalars(
        select(RoleBinding.account_id).where(
            RoleBinding.role_key == ADMINISTRATOR,
            RoleBinding.organization_id == place,
            RoleBinding.account_id != account_id,
            RoleBinding.starts_at <= now,
            or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now),
        )
    )
    return list(dict.fromkeys(rows))


def to_be_told(session: Session, accounts: Collection[int], application_id: int, conflict_bars: bool) -> list[int]:
    """Those who can sign in, without those who are too near to the case."""
    near = exists(
        select(Conflict.id).where(
            Conflict.account_id == Account.id,
            Conflict.application_id == application_id,
            Conflict.state == literal_state("standing"),
            *([] if conflict_bars else [Conflict.ground == RECUSED]),
        )
    )
    rows = session.scalars(
        select(Account.id)
        .where(Account.id.in_(accounts), Account.state == AccountState.ACTIVE, ~near)
        .order_by(Account.id)
    )
    return list(rows)
