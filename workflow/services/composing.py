"""The letter as it is sent: a subject and plain text, in the reader's language, with one link to go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.deliveries import Delivery
from workflow.channels import Envelope
from workflow.domain import envelopes
from workflow.domain.letters import Place
from workflow.domain.words import Words
from workflow.services.letters import Letter

LONGEST_SMS = 300


@dataclass(frozen=True)
class House:
    """What stands around every letter, handed in once by the app: names, addresses of pages, the two languages."""

    name: Any
    office: Any
    say: Callable[[Any, str], str]
    link: Callable[[Place | None], str]


_PLAIN = House("", "", lambda what, _language: str(what), lambda _place: "")
_house = [_PLAIN]


def configure(house: House) -> None:
    _house[:] = [house]


def tried(letter: Letter, language: str) -> Letter:
    """Said once, so that a sentence that cannot be said is found while the others still can."""
    _house[0].say(letter.words, language)
    return letter


def composed(row: Delivery, to: str, lines: Sequence[Letter], language: str) -> Envelope:
    house = _house[0]
    name = house.say(house.name, language)
    if row.channel == envelopes.SMS:
        return Envelope(row.ref, to, "", _short(house, name, row, lines, language), language)
    said = [house.say(_line(each), language) for each in lines]
    subject = said[0] if not row.digest else house.say(Words("今天有 %(n)s 件事", n=len(lines)), language)
    link = house.link(lines[0].place if not row.digest else None)
    numbered = said if not row.digest else [f"{number}. {line}" for number, line in enumerate(said, start=1)]
    end = house.say(Words("本邮件由系统发出，请不要回复。"), language)
    text = "\n".join([*numbered, "", link, "", house.say(house.office, language), end])
    return Envelope(row.ref, to, f"[{name}] {subject}", text + "\n", language)


def _line(letter: Letter) -> Words:
    if letter.about is None:
        return letter.words
    return Words("%(about)s：%(what)s", about=letter.about, what=letter.words)


def _short(house: House, name: str, row: Delivery, lines: Sequence[Letter], language: str) -> str:
    if row.digest and len(lines) > 1:
        what = house.say(Words("你有 %(n)s 件事要看", n=len(lines)), language)
        return f"【{name}】{what} {house.link(None)}"
    said = house.say(_line(lines[0]), language)
    return f"【{name}】{said[:LONGEST_SMS]} {house.link(lines[0].place if not row.digest else None)}"
