"""A phone held over a certificate: finds the square code on the drawn page and reads the address out of it."""

from collections.abc import Callable, Iterator

from PIL import Image
from pypdfium2 import PdfDocument

Square = list[list[bool]]

_PLACE = (380, 80, 380, 434)
"""What to leave out of the page: below the words in its middle, above the line that says what to do with the code."""

_BLOCKS = {  # version and level -> how many words of data each block holds (ISO/IEC 18004, table 9)
    (2, "M"): [28], (2, "Q"): [22], (3, "M"): [44], (3, "Q"): [17, 17], (4, "M"): [32, 32], (4, "Q"): [24, 24],
    (5, "M"): [43, 43], (5, "Q"): [15, 15, 16, 16], (6, "M"): [27] * 4, (6, "Q"): [19] * 4,
}  # fmt: skip
_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


def scanned(content: bytes, scale: int = 4) -> str:
    """What the code on the first page says."""
    document = PdfDocument(content)
    try:
        light = document[0].render(scale=scale, crop=_PLACE).to_pil().convert("L")
    finally:
        document.close()
    return read(squares(light.point(lambda value: 255 * (value < 100))))


def squares(drawn: Image.Image) -> Square:
    """The modules of the code; the corner at the upper left is seven of them wide."""
    found = drawn.getbbox()
    assert found, "no code on this page"
    left, top, right, _ = found
    dark = [drawn.getpixel((left + step, top)) for step in range(right - left)]
    unit = dark.index(0) / 7
    size = round((right - left) / unit)
    assert size % 4 == 1, f"no code of {size} squares"
    side = (right - left) / size
    return [
        [bool(drawn.getpixel((left + (x + 0.5) * side, top + (y + 0.5) * side))) for x in range(size)]
        for y in range(size)
    ]


def read(code: Square) -> str:
    size = len(code)
    version = (size - 17) // 4
    kind = sum(code[8][x] << (4 - x) for x in range(5)) ^ 0b10101
    level, mask = "MLHQ"[kind >> 3], _MASKS[kind & 7]
    bits = [code[y][x] != (mask(y, x) == 0) for y, x in _path(size, version)]
    words = [sum(bit << (7 - n) for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    blocks: list[list[int]] = [[] for _ in _BLOCKS[version, level]]
    given = iter(words)
    for round_ in range(max(_BLOCKS[version, level])):
        for block, length in zip(blocks, _BLOCKS[version, level], strict=True):
            if round_ < length:
                block.append(next(given))
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    assert data[:4] == "0100", "not a text of bytes"
    count = int(data[4:12], 2)
    return bytes(int(data[12 + 8 * n : 20 + 8 * n], 2) for n in range(count)).decode()


def _path(size: int, version: int) -> Iterator[tuple[int, int]]:
    """Two columns at a time from the lower right, up and down, past everything that is no data."""
    align = 4 * version + 10
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        for step in range(size):
            y = step if turn % 2 else size - 1 - step
            for x in (right, right - 1):
                corner = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
                aligned = abs(y - align) <= 2 and abs(x - align) <= 2
                if not (corner or aligned or 6 in (x, y)):
                    yield y, x
