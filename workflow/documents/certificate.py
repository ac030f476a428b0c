"""The certificate as a PDF: A4 landscape, words that can be searched, a code that leads to where it is verified.

Everything on it is an argument; the same values give the same bytes, so that it is drawn when it is wanted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import segno

from workflow.documents.portable import INK, Color, Sheet, color
from workflow.documents.typeface import sans

WIDTH, HEIGHT = 841.89, 595.28
QR_SIDE = 73.7  # 26 mm
_MIDDLE = WIDTH / 2
_DAI, _DEEP, _GREY, _PALE, _SEAL = map(color, ("#0d5563", "#0b333b", "#5a6663", "#f3f7f8", "#c3291c"))
_WHITE: Color = (255, 255, 255)
_LONGEST = 560.0  # no line of the middle is wider


@dataclass(frozen=True)
class Certificate:
    """`lines`: each a run of (words, emphasized). `rows`: label and value at the bottom left."""

    heading: str
    english: str
    name: str
    lines: Sequence[Sequence[tuple[str, bool]]]
    rows: Sequence[tuple[str, str]]
    link: str
    scan: str
    issuer: str
    seal: str
    dated: str

    def words(self) -> str:
        """Every character that must be drawn."""
        body = "".join(text for line in self.lines for text, _ in line)
        rows = "".join(label + value for label, value in self.rows)
        parts = (self.heading, self.english, self.name, body, rows, self.scan, self.issuer, self.seal, self.dated)
        return "".join(parts)


def unprintable(text: str) -> tuple[str, ...]:
    """Characters that the embedded typeface lacks: told before anything is issued, never drawn as an empty box."""
    return sans().missing(text)


def pdf(one: Certificate) -> bytes:
    """Raises ValueError rather than draw a box for a character."""
    lacking = unprintable(one.words())
    if lacking:
        raise ValueError(f"the typeface lacks {lacking}")
    sheet = Sheet(WIDTH, HEIGHT, sans(), f"{one.heading} {one.rows[0][1]}" if one.rows else one.heading)
    _weave(sheet)
    _mark(sheet)
    _fitted(sheet, 124, one.heading, 39, ink=_DEEP, spacing=16.5)
    _fitted(sheet, 150, one.english, 11, ink=_GREY, spacing=1.6)
    _fitted(sheet, 233, one.name, 36, spacing=13)
    for number, line in enumerate(one.lines):
        _run(sheet, 282 + 35 * number, line, 18)
    _bottom(sheet, one)
    return sheet.pdf()


def _fitted(sheet: Sheet, y: float, text: str, size: float, *, ink: Color = INK, spacing: float) -> None:
    """In the middle, smaller where it would not fit. Capitals of the English line are not made heavier."""
    width = sheet.length(text, size, spacing)
    shrunk = min(1.0, _LONGEST / width) if width else 1.0
    sheet.centered(_MIDDLE, y, text, size * shrunk, ink=ink, heavy=size > 20, spacing=spacing * shrunk)


def _run(sheet: Sheet, y: float, line: Sequence[tuple[str, bool]], size: float) -> None:
    width = sum(sheet.length(text, size) for text, _ in line)
    size *= min(1.0, _LONGEST / width) if width else 1.0
    x = _MIDDLE - sum(sheet.length(text, size) for text, _ in line) / 2
    for text, heavy in line:
        x = sheet.words(x, y, text, size, heavy=heavy)


# -- frame -------------------------------------------------------------------------------------------------------------
def _weave(sheet: Sheet) -> None:
    """The selvedge around the page: threads across each side, a knot in each corner."""
    edge, thick, step, thread = 15.0, 11.0, 4.5, 1.5
    inner = edge + thick

    def across(length: float) -> Iterator[float]:
        at = inner + 3
        while at + thread < length - inner - 3:
            yield at
            at += step

    top = [(x, edge, thread, thick) for x in across(WIDTH)]
    bottom = [(x, HEIGHT - inner, thread, thick) for x in across(WIDTH)]
    left = [(edge, y, thick, thread) for y in across(HEIGHT)]
    right = [(WIDTH - inner, y, thick, thread) for y in across(HEIGHT)]
    sheet.areas([*top, *bottom, *left, *right], _DAI)
    for x in (edge, WIDTH - inner):
        for y in (edge, HEIGHT - inner):
            sheet.area(x, y, thick, thick, _DAI)
            sheet.areas([(x + d, y + 2, 1.1, thick - 4) for d in (3.4, 6.5)], _WHITE)
            sheet.areas([(x + 2, y + d, thick - 4, 1.1) for d in (3.4, 6.5)], _WHITE)
    sheet.frame(31, 31, WIDTH - 62, HEIGHT - 62, 0.75, _DAI)


def _mark(sheet: Sheet) -> None:
    """Warp over weft behind the words, so pale that they stay easy to read."""
    left, top, unit, thick = _MIDDLE - 168, 130.0, 66.0, 15.0
    down = [(left + 60 + unit * n, top, thick, 335.0) for n in range(4)]
    over = [(left, top + 60 + unit * n, 335.0, thick) for n in range(4)]
    sheet.areas([*down, *over], _PALE)
    gaps = [
        (left + 60 + unit * n - 5, top + 60 + unit * m, 5.0, thick) if (n + m) % 2 else
        (left + 60 + unit * n, top + 60 + unit * m - 5, thick, 5.0)
        for n in range(4) for m in range(4)
    ]  # fmt: skip
    far = [
        (left + 60 + unit * n + thick, top + 60 + unit * m, 5.0, thick) if (n + m) % 2 else
        (left + 60 + unit * n, top + 60 + unit * m + thick, thick, 5.0)
        for n in range(4) for m in range(4)
    ]  # fmt: skip
    sheet.areas([*gaps, *far], _WHITE)


# -- bottom ------------------------------------------------------------------------------------------------------------
def _bottom(sheet: Sheet, one: Certificate) -> None:
    last = 531.0
    for number, (label, value) in enumerate(one.rows):
        y = last - 18.5 * (len(one.rows) - 1 - number)
        x = sheet.words(95, y, label, 11, ink=_GREY)
        sheet.words(max(x + 10, 150), y, value, 11, heavy=number == 0)
    _code(sheet, one.link, _MIDDLE - QR_SIDE / 2, last - 16 - QR_SIDE)
    sheet.centered(_MIDDLE, last, one.scan, 10.5, ink=_GREY)
    right = WIDTH - 95
    for y, text in ((last - 18.5, one.issuer), (last, one.dated)):
        size = min(11.0, 11.0 * 240 / max(sheet.length(text, 11), 1))
        sheet.words(right - sheet.length(text, size), y, text, size)
    _seal(sheet, one.seal, right - 75 - 22, last - 18.5 - 14 - 75)


def _code(sheet: Sheet, link: str, left: float, top: float) -> None:
    """Dark squares on white with the quiet zone that readers need; neighbors in a row are one box."""
    rows = [bytes(row) for row in segno.make(link, error="m", micro=False).matrix_iter(border=0)]
    side = QR_SIDE / len(rows)
    sheet.area(left - 4 * side, top - 4 * side, QR_SIDE + 8 * side, QR_SIDE + 8 * side, _WHITE)
    boxes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x]:
                length += 1
            if row[x]:
                boxes.append((left + x * side, top + y * side, length * side, side))
            x += length
    sheet.areas(boxes, INK)


def _seal(sheet: Sheet, text: str, left: float, top: float) -> None:
    """The issuer's name in columns from the right, in the red that is kept for what has been made public."""
    if not text:
        return
    side, rows = 75.0, ceil(sqrt(len(text)))
    columns = ceil(len(text) / rows)
    sheet.frame(left, top, side, side, 3, _SEAL)
    sheet.frame(left + 4.4, top + 4.4, side - 8.8, side - 8.8, 0.9, _SEAL)
    room = side - 14
    size = min(room / rows, room / columns)
    start_x = left + side / 2 + size * columns / 2
    start_y = top + side / 2 - size * rows / 2
    for number, char in enumerate(text):
        column, row = divmod(number, rows)
        x = start_x - size * (column + 1) + size * 0.07
        sheet.words(x, start_y + size * row + size * 0.83, char, size * 0.86, ink=_SEAL, heavy=True)
