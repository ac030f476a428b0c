"""From messages to envelopes: one digest for each person and day, what presses alone, codes and links to their address.

`key` names an envelope for ever, so that two packers make one of it; a message is packed once, in the transaction that
makes its envelopes.
"""

import secrets as random
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.base import literal_state, reading, writing
from models.deliveries import Delivery, DeliveryItem
from models.messages import Message
from workflow import channels
from workflow.domain import envelopes
from workflow.domain.calendar import local_day
from workflow.services.rulebooks import calendar_of

AT_ONCE = 200
_UNOPENED = 0


def pack(now: datetime, *, digests: bool = True) -> int:
    """How many envelopes were made. Without `digests`, only of what goes alone: more may still come for today's."""
    made = 0
    for message in _alone(now):
        made += _pack_alone(message, now)
    if digests:
        for account in _accounts(now):
            made += _pack_digest(account, now)
    return made


def _leaving(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Message.state == literal_state("waiting"), Message.leaves_at <= now)


def _goes_alone() -> ColumnElement[bool]:
    return Message.urgent | Message.address.is_not(None)


def _alone(now: datetime) -> Sequence[int]:
    with reading() as session:
        wanted = select(Message.id).where(*_leaving(now), _goes_alone())
        return session.scalars(wanted.order_by(Message.leaves_at, Message.id).limit(AT_ONCE)).all()


def _accounts(now: datetime) -> Sequence[int]:
    with reading() as session:
        wanted = select(Message.recipient_id).where(*_leaving(now), ~_goes_alone())
        return [number for number in session.scalars(wanted.distinct().limit(AT_ONCE)) if number is not None]


# -- alone -------------------------------------------------------------------------------------------------------------
def _pack_alone(number: int, now: datetime) -> int:
    with writing() as session:
        wanted = select(Message).where(Message.id == number, *_leaving(now))
        message = session.scalar(wanted.with_for_update(skip_locked=True))
        if message is None:
            return 0
        message.state = "packed"
        account = session.get(Account, message.recipient_id) if message.recipient_id is not None else None
        return sum(
            _put_in(session, _envelope(session, f"m:{message.id}:{way}", way, account, message.address, now), [message])
            for way in _ways(message, account)
        )


def _ways(message: Message, account: Account | None) -> Sequence[str]:
    if message.address is not None:
        way = envelopes.way_to(message.address)
        return [way] if way in channels.offered() and way is not None else []
    return envelopes.ways(True, _reachable(account))


def _reachable(account: Account | None) -> list[str]:
    """The channels that are there and lead to somebody who can sign in."""
    if account is None or account.state != AccountState.ACTIVE:
        return []
    known = {envelopes.EMAIL: account.email, envelopes.SMS: account.phone}
    return [way for way in channels.offered() if known.get(way)]


# -- the day's digest --------------------------------------------------------------------------------------------------
def _pack_digest(account_id: int, now: datetime) -> int:
    with writing() as session:
        locked = select(Account).where(Account.id == account_id)
        account = session.scalar(locked.with_for_update(skip_locked=True, key_share=True))
        if account is None:  # somebody else packs theirs
            return 0
        wanted = select(Message).where(
            *_leaving(now),
            Message.recipient_id == account_id,
            ~_goes_alone(),
        )
        messages = session.scalars(wanted.order_by(Message.visible_at, Message.id).with_for_update()).all()
        ways = envelopes.ways(False, _reachable(account))
        if not messages:
            return 0
        if not ways:
            return _stay(messages)
        calendar, today = calendar_of(session), local_day(now)
        key = f"d:{account_id}:{ways[0]}:{today.isoformat()}"
        works = calendar.is_working(today)
        envelope = None
        if envelopes.goes_today((message.kind for message in messages), works):
            envelope = _envelope(session, key, ways[0], account, None, now, digest=True)
        if envelope is None:
            return _wait(messages, envelopes.next_digest(calendar, now).astimezone(UTC))
        for message in messages:
            message.state = "packed"
        return _put_in(session, envelope, messages)


def _stay(messages: Sequence[Message]) -> int:
    """Nobody to write to: they find it in the house."""
    for message in messages:
        message.state = "packed"
    return 0


def _wait(messages: Sequence[Message], until: datetime) -> int:
    for message in messages:
        message.leaves_at = until
    return 0


# -- envelopes ---------------------------------------------------------------------------------------------------------
def _envelope(
    session: Session,
    key: str,
    channel: str,
    account: Account | None,
    address: str | None,
    now: datetime,
    *,
    digest: bool = False,
) -> int | None:
    """A new one, or the one that was made before: a digest while nobody has opened it, what goes alone also when it was
    opened in vain and is asked for again. Else None."""
    values = {
        "ref": random.token_urlsafe(12),
        "key": key,
        "channel": channel,
        "account_id": account.id if account is not None else None,
        "address": address,
        "digest": digest,
        "state": "waiting",
        "tries": 0,
        "fence": 0,
        "next_at": now,
        "created_at": now,
    }
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(on.insert(Delivery).values(values).on_conflict_do_nothing(index_elements=["key"]))
    again = [and_(Delivery.state == "waiting", Delivery.fence == _UNOPENED)]
    if not digest:
        again.append(Delivery.state == "dropped")
    # locks it: nobody opens it before this transaction ends
    return session.scalar(
        update(Delivery)
        .where(Delivery.key == key, or_(*again))
        .values(state="waiting", next_at=now, tries=0)
        .returning(Delivery.id)
    )


def _put_in(session: Session, envelope: int | None, messages: Sequence[Message]) -> int:
    if envelope is None:
        return 0
    for message in messages:
        session.merge(DeliveryItem(delivery_id=envelope, message_id=message.id))
    return 1
