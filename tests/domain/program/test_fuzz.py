"""Whatever is done to a program file, loading it tells something and never falls over."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.program.broken.rows import OTHERS, sound
from tests.domain.program.test_load import PROGRAMS
from workflow.domain.program.load import Loaded, load
from workflow.domain.program.source import read

TEXTS = [path.read_text(encoding="utf-8") for path in [*PROGRAMS, *Path(__file__).parent.glob("*.yaml")]]
MARKS = ["", "{", "}", "[", "]", ":", ",", "'", '"', "&a", "*a", "!x", "-", "\t", "#", "=", "||"]
JUNK = st.sampled_from([*MARKS, "null", "true", "10%", "5wd", "甲"])
LINES = st.sampled_from([line for text in TEXTS for line in text.split("\n") if line.strip()])


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A program with a few lines deleted, doubled, moved in or out, spoiled, or taken from another program."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = draw(st.sampled_from(DAMAGES))(draw, lines[at])
        lines = lines or [""]
    return "\n".join(lines)


def deleted(draw: st.DrawFn, line: str) -> list[str]:
    return []


def doubled(draw: st.DrawFn, line: str) -> list[str]:
    return [line, line]


def moved_in(draw: st.DrawFn, line: str) -> list[str]:
    return [" " * draw(st.integers(1, 4)) + line]


def moved_out(draw: st.DrawFn, line: str) -> list[str]:
    return [line[draw(st.integers(1, 4)) :]]


def spoiled(draw: st.DrawFn, line: str) -> list[str]:
    at = draw(st.integers(0, len(line)))
    return [line[:at] + draw(JUNK) + line[at + draw(st.integers(0, 3)) :]]


def foreign(draw: st.DrawFn, line: str) -> list[str]:
    return [line, draw(LINES)]


def emptied(draw: st.DrawFn, line: str) -> list[str]:
    other = draw(st.sampled_from(["", " {}", " []", " 3", " -1", " x", " [1, {a: b}]", " {x: 1}"]))
    return [line.partition(":")[0] + ":" + other]


Damage = Callable[[st.DrawFn, str], list[str]]
DAMAGES: list[Damage] = [deleted, doubled, moved_in, moved_out, spoiled, foreign, emptied]


def loaded_quickly(text: str) -> Loaded:
    started = time.process_time()
    loaded = load(text, OTHERS)
    assert time.process_time() - started < 2
    return loaded


@settings(max_examples=100, deadline=None)
@given(damaged())
def test_a_damaged_program_is_told_about_and_never_falls_over(text: str) -> None:
    loaded = loaded_quickly(text)
    assert loaded == load(text, OTHERS)
    assert loaded.ok == (loaded.definition is not None and not loaded.errors)
    assert loaded.definition is not None or loaded.errors
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last for problem in loaded.problems)
    assert [problem.line for problem in loaded.problems] == sorted(problem.line for problem in loaded.problems)


WILD = [
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    3,
    -1,
    2.5,
    True,
    "x",
    "",
    None,
    [1, "a"],
    {"name": []},
    {"key": "x"},
    "::",
    ["x"],
]
TREES = [read(text).data for text in TEXTS]


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, step)
        yield from paths(value, (*path, step))


@st.composite
def misplaced(draw: st.DrawFn) -> str:
    """A program in which one or two values were replaced by something of another shape."""
    tree = json.loads(json.dumps(draw(st.sampled_from(TREES)), default=str))
    for _ in range(draw(st.integers(1, 2))):
        *around, last = draw(st.sampled_from(list(paths(tree))))
        holder = tree
        for step in around:
            holder = holder[step]
        holder[last] = draw(st.sampled_from(WILD))
    return json.dumps(tree, ensure_ascii=False, indent=1)


@settings(max_examples=100, deadline=None)
@given(misplaced())
def test_any_shape_may_stand_anywhere(text: str) -> None:
    loaded = loaded_quickly(text)
    assert loaded.definition is not None or loaded.errors


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: check", "kind: []"),
        ("type: file", "type: {}"),
        ("standard: [name, id_no, mobile]", "standard: [[name], {a: b}]"),
        ("standard: [name, id_no, mobile]", "standard: 3"),
        ("roles:", "form:"),
    ],
)
def test_shapes_that_once_fell_over(old: str, new: str) -> None:
    assert load(sound("model_tutor").replace(old, new)).errors


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_answered(text: str) -> None:
    loaded = loaded_quickly(text)
    assert loaded.definition is None
    assert loaded.errors


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_read_as_text_are_answered(content: bytes) -> None:
    assert loaded_quickly(content.decode("utf-8", "replace")).errors


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_loads_within_half_a_second(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    fastest = min(timed(text) for _ in range(3))
    assert fastest < 0.5


def timed(text: str) -> float:
    started = time.process_time()
    load(text)
    return time.process_time() - started
