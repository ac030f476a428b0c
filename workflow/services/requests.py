"""Acts beside the cases: claimed under the key of their page before, answered after, so that the same page acts once.

An act on a case claims its key in its own transaction (`actions.py`). These here are many small services; the claim is
a transaction of its own before the act, given back when the act was refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import RequestKey
from workflow.domain.actor import Actor
from workflow.domain.errors import Refusal
from workflow.domain.words import Words
from workflow.services import actions

_UNDER_WAY = Words("这一步正在办，请稍等一下再看结果，不用再按")


def claim(actor: Actor, key: str, body: Mapping[str, Any], now: datetime) -> str | None:
    """Where the same act led when it was done before; None: go on, the key is yours."""
    with writing() as session:
        known = actions.answered_before(session, actor, key, body, now)
    if known is None:
        return None
    if "target" not in known:
        raise Refusal(_UNDER_WAY)
    return str(known["target"])


def answer(actor: Actor, key: str, target: str) -> None:
    with writing() as session:
        actions.keep_answer(session, actor, key, {"target": target})


def give_back(actor: Actor, key: str) -> None:
    """The act was refused: the page may be put right and sent again under the same key."""
    with writing() as session:
        _forget(session, actor, key)


def _forget(session: Session, actor: Actor, key: str) -> None:
    asker = f"{actor.kind}:{actor.account_id}"
    session.execute(delete(RequestKey).where(RequestKey.asker == asker, RequestKey.key == key[:80]))
