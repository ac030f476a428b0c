"""Ranking, floors, ties and the line against a brute-force oracle that tries every choice there is."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.domain.quotas import Band, Places
from workflow.domain.ranking import Candidate, Line, draw, next_up, ordered

TRACKS = ("track:pattern", "track:craft", "track:media")
TIE_BREAK = ("first_criterion", "vote")
points = st.integers(0, 6).map(lambda n: Fraction(n, 3))
candidates = st.builds(
    Candidate,
    case=st.just(0),
    groups=st.sampled_from(TRACKS).map(lambda track: (track,)),
    total=points | st.none(),
    first_criterion=points | st.none(),
    vote=st.sampled_from([Fraction(n, 9) for n in (4, 6, 9)]) | st.none(),
    carried=st.sampled_from([True, True, True, False, None]),
    decision=st.sampled_from(["", "", "", "", "pass", "refuse", "defer"]),
)
lists = st.lists(candidates, max_size=8).map(
    lambda many: [Candidate(**{**_fields(each), "case": number}) for number, each in enumerate(many, start=1)]
)
bands = st.dictionaries(
    st.sampled_from(TRACKS), st.builds(Band, st.integers(0, 3), st.none() | st.integers(0, 4)), max_size=3
)
places = st.builds(Places, st.none() | st.integers(0, 7), bands, st.integers(0, 3))


def _fields(candidate: Candidate) -> dict[str, object]:
    return {name: getattr(candidate, name) for name in Candidate.__dataclass_fields__}


# -- the oracle --------------------------------------------------------------------------------------------------------
def beats(one: Candidate, other: Candidate, everybody: list[Candidate]) -> bool:
    """`one` stands before `other`, said without sorting: the first rule in which they differ and that applies."""
    equals = list(everybody)
    for rule in ("total", *TIE_BREAK):
        values = [getattr(each, rule) for each in equals]
        if rule != "total" and None in values:
            continue
        mine, theirs = getattr(one, rule), getattr(other, rule)
        if mine != theirs:
            return theirs is None or (mine is not None and mine > theirs)
        equals = [each for each in equals if getattr(each, rule) == mine]
    return False


def in_order(everybody: list[Candidate]) -> list[Candidate]:
    """By counting who beats whom; equals by case number."""
    return sorted(everybody, key=lambda each: (sum(beats(o, each, everybody) for o in everybody), each.case))


def feasible(chosen: tuple[Candidate, ...], given: Places) -> bool:
    count = Counter(each.groups[0] for each in chosen)
    caps = {group: band.at_most for group, band in given.bands.items() if band.at_most is not None}
    return (given.total is None or len(chosen) <= given.total) and all(count[g] <= most for g, most in caps.items())


def best(base: tuple[Candidate, ...], pool: list[Candidate], given: Places) -> tuple[Candidate, ...]:
    """Of all subsets that may be added to `base`, the one that serves the list from the top: every one is tried."""
    found, top = base, ()
    for size in range(len(pool) + 1):
        for some in combinations(pool, size):
            signature = tuple(each in some for each in pool)
            if feasible((*base, *some), given) and signature > top:
                found, top = (*base, *some), signature
    return found


def oracle(everybody: list[Candidate], given: Places) -> dict[int, str]:
    order = in_order(everybody)
    free = [each for each in order if each.carried is not False and each.decision not in ("refuse", "defer")]
    moved = best((), [each for each in free if each.decision == "pass"], given)
    promised: list[Candidate] = []
    for each in free:
        if each in moved:
            continue
        before = sum(o.groups == each.groups for o in (*moved, *promised))
        floor = given.bands.get(each.groups[0], Band()).at_least
        if before < floor and feasible((*moved, *promised, each), given):
            promised.append(each)
    base = (*moved, *promised)
    passed = best(base, [each for each in free if each not in base], given)
    waiting = [each for each in free if each not in passed][: given.alternates]
    result = {each.case: "refused" for each in order}
    result |= {each.case: "deferred" for each in order if each.decision == "defer"}
    result |= {each.case: "passed" for each in passed}
    return result | {each.case: f"alternate {number}" for number, each in enumerate(waiting, start=1)}


def results(line: Line) -> dict[int, str]:
    return {
        each.case: f"alternate {each.alternate}" if each.result == "alternate" else each.result
        for each in line.placings
    }


# -- against the oracle ------------------------------------------------------------------------------------------------
@settings(max_examples=400, deadline=None)
@given(lists, places)
def test_the_line_is_what_trying_every_choice_gives(everybody: list[Candidate], given: Places) -> None:
    line = draw(everybody, given, TIE_BREAK)
    assert [each.case for each in line.placings] == [each.case for each in in_order(everybody)]
    assert results(line) == oracle(everybody, given)


@settings(max_examples=200, deadline=None)
@given(lists, places, st.integers(0, 2**32))
def test_the_order_in_which_cases_are_given_changes_nothing(
    everybody: list[Candidate], given: Places, seed: int
) -> None:
    shuffled = Random(seed).sample(everybody, len(everybody))
    assert draw(shuffled, given, TIE_BREAK, {"金奖": 1, "银奖": 2}) == draw(
        everybody, given, TIE_BREAK, {"金奖": 1, "银奖": 2}
    )


@settings(max_examples=200, deadline=None)
@given(lists, places)
def test_ranks_are_counted_from_who_stands_before(everybody: list[Candidate], given: Places) -> None:
    for each in draw(everybody, given, TIE_BREAK).placings:
        mine = next(one for one in everybody if one.case == each.case)
        assert each.rank == 1 + sum(beats(other, mine, everybody) for other in everybody)


@settings(max_examples=300, deadline=None)
@given(lists, places, st.integers(0, 2**32))
def test_a_tie_is_open_exactly_where_another_order_of_equals_gives_another_result(
    everybody: list[Candidate], given: Places, seed: int
) -> None:
    """Numbers given anew to the cases put equals in another order. With no open tie, everybody still gets the same."""
    line = draw(everybody, given, TIE_BREAK)
    numbers = Random(seed).sample([each.case for each in everybody], len(everybody))
    renamed = dict(zip((each.case for each in everybody), numbers, strict=True))
    other = draw([Candidate(**{**_fields(e), "case": renamed[e.case]}) for e in everybody], given, TIE_BREAK)
    same = {case: results(other)[renamed[case]] for case in renamed}
    pinned = [each for each in everybody if each.decision == "pass"]
    if not line.ties and len(pinned) < 2:
        assert same == results(line)
    for tie in line.ties:
        found = {results(line)[case] for case in tie}
        assert len(tie) > 1
        assert len(found) > 1


def test_whoever_was_to_be_moved_in_but_found_no_place_is_tied_like_the_others() -> None:
    equals = [Candidate(n, ("track:pattern",), Fraction(84), carried=True) for n in (1, 2)]
    moved = Candidate(3, ("track:pattern",), Fraction(84), carried=True, decision="pass")
    assert draw([*equals[:1], moved], Places(0, alternates=1)).ties == ((1, 3),)
    assert draw([*equals, moved], Places(1, alternates=2)).ties == ((1, 2),)


def test_a_settled_order_closes_the_tie_and_says_so() -> None:
    equals = [Candidate(n, ("track:pattern",), Fraction(84), carried=True) for n in (1, 2, 3)]
    assert draw(equals, Places(1)).ties == ((1, 2, 3),)
    settled = [
        Candidate(n, ("track:pattern",), Fraction(84), carried=True, settled=at) for n, at in ((1, 3), (2, 1), (3, 2))
    ]
    line = draw(settled, Places(1, alternates=1))
    assert line.ties == ()
    assert [(each.case, each.rank, each.by, each.result) for each in line.placings] == [
        (2, 1, "first", "passed"),
        (3, 2, "settled", "alternate"),
        (1, 3, "settled", "refused"),
    ]


def test_half_a_settlement_settles_nothing() -> None:
    half = [Candidate(1, total=Fraction(84), settled=1), Candidate(2, total=Fraction(84))]
    assert draw(half, Places(1)).ties == ((1, 2),)


def test_each_place_is_explained() -> None:
    many = [
        Candidate(1, ("track:pattern",), Fraction(90), carried=True),
        Candidate(2, ("track:pattern",), Fraction(88), Fraction(80), carried=True),
        Candidate(3, ("track:pattern",), Fraction(88), Fraction(70), carried=True),
        Candidate(4, ("track:craft",), Fraction(60), carried=True),
        Candidate(5, ("track:craft",), Fraction(95), carried=False),
        Candidate(6, ("track:media",), Fraction(59), carried=True),
    ]
    line = draw(many, Places(3, {"track:craft": Band(1), "track:pattern": Band(0, 2)}, 1), TIE_BREAK)
    assert [(e.case, e.rank, e.by, e.result, e.how, e.group, e.equal) for e in line.placings] == [
        (5, 1, "first", "refused", "votes", None, False),
        (1, 2, "total", "passed", "order", None, False),
        (2, 3, "total", "passed", "order", None, True),
        (3, 4, "first_criterion", "alternate", "full", None, True),
        (4, 5, "total", "passed", "floor", "track:craft", False),
        (6, 6, "total", "refused", "full", None, False),
    ]


def test_grades_go_down_the_list_and_a_tie_across_them_is_open() -> None:
    many = [Candidate(n, (), Fraction(total), carried=True) for n, total in ((1, 95), (2, 90), (3, 90), (4, 80))]
    line = draw(many, Places(None), (), {"金奖": 1, "银奖": 1})
    assert [(each.case, each.grade) for each in line.placings] == [(1, "金奖"), (2, "银奖"), (3, None), (4, None)]
    assert line.ties == ((2, 3),)


def test_nothing_to_rank_by_is_one_great_tie() -> None:
    many = [Candidate(n, carried=True) for n in (1, 2, 3)]
    assert draw(many, Places(None)).ties == ()
    assert draw(many, Places(2)).ties == ((1, 2, 3),)
    assert [len(group) for _, group in ordered(many)] == [3]


# -- a place falls free ------------------------------------------------------------------------------------------------
WAITING = [Candidate(1, ("track:pattern",)), Candidate(2, ("track:craft",))]


def test_an_alternate_moves_up_only_into_a_free_place() -> None:
    assert next_up(WAITING, {"": 80}, Places(80)) is None
    assert next_up(WAITING, {"": 79}, Places(80)) == 1


def test_a_floor_no_longer_met_calls_the_alternate_of_its_track() -> None:
    given = Places(80, {"track:craft": Band(10)})
    assert next_up(WAITING, {"": 79, "track:craft": 9}, given) == 2
    assert next_up(WAITING, {"": 79, "track:craft": 10}, given) == 1


def test_an_alternate_over_its_cap_is_passed_over() -> None:
    given = Places(80, {"track:pattern": Band(0, 30)})
    assert next_up(WAITING, {"": 79, "track:pattern": 30}, given) == 2


def test_who_is_put_off_leaves_the_settling_of_equals_to_those_in_line() -> None:
    """A meeting that puts one of many equals off could not settle the others, whatever it wrote down."""
    equals = [Candidate(1, decision="defer"), Candidate(2, settled=2), Candidate(3, settled=1), Candidate(4, settled=3)]
    line = draw(equals, Places(total=1))
    assert [each.case for each in line.passed()] == [3]
    assert line.ties == ()
