"""Chance that is the same for the same seed, on every machine and whatever else was drawn in between."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
_MASK = (1 << 64) - 1


class Chance:
    """A stream of numbers named by its parts, such as the seed, a case and a stage (splitmix64)."""

    __slots__ = ("_state",)

    def __init__(self, *parts: object) -> None:
        named = hashlib.sha256(":".join(map(str, parts)).encode()).digest()
        self._state = int.from_bytes(named[:8], "big")

    def below(self, limit: int) -> int:
        """0 to limit - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % limit

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.below(high - low + 1)

    def happens(self, percent: int) -> bool:
        return self.below(100) < percent

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return things[self.below(len(things))]
