"""Signed-in browsers: random tokens kept as digests, ended by time, by their owner, or all at once by the epoch."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import Account, AccountState, WebSession
from models.base import ask, reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.queries.holdings import holdings_of, offices_of
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.services import evidence

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(seconds=60)
_AT_THE_DOOR = (
    select(
        WebSession.id,
        WebSession.ref,
        WebSession.ended_at,
        WebSession.epoch,
        WebSession.last_seen_at,
        WebSession.created_at,
        Account.id.label("account_id"),
        Account.ref.label("account_ref"),
        Account.state,
        Account.session_epoch,
        Account.person_id,
        Account.organization_id,
        Account.name,
        Account.must_change,
        Account.settings,
        Organization.name.label("place"),
    )
    .join(Account, Account.id == WebSession.account_id)
    .outerjoin(Organization, Organization.id == Account.organization_id)
    .where(WebSession.digest == bindparam("digest"))
)


@dataclass(frozen=True)
class Present:
    """Who stands at the door: what a page needs of them, and the Actor that services ask for."""

    actor: Actor
    account_ref: str
    session_ref: str
    name: str
    place: str
    must_change: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class OpenSession:
    ref: str
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


def start(session: Session, account: Account, now: datetime, address: str, agent: str, replacing: str | None) -> str:
    """A fresh token, inside the caller's transaction; the token the browser came with, if any, dies."""
    if replacing:
        _end(session, now, "replaced", WebSession.digest == _digest(replacing))
    token = random.token_urlsafe(32)
    row = WebSession(
        ref=random.token_urlsafe(12),
        digest=_digest(token),
        account_id=account.id,
        epoch=account.session_epoch,
        address=address[:64],
        agent=agent[:200],
        created_at=now,
        last_seen_at=now,
    )
    session.add(row)
    session.flush()
    who = Actor("account", account.id)
    evidence.tell(session, StreamKind.ACCOUNT, account.id, "signed_in", who, now, body={"session": row.id})
    return token


def _digest(token: str) -> str:
    return secrets.digest("session", token)


def present(token: str, now: datetime) -> Present | None:
    """Who this token stands for now; None when it has ended. Notes at most once a minute that it was seen."""
    with reading() as session:
        row = ask(session, _AT_THE_DOOR, digest=_digest(token)).first()
        if row is None or not _lives(row, row, now):
            return None
        actor = _actor(session, row.account_id, row.person_id, row.organization_id, now)
    if now - row.last_seen_at >= NOTED_EVERY:
        _note_seen(row.id, now)
    return Present(actor, row.account_ref, row.ref, row.name, row.place or "", row.must_change, row.settings)


def _lives(found: WebSession | Row[Any], account: Account | Row[Any], now: datetime) -> bool:
    return bool(
        found.ended_at is None
        and found.epoch == account.session_epoch
        and account.state == AccountState.ACTIVE
        and now - found.last_seen_at < IDLE
        and now - found.created_at < LONGEST
    )


def _actor(session: Session, account_id: int, person: int | None, organization: int | None, now: datetime) -> Actor:
    return Actor(
        "account",
        account_id,
        person_id=person,
        organization_id=organization,
        holdings=holdings_of(session, account_id, now),
        offices=offices_of(session, account_id, now),
    )


def _note_seen(session_id: int, now: datetime) -> None:
    with writing() as session:
        session.execute(
            update(WebSession)
            .where(WebSession.id == session_id, WebSession.last_seen_at < now)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )


def actor_of(account_id: int, now: datetime) -> Actor:
    """The actor that this account would be now, for commands and the clock."""
    with reading() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise NotFound
        return _actor(session, account.id, account.person_id, account.organization_id, now)


# --- ending


def sign_out(token: str, now: datetime) -> None:
    """Ends this browser's session; a token that is dead already changes nothing."""
    with writing() as session:
        _end(session, now, "signed_out", WebSession.digest == _digest(token))


def open_sessions(actor: Actor, token: str, now: datetime) -> list[OpenSession]:
    """The actor's own, the newest first."""
    with reading() as session:
        account = session.get(Account, actor.account_id)
        rows = session.scalars(
            select(WebSession)
            .where(WebSession.account_id == actor.account_id, WebSession.ended_at.is_(None))
            .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
        )
        alive = [row for row in rows if account is not None and _lives(row, account, now)]
    here = _digest(token)
    return [
        OpenSession(row.ref, row.agent, row.address, row.created_at, row.last_seen_at, row.digest == here)
        for row in alive
    ]


def end_one(actor: Actor, ref: str, now: datetime) -> None:
    with writing() as session:
        mine = (WebSession.account_id == actor.account_id, WebSession.ref == ref)
        if not _end(session, now, "ended_by_owner", *mine):
            raise NotFound


def end_others(actor: Actor, token: str, now: datetime) -> int:
    """How many were ended."""
    with writing() as session:
        others = (WebSession.account_id == actor.account_id, WebSession.digest != _digest(token))
        return _end(session, now, "ended_by_owner", *others)


def end_all(session: Session, account: Account, now: datetime, why: str) -> None:
    """Every session of the account, in the caller's transaction; also any that is being opened meanwhile."""
    account.session_epoch += 1
    _end(session, now, why, WebSession.account_id == account.id)


def _end(session: Session, now: datetime, why: str, *which: Any) -> int:
    alive = session.execute(
        select(WebSession.id, WebSession.account_id).where(WebSession.ended_at.is_(None), *which).with_for_update()
    ).all()
    for session_id, account_id in alive:
        session.execute(
            update(WebSession)
            .where(WebSession.id == session_id)
            .values(ended_at=now, end_reason=why)
            .execution_options(synchronize_session=False)
        )
        body = {"session": session_id, "why": why}
        who = Actor("account", account_id)
        evidence.tell(session, StreamKind.ACCOUNT, account_id, "session_ended", who, now, body=body)
    return len(alive)
