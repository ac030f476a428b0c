"""What has had its time goes, little by little, and nothing before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.accounts import CredentialCode, LoginAttempt, WebSession
from models.base import Base, reading, writing
from models.deliveries import Delivery, DeliveryItem
from models.evidence import RequestKey
from models.messages import Message
from models.staging import StagedList
from tests.services.houses import account
from workflow.services import clock, sweeping


def put(now: datetime, account_id: int, age: timedelta, count: int = 1) -> None:
    """`count` rows of each sort, as old as that."""
    with writing() as session:
        for n in range(count):
            then = now - age - timedelta(seconds=n)
            name = f"{age.total_seconds()}-{n}"
            session.add(LoginAttempt(login_digest="d", address="a", at=then, ok=False))
            session.add(
                CredentialCode(
                    ref=f"c{name}"[:24],
                    purpose="register",
                    digest=name,
                    address="1",
                    asked_from="",
                    created_at=then - timedelta(minutes=1),
                    expires_at=then,
                )
            )
            session.add(RequestKey(asker="account:1", key=name, body_hash="h", at=then))
            session.add(
                WebSession(
                    ref=f"s{name}"[:24], digest=name, account_id=account_id, epoch=0, created_at=then, last_seen_at=then
                )
            )
            message = Message(
                ref=f"m{name}"[:24], kind="refused", recipient_id=account_id, created_at=then, visible_at=then
            )
            message.state = "packed"
            envelope = Delivery(
                ref=f"d{name}"[:24], key=name, channel="email", account_id=account_id, next_at=then, created_at=then
            )
            envelope.state, envelope.sent_at = "sent", then
            session.add_all((message, envelope))
            session.flush()
            session.add(DeliveryItem(delivery_id=envelope.id, message_id=message.id))
            session.add(StagedList(ref=f"l{name}"[:24], account_id=account_id, content=b"x", staged_at=then))


def left(model: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("model", "kept_for"),
    [
        (LoginAttempt, sweeping.TRIES),
        (CredentialCode, sweeping.CODES),
        (RequestKey, sweeping.ANSWERS),
        (WebSession, sweeping.SESSIONS),
        (StagedList, sweeping.LISTS),
        (Message, sweeping.MESSAGES),
        (DeliveryItem, sweeping.MESSAGES),
        (Delivery, sweeping.MESSAGES),
    ],
)
def test_each_sort_goes_when_its_time_is_over(
    database: str, now: datetime, model: type[Base], kept_for: timedelta
) -> None:
    someone = account(now, "wang").account_id or 0
    put(now, someone, kept_for - timedelta(seconds=1))
    put(now, someone, kept_for + timedelta(seconds=1))
    before = left(model)
    clock.tick(now)
    assert (before, left(model)) == (2, 1)


def test_a_heap_goes_little_by_little(database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 4)
    put(now, account(now, "wang").account_id or 0, timedelta(days=90), 6)
    assert sweeping.sweep(now) == 20
    assert sweeping.sweep(now) == 10


def test_where_nothing_is_left_over_the_next_sweep_comes_an_hour_later(database: str, now: datetime) -> None:
    someone = account(now, "wang").account_id or 0
    assert sweeping.sweep(now) == 0
    put(now, someone, timedelta(days=90))
    assert sweeping.sweep(now + timedelta(minutes=59)) == 0
    assert sweeping.sweep(now + timedelta(hours=1)) == 5


def test_what_failed_or_still_waits_is_never_swept(database: str, now: datetime) -> None:
    put(now, account(now, "wang").account_id or 0, timedelta(days=500))
    with writing() as session:
        session.query(Message).update({Message.state: "waiting"})
        session.query(Delivery).update({Delivery.state: "failed", Delivery.sent_at: None, Delivery.trouble: "x"})
    sweeping.sweep(now)
    assert (left(Message), left(Delivery), left(DeliveryItem)) == (1, 1, 1)
