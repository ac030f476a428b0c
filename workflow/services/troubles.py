"""What the clock could not do, one row each, for whoever runs it: it is left alone until somebody says: again."""

import logging
import secrets as random
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import literal_state, reading, writing
from models.messages import Message
from models.work import WorkItem
from workflow.domain.actor import SYSTEM
from workflow.domain.errors import Refusal
from workflow.services import actions

LONGEST = 200
_log = logging.getLogger(__name__)


def perform(ref: str, act: str, now: datetime) -> bool:
    """What time itself does to a case, through the same door as people. One that breaks does not stop the others."""
    once = f"act:{ref}:{act}"
    if _is_known(once):
        return False
    try:
        actions.perform(ref, act, SYSTEM, now)
    except Refusal:
        return False
    except Exception as error:
        _log.exception("%s of %s broke", act, ref)
        with writing() as session:
            note(session, once, act, error, now, application_id=_case(session, ref))
        return False
    return True


def _is_known(once: str) -> bool:
    with reading() as session:
        known = exists().where(Message.once == once, Message.state == literal_state("failed"))
        return bool(session.scalar(select(known)))


def _case(session: Session, ref: str) -> int | None:
    """A case is named by itself or by one of its items."""
    of_item = select(WorkItem.application_id).where(WorkItem.ref == ref)
    return session.scalar(select(ApplicationRow.id).where(ApplicationRow.ref == ref)) or session.scalar(of_item)


def said(error: BaseException) -> str:
    """The kind of fault and no more: its words may hold what people typed."""
    return type(error).__name__[:LONGEST]


def note(
    session: Session,
    once: str,
    kind: str,
    error: BaseException,
    now: datetime,
    *,
    item: WorkItem | None = None,
    application_id: int | None = None,
) -> None:
    """A message that reached nobody. Said again where somebody had it tried again and it failed the same way."""
    row = session.scalar(select(Message).where(Message.once == once))
    if row is None:
        row = Message(
            ref=random.token_urlsafe(12),
            once=once,
            kind=kind,
            application_id=item.application_id if item is not None else application_id,
            work_item_id=item.id if item is not None else None,
            language="zh",
            params={},
            created_at=now,
        )
        session.add(row)
    row.visible_at, row.state, row.trouble = now, "failed", said(error)
