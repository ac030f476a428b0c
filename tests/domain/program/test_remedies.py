"""A finding comes with the edit that puts it right, wherever one can be told."""

import pytest

from tests.domain.program.broken import ROWS
from tests.domain.program.broken.rows import OTHERS, Row, sound
from workflow.domain.program.editing import edit_all
from workflow.domain.program.editing.remedies import remedies
from workflow.domain.program.load import load
from workflow.domain.program.problems import Problem

SAID_ELSEWHERE = {"C08"}  # which of two functions is meant, only who wrote it can say


@pytest.mark.parametrize("row", [row for row in ROWS if row.guess and row.code not in SAID_ELSEWHERE], ids=str)
def test_a_guessed_word_is_put_right_by_its_remedy(row: Row) -> None:
    problem = next(problem for problem in row.problems if problem.code == row.code)
    offered = remedies(row.text, problem)
    assert [str(remedy.words) for remedy in offered] == [f"改成 {row.guess}"]
    mended = edit_all(row.text, offered[0].edits).text
    assert row.code not in {problem.code for problem in load(mended, OTHERS).problems}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_way_out_that_is_offered_leads_out(row: Row) -> None:
    for problem in load(row.text, OTHERS).problems:
        for remedy in remedies(row.text, problem):
            if remedy.edits:
                left = load(edit_all(row.text, remedy.edits).text, OTHERS).problems
                assert (problem.code, problem.path) not in {(one.code, one.path) for one in left}, str(remedy.words)


@pytest.mark.parametrize("code", ["C07", "R03", "R06", "U01", "U04", "W04", "W05", "W06", "W13"])
def test_what_has_a_usual_way_out_offers_it(code: str) -> None:
    row = next(row for row in ROWS if row.code == code and remedies(row.text, _problem(row)))
    assert all(remedy.edits or remedy.goes for remedy in remedies(row.text, _problem(row)))


def _problem(row: Row) -> Problem:
    return next(problem for problem in row.problems if problem.code == row.code)


@pytest.mark.parametrize("weights", [(30, 30, 10), (70, 60, 30)])
def test_weights_are_scaled_or_one_of_them_makes_up_the_rest(weights: tuple[int, int, int]) -> None:
    criteria = ", ".join(
        f"c{at}: {{name: 指标{at}, weight: {weight}, type: number, max: 10}}" for at, weight in enumerate(weights)
    )
    text = sound("model_tutor").replace(
        "stages:\n",
        f"scoring:\n  sheets:\n    main: {{name: 评分, criteria: {{{criteria}}}}}\nstages:\n"
        "  judge: {name: 评分, kind: score, by: committee, raters: 3}\n",
    ).replace("route: [formal,", "route: [formal, judge,")  # fmt: skip
    problem = next(problem for problem in load(text).problems if problem.code == "W01")
    offered = remedies(text, problem)
    assert len(offered) >= 2
    for remedy in offered:
        assert "W01" not in {one.code for one in load(edit_all(text, remedy.edits).text).problems}, str(remedy.words)
