"""The papers that people of the demonstration hand in: one page each that says plainly what it stands for."""

from functools import cache
from io import BytesIO

from workflow.documents.portable import Sheet, color
from workflow.documents.typeface import sans

_WIDTH, _HEIGHT = 595.28, 841.89
_DEEP, _GREY, _PALE, _SEAL = map(color, ("#0b333b", "#5a6663", "#e4eff1", "#c3291c"))


@cache
def _page(title: str, lines: tuple[str, ...]) -> bytes:
    sheet = Sheet(_WIDTH, _HEIGHT, sans(), title)
    sheet.area(0, 0, _WIDTH, 96, _PALE)
    sheet.centered(_WIDTH / 2, 60, title, 24, ink=_DEEP, heavy=True, spacing=4)
    for number, line in enumerate(lines):
        sheet.words(84, 168 + number * 34, line, 14)
    sheet.frame(396, 640, 116, 116, 2, _SEAL)
    sheet.centered(454, 704, "演示用章", 18, ink=_SEAL, heavy=True)
    sheet.centered(_WIDTH / 2, 806, "演示材料，内容虚构，不作任何证明用途", 10, ink=_GREY)
    return sheet.pdf()


def paper(title: str, *lines: str) -> BytesIO:
    return BytesIO(_page(title, lines))
