"""Anybody asks whether a certificate is genuine: the least that answers it, by the dates as they are at that moment.

Found by the token in its code, or by number and check code typed together. A number alone tells nothing, and whoever
guesses is counted like whoever guesses passwords.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models.awards import CertificateRow, RecognitionRow
from models.base import reading, writing
from models.queries import awards as queries
from workflow.domain import identifiers
from workflow.domain.calendar import local_day
from workflow.domain.certificates import expires_soon, standing_on
from workflow.domain.errors import Refusal
from workflow.domain.recognition import Standing, Why
from workflow.domain.words import Words
from workflow.services import door

_LONGEST = 80
_NOBODY = "0" * 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")


class Finding(StrEnum):
    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"
    ENDED = "ended"  # before its time, and nobody's fault: moved away, given up
    REVOKED = "revoked"
    SUPERSEDED = "superseded"  # this sheet of paper; the recognition may stand
    TAKEN_OVER = "taken_over"  # the recognition: it was renewed, and another stands in its place
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Verified:
    """`name` is masked, `id_tail` the last four characters; of a revocation only day and document."""

    finding: Finding
    number: str = ""
    name: str = ""
    id_tail: str = ""
    recognized: str = ""
    round: str = ""
    document: str = ""
    issuer: str = ""
    on: date | None = None
    until: date | None = None
    ended_on: date | None = None
    end_document: str = ""
    why: str = ""


NOT_FOUND = Verified(Finding.NOT_FOUND)


class AskedTooOften(Refusal):
    def __init__(self, minutes: object) -> None:
        super().__init__(Words("查得太多了，请 %(n)s 分钟后再试", n=minutes))


def by_token(token: str, now: datetime) -> Verified:
    with reading() as session:
        found = queries.by_token(session, token) if _TOKEN.fullmatch(token) else None
        return _said(session, *found, local_day(now)) if found is not None else NOT_FOUND


def by_number(number: str, code: str, asked_from: str, now: datetime) -> Verified:
    """The try is counted before anything is looked up, in a transaction of its own. Raises AskedTooOften."""
    typed = _plain(number)[:_LONGEST]
    given = _plain(code).replace("-", "")
    with writing() as session:
        try:
            attempt = door.knock(session, f"certificate:{typed}", asked_from, now)
        except door.Locked as locked:
            raise AskedTooOften(locked.words.params["n"]) from None
    with reading() as session:
        found = queries.by_number(session, typed)
        right = [each for each in found if _is_right(each[0].check_code, given)]
        if not found:
            _is_right(_NOBODY, given)
        said = _said(session, *right[-1], local_day(now)) if right else NOT_FOUND
    if said is not NOT_FOUND:
        with writing() as session:
            door.let_in(session, attempt)
    return said


def _is_right(code: str, given: str) -> bool:
    """Compared also where there is nothing to compare with, so that the time it takes says nothing."""
    return hmac.compare_digest(code.encode(), given.encode())


def _plain(typed: str) -> str:
    """As printed, however it was typed: full-width letters, small letters, stray blanks and long dashes."""
    plain = "".join(char for char in identifiers.tidy(typed) if char.isprintable() and not char.isspace())
    return plain.replace("—", "-").replace("–", "-").upper()


def _said(session: Session, paper: CertificateRow, row: RecognitionRow, today: date) -> Verified:
    face = paper.face
    tail = (paper.id_mask or "")[-4:]
    return Verified(
        _finding(session, paper, row, today),
        row.number,
        identifiers.mask("name", paper.name),
        tail if "*" not in tail else "",
        str(face.get("recognized") or ""),
        str(face.get("round") or ""),
        row.document,
        str(face.get("issuer") or ""),
        row.recognized_on,
        row.valid_until,
        row.ended_on or row.valid_until,
        row.end_document or "",
        _replaced_by(session, paper),
    )


def _finding(session: Session, paper: CertificateRow, row: RecognitionRow, today: date) -> Finding:
    standing = standing_on(Standing(row.standing), row.valid_until, today)
    if standing is Standing.VALID and _replaced_by(session, paper):
        return Finding.SUPERSEDED
    if standing is Standing.VALID:
        return Finding.SOON if expires_soon(standing, row.valid_until, today) else Finding.VALID
    if standing is Standing.EXPIRED and row.exit_key:
        return Finding.ENDED
    if standing is Standing.SUPERSEDED:
        return Finding.TAKEN_OVER
    return Finding(standing.value)


def _replaced_by(session: Session, paper: CertificateRow) -> str:
    """Why a newer certificate took the place of this one; empty while it is in force."""
    newer = queries.certificate_no(session, paper.recognition_id, paper.no + 1)
    return Why(newer.why).value if newer is not None else ""
