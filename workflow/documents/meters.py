"""A meter to 100 as SVG: parts side by side, what is missing dashed, what is too much marked. Values in, text out."""

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

SHADES = 5
_SEAM = Decimal("0.3")  # percent between two parts


def meter(parts: Sequence[tuple[str, Decimal]], says: str, missing: str) -> str:
    """`parts`: name and weight; `missing`: what stands in the gap, such as “差 5”."""
    total = sum((weight for _, weight in parts), Decimal(0))
    full = max(total, Decimal(100))
    at, inner = Decimal(0), ""
    for number, (name, weight) in enumerate(parts):
        share = weight * 100 / full
        if share > 0:
            inner += _part(number % SHADES, at, share, name, weight)
        at += share
    if total < 100:
        left = max(100 - at - _SEAM, Decimal(0))
        inner += (
            f'<rect class="m-gap" x="{at:.2f}%" y="1" width="{left:.2f}%" height="28"/>'
            f'<text class="m-miss" x="{(at + 100) / 2:.2f}%" y="20" text-anchor="middle">{escape(missing)}</text>'
        )
    return f'<svg class="meter" height="30" role="img" aria-label={quoteattr(says)}>{inner}</svg>'


def _part(shade: int, at: Decimal, share: Decimal, name: str, weight: Decimal) -> str:
    number = f"{weight:f}".rstrip("0").rstrip(".") if "." in f"{weight:f}" else f"{weight:f}"
    room = int(share / Decimal("1.6"))  # letters that fit
    label = f'<tspan class="m-name">{escape(name)} </tspan>' if len(name) + 3 <= room else ""
    text = f"{label}{number}" if share > 3 else ""
    wide = max(share - _SEAM, Decimal("0.1"))
    return (
        f'<rect class="m-{shade}" x="{at:.2f}%" width="{wide:.2f}%" height="30"/>'
        f'<text class="mt-{shade}" x="{at + share / 2:.2f}%" y="20" text-anchor="middle">{text}</text>'
    )
