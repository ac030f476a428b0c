"""Who stands where, and where the line falls: floors first, then by order under the caps, then alternates. Pure.

Numbers are whole numbers and fractions. The order of the candidates given changes nothing: what the declared rules
leave equal shares one rank, stands in the order of case numbers, and is reported as an open tie where it matters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from workflow.domain.quotas import Band, Places

RULES = ("total", "first_criterion", "vote", "settled")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One case on the list. `carried` None: not voted yet, counted in for the time being."""

    case: int
    groups: tuple[str, ...] = ()  # its track first
    total: Fraction | None = None  # what the list is ordered by; None stands last
    first_criterion: Fraction | None = None
    vote: Fraction | None = None  # share of the votes in favor
    settled: int | None = None  # place among equals, as the meeting settled it
    carried: bool | None = None  # has the votes
    decision: str = ""  # against the order: "pass" moved in, "refuse" or "defer" taken out


@dataclass(frozen=True, slots=True)
class Placing:
    """Where one case stands and why.

    `by`: what put it behind the one above (`first`, a tie-break rule, `tie`). `how`: `moved_in`, `floor`, `order` took
    it in; `full`, `capped`, `votes`, `taken_out` kept it out. `group`: whose floor or cap that was.
    """

    case: int
    rank: int
    by: str
    result: str = "refused"  # passed, alternate, refused, deferred
    how: str = "full"
    group: str | None = None
    alternate: int | None = None
    grade: str | None = None
    equal: bool = False  # shares its total with another one


@dataclass(frozen=True)
class Line:
    """The whole list in order; `ties` must still be settled, because who gets what depends on them."""

    placings: tuple[Placing, ...]
    ties: tuple[tuple[int, ...], ...] = ()
    places: Places = field(default_factory=Places)

    def of(self, case: int) -> Placing | None:
        return next((each for each in self.placings if each.case == case), None)

    def passed(self) -> list[Placing]:
        return [each for each in self.placings if each.result == "passed"]


# -- the order ---------------------------------------------------------------------------------------------------------
def _classes(candidates: Sequence[Candidate], rules: Sequence[str]) -> list[tuple[str, list[Candidate]]]:
    """Groups of equals from the top down, each with the rule that put it behind the one above it."""
    if len(candidates) < 2 or not rules:
        return [("tie", sorted(candidates, key=lambda each: each.case))]
    rule, rest = rules[0], rules[1:]
    if not _decides(rule, candidates):
        return _classes(candidates, rest)
    by_value = sorted(candidates, key=lambda each: _key(rule, each))
    found: list[tuple[str, list[Candidate]]] = []
    for _, equals in groupby(by_value, key=lambda each: _key(rule, each)):
        inner = _classes(list(equals), rest)
        found += [(rule if number == 0 else by, group) for number, (by, group) in enumerate(inner)]
    return found


def _decides(rule: str, candidates: Sequence[Candidate]) -> bool:
    """A tie-break decides only where all have what it compares; the list itself puts a missing total last.

    Nobody settles a place for who stands outside of the line: put off, taken out, without the votes, or moved in.
    """
    if rule == "total":
        return True
    if rule == "settled":
        in_line = [each for each in candidates if _in_line(each)]
        places = [each.settled for each in in_line if not each.decision or each.settled is not None]
        return bool(places) and None not in places and len(set(places)) == len(places)
    return None not in [getattr(each, rule) for each in candidates]


def _in_line(candidate: Candidate) -> bool:
    return candidate.decision in ("", "pass") and candidate.carried is not False


def _key(rule: str, candidate: Candidate) -> tuple[bool, Fraction | int]:
    value = getattr(candidate, rule)
    if value is None:
        return True, 0
    return False, value if rule == "settled" else -value


def ordered(candidates: Iterable[Candidate], tie_break: Sequence[str] = ()) -> list[tuple[str, list[Candidate]]]:
    """From the top down: what put each group behind the one above, and its members; more than one is a tie."""
    named = [rule for rule in tie_break if rule in RULES]
    groups = _classes(sorted(candidates, key=lambda each: each.case), ("total", *named, "settled"))
    return [("first" if number == 0 else by, group) for number, (by, group) in enumerate(groups) if group]


