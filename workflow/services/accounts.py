"""Accounts: who they are, how they come to be, and who may still come in. `signing_in.py` is the door itself."""

import re
import secrets as random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState, OfficeHolder
from models.base import reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.queries import accounts as queries
from workflow.domain import identifiers
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import codes, evidence, outbox, passwords, sessions

_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{2,39}")
_TAKEN = {
    "login": Words("这个用户名已有人用"),
    "phone": Words("这个手机号已有账号"),
    "email": Words("这个邮箱已有账号"),
}
_APART = {Office.ACCOUNTS, Office.PERMISSIONS, Office.AUDIT}


@dataclass(frozen=True)
class Invited:
    """`token` opens the door once; it also went to the account's phone or e-mail, if it has one."""

    account_ref: str
    token: str


@dataclass(frozen=True)
class Addresses:
    """How an account is found at the door, normalised; at least one is there."""

    login: str | None = None
    phone: str | None = None
    email: str | None = None


def require(actor: Actor, permission: Permission) -> None:
    if not can(actor, permission):
        raise NotAllowed(Words("你没有办这件事的权限"))


# --- addresses


def addresses(login: str = "", phone: str = "", email: str = "") -> Addresses:
    """What was typed, normalised, or InvalidInput with a reason at each field."""
    reasons: list[Reason] = []
    found: dict[str, str | None] = {"login": None, "phone": None, "email": None}
    if login.strip():
        found["login"] = told = identifiers.tidy(login).lower()
        if not _LOGIN.fullmatch(told):
            reasons.append(Reason(Words("用户名用字母开头，3至40个字母、数字或 . _ -"), "login"))
    for field, typed, check in (("phone", phone, identifiers.mobile), ("email", email, identifiers.email)):
        if typed.strip():
            value = check(typed)
            if isinstance(value, Words):
                reasons.append(Reason(value, field))
            else:
                found[field] = value.lower()
    if not reasons and not any(found.values()):
        reasons.append(Reason(Words("用户名、手机号、邮箱至少填一样"), "login"))
    if reasons:
        raise InvalidInput(reasons)
    return Addresses(**found)


def address(typed: str) -> Addresses:
    """A phone number or an e-mail address, whichever it looks like."""
    return addresses(email=typed) if "@" in identifiers.tidy(typed) else addresses(phone=typed)


def refuse_taken(session: Session, wanted: Addresses, but: int | None = None) -> None:
    taken = queries.taken_addresses(session, wanted.login, wanted.phone, wanted.email, but)
    words = {
        "login": Words("这个用户名已有人用"),
        "phone": Words("这个手机号已有账号"),
        "email": Words("这个邮箱已有账号"),
    }
    if taken:
        raise InvalidInput([Reason(words[field], field) for field in taken])


def account_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not 1 <= len(name) <= 100:
        raise InvalidInput([Reason(Words("请写姓名，最长 100 个字"), "name")])
    return name


# --- making accounts


def invite(
    actor: Actor,
    now: datetime,
    name: str,
    *,
    login: str = "",
    phone: str = "",
    email: str = "",
    organization_ref: str | None = None,
    language: str = "zh",
) -> Invited:
    """A new account and a link by which its owner sets the password, good for seven days."""
    require(actor, Permission.ACCOUNT_MANAGE)
    wanted, told = addresses(login, phone, email), account_name(name)
    with writing() as session:
        organization = find_organization(session, organization_ref)
        account = new_account(session, told, wanted, now, organization)
        account.settings = {"language": language}
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_invited", actor, now)
        return Invited(account.ref, send_invitation(session, account, now))


def find_organization(session: Session, ref: str | None) -> int | None:
    if not ref:
        return None
    found = session.scalar(select(Organization.id).where(Organization.ref == ref, Organization.state == "standing"))
    if found is None:
        raise InvalidInput([Reason(Words("没有这个单位，请从列表里选"), "organization")])
    return found


