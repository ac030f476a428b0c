"""What the offices see of each other and of accounts: who holds which office, which browsers an account has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState, OfficeHolder, WebSession
from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import accounts as queries
from workflow.domain import identifiers
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import accounts, evidence, sessions

NAMES = {
    Office.ACCOUNTS: Words("系统管理员"),
    Office.PERMISSIONS: Words("安全管理员"),
    Office.AUDIT: Words("审计管理员"),
    Office.PROGRAMS: Words("方案管理员"),
}
DUTIES = {
    Office.ACCOUNTS: Words("建账号、管单位，看不到业务数据和办理记录"),
    Office.PERMISSIONS: Words("授予和解除岗位、角色，设代理，不办业务"),
    Office.AUDIT: Words("只读办理记录和敏感查看，核验链条，什么也不能改"),
    Office.PROGRAMS: Words("发布方案、开批次、绑定角色、导入名单"),
}


@dataclass(frozen=True)
class Held:
    office: Office
    account_ref: str
    name: str
    login: str | None
    state: str
    since: datetime


@dataclass(frozen=True)
class Colleague:
    ref: str
    name: str


def held(actor: Actor) -> list[Held]:
    """Who holds which office now."""
    accounts.require(actor, Permission.OFFICE_GRANT)
    with reading() as session:
        rows = session.execute(
            select(OfficeHolder, Account)
            .join(Account, Account.id == OfficeHolder.account_id)
            .where(OfficeHolder.ends_at.is_(None))
            .order_by(OfficeHolder.office, OfficeHolder.id)
        )
        return [Held(Office(row.office), who.ref, who.name, who.login, who.state, row.starts_at) for row, who in rows]


def candidates(actor: Actor, term: str, limit: int = 20) -> Sequence[queries.AccountLine]:
    """Accounts to whom an office may be given: by name, user name, phone or e-mail."""
    accounts.require(actor, Permission.OFFICE_GRANT)
    if not term.strip():
        return ()
    with reading() as session:
        found = queries.listed(session, term, None, 0, limit)
    return [line for line in found if line.state != AccountState.DISABLED]


def colleague(actor: Actor, typed: str, where: str) -> Colleague:
    """The account of a whole user name, phone number or e-mail address: nobody browses accounts this way."""
    if not (actor.holdings or actor.offices):
        raise NotAllowed(Words("你没有办这件事的权限"))
    told = identifiers.tidy(typed).lower()
    number = identifiers.mobile(told)
    with reading() as session:
        found = queries.by_address(session, number if isinstance(number, str) else told) if told else None
    if found is None or found.state == AccountState.DISABLED:
        words = Words("没有这个账号，或者它已停用。请写完整的用户名、手机号或邮箱；还没有账号的，先请系统管理员邀请")
        raise InvalidInput([Reason(words, where)])
    return Colleague(found.ref, found.name)


def own_ref(actor: Actor) -> str:
    with reading() as session:
        account = session.get(Account, actor.account_id or 0)
        if account is None:
            raise NotFound
        return account.ref


# --- sessions of an account


def open_sessions(actor: Actor, ref: str, now: datetime) -> int:
    """How many browsers are signed in; which they are is the owner's to see."""
    accounts.require(actor, Permission.ACCOUNT_MANAGE)
    with reading() as session:
        account = _account(session, ref)
        alive = session.scalars(
            select(WebSession).where(WebSession.account_id == account.id, WebSession.ended_at.is_(None))
        )
        return sum(1 for row in alive if row.epoch == account.session_epoch and now - row.last_seen_at < sessions.IDLE)


def end_sessions(actor: Actor, ref: str, now: datetime) -> None:
    """Out everywhere at once; the account itself stays as it is."""
    accounts.require(actor, Permission.ACCOUNT_MANAGE)
    with writing() as session:
        account = accounts.find(session, ref)
        sessions.end_all(session, account, now, "ended_by_office")
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "sessions_ended", actor, now)


def _account(session: Session, ref: str) -> Account:
    found = session.scalars(select(Account).where(Account.ref == ref)).first()
    if found is None:
        raise NotFound
    return found
