"""What kind of control the shape of a word asks for, read off its annotation."""

from typing import Annotated, Any, Literal, Union, get_args, get_origin

from workflow.domain.program import schema as s
from workflow.domain.program.outline.control import Extra, column
from workflow.domain.program.outline.names import NAMES
from workflow.domain.program.schema import after, base, fields, frame, stages
from workflow.domain.program.schema.base import Entry, Label, Part

_PLAIN: tuple[tuple[Any, str], ...] = (
    (base.Flag, "flag"),
    (bool, "flag"),
    (base.Count, "whole"),
    (base.Positive, "whole"),
    (base.Number, "number"),
    (base.Quantity, "quantity"),
    (base.Condition, "condition"),
    (base.Formula, "formula"),
    (base.Time, "length"),
    (base.Mark, "mark"),
    (base.Percent, "share"),
    (base.CountOrShare, "count_or_share"),
    (base.Range, "span"),
    (base.PartOf, "fraction"),
    (frame.ClockTime, "clock_time"),
    (after.OnDay, "day"),
    (Label, "label"),
    (str, "word"),
)


def from_shape(hint: Any) -> tuple[str, Extra]:
    for known, kind in _PLAIN:
        if hint == known:
            return kind, {}
    origin = get_origin(hint)
    if origin is Annotated:
        return ("whole", {}) if get_args(hint)[0] is int else from_shape(get_args(hint)[0])
    if origin is Literal:
        return "choice", {"options": tuple(str(word) for word in get_args(hint))}
    if origin is Union or type(hint).__name__ == "UnionType":
        inner = [item for item in get_args(hint) if item is not type(None)]
        return from_shape(inner[0]) if len(inner) == 1 else ("word", {})
    if isinstance(hint, type) and issubclass(hint, Part):
        return "part", {"part": hint}
    if origin is dict:
        return _from_mapping(*get_args(hint))
    if origin is tuple:
        return _from_list(get_args(hint)[0])
    return "word", {}


def _from_mapping(_key: Any, value: Any) -> tuple[str, Extra]:
    if value == fields.FieldEntry:
        return "entries", {"part": s.Field}
    if value == stages.StageEntry:
        return "entries", {"part": s.Stage}
    if isinstance(value, type) and issubclass(value, Entry):
        return "entries", {"part": value}
    return "word", {}


def _from_list(item: Any) -> tuple[str, Extra]:
    if item == Label:
        return "texts", {}
    if get_origin(item) is Literal:
        return "several", {"options": tuple(str(word) for word in get_args(item))}
    if item in (base.Mark, base.Time):
        return "rows", {"columns": (column("", "mark" if item == base.Mark else "length", NAMES["length"]),)}
    if isinstance(item, type) and issubclass(item, Part):
        return "rows", {"part": item}
    return "several", {}
