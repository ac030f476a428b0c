"""The embedded Chinese typeface: which characters it carries, how wide they are, and a font file of just those used.

Reads an OpenType font with CID-keyed CFF outlines (Adobe technical notes 5176 and 5177) and writes a CFF in which glyph
n has CID n and every subroutine is unrolled, as PDF embeds it under `FontFile3 /CIDFontType0C`.
"""

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

_ESCAPE = 12
_RETURN, _ENDCHAR, _CALL, _CALL_GLOBAL = 11, 14, 10, 29
_STEMS = frozenset({1, 3, 18, 23})
_MASKS = frozenset({19, 20})
_FLEXES = frozenset({34, 35, 36, 37})
_DEEPEST = 10

# operators of a DICT; two bytes are written as 1200 + the second
_FONT_BBOX, _CHARSET, _CHARSTRINGS, _PRIVATE, _SUBRS = 5, 15, 17, 18, 19
_FONT_MATRIX, _ROS, _CID_COUNT, _FD_ARRAY, _FD_SELECT = 1207, 1230, 1234, 1236, 1237
_ADOBE, _IDENTITY = 391, 392  # the first two strings of one's own


class UnreadableFont(ValueError):
    """Not the kind of font this reads."""


Operands = tuple[int | bytes, ...]  # a real number stays as its bytes


@dataclass(frozen=True)
class Span:
    start: int
    end: int


class Cff:
    def __init__(self, data: bytes) -> None:
        self.data = data
        names, at = self._index(data[2])
        tops, at = self._index(at)
        _, at = self._index(at)
        self.global_subrs, _ = self._index(at)
        self.name = self._bytes(names[0]).decode("ascii")
        self.top = dict(read_dict(self._bytes(tops[0])))
        if _ROS not in self.top:
            raise UnreadableFont("the outlines are not CID-keyed")
        self.charstrings, _ = self._index(self._number(_CHARSTRINGS))
        fonts, _ = self._index(self._number(_FD_ARRAY))
        self.fonts = [dict(read_dict(self._bytes(font))) for font in fonts]
        self._privates = [self._private(font) for font in self.fonts]
        self._select = self._read_select(self._number(_FD_SELECT))

    def _number(self, operator: int) -> int:
        value = self.top[operator][0]
        if not isinstance(value, int):
            raise UnreadableFont(f"operator {operator} is not a place")
        return value

    def _bytes(self, span: Span) -> bytes:
        return self.data[span.start : span.end]

    def _index(self, at: int) -> tuple[Sequence[Span], int]:
        (count,) = struct.unpack_from(">H", self.data, at)
        if count == 0:
            return (), at + 2
        size = self.data[at + 2]
        first = at + 3
        raw = self.data[first : first + size * (count + 1)]
        offsets = [int.from_bytes(raw[n : n + size], "big") for n in range(0, len(raw), size)]
        base = first + len(raw) - 1
        spans = [Span(base + start, base + end) for start, end in pairwise(offsets)]
        return spans, base + offsets[-1]

    def _private(self, font: dict[int, Operands]) -> tuple[dict[int, Operands], Sequence[Span]]:
        size, at = font[_PRIVATE]
        if not isinstance(size, int) or not isinstance(at, int):
            raise UnreadableFont("a private dictionary has no place")
        private = dict(read_dict(self.data[at : at + size]))
        subrs: Sequence[Span] = ()
        if _SUBRS in private:
            offset = private[_SUBRS][0]
            if not isinstance(offset, int):
                raise UnreadableFont("local subroutines have no place")
            subrs, _ = self._index(at + offset)
        return private, subrs

    def _read_select(self, at: int) -> tuple[list[int], list[int]]:
        if self.data[at] != 3:
            raise UnreadableFont("FDSelect is not of format 3")
        (count,) = struct.unpack_from(">H", self.data, at + 1)
        ranges = [struct.unpack_from(">HB", self.data, at + 3 + 3 * n) for n in range(count)]
        return [first for first, _ in ranges], [font for _, font in ranges]

    def font_of(self, glyph: int) -> int:
        firsts, fonts = self._select
        return fonts[bisect_right(firsts, glyph) - 1]

    def outline(self, glyph: int) -> bytes:
        """The glyph's drawing with every subroutine unrolled."""
        out = _Unrolled(self, self._privates[self.font_of(glyph)][1])
        out.run(self._bytes(self.charstrings[glyph]), 0)
        return bytes(out.drawn)

    def private_of(self, font: int) -> dict[int, Operands]:
        return {operator: given for operator, given in self._privates[font][0].items() if operator != _SUBRS}


