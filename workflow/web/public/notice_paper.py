"""A notice as a document: the same on the public page, in the office's preview, and on paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workflow.domain.lengths import Length
from workflow.domain.program.schema import NoticeStage
from workflow.domain.public_notice import Period
from workflow.domain.words import Words
from workflow.services.public_notices import Shown
from workflow.services.public_notices_drafting import Preview
from workflow.web.dates import local
from workflow.web.public.showcase import length

SHOWN_OFF = 12
"""Days off are listed one by one only as long as one can read them."""


@dataclass(frozen=True)
class PaperLine:
    no: int
    cells: tuple[str, ...]
    frozen: bool = False

    @property
    def gone(self) -> bool:
        return not self.cells


@dataclass(frozen=True)
class NoticePaper:
    issuer: str
    number: str | None
    title: str
    preamble: str
    contact: str
    period: Period
    span: Words | None
    off: tuple[date, ...]
    answered_within: Words | None
    real_name: bool
    columns: tuple[tuple[str, str], ...]
    lines: tuple[PaperLine, ...]
    signed: date


def of_shown(shown: Shown) -> NoticePaper:
    return NoticePaper(
        shown.issuer,
        shown.number,
        shown.title,
        shown.preamble,
        shown.contact,
        shown.period,
        length(shown.period.length),
        _off(shown.period),
        length(shown.stage.objection.due),
        shown.stage.objection.real_name,
        shown.columns,
        tuple(PaperLine(line.no, _spaced(shown.columns, line.shown), line.objected) for line in shown.lines),
        _day(shown.visible_from),
    )


def of_preview(shown: Preview, now: datetime) -> NoticePaper:
    columns = tuple((column.key, str(column.name)) for column in shown.columns)
    return NoticePaper(
        shown.issuer,
        shown.draft.number or None,
        shown.draft.title,
        shown.draft.preamble,
        shown.draft.contact,
        shown.period,
        length(shown.period.length),
        _off(shown.period),
        length(shown.stage.objection.due),
        shown.stage.objection.real_name,
        columns,
        tuple(PaperLine(line.no, _spaced(columns, line.shown)) for line in shown.lines),
        _day(shown.draft.starts_at or now),
    )


def _off(period: Period) -> tuple[date, ...]:
    return period.off if len(period.off) <= SHOWN_OFF else ()


def _day(moment: datetime) -> date:
    return local(moment).date()


def _spaced(columns: Iterable[tuple[str, str]], cells: Iterable[str]) -> tuple[str, ...]:
    """A name of two signs stands as wide as one of three, as in print."""
    pairs = zip(columns, cells, strict=False)
    return tuple("　".join(cell) if key == "name" and len(cell) == 2 else cell for (key, _), cell in pairs)


def title_of(paper: NoticePaper, line: PaperLine) -> str:
    """第 3 号 叶疏桐: how a line is named in a list of choices."""
    at = next((number for number, (key, _) in enumerate(paper.columns) if key == "name"), 0)
    return line.cells[at].replace("　", "") if line.cells else ""


AUDIENCES: Mapping[str, Words] = {
    "public": Words("向社会公示"),
    "internal": Words("只在项目办理人员内部"),
    "organization": Words("只在人选所在单位内"),
}
PHASES: Mapping[str, tuple[str, Words]] = {
    "coming": ("seal0", Words("还没有开始")),
    "running": ("seal", Words("公示中")),
    "ended": ("done", Words("公示已结束")),
    "down": ("back", Words("已撤下")),
}


def days_of(stage: NoticeStage) -> Words | None:
    span: Length = stage.days
    return length(span)
