"""Fields: what is asked, of which type, who may see it. One class per type; `read_field` picks it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, PlainValidator, ValidationInfo, model_validator
from pydantic import Field as Parameter
from pydantic_core import PydanticCustomError

from workflow.domain.program.problems import closest
from workflow.domain.program.schema.base import (
    Condition,
    Count,
    Entry,
    Flag,
    Formula,
    Keyed,
    Label,
    Names,
    Number,
    Part,
    Positive,
    Range,
    Span,
    copied,
    fault,
    faults_at,
    span,
    with_key,
)
from workflow.domain.program.standard import MASKS, STANDARD
from workflow.domain.words import Words

Level = Literal["L1", "L2", "L3", "L4"]
FieldType = Literal[
    "text",
    "number",
    "date",
    "yes_no",
    "choice",
    "table",
    "file",
    "organization",
    "region",
    "consent",
    "computed",
]
Format = Literal["mobile", "email", "id_no", "credit_code", "bank_account", "url", "patent_no"]


class FieldCheck(Part):
    """An answer must make `rule` true; where it cannot be known, it passes."""

    rule: Formula
    message: Label


class Field(Entry):
    name: Label
    type: FieldType
    required: Condition = True
    show: Condition = True
    hint: Label | None = None
    level: Level = "L2"
    purpose: Label | None = None
    see: Names = ()
    filled_by: str | None = None
    check: FieldCheck | None = None
    blind: Literal["show", "hide"] | None = None
    filter: Flag = False
    stats_only: Flag = False
    credential: Flag = False
    standard: str | None = None

    @property
    def mask(self) -> str | None:
        """How the value is shown where it may not be read whole; None where it needs no mask."""
        known = MASKS.get(self.standard or "") or MASKS.get(getattr(self, "format", None) or "")
        return known or ("all" if self.level == "L4" else None)


class TextField(Field):
    type: Literal["text"]
    lines: Positive = 1
    length: Range | None = None
    format: Format | None = None


class NumberField(Field):
    type: Literal["number"]
    unit: Label | None = None
    decimals: Annotated[Count, Parameter(le=6)] = 0
    min: Number | None = None
    max: Number | None = None


class DateField(Field):
    type: Literal["date"]


class YesNoField(Field):
    type: Literal["yes_no"]


class Option(Part):
    """An option written as a plain word has that word for a key."""

    key: str
    name: Label

    @model_validator(mode="before")
    @classmethod
    def _from_plain_word(cls, given: Any) -> Any:
        return {"key": str(given), "name": given} if isinstance(given, str | int) else given


class ChoiceField(Field):
    type: Literal["choice"]
    options: Annotated[tuple[Option, ...], Parameter(min_length=1)]
    many: Flag = False
    other: Flag = False

    @property
    def option_keys(self) -> tuple[str, ...]:
        return tuple(option.key for option in self.options)


class FileField(Field):
    type: Literal["file"]
    max_mb: Positive = 10
    many: Positive = 1
    accept: tuple[Literal["pdf", "jpg", "png", "mp4"], ...] = ("pdf", "jpg", "png")
    watermark: Label | None = None
    blind_copy: Flag = False
    class_: str | None = Parameter(None, alias="class")


class OrganizationField(Field):
    type: Literal["organization"]


class RegionField(Field):
    type: Literal["region"]
    depth: Literal["county", "town", "village"] = "county"


class ConsentField(Field):
    type: Literal["consent"]
    text: Label


class ComputedField(Field):
    type: Literal["computed"]
    value: Formula
    required: Condition = False


def read_rows(given: Any) -> Span:
    """`rows: 3` means exactly three."""
    return span(f"{given}-{given}" if isinstance(given, int) and not isinstance(given, bool) else given)


class TableField(Field):
    type: Literal["table"]
    columns: "Fields"
    rows: Annotated[Span, PlainValidator(read_rows)] = Span(low=Decimal(1), high=Decimal(10))
    declares_conflicts: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _columns_are_as_secret_as_their_table(cls, given: Any) -> Any:
        """A column is never more public than its table, and serves its table's purpose."""
        if not isinstance(given, Mapping) or not isinstance(given.get("columns"), Mapping):
            return given
        columns = {str(key): with_key(str(key), column) for key, column in given["columns"].items()}
        return {
            **given,
            "columns": copied(given["columns"], {key: inherit(column, given) for key, column in columns.items()}),
        }


