"""Two wordings in one line: what stays, what went, what came; both can be read off it again."""

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.programs import text
from workflow.domain.program.compare import compare
from workflow.domain.program.editing import Put, edit
from workflow.domain.program.load import load
from workflow.domain.program.problems import Path
from workflow.domain.program.wordwise import Piece, marked, pieces_of


def pieces(path: Path, value: object) -> list[tuple[str, str]]:
    was = text("fashion_engineer")
    old, new = load(was).definition, load(edit(was, Put(path, value)).text).definition
    assert old is not None
    assert new is not None
    (change,) = compare(old, new)
    return [(piece.kind, piece.text) for piece in pieces_of(change)]


def test_a_rule_shows_the_number_that_changed_and_nothing_else() -> None:
    assert marked("years >= 3 && insured_months >= 12", "years >= 5 && insured_months >= 12") == (
        Piece("same", "years >= "), Piece("out", "3"), Piece("in", "5"), Piece("same", " && insured_months >= 12"),
    )  # fmt: skip


def test_a_chinese_sentence_is_marked_sign_by_sign_but_not_shredded() -> None:
    found = marked("请上传近六个月的社保缴费证明", "请上传近十二个月的社保缴费证明原件")
    assert [(piece.kind, piece.text) for piece in found] == [
        ("same", "请上传近"), ("out", "六"), ("in", "十二"), ("same", "个月的社保缴费证明"), ("in", "原件"),
    ]  # fmt: skip
    shredded = marked("甲乙丙丁戊己庚辛", "子乙丑丁寅己卯辛")
    assert [piece.kind for piece in shredded] == ["out", "in", "same"]


def test_a_change_of_a_text_is_marked_and_a_short_one_is_said_in_the_sentence() -> None:
    rule = ("eligibility", "rules", "E2", "rule")
    assert [kind for kind, _ in pieces(rule, "years >= 49 || insured_months >= 120")] != []
    assert pieces(("stages", "formal", "name"), "形式检查") == []


def test_a_route_is_marked_stage_by_stage() -> None:
    route = ["employer_confirm", "formal", "theory", "eligibility", "practical", "expert", "joint", "meeting",
             "notice", "award", "valid"]  # fmt: skip
    found = pieces(("route",), route)
    assert {kind for kind, _ in found} == {"same", "out", "in"}
    assert ("in", "理论测试、") in found
    assert all(text.endswith("、") for _, text in found[:-1])  # so that groups of names do not run together


@given(st.text("甲乙丙丁ab 12，", max_size=30), st.text("甲乙丙丁ab 12，", max_size=30))
def test_both_wordings_can_be_read_off_it(old: str, new: str) -> None:
    found = marked(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "in") == old
    assert "".join(piece.text for piece in found if piece.kind != "out") == new
