"""Binding people and organizations to the roles of a program or a round; standing in for somebody.

A role given to an organization is held by each of its administrators and follows them.
"""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.base import reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.programs import Program, ProgramVersion
from models.queries import bindings as queries
from models.queries.accounts import spelled
from models.roles import RoleBinding, Substitution
from models.rounds import Round
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import conflicts, evidence
from workflow.services.accounts import refuse_apart
from workflow.services.programs import newest_version
from workflow.services.rulebooks import definition_of


@dataclass(frozen=True)
class Seat:
    """Where a role is held. `organization_id` covers all below it; `track` narrows to one track."""

    role: str
    program_id: int | None = None
    round_id: int | None = None
    organization_id: int | None = None
    track: str | None = None


@dataclass(frozen=True)
class Setting:
    """A round, or a whole program, on whose behalf roles are given."""

    program_id: int
    round_id: int | None
    definition: Definition


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be bound."""

    account_ref: str
    name: str
    organization: str | None
    login: str | None


# --- where


def open_setting(session: Session, actor: Actor, round_ref: str | None, program_ref: str | None) -> Setting:
    """The round, or the program, if the actor may bind roles there; otherwise it is not there."""
    setting = _setting(session, round_ref, program_ref)
    subject = RoundSubject(setting.program_id, setting.round_id, setting.definition.run_by)
    if not can(actor, Permission.ROLE_BIND, subject):
        raise NotFound
    return setting


def _setting(session: Session, round_ref: str | None, program_ref: str | None) -> Setting:
    if round_ref is not None:
        row = session.scalars(select(Round).where(Round.ref == round_ref)).first()
        if row is None:
            raise NotFound
        return Setting(row.program_id, row.id, definition_of(session.get_one(ProgramVersion, row.version_id)))
    program = session.scalars(select(Program).where(Program.ref == program_ref)).first()
    version = newest_version(session, program.id) if program else None
    if program is None or version is None:
        raise NotFound
    return Setting(program.id, None, definition_of(version))


def seat(session: Session, setting: Setting, role: str, organization_ref: str | None, track: str | None) -> Seat:
    """What was typed, checked against the program."""
    reasons = []
    known = setting.definition.roles.get(role)
    if known is None:
        reasons.append(Reason(Words("方案里没有角色“%(role)s”", role=role), "role"))
    if track and track not in setting.definition.tracks:
        reasons.append(Reason(Words("方案里没有类别“%(track)s”", track=track), "track"))
    organization = standing_organization(session, organization_ref) if organization_ref else None
    if organization_ref and organization is None:
        reasons.append(Reason(Words("没有这个单位，或者它还没有通过核对"), "organization"))
    if known is not None and known.of is not None and not organization_ref:
        reasons.append(
            Reason(Words("“%(role)s”由申报里的单位出人，请写明是哪个单位的", role=known.name), "organization")
        )
    if reasons:
        raise InvalidInput(reasons)
    return Seat(role, setting.program_id, setting.round_id, organization.id if organization else None, track or None)


def standing_organization(session: Session, ref: str) -> Organization | None:
    return session.scalars(
        select(Organization).where(Organization.ref == ref, Organization.state == "standing")
    ).first()


# --- binding


def bind(
    actor: Actor,
    now: datetime,
    role: str,
    account_refs: Sequence[str],
    *,
    round_ref: str | None = None,
    program_ref: str | None = None,
    organization_ref: str | None = None,
    track: str | None = None,
    ends_at: datetime | None = None,
    basis: str = "",
) -> int:
    """Give a role to people. Who has it already keeps it; how many are new."""
    with writing() as session:
        setting = open_setting(session, actor, round_ref, program_ref)
        place = seat(session, setting, role, organization_ref, track)
        accounts = [_account(session, ref) for ref in account_refs]
        if not accounts:
            raise InvalidInput([Reason(Words("请选至少一个人"), "accounts")])
        return sum(give(session, actor, now, account.id, place, ends_at=ends_at, basis=basis) for account in accounts)


def bind_organization(
    actor: Actor,
    now: datetime,
    role: str,
    through_ref: str,
    *,
    round_ref: str | None = None,
    program_ref: str | None = None,
    track: str | None = None,
    basis: str = "",
) -> int:
    """Give a role to an organization: its administrators hold it, now and after a handover."""
    with writing() as session:
        setting = open_setting(session, actor, round_ref, program_ref)
        organization = standing_organization(session, through_ref)
        if organization is None:
            raise InvalidInput([Reason(Words("没有这个单位，或者它还没有通过核对"), "organization")])
        held_by = [account for _, account in queries.administrators(session, [organization.id], now)]
        if not held_by:
            words = Words("“%(organization)s”还没有管理员，请先指定", organization=organization.name)
            raise InvalidInput([Reason(words, "organization")])
        known = setting.definition.roles.get(role)
        place = seat(session, setting, role, through_ref if known is not None and known.of is not None else None, track)
        return sum(
            give(session, actor, now, account, place, through_id=organization.id, basis=basis) for account in held_by
        )


def _account(session: Session, ref: str) -> Account:
    found = session.scalars(select(Account).where(Account.ref == ref)).first()
    if found is None or found.state == AccountState.DISABLED:
        raise InvalidInput([Reason(Words("没有这个账号，或者它已停用"), "accounts")])
    return found


def give(
    session: Session,
    actor: Actor,
    now: datetime,
    account_id: int,
    place: Seat,
    *,
    through_id: int | None = None,
    ends_at: datetime | None = None,
    basis: str = "",
) -> bool:
    """One binding in the caller's transaction; False when the very same one stands already."""
    refuse_apart(session, account_id)
    identity = _identity(account_id, place, through_id)
    standing = session.scalars(
        select(RoleBinding.id).where(
            RoleBinding.identity == identity, or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now)
        )
    ).first()
    if standing is not None:
        return False
    binding = RoleBinding(
        ref=random.token_urlsafe(12),
        identity=identity,
        account_id=account_id,
        role_key=place.role,
        program_id=place.program_id,
        round_id=place.round_id,
        organization_id=place.organization_id,
        track=place.track,
        through_organization_id=through_id,
        starts_at=now,
        ends_at=ends_at,
        basis=basis.strip()[:200],
    )
    try:
        with session.begin_nested():
            session.add(binding)
    except IntegrityError:
        return False  # somebody else gave it at the same moment
    _tell(session, actor, now, "role_bound", binding)
    if place.program_id is not None:
        conflicts.note_binding(session, [account_id], place.program_id, place.round_id, now)
    return True


