"""A route as a picture: boxes in a row that turns at the edge, an arrow between them. Values in, text out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_WIDE, _HIGH, _GAP, _ROW, _MARGIN = 150, 48, 26, 74, 6
_ACROSS = 4
_MOST_NAME, _MOST_NOTE = 8.5, 10.0


@dataclass(frozen=True)
class Node:
    """`kind` names the style of its edge; one that may be skipped has a dashed frame."""

    name: str
    note: str
    kind: str = ""
    skipped: bool = False


def picture(nodes: Sequence[Node], says: str) -> str:
    rows = (len(nodes) + _ACROSS - 1) // _ACROSS
    width = min(len(nodes), _ACROSS) * (_WIDE + _GAP) - _GAP + 2 * _MARGIN
    height = max(rows, 1) * _ROW - (_ROW - _HIGH) + 2 * _MARGIN
    inner = "".join([*_arrows(len(nodes)), *(_box(at, node) for at, node in enumerate(nodes))])
    width = max(width, 1)
    return (
        f'<svg class="routepic" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f"aria-label={quoteattr(says)}>{inner}</svg>"
    )


def _place(at: int) -> tuple[int, int]:
    """Every second row runs back, so that an arrow is never longer than a gap."""
    row, column = divmod(at, _ACROSS)
    column = column if row % 2 == 0 else _ACROSS - 1 - column
    return _MARGIN + column * (_WIDE + _GAP), _MARGIN + row * _ROW


def _box(at: int, node: Node) -> str:
    left, top = _place(at)
    dashed = ' stroke-dasharray="5 4"' if node.skipped else ""
    return (
        f'<g class="rp-{escape(node.kind or "none")}"><rect class="rp-box" x="{left}" y="{top}" width="{_WIDE}" '
        f'height="{_HIGH}" rx="4"{dashed}/><rect class="rp-edge" x="{left}" y="{top}" width="4" height="{_HIGH}"/>'
        f'<text class="rp-name" x="{left + 12}" y="{top + 20}">{at + 1} {escape(_cut(node.name, _MOST_NAME))}</text>'
        f'<text class="rp-note" x="{left + 12}" y="{top + 38}">{escape(_cut(node.note, _MOST_NOTE))}</text></g>'
    )


def _arrows(count: int) -> Iterator[str]:
    for at in range(1, count):
        (x0, y0), (x1, y1) = _place(at - 1), _place(at)
        if y0 == y1 and x1 > x0:
            yield _arrow(x0 + _WIDE, y0 + _HIGH // 2, x1 - 2, y1 + _HIGH // 2, "-6 -4 0 0 -6 4")
        elif y0 == y1:
            yield _arrow(x0, y0 + _HIGH // 2, x1 + _WIDE + 2, y1 + _HIGH // 2, "6 -4 0 0 6 4")
        else:
            yield _arrow(x0 + _WIDE // 2, y0 + _HIGH, x1 + _WIDE // 2, y1 - 2, "-4 -6 0 0 4 -6")


def _arrow(x0: int, y0: int, x1: int, y1: int, head: str) -> str:
    return (
        f'<path class="rp-line" d="M{x0} {y0}L{x1} {y1}"/><path class="rp-head" transform="translate({x1} {y1})" '
        f'd="M{head}Z"/>'
    )


def _cut(text: str, most: float) -> str:
    """What fits: a Chinese character counts one, a Latin one a good half."""
    used, kept = 0.0, ""
    for letter in text:
        used += 1.0 if ord(letter) > 0x2E80 else 0.56
        if used > most:
            return f"{kept[:-1]}…"
        kept += letter
    return kept
