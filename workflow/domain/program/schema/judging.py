"""What is judged: eligibility rules, levels, score sheets, and how the places are shared out."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, PlainValidator, model_validator
from pydantic import Field as Parameter

from workflow.domain.program.problems import closest
from workflow.domain.program.schema.base import (
    Count,
    CountOrShare,
    Entry,
    Formula,
    Keyed,
    Label,
    Names,
    Number,
    Part,
    Quantity,
    Range,
    as_list,
    copied,
    fault,
)
from workflow.domain.program.schema.people import Period
from workflow.domain.words import Words

TieBreak = Literal["first_criterion", "vote"]
AsOf = Literal["closes", "submitted"] | date


def read_as_of(given: Any) -> AsOf:
    if isinstance(given, date):
        return given
    if given in ("closes", "submitted"):
        return cast(AsOf, given)
    words = Words("没有“%(given)s”这个取值：可以写 closes、submitted 或一个日期", given=given)
    raise fault("S04", words, closest(str(given), ("closes", "submitted")))


class EligibilityRule(Entry):
    """Either an expression, or the stage that answers."""

    name: Label
    rule: Formula | None = None
    settled_at: str | None = None
    clause: Label | None = None
    otherwise: Literal["fails", "look"] = "fails"
    channels: Names = ()
    tracks: Names = ()

    def applies_to(self, channel: str, track: str) -> bool:
        return (not self.channels or channel in self.channels) and (not self.tracks or track in self.tracks)


class Eligibility(Part):
    as_of: Annotated[AsOf, PlainValidator(read_as_of)] = "closes"
    rules: Annotated[dict[str, EligibilityRule], Keyed] = Parameter(default_factory=dict)


class Explain(Part):
    """These levels, and numbers from the lowest of `marks` up, need a written reason."""

    levels: tuple[str, ...] = ()
    marks: tuple[Number, ...] = ()


def read_explain(given: Any) -> Any:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list):
        return given
    words = [str(word) for word in given]
    found = {word: re.fullmatch(r">=\s*(\d{1,3}(?:\.\d+)?)", word) for word in words}
    marks = tuple(Decimal(match[1]) for match in found.values() if match is not None)
    return Explain(levels=tuple(word for word in words if found[word] is None), marks=marks)


def read_bands(given: Any) -> dict[Decimal, Decimal]:
    if not isinstance(given, Mapping):
        raise fault("S05", Words("bands 要写成 {90: 95, 60: 70} 这样：达到左边的数，得右边的分"))
    try:
        return {Decimal(str(mark)): Decimal(str(points)) for mark, points in given.items()}
    except ArithmeticError:
        raise fault("S05", Words("bands 两边都要是数，如 {90: 95, 60: 70}")) from None


class Criterion(Entry):
    name: Label
    weight: Number = Decimal(0)
    type: Literal["levels", "number", "computed", "veto"] = "levels"
    rubric: dict[str, Label] = Parameter(default_factory=dict)
    by: Names = ()
    at: str | None = None
    max: Number | None = None
    bands: Annotated[dict[Decimal, Decimal], PlainValidator(read_bands)] = Parameter(default_factory=dict)
    value: Formula | None = None
    beside: Literal["points"] | None = None


class Sheet(Entry):
    name: Label
    track: str | None = None
    pass_: Number | None = Parameter(None, alias="pass")
    criteria: Annotated[dict[str, Criterion], Keyed]


class Scoring(Part):
    levels: dict[str, Range] = Parameter(default_factory=dict)
    explain: Annotated[Explain, BeforeValidator(read_explain)] = Explain()
    sheets: Annotated[dict[str, Sheet], Keyed] = Parameter(default_factory=dict)


class Floor(Part):
    """Of one track: the best up to `at_least` come first, never more than `at_most`."""

    at_least: CountOrShare | None = None
    at_most: CountOrShare | None = None


class Each(Part):
    field: str
    at_least: Count


class Quota(Part):
    total: Quantity | None = None
    per: Period = "round"
    tracks: dict[str, Floor] = Parameter(default_factory=dict)
    each: Each | None = None
    alternates: CountOrShare | None = None
    tie_break: Annotated[tuple[TieBreak, ...], BeforeValidator(as_list)] = ("vote",)


class FairnessConflicts(Part):
    """Always counted: oneself, same employer, nominator, declared relation, mail domain."""

    same: Names = ()
    kin: Annotated[bool, Parameter(strict=True)] = False
    may_object_to: Count = 0
    years: Count = 3


class Fairness(Part):
    conflicts: FairnessConflicts = FairnessConflicts()
    never_both: tuple[tuple[str, ...], ...] = ()
    include_of: Annotated[bool | tuple[str, ...], BeforeValidator(as_list)] = False

    @model_validator(mode="before")
    @classmethod
    def _one_pair_may_stand_alone(cls, given: Any) -> Any:
        pairs = given.get("never_both") if isinstance(given, Mapping) else None
        if isinstance(pairs, list) and pairs and all(isinstance(stage, str) for stage in pairs):
            return copied(given, {**given, "never_both": [pairs]})
        return given
