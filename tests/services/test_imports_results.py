"""Results of a stage from a table: a verdict per row, each case by an act of its own, and what comes after."""

from datetime import datetime
from functools import lru_cache

import pytest
from sqlalchemy import select

from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from tests.laws.queries import counted
from tests.services.sheets import sheet, texts
from tests.services.taught import School
from workflow.documents.spreadsheet import read
from workflow.domain.errors import InvalidInput, KeyReused, NotFound
from workflow.services import actions, evidence, imports, replay, results_places
from workflow.services import imports_results as results
from workflow.services.casework import find, open_case
from workflow.services.imports import Preview, Report

HEADER = ("编号", "姓名", "卷面成绩")


@pytest.fixture
def school(database: str, now: datetime) -> School:
    return School(now)


def look(school: School, *rows: tuple[str, ...], who: str = "school", header: tuple[str, ...] = HEADER) -> Preview:
    return results.preview(school.place(who), sheet(header, *rows), school[who], school.now)


_file = lru_cache(sheet)  # the same rows are the same file: a workbook says in which second it was written


def take(
    school: School, *rows: tuple[str, ...], who: str = "school", reason: str = "", key: str | None = None,
    header: tuple[str, ...] = HEADER,
) -> Report:  # fmt: skip
    return results.take_over(
        school.place(who),
        _file(header, *rows),
        "good_rows_only",
        school[who],
        school.now,
        reason=reason,
        request_key=key,
    )


def verdicts(found: Preview) -> list[str]:
    return [line.verdict for line in found.lines]


def why(found: Preview, row: int = 0) -> str:
    return "；".join(str(reason.words) for reason in found.lines[row].reasons)


def totals(school: School, ref: str) -> list[tuple[int, str, str | None]]:
    with reading() as session:
        state = open_case(session, find(session, ref).id).application.state
        return [(each.total, each.state, each.source) for each in state.reviews]


def facts(school: School, ref: str) -> list[EventRow]:
    with reading() as session:
        number = find(session, ref).id
        wanted = select(EventRow).join(Stream).where(Stream.kind == "application", Stream.subject_id == number)
        return list(session.scalars(wanted.where(EventRow.kind == "review_submitted").order_by(EventRow.seq)))


# -- who and where -----------------------------------------------------------------------------------------------------
def test_the_table_names_those_whose_results_are_owed_and_no_one_of_another_school(school: School) -> None:
    mine, _other = school.bring(3), school.bring(2, "other school")
    place = school.place()
    rows = texts(results.table_of(school["school"], place))
    assert rows[0] == ("编号", "姓名", "卷面成绩", "更正理由")
    assert [row[:2] for row in rows[1:]] == [school.named(ref) for ref in mine]
    assert [each.waiting for each in results_places.owed(school["school"])] == [3]
    assert [each.waiting for each in results_places.owed(school["manager"])] == [5]  # who closes the stage


def test_a_stage_opens_to_no_one_else(school: School) -> None:
    school.bring()
    place = school.place()
    for who in ("clerk", "hr", "employer"):
        assert results_places.owed(school[who]) == ()
        with pytest.raises(NotFound):
            results_places.place_of(school[who], place.round_ref, "theory")
        with pytest.raises(NotFound):
            results.preview(place, sheet(HEADER, ("FE26-1", "", "80")), school[who], school.now)
    for stage in ("practical", "expert", "formal", "x"):
        with pytest.raises(NotFound):
            results_places.place_of(school["school"], place.round_ref, stage)


def test_people_of_another_school_are_as_if_they_did_not_exist(school: School) -> None:
    mine, other = school.bring()[0], school.bring(1, "other school")[0]
    found = look(school, (*school.named(mine), "80"), (*school.named(other), "80"), ("FE26-999999", "", "80"))
    assert verdicts(found) == ["new", "wrong", "wrong"]
    assert why(found, 1) == why(found, 2) == "没有这个编号，或者不归你录成绩"
    report = take(school, (*school.named(other), "80"))
    assert (dict(report.counts), totals(school, other)) == ({"wrong": 1}, [])


# -- a verdict per row -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("101", "最高 100"),
        ("-1", "不能是负数"),
        ("八十", "要填数"),
        ("80.555", "最多两位小数"),
        ("NaN", "要填数"),
        ("1e9", "要填数"),
        ("", "没有填"),
        ("缺考", "要填数"),
    ],
)
def test_points_that_cannot_be_are_refused_in_words(school: School, typed: str, said: str) -> None:
    ref = school.bring()[0]
    found = look(school, (*school.named(ref), typed))
    assert verdicts(found) == ["wrong"]
    assert said in why(found)
    assert found.lines[0].reasons[0].where == "points.exam"


