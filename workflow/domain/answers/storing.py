"""Values in memory and values at rest. Numbers rest as canonical decimal strings, dates as ISO; L4 rests elsewhere.

A path names one value: `years`, and `results.2.proof` for a cell of a table's second row.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain.program.schema import ChoiceField, Field, TableField
from workflow.domain.rules import canonical

Values = Mapping[str, Any]
Fields = Mapping[str, Field]
SEALED = "L4"


def is_blank(value: Any) -> bool:
    """False and 0 are answers; an empty text, an empty list and a row of blanks are none."""
    if isinstance(value, Mapping):
        return all(is_blank(cell) for cell in value.values())
    if isinstance(value, list | tuple):
        return all(is_blank(item) for item in value)
    return value is None or (isinstance(value, str) and not value.strip())


def encode(fields: Fields, values: Values) -> dict[str, Any]:
    """What may stand in answers JSON: known fields, no blanks, nothing of level L4."""
    return {
        key: _at_rest(fields[key], value)
        for key, value in values.items()
        if key in fields and not is_blank(value) and (fields[key].level != SEALED or _is_open(fields[key]))
    }


def _is_open(field: Field) -> bool:
    """A table's rows and a file's references are no secret themselves; what they hold is sealed piece by piece."""
    return field.type in ("table", "file")


def _at_rest(field: Field, value: Any) -> Any:
    if isinstance(field, TableField):
        return [encode(field.columns, row) for row in value]
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def decode(fields: Fields, stored: Values, sealed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The typed values again. `sealed` are opened L4 values by path, where somebody may see them."""
    values = {key: _awake(fields[key], value) for key, value in stored.items() if key in fields}
    for path, text in (sealed or {}).items():
        _put(fields, values, path, text)
    return values


def _awake(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, TableField):
        return [decode(field.columns, row) for row in value]
    if field.type in ("number", "computed"):
        return Decimal(value)
    if field.type == "date":
        return date.fromisoformat(value)
    return tuple(value) if field.type == "file" else value


def _put(fields: Fields, values: dict[str, Any], path: str, text: str) -> None:
    key, _, rest = path.partition(".")
    field = fields.get(key)
    if field is None:
        return
    if not isinstance(field, TableField):
        values[key] = _awake(field, _read_sealed(field, text))
        return
    number, _, column = rest.partition(".")
    rows = values.get(key) or []
    if number.isdecimal() and 1 <= int(number) <= len(rows):
        _put(field.columns, rows[int(number) - 1], column, text)


def sealed(fields: Fields, values: Values) -> dict[str, str]:
    """The L4 values by path, as texts to be encrypted one by one. Files are sealed where they lie."""
    return dict(_sealed(fields, values, ""))


def _sealed(fields: Fields, values: Values, before: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        field = fields.get(key)
        if field is None or is_blank(value):
            continue
        if isinstance(field, TableField):
            for number, row in enumerate(value, start=1):
                yield from _sealed(field.columns, row, f"{before}{key}.{number}.")
        elif field.level == SEALED and field.type != "file":
            yield f"{before}{key}", _to_seal(field, value)


_MANY = "\x1f"  # the unit separator: no option and no typed text holds it


def _to_seal(field: Field, value: Any) -> str:
    stored = _at_rest(field, value)
    if isinstance(stored, bool):
        return "true" if stored else "false"
    return _MANY.join(stored) if isinstance(stored, list) else str(stored)


def _read_sealed(field: Field, text: str) -> Any:
    if field.type in ("yes_no", "consent"):
        return text == "true"
    return text.split(_MANY) if isinstance(field, ChoiceField) and field.many else text
