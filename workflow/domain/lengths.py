"""Lengths of time as a program writes them: `5wd` working days, `30d`, `6mo`, `2y`."""

import re
from dataclasses import dataclass
from typing import Literal, Self, cast

LengthUnit = Literal["wd", "d", "mo", "y"]
_WRITTEN = re.compile(r"([+-]?)(\d{1,5})(wd|d|mo|y)")


@dataclass(frozen=True)
class Length:
    """`amount` is negative only in reminders, where `-3wd` means three working days before."""

    amount: int
    unit: LengthUnit

    @classmethod
    def parse(cls, written: str) -> Self:
        match = _WRITTEN.fullmatch(written.strip())
        if match is None:
            raise ValueError(written)
        sign, amount, unit = match.groups()
        return cls(-int(amount) if sign == "-" else int(amount), cast(LengthUnit, unit))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"
