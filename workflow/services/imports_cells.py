"""How people write days, 是 and 否, and options into the cells of a table."""

from collections.abc import Mapping
from datetime import date

from workflow.domain import answers
from workflow.domain.program.schema import Field
from workflow.domain.program.schema.fields import DateField
from workflow.domain.words import Words

YES, NO = "yes", "no"
YES_NO: Mapping[str, str] = {"是": YES, "有": YES, "y": YES, "否": NO, "无": NO, "n": NO}
_DATE = DateField.model_validate({"key": "day", "name": "日期", "type": "date"})


def day(typed: str) -> date | Words:
    """2026-03-01, 2026/3/1, 2026年3月1日; else what to write instead."""
    value = answers.parse(_DATE, typed)
    return value if isinstance(value, date | Words) else Words("日期请写成 2026-03-01 或 2026年3月1日")


def as_typed(field: Field, text: str) -> str:
    """As the form would send it: the name of an option becomes its key."""
    text = text.strip()
    if field.type == "yes_no":
        return YES_NO.get(text.lower(), text)
    options = getattr(field, "options", ())
    return next((str(each.key) for each in options if text in (each.key, each.name.zh, each.name.en)), text)
