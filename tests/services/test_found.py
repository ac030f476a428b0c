"""People found in department data: a verdict for each row, one case for each person, and taking a list back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.applications import ApplicationRow, CaseFact
from models.base import reading, writing
from models.evidence import EventRow
from models.loads import DataLoad, LoadedCase
from models.work import WorkItem
from tests.services.found import House, data, house, person
from tests.services.houses import last_secret
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.services import (
    actions,
    confirmations,
    confirmations_award,
    found,
    imports,
    recognitions,
    recognitions_asked,
    starting,
)
from workflow.services.imports_found import FoundPeople
from workflow.services.replay import replay

LATER = timedelta(minutes=11)


def kind(made: House, actor: Actor | None = None) -> FoundPeople:
    return FoundPeople(actor or made.manager, made.round_ref, "found")


def load(made: House, content: bytes, now: datetime, mode: imports.Mode = "good_rows_only") -> imports.Report:
    return imports.run(kind(made), content, mode, made.manager, now)


def cases() -> list[ApplicationRow]:
    with reading() as session:
        return list(session.scalars(select(ApplicationRow).order_by(ApplicationRow.id)))


def loads() -> list[DataLoad]:
    with reading() as session:
        return list(session.scalars(select(DataLoad).order_by(DataLoad.id)))


def item_of(ref: str) -> str:
    with reading() as session:
        wanted = (
            select(WorkItem.ref)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.role_key != "applicant")
        )
        return session.scalars(wanted).one()


def at_award(made: House, now: datetime, *rows: tuple[str, ...]) -> list[ApplicationRow]:
    """Loaded, and through the check."""
    load(made, data(*rows), now)
    for row in cases():
        actions.perform(item_of(row.ref), "pass", made.clerk, now)
    return cases()


# -- loading -----------------------------------------------------------------------------------------------------------
def test_each_row_is_judged_before_anything_is_written(database: str, now: datetime) -> None:
    made = house(now)
    rows = data(
        person(1, "秦牧野"),
        person(2, "沈知予", insured="3"),
        person(3, "梁小满", insured=""),
        person(1, "秦牧野"),
        ("卢也", "330106199001011234", "13800000005", "本科", "9", "2026-11-01", "区社保中心"),
        (*person(6, "吴霁")[:5], "2026-12-30", ""),
        person(7, "方竹青", mobile=" "),
    )
    found_ = imports.preview(kind(made), rows, made.manager, now)
    said = [(line.verdict, [str(each.words) for each in line.reasons]) for line in found_.lines]
    assert said == [
        ("new", ["符合 2 条"]),
        ("conflict", ["不符合“参保满6个月”，没有起草"]),
        ("new", ["符合 1 条", "要人看：参保满6个月"]),
        ("conflict", ["与第 2 行是同一个人"]),
        ("wrong", ["身份证号码的最后一位与前面对不上，多半是抄错了一位，请逐位核对"]),
        ("wrong", ["请选这些数据是哪一天的，不能晚于今天", "请写数据从哪里来"]),
        ("new", ["符合 2 条", "先存成草稿，还要补：手机号"]),
    ]
    assert "199001" not in str([line.shown for line in found_.lines])
    assert cases() == []


def test_one_person_has_one_case_however_often_the_data_come(database: str, now: datetime) -> None:
    made, rows = house(now), data(person(1, "秦牧野"), person(2, "沈知予"), person(7, "方竹青", mobile=" "))
    first = load(made, rows, now)
    assert (first.written, first.counts) == (True, {"new": 3})
    again = load(made, rows, now + LATER)
    assert again.counts == {"same": 3}
    (stranger,) = imports.preview(kind(made), data(person(9, "卢也")), made.manager, now).lines
    assert stranger.verdict == "new"  # a draft, of which nobody is known yet, is nobody else's case
    assert [(row.status, row.channel, row.filler_id) for row in cases()] == [
        ("open", "found", made.manager.account_id),
        ("open", "found", made.manager.account_id),
        ("draft", "found", made.manager.account_id),
    ]
    with reading() as session:
        assert [each.source for each in session.scalars(select(CaseFact))] == ["区社保中心"] * 3
        assert [each.row_no for each in session.scalars(select(LoadedCase).order_by(LoadedCase.row_no))] == [2, 3, 4]
        told = session.scalars(select(EventRow).where(EventRow.kind == "people_found")).one()
    (one,) = loads()
    assert (one.rows, one.begun, one.loaded_by) == (3, 3, made.manager.account_id)
    assert told.body["file"] == one.sha256 == imports.read(kind(made), rows).digest
    assert replay(now)[1] == []


def test_who_is_recognized_already_is_not_begun_for_again(database: str, now: datetime) -> None:
    """`one_per_person: program`, beyond this channel and round."""
    made = house(now)
    load(made, data(person(1, "秦牧野")), now)
    with writing() as session:  # as if it had come by another way
        row = session.scalars(select(ApplicationRow)).one()
        row.channel = "elsewhere"
    (line,) = imports.preview(kind(made), data(person(1, "秦牧野")), made.manager, now).lines
    assert (line.verdict, str(line.reasons[0].words)) == (
        "conflict", f"这个人在这个项目里已有一份申报 {cases()[0].number}",
    )  # fmt: skip


def test_only_who_runs_the_round_loads_and_only_while_it_takes_people(database: str, now: datetime) -> None:
    made = house(now)
    for stranger in (made.programs, made.clerk):
        with pytest.raises(NotFound):
            kind(made, stranger)
    with pytest.raises(NotFound):
        FoundPeople(made.manager, made.round_ref, "nothing")
    with pytest.raises(NotAllowed):
        starting.start(made.round_ref, "found", "youth", made.clerk, now)
    with pytest.raises(Refusal):
        load(made, data(person(1, "秦牧野")), now + timedelta(days=30))
    assert cases() == []


# -- the person's word -------------------------------------------------------------------------------------------------
def test_nothing_is_issued_before_the_person_says_yes_and_nobody_says_it_for_them(database: str, now: datetime) -> None:
    made = house(now)
    (row,) = at_award(made, now, person(1, "秦牧野"))
    later = now + LATER
    assert row.stage_key == "award"
    with pytest.raises((NotAllowed, NotFound)):
        recognitions_asked.provide(row.ref, {"bank": "6222020200011234567"}, made.manager, later, confirmed=True)
    (waiting,) = recognitions.listed(made.round_ref, made.other, later).rows
    assert not waiting.ready

    token = last_secret(later, "award_link")
    with pytest.raises(Refusal):
        confirmations.shown(token, later)  # it opens the award, not a submission
    assert confirmations_award.shown(token, later).asked.confirms
    with pytest.raises(NotReady) as refused:
        confirmations_award.confirm(token, {"bank": "6222020200011234567"}, False, later)
    assert [each.where for each in refused.value.reasons] == ["confirmed"]
    with pytest.raises(InvalidInput):
        confirmations_award.confirm(token, {"bank": "12"}, True, later)
    confirmations_award.confirm(token, {"bank": "6222020200011234567"}, True, later)
    with pytest.raises(Refusal):
        confirmations_award.shown(token, later)  # used up
    (ready,) = recognitions.listed(made.round_ref, made.other, later).rows
    assert ready.ready
    assert replay(later)[1] == []


def test_a_link_is_sent_again_and_printed_and_the_ones_before_are_dead(database: str, now: datetime) -> None:
    made = house(now)
    (row,) = at_award(made, now, person(1, "秦牧野"))
    first = last_secret(now + LATER, "award_link")
    with pytest.raises(Refusal):
        confirmations_award.send_again(row.ref, made.manager, now + timedelta(minutes=2))
    confirmations_award.send_again(row.ref, made.other, now + LATER)
    second = last_secret(now + 2 * LATER, "award_link")
    printed = confirmations_award.link_for(row.ref, made.manager, now + 2 * LATER)
    for dead in (first, second):
        with pytest.raises(Refusal):
            confirmations_award.shown(dead, now + 2 * LATER)
    assert confirmations_award.shown(printed, now + 2 * LATER)
    with pytest.raises(NotFound):
        confirmations_award.link_for(row.ref, made.clerk, now)


def test_who_wants_none_of_it_ends_it(database: str, now: datetime) -> None:
    made = house(now)
    at_award(made, now, person(1, "秦牧野"))
    confirmations_award.decline(last_secret(now + LATER, "award_link"), "已在外地领过", now + LATER)
    assert cases()[0].status == "withdrawn"


# -- taking a list back ------------------------------------------------------------------------------------------------
def test_a_wrong_list_is_taken_back_but_for_whom_has_spoken(database: str, now: datetime) -> None:
    made, later = house(now), now + LATER
    heard = at_award(made, now, person(1, "秦牧野"))[0]
    confirmations_award.confirm(last_secret(later, "award_link"), {"bank": "6222020200011234567"}, True, later)
    load(made, data(person(2, "沈知予"), person(7, "方竹青", mobile=" ")), later)
    first, second = loads()

    with pytest.raises(NotReady):
        found.take_back(made.other, later, made.round_ref, "found", first.ref, "导错了")
    with pytest.raises(InvalidInput):
        found.take_back(made.other, later, made.round_ref, "found", second.ref, " ")
    seen = found.loaded(made.other, later, made.round_ref, "found", second.ref)
    assert ([each.name for each in seen.cases], seen.can_end) == (["沈知予", "方竹青"], 2)
    assert found.take_back(made.other, later, made.round_ref, "found", second.ref, "导错了文件") == (2, 0)
    with pytest.raises(MovedOn):
        found.take_back(made.other, later, made.round_ref, "found", second.ref, "再来一次")
    assert [row.status for row in cases()] == ["open", "withdrawn", "withdrawn"]
    assert cases()[0].ref == heard.ref
    assert [(each.state, each.reason) for each in loads()] == [("standing", ""), ("taken_back", "导错了文件")]
    assert load(made, data(person(2, "沈知予")), later).counts == {"new": 1}  # put right, it comes again
    assert replay(later)[1] == []


def test_nobody_else_takes_it_back(database: str, now: datetime) -> None:
    made = house(now)
    load(made, data(person(1, "秦牧野")), now)
    (one,) = loads()
    for stranger in (made.clerk, made.programs):
        with pytest.raises(NotFound):
            found.take_back(stranger, now, made.round_ref, "found", one.ref, "导错了")
    with pytest.raises((NotAllowed, NotFound)):
        actions.perform(cases()[0].ref, "take_back", made.clerk, now, inputs={"reason": "导错了"})
