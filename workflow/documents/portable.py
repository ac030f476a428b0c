"""One page of a PDF: words with a real text layer, lines and areas. The same values always give the same bytes.

Places are points from the top left corner; the baseline of words stands at `y`.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workflow.documents.typeface import Typeface

Color = tuple[int, int, int]
INK: Color = (0x16, 0x21, 0x1F)
_STROKE = 0.028  # of the size: how much heavier emphasized words are drawn


def color(written: str) -> Color:
    """`#0d5563`."""
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


@dataclass
class Sheet:
    width: float
    height: float
    face: Typeface
    title: str
    _ops: list[str] = field(default_factory=list)
    _glyphs: list[int] = field(default_factory=lambda: [0])
    _meant: list[str] = field(default_factory=lambda: [""])

    # -- words ---------------------------------------------------------------------------------------------------------
    def length(self, text: str, size: float, spacing: float = 0) -> float:
        """How wide the words are drawn; `spacing` stands between them, not after the last."""
        advances = sum(self.face.advance(self.face.glyph(char)) for char in text)
        return advances * size / self.face.units + spacing * max(len(text) - 1, 0)

    def words(
        self, x: float, y: float, text: str, size: float, *, ink: Color = INK, heavy: bool = False, spacing: float = 0
    ) -> float:
        """Draw from `x`; where the next words would begin."""
        if not text:
            return x
        codes = "".join(f"{self._code(char):04x}" for char in text)
        paint = f"2 Tr {_n(size * _STROKE)} w {_rgb(ink)} RG" if heavy else "0 Tr"
        self._ops.append(
            f"BT {_rgb(ink)} rg {paint} /F1 {_n(size)} Tf {_n(spacing)} Tc "
            f"1 0 0 1 {_n(x)} {_n(self.height - y)} Tm <{codes}> Tj ET"
        )
        return x + self.length(text, size, spacing) + spacing

    def centered(self, middle: float, y: float, text: str, size: float, **how: object) -> None:
        spacing = how.get("spacing", 0)
        width = self.length(text, size, spacing if isinstance(spacing, int | float) else 0)
        self.words(middle - width / 2, y, text, size, **how)  # type: ignore[arg-type]

    def _code(self, char: str) -> int:
        """The number by which this page knows the character."""
        if char in self._meant:
            return self._meant.index(char)
        self._glyphs.append(self.face.glyph(char))
        self._meant.append(char)
        return len(self._meant) - 1

    # -- areas and lines -----------------------------------------------------------------------------------------------
    def area(self, x: float, y: float, width: float, height: float, ink: Color) -> None:
        self.areas([(x, y, width, height)], ink)

    def areas(self, boxes: Iterable[tuple[float, float, float, float]], ink: Color) -> None:
        """Boxes of one color, filled at once."""
        drawn = " ".join(f"{_n(x)} {_n(self.height - y - h)} {_n(w)} {_n(h)} re" for x, y, w, h in boxes)
        self._ops.append(f"{_rgb(ink)} rg {drawn} f")

    def frame(self, x: float, y: float, width: float, height: float, thick: float, ink: Color) -> None:
        box = f"{_n(x)} {_n(self.height - y - height)} {_n(width)} {_n(height)} re"
        self._ops.append(f"{_rgb(ink)} RG {_n(thick)} w {box} S")

    # -- the file ------------------------------------------------------------------------------------------------------
    def pdf(self) -> bytes:
        name, program = self.face.subset(self._glyphs)
        scale = 1000 / self.face.units
        widths = " ".join(_n(self.face.advance(glyph) * scale) for glyph in self._glyphs)
        box = " ".join(_n(each * scale) for each in self.face.box)
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (zh-Hans) /ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_n(self.width)} {_n(self.height)}] "
            f"/Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>".encode(),
            _stream("\n".join(self._ops).encode("ascii")),
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [6 0 R] /ToUnicode 9 0 R >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{name} "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor 7 0 R /DW 1000 /W [0 [{widths}]] >>".encode(),
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
            f"/Ascent {_n(self.face.ascent * scale)} /Descent {_n(self.face.descent * scale)} "
            f"/CapHeight 733 /StemV 80 /FontFile3 8 0 R >>".encode(),
            _stream(program, "/Subtype /CIDFontType0C"),
            _stream(_meanings(self._meant)),
            b"<< /Title " + _text(self.title) + b" >>",
        ]
        return _file(objects)


def _n(value: float) -> str:
    """Thousandths of a point are enough; one spelling for each."""
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def _rgb(ink: Color) -> str:
    return " ".join(_n(part / 255) for part in ink)


def _text(value: str) -> bytes:
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def _stream(data: bytes, more: str = "") -> bytes:
    packed = zlib.compress(data, 9)
    return f"<< /Length {len(packed)} /Filter /FlateDecode {more} >>\nstream\n".encode() + packed + b"\nendstream"


def _meanings(meant: Sequence[str]) -> bytes:
    """What each number of the page means, so that the words can be searched and copied."""
    lines = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for code, char in enumerate(meant) if char]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def _file(objects: Sequence[bytes]) -> bytes:
    """Objects 1 to n; the first is the catalog, the last the information about the document."""
    out = bytearray(b"%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    digest = hashlib.sha256(out).hexdigest()[:32]
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R /ID [<{digest}> <{digest}>] >>\n"
        f"startxref\n{table}\n%%EOF\n"
    ).encode()
    return bytes(out)
