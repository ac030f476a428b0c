"""What the page offers while an expression is written: for the script as data, and as a list for those without one."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms.studio.boxes import Box
from forms.studio.parts import PartBox
from workflow.domain.program.outline.completing import FUNCTIONS, Name, names
from workflow.domain.program.problems import Path
from workflow.domain.rules.kinds import NAMES
from workflow.domain.words import Words
from workflow.web import page

WRITTEN = ("formula", "ruled")


def completions(data: Any, at: Path, boxes: Sequence[Box]) -> Mapping[str, Any] | None:
    """None where the page asks for no expression."""
    if not any(map(_is_written, boxes)):
        return None
    return {
        "names": [_name(one) for one in names(data, at)],
        "functions": [
            {
                "name": one.name,
                "written": one.written,
                "label": page.say(one.label),
                "sort": one.sort,
                "says": page.say(NAMES[one.sort]),
            }
            for one in FUNCTIONS
        ],
        "words": {
            "list": page.say(Words("这里可以写的")),
            "count": page.say(Words("有 {n} 个可以写的，按下箭头选")),
            "value": page.say(Words("取值")),
        },
    }


def _is_written(box: Box) -> bool:
    return box.shape in WRITTEN or (isinstance(box, PartBox) and any(map(_is_written, box.boxes)))


def _name(one: Name) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "label": page.say(one.label),
        "sort": one.sort,
        "says": page.say(NAMES[one.sort]),
        "values": [[value, page.say(label)] for value, label in one.values],
    }
