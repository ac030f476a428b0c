"""Pictures in and out: looked at, decoded whole, and written anew without anything that was attached to them."""

import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # `rewritten` refuses them itself
_FORMATS = {"jpg": ("JPEG",), "png": ("PNG",)}


class Unreadable(Exception):
    """No picture of the kind it claims to be, or damaged."""


class TooManyPixels(Exception):
    """Small on the wire, huge when unfolded."""


def rewritten(path: Path, kind: str) -> bytes:
    """The picture itself, upright, without EXIF, places, comments, profiles or whatever else hung on the file."""
    try:
        with Image.open(path, formats=_FORMATS[kind]) as opened:
            if opened.width > MAX_SIDE or opened.height > MAX_SIDE or opened.width * opened.height > MAX_PIXELS:
                raise TooManyPixels
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            return _written(_plain(upright, kind), kind)
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable from error


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    modes = ("L", "RGB") if kind == "jpg" else ("L", "RGB", "RGBA", "P")
    mode = picture.mode if picture.mode in modes else "RGBA" if kind == "png" and "A" in picture.mode else "RGB"
    plain = picture.convert(mode) if mode != picture.mode else picture.copy()
    transparency = picture.info.get("transparency")
    plain.info = {"transparency": transparency} if mode == "P" and transparency is not None else {}
    return plain


def _written(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    if kind == "jpg":
        picture.save(out, "JPEG", quality=90, optimize=True)
    else:
        picture.save(out, "PNG", optimize=False)
    return out.getvalue()


def fitted(path: Path, width: int) -> Image.Image:
    """A stored picture at most `width` wide, on white, for the screen."""
    with Image.open(path) as opened:
        opened.draft("RGB", (width, width * 2))
        opened.load()
        picture = opened.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    if ground.width > width:
        ground = ground.resize((width, max(1, ground.height * width // ground.width)), Image.Resampling.LANCZOS)
    return ground


# -- watermark ---------------------------------------------------------------------------------------------------------
@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    found = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"
    return ImageFont.truetype(BytesIO(found.read_bytes()), size)


def marked(picture: Image.Image, lines: Sequence[str]) -> Image.Image:
    """The lines across the whole picture, aslant and half transparent: legible, and nothing below it is hidden."""
    if not lines:
        return picture
    font = _font(max(14, picture.width // 45))
    tile = _tile(lines, font)
    veil = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    for row, top in enumerate(range(-tile.height // 2, picture.height, tile.height)):
        for left in range(-(row % 2) * tile.width // 2, picture.width, tile.width):
            veil.alpha_composite(tile, (max(left, 0), max(top, 0)), (max(-left, 0), max(-top, 0)))
    return Image.alpha_composite(picture.convert("RGBA"), veil).convert("RGB")


def _tile(lines: Sequence[str], font: ImageFont.FreeTypeFont) -> Image.Image:
    wide = int(max(font.getlength(line) for line in lines))
    tall = int(font.size * 1.5) * len(lines)
    flat = Image.new("RGBA", (wide + 8, tall + 8), (0, 0, 0, 0))
    pen = ImageDraw.Draw(flat)
    for number, line in enumerate(lines):
        pen.text((4, 4 + number * int(font.size * 1.5)), line, font=font, fill=(90, 102, 99, 84))
    slanted = flat.rotate(24, expand=True, resample=Image.Resampling.BICUBIC)
    tile = Image.new("RGBA", (int(slanted.width * 1.15), int(slanted.height * 1.5)), (0, 0, 0, 0))
    tile.alpha_composite(slanted)
    return tile


def as_jpeg(picture: Image.Image) -> bytes:
    return _written(picture.convert("RGB"), "jpg")
