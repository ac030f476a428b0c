"""The papers of rounds: dates with their minute, what a program asks per round, who nominates, who holds a role."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    Field,
    Form,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from forms.base import Paper, at_most, needed, stripped
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words

PLACE = ZoneInfo("Asia/Shanghai")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")


def moment_of(day: date | None, clock: str, where: str) -> datetime | None:
    """A day and an hour of the place; 24:00 is the midnight that ends the day. None where no day is written."""
    if day is None:
        return None
    read = _CLOCK.fullmatch((clock or "").strip())
    if read is None or (read[1] == "24" and read[2] != "00"):
        raise InvalidInput([Reason(Words("时间要像 09:00 或 24:00"), where)])
    if read[1] == "24":
        return datetime.combine(day + timedelta(days=1), time(0), PLACE).astimezone(UTC)
    return datetime.combine(day, time(int(read[1]), int(read[2])), PLACE).astimezone(UTC)


def day_and_clock(moment: datetime | None, midnight: str = "24:00") -> tuple[date | None, str]:
    """The other way: a midnight that ends something is written as 24:00 of the day before."""
    if moment is None:
        return None, midnight
    here = moment.astimezone(PLACE)
    if here.time() == time(0) and midnight == "24:00":
        return (here - timedelta(days=1)).date(), "24:00"
    return here.date(), f"{here:%H:%M}"


class Day(DateField):  # type: ignore[misc]  # WTForms ships no types
    """A date that says in words what is wrong with it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = date.fromisoformat(typed)
        except ValueError:
            raise ValueError(Words("日期要像 2026-12-02")) from None

    def pre_validate(self, form: Form) -> None:
        stop_if_unread(self)


def stop_if_unread(field: Field) -> None:
    """What cannot be read is not also missing."""
    if field.process_errors:
        raise StopValidation


HEADINGS = ("document_number", "call_heading", "notice_heading")


class Headings(Paper):
    document_number = StringField(filters=[stripped], validators=[at_most(200)])
    call_heading = StringField(filters=[stripped], validators=[at_most(200)])
    notice_heading = StringField(filters=[stripped], validators=[at_most(200)])

    @property
    def headings(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in HEADINGS}


class PlanRound(Headings):
    """`version` names a published version; the program's own questions stand on a paper beside this one."""

    key = StringField(filters=[stripped], validators=[needed("请写批次代号，例如 2026-1"), at_most(20)])
    name = StringField(filters=[stripped], validators=[needed("请写批次的名称"), at_most(200)])
    opens_on = Day(validators=[needed("请写开始申报的日期")])
    opens_clock = StringField(filters=[stripped], default="09:00", validators=[needed("请写开始的时间")])
    closes_on = Day()
    closes_clock = StringField(filters=[stripped], default="24:00")


class Extend(Paper):
    closes_on = Day(validators=[needed("请写新的截止日期")])
    closes_clock = StringField(filters=[stripped], default="24:00", validators=[needed("请写新的截止时间")])
    basis = TextAreaField(filters=[stripped], validators=[needed("请写延期的依据"), at_most(500)])


class Close(Paper):
    basis = TextAreaField(filters=[stripped], validators=[at_most(500)])


class Months(Paper):
    """Beginning needs no reason; the service asks for one where the series is stopped or goes on."""

    reason = TextAreaField(filters=[stripped], validators=[at_most(500)])


class TakeBack(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明理由"), at_most(500)])


class Bind(Paper):
    """`chosen` are accounts and organizations, each with its sort in front: `a:…`, `o:…`."""

    role = SelectField(validate_choice=False, validators=[needed("请选角色")])
    track = SelectField(validate_choice=False)
    organization = StringField(filters=[stripped], validators=[at_most(200)])
    chosen = SelectMultipleField(validate_choice=False, validators=[needed("请选至少一个人或一个单位")])
    ends_on = Day()
    basis = StringField(filters=[stripped], validators=[at_most(200)])

    @property
    def people(self) -> list[str]:
        return [each[2:] for each in self.chosen.data or () if each.startswith("a:")]

    @property
    def organizations(self) -> list[str]:
        return [each[2:] for each in self.chosen.data or () if each.startswith("o:")]


class Admit(Paper):
    channel = SelectField(validate_choice=False, validators=[needed("请选渠道")])
    chosen = SelectMultipleField(validate_choice=False, validators=[needed("请选至少一个单位")])


class ReturnList(Paper):
    reason = StringField(filters=[stripped], validators=[needed("请写明为什么退回名单"), at_most(500)])


class Leave(Paper):
    """Somebody stands in for somebody from one minute to another."""

    absent = StringField(filters=[stripped], validators=[at_most(200)])
    substitute = StringField(filters=[stripped], validators=[needed("请写代理人的用户名、手机号或邮箱"), at_most(200)])
    starts_on = Day(validators=[needed("请写从哪天起")])
    ends_on = Day(validators=[needed("请写到哪天为止")])
    basis = StringField(filters=[stripped], validators=[at_most(200)])
