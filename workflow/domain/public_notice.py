"""What a public notice says and for how long: its days, its columns, its lines. Pure: the page, the act that ends it
and the queue ask the same functions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workflow.domain import identifiers, regions
from workflow.domain.application import Application, Entry
from workflow.domain.calendar import Count, WorkCalendar, end_of
from workflow.domain.lengths import Length
from workflow.domain.program.schema import AwardStage, ChoiceField, Definition, Field, Label, NoticeStage
from workflow.domain.told import Posting
from workflow.domain.words import Words

SPECIAL: Mapping[str, Words] = {
    "track": Words("类别"),
    "channel": Words("申报渠道"),
    "round": Words("批次"),
    "level": Words("等次"),
}
"""What a notice may show besides fields of the form and of records."""


# -- for how long ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Period:
    """The days of a notice. `first` is the day it is published; `counted` the first one that counts."""

    first: date
    counted: date
    last: date
    length: Length
    count: Count
    provisional: bool = False
    off: tuple[date, ...] = ()  # days off in between, which do not count

    @property
    def ends(self) -> datetime:
        """The last day whole: a notice ends at 24:00, also where its office closes earlier."""
        return end_of(self.last)


def count_of(definition: Definition, stage: NoticeStage) -> Count:
    return stage.count or definition.calendar.count


def period(calendar: WorkCalendar, published: date, length: Length, count: Count) -> Period:
    due = calendar.term(published, length, count)
    counted = published if count == "first_day" else published + timedelta(days=1)
    between = (counted + timedelta(days=step) for step in range((due.date - counted).days + 1))
    off = tuple(day for day in between if not calendar.is_working(day)) if length.unit == "wd" else ()
    return Period(published, counted, due.date, length, count, due.provisional, off)


def period_of(calendar: WorkCalendar, definition: Definition, stage: NoticeStage, published: date) -> Period:
    return period(calendar, published, stage.days, count_of(definition, stage))


def standing_period(calendar: WorkCalendar, said: Period) -> Period:
    """What was published, or longer: the official days of a year that was still open then may push its end back."""
    if not said.provisional:
        return said
    now = period(calendar, said.first, said.length, said.count)
    return now if now.last >= said.last else replace(now, last=said.last)


def last_day(calendar: WorkCalendar, definition: Definition, stage: NoticeStage, posting: Posting) -> date:
    """Until when this line stands in public; a provisional end moves back with the calendar, never forward."""
    if not posting.provisional:
        return posting.last
    return max(posting.last, period_of(calendar, definition, stage, posting.first).last)


def posting_ends(
    calendar: WorkCalendar, definition: Definition, stage: NoticeStage, posting: Posting, entry: Entry
) -> datetime:
    """The moment from which the case may move on; an extension of its stay counts."""
    last = last_day(calendar, definition, stage, posting)
    return end_of(max(last, entry.due_until or last))


# -- what it shows -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Column:
    key: str
    name: Words | Label


def columns(definition: Definition, stage: NoticeStage) -> tuple[Column, ...]:
    return tuple(Column(key, SPECIAL.get(key) or _field(definition, key).name) for key in stage.show)


def _field(definition: Definition, key: str) -> Field:
    if key.startswith("records."):
        _, stage, name = key.split(".", 2)
        return definition.stages[stage].record[name]
    return definition.form_fields()[key]


@dataclass(frozen=True)
class Sources:
    """What a line needs from outside the case: the round's name, organizations and regions by their code."""

    round_name: str
    places: Mapping[str, str]
    level: str = ""


def value_of(definition: Definition, case: Application, key: str, sources: Sources) -> str:
    """One value in the words in which it is published; empty where there is none."""
    if key == "track":
        track = definition.tracks.get(case.track)
        return str(track.name) if track is not None else ""
    if key == "channel":
        return str(definition.channels[case.channel].name)
    if key == "round":
        return sources.round_name
    if key == "level":
        return sources.level
    field = _field(definition, key)
    return told(field, _raw(case, key), sources.places)


def _raw(case: Application, key: str) -> Any:
    if key.startswith("records."):
        _, stage, name = key.split(".", 2)
        return case.records.get(stage, {}).get(name)
    return case.values.get(key)


def told(field: Field, value: Any, places: Mapping[str, str]) -> str:
    """A value as the public may read it: what is not public in itself only behind its mask."""
    if value is None or value == "" or field.level == "L4" or field.type in ("file", "consent", "table"):
        return ""
    text = _plain(field, value, places)
    mask = None if field.standard == "name" or field.level in ("L1", "L2") else field.mask
    return identifiers.mask(mask, text) if mask not in (None, "none") else text


def _plain(field: Field, value: Any, places: Mapping[str, str]) -> str:
    if isinstance(field, ChoiceField):
        names = {option.key: str(option.name) for option in field.options}
        chosen = value if isinstance(value, list | tuple) else [value]
        return "、".join(names.get(str(each), str(each)) for each in chosen)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        unit = getattr(field, "unit", None)
        return f"{value.normalize():f}" + (f" {unit}" if unit else "")
    if field.type in ("organization", "region"):
        return places.get(str(value)) or regions.name_of(str(value))
    return str(value)


def level_source(definition: Definition, channel: str) -> str | None:
    """The expression by which the award will tell the level, if it has one."""
    award = next((each for each in definition.stages_of(channel) if isinstance(each, AwardStage)), None)
    return award.level if award is not None else None


# -- its lines ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Candidate:
    """A case on its way into a notice: its values in words, and the birthday by which same names are told apart."""

    application_id: int
    shown: tuple[str, ...]
    born: date | None = None


@dataclass(frozen=True)
class Line:
    """One line as it is shown. `alike`: nothing on the page tells it from another; a person must have looked."""

    no: int
    application_id: int
    shown: tuple[str, ...]
    alike: bool = False


def lines(shown: Sequence[Column], candidates: Sequence[Candidate]) -> tuple[Line, ...]:
    """In the order given. Only where two share a name a birth year is added, and the month only where that is not
    enough: no more than it takes to tell people apart."""
    at = next((number for number, column in enumerate(shown) if column.key == "name"), None)
    texts = [candidate.shown for candidate in candidates]
    if at is not None:
        for known in (_year, _month):
            texts = _told_apart(texts, candidates, at, known)
    same = Counter(texts)
    return tuple(
        Line(number, candidate.application_id, text, same[text] > 1)
        for number, (candidate, text) in enumerate(zip(candidates, texts, strict=True), start=1)
    )


def _year(born: date) -> str:
    return f"（{born.year}年生）"


def _month(born: date) -> str:
    return f"（{born.year}年{born.month}月生）"


def _told_apart(
    texts: Sequence[tuple[str, ...]], candidates: Sequence[Candidate], at: int, known: Any
) -> list[tuple[str, ...]]:
    """A year for everybody whose name another has too; a month for those whom the whole line still does not tell."""
    by_year = known is _year
    shared = Counter(_bare(text[at]) if by_year else text for text in texts)
    return [
        (*text[:at], candidate.shown[at] + known(candidate.born), *text[at + 1 :])
        if candidate.born is not None and shared[_bare(text[at]) if by_year else text] > 1
        else text
        for text, candidate in zip(texts, candidates, strict=True)
    ]


def _bare(name: str) -> str:
    """Names are the same however they were spaced."""
    return "".join(name.split())


def empty_values(shown: Sequence[Column], line: Line) -> Iterable[Column]:
    return (column for column, text in zip(shown, line.shown, strict=True) if not text)
