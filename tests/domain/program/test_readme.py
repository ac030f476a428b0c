"""The guide for those who write programs says what the linter does: its examples are real and its codes are all."""

import re
from pathlib import Path

from tests.domain.program.broken import ROWS
from tests.domain.program.broken.rows import sound
from tests.domain.program.test_codes import CODES, OURS, WARNINGS
from tests.domain.program.test_load import PROGRAMS
from workflow.domain.program.source import LARGEST

README = (Path(__file__).parents[3] / "programs" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
TABLE = re.findall(r"^\| ((?:[A-Z]\d\d ?)+)(○ )?\|", README, flags=re.MULTILINE)


def spoken(line: str) -> str:
    return re.sub(r"\s+#.*$", "", line).strip()


def test_the_first_example_is_the_small_program() -> None:
    assert BLOCKS[0] == sound("model_tutor").rstrip() + "\n"


def test_every_other_example_is_taken_from_a_program() -> None:
    real = {spoken(line) for path in PROGRAMS for line in path.read_text(encoding="utf-8").split("\n")}
    assert len(BLOCKS) > 5
    assert [line for block in BLOCKS[1:] for line in block.split("\n") if spoken(line) not in real] == []


def test_the_table_has_every_code_once_and_marks_the_warnings() -> None:
    listed = [code for codes, _ in TABLE for code in codes.split()]
    assert sorted(listed) == sorted(CODES | OURS)
    assert {code for codes, mark in TABLE if mark for code in codes.split()} == WARNINGS
    assert {row.code for row in ROWS} <= set(listed)


def test_the_limit_named_is_the_limit_kept() -> None:
    assert f"最多 {LARGEST} 个字" in README
