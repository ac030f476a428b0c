"""Anybody asks whether a file of theirs is the one that was handed in: a receipt number and a SHA-256, and yes or no.

The file itself never comes here. Who has only one of the two learns nothing: every other answer is the same, takes the
same steps, and is counted like a guess at the door.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading, writing
from workflow.domain import identifiers
from workflow.domain.errors import InvalidInput, Reason, Refusal
from workflow.domain.words import Words
from workflow.services import door, fingerprints

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST = 60


@dataclass(frozen=True)
class Same:
    """It was handed in under this number at this moment, by the server's time."""

    receipt: str
    digest: str
    at: datetime


class AskedTooOften(Refusal):
    def __init__(self, minutes: object) -> None:
        super().__init__(Words("核对的次数太多了，请 %(n)s 分钟后再试", n=minutes))


def compared(number: str, digest: str, asked_from: str, now: datetime) -> Same | None:
    """None: not so, whatever the reason. The try is counted before anything is looked up. Raises AskedTooOften, and
    InvalidInput for what can be no SHA-256 at all."""
    typed = "".join(identifiers.tidy(number).split()).replace("—", "-").replace("–", "-").upper()[:_LONGEST]
    sought = "".join(identifiers.tidy(digest).split()).lower()
    if not _SHA256.fullmatch(sought):
        raise InvalidInput([Reason(Words("SHA-256 是 64 位的数字和字母 a 到 f，请核对有没有抄漏"), "digest")])
    with writing() as session:
        try:
            attempt = door.knock(session, f"receipt:{typed}", asked_from, now)
        except door.Locked as locked:
            raise AskedTooOften(locked.words.params["n"]) from None
    with reading() as session:
        known = session.scalar(select(ApplicationRow.id).where(ApplicationRow.receipt == typed))
        at = fingerprints.handed_in(session, known or 0, sought)
    if at is None:
        return None
    with writing() as session:
        door.let_in(session, attempt)
    return Same(typed, sought, at)
