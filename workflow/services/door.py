"""Counting tries at the door, across processes: a pair of account and address that fails is locked for a while.

The try is written as a failure before the password is looked at, in a transaction of its own, so that a hundred guesses
at once are a hundred tries.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import LoginAttempt
from workflow.domain.errors import Refusal
from workflow.domain.words import Words

PAIR_FAILURES = 5
PAIR_LOCK = timedelta(minutes=30)
PLACE_FAILURES = 50
PLACE_WINDOW = timedelta(minutes=15)


class Locked(Refusal):
    """Too many failures; the same face for known and unknown accounts."""

    def __init__(self, minutes: int) -> None:
        super().__init__(Words("试的次数太多了，请 %(n)s 分钟后再试；忘了口令可以用手机号或邮箱重设", n=minutes))


def knock(session: Session, who: str, address: str, now: datetime) -> int:
    """Write one try as failed; its id. Raises Locked, without counting, when the pair or the address is locked."""
    digest = secrets.digest("login", who)
    _queue_up(session, address)
    failures = _failures_of_pair(session, digest, address, now)
    if len(failures) >= PAIR_FAILURES:
        raise Locked(_minutes(failures[0] + PAIR_LOCK - now))
    if _failures_of_place(session, address, now) >= PLACE_FAILURES:
        raise Locked(_minutes(PLACE_WINDOW))
    attempt = LoginAttempt(login_digest=digest, address=address[:64], at=now, ok=False)
    session.add(attempt)
    session.flush()
    return attempt.id


def let_in(session: Session, attempt_id: int) -> None:
    attempt = session.get(LoginAttempt, attempt_id)
    if attempt is not None:
        attempt.ok = True


def _failures_of_pair(session: Session, digest: str, address: str, now: datetime) -> list[datetime]:
    """Those since the last success within the time of a lock, the newest first."""
    rows = session.execute(
        select(LoginAttempt.at, LoginAttempt.ok)
        .where(
            LoginAttempt.login_digest == digest,
            LoginAttempt.address == address[:64],
            LoginAttempt.at > now - PAIR_LOCK,
        )
        .order_by(LoginAttempt.at.desc(), LoginAttempt.id.desc())
        .limit(PAIR_FAILURES)
    )
    failures = []
    for at, ok in rows:
        if ok:
            break
        failures.append(at)
    return failures


def _failures_of_place(session: Session, address: str, now: datetime) -> int:
    counted = select(func.count()).where(
        LoginAttempt.address == address[:64], LoginAttempt.at > now - PLACE_WINDOW, LoginAttempt.ok.is_(False)
    )
    return session.scalar(counted) or 0


def _queue_up(session: Session, address: str) -> None:
    """Tries from one address one after the other on PostgreSQL; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"), {"place": f"door|{address}"})


def _minutes(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds()) // 60))
