"""One-time secrets: six-digit codes sent to an address, and links. Only digests are kept.

A wrong try must be counted although the act is refused, so checking answers with a verdict instead of raising: the
caller raises after its transaction.
"""

import secrets as random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import CredentialCode
from workflow.domain.errors import Refusal
from workflow.domain.words import Words

CODE_LIFE = timedelta(minutes=10)
LINK_LIFE = timedelta(days=7)
RESEND_AFTER = timedelta(seconds=60)
TRIES = 5
PER_ADDRESS_A_DAY = 10
PER_PLACE_AN_HOUR = 30

Purpose = Literal["register", "reset", "invite", "confirm"]
WRONG_CODE = Words("验证码不对或已失效。看一看是不是最新的一条，或者重新获取")
DEAD_LINK = Words("这个链接已经用过或已失效，请联系给你链接的人重新发一个")


@dataclass(frozen=True)
class Issued:
    """`ref` names the code in the next form; `secret` is what the person receives."""

    ref: str
    secret: str


def issue_code(
    session: Session, purpose: Purpose, address: str, account_id: int | None, asked_from: str, now: datetime
) -> Issued:
    """A six-digit code. Refuses when the last one is too young or too many were asked for."""
    _refuse_flood(session, purpose, address, asked_from, now)
    ref, secret = random.token_urlsafe(12), f"{random.randbelow(1_000_000):06d}"
    _void(session, purpose, now, address=address)
    session.add(
        CredentialCode(
            ref=ref,
            purpose=purpose,
            digest=_code_digest(purpose, ref, secret),
            account_id=account_id,
            address=address,
            asked_from=asked_from,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    return Issued(ref, secret)


def _refuse_flood(session: Session, purpose: Purpose, address: str, asked_from: str, now: datetime) -> None:
    mine = (CredentialCode.purpose == purpose, CredentialCode.address == address)
    last = session.scalar(select(func.max(CredentialCode.created_at)).where(*mine))
    if last is not None and last + RESEND_AFTER > now:
        seconds = int((last + RESEND_AFTER - now).total_seconds()) + 1
        raise Refusal(Words("验证码刚发过，请 %(n)s 秒后再要", n=seconds))
    today = session.scalar(select(func.count()).where(*mine, CredentialCode.created_at > now - timedelta(days=1)))
    here = session.scalar(
        select(func.count()).where(
            CredentialCode.asked_from == asked_from, CredentialCode.created_at > now - timedelta(hours=1)
        )
    )
    if (today or 0) >= PER_ADDRESS_A_DAY or (asked_from and (here or 0) >= PER_PLACE_AN_HOUR):
        raise Refusal(Words("验证码要得太多了，请过一会儿再试；着急的话，联系主办单位"))


def try_code(session: Session, purpose: Purpose, ref: str, typed: str, now: datetime) -> CredentialCode | None:
    """The code if it is right, still alive and not used; counts the try. Does not use it up."""
    found = session.scalars(
        select(CredentialCode).where(CredentialCode.ref == ref, CredentialCode.purpose == purpose).with_for_update()
    ).first()
    if found is None or found.used_at is not None or found.expires_at <= now or found.attempts >= TRIES:
        return None
    found.attempts += 1
    secret = "".join(typed.split())
    right = random.compare_digest(found.digest, _code_digest(purpose, ref, secret))
    return found if right else None


def alive(session: Session, ref: str, now: datetime) -> CredentialCode | None:
    """A code that was tried rightly a moment ago, if nobody used it meanwhile."""
    found = session.scalars(select(CredentialCode).where(CredentialCode.ref == ref).with_for_update()).first()
    return found if found and found.used_at is None and found.expires_at > now else None


def _code_digest(purpose: str, ref: str, secret: str) -> str:
    return secrets.digest("code", f"{purpose}|{ref}|{secret}")


def issue_link(
    session: Session,
    purpose: Purpose,
    now: datetime,
    *,
    account_id: int | None = None,
    subject_ref: str | None = None,
    life: timedelta = LINK_LIFE,
) -> str:
    """The token of a one-time link; older links to the same end die."""
    token = random.token_urlsafe(24)
    _void(session, purpose, now, account_id=account_id, subject_ref=subject_ref)
    session.add(
        CredentialCode(
            ref=random.token_urlsafe(12),
            purpose=purpose,
            digest=_link_digest(purpose, token),
            account_id=account_id,
            subject_ref=subject_ref,
            created_at=now,
            expires_at=now + life,
        )
    )
    return token


def open_link(
    session: Session, purpose: Purpose, token: str, now: datetime, *, to_use: bool = False
) -> CredentialCode | None:
    """The link if it is alive. Opening the page does not use it up: a mail scanner may have opened it first."""
    wanted = select(CredentialCode).where(CredentialCode.digest == _link_digest(purpose, token))
    found = session.scalars(wanted.with_for_update() if to_use else wanted).first()
    return found if found and found.used_at is None and found.expires_at > now else None


def void_links(session: Session, purpose: Purpose, subject_ref: str, now: datetime) -> None:
    """What the links led to was settled in another way."""
    _void(session, purpose, now, subject_ref=subject_ref)


def _link_digest(purpose: str, token: str) -> str:
    return secrets.digest("link", f"{purpose}|{token}")


def use(code: CredentialCode, now: datetime) -> None:
    code.used_at = now


def void_all(session: Session, account_id: int, now: datetime) -> None:
    """Nothing that was sent to this account before opens anything any more."""
    for purpose in ("register", "reset", "invite"):
        _void(session, purpose, now, account_id=account_id)


def _void(
    session: Session,
    purpose: str,
    now: datetime,
    *,
    address: str | None = None,
    account_id: int | None = None,
    subject_ref: str | None = None,
) -> None:
    ends = (
        (CredentialCode.address, address),
        (CredentialCode.account_id, account_id),
        (CredentialCode.subject_ref, subject_ref),
    )
    conditions = [column == value for column, value in ends if value is not None]
    session.execute(
        update(CredentialCode)
        .where(CredentialCode.purpose == purpose, CredentialCode.used_at.is_(None), *conditions)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
