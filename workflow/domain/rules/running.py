"""How the parts of an expression are worked out: exact numbers, and CEL's logic of what is not known.

Every part becomes a step. A step that lacks an input gives `Unknown`, which names it.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from workflow.domain import calendar


@dataclass(frozen=True)
class Unknown:
    """What could not be worked out, and the names whose values were missing."""

    names: frozenset[str]

    def __or__(self, other: "Unknown") -> "Unknown":
        return Unknown(self.names | other.names)


Inputs = Mapping[str, Any]
Frame = list[Any]
Step = Callable[[Inputs, Frame], Any]
Convert = Callable[[Any], Any]
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


def as_decimal(value: Any) -> Decimal:
    return value if type(value) is Decimal else Decimal(str(value))


def as_fraction(value: Any) -> Fraction:
    return Fraction(value if isinstance(value, Decimal | int | str) else str(value))


def as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def same(value: Any) -> Any:
    return value


def each(convert: Convert) -> Convert:
    return lambda values: [convert(value) for value in values]


def plain(value: Any) -> Any:
    """A result as the rest of the house counts: exact where the decimal ends, else to the 28th digit."""
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value


def constant(value: Any) -> Step:
    return lambda _inputs, _frame: value


def reading(name: str, convert: Convert, default: Any = None) -> Step:
    """`default`: what it is while nothing is known; then `unknown` says that somebody looked and could not tell."""
    unclear = Unknown(frozenset((name,)))
    unknown = unclear if default is None else default

    def step(inputs: Inputs, _frame: Frame) -> Any:
        value = inputs.get(name)
        if default is not None and value == "unknown":
            return unclear
        return unknown if value is None or value == "" else convert(value)

    return step


def local(slot: int) -> Step:
    return lambda _inputs, frame: frame[slot]


def column(of: Step, key: str, path: str, convert: Convert) -> Step:
    unknown = Unknown(frozenset((path,)))

    def step(inputs: Inputs, frame: Frame) -> Any:
        row = of(inputs, frame)
        if type(row) is Unknown:
            return row
        value = row.get(key)
        return unknown if value is None or value == "" else convert(value)

    return step


def both(left: Step, right: Step) -> Step:
    def step(inputs: Inputs, frame: Frame) -> Any:
        a = left(inputs, frame)
        if a is False:
            return False
        b = right(inputs, frame)
        if b is False or a is True:
            return b
        return a if b is True else a | b

    return step


def either(left: Step, right: Step) -> Step:
    def step(inputs: Inputs, frame: Frame) -> Any:
        a = left(inputs, frame)
        if a is True:
            return True
        b = right(inputs, frame)
        if b is True or a is False:
            return b
        return a if b is False else a | b

    return step


def choose(condition: Step, yes: Step, no: Step) -> Step:
    def step(inputs: Inputs, frame: Frame) -> Any:
        answer = condition(inputs, frame)
        if type(answer) is Unknown:
            return answer
        return yes(inputs, frame) if answer else no(inputs, frame)

    return step


def applied(function: Callable[..., Any], *steps: Step) -> Step:
    """A function of what the steps give; anything unknown makes the whole unknown."""
    if len(steps) == 2:
        return _applied_to_two(function, *steps)

    def step(inputs: Inputs, frame: Frame) -> Any:
        values = [part(inputs, frame) for part in steps]
        unknown = missing_in(values)
        return function(*values) if unknown is None else unknown

    return step


def _applied_to_two(function: Callable[[Any, Any], Any], left: Step, right: Step) -> Step:
    def step(inputs: Inputs, frame: Frame) -> Any:
        a, b = left(inputs, frame), right(inputs, frame)
        if type(a) is Unknown:
            return a | b if type(b) is Unknown else a
        return b if type(b) is Unknown else function(a, b)

    return step


def missing_in(values: Sequence[Any]) -> Unknown | None:
    unknown: Unknown | None = None
    for value in values:
        if type(value) is Unknown:
            unknown = value if unknown is None else unknown | value
    return unknown


def guarded(function: Callable[..., Any], reads: frozenset[str], *steps: Step) -> Step:
    """Division by nothing, a row that is not there: no answer, for want of what the part reads."""
    nothing = Unknown(reads)

    def guarded_function(*values: Any) -> Any:
        try:
            return function(*values)
        except (ArithmeticError, LookupError, ValueError):
            return nothing

    return applied(guarded_function, *steps)


def listing(steps: Sequence[Step]) -> Step:
    return applied(lambda *values: list(values), *steps)


def mapping(keys: Sequence[Any], steps: Sequence[Step]) -> Step:
    return applied(lambda *values: dict(zip(keys, values, strict=True)), *steps)


def at_index(items: Any, by: Any) -> Any:
    if isinstance(items, dict):
        return items[by]
    if by < 0 or by != int(by):
        raise LookupError
    return items[int(by)]


def exists(of: Step, slot: int, body: Step) -> Step:
    return _any_row(of, slot, body, True)


def all_rows(of: Step, slot: int, body: Step) -> Step:
    return _any_row(of, slot, body, False)


def _any_row(of: Step, slot: int, body: Step, decisive: bool) -> Step:
    """One row that answers `decisive` settles it, whatever is missing in the others."""

    def step(inputs: Inputs, frame: Frame) -> Any:
        rows = of(inputs, frame)
        if type(rows) is Unknown:
            return rows
        unknown: Unknown | None = None
        for row in rows:
            frame[slot] = row
            answer = body(inputs, frame)
            if answer is decisive:
                return decisive
            if type(answer) is Unknown:
                unknown = answer if unknown is None else unknown | answer
        return (not decisive) if unknown is None else unknown

    return step


def filtered(of: Step, slot: int, body: Step) -> Step:
    return _per_row(of, slot, body, lambda rows, answers: [r for r, keep in zip(rows, answers, strict=True) if keep])


def mapped(of: Step, slot: int, body: Step) -> Step:
    return _per_row(of, slot, body, lambda _rows, answers: answers)


def _per_row(of: Step, slot: int, body: Step, finish: Callable[[Sequence[Any], list[Any]], Any]) -> Step:
    def step(inputs: Inputs, frame: Frame) -> Any:
        rows = of(inputs, frame)
        if type(rows) is Unknown:
            return rows
        answers = []
        for row in rows:
            frame[slot] = row
            answers.append(body(inputs, frame))
        unknown = missing_in(answers)
        return finish(rows, answers) if unknown is None else unknown

    return step


def rounded(value: Any, places: Any = 0) -> Any:
    """Half up, away from zero, as it is done by hand."""
    digits = int(places)
    if isinstance(value, Fraction):
        shifted = abs(value) * 10**digits
        whole = (shifted.numerator * 2 + shifted.denominator) // (shifted.denominator * 2)
        return Fraction(whole if value >= 0 else -whole, 1) / 10**digits
    result = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
    return result if digits > 0 else result.to_integral_value()


def in_a_row_below(values: Sequence[Any], mark: Any) -> int:
    """How many of the latest values, without a break, lie below the mark."""
    run = 0
    for value in reversed(values):
        if value >= mark:
            break
        run += 1
    return run


def contained(item: Any, holder: Any) -> bool:
    return item in holder


COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
DATES: Mapping[str, Callable[[date, date], int]] = {
    "years_between": calendar.years_between,
    "months_between": calendar.months_between,
    "days_between": lambda start, end: (end - start).days,
}


def counting(function: Callable[..., int], number: Convert) -> Callable[..., Any]:
    """Gives a whole number as the kind of number this rule counts with."""
    return partial(_counted, function, number)


def _counted(function: Callable[..., int], number: Convert, *values: Any) -> Any:
    return number(function(*values))
