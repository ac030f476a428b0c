"""The official days of each year: as they stand, read from a notice, shown with what they move, then recorded."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from forms.calendar import DaysNotice
from workflow.domain.calendar import local_day
from workflow.domain.days_notice import Notice
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import calendar as service
from workflow.services.calendar import Moves, Year
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KEEPS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.CALENDAR_MANAGE}
LONGEST = 200_000  # bytes of a notice
_WEEKS = Calendar()


@route(blueprint, "/calendar", methods=("GET", "POST"), **KEEPS)
def calendar() -> Response:
    form = page.bind(DaysNotice)
    if request.method == "POST":
        if page.sent(form):
            with acting.in_words(form):
                return acting.once(lambda: _handed_in(form))
        return _show(form)
    return _show(form)


def _handed_in(form: DaysNotice) -> Response:
    _take_file(form)
    notice = service.understood(form.days.data or "")
    basis = form.basis.data or notice.basis
    if request.form.get("act") != "record":
        form.basis.data = basis
        return _show(form, notice, service.moves(page.actor(), page.now(), notice.days))
    service.record(page.actor(), page.now(), notice.days, basis)
    page.tell("已录入 %(n)s 天。在办的期限正在按新的日历重算，期限有变的会收到提醒", n=len(notice.days))
    return page.go("admin.calendar", year=_year_of(notice.days))


def _take_file(form: DaysNotice) -> None:
    """The words of a file stand where they could have been pasted, so that nothing is uploaded twice."""
    sent = form.file.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return
    raw = sent.stream.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise InvalidInput([Reason(Words("这个文件太大，不像一份通知。请把放假安排那几行贴进来"), "file")])
    for coding in ("utf-8-sig", "gb18030"):
        try:
            form.days.data = raw.decode(coding)
        except UnicodeDecodeError:
            continue
        return
    raise InvalidInput([Reason(Words("读不出这个文件里的文字。请另存为文本文件，或者把内容贴进来"), "file")])


def _year_of(days: Mapping[date, bool]) -> int:
    """The year that a notice is about; a few days of the one before may stand in it."""
    return max(day.year for day in days)


def _show(form: DaysNotice, notice: Notice | None = None, moves: Moves | None = None) -> Response:
    this = local_day(page.now()).year
    asked = request.args.get("year", "")
    shown = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2100 else this
    if notice is not None:
        shown = _year_of(notice.days)
    stands = service.year(shown)
    return page.render(
        "pages/admin/calendar.html",
        status=422 if form.reasons else 200,
        form=form,
        notice=notice,
        moves=moves,
        stands=stands,
        lacking=service.uncovered(page.now()),
        years=range(this - 1, this + 3),
        months=_months(stands, notice.days if notice is not None else {}),
    )


def _months(stands: Year, coming: Mapping[date, bool]) -> Sequence[Sequence[Sequence[Any]]]:
    """By month and week, each day as (day or None, free | duty | None, whether that is still to be recorded)."""
    known = {line.day: line.works for line in stands.days}
    return [
        [[_cell(day, month, known, coming) for day in week] for week in _WEEKS.monthdatescalendar(stands.number, month)]
        for month in range(1, 13)
    ]


def _cell(day: date, month: int, known: Mapping[date, bool], coming: Mapping[date, bool]) -> tuple[Any, ...]:
    if day.month != month:
        return None, None, False
    works = coming.get(day, known.get(day))
    said = None if works is None else "duty" if works else "free"
    return day, said, day in coming and coming[day] != known.get(day)
