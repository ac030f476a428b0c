"""Small tables: one row per entry, a few blank ones below, and each cell a control of its own."""

from collections.abc import Mapping
from typing import Any

from forms.studio.boxes import Box, Choose, Sent, box_for
from forms.studio.lines import Misunderstood, text_of
from workflow.domain.program.outline.control import Control
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

_BLANKS = 2
_MOST = 60


class Row:
    def __init__(self, cells: list[Box], name: str) -> None:
        self.cells, self.name = cells, name
        self.dropped = False

    @property
    def is_blank(self) -> bool:
        return self.dropped or all(cell.is_blank for cell in self.cells)

    @property
    def typed(self) -> list[Any]:
        return [cell.typed for cell in self.cells]


class Rows(Box):
    """A list of parts, or of plain values where the only column has no word."""

    shape = "rows"

    def __init__(self, control: Control, name: str, at: Path, choose: Choose) -> None:
        self.rows: list[Row] = []
        super().__init__(control, name, at, choose)

    def blank(self) -> Any:
        return []

    def row(self, number: int, values: list[Any] | None = None) -> Row:
        name = f"{self.name}~{number}"
        cells = [box_for(column, f"{name}.{column.word}", self.at, self.choose) for column in self.control.columns]
        for cell, value in zip(cells, values or [], strict=False):
            cell.load(value)
        return Row(cells, name)

    def load(self, raw: Any) -> None:
        self.raw = raw
        written = [] if raw is None else self.written(raw)
        self.odd = written is None
        self.rows = [self.row(at, values) for at, values in enumerate(written or [])]
        self.odd = self.odd or any(cell.odd for row in self.rows for cell in row.cells)
        self._more()
        self.typed = self.before = self.said()

    def _more(self) -> None:
        self.rows += [self.row(len(self.rows) + n) for n in range(_BLANKS)]

    def said(self) -> list[Any]:
        return [row.typed for row in self.rows if not row.is_blank]

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~rows" in sent

    def taken(self, sent: Sent) -> list[Any]:
        count = sent.get(f"{self.name}~rows", "")
        self.rows = [self.row(at) for at in range(min(int(count), _MOST) if count.isdecimal() else 0)]
        for row in self.rows:
            row.dropped = bool(sent.get(f"{row.name}~drop"))
            for cell in row.cells:
                cell.take(sent)
        said = self.said()
        if not self.rows or not self.rows[-1].is_blank:
            self._more()
        return said

    def changed(self) -> bool:
        return not self.odd and self.typed != self.before

    def written(self, raw: Any) -> list[list[Any]] | None:
        if not isinstance(raw, list):
            return None
        words = [column.word for column in self.control.columns]
        if words == [""]:
            return [[item] for item in raw]
        if any(not isinstance(item, Mapping) or set(item) - set(words) for item in raw):
            return None
        return [[item.get(word) for word in words] for item in raw]

    def value(self) -> Any:
        return [self.told(row) for row in self.rows if not row.is_blank] or None

    def told(self, row: Row) -> Any:
        values = {cell.control.word: self._read(cell) for cell in row.cells}
        return values[""] if "" in values else {word: value for word, value in values.items() if value is not None}

    def _read(self, cell: Box) -> Any:
        try:
            value = cell.value()
        except Misunderstood as error:
            cell.errors.append(error.words)
            raise
        if value is None and cell.control.required:
            words = Words("这一行没写“%(name)s”", name=cell.control.name)
            cell.errors.append(words)
            raise Misunderstood(words)
        return value


class Mapped(Rows):
    """A mapping: the first column is the key; one more column is the value, several are a mapping of their own."""

    def written(self, raw: Any) -> list[list[Any]] | None:
        if not isinstance(raw, Mapping):
            return None
        words = [column.word for column in self.control.columns[1:]]
        rows = []
        for key, value in raw.items():
            if len(words) == 1:
                rows.append([key, value])
            elif isinstance(value, Mapping) and not set(value) - set(words):
                rows.append([key, *(value.get(word) for word in words)])
            else:
                return None
        return rows

    def value(self) -> dict[str, Any] | None:
        told: dict[str, Any] = {}
        for row in self.rows:
            if row.is_blank:
                continue
            key, *values = (self._read(cell) for cell in row.cells)
            if key is None or all(value is None for value in values):
                raise Misunderstood(Words("有一行只写了一半"))
            if str(key) in told:
                raise Misunderstood(Words("“%(key)s”写了两行", key=key))
            words = [cell.control.word for cell in row.cells[1:]]
            several = {word: value for word, value in zip(words, values, strict=True) if value is not None}
            told[str(text_of(key))] = values[0] if len(values) == 1 else several
        return told or None


class Raters(Mapped):
    """How many of each role; a row without a role is the same number of each."""

    def written(self, raw: Any) -> list[list[Any]] | None:
        return [[None, raw]] if isinstance(raw, int) and not isinstance(raw, bool) else super().written(raw)

    def value(self) -> Any:
        rows = [row for row in self.rows if not row.is_blank]
        if len(rows) == 1 and rows[0].cells[0].is_blank:
            return self._read(rows[0].cells[1])
        return super().value()


class Pairs(Rows):
    """Lists of two."""

    def written(self, raw: Any) -> list[list[Any]] | None:
        if not isinstance(raw, list):
            return None
        pairs = [raw] if raw and all(isinstance(item, str) for item in raw) else raw
        return [list(pair) for pair in pairs] if all(isinstance(p, list) and len(p) == 2 for p in pairs) else None

    def told(self, row: Row) -> Any:
        values = [self._read(cell) for cell in row.cells]
        if None in values:
            raise Misunderstood(Words("有一行只写了一半"))
        return values
