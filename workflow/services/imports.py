"""Lists from spreadsheets: columns found by their headings, a verdict per row, and only then anything written.

A list is read twice: once to show what would happen, once to let it happen. Read again, it changes nothing more.
"""

import base64
import hashlib
import secrets as random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import secrets
from models.base import reading, writing
from models.evidence import StreamKind
from models.secrets import Place
from models.staging import StagedList
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Lost, NotASpreadsheet, Table
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason, Refusal
from workflow.domain.words import Words
from workflow.services import evidence

Mode = Literal["all_or_nothing", "good_rows_only"]
Verdict = Literal["new", "same", "changed", "conflict", "wrong"]
GOOD = frozenset({"new", "same", "changed"})
REASON = "原因"
"""The extra column of an error file; ignored when the file comes back."""

_WRONG: Verdict = "wrong"
_HEADING_WITHIN = 10
_FILE_FAULTS: Mapping[str, Words] = {
    "empty": Words("这个文件是空的"),
    "large": Words("文件超过 20 MB，请拆成几个再导入"),
    "kind": Words("请上传 .xlsx 表格（Excel 或 WPS 的“Excel 工作簿”）"),
    "locked": Words("这是旧版 .xls，或者加了密码。请另存为不带密码的 .xlsx 再上传"),
    "bomb": Words("这个文件解开后大得不正常，没有读取"),
    "broken": Words("这个文件打不开，可能没有存完整。请在表格软件里打开，另存一份再上传"),
    "rows": Words("超过 5 万行或 200 列，请拆成几个再导入"),
}


@dataclass(frozen=True)
class Column:
    """`names`: the headings it is known by, the usual one first."""

    key: str
    names: tuple[str, ...]
    required: bool = False

    @property
    def title(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Raw:
    """One row as typed: column key -> text."""

    number: int
    values: Mapping[str, str]
    cells: tuple[str, ...] = field(repr=False)

    def get(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(frozen=True)
class Line:
    """One row with its verdict. `shown` are the values of the columns that were found, sensitive ones masked."""

    number: int
    verdict: Verdict
    shown: tuple[str, ...]
    reasons: tuple[Reason, ...]
    cells: tuple[str, ...] = field(repr=False)
    thing: Any = field(default=None, repr=False)

    @property
    def is_good(self) -> bool:
        return self.verdict in GOOD


@dataclass(frozen=True)
class Preview:
    """`ignored`: headings that mean nothing here. `digest` names the file that was looked at."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    lines: tuple[Line, ...]
    digest: str

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(line.verdict for line in self.lines)

    @property
    def bad(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_good)


@dataclass(frozen=True)
class Report:
    """`written` is False when nothing was, because of `all_or_nothing` and a bad row."""

    written: bool
    counts: Mapping[str, int]
    bad: tuple[Line, ...]


class ListKind(Protocol):
    """What one kind of list knows: its columns, how a row is read, judged beside the tables, and written."""

    name: str
    columns: tuple[Column, ...]

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None: ...

    def parse(self, raw: Raw, now: datetime) -> tuple[Any, list[Reason]]:
        """The row's meaning, or what is wrong with it by itself. Reads no table."""
        ...

    def shown(self, key: str, typed: str) -> str: ...

    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Any]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], Any]]:
        """One answer per row that could be read, in their order."""
        ...

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        """The good lines, in the caller's transaction; the ids of what was made."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A kind that keeps, beside what it writes, from which file it came."""

    def remember(self, session: Session, digest: str, rows: int, actor: Actor, now: datetime) -> None: ...


# --- reading


@dataclass(frozen=True)
class Sheet:
    header: tuple[str, ...]
    columns: Mapping[int, Column]
    rows: tuple[Raw, ...]
    digest: str

    @property
    def ignored(self) -> tuple[str, ...]:
        named = enumerate(self.header)
        return tuple(name for place, name in named if name and place not in self.columns and name != REASON)


