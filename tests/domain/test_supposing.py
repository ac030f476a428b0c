"""One application of the past under other weights, another way of combining, another pass mark, other conditions."""

from functools import cache

from tests.domain import programs
from tests.domain.cases import Play
from tests.domain.scored import close, judged
from workflow.domain.calendar import official
from workflow.domain.rulebook import Rulebook
from workflow.domain.supposing import Supposition, suppose

PATTERN = "name: 服装制版评分表（权重为示例）\n      track: pattern\n      pass: 75"
MODELING = "modeling_3d: {name: 3D服装建模, weight: 30,"


@cache
def counted() -> Play:
    """Practical 85, 82, 82.5; of the experts one is far below the others: trimmed away. 82.75 in all."""
    play = judged((90, 80), (90, 80), (85, 75), (80, 70), (20, 20))
    close(play, note="相差大，已看过")
    return play


def supposed(*replacements: tuple[str, str]) -> Supposition:
    source = programs.text("fashion_engineer")
    for old, new in replacements:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return under(source)


def under(source: str) -> Supposition:
    play = counted()
    found = suppose(play.book, Rulebook(programs.read(source), 0, official()), play.case)
    assert found is not None
    return found


def test_the_same_text_says_the_same() -> None:
    found = supposed()
    assert (found.before, found.by, dict(found.unreckoned)) == (found.after, (), {})
    assert dict(found.totals) == {key: (total, total) for key, total in counted().case.state.totals.items()}
    assert set(found.totals) == {"theory", "pattern"}


def test_other_weights_are_counted_with_the_marks_given_then() -> None:
    """The whole weight on modeling: what it got, 85, is the total."""
    text = programs.text("fashion_engineer")
    head, sheet, rest = text[: text.index("    pattern:\n")], text[text.index("    pattern:\n") :], ""
    sheet, rest = sheet[: sheet.index("    craft:\n")], sheet[sheet.index("    craft:\n") :]
    for name, weight in (
        ("3D服装建模", 30),
        ("版型结构与精度", 25),
        ("面料与工艺理解", 15),
        ("业绩实效", 20),
        ("带徒与创新", 10),
    ):
        told = f"name: {name}, weight: {weight}"
        assert sheet.count(told) == 1
        sheet = sheet.replace(told, f"name: {name}, weight: {100 if weight == 30 else 0}")
    found = under(head + sheet + rest)
    assert found.totals["pattern"] == (counted().case.state.totals["pattern"], 8500)


def test_another_pass_mark_names_the_sheet_and_both_marks() -> None:
    total = counted().case.state.totals["pattern"]
    found = supposed((PATTERN, PATTERN.replace("75", "95")))
    [one] = found.by
    assert (one.key, one.before, one.after, one.marks) == ("pattern", "meets", "fails", (7500, 9500))
    assert (one.totals, one.parts, found.after) == ((total, total), (), "fails")


def test_another_way_of_combining_moves_what_the_outlier_gave() -> None:
    """The plain mean lets the fifth expert count: 业绩实效 73 instead of 85."""
    found = supposed(("combine: trimmed", "combine: mean"), (PATTERN, PATTERN.replace("75", "82")))
    [one] = found.by
    assert (one.key, one.before, one.after) == ("pattern", "meets", "fails")
    assert [part.name.zh for part in one.parts] == ["业绩实效", "带徒与创新"]
    assert (one.parts[0].before, one.parts[0].after) == (1700, 1460)


def test_what_nobody_marked_then_is_said_and_the_old_total_held_against_the_mark() -> None:
    added = f"grace: {{name: 台风, weight: 0, at: expert, rubric: {{优: 好}}}}\n        {MODELING}"
    found = supposed((MODELING, added), (PATTERN, PATTERN.replace("75", "95")))
    assert str(found.unreckoned["pattern"]) == "当时没有评台风"
    assert found.totals.get("pattern") is None
    assert [(one.key, one.after) for one in found.by] == [("pattern", "fails")]


def test_a_mark_on_another_scale_is_not_read_on_this_one() -> None:
    found = supposed((MODELING, MODELING.replace("weight: 30,", "weight: 30, type: number, max: 50,")))
    assert str(found.unreckoned["pattern"]) == "3D服装建模的打分办法换了"


def test_a_program_without_the_track_does_not_judge() -> None:
    play = counted()
    other = Rulebook(programs.program("yongning_juncai"), 0, official())
    assert suppose(play.book, other, play.case) is None
