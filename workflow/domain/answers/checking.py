"""What is wrong with one typed value, apart from every other."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain import identifiers, regions
from workflow.domain.answers.parsing import format_of
from workflow.domain.program.schema import (
    ChoiceField,
    Field,
    FileField,
    NumberField,
    RegionField,
    TableField,
    TextField,
)
from workflow.domain.words import Words

ONE_LINE, MANY_LINES, OTHER = 200, 5000, 100  # characters, where the program says nothing


def wrong(field: Field, value: Any, today: date, id_type: str | None = None) -> Words | None:
    if field.type == "text":
        return _wrong_text(field, value, today, id_type)
    check = _CHECKS.get(field.type)
    return check(field, value) if check else None


def _wrong_text(field: Field, value: Any, today: date, id_type: str | None) -> Words | None:
    if not isinstance(value, str) or not isinstance(field, TextField):
        return Words("请填文字")
    form = format_of(field)
    checked = identifiers.checked(form, value, today, id_type) if form else value
    return checked if isinstance(checked, Words) else _wrong_length(field, value)


def _wrong_length(field: TextField, value: str) -> Words | None:
    size = len(value)
    low, high = (int(field.length.low), int(field.length.high)) if field.length else (0, _usual(field))
    if size < low:
        return Words("至少写%(low)s个字，现在是%(n)s个，还差%(short)s个", low=low, n=size, short=low - size)
    if size > high:
        return Words("最多写%(high)s个字，现在是%(n)s个，请删去%(over)s个", high=high, n=size, over=size - high)
    return None


def _usual(field: TextField) -> int:
    return ONE_LINE if field.lines == 1 else MANY_LINES


def _wrong_number(field: Field, value: Any) -> Words | None:
    if not isinstance(value, Decimal) or not value.is_finite() or not isinstance(field, NumberField):
        return Words("请只填数字，例如 12 或 3.5")
    digits = -int(value.normalize().as_tuple().exponent) if value else 0
    if digits > field.decimals:
        if field.decimals == 0:
            return Words("这里只填整数")
        return Words("最多%(n)s位小数，请四舍五入后再填", n=field.decimals)
    if field.min is not None and value < field.min:
        return Words("不能小于%(min)s", min=f"{field.min:f}")
    if field.max is not None and value > field.max:
        return Words("不能大于%(max)s", max=f"{field.max:f}")
    return Words("这个数太大了，请核对") if abs(value) >= 10**15 else None


def _wrong_date(_field: Field, value: Any) -> Words | None:
    if not isinstance(value, date) or not date(1900, 1, 1) <= value <= date(2200, 12, 31):
        return Words("请核对年份")
    return None


def _wrong_choice(field: Field, value: Any) -> Words | None:
    if not isinstance(field, ChoiceField):
        return None
    chosen = value if field.many else [value]
    if not isinstance(chosen, list) or not all(isinstance(item, str) for item in chosen):
        return Words("请从列表里选择")
    typed = [item for item in chosen if item not in field.option_keys]
    if typed and not field.other:
        return Words("没有这个选项，请从列表里重新选择")
    return Words("最多写%(high)s个字", high=OTHER) if any(len(item) > OTHER for item in typed) else None


def _wrong_truth(_field: Field, value: Any) -> Words | None:
    return None if isinstance(value, bool) else Words("请填“是”或“否”")


def _wrong_consent(_field: Field, value: Any) -> Words | None:
    return None if value is True else Words("请先阅读，再勾选同意")


def _wrong_rows(field: Field, value: Any) -> Words | None:
    if not isinstance(field, TableField) or not isinstance(value, list):
        return Words("请逐行填写")
    low, high = int(field.rows.low), int(field.rows.high)
    if len(value) < low:
        return Words("至少填%(low)s行，现在是%(n)s行", low=low, n=len(value))
    return Words("最多填%(high)s行，现在是%(n)s行", high=high, n=len(value)) if len(value) > high else None


def _wrong_files(field: Field, value: Any) -> Words | None:
    most = field.many if isinstance(field, FileField) else 1
    if len(value) <= most:
        return None
    return Words("最多交%(most)s份，现在是%(n)s份", most=most, n=len(value))


def _wrong_region(field: Field, value: Any) -> Words | None:
    code, depth = str(value), field.depth if isinstance(field, RegionField) else "county"
    if regions.unfinished(code, depth):
        return Words("还没有选完，请接着往下选")
    checked = identifiers.region_code(code, depth)
    if isinstance(checked, Words):
        return checked
    return None if depth != "county" or code in regions.national() else Words("没有这个区县，请从列表里选择")


_CHECKS: Mapping[str, Callable[[Field, Any], Words | None]] = {
    "number": _wrong_number,
    "date": _wrong_date,
    "choice": _wrong_choice,
    "yes_no": _wrong_truth,
    "consent": _wrong_consent,
    "table": _wrong_rows,
    "file": _wrong_files,
    "region": _wrong_region,
}
