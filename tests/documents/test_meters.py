"""A meter of weights: each part by its name where there is room, by its number where there is not."""

import re
from decimal import Decimal

from workflow.documents.meters import meter


def texts(svg: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


def test_a_part_says_its_name_where_it_fits_and_what_is_missing_stands_in_the_gap() -> None:
    parts = [
        ("建模", Decimal(40)),
        ("面料与工艺理解的深浅", Decimal(10)),
        ("小", Decimal(2)),
        ("A<b", Decimal("30.50")),
    ]
    svg = meter(parts, "权重合计 82.5", "差 17.5")
    assert texts(svg) == ["建模 40", "10", "", "A&lt;b 30.5", "差 17.5"]
    assert '<tspan class="m-name">建模 </tspan>40' in svg, "a narrow screen leaves the name off"
    assert texts(meter([("甲", Decimal(80)), ("乙", Decimal(60))], "多了", "")) == ["甲 80", "乙 60"]
