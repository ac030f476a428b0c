"""How an envelope leaves the house: by e-mail, by text message, into the catcher. One contract, one test for all.

A channel knows no table. It either took the envelope, or says which of two things went wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Refused(Exception):
    """It will never go like this: an address that nobody has."""


class Unreachable(Exception):
    """It may go later: nobody answers, or they say so."""


@dataclass(frozen=True)
class Envelope:
    """`key` is the same on every try, so that whoever gets it twice can tell. A text message carries no subject."""

    key: str
    to: str
    subject: str
    text: str
    language: str = "zh"


class Channel(Protocol):
    name: str  # email, sms
    keeps: bool
    """What it sends can be read again on this machine, so that codes need not be forgotten."""

    def send(self, envelope: Envelope) -> None: ...


_channels: dict[str, Channel] = {}


def configure(channels: Iterable[Channel]) -> None:
    """Handed in once by the app; without any, people find what they are told in the house alone."""
    _channels.clear()
    _channels.update({channel.name: channel for channel in channels})


def offered() -> Mapping[str, Channel]:
    return _channels
