"""The arithmetic of scoring, against one that is written another way; and what a page prints can be done again."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.programs import program
from workflow.domain import scoring
from workflow.domain.marks import hundredths, level_of, must_explain, points_of, shown
from workflow.domain.program.schema import Criterion, Sheet
from workflow.domain.scoring import Given, combined, set_aside

FASHION = program("fashion_engineer")
MARKS = st.decimals(0, 100, places=2)


def criterion(**said: object) -> Criterion:
    return Criterion.model_validate({"key": "c", "name": "指标", "weight": 40, **said})


CRITERIA = {"a": criterion(weight=60), "b": criterion(weight=40)}


def sheet(order: int, *values: Decimal, role: str = "expert") -> Given:
    points = {key: Fraction(value) for key, value in zip(CRITERIA, values, strict=True)}
    return Given(order, role, order, points, scoring.own_total(CRITERIA, points))


panels = st.lists(st.tuples(MARKS, MARKS, st.sampled_from(["expert", "buyer"])), min_size=1, max_size=12).map(
    lambda rows: [sheet(order, a, b, role=role) for order, (a, b, role) in enumerate(rows)]
)


# -- one figure --------------------------------------------------------------------------------------------------------
@given(st.decimals(-1000, 1000, places=4))
def test_rounding_is_half_up_as_decimal_does_it(value: Decimal) -> None:
    assert hundredths(Fraction(value)) == int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))


@given(st.fractions(-1000, 1000))
def test_rounding_is_never_off_by_more_than_half_a_hundredth(value: Fraction) -> None:
    assert abs(Fraction(hundredths(value), 100) - value) <= Fraction(1, 200)


def test_halves_go_up_and_figures_have_two_decimals() -> None:
    assert [hundredths(Fraction(text)) for text in ("82.345", "82.344", "0.005", "-0.005")] == [8235, 8234, 1, -1]
    assert [shown(value) for value in (8235, 0, 5, -7, Fraction(1, 3))] == ["82.35", "0.00", "0.05", "-0.07", "0.33"]


@pytest.mark.parametrize(
    ("points", "level"),
    [("100", "优"), ("90", "优"), ("89.99", "良"), ("89.5", "良"), ("75", "良"), ("74.9", "中"), ("0", "差")],
)
def test_a_level_runs_up_to_the_next_one(points: str, level: str) -> None:
    assert level_of(FASHION.scoring, Decimal(points)) == level


def test_extremes_are_explained_and_measured_numbers_are_not() -> None:
    levels, number = criterion(), criterion(type="number")
    explained = [must_explain(FASHION.scoring, levels, Decimal(text)) for text in ("94.99", "95", "59", "60")]
    assert explained == [False, True, True, False]
    assert not must_explain(FASHION.scoring, number, Decimal(99))


def test_numbers_are_scaled_by_their_full_mark_or_their_bands() -> None:
    assert points_of(criterion(type="number", max=150), Fraction(120)) == 80
    assert points_of(criterion(type="number"), Fraction(61)) == 61
    banded = criterion(type="number", bands={"20": "60", "22": "100"})
    assert [points_of(banded, Fraction(raw)) for raw in (19, 20, 21, 22, 30)] == [0, 60, 60, 100, 100]


# -- against another arithmetic ----------------------------------------------------------------------------------------
def by_hand(sheets: list[Given], combine: str) -> Fraction:
    """Spelled out: for each criterion, the mean over the roles of what is left of each role's sheets."""
    total = Fraction(0)
    for key, each in CRITERIA.items():
        of_roles = []
        for role in {given_.role for given_ in sheets}:
            rows = [(g.total, g.order, g.points[key]) for g in sheets if g.role == role]
            if combine == "trimmed" and len(rows) >= 5:
                top = max(total for total, _, _ in rows)
                rows.remove(min(row for row in rows if row[0] == top))
                low = min(total for total, _, _ in rows)
                rows.remove(min(row for row in rows if row[0] == low))
            values = sorted(row[2] for row in rows)
            if combine == "median":
                values = values[(len(values) - 1) // 2 : len(values) // 2 + 1]
            of_roles.append(sum(values, Fraction(0)) / len(values))
        total += sum(of_roles, Fraction(0)) / len(of_roles) * Fraction(each.weight) / 100
    return total


def total_of(sheets: list[Given], combine: str) -> Fraction:
    return sum((figure.earned for figure in combined(sheets, CRITERIA, "expert", combine)), Fraction(0))


@given(panels, st.sampled_from(["mean", "trimmed", "median"]))
def test_combining_equals_the_arithmetic_spelled_out(sheets: list[Given], combine: str) -> None:
    assert total_of(sheets, combine) == by_hand(sheets, combine)


@given(panels, st.sampled_from(["mean", "trimmed", "median"]), st.randoms(use_true_random=False))
def test_the_order_in_which_sheets_lie_changes_nothing(sheets: list[Given], combine: str, chance: object) -> None:
    mixed = list(sheets)
    chance.shuffle(mixed)
    assert combined(mixed, CRITERIA, "expert", combine) == combined(sheets, CRITERIA, "expert", combine)


@settings(max_examples=25)  # of hundreds of orders each
@given(st.lists(st.tuples(MARKS, MARKS), min_size=5, max_size=6))
def test_which_rater_gave_which_sheet_changes_no_total(rows: list[tuple[Decimal, Decimal]]) -> None:
    """One role: its total is the mean of the sheets that are left, whoever of equals is set aside."""
    totals = {total_of([sheet(n, *row) for n, row in enumerate(order)], "trimmed") for order in permutations(rows)}
    assert len(totals) == 1


@given(panels)
def test_a_trimmed_result_lies_between_the_sheets_that_are_left(sheets: list[Given]) -> None:
    one = [each for each in sheets if each.role == sheets[0].role]
    gone = set_aside(one)
    assert len(gone) == (2 if len(one) >= 5 else 0)
    left = [each.total for each in one if each not in gone]
    assert min(left) <= total_of(one, "trimmed") <= max(left)
    assert all(each.total >= max(left) for each in gone[:1])
    assert all(each.total <= min(left) for each in gone[1:])


def test_of_equal_totals_the_earlier_sheet_is_set_aside() -> None:
    same = [sheet(order, Decimal(80), Decimal(80)) for order in range(5)]
    assert [each.order for each in set_aside(same)] == [0, 1]
    assert set_aside(same[:4]) == ()


def test_a_sheet_is_counted_out_of_a_hundred_whatever_its_share() -> None:
    part: Sheet = FASHION.scoring.sheets["pattern"]
    asked = scoring.asked_of(part, "expert", "expert")
    assert list(asked) == ["effect", "teaching"]
    assert scoring.own_total(asked, {"effect": Fraction(90), "teaching": Fraction(60)}) == 80
    assert scoring.own_total({}, {}) == 0


def test_sheets_are_split_over_the_stages_of_a_route() -> None:
    sheets = FASHION.scoring.sheets
    assert scoring.stages_of(FASHION, sheets["craft"], "self", "craft") == ("practical", "expert")
    assert scoring.stages_of(FASHION, sheets["theory"], "self", "craft") == ("theory",)
