"""PDF documents: opened by pdfium, which decides whether they are what they say, and shown page by page as pictures."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from workflow.documents import images

MAX_PAGES = 300
WIDTH = 1400
_TAIL = 2048
_ACTIVE = re.compile(rb"/(JavaScript|Launch|RichMedia|SubmitForm|ImportData)\b")
_MARKUP = re.compile(rb"<\s*(script|html|svg|iframe|\?php)\b", re.IGNORECASE)
_pdfium = Lock()  # pdfium keeps global state: one caller at a time


class Broken(Exception):
    """No PDF, or one that cannot be opened."""


class Locked(Exception):
    """Needs a password."""


class Active(Exception):
    """Does something by itself: scripts, attached files, launches; or hides another kind of file."""


class TooManyPages(Exception):
    pass


def checked(path: Path) -> int:
    """How many pages it has, if it is a plain document that opens."""
    _refuse_disguise(path)
    with _opened(path) as document:
        if pdfium.FPDFDoc_GetAttachmentCount(document) or pdfium.FPDFDoc_GetJavaScriptActionCount(document):
            raise Active
        if document.get_formtype() in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND):
            raise Active
        pages = len(document)
        if pages > MAX_PAGES:
            raise TooManyPages
        if pages == 0:
            raise Broken
        document[0].get_size()
    return pages


def _refuse_disguise(path: Path) -> None:
    """A document that begins late, goes on after its end, or carries markup may be read as something else."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-"):
        raise Broken
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Broken
    rest = content[end + 5 :]
    if rest.strip(b"\0 \t\r\n") or len(rest) > _TAIL:
        raise Active
    if _ACTIVE.search(content) or _MARKUP.search(content[:1024]):
        raise Active


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise (Locked if "password" in str(error).lower() else Broken) from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise Broken from error
        finally:
            document.close()


def picture_of(path: Path, media_type: str, number: int, marks: Sequence[str] = (), width: int = WIDTH) -> bytes | None:
    """Page `number` (from 1) as JPEG with the marks across it; None where there is no such page."""
    if media_type == "application/pdf":
        page = _rendered(path, number, width)
    else:
        page = images.fitted(path, width) if number == 1 and media_type.startswith("image/") else None
    return None if page is None else images.as_jpeg(images.marked(page, marks))


def _rendered(path: Path, number: int, width: int) -> Image.Image | None:
    with _opened(path) as document:
        if not 1 <= number <= len(document):
            return None
        page = document[number - 1]
        wide, tall = page.get_size()
        scale = min(width / max(wide, 1), 2 * width / max(tall, 1))
        picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
        return picture.convert("RGB")
