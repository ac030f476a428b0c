"""Everything the language holds can be changed on a page: each word has a control, a name and a hint."""

from collections.abc import Iterator

import pytest

from forms.studio.boxes import KINDS
from forms.studio.paper import StudioPaper
from workflow.domain.program import schema as s
from workflow.domain.program.outline.controls import controls
from workflow.domain.program.outline.values import value_name
from workflow.domain.program.schema.base import Part

assert StudioPaper  # the registry is filled where the paper is made
WHOLE = {"Label", "Share", "Span", "Day", "Limit", "Explain", "Option", "Entry", "Field"}
"""Values that one control reads as a whole, and classes that stand for no part by themselves."""


def parts(above: type[Part] = Part) -> Iterator[type[Part]]:
    for part in above.__subclasses__():
        if part.__name__ not in WHOLE:
            yield part
        yield from parts(part)


PARTS = sorted(set(parts()), key=lambda part: part.__name__)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_word_of_the_language_has_a_control_with_a_name_and_a_hint(part: type[Part]) -> None:
    asked = {one.word: one for one in controls(part)}
    written = set(part.known_words()) - {"language"}
    if part is s.Intake:
        written = {"mode", "closes", "roll", "from"}
    assert set(asked) == written
    nameless = [word for word, one in asked.items() if one.kind != "entries" and one.kind not in KINDS]
    assert nameless == [], f"no control for these kinds: add a line to forms/studio/paper.py ({part.__name__})"
    bare = [word for word, one in asked.items() if one.hint is None]
    assert bare == [], f"no hint: add one to workflow/domain/program/outline/hints.py ({part.__name__})"


def test_there_is_something_to_look_at() -> None:
    assert len(PARTS) > 40
    assert s.CheckStage in PARTS


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_choice_says_in_chinese_what_it_is(part: type[Part]) -> None:
    bare = [
        f"{one.word}: {value}"
        for one in controls(part)
        for value in one.options
        if one.word != "messages" and str(value_name(one.owner, one.word, value)) == value
    ]
    assert bare == [], "no name: add one to workflow/domain/program/outline/values.py"
