"""Numbers and dates of certificates. Pure: which number follows is an argument, taken by a service under a lock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.domain.calendar import WorkCalendar
from workflow.domain.lengths import Length
from workflow.domain.recognition import Standing

SEQ = re.compile(r"\{seq(?::(\d{1,2}))?\}")
_PLACE = re.compile(r"\{([a-z]+)(?::(\d{1,2}))?\}")
SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NumberParts:
    """What a number may be made of. Words print in upper case."""

    code: str
    on: date
    round: str
    track: str
    channel: str
    level: str | None = None

    def words(self) -> Mapping[str, str]:
        return {
            "code": self.code,
            "year": f"{self.on:%Y}",
            "yy": f"{self.on:%y}",
            "date": f"{self.on:%Y%m%d}",
            "round": self.round,
            "track": self.track,
            "channel": self.channel,
            "level": self.level or "",
        }


def series(template: str, parts: NumberParts) -> str:
    """The number without its count: `FE-2026-PATTERN-{seq:4}`. Whatever shares it is counted together, so that no two
    numbers are alike and no count skips one."""
    words = parts.words()

    def filled(place: re.Match[str]) -> str:
        if place.group(1) == "seq":
            return place.group(0)
        return words[place.group(1)].upper()

    return _PLACE.sub(filled, template)


def number(of_series: str, seq: int) -> str:
    """`FE-2026-PATTERN-{seq:4}` and 31 are FE-2026-PATTERN-0031. A count that outgrows its digits is written whole."""
    if seq < 1:
        raise ValueError(seq)
    return SEQ.sub(lambda place: f"{seq:0{int(place.group(1) or 1)}d}", of_series)


def numbers(of_series: Sequence[str], following: Mapping[str, int]) -> tuple[tuple[str, ...], dict[str, int]]:
    """One number for each of the series in this order, from what follows in each; and what follows afterwards."""
    after, given = dict(following), []
    for each in of_series:
        seq = after.get(each, 1)
        given.append(number(each, seq))
        after[each] = seq + 1
    return tuple(given), after


def last_day(on: date, valid: Length | None, calendar: WorkCalendar) -> date | None:
    """The last day, until 24:00: the same date so many years or months later, clipped to the month's end."""
    return calendar.add(on, valid).date if valid is not None else None


def standing_on(standing: Standing, until: date | None, today: date) -> Standing:
    """How it stands today, whatever the clock has recorded so far."""
    if standing is Standing.VALID and until is not None and today > until:
        return Standing.EXPIRED
    return standing


def expires_soon(standing: Standing, until: date | None, today: date) -> bool:
    return standing_on(standing, until, today) is Standing.VALID and until is not None and until - today <= SOON


def duration(valid: Length) -> tuple[int, str]:
    """The validity as one says it: twelve months are a year."""
    if valid.unit == "mo" and valid.amount % 12 == 0:
        return valid.amount // 12, "y"
    return valid.amount, valid.unit


def title(template: str, track: str, level: str, on: date) -> str:
    """`时尚工程师（{track}）` with the names of the case."""
    words = {"track": track, "level": level, "year": f"{on:%Y}"}
    return _PLACE.sub(lambda place: words.get(place.group(1), place.group(0)), template)
