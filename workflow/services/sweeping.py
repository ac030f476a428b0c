"""What has had its time: codes and links, tries at the door, sessions, answered requests, lists nobody went on with.

Little at a time, so that a sweep is never felt: what is left over the next tick takes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from models.accounts import CredentialCode, LoginAttempt, WebSession
from models.base import writing
from models.evidence import RequestKey
from models.staging import StagedList

AT_ONCE = 500
CODES = timedelta(days=7)  # after they ended: who asks why a link is dead still gets its answer
TRIES = timedelta(days=30)
SESSIONS = timedelta(days=30)
ANSWERS = timedelta(hours=48)
LISTS = timedelta(days=1)


def sweep(now: datetime) -> int:
    """How many rows went. Evidence is in the chains, never here."""
    with writing() as session:
        return sum(
            session.connection().execute(_oldest(column, gone)).rowcount for column, gone in _had_their_time(now)
        )


def _had_their_time(now: datetime) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """(key of the table, which of its rows)."""
    yield CredentialCode.id, CredentialCode.expires_at < now - CODES
    yield LoginAttempt.id, LoginAttempt.at < now - TRIES
    yield WebSession.id, WebSession.last_seen_at < now - SESSIONS
    yield RequestKey.at, RequestKey.at < now - ANSWERS
    yield StagedList.ref, StagedList.staged_at < now - LISTS


def _oldest(column: Any, gone: ColumnElement[bool]) -> Any:
    return delete(column.class_).where(column.in_(select(column).where(gone).order_by(column).limit(AT_ONCE)))
