"""A kept result counted again: as it was, plainly, and without one of the raters."""

from fractions import Fraction

from tests.domain.cases import book_of
from tests.domain.programs import text
from tests.domain.scored import close, judged
from workflow.domain import recounting
from workflow.domain.application import Application
from workflow.domain.program.schema import Sheet

MARKS = ((80, 70), (95, 90), (82, 72), (60, 60), (84, 74))


def counted() -> Application:
    play = judged(*MARKS)
    close(play, note="已复核，两位评委看法不同")
    return play.case


def pattern() -> Sheet:
    return book_of(text("fashion_engineer")).definition.scoring.sheets["pattern"]


def test_the_marks_are_those_handed_in_and_the_plain_mean_sets_nobody_aside() -> None:
    scored = recounting.newest(counted(), "pattern")
    assert scored
    found = recounting.judged(pattern(), scored)
    assert found
    assert sorted(mark.aside for mark in found.marks) == [False, False, False, True, True]
    assert found.spread == max(mark.total for mark in found.marks) - min(mark.total for mark in found.marks)
    middle = sorted(mark.total for mark in found.marks)[1:4]
    assert found.counted == sum(middle) / 3
    # 25.5 + 20.5 + 12.375 came before; (80+95+82+60+84)/5 × 20% and (70+90+72+60+74)/5 × 10% of all five
    assert found.plain == Fraction("58.375") + Fraction("16.04") + Fraction("7.32")


def test_without_one_rater_four_sheets_are_a_plain_mean_and_nothing_else_changes() -> None:
    case = counted()
    scored = recounting.newest(case, "pattern")
    assert scored
    lowest = scored.derivation["sheets"][3][0]
    anew = recounting.without(case, pattern(), lowest)
    # (80+95+82+84)/4 = 85.25 × 20% and (70+90+72+74)/4 = 76.5 × 10%
    assert anew.state.totals["pattern"] == 8308  # 58.375 + 17.05 + 7.65 = 83.075
    assert case.state.totals["pattern"] == scored.total
    assert recounting.without(case, pattern(), 999) is case


def test_with_nobody_left_there_is_no_total() -> None:
    case = counted()
    scored = recounting.newest(case, "pattern")
    assert scored
    for rater, _, _ in scored.derivation["sheets"]:
        case = recounting.without(case, pattern(), rater)
    assert "pattern" not in case.state.totals
