"""The deliverer: take one envelope under a lease, ask of each message whether it is still wanted, send, note it.

A process that is killed leaves a lease that ends; one that wakes up late finds another fence and writes nothing. So an
envelope is never lost, and sent twice at most where somebody was killed between sending and noting, under one key.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.deliveries import Delivery, DeliveryItem
from models.messages import Message
from models.rounds import Round
from models.work import NEVER, WorkItem
from workflow import channels
from workflow.channels import Envelope, Refused, Unreachable
from workflow.domain import envelopes
from workflow.domain.calendar import end_of
from workflow.domain.reminders import HOLDER, Standing, is_wanted
from workflow.services import accounts, composing, letters, round_duties, troubles

LEASE = timedelta(seconds=180)  # longer than any channel takes to say yes or no
AT_MOST = timedelta(seconds=40)  # of one run; what is left goes with the next
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """An envelope in our hands for as long as the lease lasts."""

    id: int
    fence: int
    tries: int
    channel: str


@dataclass
class Opened:
    """What is left of it when it is opened."""

    envelope: Envelope | None = None
    told: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    broken: dict[int, BaseException] = field(default_factory=dict)


def myself() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def deliver(now: datetime) -> int:
    """Everything that may go now; how many envelopes left. A channel that nobody answers rests until the next run."""
    started, sent, resting = time.monotonic(), 0, set[str]()

    def at() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    while at() - now < AT_MOST and (taken := take(at(), frozenset(resting))) is not None:
        sent += _send(taken, at, resting)
    return sent


# -- the lease ---------------------------------------------------------------------------------------------------------
def take(now: datetime, resting: frozenset[str] = frozenset()) -> Taken | None:
    """The next envelope that is due: one that waits, or one whose lease has ended. At most one at a time."""
    due = (
        Delivery.state.in_(("waiting", "leased")),
        Delivery.next_at <= now,
        Delivery.channel.in_(set(channels.offered()) - resting),
    )
    with reading() as session:
        if not session.scalar(select(exists().where(*due))):
            return None
    with writing() as session:
        found = select(Delivery).where(*due).order_by(Delivery.next_at, Delivery.id).limit(1)
        row = session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return None
        if row.tries >= envelopes.MOST_TRIES:
            _give_up(row, row.trouble or "interrupted")
            return Taken(row.id, -1, row.tries, row.channel)
        row.state, row.leased_by, row.next_at = "leased", myself(), now + LEASE
        row.tries, row.fence = row.tries + 1, row.fence + 1
        return Taken(row.id, row.fence, row.tries, row.channel)


def _give_up(row: Delivery, trouble: str) -> None:
    row.state, row.leased_by, row.trouble = "failed", None, trouble[: troubles.LONGEST]


def _send(taken: Taken, at: Callable[[], datetime], resting: set[str]) -> int:
    if taken.fence < 0:
        return 0
    opened = _open(taken, at())
    if opened.envelope is None:
        _note(taken, opened, "dropped", at())
        return 0
    try:
        channels.offered()[taken.channel].send(opened.envelope)
    except Refused as error:
        _note(taken, opened, "failed", at(), str(error) or type(error).__name__)
    except Exception as error:
        if not isinstance(error, Unreachable):
            _log.exception("the channel %s broke", taken.channel)
        resting.add(taken.channel)
        _note_failure(taken, str(error) if isinstance(error, Unreachable) else troubles.said(error), at())
    else:
        return _note(taken, opened, "sent", at())
    return 0


# -- opening -----------------------------------------------------------------------------------------------------------
def _open(taken: Taken, now: datetime) -> Opened:
    """Each message for itself: one that cannot be read is set aside and the others go."""
    opened, lines = Opened(), list[letters.Letter]()
    with reading() as session:
        row = session.get_one(Delivery, taken.id)
        account = session.get(Account, row.account_id) if row.account_id is not None else None
        language = accounts.language_of(account) if account is not None else "zh"
        alone: Message | None = None
        for message in _messages(session, row.id):
            language = language if account is not None else message.language
            try:
                if not is_still_wanted(session, message, now):
                    opened.dropped.append(message.id)
                    continue
                lines.append(composing.tried(letters.read(session, message, now, language), language))
            except Exception as error:
                _log.exception("message %s cannot be read", message.id)
                opened.broken[message.id] = error
                continue
            opened.told.append(message.id)
            alone = message
        to = _address(row, account)
        if lines and to and alone is not None:
            opened.envelope = composing.composed(row, to, lines, language)
    return opened


def _messages(session: Session, delivery_id: int) -> Iterator[Message]:
    yield from session.scalars(
        select(Message)
        .join(DeliveryItem, DeliveryItem.message_id == Message.id)
        .where(DeliveryItem.delivery_id == delivery_id, Message.state.in_(("packed", "waiting")))
        .order_by(Message.about_at, Message.id)
    ).all()


def _address(row: Delivery, account: Account | None) -> str | None:
    if row.address is not None or account is None:
        return row.address
    return account.email if row.channel == envelopes.EMAIL else account.phone


def is_still_wanted(session: Session, message: Message, now: datetime) -> bool:
    """Asked at the moment of sending, of what is about a last day; what has happened stays told."""
    if message.about_at is None:
        return True
    to = str(message.params.get("to", HOLDER))
    return is_wanted(message.about_at, message.recipient_id, to, _standing(session, message))


def _standing(session: Session, message: Message) -> Standing:
    if message.work_item_id is not None:
        item = session.get_one(WorkItem, message.work_item_id)
        due = item.due_at if item.due_at != NEVER else None
        holder = None if item.role_key == "applicant" else item.holder_id
        return Standing(item.state == "open", due, holder)
    if message.application_id is None:
        return round_duties.standing_of(session, str(message.params.get("task")))
    row = session.get_one(ApplicationRow, message.application_id)
    if message.kind == "expiring":
        known = session.scalar(select(RecognitionRow).where(RecognitionRow.application_id == row.id))
        until = known.valid_until if known is not None and known.standing == "valid" else None
        return Standing(until is not None, end_of(until) if until is not None else None)
    return Standing(row.status in ("draft", "awaiting_confirmation"), session.get_one(Round, row.round_id).closes_at)


# -- noting ------------------------------------------------------------------------------------------------------------
def _note(taken: Taken, opened: Opened, state: str, now: datetime, trouble: str | None = None) -> int:
    with writing() as session:
        values = {"state": state, "leased_by": None, "trouble": trouble and trouble[: troubles.LONGEST]}
        if not _ours(session, taken, {**values, "sent_at": now if state == "sent" else None}):
            return 0
        _mark(session, opened.dropped, state="dropped", read_at=now)
        for number, error in opened.broken.items():
            _mark(session, [number], state="failed", trouble=troubles.said(error))
        if state == "sent" and not channels.offered()[taken.channel].keeps:
            _mark(session, opened.told, secret=None)
        return int(state == "sent")


def _note_failure(taken: Taken, trouble: str, now: datetime) -> None:
    last = taken.tries >= envelopes.MOST_TRIES
    values = {
        "state": "failed" if last else "waiting",
        "leased_by": None,
        "trouble": trouble[: troubles.LONGEST],
        "next_at": now + envelopes.wait_after(taken.tries),
    }
    with writing() as session:
        _ours(session, taken, values)


def _ours(session: Session, taken: Taken, values: Mapping[str, object]) -> bool:
    """Only while nobody else has taken it since."""
    changed = session.scalars(
        update(Delivery)
        .where(Delivery.id == taken.id, Delivery.state == "leased", Delivery.fence == taken.fence)
        .values(values)
        .returning(Delivery.id)
    ).all()
    return bool(changed)


def _mark(session: Session, messages: list[int], **values: object) -> None:
    if messages:
        session.execute(update(Message).where(Message.id.in_(messages)).values(values))
