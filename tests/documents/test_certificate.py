"""Certificates as readers get them: one font of their own, words that can be searched, a code to scan."""

import re
import zlib
from random import Random

import pypdfium2
import pytest
import segno

from workflow.documents import certificate
from workflow.documents.certificate import Certificate
from workflow.documents.typeface import sans

RARE = "㐀䶮𫖯頔翀𬍛㛃赟昉垚喆"  # rare, and carried
BEYOND = "𠮷𠀀"  # beyond what the embedded font carries


def a_certificate(**changes: object) -> Certificate:
    values: dict[str, object] = {
        "heading": "时尚工程师证书",
        "english": "CERTIFICATE OF FASHION ENGINEER",
        "name": "叶疏桐",
        "lines": [
            [("经考核、专家评审和公示，", False)],
            [("认定为 ", False), ("2026年第1批时尚工程师", True), ("（服装制版）。", False)],
            [("有效期 ", False), ("三年", True), ("，至 2029年11月30日。", False)],
        ],
        "rows": [("证书编号", "FE-2026-PATTERN-0031"), ("证件号码", "3301**********2046"), ("查验码", "K7M4-2QXD")],
        "link": "https://talent.example/verify/abcdefghijklmnopqrstuvwx",
        "scan": "扫码查验真伪与状态",
        "issuer": "锦澜区人才办（示例）",
        "seal": "锦澜区人才办之印",
        "dated": "2026年11月30日",
    }
    return Certificate(**{**values, **changes})


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return str(document[0].get_textpage().get_text_range())


def test_its_words_can_be_searched() -> None:
    words = words_of(certificate.pdf(a_certificate(name="欧阳" + RARE)))
    for expected in ("时尚工程师证书", "欧阳" + RARE, "2026年第1批时尚工程师（服装制版）。", "FE-2026-PATTERN-0031"):
        assert expected in words


def test_a_character_the_font_lacks_is_told_and_never_drawn_as_a_box() -> None:
    assert certificate.unprintable("叶" + RARE) == ()
    assert certificate.unprintable("𠮷野家𠀀𠮷") == ("𠮷", "𠀀")
    with pytest.raises(ValueError, match="lacks"):
        certificate.pdf(a_certificate(name=BEYOND))


def test_the_same_values_give_the_same_bytes() -> None:
    assert certificate.pdf(a_certificate()) == certificate.pdf(a_certificate())
    assert certificate.pdf(a_certificate()) != certificate.pdf(a_certificate(name="叶疏"))


def test_it_is_one_page_of_a4_across_with_a_small_font_of_its_own() -> None:
    pdf = certificate.pdf(a_certificate())
    document = pypdfium2.PdfDocument(pdf)

    assert len(document) == 1
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [297, 210]
    assert len(pdf) < 60_000, "the whole typeface has 8 MB"
    assert b"/FontFile3" in pdf
    fonts = set(re.findall(rb"/BaseFont /(\S+)", pdf))
    assert len(fonts) == 1
    assert re.fullmatch(rb"[A-Z]{6}\+NotoSansSC-Regular", fonts.pop())


def test_the_code_leads_to_the_verification() -> None:
    """Read back from the drawn page, square by square."""
    one = a_certificate()
    scale = 6
    page = pypdfium2.PdfDocument(certificate.pdf(one))[0].render(scale=scale).to_pil().convert("L")
    rows = [list(row) for row in segno.make(one.link, error="m", micro=False).matrix_iter(border=0)]
    side = certificate.QR_SIDE / len(rows)
    left, top = certificate.WIDTH / 2 - certificate.QR_SIDE / 2, 531.0 - 16 - certificate.QR_SIDE

    def dark(x: int, y: int) -> bool:
        return bool(page.getpixel(((left + (x + 0.5) * side) * scale, (top + (y + 0.5) * side) * scale)) < 128)

    assert [[dark(x, y) for x in range(len(row))] for y, row in enumerate(rows)] == [[bool(c) for c in r] for r in rows]
    assert certificate.QR_SIDE / 72 * 25.4 >= 25


def test_long_names_and_titles_stay_within_the_frame() -> None:
    page = pypdfium2.PdfDocument(
        certificate.pdf(
            a_certificate(name="阿卜杜热合曼·买买提江" * 3, heading="区级优秀农村实用人才带头人" * 2 + "证书")
        )
    )[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    assert min(box[0] for box in boxes) > 40
    assert max(box[2] for box in boxes) < certificate.WIDTH - 40


def test_every_kind_of_outline_is_copied_whole() -> None:
    """What the page's own reader draws from the copied font is what it draws from the font that it came from."""
    face = sans()
    chars = [chr(code) for code in Random(7).sample(range(0x4E00, 0x9FA5), 250)]
    glyphs = [face.glyph(char) for char in chars if face.glyph(char)]
    name, program = face.subset([0, *glyphs])
    assert name.endswith("+NotoSansSC-Regular")
    assert len(zlib.compress(program)) < 120_000
    words = "".join(chars[:40])
    drawn = certificate.pdf(a_certificate(lines=[[(words[:20], False)], [(words[20:], False)]]))
    assert words[:20] in words_of(drawn)
    bare = certificate.pdf(a_certificate(lines=[]))

    def ink(pdf: bytes) -> int:
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("L")
        return sum(page.crop((250, 520, 1450, 660)).histogram()[:100])

    assert ink(drawn) > ink(bare) + 3000, "words in the text layer but nothing on the page"
