"""Quorum, bases and needed votes, by hand and for every committee up to thirty."""

from fractions import Fraction

import pytest

from workflow.domain.ballots import Base, Tally, base_of, counted, needed

NINE = tuple(range(1, 10))
TWO_THIRDS = Fraction(2, 3)


def test_a_committee_of_nine_with_one_recusal() -> None:
    everybody = base_of(NINE, NINE, ())
    recused = base_of(NINE, NINE, {4})
    assert (everybody, recused) == (Base(9, 9), Base(8, 8))
    assert (needed(9, TWO_THIRDS), needed(8, TWO_THIRDS)) == (6, 6)
    assert (needed(9, "majority"), needed(8, "majority")) == (5, 5)


def test_a_recused_member_counts_neither_as_present_nor_as_member() -> None:
    assert base_of(NINE, {1, 2, 3, 4, 5, 6}, {6}) == Base(8, 5)
    assert base_of(NINE, {1, 2, 3, 4, 5, 6}, {9}) == Base(8, 6)
    assert not Base(8, 5).quorate(TWO_THIRDS)
    assert Base(8, 6).quorate(TWO_THIRDS)


def test_nobody_is_never_a_quorum() -> None:
    assert not Base(0, 0).quorate(TWO_THIRDS)


@pytest.mark.parametrize("base", range(1, 31))
def test_the_fewest_votes_that_carry(base: int) -> None:
    assert next(n for n in range(base + 1) if 2 * n > base) == needed(base, "majority")
    for rule in (Fraction(2, 3), Fraction(3, 5), Fraction(1, 2), Fraction(1, 1)):
        assert next(n for n in range(1, base + 1) if Fraction(n, base) >= rule) == needed(base, rule)


def test_an_open_ballot_is_counted() -> None:
    assert counted({1: "for", 2: "against", 3: "for", 4: "abstained"}) == Tally(2, 1, 1)
    assert counted({1: "for", 2: "against", 3: "for", 4: "abstained"}).cast == 4
