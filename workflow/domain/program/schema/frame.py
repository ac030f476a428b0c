"""The frame around a program: appeal, calendar, retention."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic import Field as Parameter

from workflow.domain.lengths import Length
from workflow.domain.program.schema.base import Part, Time
from workflow.domain.program.schema.stages import CountFrom


def days(amount: int) -> Length:
    return Length(amount, "d")


class Appeal(Part):
    office_by_default = ("by",)
    within: Time = Length(10, "wd")
    by: str
    due: Time = Length(15, "wd")


def clock_time(given: Any) -> Any:
    return str(given) if not isinstance(given, bool) else given


ClockTime = Annotated[str, BeforeValidator(clock_time), Parameter(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]


class DayEnds(Part):
    """Asia/Shanghai."""

    people: ClockTime = "24:00"
    offices: ClockTime = "17:30"


class ProgramCalendar(Part):
    count: CountFrom = "next_day"
    day_ends: DayEnds = DayEnds()


class Retention(Part):
    """How long things are kept; `recognized` None means validity and then the archive."""

    draft: Time = days(180)
    refused: Time = Length(2, "y")
    withdrawn: Time = Length(2, "y")
    lapsed: Time = Length(2, "y")
    recognized: Time | None = None
    id_image: Time = days(30)
    bank_account: Time = days(30)
    joint_check_detail: Time = days(30)
    audit: Time = Length(3, "y")
