"""Who: the program itself, its tracks, roles and channels."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator
from pydantic import Field as Parameter

from workflow.domain.program.problems import closest
from workflow.domain.program.schema.base import (
    Entry,
    Flag,
    Label,
    Part,
    Positive,
    Quantity,
    Time,
    copied,
    fault,
    faults_at,
)
from workflow.domain.program.schema.fields import NumberFields
from workflow.domain.words import Words

Roll = Literal["same_weekday_next_week", "previous_workday", "next_workday", "skip", "none"]


class Team(Part):
    members: str
    leader_counts: Flag = True


class Program(Part):
    key: str
    name: Label
    owner: Label
    policy: Label
    code: str
    credentials: Label | None = None
    subject: Literal["person", "team", "organization"] = "person"
    run_by: str = "manager"
    one_per_person: Literal["round", "year", "running", "program", "no"] = "round"
    reapply_after: Time | None = None
    visibility: Literal["public", "internal"] = "public"
    line: str | None = None
    tell_person: Flag = True
    team: Team | None = None

    @model_validator(mode="before")
    @classmethod
    def _code_from_key(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("code") or not isinstance(given.get("key"), str):
            return given
        return copied(given, {**given, "code": "".join(word[:1] for word in given["key"].split("_")).upper()})


class Track(Entry):
    name: Label


class Role(Entry):
    """`of` finds the holders from the application; without it the round binds a pool of at least `seats`."""

    name: Label
    of: str | None = None
    seats: Positive = 1


class Intake(Part):
    """`batch`: the round has dates. `rolling`: always open. `monthly`: closes on a day of each month.

    `from_facts`: the office loads department data and a case is drafted for each person found.
    """

    mode: Literal["batch", "rolling", "monthly"] = "batch"
    closes: Annotated[Positive, Parameter(le=31)] | None = None
    roll: Roll = "previous_workday"
    every: Literal["month"] | None = None
    from_: Literal["facts"] | None = Parameter(None, alias="from")

    @property
    def from_facts(self) -> bool:
        return self.from_ == "facts"

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        return ("every", "closes", "roll", "from", "batch", "rolling")

    @model_validator(mode="before")
    @classmethod
    def _mode_from_what_is_written(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"mode": intake_word(given)}
        if not isinstance(given, Mapping):
            return given
        if "mode" in given:
            raise faults_at({("mode",): fault("S01", Words("不认识“%(word)s”", word="mode"))}, given)
        if "every" in given and given.get("closes") is None:
            raise faults_at({("closes",): fault("S05", Words("没写每月几日截止：请写 closes，如 25"))}, given)
        return copied(given, {"mode": "monthly" if given.get("every") else "rolling", **given}) if given else given


def intake_word(given: str) -> str:
    if given in ("batch", "rolling"):
        return given
    words = Words("没有“%(given)s”这个取值：可以写 batch、rolling 或 {every: month, closes: 25}", given=given)
    raise fault("S04", words, closest(given, ("batch", "rolling")))


class HoldingRule(Part):
    """A recognition of `program` (of `track`, if named) that must, or must not, be held."""

    program: str
    track: str | None = None


class Nominator(Part):
    role: str
    facts: NumberFields = Parameter(default_factory=dict)
    ranked: Flag = False
    must_hold: HoldingRule | None = None
    must_not_hold: HoldingRule | None = None


Period = Literal["round", "year", "month"]


class ChannelQuota(Part):
    """Places per nominator, or per organization of the field `counted_per`."""

    places: Quantity
    per: Period = "round"
    counted_per: str | None = None
    taken_at: str | None = None


def quota_from_number(given: Any) -> Any:
    return given if given is None or isinstance(given, Mapping | ChannelQuota) else {"places": given}


class Channel(Entry):
    name: Label
    intake: Intake = Intake()
    filled_by: str = "person"
    confirm: Literal["before", "at_award"] = "before"
    account: Literal["required", "optional", "none"] = "required"
    nominator: Nominator | None = None
    must_hold: HoldingRule | None = None
    must_not_hold: HoldingRule | None = None
    quota: Annotated[ChannelQuota | None, BeforeValidator(quota_from_number)] = None
    places: Quantity | None = None
    route: tuple[str, ...] | None = None

    @property
    def closes_together(self) -> bool:
        """Whether all cases of the program share one closing date."""
        return self.intake.mode == "batch"
