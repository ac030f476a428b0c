"""Files nobody should take as they are, made here: each with its name, its bytes and a word of the verdict it gets.

`None` as the verdict = it is taken. They are tried at a field for pdf, jpg, png and mp4 of at most 2 MB.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image
from PIL.Image import Exif


@dataclass(frozen=True)
class Case:
    id: str
    name: str
    content: bytes
    verdict: str | None


def picture(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 120 if mode in ("L", "P", "I;16") else "teal").save(out, kind, **options)
    return out.getvalue()


def with_exif() -> bytes:
    exif = Exif()
    exif[0x010F], exif[0x0110], exif[0x9003] = "Silkphone", "SECRET-SERIAL-77", "2025:03:01 10:00:00"
    return picture("JPEG", exif=exif, comment=b"GPS 30.2,120.1")


def pdf(*, body: bytes = b"", catalog: bytes = b"", pages: int = 1, trailer: bytes = b"") -> bytes:
    """A whole small PDF with a right cross-reference table."""
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        *(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>" for _ in range(pages)),
    ]
    if body:
        objects.append(body)
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def locked_pdf() -> bytes:
    encrypt = (
        b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"28bf4e5e4e758a4164004e56fffa0108" * 2 + b"> /U <"
        b"ab" * 32 + b"> >>"
    )
    return pdf(body=encrypt, trailer=b"/Encrypt 4 0 R /ID [<%s> <%s>]" % (b"ab" * 16, b"ab" * 16))


def zipped(name: str = "a.txt", size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return out.getvalue()


def bomb_png(side: int) -> bytes:
    """A right header of side × side pixels, and hardly any data behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def film(telling: bytes = b"") -> bytes:
    moov = box(b"moov", box(b"mvhd", b"\0" * 100) + (box(b"udta", telling) if telling else b""))
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + moov + box(b"mdat", b"\0" * 200)


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIF = picture("GIF", mode="P")
JPEG, PNG = picture("JPEG"), picture("PNG")


