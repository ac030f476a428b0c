"""The ledger of a round as a spreadsheet: one line per case that its reader runs, numbers of persons as masks.

Only fields open to those who act on a case (L1, L2) stand in it; who took it, and how many lines, is told in the
round's chain before the file is handed out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import StreamKind
from models.queries import cases
from models.queries import overview as queries
from models.queries.overview import LedgerRow
from models.queries.scoping import Condition
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table, Value
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.program.schema import Definition, Field
from workflow.domain.words import Words
from workflow.services import evidence, showing
from workflow.services.overview import run_by
from workflow.services.rulebooks import book_of

CHUNK, MOST = 500, 50_000
LEFT_OUT = frozenset({"file", "table", "consent"})
Say = Callable[[Any], str]
"""Words in the language of whoever takes the file."""

STATUS: Mapping[str, Words] = {
    "open": Words("办理中"),
    "correcting": Words("等补正"),
    "held": Words("停表"),
    "alternate": Words("候补"),
    "not_called": Words("未递补"),
    "refused": Words("没有通过"),
    "lapsed": Words("补正过期"),
    "withdrawn": Words("已撤回"),
    "recognized": Words("已认定"),
    "ended": Words("已办结"),
}


@dataclass(frozen=True)
class Ledger:
    name: str
    data: bytes
    lines: int


def ledger(actor: Actor, ref: str, now: datetime, say: Say) -> Ledger:
    """The file, and the fact that it was taken, in one transaction."""
    with writing() as session:
        row, book, where = run_by(session, actor, ref)
        fields = shown_fields(book.definition)
        heads = [*(say(words) for words in HEADS), *(say(field.name) for field in fields.values())]
        lines = list(_lines(session, where, fields, say))
        body = {"count": len(lines), "columns": len(heads)}
        evidence.tell(session, StreamKind.ROUND, row.id, "ledger_exported", actor, now, body=body)
        title = say(Words("台账"))
        data = spreadsheet.write([Table(title, heads, lines)])
        return Ledger(
            f"{say(book.definition.program.name)}-{row.name}-{title}-{local_day(now):%Y%m%d}.xlsx", data, len(lines)
        )


HEADS = (
    Words("编号"),
    Words("姓名"),
    Words("证件号码"),
    Words("渠道"),
    Words("类别"),
    Words("推荐单位"),
    Words("状态"),
    Words("环节"),
    Words("提交日期"),
    Words("环节到期"),
    Words("办结日期"),
    Words("回执号"),
)


def shown_fields(definition: Definition) -> dict[str, Field]:
    """Columns of the form: what is open to those who act on a case, and fits into one cell."""
    return {
        key: field
        for key, field in definition.form_fields().items()
        if field.level in ("L1", "L2") and field.type not in LEFT_OUT and field.standard != "name"
    }


def _lines(
    session: Session, where: Sequence[Condition], fields: Mapping[str, Field], say: Say
) -> Iterator[tuple[Value, ...]]:
    last = 0
    while last < MOST * CHUNK:
        rows = queries.ledger(session, where, last, CHUNK)
        if not rows:
            return
        last = rows[-1].id
        versions = sorted({row.version_id for row in rows})
        definitions = {version: book_of(session, version).definition for version in versions}
        values = {row.id: _typed(definitions[row.version_id], row) for row in rows}
        names = cases.names_of_organizations(session, [], list(_codes(fields, values.values())))
        for row in rows:
            yield _line(row, definitions[row.version_id], values[row.id], fields, names, say)


def _typed(definition: Definition, row: LedgerRow) -> dict[str, Any]:
    return answers.decode(definition.form_fields(), row.answers) if row.answers else {}


def _codes(fields: Mapping[str, Field], values: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in values:
        yield from showing.codes_in(fields, each)


def _line(
    row: LedgerRow,
    definition: Definition,
    values: Mapping[str, Any],
    fields: Mapping[str, Field],
    names: Mapping[object, str],
    say: Say,
) -> tuple[Value, ...]:
    track, stage = definition.tracks.get(row.track or ""), definition.stages.get(row.stage or "")
    return (
        row.number,
        row.name,
        row.id_mask,
        say(definition.channels[row.channel].name),
        say(track.name) if track is not None else "",
        row.nominator,
        say(STATUS[row.status]) if row.status in STATUS else row.status,
        say(stage.name) if stage is not None else "",
        _day(row.submitted_at),
        _day(row.due_at),
        _day(row.closed_at),
        row.receipt,
        *(_cell(field, values.get(key), names, say) for key, field in fields.items()),
    )


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at is not None else None


def _cell(field: Field, value: Any, names: Mapping[object, str], say: Say) -> Value:
    """Numbers stay numbers and days stay days; everything else is text, however it looks."""
    if value is None:
        return None
    if isinstance(value, Decimal | date) and not isinstance(value, bool):
        return value
    words = showing.text(field, value, names)
    return say(words) if words is not None else None
