"""A small house of people for service tests: accounts that can act, without surprises."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from models.accounts import Account, AccountState, OfficeHolder
from models.base import reading, writing
from workflow.domain.actor import Actor, Office
from workflow.services import outbox, passwords, sessions
from workflow.services.signing_in import Here

PASSWORD = "Silk-thread-42"
HERE = Here("10.0.0.1", "Firefox")


def account(now: datetime, login: str, *, office: Office | None = None, name: str = "王芳", **columns: object) -> Actor:
    """An active account with PASSWORD, as the actor it is."""
    with writing() as session:
        made = Account(
            ref=secrets.token_urlsafe(12),
            login=login,
            name=name,
            state=AccountState.ACTIVE,
            password_hash=passwords.hashed(PASSWORD),
            settings={},
            created_at=now,
            **columns,
        )
        session.add(made)
        session.flush()
        if office is not None:
            session.add(OfficeHolder(account_id=made.id, office=office, starts_at=now))
        account_id = made.id
    return sessions.actor_of(account_id, now)


def ref_of(actor: Actor) -> str:
    with reading() as session:
        found = session.get(Account, actor.account_id)
        assert found
        return found.ref


@dataclass(frozen=True)
class Officers:
    accounts: Actor
    permissions: Actor
    audit: Actor
    programs: Actor


def officers(now: datetime) -> Officers:
    return Officers(
        account(now, "sys", office=Office.ACCOUNTS),
        account(now, "sec", office=Office.PERMISSIONS),
        account(now, "aud", office=Office.AUDIT),
        account(now, "pro", office=Office.PROGRAMS),
    )


def last_secret(now: datetime, kind: str) -> str:
    """The code or token that was sent last."""
    return next(one.secret for one in outbox.caught(now) if one.kind == kind and one.secret)
