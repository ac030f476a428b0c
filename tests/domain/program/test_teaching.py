"""The ten steps of docs/program-language.md, taken one after the other: what is said there is what is said."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from workflow.domain.program.compare import compare
from workflow.domain.program.load import Loaded, load
from workflow.domain.program.readback import read_back
from workflow.domain.program.source import read
from workflow.domain.words import Words

TEXT = (Path(__file__).parents[3] / "docs" / "program-language.md").read_text(encoding="utf-8")
STEPS = dict(re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## )", TEXT, flags=re.DOTALL | re.MULTILINE))
BLOCK = re.compile(r"```(yaml mistake|yaml|text|changes)\n(.*?)```", flags=re.DOTALL)


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    laid = deepcopy(below)
    for key, value in above.items():
        beneath = laid.get(key)
        laid[key] = laid_over(beneath, value) if isinstance(value, dict) and isinstance(beneath, dict) else value
    return laid


def in_chinese(words: Words) -> str:
    params = {key: in_chinese(value) if isinstance(value, Words) else value for key, value in words.params.items()}
    return words.text % params


def said(loaded: Loaded) -> list[str]:
    """As `programs check` prints it, without the file and the line, in alphabetical order."""
    return sorted(
        f"{one.code} {one.severity} {one.where}: {in_chinese(one.words)}" + (f"  → {one.guess}?" if one.guess else "")
        for one in loaded.problems
    )


def files(up_to: int) -> Iterator[tuple[bool, Loaded, list[str] | None]]:
    """(is it meant to be sound, the file at that point, what the text says of it) for each block of the last step."""
    whole: dict[str, Any] = {}
    for number in range(1, up_to + 1):
        blocks = BLOCK.findall(STEPS[str(number)])
        for at, (kind, block) in enumerate(blocks):
            if not kind.startswith("yaml"):
                continue
            part = read(block)
            assert not part.problems
            made = laid_over(whole, part.data)
            whole = made if kind == "yaml" else whole
            if number == up_to:
                after = blocks[at + 1] if at + 1 < len(blocks) else ("", "")
                told = after[1].splitlines() if after[0] == "text" else None
                yield kind == "yaml", load(json.dumps(made, ensure_ascii=False)), told


@pytest.mark.parametrize("number", range(1, 11))
def test_each_step_is_as_the_text_says(number: int) -> None:
    good = None
    for sound, loaded, told in files(number):
        assert loaded.ok is sound, said(loaded)
        assert told is None or said(loaded) == sorted(told)
        good = loaded.definition if sound else good
    assert good is not None
    quoted = [line.removeprefix("> ") for line in STEPS[str(number)].splitlines() if line.startswith("> ")]
    assert [line for line in quoted if line not in read_back(good).splitlines()] == []


def test_the_change_of_the_last_step_is_of_the_class_that_is_named() -> None:
    [before] = [loaded.definition for sound, loaded, _ in files(9) if sound]
    [after] = [loaded.definition for sound, loaded, _ in files(10) if sound]
    assert before is not None
    assert after is not None
    [told] = [block.splitlines() for kind, block in BLOCK.findall(STEPS["10"]) if kind == "changes"]
    assert [f"{change.reach} {in_chinese(change.words)}" for change in compare(before, after)] == told


def test_a_program_without_conditions_is_sound() -> None:
    [first] = [loaded.definition for sound, loaded, _ in files(1) if sound]
    assert first is not None
    assert (first.eligibility.as_of, first.eligibility.rules) == ("closes", {})
