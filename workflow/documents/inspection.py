"""Is this file what it says, whole, and harmless to keep? Its name, its first bytes and a real decoder must agree."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import puremagic

from workflow.documents import images, pages, videos
from workflow.domain.words import Words

MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4"}
_NAMED = {"pdf": "pdf", "jpg": "jpg", "jpeg": "jpg", "jfif": "jpg", "png": "png", "mp4": "mp4", "m4v": "mp4"}
_SAID = {"pdf": "PDF", "jpg": "JPG", "png": "PNG", "mp4": "MP4"}
_LONGEST_NAME = 120
_RUNS = re.compile(
    r"\.(exe|com|scr|bat|cmd|msi|js|jse|vbs|vbe|wsf|ps1|sh|jar|apk|lnk|hta|htm|html|xhtml|svg|php\d?|phtml|asp|aspx|jsp)\.",
    re.IGNORECASE,
)
_FIRST = {"pdf": (b"%PDF-",), "jpg": (b"\xff\xd8\xff",), "png": (b"\x89PNG\r\n\x1a\n",)}


class Refused(Exception):
    """One sentence that names the rule."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class Inspected:
    """`rewritten` is what to store in place of what came; None = the file itself (a film is blanked in place)."""

    kind: str
    media_type: str
    pages: int | None = None
    rewritten: BytesIO | None = None


def checked_name(raw: str | None) -> str:
    """The sender's name for it, fit to be shown and sent back, or the sentence that says why it is not."""
    name = unicodedata.normalize("NFC", raw or "").strip()
    if not name or name.strip(". ") == "":
        raise Refused(Words("文件没有名字，请重新选择"))
    if "/" in name or "\\" in name:
        raise Refused(Words("文件名里有路径符号（/ 或 \\），请改名后再传"))
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and sign != "\u200d" for sign in name):
        raise Refused(Words("文件名里有看不见的控制符，请改名后再传"))
    if _RUNS.search(name):
        raise Refused(Words("文件名里藏着程序或网页的后缀，请改名后再传"))
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". "):
        raise Refused(Words("文件名没有后缀，看不出是哪种文件"))
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def inspect(path: Path, size: int, name: str, accept: Sequence[str]) -> Inspected:
    """Raises Refused. Nothing is stored here."""
    kind = _NAMED.get(name.rpartition(".")[2].lower())
    allowed = "、".join(_SAID[each] for each in accept)
    if kind is None or kind not in accept:
        raise Refused(Words("这里只收 %(kinds)s，这份不是", kinds=allowed))
    if size == 0:
        raise Refused(Words("这个文件是空的，请重新选择"))
    found = sniffed(path)
    if found != kind:
        raise Refused(_not_what_it_says(kind, found))
    return _DECODERS[kind](path)


def sniffed(path: Path) -> str | None:
    """The kind by its first bytes, where our own eyes and puremagic's agree."""
    with path.open("rb") as file:
        head = file.read(16)
    own = next((kind for kind, starts in _FIRST.items() if head.startswith(starts)), None)
    if own is None and head[4:8] == b"ftyp":
        own = "mp4"
    if own is None:
        return None
    try:
        guesses = {guess.extension.lstrip(".").lower() for guess in puremagic.magic_file(path)}
    except (puremagic.PureError, ValueError):
        return None
    return own if {_NAMED.get(guess) for guess in guesses} & {own} or own == "mp4" else None


def _not_what_it_says(kind: str, found: str | None) -> Words:
    if found is None:
        return Words("名字说是 %(kind)s，内容却不是。请用原来的软件另存为 %(kind)s 再传", kind=_SAID[kind])
    return Words("名字说是 %(kind)s，内容却是 %(found)s，请把后缀改对再传", kind=_SAID[kind], found=_SAID[found])


def _picture(kind: str, path: Path) -> Inspected:
    try:
        return Inspected(kind, MEDIA_TYPES[kind], 1, BytesIO(images.rewritten(path, kind)))
    except images.TooManyPixels:
        raise Refused(Words("这张图太大（像素太多），请缩小到 5000 万像素以内再传")) from None
    except images.Unreadable:
        raise Refused(Words("这张图打不开，可能没有传完或已损坏，请重新拍或重新导出")) from None


def _document(path: Path) -> Inspected:
    try:
        return Inspected("pdf", MEDIA_TYPES["pdf"], pages.checked(path))
    except pages.Locked:
        raise Refused(Words("这份 PDF 加了密码，请去掉密码再传")) from None
    except pages.Active:
        raise Refused(Words("这份 PDF 里带有脚本、附件或别的文件，请重新“打印成 PDF”再传")) from None
    except pages.TooManyPages:
        raise Refused(Words("这份 PDF 超过 %(n)s 页，请分开或精简后再传", n=pages.MAX_PAGES)) from None
    except pages.Broken:
        raise Refused(Words("这份 PDF 打不开，可能没有传完或已损坏，请重新导出再传")) from None


def _film(path: Path) -> Inspected:
    try:
        videos.blanked(path)
    except videos.Unreadable:
        raise Refused(Words("这段录屏打不开，可能没有传完或已损坏，请重新导出为 MP4 再传")) from None
    return Inspected("mp4", MEDIA_TYPES["mp4"])


_DECODERS = {
    "pdf": _document,
    "jpg": lambda path: _picture("jpg", path),
    "png": lambda path: _picture("png", path),
    "mp4": _film,
}