def _identity(account_id: int, place: Seat, through_id: int | None) -> str:
    parts = (place.program_id, place.round_id, place.role, place.organization_id, place.track, account_id, through_id)
    return ":".join("" if part is None else str(part) for part in parts)


def take(session: Session, actor: Actor, now: datetime, binding: RoleBinding) -> None:
    """End one binding in the caller's transaction; what was done under it stays done."""
    binding.ends_at = max(now, binding.starts_at)
    _tell(session, actor, now, "role_ended", binding)


def _tell(session: Session, actor: Actor, now: datetime, what: str, binding: RoleBinding) -> None:
    body = {
        "binding": binding.id,
        "role": binding.role_key,
        "account": binding.account_id,
        "organization": binding.organization_id,
        "track": binding.track,
        "through": binding.through_organization_id,
    }
    kind, subject = StreamKind.ORGANIZATION, binding.organization_id
    if binding.round_id is not None:
        kind, subject = StreamKind.ROUND, binding.round_id
    elif binding.program_id is not None:
        kind, subject = StreamKind.PROGRAM, binding.program_id
    evidence.tell(session, kind, subject or 0, what, actor, now, body=body)


def end(actor: Actor, now: datetime, binding_ref: str) -> None:
    with writing() as session:
        binding = session.scalars(
            select(RoleBinding).where(RoleBinding.ref == binding_ref, RoleBinding.role_key != ADMINISTRATOR)
        ).first()
        if binding is None or binding.program_id is None:
            raise NotFound
        run_by = _run_by(session, binding)
        if not can(actor, Permission.ROLE_BIND, RoundSubject(binding.program_id, binding.round_id, run_by)):
            raise NotFound
        if binding.ends_at is not None and binding.ends_at <= now:
            raise NotReady([Reason(Words("这个角色已经解除了"))])
        take(session, actor, now, binding)


