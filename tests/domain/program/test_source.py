"""Files that are not even YAML, or not a program: one clear sentence with its line, never a traceback."""

import time

import pytest

from tests.domain.program.broken.rows import sound
from workflow.domain.program.load import load

START = "language: 1\nprogram:\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "空的"),
        ("   \n\n", 1, "空的"),
        ("# 只有注释\n", 1, "最外层"),
        ("- a\n- b\n", 1, "最外层"),
        ("只是一句话", 1, "最外层"),
        ("language: 1\n---\nlanguage: 1\n", 1, "最外层"),
        (START + "\tkey: x\n", 3, "制表符"),
        (START + "  key: x\n  name：优秀\n  owner: 某局\n", 4, "全角"),
        (START + "  key: x\n   name: y\n", 4, "冒号"),
        (START + "  key: x\n  key: y\n", 4, "写了两次，第3行已有"),
        (START + "  name: '没有合上\n  key: x\n", 3, "引号"),
        (START + "  team: {members: x\nroles:\n  a: b\n", 3, "括号"),
        (START + "  key: &k x\n  name: *k\n", 3, "引用"),
        (BOMB, 1, "引用"),
        (START + "  key: !!python/object:os.system x\n", 3, "类型标记"),
        ("%YAML 1.1\n---\nlanguage: 1\n", 1, "%"),
        ("language: 1\nprogram: \x00\n", 2, "控制字符"),
        ("language: 1\nname: \ufffd\ufffd\n", 2, "UTF-8"),
        ("language: 1\n? [a, b]\n: c\n", 2, "冒号左边"),
        ("x" * 1_000_000, 1, "太大"),
        ("a: " + "[" * 5000, 1, "括号太多"),
        ("a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 200)), 42, "太深"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, line: int, says: str) -> None:
    started = time.process_time()
    loaded = load(text)
    found = [problem for problem in loaded.problems if problem.code == "S00"]
    assert [(problem.line, says in str(problem.words)) for problem in found][:1] == [(line, True)], loaded.problems
    assert loaded.definition is None
    assert not loaded.ok
    assert time.process_time() - started < 2


def test_what_is_written_in_other_scripts_stays_text() -> None:
    """YAML 1.2: `on`, `no` and `12-01` are words, not truths and dates."""
    loaded = load(START + "  key: on\n  name: no\n  owner: 12-01\n")
    assert "true" not in " ".join(str(problem.words) for problem in loaded.problems)


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = sound("model_tutor")
    wrong = {"as_of: closes": "as_of: close", "kind: check,": "kind: check, due: 3天,", "of: employer": "of: x"}
    for old, new in wrong.items():
        text = text.replace(old, new)
    problems = load(text.replace("rank_by: votes", "rank_by: total")).problems
    assert [problem.code for problem in problems] == ["R04", "S04", "S02", "X07"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_a_misspelled_word_or_a_missing_name_does_not_hide_the_rest() -> None:
    text = sound("model_tutor")
    for old, new in {"roles:": "rolles:", "name: 形式审查, ": "", "by: committee": "by: comittee", "due: ": ""}.items():
        text = text.replace(old, new)
    problems = [(problem.code, problem.line, problem.guess) for problem in load(text).problems]
    assert problems == [("S01", 8, "roles"), ("R03", 11, None), ("S05", 34, None), ("R01", 35, "committee")]
    assert load(text).definition is None