def read(kind: ListKind, data: bytes, chosen: Mapping[int, str] | None = None) -> Sheet:
    """The rows under the heading, wherever it stands among the first lines. Raises InvalidInput for a bad file.

    `chosen` (place -> column key, or "" for none) says what the headings did not.
    """
    rows = _rows(data)
    best = _heading_at(kind, rows)
    columns = _columns(kind, rows[best].cells) if chosen is None else _chosen(kind, rows[best].cells, chosen)
    missing = [column.title for column in kind.columns if column.required and column not in columns.values()]
    if missing:
        words = Words("没有找到这些列：%(columns)s。请检查表头的写法", columns=missing)
        raise InvalidInput([Reason(words, "file")])
    raws = tuple(
        Raw(row.number, {column.key: row.cells[at] for at, column in columns.items() if at < len(row.cells)}, row.cells)
        for row in rows[best + 1 :]
    )
    if not raws:
        raise InvalidInput([Reason(Words("表头下面没有内容"), "file")])
    return Sheet(rows[best].cells, columns, raws, hashlib.sha256(data).hexdigest())


def _rows(data: bytes) -> list[spreadsheet.Row]:
    try:
        rows = spreadsheet.read(data)
    except NotASpreadsheet as fault:
        raise InvalidInput([Reason(_FILE_FAULTS[fault.why], "file")]) from fault
    if not rows:
        raise InvalidInput([Reason(_FILE_FAULTS["empty"], "file")])
    return rows


def _heading_at(kind: ListKind, rows: Sequence[spreadsheet.Row]) -> int:
    return max(range(min(_HEADING_WITHIN, len(rows))), key=lambda at: len(_columns(kind, rows[at].cells)))


def _columns(kind: ListKind, cells: Sequence[str]) -> dict[int, Column]:
    """Place -> column; the first heading of a column counts."""
    known = {_folded(name): column for column in kind.columns for name in column.names}
    found: dict[int, Column] = {}
    for place, cell in enumerate(cells):
        column = known.get(_folded(cell))
        if column is not None and column not in found.values():
            found[place] = column
    return found


def _chosen(kind: ListKind, cells: Sequence[str], chosen: Mapping[int, str]) -> dict[int, Column]:
    """What a person said of the columns; a place that does not exist, or a column named twice, counts once."""
    known = {column.key: column for column in kind.columns}
    found: dict[int, Column] = {}
    for place, key in sorted(chosen.items()):
        if place < len(cells) and key in known and known[key] not in found.values():
            found[place] = known[key]
    return found


def headings(kind: ListKind, data: bytes) -> tuple[tuple[str, ...], Mapping[int, Column]]:
    """The heading of a file and what is understood of it, also where a column that is needed was not found."""
    rows = _rows(data)
    best = _heading_at(kind, rows)
    return rows[best].cells, _columns(kind, rows[best].cells)


def _folded(heading: str) -> str:
    kept = heading.partition("（")[0].partition("(")[0]
    return "".join(sign for sign in kept.lower() if sign.isalnum())


# --- judging


def preview(
    kind: ListKind, data: bytes, actor: Actor, now: datetime, chosen: Mapping[int, str] | None = None
) -> Preview:
    """What would happen; nothing is written."""
    sheet = read(kind, data, chosen)
    parsed = parsed_rows(kind, sheet, now)
    with reading() as session:
        kind.require(session, actor, tuple(sheet.columns.values()))
        lines = _judged(kind, session, sheet, parsed, now)
    return Preview(tuple(sheet.columns.values()), sheet.ignored, lines, sheet.digest)


Parsed = Sequence[tuple[Raw, Any, list[Reason]]]


def parsed_rows(kind: ListKind, sheet: Sheet, now: datetime) -> Parsed:
    return [(raw, *_parsed_row(kind, raw, now)) for raw in sheet.rows]


def _parsed_row(kind: ListKind, raw: Raw, now: datetime) -> tuple[Any, list[Reason]]:
    lost = [key for key, value in raw.values.items() if isinstance(value, Lost)]
    if lost:
        words = Words("表格软件把长号码变成了数字，末尾几位已经丢失。请把这一列设成“文本”，重新填写")
        return None, [Reason(words, key) for key in lost]
    return kind.parse(raw, now)


def _judged(kind: ListKind, session: Session, sheet: Sheet, parsed: Parsed, now: datetime) -> tuple[Line, ...]:
    readable = [(raw, thing) for raw, thing, reasons in parsed if not reasons]
    answers = iter(kind.judge(session, readable, now))
    lines = []
    for raw, _, reasons in parsed:
        verdict, why, thing = next(answers) if not reasons else (_WRONG, reasons, None)
        shown = tuple(kind.shown(column.key, raw.get(column.key)) for column in sheet.columns.values())
        lines.append(Line(raw.number, verdict, shown, tuple(why), raw.cells, thing))
    return tuple(lines)


