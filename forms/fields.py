"""From a field of the program to a control: one class per type of the language, found through one registry.

The controls carry text, both ways, and judge nothing: what the text means and what is wrong with it is asked of the
rules. Whatever was typed comes out as it was typed, so that a draft may keep it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms import Field as Control
from wtforms import FieldList, FormField
from wtforms.utils import unset_value

from forms.base import Paper
from workflow.domain import regions
from workflow.domain.program.schema import ChoiceField, Field, Label, RegionField, TableField, TextField
from workflow.domain.regions import Step
from workflow.domain.words import Words

OTHER = "__other__"
YES, NO = "yes", "no"
_MANY_OPTIONS = 5


@dataclass(frozen=True)
class Handed:
    """What the paper cannot know by itself: which fields are required now, what may be chosen, what is sealed."""

    required: Mapping[str, bool] = field(default_factory=dict)  # by path; unnamed = as the field says
    organizations: Sequence[str] = ()
    masks: Mapping[str, str] = field(default_factory=dict)  # by path, of values that are sealed already
    files: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # by path, what is held there
    open: frozenset[str] | None = None  # during a correction: the paths that may be changed
    places: Mapping[str, str] | None = None  # names of towns and villages by code; None = regions are typed


class Answer(Control):  # type: ignore[misc]  # WTForms ships no types
    """One control. `shape` names the macro that draws it."""

    shape = "line"
    data: Any

    def __init__(self, *, item: Field, path: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item
        self.path = path
        self.required = bool(item.required) if isinstance(item.required, bool) else True
        self.mask = ""
        self.files: Sequence[Any] = ()
        self.options: Sequence[tuple[str, Any]] = ()
        self.locked = False

    def hand_in(self, path: str, handed: Handed) -> None:
        self.path = path
        self.required = handed.required.get(path, self.required)
        self.mask = handed.masks.get(path, "")
        self.files = handed.files.get(path, ())
        self.locked = handed.open is not None and not _is_open(path, handed.open)

    @property
    def sent(self) -> bool:
        """Whether the page that was sent held this control."""
        return bool(self.raw_data)

    @property
    def typed(self) -> Any:
        return self.data

    def process_formdata(self, values: list[str]) -> None:
        if values:
            self.data = values[-1]


class Line(Answer):
    @property
    def attributes(self) -> dict[str, str]:
        return _KEYBOARDS.get(getattr(self.item, "format", None) or self.item.standard or self.item.type, {})


class Area(Answer):
    shape = "area"

    @property
    def lines(self) -> int:
        return self.item.lines if isinstance(self.item, TextField) and self.item.lines > 1 else 2


class Choice(Answer):
    """Radio buttons for a few, a list for more; "other" opens a line to write."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = self._own_options()
        self.shape = "select" if len(self.options) > _MANY_OPTIONS else "radio"
        self.other = ""

    def _own_options(self) -> list[tuple[str, Label | Words]]:
        if not isinstance(self.item, ChoiceField):
            return [(YES, Words("是")), (NO, Words("否"))]
        options: list[tuple[str, Label | Words]] = [(option.key, option.name) for option in self.item.options]
        return [*options, (OTHER, Words("其他"))] if self.item.other else options

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            self.other = formdata.get(f"{self.name}-other", "")

    @property
    def typed(self) -> Any:
        return self.other if self.data == OTHER else self.data

    @property
    def chosen(self) -> str:
        """The option that stands; a text that is no option is what was written under "other"."""
        value = str(self.typed or "")
        if not value or any(value == key for key, _ in self.options):
            return OTHER if self.data == OTHER else value
        return OTHER if isinstance(self.item, ChoiceField) and self.item.other else value

    @property
    def written(self) -> str:
        return str(self.typed or "") if self.chosen == OTHER and self.typed != OTHER else ""


class Several(Choice):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = "several"

    def process_formdata(self, values: list[str]) -> None:
        self.data = [value for value in values if value]

    @property
    def typed(self) -> Any:
        chosen = [value for value in self.data or [] if value != OTHER]
        return [*chosen, self.other] if self.other else chosen

    @property
    def chosen(self) -> Any:
        known = {key for key, _ in self.options}
        chosen = [value for value in self.typed if value in known]
        return [*chosen, OTHER] if self.written else chosen

    @property
    def written(self) -> str:
        known = {key for key, _ in self.options}
        return next((str(value) for value in self.typed if value not in known), "")


class Consent(Answer):
    shape = "consent"

    @property
    def given(self) -> bool:
        return bool(self.data == YES)


