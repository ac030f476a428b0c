"""Every code of the linter, each shown by a small broken file."""

import pytest

from tests.domain.program.broken import ROWS
from tests.domain.program.broken.rows import OTHERS, Row, sound
from workflow.domain.program.load import load


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_broken_file_is_told_what_is_wrong_and_where(row: Row) -> None:
    problems = row.problems
    path = tuple(row.path.split(".")) if row.path else ()
    main = [problem for problem in problems if (problem.code, problem.path, problem.line) == (row.code, path, row.line)]
    assert main, [(p.code, ".".join(p.path), p.line, str(p.words)) for p in problems]
    assert main[0].guess == row.guess
    assert sorted(problem.code for problem in problems) == sorted([row.code, *row.also])


def test_the_small_program_is_sound() -> None:
    loaded = load(sound("model_tutor"), OTHERS)
    assert (loaded.ok, loaded.problems) == (True, ())
