"""The yearly notice of days off, read as it was published or as somebody typed it line by line.

`2月15日(周日)至23日(周一)放假调休，共9天。2月14日(周六)上班。` under a title that names the year; or one line for each
span: `2027-01-01 至 2027-01-03 休`, `2027-02-06 班`. What the notice says twice is checked: weekdays, numbers of days.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflow.domain.errors import Reason
from workflow.domain.identifiers import tidy
from workflow.domain.words import Words

LONGEST = 31  # days off in a row
_WHERE = "days"
_TITLE = re.compile(r"(\d{4})年[^。]{0,40}(?:节假日安排|放假)")
_NUMBER = re.compile(r"国办[^\s，,。()]*?[〔\[](\d{4})[〕\]]\s*\d+\s*号")
_LATER = r"(?:\(([^)]*)\))?"
_SPAN = re.compile(
    rf"(?:(\d{{4}})[-/.年])?(\d{{1,2}})[-/.月](\d{{1,2}})日?{_LATER}"
    rf"(?:(?:至|到|—+|~|-)(?:(?:(\d{{4}})[-/.年])?(\d{{1,2}})[-/.月])?(\d{{1,2}})日?{_LATER})?"
)
_WORKS, _OFF = "上班", "放假"
_SAYS = re.compile(r"上班|补班|班$|放假|连休|休息|休$")
_COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Notice:
    """Day -> whether people work. `basis`: the number of the notice where it stands in the text."""

    days: Mapping[date, bool]
    basis: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass
class _Reading:
    year: int | None
    days: dict[date, bool] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def wrong(self, words: Words) -> None:
        self.reasons.append(Reason(words, _WHERE))


def read(text: str) -> Notice:
    """Every day that the text names, and what in it cannot be read or contradicts itself."""
    flat = tidy(text)
    title, number = _TITLE.search(flat), _NUMBER.search(flat)
    reading = _Reading(int(title[1]) if title else None)
    for at, line in enumerate(flat.splitlines(), start=1):
        _read_line(reading, at, line, official=title is not None)
    if not reading.days and not reading.reasons:
        reading.wrong(Words("请至少写一天"))
    return Notice(dict(sorted(reading.days.items())), number[0] if number else "", tuple(reading.reasons))


def _read_line(reading: _Reading, at: int, line: str, *, official: bool) -> None:
    typed = re.sub(r"[\s,:]+", "", line)
    if not typed or typed.startswith("#"):
        return
    read = [_read_sentence(reading, at, sentence) for sentence in re.split(r"[。;]", typed) if sentence]
    if not any(read) and not official:
        words = Words("第 %(n)s 行看不懂。请写成“2027-01-01 至 2027-01-03 休”或“2027-02-06 班”", n=at)
        reading.wrong(words)


def _read_sentence(reading: _Reading, at: int, sentence: str) -> bool:
    """Whether it says anything of days; a date at the foot of a notice says nothing."""
    spans = list(_SPAN.finditer(sentence))
    said = False
    for place, match in enumerate(spans):
        until = spans[place + 1].start() if place + 1 < len(spans) else len(sentence)
        verb = _SAYS.search(sentence, match.end())
        if verb is None:
            continue
        said = True
        days = _days(reading, at, match)
        works = verb[0] in (_WORKS, "补班", "班")
        count = None if works else _COUNT.search(sentence, match.end(), until)
        if count is not None and days and len(days) != int(count[1]):
            words = Words("第 %(n)s 行：“%(span)s”是 %(have)s 天，通知里写的是 %(said)s 天", n=at, span=match[0],
                          have=len(days), said=int(count[1]))  # fmt: skip
            reading.wrong(words)
        for day in days:
            if reading.days.setdefault(day, works) != works:
                reading.wrong(Words("第 %(n)s 行：%(day)s 又写放假又写上班", n=at, day=day))
    return said


def _days(reading: _Reading, at: int, match: re.Match[str]) -> list[date]:
    first_year, month, day, first_note, last_year, last_month, last_day, last_note = match.groups()
    year = int(first_year) if first_year else reading.year
    if year is None:
        reading.wrong(Words("第 %(n)s 行没有写哪一年。请把通知的标题也贴进来，或者写上年份", n=at))
        return []
    try:
        first = date(year, int(month), int(day))
        last = first if last_day is None else date(int(last_year or year), int(last_month or month), int(last_day))
    except ValueError:
        reading.wrong(Words("第 %(n)s 行：没有“%(span)s”这样的日子", n=at, span=match[0]))
        return []
    if not 0 <= (last - first).days < LONGEST:
        reading.wrong(Words("第 %(n)s 行：“%(span)s”的先后不对，或者太长", n=at, span=match[0]))
        return []
    for note, of in ((first_note, first), (last_note, last)):
        weekday = re.search(r"(?:周|星期)([一二三四五六日天])", note or "")
        if weekday is not None and weekday[1].replace("天", "日") != _WEEKDAYS[of.weekday()]:
            words = Words("第 %(n)s 行：%(day)s 是周%(real)s，通知里写的是%(said)s", n=at, day=of,
                          real=_WEEKDAYS[of.weekday()], said=weekday[0])  # fmt: skip
            reading.wrong(words)
    return list(_between(first, last))


def _between(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