def inherit(column: Any, table: Mapping[str, Any]) -> Any:
    if not isinstance(column, Mapping):
        return column
    own = column.get("level", STANDARD.get(str(column.get("standard")), {}).get("level", "L2"))
    level = max(str(own), str(table.get("level", "L2")))
    purpose = {"purpose": table["purpose"]} if "purpose" in table and "purpose" not in column else {}
    changed = {**column, **purpose, **({"level": level} if level != str(own) else {})}
    return copied(column, {word: value for word, value in changed.items() if word != "key"})


class FieldTypes:
    """The registry of types: a new type is one class above and one line here."""

    classes: ClassVar[dict[str, type[Field]]] = {
        "text": TextField,
        "number": NumberField,
        "date": DateField,
        "yes_no": YesNoField,
        "choice": ChoiceField,
        "table": TableField,
        "file": FileField,
        "organization": OrganizationField,
        "region": RegionField,
        "consent": ConsentField,
        "computed": ComputedField,
    }


def read_field(given: Any, info: ValidationInfo) -> Field:
    if isinstance(given, Field):
        return given
    if not isinstance(given, Mapping):
        raise fault("S05", Words("字段要写名称，或写成 {name: …, type: …}"))
    content = {**from_standard(given), **given}
    type_ = content.setdefault("type", "text")
    if not isinstance(type_, str) or type_ not in FieldTypes.classes:
        guess = closest(str(type_), FieldTypes.classes)
        words = Words("没有“%(given)s”这种字段类型", given=type_)
        raise faults_at({("type",): fault("S04", words, guess)}, type_)
    return FieldTypes.classes[type_].model_validate(copied(given, content), context=info.context)


def from_standard(given: Mapping[str, Any]) -> Mapping[str, Any]:
    standard = given.get("standard")
    if standard is None:
        return {}
    if not isinstance(standard, str) or standard not in STANDARD:
        raise faults_at({("standard",): unknown_standard(standard)}, standard)
    return STANDARD[standard]


def unknown_standard(given: Any) -> PydanticCustomError:
    words = Words("没有标准字段“%(given)s”", given=given)
    return fault("S04", words, closest(str(given), STANDARD))


FieldEntry = Annotated[Field, PlainValidator(read_field)]
Fields = Annotated[dict[str, FieldEntry], Keyed]


class Section(Entry):
    """A part of the form. `standard` fields come first, then the section's own, all in `fields`."""

    name: Label
    purpose: Label | None = None
    fields: Fields

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        return (*super().known_words(), "standard")

    @model_validator(mode="before")
    @classmethod
    def _standard_fields_first(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        listed = given.get("standard") or []
        if not isinstance(listed, list):
            raise faults_at({("standard",): fault("S05", Words("standard 要写成列表，如 [name, id_no]"))}, listed)
        unknown = {
            ("standard", str(at)): unknown_standard(word) for at, word in enumerate(listed) if str(word) not in STANDARD
        }
        if unknown:
            raise faults_at(unknown, listed)
        own = given.get("fields") or {}
        fields = {**{word: {"standard": word} for word in listed}, **own} if isinstance(own, Mapping) else own
        rest = {word: value for word, value in given.items() if word != "standard"}
        merged = copied(own, fields) if isinstance(own, Mapping) and isinstance(fields, dict) else fields
        return copied(given, {**rest, "fields": merged})


class Fact(Entry):
    """Something known outside the form: a field, who records it, and whether it is the case's or the organization's."""

    office_by_default = ("by",)
    by: Names
    per: Literal["case", "organization"] = "case"
    field: FieldEntry

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        return ("by", "per", *TextField.known_words())

    @model_validator(mode="before")
    @classmethod
    def _field_and_frame_apart(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or isinstance(given.get("field"), Field):
            return given
        field = {word: value for word, value in given.items() if word not in ("by", "per")}
        frame = {word: given[word] for word in ("by", "per") if word in given}
        return {**frame, "key": given.get("key"), "field": copied(given, field)}


def number_by_default(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    keyed = {str(key): with_key(str(key), value) for key, value in given.items()}
    typed = {
        key: copied(value, {"type": "number", **{word: item for word, item in value.items() if word != "key"}})
        if isinstance(value, Mapping)
        else value
        for key, value in keyed.items()
    }
    return copied(given, typed)


NumberFields = Annotated[dict[str, FieldEntry], Keyed, BeforeValidator(number_by_default)]
TableField.model_rebuild()
