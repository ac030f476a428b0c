"""From what a clerk types to a value, or to what is wrong with it: never a guess between two readings."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain import identifiers, regions
from workflow.domain.answers.storing import is_blank
from workflow.domain.program.problems import closest
from workflow.domain.program.schema import ChoiceField, Field, NumberField, TableField, TextField
from workflow.domain.words import Words

_YES = frozenset(("是", "有", "对", "已", "√", "✓", "✔", "true", "yes", "y", "1", "on", "同意", "已阅", "已阅读"))
_NO = frozenset(("否", "无", "没有", "不是", "未", "×", "✗", "false", "no", "n", "0", "off", "不同意"))
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?",
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})",
        r"(\d{4})(\d{2})(\d{2})",
        r"(\d{4})年(\d{1,2})月?",
        r"(\d{4})[-/.](\d{1,2})",
        r"(\d{4})(\d{2})",
    )
)


def parse(field: Field, raw: Any) -> Any:
    """A value, None for nothing typed, or Words. What a table's cells say comes from `parse_fields`."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and not raw.strip():
        return None
    return _READERS.get(field.type, _as_it_is)(field, raw)


def parse_fields(
    fields: Mapping[str, Field], raw: Mapping[str, Any], before: str = ""
) -> tuple[dict[str, Any], dict[str, Words]]:
    """The values that could be read, and by path what is wrong with the others. Blank rows of tables vanish."""
    values: dict[str, Any] = {}
    wrong: dict[str, Words] = {}
    for key, field in fields.items():
        if isinstance(field, TableField):
            rows, faults = parse_rows(field, raw.get(key), f"{before}{key}")
            wrong |= faults
            values[key] = rows
            continue
        value = parse(field, raw.get(key))
        if isinstance(value, Words):
            wrong[f"{before}{key}"] = value
        elif value is not None:
            values[key] = value
    return {key: value for key, value in values.items() if value != []}, wrong


def parse_rows(field: TableField, raw: Any, path: str) -> tuple[list[dict[str, Any]], dict[str, Words]]:
    typed = [row for row in raw or () if isinstance(row, Mapping) and not is_blank(row)]
    rows: list[dict[str, Any]] = []
    wrong: dict[str, Words] = {}
    for number, row in enumerate(typed, start=1):
        values, faults = parse_fields(field.columns, row, f"{path}.{number}.")
        rows.append(values)
        wrong |= faults
    return rows, wrong


def _half_width(raw: Any) -> str:
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _text(field: Field, raw: Any) -> Any:
    text = re.sub(r"\r\n?", "\n", str(raw)).replace("\x00", "").strip()
    if not isinstance(field, TextField):
        return text
    if field.lines == 1:
        text = re.sub(r"\s*\n\s*", " ", text)
    form = format_of(field)
    if form is None:
        return text
    value = identifiers.checked(form, text, date.max)
    return identifiers.tidy(text) if isinstance(value, Words) else value


def format_of(field: Field) -> str | None:
    """How a text is normalised and checked: its format, or that it is a person's name."""
    return getattr(field, "format", None) or ("name" if field.standard == "name" else None)


def _number(field: Field, raw: Any) -> Any:
    if isinstance(raw, Decimal | int):
        return Decimal(raw)
    typed = re.sub(r"\s", "", _half_width(raw)).replace("−", "-")
    unit = field.unit.zh if isinstance(field, NumberField) and field.unit else ""
    digits = typed.removesuffix(unicodedata.normalize("NFKC", unit)) if unit else typed
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if _PLAIN.fullmatch(digits) and len(digits) <= 40:
        return Decimal(digits)
    if unit:
        return Words("请只填数字，例如 12 或 3.5；单位是“%(unit)s”，不用写", unit=field.unit)  # type: ignore[attr-defined]  # a unit means NumberField
    return Words("请只填数字，例如 12 或 3.5")


def _date(_field: Field, raw: Any) -> Any:
    if isinstance(raw, date):
        return raw
    typed = re.sub(r"\s+", " ", _half_width(raw))
    typed = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", typed).replace(" ", "")
    for pattern in _DATES:
        match = pattern.fullmatch(typed)
        if match:
            year, month, *day = (int(part) for part in match.groups())
            try:
                return date(year, month, day[0] if day else 1)
            except ValueError:
                return Words("没有这一天，请核对年月日")
    return Words("日期请写成 2026-03-01 或 2026年3月1日；只知道月份可以写 2026年3月")


def _yes_no(_field: Field, raw: Any) -> Any:
    typed = _half_width(raw).lower()
    if typed in _YES:
        return True
    return False if typed in _NO else Words("请填“是”或“否”")


def _choice(field: Field, raw: Any) -> Any:
    if not isinstance(field, ChoiceField):
        return raw
    if not field.many:
        return _option(field, raw[0] if isinstance(raw, list) and len(raw) == 1 else raw)
    typed = raw if isinstance(raw, list | tuple) else re.split(r"[、,，;；\n]", str(raw))
    chosen = [_option(field, item) for item in typed if str(item).strip()]
    wrong = next((item for item in chosen if isinstance(item, Words)), None)
    return wrong or list(dict.fromkeys(chosen)) or None


def _option(field: ChoiceField, raw: Any) -> Any:
    typed = str(raw).strip()
    spelled = _folded(typed)
    for option in field.options:
        if spelled in (_folded(option.key), _folded(option.name.zh), _folded(option.name.en or option.key)):
            return option.key
    if field.other:
        return typed
    names = {option.name.zh: option for option in field.options}
    guess = closest(typed, names)
    if guess:
        return Words("没有这个选项，是否想选“%(guess)s”？", guess=names[guess].name)
    return Words("没有这个选项，请从 %(options)s 里选", options=tuple(option.name for option in field.options))


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def _region(_field: Field, raw: Any) -> Any:
    typed = identifiers.compact(str(raw))
    return regions.named(typed) or typed


def _as_it_is(_field: Field, raw: Any) -> Any:
    return raw.strip() if isinstance(raw, str) else raw


def _files(_field: Field, raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else tuple(raw) or None


def _computed(_field: Field, _raw: Any) -> None:
    """Never typed: worked out from the others."""


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
    "consent": _yes_no,
    "choice": _choice,
    "region": _region,
    "file": _files,
    "computed": _computed,
}
