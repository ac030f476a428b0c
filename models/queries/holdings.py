"""What one account holds at one moment: its own bindings, those it stands in for, and its offices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.accounts import OfficeHolder
from models.organizations import Organization
from models.roles import RoleBinding, Substitution
from workflow.domain.actor import ADMINISTRATOR, Holding, Office


def offices_of(session: Session, account_id: int, now: datetime) -> frozenset[Office]:
    standing = and_(OfficeHolder.starts_at <= now, or_(OfficeHolder.ends_at.is_(None), OfficeHolder.ends_at > now))
    rows = session.scalars(select(OfficeHolder.office).where(OfficeHolder.account_id == account_id, standing))
    return frozenset(Office(office) for office in rows)


def holdings_of(session: Session, account_id: int, now: datetime) -> tuple[Holding, ...]:
    """Own holdings first. Who stands in for somebody holds the same roles, but does not administer organizations."""
    absent = _stands_in_for(session, account_id, now)
    rows = session.execute(
        select(RoleBinding, Organization.path)
        .outerjoin(Organization, Organization.id == RoleBinding.organization_id)
        .where(
            RoleBinding.account_id.in_([account_id, *absent]),
            RoleBinding.starts_at <= now,
            or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now),
        )
        .order_by(RoleBinding.id)
    )
    held = [
        _holding(binding, path, account_id)
        for binding, path in rows
        if binding.account_id == account_id or binding.role_key != ADMINISTRATOR
    ]
    return tuple(sorted(held, key=lambda holding: holding.for_id is not None))


def _stands_in_for(session: Session, account_id: int, now: datetime) -> Sequence[int]:
    return session.scalars(
        select(Substitution.absent_id).where(
            Substitution.substitute_id == account_id,
            Substitution.starts_at <= now,
            Substitution.ends_at > now,
            Substitution.revoked_at.is_(None),
        )
    ).all()


def _holding(binding: RoleBinding, path: str | None, account_id: int) -> Holding:
    return Holding(
        role=binding.role_key,
        program_id=binding.program_id,
        round_id=binding.round_id,
        organization_id=binding.organization_id,
        organization_path=path,
        track=binding.track,
        for_id=None if binding.account_id == account_id else binding.account_id,
    )