def cases() -> Iterator[Case]:
    yield Case("pdf", "证书.pdf", pdf(), None)
    yield Case("jpeg", "照片.jpg", JPEG, None)
    yield Case("jpeg-long-ending", "照片.jpeg", JPEG, None)
    yield Case("png", "截图.png", PNG, None)
    yield Case("png-with-alpha", "截图.png", picture("PNG", mode="RGBA"), None)
    yield Case("png-16-bit", "截图.png", picture("PNG", mode="I;16"), None)
    yield Case("jpeg-cmyk", "印刷.jpg", picture("JPEG", mode="CMYK"), None)
    yield Case("capitals", "SCAN.PDF", pdf(), None)
    yield Case("mp4", "录屏.mp4", film(), None)
    yield Case("emoji-name", "我的👩‍💼简历📄.pdf", pdf(), None)
    yield Case("long-name", "长" * 250 + ".pdf", pdf(), None)
    yield Case("dots-in-name", "合同v1.2.终稿.pdf", pdf(), None)
    yield Case("blanks-after-end", "证书.pdf", pdf() + b"\n\n \0\0", None)

    yield Case("empty", "空.pdf", b"", "空的")
    yield Case("empty-picture", "空.png", b"", "空的")
    yield Case("huge", "大.pdf", b"%PDF-1.7\n" + b"0" * (3 * 1024 * 1024), "MB")
    yield Case("gif", "动图.gif", GIF, "只收")
    yield Case("svg", "图.svg", SVG, "只收")
    yield Case("html", "页.html", HTML, "只收")
    yield Case("exe", "程序.exe", b"MZ" + b"\0" * 100, "只收")
    yield Case("zip", "包.zip", zipped(), "只收")
    yield Case("docx", "文.docx", zipped("word/document.xml"), "只收")
    yield Case("no-ending", "证书", pdf(), "后缀")
    yield Case("only-ending", ".pdf", pdf(), "后缀")
    yield Case("no-name", "", pdf(), "没有名字")
    yield Case("dots-only", "...", pdf(), "没有名字")

    yield Case("gif-as-png", "图.png", GIF, "内容却不是")
    yield Case("svg-as-png", "图.png", SVG, "内容却不是")
    yield Case("html-as-pdf", "页.pdf", HTML, "内容却不是")
    yield Case("html-as-jpg", "页.jpg", HTML, "内容却不是")
    yield Case("zip-as-pdf", "包.pdf", zipped(), "内容却不是")
    yield Case("zip-bomb-as-pdf", "炸弹.pdf", zipped(size=1_500_000), "内容却不是")
    yield Case("exe-as-pdf", "程序.pdf", b"MZ" + b"\0" * 500, "内容却不是")
    yield Case("png-as-jpg", "图.jpg", PNG, "内容却是 PNG")
    yield Case("jpg-as-png", "图.png", JPEG, "内容却是 JPG")
    yield Case("mp4-as-pdf", "录.pdf", film(), "内容却是 MP4")
    yield Case("pdf-as-mp4", "证.mp4", pdf(), "内容却是 PDF")
    yield Case("text-as-mp4", "录.mp4", b"just text, no boxes at all", "内容却不是")

    yield Case("jpeg-cut-short", "半.jpg", picture("JPEG", (400, 400), quality=95)[:900], "打不开")
    yield Case("png-cut-short", "半.png", PNG[:-30], "打不开")
    yield Case("jpeg-head-only", "头.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, "打不开")
    yield Case("png-50000-square", "大图.png", bomb_png(50_000), "像素太多")
    yield Case("png-9000-square", "大图.png", bomb_png(9_000), "像素太多")
    yield Case("png-one-line-bomb", "线.png", bomb_png(21_000), "像素太多")

    yield Case("pdf-locked", "密.pdf", locked_pdf(), "密码")
    yield Case("pdf-cut-short", "半.pdf", pdf()[:80], "打不开")
    yield Case("pdf-no-pages", "无页.pdf", b"%PDF-1.7\n%%EOF\n", "打不开")
    yield Case("pdf-too-many-pages", "厚.pdf", pdf(pages=301), "超过 300 页")
    yield Case("pdf-script", "脚本.pdf", pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "脚本")
    yield Case("pdf-launch", "启动.pdf", pdf(catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "脚本")
    yield Case("pdf-then-html", "双.pdf", pdf() + HTML, "脚本")
    yield Case("pdf-then-zip", "双.pdf", pdf() + zipped(), "脚本")
    yield Case("html-then-pdf", "双.pdf", HTML + pdf(), "内容却不是")
    yield Case("pdf-with-markup", "双.pdf", pdf(body=b"<script>alert(1)</script>"), "脚本")

    yield Case("mp4-cut-short", "半.mp4", film()[:-50], "打不开")
    yield Case("mp4-no-moov", "空.mp4", box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", b"\0" * 99), "打不开")
    yield Case("mp4-strange-box", "怪.mp4", film() + box(b"evil", b"x" * 20), "打不开")

    yield Case("path-in-name", "../../etc/passwd.pdf", pdf(), "路径")
    yield Case("windows-path", "C:\\桌面\\证书.pdf", pdf(), "路径")
    yield Case("nul-in-name", "证书.pdf\0.exe", pdf(), "控制符")
    yield Case("turned-name", "证书\u202efdp.exe.pdf", pdf(), "控制符")
    yield Case("zero-width-name", "证\u200b书.pdf", pdf(), "控制符")
    yield Case("newline-name", "证书\r\nSet-Cookie: a.pdf", pdf(), "控制符")
    yield Case("double-ending", "证书.exe.pdf", pdf(), "后缀")
    yield Case("double-ending-php", "证书.php.jpg", JPEG, "后缀")
    yield Case("ending-after", "证书.pdf.exe", pdf(), "只收")


CASES = tuple(cases())
