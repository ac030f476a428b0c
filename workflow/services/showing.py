"""How answers look to a reader: values as texts, masks where they are sealed, nothing where policy hides them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain import regions
from workflow.domain.blindness import Veil
from workflow.domain.policy import Sight
from workflow.domain.program import outside
from workflow.domain.program.schema import ChoiceField, Definition, Field, FileField, Label, NumberField, TableField
from workflow.domain.sentences import name_of_place
from workflow.domain.words import Words

Text = str | Words | Label
Shown = Text | date
"""A value of an answer; a day is written in the language of its reader."""


@dataclass(frozen=True)
class Cell:
    """One answer as it may be shown. `value` None: not answered, or hidden; files stand apart."""

    path: str
    label: Label
    value: Shown | None
    sight: Sight = Sight.WHOLE
    why_hidden: Words | None = None
    files: tuple[str, ...] = ()

    @property
    def masked(self) -> bool:
        return self.sight is Sight.MASKED and self.value is not None


@dataclass(frozen=True)
class Answer(Cell):
    """One field of the form; a table has rows of cells instead of a value."""

    rows: tuple[tuple[Cell, ...], ...] = ()
    columns: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Section:
    key: str
    name: Label
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Look:
    """What showing needs beside the values: what may be seen, the masks of sealed ones, names behind codes.

    For a blind reader `veil` strikes names out of texts, and `copies` (path -> files) stand in place of the files.
    """

    sights: Mapping[str, Sight]
    masks: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[object, str] = field(default_factory=dict)
    veil: Veil | None = None
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def at(self, path: str) -> Sight:
        """Of a field, or of a column of a table: `results.2.proof` is seen like `results.proof`."""
        parts = path.split(".")
        return self.sights.get(parts[0] if len(parts) < 3 else f"{parts[0]}.{parts[2]}", Sight.HIDDEN)

    def files(self, item: FileField, path: str, value: Any) -> tuple[str, ...]:
        if self.veil is None or item.blind == "show":
            return tuple(value or ())
        return self.copies.get(path, ())


HIDDEN = Words("这一项不在你的可见范围内")


def sections(
    definition: Definition, asked: Iterable[str], values: Mapping[str, Any], look: Look
) -> tuple[Section, ...]:
    shown = set(asked)
    found = []
    for section in definition.form.values():
        answers = tuple(answer(item, values.get(key), look) for key, item in section.fields.items() if key in shown)
        if answers:
            found.append(Section(section.key, section.name, answers))
    return tuple(found)


def answer(item: Field, value: Any, look: Look) -> Answer:
    sight = look.at(item.key)
    if sight is Sight.HIDDEN:
        return Answer(item.key, item.name, None, sight, HIDDEN)
    if isinstance(item, TableField):
        columns = tuple(column.name for column in item.columns.values())
        rows = tuple(_row(item, number, row, look) for number, row in enumerate(value or (), start=1))
        return Answer(item.key, item.name, None, sight, rows=rows, columns=columns)
    cell = _cell(item, item.key, value, look, sight)
    return Answer(cell.path, cell.label, cell.value, cell.sight, files=cell.files)


def _row(table: TableField, number: int, row: Mapping[str, Any], look: Look) -> tuple[Cell, ...]:
    return tuple(
        _cell(column, f"{table.key}.{number}.{key}", row.get(key), look, look.at(f"{table.key}.{number}.{key}"))
        for key, column in table.columns.items()
    )


def _cell(item: Field, path: str, value: Any, look: Look, sight: Sight) -> Cell:
    if sight is Sight.HIDDEN:
        return Cell(path, item.name, None, sight, HIDDEN)
    if isinstance(item, FileField):
        return Cell(path, item.name, None, Sight.WHOLE, files=look.files(item, path, value))
    if item.level == "L4" or sight is Sight.MASKED:
        return Cell(path, item.name, look.masks.get(path), Sight.MASKED)
    seen = value if look.veil is None else look.veil.over(value)
    return Cell(path, item.name, text(item, seen, look.names), sight)


def text(item: Field, value: Any, names: Mapping[object, str]) -> Shown | None:
    """A typed value in words; None is no answer."""
    if value is None or value in ("", [], ()):
        return None
    if isinstance(value, bool):
        return _truth(item, value)
    if isinstance(value, Decimal):
        unit = item.unit if isinstance(item, NumberField) else None
        number = f"{value.normalize():f}" if value else "0"
        return Words("%(n)s %(unit)s", n=number, unit=unit) if unit is not None else number
    if isinstance(value, date):
        return value
    if isinstance(item, ChoiceField):
        return _chosen(item, value)
    if item.type in ("organization", "region"):
        return names.get(value) or regions.name_of(str(value))
    return str(value)


def _truth(item: Field, value: bool) -> Words:
    if item.type == "consent":
        return Words("已同意") if value else Words("没有同意")
    return Words("是") if value else Words("否")


def _chosen(item: ChoiceField, value: Any) -> Text:
    known = {option.key: option.name for option in item.options}
    if isinstance(value, list):
        return Words("%(list)s", list=[known.get(each, each) for each in value])
    return known.get(value, str(value))


def codes_in(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    """What organizations are named by, whose names must be looked up; towns and villages are among them."""
    for key, item in fields.items():
        value = values.get(key)
        if isinstance(item, TableField):
            for row in value or ():
                yield from codes_in(item.columns, row)
        elif item.type in ("organization", "region") and isinstance(value, str):
            yield value


# -- what a rule read --------------------------------------------------------------------------------------------------
_GROUPS = {
    "person.age": Words("年龄"),
    "person.birth_date": Words("出生日期"),
    "track": Words("类别"),
    "channel": Words("渠道"),
    "as_of": Words("计算日"),
}


def name_of_input(definition: Definition, name: str) -> Text:
    """The name that people know an input of a rule by: `given.training_cert` is 已交：培训结业证书."""
    if name in _GROUPS:
        return _GROUPS[name]
    group, _, key = name.partition(".")
    if group == "given":
        return Words("已交：%(what)s", what=name_of_place(definition, key))
    if group == "facts" and key in definition.facts:
        return definition.facts[key].field.name
    if group == "checks":
        return outside.NAMES.get(key) or Words("外部核验（%(key)s）", key=key)
    if group == "round" and key in definition.round:
        return definition.round[key].name
    if group == "records":
        stage, _, column = key.partition(".")
        record = definition.stages[stage].record if stage in definition.stages else {}
        return record[column].name if column in record else key
    channel_facts = _nominator_facts(definition)
    if group == "nominator" and key in channel_facts:
        return channel_facts[key].name
    return name_of_place(definition, name)


def _nominator_facts(definition: Definition) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for channel in definition.channels.values():
        if channel.nominator is not None:
            found |= channel.nominator.facts
    return found


def value_of_input(definition: Definition, name: str, value: Any, names: Mapping[object, str]) -> Shown:
    if name == "track" and value in definition.tracks:
        return definition.tracks[value].name
    if name == "channel" and value in definition.channels:
        return definition.channels[value].name
    item = definition.form_fields().get(name)
    if item is not None and item.level == "L4":
        return Words("已填")
    if item is not None:
        return text(item, value, names) or Words("没有填")
    return _plain(value)


def _plain(value: Any) -> Text:
    if isinstance(value, bool):
        return Words("是") if value else Words("否")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return str(value)


def paths_of_files(section_list: Sequence[Section]) -> dict[str, tuple[str, ...]]:
    """Every place that holds files and may be seen, in the order of the form."""
    found: dict[str, tuple[str, ...]] = {}
    for section in section_list:
        for each in section.answers:
            cells: Iterable[Cell] = [each, *(cell for row in each.rows for cell in row)]
            found.update((cell.path, cell.files) for cell in cells if cell.files)
    return found