@pytest.mark.parametrize("typed", ["80", "80.5", " 80 ", "８０", "0", "100", "80.50"])
def test_points_that_can_be_are_taken(school: School, typed: str) -> None:
    ref = school.bring()[0]
    assert dict(take(school, (*school.named(ref), typed)).counts) == {"new": 1}


def test_each_row_says_what_is_wrong_with_it(school: School) -> None:
    one, two, three = school.bring(3)
    late = school.bring()[0]
    take(school, (*school.named(late), "80"))
    close(school, late, "pass")
    held = school.bring()[0]
    actions.perform(held, "hold", school["manager"], school.now, inputs={"basis": "等调查"})
    found = look(
        school,
        (*school.named(one), "88"),
        (school.named(two)[0], "李四", "70"),
        (*school.named(late), "70"),
        (*school.named(held), "70"),
        ("", "王五", "70"),
        (*school.named(three), "70"),
        (*school.named(three), "71"),
        (*school.named(one), "88"),
    )
    assert verdicts(found) == ["new", "conflict", "wrong", "wrong", "wrong", "conflict", "conflict", "same"]
    assert why(found, 0) == "88.00 分，到及格线 60"
    assert "不是这个人" in why(found, 1)
    assert "已经过了“理论测试”，现在在“实操考核”" in why(found, 2)
    assert "停表" in why(found, 3)
    assert "编号没有填" in why(found, 4)
    assert "和第 8 行" in why(found, 5)
    assert "和第 7 行" in why(found, 6)
    assert "第 2 行" in why(found, 7)


def test_the_error_file_comes_back_corrected(school: School) -> None:
    one, two = school.bring(2)
    data = sheet(HEADER, (*school.named(one), "101"), (*school.named(two), "75"))
    kind = results.ResultList(school.place())
    rows = texts(imports.error_file(kind, data, school["school"], school.now))
    assert rows == [(*HEADER, "原因"), (*school.named(one), "101", rows[1][3])]
    assert rows[1][3].startswith("卷面成绩：")
    corrected = (*rows[1][:2], "99", rows[1][3])
    assert dict(take(school, corrected, header=(*HEADER, "原因")).counts) == {"new": 1}


# -- taking over -------------------------------------------------------------------------------------------------------
def test_each_case_has_an_event_of_its_own_that_names_the_file(school: School) -> None:
    one, two = school.bring(2)
    data = sheet(HEADER, (*school.named(one), "88"), (*school.named(two), "55.5"))
    results.take_over(school.place(), data, "all_or_nothing", school["school"], school.now)
    digest = imports.read(results.ResultList(school.place()), data).digest
    assert [totals(school, ref) for ref in (one, two)] == [
        [(8800, "submitted", digest[:40])],
        [(5550, "submitted", digest[:40])],
    ]
    assert [fact.actor_id for fact in facts(school, one)] == [school["school"].account_id]
    told = evidence_of_lists()
    assert [(each.actor_id, each.body["file"], each.body["counts"]) for each in told] == [
        (school["school"].account_id, digest, {"new": 2})
    ]
    assert evidence.verify() == []
    assert replay.replay(school.now)[1] == []


def evidence_of_lists() -> list[EventRow]:
    with reading() as session:
        wanted = select(EventRow).join(Stream).where(Stream.kind == StreamKind.INSTALLATION.value)
        return list(session.scalars(wanted.where(EventRow.kind == "list_imported")))


def test_all_or_nothing_writes_nothing_beside_a_bad_row(school: School) -> None:
    one, two = school.bring(2)
    data = sheet(HEADER, (*school.named(one), "88"), (*school.named(two), "101"))
    report = results.take_over(school.place(), data, "all_or_nothing", school["school"], school.now)
    assert (report.written, len(report.bad), totals(school, one)) == (False, 1, [])
    report = results.take_over(school.place(), data, "good_rows_only", school["school"], school.now)
    assert (report.written, dict(report.counts)) == (True, {"new": 1, "wrong": 1})


def test_the_same_table_again_changes_nothing(school: School) -> None:
    row = (*school.named(school.bring()[0]), "88")
    take(school, row)
    assert verdicts(look(school, row)) == ["same"]
    assert dict(take(school, row).counts) == {"same": 1}


def test_the_same_request_is_one_act_and_its_key_serves_no_other(school: School) -> None:
    one, two = school.bring(2)
    first = take(school, (*school.named(one), "88"), key="k1")
    again = take(school, (*school.named(one), "88"), key="k1")
    assert dict(first.counts) == dict(again.counts) == {"new": 1}
    assert len(facts(school, one)) == 1
    with pytest.raises(KeyReused):
        take(school, (*school.named(two), "88"), key="k1")


