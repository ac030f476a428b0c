"""Weights of one sheet: what they add up to, and two ways to make them 100."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

FULL = Decimal(100)


def weights(criteria: Mapping[str, Any]) -> dict[str, Decimal]:
    """By criterion; a veto, or one whose weight is no number yet, weighs nothing."""
    return {key: _weight(one) for key, one in criteria.items()}


def _weight(criterion: Any) -> Decimal:
    raw = criterion.get("weight") if isinstance(criterion, Mapping) else None
    return Decimal(raw) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else Decimal(0)


def gap(given: Mapping[str, Decimal]) -> Decimal:
    """What is missing to 100; negative where there is too much."""
    return FULL - sum(given.values(), Decimal(0))


def added_to(given: Mapping[str, Decimal], key: str) -> dict[str, Decimal]:
    """The gap put onto one criterion, where that leaves it a weight."""
    changed = given[key] + gap(given)
    return {key: changed} if changed > 0 else {}


def in_proportion(given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Whole numbers in the same proportion that add up to 100; the largest remainders get what rounding left over."""
    weighed = {key: weight for key, weight in given.items() if weight > 0}
    total = sum(weighed.values(), Decimal(0))
    if not weighed:
        return {}
    exact = {key: weight * FULL / total for key, weight in weighed.items()}
    whole = {key: Decimal(int(value)) for key, value in exact.items()}
    left = int(FULL - sum(whole.values()))
    for key in sorted(weighed, key=lambda one: exact[one] - whole[one], reverse=True)[:left]:
        whole[key] += 1
    return {key: weight for key, weight in whole.items() if weight != given[key]}
