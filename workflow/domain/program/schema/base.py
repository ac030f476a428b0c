"""The small shapes every section is made of: names, numbers, shares, spans, lists and keyed entries."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, LiteralString, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    Strict,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic import Field as Parameter
from pydantic_core import InitErrorDetails, PydanticCustomError

from workflow.domain.lengths import Length
from workflow.domain.words import Words

Expression = str


def fault(code: LiteralString, words: Words, guess: str | None = None) -> PydanticCustomError:
    """A shape problem that knows its code; the reader of pydantic's errors unpacks it again."""
    return PydanticCustomError(code, "{code}", {"code": code, "words": words, "guess": guess})


def faults_at(faults: Mapping[Any, PydanticCustomError], given: Any) -> ValidationError:
    details = [InitErrorDetails(type=error, loc=where, input=given) for where, error in faults.items()]
    return ValidationError.from_exception_data("program", details)


class Part(BaseModel):
    """One mapping of the file. Words it does not know are refused; `run_by` fills the offices nobody named."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    office_by_default: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @model_validator(mode="before")
    @classmethod
    def _note_where_it_stands(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, Mapping):
            return given
        context = info.context or {}
        if "seen" in context and hasattr(given, "path"):
            context["seen"][given.path] = cls
        offices = {word: context.get("run_by", "manager") for word in cls.office_by_default if given.get(word) is None}
        return copied(given, {**given, **offices})


class Entry(Part):
    """One entry of a keyed section; `key` is the word it stands under and cannot be typed a second time."""

    key: str

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        return tuple(word for word in super().known_words() if word != "key")


class Label(Part):
    """A text people see, in Chinese and, where the program gives it, in English."""

    zh: Annotated[str, Parameter(min_length=1)]
    en: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain_text(cls, given: Any) -> Any:
        if isinstance(given, int | Decimal) and not isinstance(given, bool):
            return {"zh": str(given)}
        return {"zh": given} if isinstance(given, str) else given

    def __str__(self) -> str:
        return self.zh


def entries(given: Any) -> Any:
    """Gives each entry its key; a bare text is the name."""
    if not isinstance(given, Mapping):
        return given
    return {str(key): with_key(str(key), value) for key, value in given.items()}


def with_key(key: str, value: Any) -> Any:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        return {"key": key, "name": value}
    if not isinstance(value, Mapping):
        return value
    typed = {(TYPED_KEY if word == "key" else word): item for word, item in value.items()}
    return copied(value, {**typed, "key": key})


TYPED_KEY = "key "  # a `key:` inside a keyed entry is not a word of the language; the blank makes it unknown


def copied(original: Mapping[str, Any], content: dict[str, Any]) -> Mapping[str, Any]:
    """A changed copy that still knows where in the file it stands."""
    return cast(Mapping[str, Any], original.copy_with(content)) if hasattr(original, "copy_with") else content


def as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def length(given: Any) -> Length:
    if isinstance(given, Length):
        return given
    try:
        return Length.parse(str(given))
    except ValueError:
        raise fault("S02", Words("“%(given)s”不是时长，请写 5wd、30d、6mo 或 2y", given=given)) from None


def positive_length(given: Any) -> Length:
    parsed = length(given)
    if parsed.amount < 0:
        raise fault("S02", Words("“%(given)s”是负的，这里要一段时长，如 5wd", given=given))
    return parsed


def number(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise fault("S05", Words("“%(given)s”不是数，这里要一个数", given=given))
    return Decimal(given)


def quantity(given: Any) -> Decimal | Expression:
    return given if isinstance(given, str) else number(given)


def condition(given: Any) -> bool | Expression:
    if isinstance(given, bool | str):
        return given
    raise fault("S05", Words("“%(given)s”不能当条件：请写 true、false 或一个算式", given=given))


def formula(given: Any) -> Expression:
    """An expression may look like a number or true to YAML; it is kept as written."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str | int | Decimal) and str(given).strip():
        return str(given)
    raise fault("S05", Words("这里要一个算式，例如 years >= 3"))


class Share(Part):
    """A percentage such as `10%`."""

    percent: Decimal

    def of(self, whole: int) -> Decimal:
        return self.percent * whole / 100

    def __str__(self) -> str:
        return f"{self.percent}%"


def share(given: Any) -> Share:
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*%", given) if isinstance(given, str) else None
    if isinstance(given, Share):
        return given
    if match is None or Decimal(match[1]) > 100:
        raise fault("S05", Words("“%(given)s”不是百分比，请写成 10%% 这样", given=given))
    return Share(percent=Decimal(match[1]))


def count_or_share(given: Any) -> int | Share:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    if isinstance(given, str) and given.endswith("%"):
        return share(given)
    raise fault("S05", Words("“%(given)s”要写成个数（如 3）或百分比（如 10%%）", given=given))


class Span(Part):
    """From `low` to `high`, both included, as in `1-10`."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal | int) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


def span(given: Any) -> Span:
    match = re.fullmatch(r"(\d{1,7}(?:\.\d+)?)\s*-\s*(\d{1,7}(?:\.\d+)?)", str(given))
    if match is None or Decimal(match[1]) > Decimal(match[2]):
        raise fault("S05", Words("“%(given)s”不是范围，请写成 1-10 这样，小的在前", given=given))
    return Span(low=Decimal(match[1]), high=Decimal(match[2]))


def fraction(given: Any) -> Fraction:
    match = re.fullmatch(r"(\d{1,3})\s*/\s*(\d{1,3})", given) if isinstance(given, str) else None
    if isinstance(given, Fraction):
        return given
    if match is None or not 0 < int(match[1]) <= int(match[2]):
        raise fault("S05", Words("“%(given)s”不是几分之几，请写成 2/3 这样", given=given))
    return Fraction(int(match[1]), int(match[2]))


Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Parameter(ge=0, le=1_000_000_000)]
Positive = Annotated[int, Strict(), Parameter(ge=1, le=1_000_000_000)]
Number = Annotated[Decimal, PlainValidator(number)]
Quantity = Annotated[Decimal | Expression, PlainValidator(quantity)]
Condition = Annotated[bool | Expression, PlainValidator(condition)]
Formula = Annotated[Expression, PlainValidator(formula)]
Time = Annotated[Length, PlainValidator(positive_length)]
Mark = Annotated[Length, PlainValidator(length)]
Percent = Annotated[Share, PlainValidator(share)]
CountOrShare = Annotated[int | Share, PlainValidator(count_or_share)]
Range = Annotated[Span, PlainValidator(span)]
PartOf = Annotated[Fraction, PlainValidator(fraction)]
Names = Annotated[tuple[str, ...], BeforeValidator(as_list)]
Labels = tuple[Label, ...]
Keyed = BeforeValidator(entries)
