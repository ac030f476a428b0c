"""A draw is a function of what went in and its seed."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.drawing import DrawInputs, draw, free_for


@st.composite
def inputs(pick: st.DrawFn) -> DrawInputs:
    known = pick(st.lists(st.integers(1, 60), min_size=8, max_size=14, unique=True))
    cases = pick(st.lists(st.integers(1, 500), min_size=1, max_size=12, unique=True))
    barred = {case: {"expert": pick(st.lists(st.sampled_from(known), max_size=3, unique=True))} for case in cases}
    loads = [(account, pick(st.integers(0, 2))) for account in known]
    return DrawInputs("expert", {"expert": 5}, {"expert": loads}, cases, barred)


@given(inputs(), st.text("0123456789abcdef", min_size=1, max_size=32))
def test_anybody_can_draw_again_from_what_was_kept(given_: DrawInputs, seed: str) -> None:
    kept = DrawInputs.from_json(json.loads(json.dumps(given_.as_json())))
    assert draw(kept, seed) == draw(given_, seed)
    assert kept.digest == given_.digest


@given(inputs(), st.text("0123456789abcdef", min_size=1, max_size=32))
def test_every_case_gets_its_seats_from_those_who_are_free(given_: DrawInputs, seed: str) -> None:
    for case, seating in draw(given_, seed).items():
        seats, reserve = seating.seats["expert"], seating.reserve["expert"]
        assert len(set(seats)) == 5
        assert {*seats, *reserve} == set(free_for(given_, case, "expert"))
        assert not set(seats) & set(reserve)


@given(inputs(), st.text("0123456789abcdef", min_size=1, max_size=32))
def test_the_order_of_the_lists_says_nothing(given_: DrawInputs, seed: str) -> None:
    turned = DrawInputs(
        given_.stage,
        given_.seats,
        {role: list(known)[::-1] for role, known in given_.candidates.items()},
        list(given_.cases)[::-1],
        given_.barred,
    )
    assert draw(turned, seed) == draw(given_, seed)
    assert turned.digest == given_.digest


def test_the_load_is_balanced_where_nobody_is_barred() -> None:
    experts = [(account, 0) for account in range(1, 10)]
    cases = list(range(100, 140))
    seated = draw(DrawInputs("expert", {"expert": 5}, {"expert": experts}, cases, {}), "42")
    load = Counter(account for seating in seated.values() for account in seating.seats["expert"])
    assert max(load.values()) - min(load.values()) <= 1
    assert len({seating.seats["expert"] for seating in seated.values()}) > 1


def test_another_seed_draws_other_people() -> None:
    experts = [(account, 0) for account in range(1, 30)]
    given_ = DrawInputs("expert", {"expert": 5}, {"expert": experts}, [1], {})
    assert len({draw(given_, str(seed))[1].seats["expert"] for seed in range(20)}) > 10


def test_nobody_sits_twice_at_one_case() -> None:
    both = [(account, 0) for account in range(1, 8)]
    given_ = DrawInputs("panel", {"buyer": 2, "expert": 5}, {"buyer": both, "expert": both}, [1], {})
    seats = draw(given_, "7")[1].seats
    assert len({*seats["buyer"], *seats["expert"]}) == 7
