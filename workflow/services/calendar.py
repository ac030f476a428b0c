"""The official calendar: what the yearly notice says, pasted line by line, on top of the days shipped with the product.

`2027-01-01 至 2027-01-03 休` and `2027-02-06 班`, one line each; the basis is the notice's number.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from models.base import reading, writing
from models.calendar import CalendarDay
from models.evidence import StreamKind
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotAllowed, Reason
from workflow.domain.identifiers import tidy
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import evidence

_CALENDAR = "cn"
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:(?:至|到|-|—|~)+{_DAY})?(休|放假|休息|班|上班|调休上班)")
_WORKS = frozenset({"班", "上班", "调休上班"})
_LONGEST = 31


@dataclass(frozen=True)
class DayLine:
    day: date
    works: bool
    basis: str


def read_days(text: str) -> dict[date, bool]:
    """Day -> whether people work. Raises InvalidInput naming each line that cannot be read."""
    days: dict[date, bool] = {}
    reasons = []
    for number, line in enumerate(text.splitlines(), start=1):
        typed = re.sub(r"[\s,，:：;；]+", "", tidy(line))
        if not typed or typed.startswith("#"):
            continue
        span = _span(typed)
        if span is None:
            words = Words("第 %(n)s 行看不懂。请写成“2027-01-01 至 2027-01-03 休”或“2027-02-06 班”", n=number)
            reasons.append(Reason(words, "days"))
            continue
        first, last, works = span
        days.update({first + timedelta(days=step): works for step in range((last - first).days + 1)})
    if not days and not reasons:
        reasons.append(Reason(Words("请至少写一天"), "days"))
    if reasons:
        raise InvalidInput(reasons)
    return days


def _span(typed: str) -> tuple[date, date, bool] | None:
    match = _LINE.fullmatch(typed)
    if match is None:
        return None
    numbers = [int(part) for part in match.groups()[:6] if part]
    try:
        first = date(*numbers[:3])
        last = date(*numbers[3:]) if len(numbers) == 6 else first
    except ValueError:
        return None
    return (first, last, match[7] in _WORKS) if 0 <= (last - first).days < _LONGEST else None


def record(actor: Actor, now: datetime, days: Mapping[date, bool], basis: str) -> None:
    """Days of a notice; a day said before is said anew. Due times are derived and follow."""
    if not can(actor, Permission.CALENDAR_MANAGE):
        raise NotAllowed(Words("你没有维护工作日历的权限"))
    if not basis.strip():
        raise InvalidInput([Reason(Words("请写依据，例如通知的文号"), "basis")])
    with writing() as session:
        revision = (session.scalar(select(func.max(CalendarDay.revision))) or 0) + 1
        for day, works in days.items():
            row = session.get(CalendarDay, (_CALENDAR, day)) or CalendarDay(calendar=_CALENDAR, day=day)
            row.kind, row.basis, row.revision = "workday" if works else "holiday", basis.strip()[:200], revision
            session.add(row)
        body = {"days": len(days), "first": min(days).isoformat(), "last": max(days).isoformat()}
        remarks = {"basis": basis.strip()}
        evidence.tell(session, StreamKind.INSTALLATION, 0, "calendar_changed", actor, now, body=body, remarks=remarks)


def recorded(year: int) -> Sequence[DayLine]:
    """What was entered here for a year, in order; the shipped days are not among them."""
    with reading() as session:
        rows = session.scalars(
            select(CalendarDay)
            .where(CalendarDay.calendar == _CALENDAR, CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
            .order_by(CalendarDay.day)
        )
        return [DayLine(row.day, row.kind == "workday", row.basis) for row in rows]
