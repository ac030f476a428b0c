"""What can be written into an expression: names with what they are and which values they take, and the functions.

Read off the draft as it stands, so that it helps while the draft cannot be read as a whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.outline.choices import Choices, choices
from workflow.domain.program.outline.conditions import readable
from workflow.domain.program.outline.data import as_label, field_type, form_fields, label_of, section, standing_at
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.program.standard import STANDARD
from workflow.domain.rules.kinds import Sort
from workflow.domain.words import Words

SORTS: Mapping[str, Sort] = {
    "number": "number",
    "computed": "number",
    "date": "date",
    "yes_no": "bool",
    "consent": "bool",
    "table": "list",
}
"""Of a type of field; all others are texts."""


@dataclass(frozen=True)
class Name:
    """`values`: what a text may be, each with its name."""

    name: str
    label: Label | Words
    sort: Sort
    values: Choices = ()


@dataclass(frozen=True)
class Function:
    """`written` shows its arguments; `wants`: of what sort the first one is."""

    name: str
    written: str
    label: Words
    sort: Sort


FUNCTIONS = (
    Function("count", "count(表)", Words("一张表有几行"), "number"),
    Function("sum", "sum(数)", Words("加起来"), "number"),
    Function("min", "min(甲, 乙)", Words("取小的"), "number"),
    Function("max", "max(甲, 乙)", Words("取大的"), "number"),
    Function("round", "round(数, 2)", Words("四舍五入到几位小数"), "number"),
    Function("length", "length(文字)", Words("文字有多长"), "number"),
    Function("years_between", "years_between(日期, 日期)", Words("相隔几整年"), "number"),
    Function("months_between", "months_between(日期, 日期)", Words("相隔几整月"), "number"),
    Function("days_between", "days_between(日期, 日期)", Words("相隔几天"), "number"),
    Function("in_a_row_below", "in_a_row_below(数, 60)", Words("最近连着几次低于"), "number"),
    Function("date", "date('1985-01-01')", Words("写一个日期"), "date"),
)


def names(data: Any, at: Path) -> tuple[Name, ...]:
    return tuple(_names(data, at))


def _names(data: Any, at: Path) -> Iterator[Name]:
    fields = form_fields(data)
    for name, label in readable(data, at):
        raw = fields[name] if name in fields else _elsewhere(data, name)
        if name in fields and field_type(raw) == "file":
            yield Name(f"given.{name}", Words("交了“%(name)s”", name=label), "bool")
        elif name in ("track", "channel"):
            yield Name(name, label, "text", choices(data, f"{name}s"))
        elif name == "person.age" or name.startswith("total."):
            yield Name(name, label, "number")
        else:
            usual = "number" if name.startswith(("facts.", "nominator.")) else "text"
            yield _field(name, label, raw, usual)
    yield Name("person.birth_date", Words("出生日期"), "date")
    yield Name("as_of", Words("算到哪一天"), "date")


def _elsewhere(data: Any, name: str) -> Any:
    """The field behind `facts.x`, `round.x`, `records.stage.x`, `nominator.x`."""
    group, _, rest = name.partition(".")
    if group == "records":
        stage, _, word = rest.partition(".")
        return section(data, "stages", stage, "record").get(word)
    if group == "nominator":
        found = (section(one, "nominator", "facts").get(rest) for one in section(data, "channels").values())
        return next((one for one in found if one is not None), None)
    return standing_at(data, (group, rest))


def _field(name: str, label: Label | Words, raw: Any, usual: str) -> Name:
    type_ = field_type(raw, usual)
    said = raw if isinstance(raw, Mapping) else {}
    if type_ == "choice":
        many = said.get("many") is True
        return Name(name, label, "list" if many else "text", tuple(_options(said)))
    return Name(name, label, SORTS.get(type_, "text"))


def _options(said: Mapping[str, Any]) -> Iterator[tuple[str, Label | Words]]:
    standard = STANDARD.get(str(said.get("standard")), {})
    for option in said.get("options") or standard.get("options") or ():
        key = option.get("key") if isinstance(option, Mapping) else option
        if isinstance(key, str):
            yield key, (as_label(option) if isinstance(option, str) else label_of(key, option)) or Label(zh=key)
