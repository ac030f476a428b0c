"""Plots: well-formed, to scale, and never saying more than their numbers."""

from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from workflow.documents import charts
from workflow.documents.charts import Bar, Column, Stack

counts = st.integers(0, 5000)
STYLES = ("a", "b", "c")


def drawn(svg: str) -> tuple[ElementTree.Element, list[ElementTree.Element]]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    return root, [each for each in root if each.tag == "rect"]


@given(counts, counts, counts)
def test_a_bar_is_as_long_as_its_share(whole: int, part: int, most: int) -> None:
    most = max(most, whole)
    _, (light, *dark) = drawn(charts.bar(Bar(whole, part), most, "说明"))
    exact = Decimal(320) * whole / most if most else Decimal(0)
    assert abs(Decimal(light.attrib["width"]) - max(exact, Decimal(1 if whole else 0))) <= Decimal("0.1")
    for each in dark:
        assert Decimal(each.attrib["width"]) <= max(Decimal(light.attrib["width"]), Decimal(1))


@given(st.tuples(counts, counts, counts))
def test_the_parts_of_a_stack_stand_side_by_side(parts: tuple[int, int, int]) -> None:
    _, rects = drawn(charts.stack(Stack(parts), max(sum(parts), 1), STYLES, "说明"))
    assert [each.attrib["class"] for each in rects] == [s for s, value in zip(STYLES, parts, strict=True) if value]
    ends = [(Decimal(each.attrib["x"]), Decimal(each.attrib["width"])) for each in rects]
    for (at, length), (behind, _) in pairwise(ends):
        assert at + length == behind


@given(st.lists(counts, max_size=40))
def test_columns_keep_inside_and_the_highest_says_its_number(values: list[int]) -> None:
    root, rects = drawn(charts.columns([Column(f"11-{at:02}", value) for at, value in enumerate(values)], "说明"))
    assert len(rects) == sum(1 for value in values if value)
    for each in rects:
        assert Decimal(each.attrib["y"]) >= 0
        assert Decimal(each.attrib["x"]) + Decimal(each.attrib["width"]) <= 640
    said = [each.text for each in root if each.tag == "text"]
    assert not any(values) or str(max(values)) in said


def test_words_cannot_break_out_of_a_plot() -> None:
    evil = '"><script>alert(1)</script>'
    for svg in (
        charts.bar(Bar(1), 1, evil),
        charts.stack(Stack((1,)), 1, ("x",), evil),
        charts.columns([Column(evil, 1)], evil),
    ):
        root, _ = drawn(svg)
        assert root.attrib["aria-label"] == evil
        assert "<script" not in svg


def test_the_same_values_give_the_same_plot() -> None:
    values = [Column("11-01", 3), Column("11-02", 0), Column("11-03", 7)]
    assert charts.columns(values, "说明") == charts.columns(values, "说明")
