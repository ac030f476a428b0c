"""A post office for tests: real catchers in a folder, people who can be reached, and what reached them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from models.accounts import Account
from models.base import reading, writing
from models.deliveries import Delivery
from models.messages import Message
from workflow import channels
from workflow.channels import Channel, Envelope, Unreachable
from workflow.channels.catcher import Catcher, caught
from workflow.domain.actor import Actor
from workflow.domain.calendar import SHANGHAI


@contextmanager
def post_office(folder: Path, *others: Channel) -> Iterator[Path]:
    before = list(channels.offered().values())
    channels.configure([Catcher("email", folder), Catcher("sms", folder), *others])
    yield folder
    channels.configure(before)


def arrived(folder: Path, channel: str = "email") -> list[Mapping[str, Any]]:
    return [one for one in reversed(caught(folder, 10_000)) if one["channel"] == channel]


def reachable(actor: Actor, email: str | None = None, phone: str | None = None) -> None:
    with writing() as session:
        session.execute(update(Account).where(Account.id == actor.account_id).values(email=email, phone=phone))


def messages(kind: str | None = None) -> list[Message]:
    with reading() as session:
        wanted = select(Message).order_by(Message.id)
        return list(session.scalars(wanted if kind is None else wanted.where(Message.kind == kind)))


def envelopes() -> list[Delivery]:
    with reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


@dataclass
class Dead:
    """A server that nobody answers, until it does."""

    name: str = "email"
    keeps: bool = False
    fault: Exception | None = field(default_factory=lambda: Unreachable("ConnectionRefusedError"))
    tried: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> None:
        self.tried.append(envelope)
        if self.fault is not None:
            raise self.fault


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of November 2026 in Hangzhou."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)
