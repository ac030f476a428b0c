"""Does what is owed reach people? The heartbeat, what waits, and what could not be done, with a way to try it again.

A manager sees what failed of the rounds they run; who publishes programs sees all of it. Nobody sees what was said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import literal_state, reading, writing
from models.deliveries import Delivery, DeliveryItem
from models.evidence import StreamKind
from models.messages import Message
from models.rounds import Round
from models.work import WorkItem
from workflow import channels
from workflow.domain.actor import Actor, Office
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import holds_in_round
from workflow.services import clock, evidence
from workflow.services.rulebooks import book_of

MOST = 100


@dataclass(frozen=True)
class Failed:
    """An envelope that cannot be sent, or a message that cannot be made."""

    ref: str
    kind: str
    channel: str | None
    to: str | None
    number: str | None
    messages: int
    trouble: str
    at: datetime


@dataclass(frozen=True)
class Way:
    """One channel today."""

    channel: str
    sent: int
    again: int  # will be tried again
    failed: int
    dropped: int  # nothing in it was true any more


@dataclass(frozen=True)
class Health:
    scanned_at: datetime | None
    stands_still: bool
    waiting: int  # envelopes
    oldest: datetime | None
    ways: tuple[Way, ...]
    failed: tuple[Failed, ...]

    @property
    def sent_today(self) -> int:
        return sum(way.sent for way in self.ways)


def health(actor: Actor, now: datetime) -> Health:
    with reading() as session:
        owed = Delivery.state.in_(("waiting", "leased")) & (Delivery.next_at <= now)
        waiting, oldest = session.execute(select(func.count(), func.min(Delivery.created_at)).where(owed)).one()
        return Health(
            clock.last_scan(),
            clock.stands_still(now),
            waiting,
            oldest,
            _ways(session, end_of(local_day(now)) - timedelta(days=1)),
            (*_failed_deliveries(session, actor), *_failed_messages(session, actor)),
        )


def _ways(session: Session, since: datetime) -> tuple[Way, ...]:
    """Of the envelopes that moved today; `next_at` stays where an envelope came to its end."""
    counts: dict[tuple[str, str], int] = {}
    rows = session.execute(
        select(Delivery.channel, Delivery.state, func.count())
        .where(or_(Delivery.sent_at >= since, and_(Delivery.next_at >= since, Delivery.state != "sent")))
        .where(or_(Delivery.state != "waiting", Delivery.tries > 0))
        .group_by(Delivery.channel, Delivery.state)
    )
    for channel, state, count in rows:
        counts[channel, state] = count
    found = [*channels.offered(), *(channel for channel, _ in counts)]
    states = ("sent", "waiting", "failed", "dropped")
    return tuple(Way(name, *(counts.get((name, state), 0) for state in states)) for name in dict.fromkeys(found))


# -- what failed -------------------------------------------------------------------------------------------------------
def _failed_deliveries(session: Session, actor: Actor, *also: ColumnElement[bool]) -> list[Failed]:
    failed = Delivery.state == literal_state("failed")
    rows = session.execute(
        select(Delivery, Account.name)
        .outerjoin(Account, Account.id == Delivery.account_id)
        .where(failed, _carries_mine(session, actor), *also)
        .order_by(Delivery.id.desc())
        .limit(MOST)
    ).all()
    return [_as_failed(session, row, name) for row, name in rows]


def _as_failed(session: Session, row: Delivery, name: str | None) -> Failed:
    carried = session.execute(
        select(func.count(), func.min(Message.kind))
        .join(DeliveryItem, DeliveryItem.message_id == Message.id)
        .where(DeliveryItem.delivery_id == row.id)
    ).one()
    kind = "digest" if row.digest else str(carried[1] or "")
    return Failed(row.ref, kind, row.channel, name, None, int(carried[0]), row.trouble or "", row.next_at)


def _failed_messages(session: Session, actor: Actor, *also: ColumnElement[bool]) -> list[Failed]:
    failed = Message.state == literal_state("failed")
    rows = session.execute(
        select(Message, Account.name, ApplicationRow.number)
        .outerjoin(Account, Account.id == Message.recipient_id)
        .outerjoin(ApplicationRow, ApplicationRow.id == Message.application_id)
        .where(failed, _is_mine(session, actor), *also)
        .order_by(Message.id.desc())
        .limit(MOST)
    ).all()
    return [
        Failed(row.ref, row.kind, None, name, number, 1, row.trouble or "", row.visible_at)
        for row, name, number in rows
    ]


def _is_mine(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Of a round that the actor runs, or any for who publishes programs."""
    if Office.PROGRAMS in actor.offices:
        return true()
    rounds = _run_by(session, actor)
    numbers, refs = [row.id for row in rounds], [row.ref for row in rounds]
    cases = select(ApplicationRow.id).where(ApplicationRow.round_id.in_(numbers))
    return or_(Message.application_id.in_(cases), Message.params["round"].as_string().in_(refs))


def _carries_mine(session: Session, actor: Actor) -> ColumnElement[bool]:
    if Office.PROGRAMS in actor.offices:
        return true()
    return exists(
        select(DeliveryItem.message_id)
        .join(Message, Message.id == DeliveryItem.message_id)
        .where(and_(DeliveryItem.delivery_id == Delivery.id, _is_mine(session, actor)))
    )


def _run_by(session: Session, actor: Actor) -> Sequence[Round]:
    programs = {holding.program_id for holding in actor.holdings if holding.program_id is not None}
    rows = session.scalars(select(Round).where(Round.program_id.in_(programs))).all() if programs else []
    return [
        row for row in rows if holds_in_round(actor, row.program_id, row.id, (book_of(session, row.version_id).run_by,))
    ]


# -- again, or no more -------------------------------------------------------------------------------------------------
def retry(actor: Actor, ref: str, now: datetime) -> None:
    """From the first try again, under the same key: whoever got it already can tell."""
    with writing() as session:
        delivery, message = _found(session, actor, ref)
        if delivery is not None:
            delivery.state, delivery.tries, delivery.next_at = "waiting", 0, now
        if message is not None:
            _again(session, message, now)
        evidence.tell(session, StreamKind.INSTALLATION, 0, "delivery_retried", actor, now, body={"ref": ref})


def _again(session: Session, message: Message, now: datetime) -> None:
    """One that never had a reader is planned anew; any other goes alone."""
    if message.recipient_id is None and message.address is None:
        message.state = "cancelled"
        session.execute(update(WorkItem).where(WorkItem.id == message.work_item_id).values(remind_at=now))
        return
    message.state, message.urgent, message.leaves_at = "waiting", True, now


def cancel(actor: Actor, ref: str, now: datetime) -> None:
    with writing() as session:
        delivery, message = _found(session, actor, ref)
        for row in (delivery, message):
            if row is not None:
                row.state = "cancelled"
        evidence.tell(session, StreamKind.INSTALLATION, 0, "delivery_cancelled", actor, now, body={"ref": ref})


def _found(session: Session, actor: Actor, ref: str) -> tuple[Delivery | None, Message | None]:
    """Locked; NotFound for what has not failed, or is not this actor's to see."""
    if _failed_deliveries(session, actor, Delivery.ref == ref):
        return session.scalar(select(Delivery).where(Delivery.ref == ref).with_for_update()), None
    if _failed_messages(session, actor, Message.ref == ref):
        return None, session.scalar(select(Message).where(Message.ref == ref).with_for_update())
    raise NotFound
