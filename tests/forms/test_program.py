"""The paper of a program carries text both ways and judges nothing."""

from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from forms.fields import CONTROLS, OTHER, Handed
from forms.program import ProgramPaper, id_of, paper_of
from workflow.domain.errors import Reason
from workflow.domain.program.load import load
from workflow.domain.program.schema import FieldTypes, Section
from workflow.domain.words import Words

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.yaml"))


def section(key: str) -> Section:
    definition = load((PROGRAMS[0].parent / "fashion_engineer.yaml").read_text("utf-8")).definition
    assert definition is not None
    return definition.form[key]


def sent(key: str, *pairs: tuple[str, str]) -> ProgramPaper:
    return paper_of(section(key).fields, Handed(), sent=MultiDict(pairs))


def test_every_type_of_the_language_has_a_control() -> None:
    assert set(CONTROLS) == set(FieldTypes.classes)


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_every_section_of_every_program_becomes_paper(path: Path) -> None:
    definition = load(path.read_text("utf-8")).definition
    assert definition is not None
    for each in definition.form.values():
        paper = paper_of(each.fields, Handed())
        assert [control.short_name for control in paper] == list(each.fields)


def test_what_was_typed_comes_out_as_it_was_typed() -> None:
    paper = sent("work", ("years", " 四年 "), ("results-0-item", "一"), ("results-0-date", "前年"), ("unknown", "x"))
    assert paper.typed == {"years": " 四年 ", "results": [{"item": "一", "date": "前年"}]}


def test_what_the_page_did_not_hold_is_not_among_it() -> None:
    assert sent("work", ("post", "制版师")).typed == {"post": "制版师"}


def test_a_box_that_was_unticked_is_told_from_one_that_was_not_there() -> None:
    assert sent("pledge", ("truth", "")).typed == {"truth": ""}
    assert sent("pledge", ("truth", ""), ("truth", "yes")).typed == {"truth": "yes"}
    assert sent("pledge").typed == {}


def test_other_carries_what_was_written() -> None:
    paper = sent("work", ("post", OTHER), ("post-other", "绣花师傅"))
    assert paper.typed == {"post": "绣花师傅"}
    drawn = paper_of(section("work").fields, Handed(), body={"post": "绣花师傅"})
    assert (drawn.post.chosen, drawn.post.written) == (OTHER, "绣花师傅")


@pytest.mark.parametrize("name", ["results-²-item", "results--item", "results-9999-item", "results-x-item", "results-"])
def test_a_row_number_that_no_page_of_ours_sends_is_no_row(name: str) -> None:
    assert sent("work", (name, "x")).typed == {}


def test_a_file_that_comes_as_text_is_nothing() -> None:
    assert sent("files", ("id_copy", "somebody-elses-ref")).typed == {}


def test_a_reason_stands_at_its_cell_and_in_the_summary() -> None:
    paper = sent("work", ("results-0-row", "1"), ("results-1-effect", "很好"))
    paper.take([Reason(Words("要有数字"), "results.2.effect"), Reason(Words("请填写“%(field)s”", field="x"), "years")])
    assert [(reason.where, str(reason.words)) for reason in paper.reasons] == [
        ("years", "请填写“x”"),
        ("results-1-effect", "第 2 行：成效数据：要有数字"),
    ]


def test_only_flagged_places_are_open_during_a_correction() -> None:
    handed = Handed(open=frozenset({"years", "results.2", "works"}))
    body = {"results": [{}, {}], "works": [{}]}
    paper = paper_of(section("work").fields, handed, body=body)
    rows = [[cell.locked for cell in row.form] for row in paper.results]
    assert (paper.years.locked, paper.post.locked, paper.results.locked, paper.works.locked) == (
        False,
        True,
        True,
        False,
    )
    assert rows == [[True] * 5, [False] * 5]
    assert [cell.locked for cell in paper.works[0].form] == [False] * 4


@pytest.mark.parametrize(
    ("path", "found"), [("years", "years"), ("results.2.effect", "results-1-effect"), ("results.2", "results")]
)
def test_a_path_has_one_id(path: str, found: str) -> None:
    assert id_of(path) == found
