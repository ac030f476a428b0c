"""Places by their code: the divisions of the country down to the county, from a file that ships with the rules.

Towns and villages are what an office has registered (`local`: name by code); without any, a code is only checked for
its form. A code names its place from the left: province 2, city 4, county 6, town 9, village 12 digits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

LENGTHS = (2, 4, 6, 9, 12)
DEPTHS: Mapping[str, int] = {"county": 6, "town": 9, "village": 12}
NOWHERE: Mapping[str, str] = MappingProxyType({})
_FILE = Path(__file__).parent / "data" / "regions.txt"
_NO_NAMES = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))


@dataclass(frozen=True)
class Step:
    """One choice on the way down to a place."""

    options: tuple[tuple[str, str], ...]  # code, name
    chosen: str


@cache
def national() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        parent, *children = line.split()
        for child in children:
            name = child.lstrip("0123456789")
            names[parent.strip("-") + child.removesuffix(name)] = name
    return MappingProxyType(names)


@cache
def _counties() -> Mapping[str, str]:
    """Code by whole name, and by the county's own name where only one is called so."""
    codes = {code: name for code, name in national().items() if len(code) == DEPTHS["county"]}
    alone = Counter(codes.values())
    short = {name: code for code, name in codes.items() if alone[name] == 1}
    return MappingProxyType(short | {name_of(code): code for code in codes})


def named(typed: str) -> str | None:
    """The county that somebody means who writes its name instead of its code."""
    return _counties().get(typed)


def name_of(code: str) -> str:
    """浙江省杭州市上城区; a code that the country does not know stands for itself."""
    names = national()
    if code not in names:
        return code
    parts = [names[code[:length]] for length in LENGTHS if length <= len(code)]
    return "".join(dict.fromkeys(part for part in parts if part not in _NO_NAMES))


def unfinished(code: str, depth: str) -> bool:
    """Somebody is on the way down and has not arrived."""
    return code.isdecimal() and len(code) in LENGTHS and len(code) < DEPTHS[depth]


def furthest(chosen: Sequence[str]) -> str:
    """What a row of lists says, each below the one before: where the upper one was changed, the lower ones are void."""
    at = ""
    for code in chosen:
        if not code.startswith(at):
            break
        at = code or at
    return at


def steps(code: str, depth: str, local: Mapping[str, str] = NOWHERE) -> tuple[Step, ...]:
    """The lists from which a place is chosen, as far as `code` leads. What leaves no choice is not asked; empty where
    no place of this depth is known."""
    names, length = {**national(), **local}, DEPTHS[depth]
    ends = sorted(each for each in names if len(each) == length)
    found: list[Step] = []
    at = ""
    for size in (each for each in LENGTHS if each <= length):
        options = dict.fromkeys(each[:size] for each in ends if each.startswith(at))
        if len(options) == 1 and size < length:
            (at,) = options
            continue
        chosen = code[:size] if code[:size] in options else ""
        found.append(Step(tuple((each, names.get(each, each)) for each in options), chosen))
        if not chosen:
            break
        at = chosen
    return tuple(found) if ends else ()
