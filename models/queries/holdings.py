"""What one account holds at one moment: its own bindings, those it stands in for, and its offices."""

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from models.accounts import OfficeHolder
from models.base import Instant, Key, ask
from models.organizations import Organization
from models.roles import RoleBinding, Substitution
from workflow.domain.actor import ADMINISTRATOR, Holding, Office

_ME, _NOW = bindparam("account_id", type_=Key), bindparam("now", type_=Instant())
_OFFICES = select(OfficeHolder.office).where(
    OfficeHolder.account_id == _ME,
    OfficeHolder.starts_at <= _NOW,
    or_(OfficeHolder.ends_at.is_(None), OfficeHolder.ends_at > _NOW),
)
_ABSENT = select(Substitution.absent_id).where(
    Substitution.substitute_id == _ME,
    Substitution.starts_at <= _NOW,
    Substitution.ends_at > _NOW,
    Substitution.revoked_at.is_(None),
)
_HELD = (
    select(
        RoleBinding.role_key,
        RoleBinding.program_id,
        RoleBinding.round_id,
        RoleBinding.organization_id,
        Organization.path,
        RoleBinding.track,
        RoleBinding.account_id,
    )
    .outerjoin(Organization, Organization.id == RoleBinding.organization_id)
    .where(
        RoleBinding.account_id.in_(union_all(select(_ME), _ABSENT)),
        or_(RoleBinding.account_id == _ME, RoleBinding.role_key != ADMINISTRATOR),
        and_(RoleBinding.starts_at <= _NOW, or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > _NOW)),
    )
    .order_by(RoleBinding.account_id != _ME, RoleBinding.id)
)


def offices_of(session: Session, account_id: int, now: datetime) -> frozenset[Office]:
    return frozenset(Office(office) for (office,) in ask(session, _OFFICES, account_id=account_id, now=now))


def holdings_of(session: Session, account_id: int, now: datetime) -> tuple[Holding, ...]:
    """Own holdings first. Who stands in for somebody holds the same roles, but does not administer organizations."""
    rows = ask(session, _HELD, account_id=account_id, now=now).all()
    return tuple(
        Holding(role, program, round_, organization, path, track, None if holder == account_id else holder)
        for role, program, round_, organization, path, track, holder in rows
    )
