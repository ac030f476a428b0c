"""Spreadsheets out and in again: text stays text, numbers stay numbers, and nothing is a formula."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from workflow.documents.spreadsheet import Lost, NotASpreadsheet, Table, read, write

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1+1", "http://example.com", "007", "1e5")


def test_what_looks_like_a_formula_is_text() -> None:
    data = write([Table("名单", ["值"], [[value] for value in HOSTILE])])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
    assert [row.cells[0] for row in read(data)[1:]] == [value.strip() for value in HOSTILE]


def test_values_keep_their_kind() -> None:
    data = write([Table("a/b:c", ["文", "数", "分", "日", "是"], [["x", 3, Decimal("2.5"), date(2026, 11, 20), True]])])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.read("xl/worksheets/sheet1.xml").decode().count('t="s"') == 5 + 2
    assert read(data)[1].cells == ("x", "3", "2.5", "2026-11-20", "是")


def test_number_too_long_for_a_spreadsheet_is_lost() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_row(0, 0, [13800001111, 330106199001011234])
    cells = read(book.getvalue())[0].cells
    assert (cells[0], type(cells[0]), type(cells[1])) == ("13800001111", str, Lost)


def test_empty_rows_vanish_and_lines_keep_their_numbers() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write(2, 1, "a")
        page.write(5, 1, " \u00a0 ")
        page.write(7, 1, "b")
    assert [(row.number, [cell for cell in row.cells if cell]) for row in read(book.getvalue())] == [
        (3, ["a"]),
        (8, ["b"]),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "locked"),
        (b"PK\x03\x04 no zip", "broken"),
        (b"0" * (20 * 1024 * 1024 + 1), "large"),
    ],
    ids=["empty", "pdf", "xls", "zip", "large"],
)
def test_other_files_are_named(data: bytes, why: str) -> None:
    with pytest.raises(NotASpreadsheet) as refused:
        read(data)
    assert refused.value.why == why


def test_zip_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    with pytest.raises(NotASpreadsheet, match="kind"):
        read(packed.getvalue())


def test_sheet_that_claims_a_million_rows_is_refused() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write(0, 0, "a")
        page.write(1_000_000, 0, "b")
    with pytest.raises(NotASpreadsheet, match="rows"):
        read(book.getvalue())