class _Unrolled:
    """One charstring being copied; counts operands and hints, since the length of a hint mask depends on them."""

    def __init__(self, cff: Cff, local: Sequence[Span]) -> None:
        self.cff, self.local = cff, local
        self.drawn = bytearray()
        self.operands: list[int] = []  # where each pending operand starts in `drawn`
        self.hints = 0
        self.ended = False

    def run(self, code: bytes, depth: int) -> None:
        if depth > _DEEPEST:
            raise UnreadableFont("subroutines call each other too deeply")
        at = 0
        while at < len(code) and not self.ended:
            byte = code[at]
            if byte == 28 or byte >= 32:
                length = 3 if byte == 28 else 1 if byte < 247 else 5 if byte == 255 else 2
                self.operands.append(len(self.drawn))
                self.drawn += code[at : at + length]
                at += length
                continue
            at += 1
            if byte == _RETURN:
                return
            if byte in (_CALL, _CALL_GLOBAL):
                self._call(self.local if byte == _CALL else self.cff.global_subrs, depth)
                continue
            at = self._operator(byte, code, at)

    def _operator(self, byte: int, code: bytes, at: int) -> int:
        self.drawn.append(byte)
        if byte in _STEMS or byte in _MASKS:
            self.hints += len(self.operands) // 2
        if byte in _MASKS:
            length = (self.hints + 7) // 8
            self.drawn += code[at : at + length]
            at += length
        elif byte == _ESCAPE:
            if code[at] not in _FLEXES:
                raise UnreadableFont(f"an outline that calculates (12 {code[at]})")
            self.drawn.append(code[at])
            at += 1
        self.ended = byte == _ENDCHAR
        self.operands.clear()
        return at

    def _call(self, subrs: Sequence[Span], depth: int) -> None:
        start = self.operands.pop()
        number = _small(bytes(self.drawn[start:]))
        del self.drawn[start:]
        bias = 107 if len(subrs) < 1240 else 1131 if len(subrs) < 33900 else 32768
        span = subrs[number + bias]
        self.run(self.cff.data[span.start : span.end], depth + 1)


def _small(written: bytes) -> int:
    """The whole number of a charstring that names a subroutine."""
    byte = written[0]
    if byte == 28:
        return int(struct.unpack(">h", written[1:3])[0])
    if byte <= 246:
        return byte - 139
    if byte <= 250:
        return (byte - 247) * 256 + written[1] + 108
    if byte <= 254:
        return -(byte - 251) * 256 - written[1] - 108
    raise UnreadableFont("a subroutine named by a fraction")


# -- dictionaries ------------------------------------------------------------------------------------------------------
def read_dict(data: bytes) -> Iterator[tuple[int, Operands]]:
    at, operands = 0, list[int | bytes]()
    while at < len(data):
        byte = data[at]
        if byte <= 21:
            at += 1
            if byte == _ESCAPE:
                byte = 1200 + data[at]
                at += 1
            yield byte, tuple(operands)
            operands = []
            continue
        length = {28: 3, 29: 5}.get(byte, 1 if byte <= 246 else 2)
        if byte == 30:
            length = 1
            while data[at + length] & 0x0F != 0x0F:
                length += 1
            length += 1
            operands.append(data[at : at + length])
        elif byte == 29:
            operands.append(int(struct.unpack_from(">i", data, at + 1)[0]))
        else:
            operands.append(_small(data[at : at + length]))
        at += length


def _written(operator: int, operands: Operands) -> bytes:
    """Every whole number in five bytes, so that a place may be filled in later without moving anything."""
    numbers = b"".join(each if isinstance(each, bytes) else b"\x1d" + struct.pack(">i", each) for each in operands)
    return numbers + (bytes([_ESCAPE, operator - 1200]) if operator >= 1200 else bytes([operator]))


def _write_dict(entries: dict[int, Operands]) -> bytes:
    return b"".join(_written(operator, operands) for operator, operands in entries.items())


def _write_index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    offsets = [1]
    for item in items:
        offsets.append(offsets[-1] + len(item))
    places = b"".join(struct.pack(">I", offset) for offset in offsets)
    return struct.pack(">HB", len(items), 4) + places + b"".join(items)


