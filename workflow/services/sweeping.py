"""What has had its time: codes, tries at the door, sessions, answered requests, lists left behind, old messages.

Little at a time, so that a sweep is never felt: what is left over the next tick takes. Where nothing is left over, the
next one comes an hour later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from models.accounts import CredentialCode, LoginAttempt, WebSession
from models.base import reading, writing
from models.clock import Heartbeat
from models.deliveries import Delivery, DeliveryItem
from models.evidence import RequestKey
from models.messages import Message
from models.staging import StagedList
from workflow.services import heartbeats

AT_ONCE = 500
CODES = timedelta(days=7)  # after they ended: who asks why a link is dead still gets its answer
TRIES = timedelta(days=30)
SESSIONS = timedelta(days=30)
ANSWERS = timedelta(hours=48)
LISTS = timedelta(days=1)
MESSAGES = timedelta(days=400)  # a round and the one after it: what was told then can still be looked up
_SWEPT, _EVERY = "sweep", timedelta(hours=1)
_ENDED = ("packed", "dropped", "cancelled", "sent")


def sweep(now: datetime) -> int:
    """How many rows went. Evidence is in the chains, never here."""
    with reading() as session:
        last = session.get(Heartbeat, _SWEPT)
        if last is not None and now - last.scanned_at < _EVERY:
            return 0
    with writing() as session:
        went = [session.connection().execute(_oldest(column, gone)).rowcount for column, gone in _had_their_time(now)]
        if max(went) < AT_ONCE:
            heartbeats.locked(session, _SWEPT, now).scanned_at = now
        return sum(went)


def _had_their_time(now: datetime) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """(key of the table, which of its rows)."""
    yield CredentialCode.id, CredentialCode.expires_at < now - CODES
    yield LoginAttempt.id, LoginAttempt.at < now - TRIES
    yield WebSession.id, WebSession.last_seen_at < now - SESSIONS
    yield RequestKey.at, RequestKey.at < now - ANSWERS
    yield StagedList.ref, StagedList.staged_at < now - LISTS
    old = (Message.visible_at < now - MESSAGES) & Message.state.in_(_ENDED)
    yield DeliveryItem.message_id, DeliveryItem.message_id.in_(select(Message.id).where(old))
    made_for = select(DeliveryItem.delivery_id)
    done = (Delivery.created_at < now - MESSAGES) & Delivery.state.in_(_ENDED)
    yield Delivery.id, done & Delivery.id.not_in(made_for)
    yield Message.id, old & Message.id.not_in(select(DeliveryItem.message_id))


def _oldest(column: Any, gone: ColumnElement[bool]) -> Any:
    return delete(column.class_).where(column.in_(select(column).where(gone).order_by(column).limit(AT_ONCE)))
