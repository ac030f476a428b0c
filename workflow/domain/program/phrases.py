"""Values of a program as people say them: names, lengths of time, choices."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflow.domain.lengths import Length
from workflow.domain.program.glossary import TYPES, VALUES
from workflow.domain.program.schema import Definition, Label, Part, Share, Span
from workflow.domain.words import Words

_FREE_TEXT = frozenset(
    ("number", "rule", "value", "when", "while", "complete_when", "amount", "points", "show", "required", "code")
)


def length_words(length: Length) -> Words:
    texts = {
        "wd": Words("%(n)s个工作日", n=length.amount),
        "d": Words("%(n)s天", n=length.amount),
        "mo": Words("%(n)s个月", n=length.amount),
        "y": Words("%(n)s年", n=length.amount),
    }
    return texts[length.unit]


def number_text(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_SECTION_OF_WORD = {
    **dict.fromkeys(
        ("route", "send_back_to", "taken_at", "settled_at", "runs", "during", "never_both", "at"), "stages"
    ),
    **dict.fromkeys(("show", "same", "match", "counted_per", "members", "field", "line"), "fields"),
    **dict.fromkeys(("tracks", "track"), "tracks"),
    **dict.fromkeys(("benefits", "rules", "channels"), ""),
    "sheet": "sheets",
    "gives": "items",
    "absence": "items",
}


def name_of(definition: Definition, section: str, key: str) -> Label | Words | str:
    """The name of an entry of one section; the same key may stand in another for something else."""
    entries = _section(definition, section)
    if key in entries:
        name: Label = entries[key].name
        return name
    return VALUES.get(key, key)


def _section(definition: Definition, section: str) -> Mapping[str, Any]:
    if section == "fields":
        return definition.form_fields()
    if section == "sheets":
        return definition.scoring.sheets
    if section == "rules":
        return definition.eligibility.rules
    if section == "items":
        return definition.points.items if definition.points else {}
    found: Mapping[str, Any] = getattr(definition, section)
    return found


def value_words(definition: Definition, word: str, value: Any) -> Any | None:
    """A value as people say it; None where it is too long for a sentence."""
    if value is None or value in ((), {}):
        return Words("无")
    if isinstance(value, bool):
        return Words("是") if value else Words("否")
    if isinstance(value, Label | Share | Span | Fraction | int):
        return value if isinstance(value, Label) else str(value)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Length):
        return length_words(value)
    if isinstance(value, str):
        return _text_words(definition, word, value)
    if isinstance(value, tuple) and not any(isinstance(item, Part) and not isinstance(item, Label) for item in value):
        return tuple(value_words(definition, word, item) for item in value)
    return None


def _text_words(definition: Definition, word: str, value: str) -> Any:
    if word in ("type", "kind"):
        return TYPES.get(value, value)
    if word in _FREE_TEXT:
        return value
    section = _SECTION_OF_WORD.get(word, "roles") or word
    if value in _section(definition, section):
        return name_of(definition, section, value)
    return VALUES.get(value, value)
