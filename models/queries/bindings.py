"""Reads of who is bound to what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from models.accounts import Account, AccountState
from models.organizations import Organization
from models.roles import RoleBinding, Substitution
from workflow.domain.actor import ADMINISTRATOR


@dataclass(frozen=True)
class BindingLine:
    ref: str
    role: str
    account_id: int
    account_ref: str
    name: str
    organization: str | None  # where the role is held
    organization_ref: str | None
    through: str | None  # the organization the role was given to, if not to the person
    track: str | None
    of_this_round: bool
    starts_at: datetime
    ends_at: datetime | None
    can_come_in: bool


@dataclass(frozen=True)
class SubstitutionLine:
    ref: str
    absent: str
    substitute: str
    starts_at: datetime
    ends_at: datetime
    basis: str


def standing(now: datetime) -> ColumnElement[bool]:
    return or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now)


def bound(session: Session, program_id: int, round_id: int | None, now: datetime) -> list[BindingLine]:
    """Bindings that count in a round: its own and those of the whole program. None: those of the program alone."""
    here = RoleBinding.round_id.is_(None) if round_id is None else _counts_in(round_id)
    through = aliased(Organization)
    rows = session.execute(
        select(RoleBinding, Account, Organization.name, Organization.ref, through.name)
        .join(Account, Account.id == RoleBinding.account_id)
        .outerjoin(Organization, Organization.id == RoleBinding.organization_id)
        .outerjoin(through, through.id == RoleBinding.through_organization_id)
        .where(RoleBinding.program_id == program_id, here, standing(now))
        .order_by(RoleBinding.role_key, RoleBinding.id)
    )
    return [_line(*row) for row in rows]


def _counts_in(round_id: int) -> ColumnElement[bool]:
    return or_(RoleBinding.round_id.is_(None), RoleBinding.round_id == round_id)


def _line(
    binding: RoleBinding, account: Account, organization: str | None, ref: str | None, through: str | None
) -> BindingLine:
    return BindingLine(
        binding.ref,
        binding.role_key,
        account.id,
        account.ref,
        account.name,
        organization,
        ref,
        through,
        binding.track,
        binding.round_id is not None,
        binding.starts_at,
        binding.ends_at,
        account.state != AccountState.DISABLED,
    )


def administrators(session: Session, organizations: Iterable[int], now: datetime) -> list[tuple[int, int]]:
    """(organization, account) of everybody who administers one of these and may come in."""
    rows = session.execute(
        select(RoleBinding.organization_id, RoleBinding.account_id)
        .join(Account, Account.id == RoleBinding.account_id)
        .where(
            RoleBinding.role_key == ADMINISTRATOR,
            RoleBinding.organization_id.in_(list(organizations)),
            standing(now),
            Account.state != AccountState.DISABLED,
        )
        .order_by(RoleBinding.id)
    )
    return [(organization, account) for organization, account in rows if organization is not None]


def through(organization_id: int, now: datetime) -> Select[RoleBinding]:
    """Roles that were given to an organization and are held by its administrators."""
    return select(RoleBinding).where(RoleBinding.through_organization_id == organization_id, standing(now))


def substitutions(session: Session, accounts: Iterable[int] | None, now: datetime) -> Sequence[SubstitutionLine]:
    """Those that run or will; of everybody, or of these accounts on either side."""
    absent, substitute = aliased(Account), aliased(Account)
    wanted = (
        select(Substitution, absent.name, substitute.name)
        .join(absent, absent.id == Substitution.absent_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .where(Substitution.ends_at > now, Substitution.revoked_at.is_(None))
        .order_by(Substitution.starts_at, Substitution.id)
    )
    if accounts is not None:
        mine = list(accounts)
        wanted = wanted.where(or_(Substitution.absent_id.in_(mine), Substitution.substitute_id.in_(mine)))
    return [
        SubstitutionLine(row.ref, away, stands_in, row.starts_at, row.ends_at, row.basis)
        for row, away, stands_in in session.execute(wanted)
    ]