# -- the line ----------------------------------------------------------------------------------------------------------
def draw(
    candidates: Iterable[Candidate],
    places: Places,
    tie_break: Sequence[str] = (),
    grades: Mapping[str, int] | None = None,
) -> Line:
    """Rank everybody and draw the line.

    Who lacks the votes or was taken out is ranked, too, but takes no place. Floors go to the best of each group in the
    order of the list; where there are fewer places than floors promise, the best of those come first.
    """
    groups = ordered(candidates, tie_break)
    order = [candidate for _, group in groups for candidate in group]
    free = [each for each in order if each.carried is not False and each.decision not in ("refuse", "defer")]
    seats = _Seats(places)
    for candidate in free:
        if candidate.decision == "pass":
            seats.take(candidate, "moved_in")
    for candidate in free:
        seats.take_by_floor(candidate)
    for candidate in free:
        seats.take(candidate, "order")
    standing = {each.case: each for each in _ranked(groups)}
    waiting = [each for each in free if each.case not in seats.given][: places.alternates]
    graded = _grades([each.case for each in order if each.case in seats.given], grades or {})
    placings = tuple(_placing(standing[each.case], each, seats, waiting, graded) for each in order)
    return Line(placings, tuple(_open_ties(groups, placings)), places)


class _Seats:
    """The places while they are given out."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.counts: Counter[str] = Counter()
        self.given: dict[int, tuple[str, str | None]] = {}

    def is_full(self) -> bool:
        return self.places.total is not None and len(self.given) >= self.places.total

    def capped(self, candidate: Candidate) -> str | None:
        for group in candidate.groups:
            most = self.band(group).at_most
            if most is not None and self.counts[group] >= most:
                return group
        return None

    def band(self, group: str) -> Band:
        return self.places.bands.get(group, Band())

    def take(self, candidate: Candidate, how: str, group: str | None = None) -> None:
        if candidate.case in self.given or self.is_full() or self.capped(candidate):
            return
        self.given[candidate.case] = (how, group)
        self.counts.update(candidate.groups)

    def take_by_floor(self, candidate: Candidate) -> None:
        owed = next((each for each in candidate.groups if self.counts[each] < self.band(each).at_least), None)
        if owed is not None:
            self.take(candidate, "floor", owed)


def _ranked(groups: Sequence[tuple[str, Sequence[Candidate]]]) -> Iterable[Placing]:
    """Equals share the rank of the first of them, as in sport: 1, 2, 2, 4."""
    totals = Counter(each.total for _, group in groups for each in group)
    above = 0
    for by, group in groups:
        for number, each in enumerate(group):
            equal = each.total is not None and totals[each.total] > 1
            yield Placing(each.case, above + 1, by if number == 0 else "tie", equal=equal)
        above += len(group)


def _grades(passed: Sequence[int], grades: Mapping[str, int]) -> dict[int, str]:
    """Handed out in order: so many of the first, then so many of the next."""
    given = [grade for grade, number in grades.items() for _ in range(number)]
    return dict(zip(passed, given, strict=False))


def _placing(
    standing: Placing, candidate: Candidate, seats: _Seats, waiting: Sequence[Candidate], graded: Mapping[int, str]
) -> Placing:
    if candidate.decision == "defer":
        return replace(standing, result="deferred", how="taken_out")
    if candidate.carried is False:
        return replace(standing, how="votes")
    if candidate.decision == "refuse":
        return replace(standing, how="taken_out")
    given = seats.given.get(candidate.case)
    if given is not None:
        return replace(standing, result="passed", how=given[0], group=given[1], grade=graded.get(candidate.case))
    capped = None if seats.is_full() else seats.capped(candidate)
    kept = replace(standing, how="capped" if capped else "full", group=capped)
    number = next((at for at, each in enumerate(waiting, start=1) if each.case == candidate.case), None)
    return kept if number is None else replace(kept, result="alternate", alternate=number)


def _open_ties(
    groups: Sequence[tuple[str, Sequence[Candidate]]], placings: Sequence[Placing]
) -> Iterable[tuple[int, ...]]:
    """Equals who do not all get the same: another order of theirs would give another result.

    Who was moved in stands outside of it, and whoever should have been but found no place stands in it like the others.
    """
    found = {each.case: each for each in placings}
    for _, group in groups:
        equals = [found[each.case] for each in group if _in_line(each) and found[each.case].how != "moved_in"]
        if len({(each.result, each.alternate, each.grade) for each in equals}) > 1:
            yield tuple(each.case for each in equals)


# -- a place falls free ------------------------------------------------------------------------------------------------
def next_up(waiting: Sequence[Candidate], holding: Mapping[str, int], places: Places) -> int | None:
    """Which alternate moves up. `waiting` in their order, `holding`: places held by group, `""` for all.

    A floor that is no longer met comes first; then the first whose group is not at its cap. None: no place is free.
    """
    if places.total is not None and holding.get("", 0) >= places.total:
        return None
    seats = _Seats(Places(None, places.bands))
    seats.counts.update(holding)
    for candidate in waiting:
        short = any(holding.get(group, 0) < seats.band(group).at_least for group in candidate.groups)
        if short and seats.capped(candidate) is None:
            return candidate.case
    return next((each.case for each in waiting if seats.capped(each) is None), None)