# --- writing


def run(
    kind: ListKind, data: bytes, mode: Mode, actor: Actor, now: datetime, chosen: Mapping[int, str] | None = None
) -> Report:
    """Judge again and write, in one transaction. Two at once: the second finds what the first has written."""
    sheet = read(kind, data, chosen)
    parsed = parsed_rows(kind, sheet, now)
    for attempt in (1, 2):
        try:
            return _run(kind, sheet, parsed, mode, actor, now)
        except IntegrityError:
            if attempt == 2:
                raise Refusal(Words("导入时有人正在改同样的资料，请再试一次")) from None
    raise AssertionError("unreachable")


def _run(kind: ListKind, sheet: Sheet, parsed: Parsed, mode: Mode, actor: Actor, now: datetime) -> Report:
    with writing() as session:
        _queue_up(session, kind.name)
        kind.require(session, actor, tuple(sheet.columns.values()))
        lines = _judged(kind, session, sheet, parsed, now)
        bad = tuple(line for line in lines if not line.is_good)
        counts: Counter[str] = Counter(line.verdict for line in lines)
        written = not (bad and mode == "all_or_nothing")
        if written:
            made = kind.write(session, [line for line in lines if line.verdict in ("new", "changed")], actor, now)
            if isinstance(kind, Remembers):
                kind.remember(session, sheet.digest, len(lines), actor, now)
            body: dict[str, Any] = {"list": kind.name, "file": sheet.digest, "mode": mode, "counts": dict(counts)}
            body |= {"first": min(made), "last": max(made)} if made else {}
            evidence.tell(session, StreamKind.INSTALLATION, 0, "list_imported", actor, now, body=body)
    return Report(written, counts, bad)


def _queue_up(session: Session, name: str) -> None:
    """One list of a kind after the other on PostgreSQL, with patience; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = '120s'"))
        session.execute(text("SET LOCAL lock_timeout = '120s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"import|{name}"})


# --- the error file


def error_file(
    kind: ListKind,
    data: bytes,
    actor: Actor,
    now: datetime,
    say: Any = str,
    chosen: Mapping[int, str] | None = None,
) -> bytes:
    """Only the bad rows, as they were typed, with the reasons in one more column: to correct and to import again."""
    sheet = read(kind, data, chosen)
    found = preview(kind, data, actor, now, chosen)
    titles = {column.key: column.title for column in kind.columns}
    keep = [place for place, name in enumerate(sheet.header) if name != REASON]
    rows = [
        [*(line.cells[place] if place < len(line.cells) else "" for place in keep), _reasons(line, titles, say)]
        for line in found.bad
    ]
    return spreadsheet.write([Table(kind.name, [*(sheet.header[place] for place in keep), REASON], rows)])


def _reasons(line: Line, titles: Mapping[str, str], say: Any) -> str:
    parts = (
        f"{titles[reason.where]}：{say(reason.words)}" if reason.where and reason.where in titles else say(reason.words)
        for reason in line.reasons
    )
    return "；".join(parts)


def template(kind: ListKind) -> bytes:
    """An empty list with the usual headings."""
    return spreadsheet.write([Table(kind.name, [column.title for column in kind.columns], [])])


# --- between looking and letting it happen

_KEPT_FOR = timedelta(days=1)


def stage(actor: Actor, data: bytes, now: datetime) -> str:
    """Keep an uploaded list, sealed, until its owner has looked at the preview; its name."""
    ref = random.token_urlsafe(12)
    sealed = secrets.seal(base64.b64encode(data).decode(), _place(ref))
    with writing() as session:
        session.execute(delete(StagedList).where(StagedList.staged_at < now - _KEPT_FOR))
        session.add(StagedList(ref=ref, account_id=actor.account_id, content=sealed, staged_at=now))
    return ref


def staged(actor: Actor, ref: str) -> bytes:
    """Only for whoever brought it."""
    with reading() as session:
        row = session.get(StagedList, ref)
        if row is None or row.account_id != actor.account_id:
            raise NotFound
        return base64.b64decode(secrets.unseal(row.content, _place(ref)))


def unstage(actor: Actor, ref: str) -> None:
    with writing() as session:
        mine = (StagedList.ref == ref, StagedList.account_id == actor.account_id)
        session.execute(delete(StagedList).where(*mine))


def _place(ref: str) -> Place:
    return Place("staged_list", ref, "content")
