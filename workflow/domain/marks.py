"""One mark: on which scale it stands, how it is rounded and shown, which level it is (LANGUAGE.md 2.4).

All arithmetic is exact; a figure is rounded half up to two decimals only where it is shown or stored.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm

from workflow.domain.program.schema import Criterion, Scoring

FULL = 100


@lru_cache(maxsize=1024)
def exact(value: Decimal) -> Fraction:
    """A weight or a full mark: few of them, asked for again and again."""
    return Fraction(value)


def summed(values: Iterable[Fraction], over: int = 1) -> Fraction:
    """The sum, or the mean over so many, brought to lowest terms once."""
    known = tuple(values)
    bottom = lcm(*(each.denominator for each in known))
    return Fraction(sum(each.numerator * (bottom // each.denominator) for each in known), bottom * over)


def weighted(values: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The mean of values with their weights, brought to lowest terms once; 0 where nothing weighs."""
    known = tuple(values)
    whole = lcm(*(weight.denominator for _, weight in known))
    shares = [weight.numerator * (whole // weight.denominator) for _, weight in known]
    bottom = lcm(*(value.denominator for value, _ in known))
    tops = (value.numerator * (bottom // value.denominator) for value, _ in known)
    top = sum(each * share for each, share in zip(tops, shares, strict=True))
    return Fraction(top, bottom * sum(shares)) if any(shares) else Fraction(0)


def hundredths(value: Fraction) -> int:
    """Rounded half up, away from zero: 82.345 is 8235."""
    top, bottom = value.numerator, value.denominator
    rounded = (abs(top) * 200 + bottom) // (bottom * 2)
    return rounded if top >= 0 else -rounded


def shown(value: Fraction | int) -> str:
    """Two decimals; whole hundredths may be given as they are stored."""
    whole = value if isinstance(value, int) else hundredths(value)
    sign = "-" if whole < 0 else ""
    return f"{sign}{abs(whole) // 100}.{abs(whole) % 100:02d}"


def finely(value: Fraction) -> str:
    """A figure on the way, to four decimals where two would not say it all: what is added by hand comes out right."""
    scaled = int(abs(value) * 10_000 + Fraction(1, 2))
    sign = "-" if value < 0 and scaled else ""
    text = f"{scaled // 10_000}.{scaled % 10_000:04d}"
    return sign + (text[:-2] if text.endswith("00") else text.rstrip("0"))


def of_hundredths(value: int) -> Fraction:
    return Fraction(value, 100)


def points_of(criterion: Criterion, raw: Fraction) -> Fraction:
    """What was given, on the scale of 100: levels as they are, numbers by their bands or their full mark."""
    if criterion.type == "levels":
        return raw
    if criterion.bands:
        reached = [mark for mark in criterion.bands if exact(mark) <= raw]
        return exact(criterion.bands[max(reached)]) if reached else Fraction(0)
    if criterion.max in (None, FULL):
        return raw
    return raw * FULL / exact(criterion.max) if criterion.max else raw


def most_of(criterion: Criterion) -> Decimal | None:
    """The highest number that may be given; with bands there is none."""
    if criterion.type == "levels" or (criterion.max is None and not criterion.bands):
        return Decimal(FULL)
    return None if criterion.bands else criterion.max


def level_of(scoring: Scoring, points: Decimal | Fraction) -> str | None:
    """A range runs from its lower bound up to the next level's, so that 89.5 is still 良."""
    reached = [(span.low, key) for key, span in scoring.levels.items() if span.low <= points]
    return max(reached)[1] if reached else None


def must_explain(scoring: Scoring, criterion: Criterion, points: Decimal | Fraction) -> bool:
    """Whether a rater's judgment needs a written reason; a measured number speaks for itself."""
    if criterion.type != "levels":
        return False
    marks = scoring.explain.marks
    return level_of(scoring, points) in scoring.explain.levels or bool(marks and points >= min(marks))