def test_a_result_is_replaced_with_a_reason_and_shows_old_and_new(school: School) -> None:
    ref = school.bring()[0]
    take(school, (*school.named(ref), "55"))
    row = (*school.named(ref), "61.5")
    found = look(school, row)
    assert verdicts(found) == ["changed"]
    assert why(found) == "卷面成绩：55.00 → 61.5；61.50 分，到及格线 60"
    with pytest.raises(InvalidInput) as refused:
        take(school, row)
    assert refused.value.reasons[0].where == "reason"
    assert dict(take(school, row, reason="登分有误").counts) == {"changed": 1}
    assert [each[:2] for each in totals(school, ref)] == [(5500, "replaced"), (6150, "submitted")]
    with reading() as session:
        assert open_case(session, find(session, ref).id).application.state.stage == "theory"


def test_a_reason_may_stand_in_the_row(school: School) -> None:
    ref = school.bring()[0]
    take(school, (*school.named(ref), "55"))
    header = (*HEADER, "更正理由")
    assert dict(take(school, (*school.named(ref), "70", "复核加分"), header=header).counts) == {"changed": 1}


def close(school: School, ref: str, effect: str) -> None:
    actions.perform(ref, "close", school["manager"], school.now, inputs={"effect": effect})


def test_the_line_is_decided_by_the_newest_table(school: School) -> None:
    ref = school.bring()[0]
    take(school, (*school.named(ref), "55"))
    take(school, (*school.named(ref), "60"), reason="登分有误")
    close(school, ref, "pass")
    with reading() as session:
        assert open_case(session, find(session, ref).id).application.state.stage == "practical"


@pytest.mark.parametrize(
    ("points", "effect", "said"), [("80", "pass", "已经过了“理论测试”"), ("40", "refuse", "未通过")]
)
def test_what_was_closed_is_closed_to_tables(school: School, points: str, effect: str, said: str) -> None:
    ref = school.bring()[0]
    take(school, (*school.named(ref), points))
    close(school, ref, effect)
    found = look(school, (*school.named(ref), "90"))
    assert verdicts(found) == ["wrong"]
    assert said in why(found)
    assert dict(take(school, (*school.named(ref), "90"), reason="更正").counts) == {"wrong": 1}


def test_who_closes_the_stage_brings_the_results_of_all(school: School) -> None:
    one, two = school.bring()[0], school.bring(1, "other school")[0]
    rows = [(*school.named(ref), "70") for ref in (one, two)]
    assert dict(take(school, *rows, who="manager").counts) == {"new": 2}


# -- much --------------------------------------------------------------------------------------------------------------
def test_many_rows_cost_each_the_same(school: School) -> None:
    refs = school.bring(24)
    rows = [(*school.named(ref), "70") for ref in refs]
    place, me = school.place(), school["school"]
    results.preview(place, sheet(HEADER, *rows[:2]), me, school.now)
    with counted() as few:
        results.preview(place, sheet(HEADER, *rows[:4]), me, school.now)
    with counted() as many:
        results.preview(place, sheet(HEADER, *rows), me, school.now)
    assert len(many) == len(few)
    with counted() as taken:
        results.take_over(place, sheet(HEADER, *rows), "all_or_nothing", me, school.now)
    assert len(taken) / 24 < 30


def test_a_list_longer_than_one_transaction_goes_on_where_it_stopped(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "IN_ONE_TRANSACTION", 2)
    refs = school.bring(5)
    rows = [(*school.named(ref), "70") for ref in refs]
    stopped = _stopping_at(monkeypatch, 3)
    with pytest.raises(RuntimeError):
        take(school, *rows, key="long")
    assert [len(facts(school, ref)) for ref in refs] == [1, 1, 0, 0, 0]
    stopped.undo()
    monkeypatch.setattr(results, "IN_ONE_TRANSACTION", 2)
    assert dict(take(school, *rows, key="long").counts) == {"new": 5}
    assert [len(facts(school, ref)) for ref in refs] == [1] * 5


def _stopping_at(monkeypatch: pytest.MonkeyPatch, number: int) -> pytest.MonkeyPatch:
    """The process dies while the third case is written."""
    real, done = actions.carry_out, []

    def carry_out(*given: object) -> object:
        done.append(1)
        if len(done) == number:
            raise RuntimeError("gone")
        return real(*given)

    monkeypatch.setattr(results.actions, "carry_out", carry_out)
    return monkeypatch


def test_text_stays_text(school: School) -> None:
    """What a table sends out can be filled in and brought back as it is."""
    refs = school.bring(2)
    rows = read(results.table_of(school["school"], school.place()))
    filled = [(*row.cells[:2], "77") for row in rows[1:]]
    assert dict(take(school, *filled).counts) == {"new": 2}
    assert all(totals(school, ref) for ref in refs)
