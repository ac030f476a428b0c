"""Plots as SVG, drawn on the server: values in, text out. Each stands beside a table with the same numbers.

Colors come from the page (`currentColor` and the classes of `.plot`), so that a plot is read in both themes and on
paper; nothing in it says more than the sentence that a screen reader is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Bar:
    """`part` of `whole` is drawn dark."""

    whole: int
    part: int = 0


@dataclass(frozen=True)
class Stack:
    """Parts of one bar, from left to right; `styles` of the plot names what each looks like."""

    parts: tuple[int, ...]


@dataclass(frozen=True)
class Column:
    label: str
    value: int


def bar(one: Bar, most: int, says: str, *, width: int = 320, height: int = 14) -> str:
    """One line of a funnel. `most` is the value of a full bar."""
    whole, part = _share(one.whole, most, width), _share(min(one.part, one.whole), most, width)
    inner = f'<rect class="p-whole" width="{whole}" height="{height}"/>'
    if one.part:
        inner += f'<rect class="p-part" width="{part}" height="{height}"/>'
    return _svg(width, height, says, inner)


def stack(one: Stack, most: int, styles: Sequence[str], says: str, *, width: int = 320, height: int = 14) -> str:
    """Parts side by side; a part of nothing is not drawn."""
    at, inner = Decimal(0), ""
    for value, style in zip(one.parts, styles, strict=True):
        length = _share(value, most, width)
        if value:
            inner += f'<rect class="{escape(style)}" x="{at}" width="{length}" height="{height}"/>'
        at += length
    return _svg(width, height, says, inner)


def columns(values: Sequence[Column], says: str, *, width: int = 640, height: int = 120) -> str:
    """Upright columns over time; first, middle and last carry their label, and the highest its number."""
    most = max((each.value for each in values), default=0)
    room, foot, head = max(len(values), 1), 18, 14
    step = Decimal(width) / room
    inner = f'<path class="p-axis" d="M0 {height - foot}.5H{width}"/>'
    peak = next((at for at, each in enumerate(values) if most and each.value == most), None)
    for at, each in enumerate(values):
        tall = _share(each.value, most, height - foot - head)
        left = _tenth(step * at + step * Decimal("0.15"))
        if each.value:
            top = _tenth(Decimal(height - foot) - tall)
            inner += (
                f'<rect class="p-part" x="{left}" y="{top}" width="{_tenth(step * Decimal("0.7"))}" height="{tall}"/>'
            )
        if at == peak:
            inner += _text(step * at + step / 2, Decimal(height - foot) - tall - 3, str(each.value))
        if at in {0, room // 2, room - 1}:
            inner += _text(step * at + step / 2, Decimal(height - 4), each.label, edge=_edge(at, room))
    return _svg(width, height, says, inner, stretch=False)


@dataclass(frozen=True)
class Step:
    label: str
    value: Decimal


def steps(values: Sequence[Step], says: str, *, warns: Decimal | None = None, warning: str = "") -> str:
    """A standing over its movements: each step as wide as the next, the first and the last with their number, and the
    band below which somebody is warned."""
    width, height, head, foot = 520, 104, 22, 18
    known = [each.value for each in values] + ([warns] if warns is not None else [])
    low, high = min(known), max(known)
    room, span = Decimal(width - 16) / max(len(values), 1), (high - low) or Decimal(1)

    def y(value: Decimal) -> Decimal:
        return _tenth(head + (high - value) / span * (height - head - foot))

    inner = ""
    if warns is not None:
        at = y(warns)
        inner += f'<rect class="p-warns" x="0" y="{at}" width="{width}" height="{height - at}"/>'
        inner += f'<path class="p-dashed" d="M0 {at}H{width}"/>' + _text(Decimal(4), at + 13, warning, edge="start")
    path = f"M4 {y(values[0].value)}"
    for number, each in enumerate(values, start=1):
        path += f"V{y(each.value)}H{_tenth(4 + room * number)}"
    last = values[-1]
    inner += f'<path class="p-line" d="{path}"/>'
    inner += f'<circle class="p-part" cx="{_tenth(4 + room * len(values))}" cy="{y(last.value)}" r="4"/>'
    if len(values) > 1:
        inner += _text(Decimal(4), y(values[0].value) - 6, f"{values[0].label} {values[0].value:f}", edge="start")
    inner += _text(Decimal(width), y(last.value) - 8, f"{last.label} {last.value:f}", edge="end")
    return _svg(width, height, says, inner, stretch=False)


def _edge(at: int, room: int) -> str:
    """The outer labels stay inside."""
    if room == 1:
        return "middle"
    return {0: "start", room - 1: "end"}.get(at, "middle")


def _text(x: Decimal, y: Decimal, words: str, edge: str = "middle") -> str:
    return f'<text class="p-text" x="{_tenth(x)}" y="{_tenth(y)}" text-anchor="{edge}">{escape(words)}</text>'


def _share(value: int, most: int, length: int) -> Decimal:
    """What something is shows: never longer than the bar, never nothing where there is something."""
    if value <= 0 or most <= 0:
        return Decimal("0.0")
    return max(_tenth(Decimal(length) * min(value, most) / most), Decimal("1.0"))


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)


def _svg(width: int, height: int, says: str, inner: str, *, stretch: bool = True) -> str:
    how = ' preserveAspectRatio="none"' if stretch else ""
    tall = f' height="{height}"' if stretch else ""
    return (
        f'<svg class="plot" viewBox="0 0 {width} {height}"{how} width="100%"{tall} role="img" '
        f"aria-label={quoteattr(says)}>{inner}</svg>"
    )
