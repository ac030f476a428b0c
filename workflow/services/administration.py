"""Who speaks for an organization, and the numbers known of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.base import writing
from models.evidence import StreamKind
from models.organizations import Organization, OrganizationFact, OrganizationState
from models.queries import bindings
from models.roles import RoleBinding
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.policy import OrganizationSubject, Permission, can
from workflow.domain.words import Words
from workflow.services import evidence, roles
from workflow.services.organizations import locked
from workflow.services.roles import Seat


def appoint(actor: Actor, now: datetime, ref: str, account_ref: str, basis: str = "") -> None:
    """Somebody more who speaks for the organization. By the office, or by who does so already."""
    with writing() as session:
        row = _managed(session, actor, ref)
        account = _able(session, account_ref)
        if not give_administration(session, actor, now, row, account.id, basis):
            raise NotReady([Reason(Words("他已经是这个单位的管理员"))])


def give_administration(
    session: Session, actor: Actor, now: datetime, row: Organization, account_id: int, basis: str = ""
) -> bool:
    """With every role that was given to the organization; in the caller's transaction."""
    seat = Seat(ADMINISTRATOR, organization_id=row.id)
    if not roles.give(session, actor, now, account_id, seat, basis=basis):
        return False
    for held in session.scalars(bindings.through(row.id, now)).all():
        seat = Seat(held.role_key, held.program_id, held.round_id, held.organization_id, held.track)
        roles.give(session, actor, now, account_id, seat, through_id=row.id, ends_at=held.ends_at, basis=held.basis)
    return True


def hand_over(actor: Actor, now: datetime, ref: str, from_ref: str, to_ref: str, basis: str) -> None:
    """One administrator goes, another comes, in one step, so that the organization is never without."""
    if not basis.strip():
        raise InvalidInput([Reason(Words("请写移交的依据"), "basis")])
    with writing() as session:
        row = _managed(session, actor, ref)
        leaving, coming = _account(session, from_ref), _able(session, to_ref)
        if leaving.id == coming.id:
            raise InvalidInput([Reason(Words("要移交给另一个人"), "account")])
        held = _administration(session, row.id, leaving.id, now)
        give_administration(session, actor, now, row, coming.id, basis)
        _leave(session, actor, now, row, held)


def dismiss(actor: Actor, now: datetime, ref: str, account_ref: str) -> None:
    """One of several; the last one must hand over instead."""
    with writing() as session:
        row = _managed(session, actor, ref)
        held = _administration(session, row.id, _account(session, account_ref).id, now)
        if len(bindings.administrators(session, [row.id], now)) <= 1:
            raise NotReady([Reason(Words("这是最后一位管理员，请改用移交"))])
        _leave(session, actor, now, row, held)


def _leave(session: Session, actor: Actor, now: datetime, row: Organization, held: RoleBinding) -> None:
    roles.take(session, actor, now, held)
    for given in session.scalars(bindings.through(row.id, now).where(RoleBinding.account_id == held.account_id)).all():
        roles.take(session, actor, now, given)


def _administration(session: Session, organization_id: int, account_id: int, now: datetime) -> RoleBinding:
    held = session.scalars(
        select(RoleBinding).where(
            RoleBinding.role_key == ADMINISTRATOR,
            RoleBinding.organization_id == organization_id,
            RoleBinding.account_id == account_id,
            bindings.standing(now),
        )
    ).first()
    if held is None:
        raise NotReady([Reason(Words("他不是这个单位的管理员"))])
    return held


def _managed(session: Session, actor: Actor, ref: str) -> Organization:
    row = locked(session, ref)
    if not can(actor, Permission.ORGANIZATION_MANAGE, OrganizationSubject(row.id, row.path)):
        raise NotFound
    if row.state != OrganizationState.STANDING:
        raise NotReady([Reason(Words("这个单位还没有通过核对，或者已经停用"))])
    return row


def _account(session: Session, ref: str) -> Account:
    found = session.scalars(select(Account).where(Account.ref == ref)).first()
    if found is None:
        raise InvalidInput([Reason(Words("没有这个账号"), "account")])
    return found


def _able(session: Session, ref: str) -> Account:
    found = _account(session, ref)
    if found.state == AccountState.DISABLED:
        raise InvalidInput([Reason(Words("这个账号已停用"), "account")])
    return found


# --- facts


def record_fact(actor: Actor, now: datetime, ref: str, name: str, value: int, as_of: date, source: str) -> None:
    """A number with its date and source, such as staff or graduates; a newer date replaces it."""
    reasons = []
    if not 0 <= value <= 10_000_000:
        reasons.append(Reason(Words("人数要是 0 到 1000 万之间的整数"), "value"))
    if as_of > local_day(now):
        reasons.append(Reason(Words("统计日期不能在今天以后"), "as_of"))
    if not source.strip():
        reasons.append(Reason(Words("请写数据来源"), "source"))
    if reasons:
        raise InvalidInput(reasons)
    with writing() as session:
        write_fact(session, actor, now, _managed(session, actor, ref), name, value, as_of, source)


def write_fact(
    session: Session,
    actor: Actor,
    now: datetime,
    row: Organization,
    name: str,
    value: int,
    as_of: date,
    source: str,
) -> None:
    session.add(
        OrganizationFact(
            organization_id=row.id,
            name=name,
            value=value,
            as_of=as_of,
            source=source.strip()[:200],
            recorded_by=actor.account_id,
            recorded_at=now,
        )
    )
    body = {"fact": name, "value": value, "as_of": as_of.isoformat()}
    evidence.tell(session, StreamKind.ORGANIZATION, row.id, "fact_recorded", actor, now, body=body)
