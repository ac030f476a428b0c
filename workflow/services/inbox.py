"""What one account was told, the newest first; looking changes nothing, opening one marks it read."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from models.base import ask, reading, writing
from models.messages import Message
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.envelopes import NUDGES
from workflow.domain.errors import NotFound
from workflow.domain.letters import Place
from workflow.domain.words import Words
from workflow.services import letters, round_duties

PAGE = 30
MOST = 99
"""Beyond this many unread ones a number says no more."""
_UNREADABLE = Words("这条消息现在显示不了，已告诉管理这个批次的人")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    ref: str
    words: Words
    about: Words | None
    at: datetime
    shape: str
    unread: bool
    done: bool  # what it reminds of has been done
    opens: bool


def _mine(me: Any, now: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.recipient_id == me,
        Message.address.is_(None),
        Message.visible_at <= now,
        Message.state.in_(("waiting", "packed")),
    )


_UNREAD = select(func.count()).select_from(
    select(Message.id)
    .where(*_mine(bindparam("me"), bindparam("now")), Message.read_at.is_(None))
    .limit(MOST + 1)
    .subquery()
)


def unread(actor: Actor, now: datetime) -> int:
    """How many, up to MOST + 1."""
    if actor.account_id is None:
        return 0
    with reading() as session:
        return int(ask(session, _UNREAD, me=actor.account_id, now=now).scalar_one())


def page(actor: Actor, now: datetime, number: int, language: str) -> tuple[list[Entry], bool]:
    """One page, and whether there are older ones."""
    with reading() as session:
        wanted = (
            select(Message)
            .where(*_mine(actor.account_id, now))
            .order_by(Message.visible_at.desc(), Message.id.desc())
            .offset((number - 1) * PAGE)
            .limit(PAGE + 1)
        )
        rows = session.scalars(wanted).all()
        return [_entry(session, row, now, language) for row in rows[:PAGE]], len(rows) > PAGE


def _entry(session: Session, row: Message, now: datetime, language: str) -> Entry:
    done = _is_done(session, row)
    shape = "done" if done else _shape(row.kind)
    try:
        letter = letters.read(session, row, now, language)
    except Exception:
        _log.exception("message %s cannot be read", row.id)
        return Entry(row.ref, _UNREADABLE, None, row.visible_at, "no", row.read_at is None, done, False)
    opens = letter.place is not None
    return Entry(row.ref, letter.words, letter.about, row.visible_at, shape, row.read_at is None, done, opens)


def _is_done(session: Session, row: Message) -> bool:
    if row.kind in NUDGES and row.params.get("task"):
        return not round_duties.standing_of(session, row.params["task"]).open
    if row.kind not in NUDGES or row.work_item_id is None:
        return False
    return session.get_one(WorkItem, row.work_item_id).state != "open"


def _shape(kind: str) -> str:
    if kind in ("overdue", "escalated", "expired", "revoked", "refused", "correction_lapsed"):
        return "late"
    return "soon" if kind in NUDGES or kind in ("returned", "department_urged") else "now"


def opened(actor: Actor, ref: str, now: datetime) -> Place | None:
    """Marked as read; where its reader goes on."""
    with writing() as session:
        row = session.scalar(select(Message).where(*_mine(actor.account_id, now), Message.ref == ref))
        if row is None:
            raise NotFound
        row.read_at = row.read_at or now
        return letters.read(session, row, now).place


def read_all(actor: Actor, now: datetime) -> None:
    with writing() as session:
        session.execute(
            update(Message).where(*_mine(actor.account_id, now), Message.read_at.is_(None)).values(read_at=now)
        )
