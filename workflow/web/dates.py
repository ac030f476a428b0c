"""Moments as people read them here: the day and the hour of the place, and a deadline at midnight as 24:00."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, get_locale

from workflow.i18n import language_now, written_day

PLACE = ZoneInfo("Asia/Shanghai")
_MONTH_DAY = {"zh": "M月d日", "en": "d MMM"}
_WHOLE = {"zh": "y年M月d日", "en": "d MMM y"}
_LONG = {"zh": "y年M月d日 EEEE", "en": "EEEE, d MMMM y"}


def local(moment: datetime) -> datetime:
    return moment.astimezone(PLACE)


def deadline_day(moment: datetime) -> date:
    """The day a deadline belongs to: midnight ends the day before."""
    here = local(moment)
    return (here - timedelta(days=1)).date() if here.time() == time(0) else here.date()


def until(moment: datetime) -> str:
    """12月2日 24:00 · 2 Dec, 24:00"""
    return f"{_written(deadline_day(moment), _MONTH_DAY)}{', ' if _is_english() else ' '}{hour(moment)}"


def since(moment: datetime) -> str:
    """The other end of `until`: 12月2日 00:00 stays the beginning of its day."""
    return f"{month_day(moment)}{', ' if _is_english() else ' '}{local(moment):%H:%M}"


def month_day(value: date) -> str:
    return _written(local(value).date() if isinstance(value, datetime) else value, _MONTH_DAY)


def long_day(value: date) -> str:
    return _written(local(value).date() if isinstance(value, datetime) else value, _LONG)


def clock(moment: datetime) -> str:
    """14:32:05 today, 11-20 14:32 on another day."""
    at = local(moment)
    return f"{at:%H:%M:%S}" if at.date() == local(datetime.now(UTC)).date() else f"{at:%m-%d %H:%M}"


def to_second(moment: datetime) -> str:
    """2026年11月20日 10:00:07: what somebody may have to prove."""
    at = local(moment)
    return f"{_written(at.date(), _WHOLE)}{', ' if _is_english() else ' '}{at:%H:%M:%S}"


def short(value: date) -> str:
    """11-20, in tables."""
    day = local(value).date() if isinstance(value, datetime) else value
    return f"{day:%m-%d}"


def hour(moment: datetime) -> str:
    """17:30, and 24:00 for the end of a day."""
    here = local(moment)
    return "24:00" if here.time() == time(0) else f"{here:%H:%M}"


def iso_day(value: str) -> str:
    """A day that a record keeps as text, as people write it."""
    return written_day(date.fromisoformat(value), language_now())


def _is_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _written(day: date, formats: dict[str, str]) -> str:
    return str(format_date(day, formats["en" if _is_english() else "zh"]))


def register(app: Flask) -> None:
    filters = app.jinja_env.filters
    for shown in (until, since, month_day, long_day, clock, to_second, short, hour, deadline_day, iso_day):
        filters[shown.__name__] = shown
