"""One line of text for a value of the language, both ways: what a file writes, and what people type."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic_core import PydanticCustomError

from workflow.domain.lengths import Length
from workflow.domain.program.schema import after, base
from workflow.domain.words import Words

Read = Callable[[str], Any]
_UNITS = {"个工作日": "wd", "工作日": "wd", "天": "d", "日": "d", "个月": "mo", "月": "mo", "年": "y"}


class Misunderstood(ValueError):
    """What was typed is no value of this kind; the words say what to write."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


def plain(text: str) -> str:
    return text


def whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,10}", text):
        raise Misunderstood(Words("“%(given)s”不是整数，请写 3 这样的数", given=text))
    return int(text)


def number(text: str) -> int | Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Misunderstood(Words("“%(given)s”不是数，请写 75 或 0.5 这样的数", given=text)) from None
    if not value.is_finite() or value.adjusted() > 12:
        raise Misunderstood(Words("“%(given)s”太大了", given=text))
    return int(value) if value == value.to_integral_value() and "." not in text else value


def quantity(text: str) -> Any:
    """A number, or else an expression; what is wrong with an expression the live check says."""
    return number(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else text


def condition(text: str) -> bool | str:
    return {"true": True, "false": False, "是": True, "否": False}.get(text, text)


def share(text: str) -> str:
    return _checked(base.share, f"{text.rstrip('%％').strip()}%")


def count_or_share(text: str) -> int | str:
    return share(text) if text.endswith(("%", "％")) else whole(text)


def span(text: str) -> str:
    even = re.sub(r"\s*(?:-|–|—|~|～|至|到)\s*", "-", text)
    return _checked(base.span, f"{even}-{even}" if even.isdecimal() else even)


def fraction(text: str) -> str:
    return _checked(base.fraction, text.replace("／", "/"))


def length(text: str) -> str:
    """`5wd`, or as people write it: 5个工作日."""
    match = re.fullmatch(r"([+-]?\d{1,5})\s*(\D+)", text)
    unit = match and _UNITS.get(match[2].strip())
    return _checked(base.length, f"{match[1]}{unit}" if match and unit else text)


def clock_time(text: str) -> str:
    even = text.replace("：", ":")
    if not re.fullmatch(r"([01]\d|2[0-4]):[0-5]\d", even):
        raise Misunderstood(Words("“%(given)s”不是时刻，请写 17:30 或 24:00 这样", given=text))
    return even


def day(text: str) -> Any:
    _checked(after.day, text)
    return int(text) if text.isdecimal() else text


def a_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misunderstood(Words("“%(given)s”不是日期，请写 2026-12-01 这样", given=text)) from None


def _checked(read: Callable[[Any], Any], written: str) -> str:
    try:
        read(written)
    except PydanticCustomError as error:
        raise Misunderstood((error.context or {})["words"]) from None
    return written


READ: Mapping[str, Read] = {
    "word": plain,
    "formula": plain,
    "whole": whole,
    "number": number,
    "quantity": quantity,
    "condition": condition,
    "share": share,
    "count_or_share": count_or_share,
    "span": span,
    "fraction": fraction,
    "clock_time": clock_time,
    "day": day,
}


def text_of(raw: Any) -> str | None:
    """How a plain value stands in a line; None where it is no plain value."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        return format(raw, "f")
    return None if isinstance(raw, Mapping | list | tuple) else str(raw)


def length_of(raw: Any) -> Length | None:
    try:
        return Length.parse(str(raw))
    except ValueError:
        return None
