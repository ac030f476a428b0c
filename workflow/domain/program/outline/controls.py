"""Which control each word of the language asks for: read off the shapes, so that a new parameter appears by itself."""

from dataclasses import replace
from functools import cache
from typing import Any, get_type_hints

from pydantic_core import PydanticUndefined

from workflow.domain.program import schema as s
from workflow.domain.program.glossary import KINDS, PARAMETERS
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.hints import HINTS
from workflow.domain.program.outline.names import NAMES
from workflow.domain.program.outline.shapes import from_shape
from workflow.domain.program.outline.special import INTAKE, special
from workflow.domain.program.schema import after, people
from workflow.domain.program.schema.base import Label, Part
from workflow.domain.words import Words

_HIDDEN: frozenset[tuple[type[Part], str]] = frozenset({(s.Definition, "language")})
_FIRST = ("key", "name", "type", "kind")
"""What names a thing comes first, what it is next; the rest as the shape has it."""


@cache
def controls(part: type[Part]) -> tuple[Control, ...]:
    """Every word that may stand in this part."""
    if part is people.Intake:
        return INTAKE
    found = [_control(part, word) for word in part.known_words() if (part, word) not in _HIDDEN]
    return tuple(sorted(found, key=lambda one: _FIRST.index(one.word) if one.word in _FIRST else len(_FIRST)))


@cache
def fact_controls(field: type[s.Field]) -> tuple[Control, ...]:
    """A fact is a field of some type with two words of its own."""
    own = tuple(replace(_control(s.Fact, word)) for word in ("by", "per"))
    return (*controls(field), *own)


def _control(part: type[Part], word: str) -> Control:
    asked = s.TextField if part is s.Fact and word not in ("by", "per") else part
    hint, default, required = _described(asked, word)
    kind, extra = special(asked, word) or from_shape(hint)
    if "columns" in extra or kind in ("rows", "paid"):
        extra["columns"] = (*extra.get("columns", ()), *_columns_of(kind, extra.get("part")))
    named, told = name_of(asked, word), hint_of(asked, word)
    return Control(word, named, told, kind, required, default, owner=asked.__name__, **extra)


def _columns_of(kind: str, part: type[Part] | None) -> tuple[Control, ...]:
    if kind == "paid":
        return controls(after.Instalment)
    return controls(part) if part is not None else ()


def name_of(part: type[Part], word: str) -> Words:
    own = (NAMES.get(f"{kind.__name__}.{word}") for kind in part.__mro__)
    found = next((words for words in own if words is not None), None)
    return found or PARAMETERS.get(word) or KINDS.get(word) or NAMES[word]


def hint_of(part: type[Part], word: str) -> Words | None:
    own = (HINTS.get(f"{kind.__name__}.{word}") for kind in part.__mro__)
    return next((words for words in own if words is not None), HINTS.get(word))


def _described(part: type[Part], word: str) -> tuple[Any, Any, bool]:
    """The annotation, the default as a file would write it, and whether it must be written."""
    attribute = next((name for name, field in part.model_fields.items() if (field.alias or name) == word), None)
    if attribute is None:
        return None, None, False
    field = part.model_fields[attribute]
    default = None if field.default is PydanticUndefined else written(field.default)
    filled = word in part.office_by_default or any((kind, word) in _FILLED for kind in part.__mro__)
    return get_type_hints(part, include_extras=True)[attribute], default, field.is_required() and not filled


_FILLED = frozenset(
    {
        (s.Program, "code"),
        (s.JointCheckStage, "detail_for"),
        (s.ScoreStage, "raters"),
        (s.NoticeStage, "objection"),
        (s.Section, "fields"),
        (s.Field, "type"),
        (after.PaidEvery, "roll"),
        (s.Definition, "eligibility"),
        (s.Definition, "appeal"),
        (s.Points, "entry"),
    }
)
"""Required by the shape, filled in by its readers: a file need not write it."""


def written(value: Any) -> Any:
    """A default as a file writes it; None where there is nothing to write."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple):
        return [written(item) for item in value] or None
    if isinstance(value, Label):
        return value.zh
    if value is None or value == {} or (isinstance(value, Part) and not isinstance(value, s.Share | s.Span)):
        return None
    return str(value)