class Region(Line):
    """Lists one below the other where the page knows the places; where not, a line for the code or a county's name."""

    steps: Sequence[Step] = ()

    @property
    def depth(self) -> str:
        return self.item.depth if isinstance(self.item, RegionField) else "county"

    def hand_in(self, path: str, handed: Handed) -> None:
        super().hand_in(path, handed)
        if handed.places is not None:
            self.steps = regions.steps(str(self.data or ""), self.depth, handed.places)
        if self.steps:
            self.shape = "region"

    @property
    def unfolds(self) -> bool:
        """Whether there is more than the one list to choose from."""
        return len(self.steps) > 1 or len(self.steps[0].options[0][0]) < regions.DEPTHS[self.depth]

    @property
    def place(self) -> str:
        return "".join(name for step in self.steps for code, name in step.options if code == step.chosen)

    def process_formdata(self, values: list[str]) -> None:
        self.data = regions.furthest(values)


class Organization(Answer):
    shape = "organization"

    def hand_in(self, path: str, handed: Handed) -> None:
        super().hand_in(path, handed)
        self.options = [(name, name) for name in handed.organizations]


class Files(Answer):
    """Held apart from the paper; here they are only shown and handed in."""

    shape = "files"

    @property
    def sent(self) -> bool:
        return False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)


class Computed(Files):
    shape = "computed"


class Row(FormField):  # type: ignore[misc]  # as above
    pass


class Table(FieldList):  # type: ignore[misc]  # as above
    """Rows of columns. A row keeps the number under which the page showed it."""

    shape = "table"

    def __init__(self, *, item: TableField, **kwargs: Any) -> None:
        row = type("RowPaper", (Paper,), {key: control_for(column) for key, column in item.columns.items()})
        super().__init__(Row(row), **kwargs)
        self.item = item
        self.path = ""
        self.required = item.required is not False
        self.locked = False

    def hand_in(self, path: str, handed: Handed) -> None:
        self.path = path
        self.required = handed.required.get(path, self.required)
        self.locked = handed.open is not None and path not in handed.open
        for row in self.entries:
            number = int(row.name.rsplit("-", 1)[1]) + 1
            for cell in row.form:
                cell.hand_in(f"{path}.{number}.{cell.short_name}", handed)

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Only numbers that a page of ours could have sent: WTForms itself stumbles over `results-²-item`."""
        for name in formdata:
            number = name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if number.isascii() and number.isdecimal() and len(number) < 4:
                yield int(number)

    @property
    def sent(self) -> bool:
        return bool(self.entries)

    @property
    def typed(self) -> list[dict[str, Any]]:
        """Row by row; the page names every row it shows, so that none is skipped."""
        return [{cell.short_name: cell.typed for cell in row.form if cell.sent} for row in self.entries]


def _is_open(path: str, opened: frozenset[str]) -> bool:
    """Flagged itself, or within a row or a table that was flagged."""
    parts = path.split(".")
    return any(".".join(parts[:length]) in opened for length in range(1, len(parts) + 1))


_KEYBOARDS: Mapping[str, dict[str, str]] = {
    "number": {"inputmode": "decimal", "autocomplete": "off"},
    "date": {"inputmode": "numeric", "autocomplete": "off", "placeholder": "2026-03-01"},
    "mobile": {"inputmode": "tel", "autocomplete": "tel-national"},
    "email": {"inputmode": "email", "autocomplete": "email"},
    "id_no": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    "bank_account": {"inputmode": "numeric", "autocomplete": "off"},
    "credit_code": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    "name": {"autocomplete": "name"},
    "url": {"inputmode": "url", "autocomplete": "off"},
    "region": {"autocomplete": "off"},
}


def _of_text(item: Field) -> type[Answer]:
    return Area if isinstance(item, TextField) and item.lines > 1 else Line


def _of_choice(item: Field) -> type[Answer]:
    return Several if isinstance(item, ChoiceField) and item.many else Choice


CONTROLS: Mapping[str, Any] = {
    "text": _of_text,
    "number": lambda item: Line,
    "date": lambda item: Line,
    "yes_no": lambda item: Choice,
    "choice": _of_choice,
    "table": lambda item: Table,
    "file": lambda item: Files,
    "organization": lambda item: Organization,
    "region": lambda item: Region,
    "consent": lambda item: Consent,
    "computed": lambda item: Computed,
}
"""Every type of the language; a law compares it with the language's own registry."""


def control_for(item: Field) -> Any:
    return CONTROLS[item.type](item)(item=item, label=item.name)
