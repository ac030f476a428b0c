"""What may be chosen in a draft: the words of the language, and the keys that the draft itself has."""

from collections.abc import Callable, Sequence
from typing import Any

from workflow.domain.facts import FACTS
from workflow.domain.program.outline.choices import choices
from workflow.domain.program.outline.conditions import readable
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.values import value_name
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words

Named = tuple[str, Label | Words]


def chooser(data: Any) -> Callable[[Control, Path], Sequence[Named]]:
    def choose(control: Control, at: Path) -> Sequence[Named]:
        if control.refers == "readable":
            return readable(data, at)
        if control.word == "event":
            return [(event, FACTS[event].words if event in FACTS else _plain(event)) for event in control.options]
        own = [(value, value_name(control.owner, control.word, value)) for value in control.options]
        return [*own, *choices(data, control.refers, at)]

    return choose


def _plain(event: str) -> Words:
    return Words("%(word)s", word=event)
