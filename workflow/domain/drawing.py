"""Drawing raters: from everything that went in and a recorded seed, so that anybody can draw again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

METHOD = "sha256-balanced-1"
"""Cases in the order of `sha256(seed:case)`; for each the free candidates who sit least often so far, of equals the
lowest `sha256(seed:case:account)`. Who is left over comes next, in the order of that number."""


@dataclass(frozen=True, slots=True)
class DrawInputs:
    """`candidates`: role -> (account, seats held before). `barred`: case -> role -> accounts that may not sit there."""

    stage: str
    seats: Mapping[str, int]
    candidates: Mapping[str, Sequence[tuple[int, int]]]
    cases: Sequence[int]
    barred: Mapping[int, Mapping[str, Sequence[int]]]

    def as_json(self) -> dict[str, Any]:
        return {
            "method": METHOD,
            "stage": self.stage,
            "seats": dict(self.seats),
            "candidates": {role: [list(each) for each in sorted(known)] for role, known in self.candidates.items()},
            "cases": sorted(self.cases),
            "barred": {
                str(case): {role: sorted(accounts) for role, accounts in roles.items()}
                for case, roles in self.barred.items()
            },
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "DrawInputs":
        return cls(
            kept["stage"],
            kept["seats"],
            {role: [(account, load) for account, load in known] for role, known in kept["candidates"].items()},
            kept["cases"],
            {int(case): roles for case, roles in kept["barred"].items()},
        )

    @property
    def digest(self) -> str:
        spelled = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(spelled.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Seating:
    """Who sits at one case, and who comes next."""

    seats: Mapping[str, tuple[int, ...]]
    reserve: Mapping[str, tuple[int, ...]]


def order_of(seed: str, *parts: object) -> str:
    return hashlib.sha256(":".join([seed, *map(str, parts)]).encode()).hexdigest()


def free_for(inputs: DrawInputs, case: int, role: str) -> list[int]:
    barred = set(inputs.barred.get(case, {}).get(role, ()))
    return [account for account, _ in inputs.candidates.get(role, ()) if account not in barred]


def draw(inputs: DrawInputs, seed: str) -> dict[int, Seating]:
    """Every case must have enough who are free: that is asked before."""
    load = {(role, account): held for role, known in inputs.candidates.items() for account, held in known}
    seated: dict[int, Seating] = {}
    for case in sorted(inputs.cases, key=lambda each: order_of(seed, each)):
        seats: dict[str, tuple[int, ...]] = {}
        reserve: dict[str, tuple[int, ...]] = {}
        taken: set[int] = set()
        for role, number in sorted(inputs.seats.items()):
            drawn = {account: order_of(seed, case, account) for account in free_for(inputs, case, role)}
            free = sorted((a for a in drawn if a not in taken), key=lambda a: (load[role, a], drawn[a]))
            seats[role] = tuple(free[:number])
            reserve[role] = tuple(sorted(free[number:], key=lambda a: drawn[a]))
            taken.update(seats[role])
            for account in seats[role]:
                load[role, account] += 1
        seated[case] = Seating(seats, reserve)
    return seated