def new_account(
    session: Session, name: str, wanted: Addresses, now: datetime, organization_id: int | None = None
) -> Account:
    """One row in the caller's transaction; a race for an address is refused like a taken one."""
    refuse_taken(session, wanted)
    account = Account(
        ref=random.token_urlsafe(12),
        login=wanted.login,
        phone=wanted.phone,
        email=wanted.email,
        name=name,
        state=AccountState.INVITED,
        organization_id=organization_id,
        settings={},
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise InvalidInput([Reason(Words("这个用户名、手机号或邮箱刚刚被人用了"), "login")]) from None
    return account


def send_invitation(session: Session, account: Account, now: datetime) -> str:
    token = codes.issue_link(session, "invite", now, account_id=account.id)
    outbox.post(
        session,
        "invitation",
        now,
        recipient_id=account.id,
        address=account.phone or account.email or account.login,
        language=language_of(account),
        params={"name": account.name},
        secret=token,
    )
    return token


def language_of(account: Account) -> str:
    return "en" if account.settings.get("language") == "en" else "zh"


def invite_again(actor: Actor, now: datetime, ref: str) -> Invited:
    """A fresh link; the old one dies. For an account with a password: it must be set anew, all sessions end."""
    require(actor, Permission.ACCOUNT_MANAGE)
    with writing() as session:
        account = find(session, ref)
        if account.state == AccountState.DISABLED:
            raise NotReady([Reason(Words("账号已停用，请先启用"))])
        account.state, account.password_hash = AccountState.INVITED, None
        sessions.end_all(session, account, now, "reset_by_office")
        codes.void_all(session, account.id, now)
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_invited", actor, now)
        return Invited(account.ref, send_invitation(session, account, now))


def create(
    actor: Actor, now: datetime, name: str, password: str, *, login: str = "", phone: str = "", email: str = ""
) -> str:
    """An account with a first password handed over by hand; it must be changed at the first sign-in. Its ref."""
    require(actor, Permission.ACCOUNT_MANAGE)
    wanted, told = addresses(login, phone, email), account_name(name)
    passwords.require_good(password, (wanted.login, wanted.phone, wanted.email))
    password_hash = passwords.hashed(password)
    with writing() as session:
        account = new_account(session, told, wanted, now)
        account.state, account.password_hash = AccountState.ACTIVE, password_hash
        account.password_at, account.must_change = now, True
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_created", actor, now)
        return account.ref


# --- changing them


def find(session: Session, ref: str) -> Account:
    account = session.scalars(select(Account).where(Account.ref == ref).with_for_update()).first()
    if account is None:
        raise NotFound
    return account


def change(
    actor: Actor,
    now: datetime,
    ref: str,
    name: str,
    *,
    login: str = "",
    phone: str = "",
    email: str = "",
    organization_ref: str | None = None,
) -> None:
    require(actor, Permission.ACCOUNT_MANAGE)
    wanted, told = addresses(login, phone, email), account_name(name)
    with writing() as session:
        account = find(session, ref)
        refuse_taken(session, wanted, but=account.id)
        organization = find_organization(session, organization_ref)
        before = (account.name, account.login, account.phone, account.email, account.organization_id)
        after = (told, wanted.login, wanted.phone, wanted.email, organization)
        account.name, account.login, account.phone, account.email, account.organization_id = after
        fields = ("name", "login", "phone", "email", "organization")
        changed = [field for field, old, new in zip(fields, before, after, strict=True) if old != new]
        if changed:
            body = {"changed": changed}
            evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_changed", actor, now, body=body)


def disable(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    """Out at once, everywhere. What the account holds stays written, for the day it comes back."""
    require(actor, Permission.ACCOUNT_MANAGE)
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写停用的原因"), "reason")])
    with writing() as session:
        account = find(session, ref)
        if account.id == actor.account_id:
            raise NotAllowed(Words("不能停用自己的账号"))
        if account.state == AccountState.DISABLED:
            raise NotReady([Reason(Words("账号已经是停用的"))])
        account.state = AccountState.DISABLED
        sessions.end_all(session, account, now, "disabled")
        codes.void_all(session, account.id, now)
        words = {"reason": reason.strip()}
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_disabled", actor, now, remarks=words)


def enable(actor: Actor, now: datetime, ref: str) -> None:
    require(actor, Permission.ACCOUNT_MANAGE)
    with writing() as session:
        account = find(session, ref)
        if account.state != AccountState.DISABLED:
            raise NotReady([Reason(Words("账号没有停用"))])
        account.state = AccountState.ACTIVE if account.password_hash else AccountState.INVITED
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_enabled", actor, now)


def set_preferences(actor: Actor, now: datetime, preferences: dict[str, Any]) -> None:
    """The reader's own: language, big text… Only keys with plain values are kept."""
    kept = {key: value for key, value in preferences.items() if isinstance(value, (str, bool, int))}
    with writing() as session:
        account = session.get(Account, actor.account_id)
        if account is None:
            raise NotFound
        account.settings = {**account.settings, **kept}


# --- offices


def grant_office(actor: Actor, now: datetime, ref: str, office: Office) -> None:
    """系统管理员、安全管理员、审计管理员 exclude each other and every role; one office per account."""
    require(actor, Permission.OFFICE_GRANT)
    with writing() as session:
        account = find(session, ref)
        if account.id == actor.account_id:
            raise NotAllowed(Words("不能给自己授权"))
        appoint(session, actor, now, account, office)


def appoint(session: Session, actor: Actor, now: datetime, account: Account, office: Office) -> None:
    held = session.scalar(
        select(OfficeHolder.office).where(OfficeHolder.account_id == account.id, OfficeHolder.ends_at.is_(None))
    )
    if held is not None:
        raise NotReady([Reason(Words("这个账号已有一个管理岗位，要先解除"))])
    if office in _APART and queries.holds_role(session, account.id, now):
        raise NotReady([Reason(Words("系统、安全、审计三个管理员不能兼任业务角色，请先解除他的业务角色"))])
    session.add(OfficeHolder(account_id=account.id, office=office, starts_at=now))
    body = {"office": office.value}
    evidence.tell(session, StreamKind.ACCOUNT, account.id, "office_granted", actor, now, body=body)


def end_office(actor: Actor, now: datetime, ref: str) -> None:
    """The last holder of an office cannot be taken away: nobody could appoint another."""
    require(actor, Permission.OFFICE_GRANT)
    with writing() as session:
        account = find(session, ref)
        held = session.scalars(
            select(OfficeHolder).where(OfficeHolder.account_id == account.id, OfficeHolder.ends_at.is_(None))
        ).first()
        if held is None:
            raise NotReady([Reason(Words("这个账号没有管理岗位"))])
        if queries.holders_of_office(session, held.office) <= 1:
            raise NotReady([Reason(Words("这是这个岗位的最后一人，请先授权给别人"))])
        held.ends_at = now
        body = {"office": held.office}
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "office_ended", actor, now, body=body)


def refuse_apart(session: Session, account_id: int) -> None:
    """Raises when the account holds one of the three offices that go with no role."""
    held = session.scalar(
        select(OfficeHolder.office).where(OfficeHolder.account_id == account_id, OfficeHolder.ends_at.is_(None))
    )
    if held in _APART:
        raise NotReady([Reason(Words("系统、安全、审计管理员不能兼任业务角色"))])


# --- lists


def listed(
    actor: Actor, term: str = "", state: str | None = None, after: int = 0, limit: int = 50
) -> Sequence[queries.AccountLine]:
    require(actor, Permission.ACCOUNT_MANAGE)
    with reading() as session:
        return queries.listed(session, term, state, after, limit)


def one(actor: Actor, ref: str) -> queries.AccountLine:
    if not (can(actor, Permission.ACCOUNT_MANAGE) or can(actor, Permission.OFFICE_GRANT)):
        raise NotFound
    with reading() as session:
        found = queries.by_ref(session, ref)
        if found is None:
            raise NotFound
        return found


def names_of(ids: Collection[int]) -> dict[int, str]:
    """For pages that show who did what to somebody who may read it; whoever asks has made sure of that."""
    with reading() as session:
        return queries.names(session, ids)
