"""Answers to be read, not filled: name and value, section by section, tables as tables, L4 as a mask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain.program.schema import ChoiceField, Field, FileField, Label, NumberField, RegionField, TableField
from workflow.domain.regions import name_of
from workflow.domain.words import Words
from workflow.services.drafts import Desk
from workflow.services.worksheets import Held
from workflow.web.applicant import blueprint, papers


@blueprint.app_template_filter("shown")
def shown_as(value: Any, item: Field | None = None) -> str:
    """A value of the answers in the reader's words; nothing is nothing."""
    words = shown(item, value)
    return papers.say(words) if words is not None else ""


@dataclass(frozen=True)
class Cell:
    """`words` is what to show; a file is a link instead, when the reader may open it."""

    words: Any
    files: Sequence[Held] = ()
    copy: Held | None = None
    copied: bool = False  # an anonymous copy is asked for beside the file


@dataclass(frozen=True)
class Answer:
    key: str
    name: Label
    cell: Cell | None = None
    columns: Sequence[Label] = ()
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True)
class Section:
    key: str
    name: Label
    answers: Sequence[Answer]


def sections(desk: Desk, of: int = 0) -> list[Section]:
    """`of`: for a member of the team, what is said of themselves, and of the rest what is nobody's personal data."""
    return [
        Section(key, desk.definition.form[key].name, [_answer(desk, name, item, of) for name, item in fields.items()])
        for key in desk.definition.form
        if (fields := desk.fields_of(key) if not of else _for_member(desk, key))
    ]


def _for_member(desk: Desk, section: str) -> dict[str, Field]:
    team = desk.definition.program.team
    fields = desk.fields_of(section).items()
    plain = ("file", "table", "consent")
    return {
        key: item
        for key, item in fields
        if (team is not None and key == team.members) or (item.level in ("L1", "L2") and item.type not in plain)
    }


def _answer(desk: Desk, key: str, item: Field, of: int = 0) -> Answer:
    if not isinstance(item, TableField):
        return Answer(key, item.name, _cell(desk, item, key, desk.sheet.kept.get(key)))
    rows = desk.sheet.kept.get(key) or []
    return Answer(
        key,
        item.name,
        columns=[column.name for column in item.columns.values()],
        rows=[
            [_cell(desk, column, f"{key}.{n}.{name}", row.get(name)) for name, column in item.columns.items()]
            for n, row in enumerate(rows, start=1)
            if not of or n == of
        ],
    )


def _cell(desk: Desk, item: Field, path: str, value: Any) -> Cell:
    if isinstance(item, FileField):
        return Cell(None, desk.sheet.files.get(path, ()), desk.blind_copies.get(path), item.blind_copy)
    mask = desk.sheet.masks.get(path)
    return Cell(mask if mask else shown(item, value, desk.names))


def shown(item: Field | None, value: Any, names: Mapping[str, str] | None = None) -> Any:
    """A typed value as people write it."""
    if value is None or value == "":
        return None
    if isinstance(item, ChoiceField):
        options = {option.key: option.name for option in item.options}
        chosen = value if isinstance(value, list) else [value]
        return Words("%(chosen)s", chosen=[options.get(one) or Words("%(typed)s", typed=one) for one in chosen])
    if isinstance(value, bool):
        if item is not None and item.type == "consent":
            return Words("已同意") if value else None
        return Words("是") if value else Words("否")
    if isinstance(value, Decimal):
        number = f"{value.normalize():f}"
        unit = item.unit if isinstance(item, NumberField) else None
        return Words("%(n)s %(unit)s", n=number, unit=unit) if unit else number
    if isinstance(value, date):
        return value
    return (names or {}).get(value) or (name_of(value) if isinstance(item, RegionField) else value)