def _run_by(session: Session, binding: RoleBinding) -> str:
    round_ = session.get(Round, binding.round_id) if binding.round_id else None
    version = (
        session.get(ProgramVersion, round_.version_id) if round_ else newest_version(session, binding.program_id or 0)
    )
    if version is None:
        raise NotFound
    return definition_of(version).run_by


# --- reads for the page


def bound(
    actor: Actor, now: datetime, *, round_ref: str | None = None, program_ref: str | None = None
) -> list[queries.BindingLine]:
    with reading() as session:
        setting = open_setting(session, actor, round_ref, program_ref)
        return queries.bound(session, setting.program_id, setting.round_id, now)


def candidates(actor: Actor, term: str, *, round_ref: str | None = None, limit: int = 20) -> list[Candidate]:
    """Accounts by the beginning of their name, its pinyin or their user name, or by a whole number or address."""
    with reading() as session:
        open_setting(session, actor, round_ref, None)
        typed = term.strip()
        if not typed:
            return []
        rows = session.execute(
            select(Account, Organization.name)
            .outerjoin(Organization, Organization.id == Account.organization_id)
            .where(
                Account.state != AccountState.DISABLED,
                or_(
                    Account.name.startswith(typed, autoescape=True),
                    Account.login.startswith(typed.lower(), autoescape=True),
                    Account.phone == typed,
                    Account.email == typed.lower(),
                    Account.id.in_(spelled(session, typed, limit)),
                ),
            )
            .order_by(Account.name, Account.id)
            .limit(limit)
        ).all()
    return [Candidate(account.ref, account.name, organization, account.login) for account, organization in rows]


# --- standing in


def substitute(
    actor: Actor,
    now: datetime,
    absent_ref: str,
    substitute_ref: str,
    starts_at: datetime,
    ends_at: datetime,
    basis: str = "",
) -> str:
    """Said by the absent person, or by the office that gives roles. Every act then names both. Its ref."""
    with writing() as session:
        absent, stands_in = _account(session, absent_ref), _account(session, substitute_ref)
        if actor.account_id != absent.id and not can(actor, Permission.OFFICE_GRANT):
            raise NotAllowed(Words("请本人或安全管理员来设代理"))
        if absent.id == stands_in.id:
            raise InvalidInput([Reason(Words("不能由自己代理自己"), "substitute")])
        if ends_at <= starts_at or ends_at <= now:
            raise InvalidInput([Reason(Words("结束要在开始之后，并且还没有过去"), "ends_at")])
        refuse_apart(session, stands_in.id)
        row = Substitution(
            ref=random.token_urlsafe(12),
            absent_id=absent.id,
            substitute_id=stands_in.id,
            starts_at=starts_at,
            ends_at=ends_at,
            basis=basis.strip()[:200],
        )
        session.add(row)
        session.flush()
        body = {"substitution": row.id, "substitute": stands_in.id}
        evidence.tell(session, StreamKind.ACCOUNT, absent.id, "substitution_set", actor, now, body=body)
        return row.ref


def revoke_substitution(actor: Actor, now: datetime, ref: str) -> None:
    with writing() as session:
        row = session.scalars(select(Substitution).where(Substitution.ref == ref)).first()
        mine = row is not None and actor.account_id in (row.absent_id, row.substitute_id)
        if row is None or not (mine or can(actor, Permission.OFFICE_GRANT)):
            raise NotFound
        if row.revoked_at is not None or row.ends_at <= now:
            raise NotReady([Reason(Words("这个代理已经结束了"))])
        row.revoked_at = now
        body = {"substitution": row.id}
        evidence.tell(session, StreamKind.ACCOUNT, row.absent_id, "substitution_revoked", actor, now, body=body)


def substitutions(actor: Actor, now: datetime) -> Sequence[queries.SubstitutionLine]:
    """One's own, or everybody's for the office that gives roles."""
    everybody = can(actor, Permission.OFFICE_GRANT)
    with reading() as session:
        return queries.substitutions(session, None if everybody else [actor.account_id or 0], now)
