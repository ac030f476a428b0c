"""What is known outside the form: recorded with day and source, read as of a day, and heard by the clock."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.applications import CaseFact
from models.awards import RecognitionRow
from models.base import reading
from tests.domain.programs import text
from tests.services.issued import Grounds
from tests.services.plots import Plot
from tests.services.sheets import sheet
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound
from workflow.domain.known import Known, known_on
from workflow.services import clock, imports, known_facts, replay
from workflow.services.casework import find, open_case
from workflow.services.imports_facts import facts_list

MOVED = "insurance_moved_out"


def test_the_value_of_a_day_is_the_newest_known_by_then() -> None:
    facts = {"a": (Known(1, date(2026, 1, 1)), Known(2, date(2026, 3, 1)), Known(3, date(2026, 3, 1))), "b": ()}
    assert known_on(facts, date(2025, 12, 31)) == {}
    assert known_on(facts, date(2026, 2, 1)) == {"a": 1}
    assert known_on(facts, date(2026, 3, 1)) == {"a": 3}


def test_who_records_it_says_when_and_from_where(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.issue(plot.before_award(1)).done[0]
    hr = plot.people["hr"]
    with pytest.raises(InvalidInput) as refused:
        known_facts.record(hr, ref, {MOVED: "也许"}, None, " ", now)
    assert {reason.where for reason in refused.value.reasons} == {MOVED, "as_of", "source"}
    with pytest.raises(NotFound):
        known_facts.record(plot.people["clerk"], ref, {MOVED: "yes"}, plot.today, "参保库", now)

    assert known_facts.record(hr, ref, {MOVED: "no"}, plot.today, "参保库", now, request_key="k") == (MOVED,)
    assert known_facts.record(hr, ref, {MOVED: "no"}, plot.today, "参保库", now, request_key="k") == (MOVED,)
    with reading() as session:
        assert [row.source for row in session.scalars(select(CaseFact))] == ["参保库"]
        case = open_case(session, find(session, ref).id)
        assert case.application.known[MOVED] == (Known(False, plot.today, "参保库"),)


def test_a_newer_fact_lets_the_clock_look_again_and_a_duty_arise(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.issue(plot.before_award(1)).done[0]
    clock.tick(now)
    with reading() as session:
        asleep = session.scalars(select(RecognitionRow.look_on)).one()
    known_facts.record(plot.people["hr"], ref, {MOVED: "yes"}, plot.today, "参保库", now)
    with reading() as session:
        assert session.scalars(select(RecognitionRow.look_on)).one() == plot.today != asleep
    clock.tick(now + timedelta(minutes=1))
    with reading() as session:
        owed = open_case(session, find(session, ref).id).application.state.after.duties
    assert [each.duty for each in owed] == ["moved_away"]
    assert replay.replay(now)[1] == []


def test_a_table_of_a_department_has_a_verdict_for_each_row(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.issue(plot.before_award(2)).done
    with reading() as session:
        first, second = (find(session, ref).number for ref in refs)
    kind, _ = facts_list(plot.people["hr"], plot.round_ref)
    header = ("申报编号", "社保已转出本区", "数据日期", "数据来源")
    day = plot.today.isoformat()
    data = sheet(
        header, (first, "是", day, "参保库"), (second, "不详", day, "参保库"), ("FE26-1-9999", "否", day, "参保库")
    )
    preview = imports.preview(kind, data, plot.people["hr"], now)
    assert [line.verdict for line in preview.lines] == ["new", "wrong", "wrong"]
    report = imports.run(kind, data, "good_rows_only", plot.people["hr"], now)
    assert dict(report.counts) == {"new": 1, "wrong": 2}
    assert imports.preview(kind, data, plot.people["hr"], now).lines[0].verdict == "same"
    with pytest.raises(NotFound):
        facts_list(plot.people["clerk"], plot.round_ref)


def test_an_outside_check_is_an_answer_somebody_recorded(database: str, now: datetime) -> None:
    """Without a register it is not verified while nobody looked; looked up and unclear, a person judges."""
    plot = Plot(now, source=text("fashion_engineer").replace("insured_months >= 6,", "checks.id_online,"))
    (ref,) = plot.plant()
    office, day = plot.people["manager"], local_day(now)

    def judged() -> str:
        with reading() as session:
            case = open_case(session, find(session, ref).id)
            return case.book.judge(case.application)["E1"].result

    assert judged() == "fails"
    for answer, verdict in (("unknown", "look"), ("no", "fails"), ("yes", "meets")):
        known_facts.record(office, ref, {"checks.id_online": answer}, day, "公安查询窗口", now)
        assert judged() == verdict
    with pytest.raises(InvalidInput):
        known_facts.record(office, ref, {"checks.id_online": "yes"}, None, "", now)
    with pytest.raises(NotFound):
        known_facts.record(plot.people["clerk"], ref, {"checks.id_online": "yes"}, day, "查询窗口", now)
