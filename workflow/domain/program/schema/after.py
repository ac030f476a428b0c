"""What follows recognition: benefits, duties, points, sessions, exits."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field as Parameter
from pydantic import PlainValidator, model_validator

from workflow.domain.lengths import Length
from workflow.domain.program.schema.base import (
    Entry,
    Flag,
    Formula,
    Keyed,
    Label,
    Mark,
    Names,
    Number,
    Part,
    Percent,
    Positive,
    Quantity,
    Time,
    copied,
    fault,
    faults_at,
)
from workflow.domain.program.schema.fields import Fields
from workflow.domain.program.schema.people import Roll
from workflow.domain.program.schema.stages import Escalation
from workflow.domain.words import Words

Every = Literal["month", "quarter", "half_year", "year"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS = ("first", "second", "third", "fourth", "last")


class Day(Part):
    """Which day of a period: `first friday`, `last_day`, the 25th, or 12-01 of each year.

    `week` counts from 1, -1 is the last; `weekday` from Monday = 0. Days 29 to 31 mean the last day in shorter months.
    """

    kind: Literal["weekday", "last_day", "day", "month_day"]
    week: int | None = None
    weekday: int | None = None
    day: int | None = None
    month: int | None = None

    @property
    def usual_roll(self) -> Roll:
        if self.kind == "weekday":
            return "same_weekday_next_week"
        return "previous_workday" if self.kind == "last_day" else "next_workday"


def day(given: Any) -> Day:
    written = str(given).strip().lower()
    words = written.split()
    if written == "last_day":
        return Day(kind="last_day")
    if re.fullmatch(r"[1-9]|[12]\d|3[01]", written) and not isinstance(given, bool):
        return Day(kind="day", day=int(written))
    if (match := re.fullmatch(r"(\d{1,2})-(\d{1,2})", written)) and is_month_day(int(match[1]), int(match[2])):
        return Day(kind="month_day", month=int(match[1]), day=int(match[2]))
    if len(words) == 2 and words[0] in WEEKS and words[1] in WEEKDAYS:
        week = -1 if words[0] == "last" else WEEKS.index(words[0]) + 1
        return Day(kind="weekday", week=week, weekday=WEEKDAYS.index(words[1]))
    raise fault("D06", Words("看不懂“%(given)s”，请写 first friday、last_day、12-01 或 25", given=given))


def is_month_day(month: int, day_: int) -> bool:
    return 1 <= month <= 12 and 1 <= day_ <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


OnDay = Annotated[Day, PlainValidator(day)]


class Instalment(Part):
    """`after`: a stage completed or a duty done; the same duty named twice means its 1st and 2nd completion."""

    share: Percent
    after: str


class PaidEvery(Part):
    every: Every
    on: OnDay
    roll: Roll
    times: Positive | None = None
    while_: Formula | None = Parameter(None, alias="while")

    @model_validator(mode="before")
    @classmethod
    def _usual_roll(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and given.get("on") is None:
            raise faults_at({("on",): fault("D02", Words("没写哪一天付：请写 on，如 15 或 last_day"))}, given)
        return with_usual_roll(given)


def with_usual_roll(given: Any) -> Any:
    if not isinstance(given, Mapping) or given.get("roll") or given.get("on") is None:
        return given
    try:
        usual = day(given["on"]).usual_roll
    except ValueError:
        usual = "none"
    return copied(given, {**given, "roll": usual})


class Benefit(Entry):
    """`paid` empty means once, after the award. `amount` None is a benefit that is used, not paid."""

    office_by_default = ("by",)
    name: Label
    about: Label | None = None
    amount: Quantity | None = None
    unit: Label = Label(zh="元", en="yuan")
    no_double: Literal["higher", "first"] | None = None
    once_per: Literal["year", "term"] | None = None
    by: Names
    due: Time = Length(10, "wd")
    instalments: tuple[Instalment, ...] = ()
    rhythm: PaidEvery | None = None

    @classmethod
    def known_words(cls) -> tuple[str, ...]:
        hidden = ("instalments", "rhythm")
        return (*(word for word in super().known_words() if word not in hidden), "paid")

    @property
    def paid(self) -> tuple[Instalment, ...] | PaidEvery:
        return self.rhythm or self.instalments

    @model_validator(mode="before")
    @classmethod
    def _instalments_or_rhythm(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        typed = [word for word in ("instalments", "rhythm") if word in given]
        if typed:
            raise faults_at(
                {(word,): fault("S01", Words("不认识“%(word)s”", word=word), "paid") for word in typed}, given
            )
        if "paid" not in given:
            return given
        rest = {word: value for word, value in given.items() if word != "paid"}
        return copied(
            given, {**rest, ("rhythm" if isinstance(given["paid"], Mapping) else "instalments"): given["paid"]}
        )


class Duty(Entry):
    """Something that falls due: exactly one of `every`, `once`, `before` and `when`."""

    name: Label
    every: Every | None = None
    on: OnDay | None = None
    roll: Roll | None = None
    first_after: Time | None = None
    once: Time | None = None
    before: Literal["expiry", "stage_end"] | None = None
    at: tuple[Time, ...] = ()
    when: Formula | None = None
    by: Names
    due: Time = Length(10, "wd")
    opens: Time = Length(0, "d")
    during: Names = ()
    per: Literal["case", "program"] = "case"
    optional: Flag = False
    confirmed_by: str | None = None
    record: Fields = Parameter(default_factory=dict)
    sheet: str | None = None
    runs: str | None = None
    words: dict[str, Label] = Parameter(default_factory=dict)
    remind: tuple[Mark, ...] | None = None
    escalate: Escalation = Parameter(default_factory=dict)
    note: Label | None = None

    @model_validator(mode="before")
    @classmethod
    def _usual_roll(cls, given: Any) -> Any:
        return with_usual_roll(given)

    @model_validator(mode="before")
    @classmethod
    def _renewal_is_the_applicants(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("key") != "renewal":
            return given
        return copied(given, {**given, "by": given.get("by") or "applicant"})


class PointsEntry(Part):
    office_by_default = ("by", "confirmed_by")
    by: str
    confirmed_by: str
    appeal: Time | None = None


class Limit(Part):
    """`10/month`: ten entries; `40 points/month`: forty points."""

    amount: int
    unit: Literal["entries", "points"]
    per: Literal["month", "quarter", "half_year", "year"]


def read_limit(given: Any) -> Limit:
    match = re.fullmatch(r"(\d{1,6})\s*(points)?\s*/\s*(month|quarter|half_year|year)", str(given).strip())
    if match is None:
        raise fault("N02", Words("limit 看不懂“%(given)s”，请写 10/month 或 40 points/month", given=given))
    amount, points, per = match.groups()
    return Limit.model_validate({"amount": int(amount), "unit": "points" if points else "entries", "per": per})


class PointItem(Entry):
    name: Label
    points: Quantity
    from_: Literal["record", "claim", "session", "import"] = Parameter("record", alias="from")
    limit: Annotated[Limit, PlainValidator(read_limit)] | None = None
    evidence: Flag = False
    asks: Fields = Parameter(default_factory=dict)
    then: Literal["review"] | None = None


class PointMark(Part):
    below: Number
    then: Literal["warn", "review"]


class Tier(Entry):
    name: Label
    from_: Number = Parameter(alias="from")
    benefits: Names = ()


class Points(Part):
    base: Number = Decimal(0)
    cap: Number | None = None
    expires: Time | None = None
    lock: Literal["month", "quarter"] | None = None
    entry: PointsEntry
    items: Annotated[dict[str, PointItem], Keyed]
    marks: tuple[PointMark, ...] = ()
    tiers: Annotated[dict[str, Tier], Keyed] = Parameter(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _entered_by_the_office(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("entry"):
            return given
        return copied(given, {**given, "entry": {}})


class Session(Entry):
    name: Label
    seats: Positive | None = None
    by: Names
    sign_in: Flag = False
    gives: str | None = None
    absence: str | None = None
    asks: Fields = Parameter(default_factory=dict)


class Exit(Entry):
    name: Label
    then: Literal["end", "review", "revoke"]
    when: Formula | None = None
    ban: Time | None = None
    recover: Flag = False
    hold_nominator: Flag = False
    hearing: Time = Length(5, "wd")
    words: dict[str, Label] = Parameter(default_factory=dict)
