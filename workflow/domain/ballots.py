"""Counting heads and votes: quorum, the base of one case, the votes that are needed. Pure, whole numbers only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

VOTES = ("for", "against", "abstained")


@dataclass(frozen=True, slots=True)
class Tally:
    favor: int
    against: int
    abstained: int

    @property
    def cast(self) -> int:
        return self.favor + self.against + self.abstained


@dataclass(frozen=True, slots=True)
class Base:
    """Who counts for one case: a recused member neither as present nor as a member."""

    members: int
    present: int

    def quorate(self, quorum: Fraction) -> bool:
        return self.members > 0 and self.present >= quorum * self.members

    def of(self, whom: Literal["present", "members"]) -> int:
        return self.present if whom == "present" else self.members


def base_of(members: Iterable[int], present: Iterable[int], recused: Iterable[int]) -> Base:
    out = frozenset(recused)
    seated = frozenset(members) - out
    return Base(len(seated), len(seated & frozenset(present)))


def needed(base: int, rule: Fraction | Literal["majority"]) -> int:
    """The fewest votes in favor that carry: more than half, or at least the fraction. Abstentions stay in the base."""
    return base // 2 + 1 if rule == "majority" else max(1, ceil(rule * base))


def counted(votes: Mapping[int, str]) -> Tally:
    """The tally of an open ballot."""
    cast = list(votes.values())
    return Tally(cast.count("for"), cast.count("against"), cast.count("abstained"))
