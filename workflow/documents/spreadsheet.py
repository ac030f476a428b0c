"""Spreadsheets, in and out. What comes in is text as a person typed it; what goes out holds no formula.

Excel turns long numbers into floating point and loses their last digits: such a cell is `Lost`, never a guess.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_ROWS = 50_000
MAX_COLUMNS = 200
_EXACT_DIGITS = 15

Value = str | int | float | Decimal | bool | date | None


class NotASpreadsheet(Exception):
    """The file cannot be read. `why`: empty, large, kind, bomb, broken, locked, rows."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Lost(str):
    """A number of more digits than a spreadsheet keeps: its end is gone."""

    __slots__ = ()


@dataclass(frozen=True)
class Row:
    """`number` is the line as the program that made the file shows it, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Value]]


def read(data: bytes) -> list[Row]:
    """The rows of the first sheet that are not empty, cells as text without blanks around."""
    _refuse_hostile(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        _refuse_large(sheet.height, sheet.width)
        start = sheet.start[0] if sheet.start else 0
        rows = sheet.to_python(skip_empty_area=True)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise NotASpreadsheet("broken") from error
    texts = (Row(number, tuple(_text(cell) for cell in cells)) for number, cells in enumerate(rows, start=start + 1))
    return [row for row in texts if any(row.cells)]


def _refuse_large(height: int, width: int) -> None:
    if height > MAX_ROWS or width > MAX_COLUMNS:
        raise NotASpreadsheet("rows")


def _refuse_hostile(data: bytes) -> None:
    """Only .xlsx, of a bearable size, packed no tighter than office programs pack."""
    if not data:
        raise NotASpreadsheet("empty")
    if len(data) > MAX_BYTES:
        raise NotASpreadsheet("large")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotASpreadsheet("locked")  # an old .xls, or an .xlsx with a password
    if data[:4] != b"PK\x03\x04":
        raise NotASpreadsheet("kind")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise NotASpreadsheet("broken") from error
    if not any(part.filename.replace("\\", "/").lower() == "xl/workbook.xml" for part in parts):
        raise NotASpreadsheet("kind")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED or len(parts) > 2000 or unpacked > MAX_RATIO * len(data):
        raise NotASpreadsheet("bomb")


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell).replace("\u00a0", " ").replace("\u200b", "").strip()


def _number(cell: float) -> str:
    if cell != int(cell):
        return repr(cell)
    digits = str(int(cell))
    return Lost(digits) if len(digits.lstrip("-")) > _EXACT_DIGITS else digits


def write(tables: Sequence[Table]) -> bytes:
    """One sheet per table. Text is written as text, whatever it begins with; numbers and dates stay such."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(out, options)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top"})
    plain = book.add_format({"num_format": "@", "text_wrap": False})
    for table in tables:
        _write_sheet(book, table, head, plain)
    book.close()
    return out.getvalue()


def _write_sheet(book: Any, table: Table, head: Any, plain: Any) -> None:
    sheet = book.add_worksheet(_sheet_name(table.title))
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(table.header):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, min(40, max(10, 2 * len(name) + 4)), plain)
    for line, values in enumerate(table.rows, start=1):
        for column, value in enumerate(values):
            _write_cell(sheet, line, column, value, plain)


def _write_cell(sheet: Any, line: int, column: int, value: Value, plain: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, column, "是" if value else "否", plain)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value)
    else:
        sheet.write_string(line, column, str(value)[:32767], plain)


def _sheet_name(title: str) -> str:
    cleaned = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title).strip()
    return cleaned[:31] or "Sheet1"