# -- the typeface ------------------------------------------------------------------------------------------------------
class Typeface:
    def __init__(self, data: bytes) -> None:
        count = struct.unpack_from(">H", data, 4)[0]
        entries = (struct.unpack_from(">4s4xII", data, 12 + 16 * n) for n in range(count))
        self._tables = {tag.decode("ascii"): data[at : at + length] for tag, at, length in entries}
        if "CFF " not in self._tables:
            raise UnreadableFont("no CFF outlines")
        self.units: int = struct.unpack_from(">H", self._tables["head"], 18)[0]
        self.box = struct.unpack_from(">4h", self._tables["head"], 36)
        self.ascent, self.descent = struct.unpack_from(">2h", self._tables["hhea"], 4)
        self._long_metrics = struct.unpack_from(">H", self._tables["hhea"], 34)[0]
        self._starts, self._groups = self._read_cmap(self._tables["cmap"])

    @cached_property
    def cff(self) -> Cff:
        return Cff(self._tables["CFF "])

    @staticmethod
    def _read_cmap(table: bytes) -> tuple[list[int], list[tuple[int, int, int]]]:
        for n in range(struct.unpack_from(">H", table, 2)[0]):
            platform, encoding, at = struct.unpack_from(">HHI", table, 4 + 8 * n)
            if (platform, encoding) == (3, 10) and struct.unpack_from(">H", table, at)[0] == 12:
                count = struct.unpack_from(">I", table, at + 12)[0]
                groups = [struct.unpack_from(">III", table, at + 16 + 12 * each) for each in range(count)]
                return [first for first, _, _ in groups], [(first, last, glyph) for first, last, glyph in groups]
        raise UnreadableFont("no table of all Unicode characters")

    def glyph(self, char: str) -> int:
        """0 where the typeface has none."""
        code = ord(char)
        at = bisect_right(self._starts, code) - 1
        if at < 0:
            return 0
        first, last, glyph = self._groups[at]
        return glyph + code - first if code <= last else 0

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters that it cannot draw, each once."""
        return tuple(dict.fromkeys(char for char in text if self.glyph(char) == 0))

    def advance(self, glyph: int) -> int:
        """In units of the em."""
        at = min(glyph, self._long_metrics - 1)
        return int(struct.unpack_from(">H", self._tables["hmtx"], 4 * at)[0])

    def subset(self, glyphs: Sequence[int]) -> tuple[str, bytes]:
        """A name and a CFF in which CID n draws `glyphs[n]`; the first must be 0."""
        cff = self.cff
        outlines = [cff.outline(glyph) for glyph in glyphs]
        fonts = sorted({cff.font_of(glyph) for glyph in glyphs})
        tag = hashlib.sha256(repr(tuple(glyphs)).encode()).digest()
        name = "".join(chr(65 + byte % 26) for byte in tag[:6]) + "+" + cff.name
        return name, _pack(cff, name, outlines, [fonts.index(cff.font_of(glyph)) for glyph in glyphs], fonts)


def _pack(cff: Cff, name: str, outlines: Sequence[bytes], font_of: Sequence[int], fonts: Sequence[int]) -> bytes:
    """Header, names, dictionaries and tables one after another; places are known once the lengths are."""
    count = len(outlines)
    head = b"\1\0\4\4" + _write_index([name.encode("ascii")])
    strings = _write_index([b"Adobe", b"Identity"]) + _write_index([])
    charset = b"\2" + struct.pack(">HH", 1, max(count - 2, 0)) if count > 1 else b"\0"
    runs = [(n, font) for n, font in enumerate(font_of) if n == 0 or font_of[n - 1] != font]
    select = b"\3" + struct.pack(">H", len(runs)) + b"".join(struct.pack(">HB", *run) for run in runs)
    select += struct.pack(">H", count)
    drawings = _write_index(outlines)
    privates = [_write_dict(cff.private_of(font)) for font in fonts]

    def top_dict(at: Sequence[int]) -> bytes:
        entries: dict[int, Operands] = {_ROS: (_ADOBE, _IDENTITY, 0), _CID_COUNT: (count,)}
        entries |= {key: cff.top[key] for key in (_FONT_BBOX, _FONT_MATRIX) if key in cff.top}
        places = zip((_CHARSET, _FD_SELECT, _CHARSTRINGS, _FD_ARRAY), at, strict=True)
        entries |= {operator: (place,) for operator, place in places}
        return _write_index([_write_dict(entries)])

    def font_dicts(first: int) -> bytes:
        written, at = [], first
        for font, private in zip(fonts, privates, strict=True):
            entries = {key: cff.fonts[font][key] for key in (_FONT_MATRIX,) if key in cff.fonts[font]}
            written.append(_write_dict({**entries, _PRIVATE: (len(private), at)}))
            at += len(private)
        return _write_index(written)

    at_charset = len(head) + len(top_dict((0, 0, 0, 0))) + len(strings)
    at_select = at_charset + len(charset)
    at_drawings = at_select + len(select)
    at_fonts = at_drawings + len(drawings)
    at_privates = at_fonts + len(font_dicts(0))
    top = top_dict((at_charset, at_select, at_drawings, at_fonts))
    return b"".join([head, top, strings, charset, select, drawings, font_dicts(at_privates), *privates])


@cache
def sans() -> Typeface:
    """The one that comes with the installation: no font of the system is asked."""
    return Typeface((files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf").read_bytes())
