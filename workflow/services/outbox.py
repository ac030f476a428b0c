"""Messages leave through one table, written in the transaction of the fact that caused them.

Codes and links are sealed at rest. A page of the demonstration shows them, where nothing leaves the machine.
"""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import Account
from models.base import reading
from models.messages import Message
from models.secrets import Place, Unreadable
from workflow.domain import envelopes


@dataclass(frozen=True)
class Caught:
    """One message as the catcher page shows it."""

    kind: str
    address: str
    params: Mapping[str, Any]
    secret: str | None
    at: datetime


def post(
    session: Session,
    kind: str,
    now: datetime,
    *,
    recipient_id: int | None = None,
    address: str | None = None,
    language: str = "zh",
    params: Mapping[str, Any] | None = None,
    secret: str | None = None,
    application_id: int | None = None,
    event_seq: int | None = None,
    about_at: datetime | None = None,
    once: str | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Write one message. The same `once` a second time writes nothing."""
    if once is not None and session.scalar(select(Message.id).where(Message.once == once)):
        return
    ref = random.token_urlsafe(12)
    session.add(
        Message(
            ref=ref,
            once=once,
            kind=kind,
            recipient_id=recipient_id,
            address=address,
            application_id=application_id,
            event_seq=event_seq,
            about_at=about_at,
            language=language,
            params=dict(params or {}),
            secret=secrets.seal(secret, Place("message", ref, "secret")) if secret is not None else None,
            created_at=now,
            visible_at=now + after,
            urgent=kind in envelopes.PRESSING,
            leaves_at=envelopes.leaves_at(kind, now + after),
            state="waiting",
        )
    )


def cancel(session: Session, application_id: int, from_seq: int) -> None:
    """Take back what the undone events of a case had caused."""
    session.execute(
        update(Message)
        .where(Message.application_id == application_id, Message.event_seq >= from_seq)
        .values(state="cancelled")
    )


def caught(now: datetime, limit: int = 50) -> list[Caught]:
    """The newest messages, with their codes and links: never to be shown in production."""
    with reading() as session:
        rows = session.execute(
            select(Message, Account)
            .outerjoin(Account, Account.id == Message.recipient_id)
            .where(Message.state.in_(("waiting", "packed")), Message.visible_at <= now)
            .order_by(Message.visible_at.desc(), Message.id.desc())
            .limit(limit)
        ).all()
    return [
        Caught(message.kind, _address(message, account), message.params, secret_of(message), message.visible_at)
        for message, account in rows
    ]


def _address(message: Message, account: Account | None) -> str:
    if message.address or account is None:
        return message.address or ""
    return account.phone or account.email or account.login or ""


def secret_of(message: Message) -> str | None:
    if message.secret is None:
        return None
    try:
        return secrets.unseal(message.secret, Place("message", message.ref, "secret"))
    except Unreadable:
        return None
