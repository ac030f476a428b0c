"""A program in the making: edited by two at once, undone one by one, looked at by a second, and published."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from models.base import reading, writing
from models.studio import ProgramDraft, ProgramDraftChange
from tests.domain.programs import text
from tests.services.houses import account
from workflow.domain.actor import SYSTEM, Actor, Office
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.program.editing import Add, CannotEdit, Move, Put, Remove, data_of
from workflow.services import evidence, programs
from workflow.services.studio import checking, drafts, editing, publishing

SMALL = "skilled_worker_points"
DUE = ("program", "owner")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def one(database: str, now: datetime) -> Actor:
    return account(now, "one", office=Office.PROGRAMS)


@pytest.fixture
def two(database: str, now: datetime) -> Actor:
    return account(now, "two", office=Office.PROGRAMS)


@pytest.fixture
def second_person() -> Iterator[None]:
    publishing.configure(True)
    yield
    publishing.configure(False)


def small(actor: Actor, now: datetime) -> str:
    return drafts.start(actor, now, text=text(SMALL))


def source(ref: str, actor: Actor) -> str:
    return drafts.shown(ref, actor).text


def test_a_draft_begins_from_nothing_a_file_or_a_version(one: Actor, now: datetime) -> None:
    made = programs.publish(text(SMALL), SYSTEM, now)
    refs = [
        drafts.start(one, now, key="west_lake", name="西湖工匠"),
        drafts.start(one, now, shipped=SMALL),
        drafts.start(one, now, shipped=SMALL, key="copy", name="又一个"),
        drafts.start(one, now, version_id=made.version_id),
        drafts.start(one, now, version_id=made.version_id, key="again", name="再一个"),
    ]
    shown = [drafts.shown(ref, one) for ref in refs]
    assert [(each.key, each.name) for each in shown][::2] == [
        ("west_lake", "西湖工匠"), ("copy", "又一个"), ("again", "再一个")
    ]  # fmt: skip
    assert shown[1].text == shown[3].text == text(SMALL)
    based = [each.based_on.number if each.based_on else None for each in shown]
    assert (based, [each.program_ref is not None for each in shown]) == (
        [None, None, None, 1, None],
        [False, True, False, True, False],
    )
    assert {line.ref for line in drafts.listed(one)} == set(refs)
    for wrong in ({"key": "West", "name": "x"}, {"key": "fine", "name": " "}, {"key": made.key, "name": "x"}):
        with pytest.raises(InvalidInput):
            drafts.start(one, now, **wrong)


def test_nobody_else_opens_the_studio(one: Actor, now: datetime) -> None:
    ref, stranger = small(one, now), account(now, "stranger", office=Office.ACCOUNTS)
    for call in (
        lambda: drafts.start(stranger, now, shipped=SMALL),
        lambda: drafts.listed(stranger),
        lambda: drafts.shown(ref, stranger),
        lambda: drafts.discard(ref, stranger, now),
        lambda: editing.edit(ref, [Put(DUE, "x")], 0, stranger, now),
        lambda: editing.undo(ref, 1, stranger, now),
        lambda: editing.log(ref, stranger),
        lambda: editing.replace_text(ref, "x", 0, stranger, now),
        lambda: checking.findings(ref, stranger, now),
        lambda: publishing.plan(ref, stranger),
        lambda: publishing.ask_for_review(ref, 0, "", stranger, now),
        lambda: publishing.take_back(ref, stranger, now),
        lambda: publishing.publish(ref, 0, stranger, now),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(NotFound):
        drafts.shown("nowhere", one)


def test_two_who_edit_different_things_lose_nothing(one: Actor, two: Actor, now: datetime) -> None:
    ref = small(one, now)
    editing.edit(ref, [Put(("program", "owner"), "甲局")], 0, one, now)
    page = dict(data_of(text(SMALL))["program"]) | {"policy": "乙办法"}  # the whole form, as it was shown before
    saved = editing.edit(ref, [Put(("program",), page)], 0, two, now)
    assert saved.revision == 2
    program = data_of(source(ref, one))["program"]
    assert (program["owner"], program["policy"]) == ("甲局", "乙办法")


def test_two_who_edit_one_thing_are_told_and_neither_is_overwritten(one: Actor, two: Actor, now: datetime) -> None:
    ref, was = small(one, now), data_of(text(SMALL))["program"]["owner"]
    editing.edit(ref, [Put(DUE, "甲局")], 0, one, now)
    with pytest.raises(editing.Conflict) as met:
        editing.edit(ref, [Put(DUE, "乙局"), Put(("program", "policy"), "乙办法")], 0, two, now)
    (place,) = met.value.places
    assert (place.base, place.mine, place.theirs, place.by) == (was, "乙局", "甲局", "王芳")
    assert data_of(source(ref, one))["program"]["owner"] == "甲局"
    saved = editing.edit(ref, [Put(DUE, "乙局")], met.value.revision, two, now)
    assert (saved.revision, data_of(source(ref, one))["program"]["owner"]) == (2, "乙局")


def test_a_conflict_names_who_changed_that_very_place(one: Actor, two: Actor, now: datetime) -> None:
    ref, third = small(one, now), account(now, "third", office=Office.PROGRAMS, name="沈安")
    editing.edit(ref, [Put(DUE, "甲局")], 0, one, now)
    editing.edit(ref, [Put(("program", "policy"), "乙办法")], 1, third, now + MINUTE)
    with pytest.raises(editing.Conflict) as met:
        editing.edit(ref, [Put(DUE, "丙局"), Put(("program", "policy"), "丙办法")], 0, two, now)
    assert [(place.theirs, place.by, place.at) for place in met.value.places] == [
        ("甲局", "王芳", now),
        ("乙办法", "沈安", now + MINUTE),
    ]


def test_lists_and_entries_meet_only_where_they_are_the_same(one: Actor, two: Actor, now: datetime) -> None:
    ref = small(one, now)
    stage = next(iter(data_of(text(SMALL))["stages"]))
    editing.edit(ref, [Add(("exits",), "moved", {"name": "离开", "then": "end"})], 0, one, now)
    editing.edit(ref, [Add(("exits",), "gone", {"name": "走了", "then": "end"})], 0, two, now)
    editing.edit(ref, [Put(("stages", stage, "name"), "换个名")], 0, one, now)
    for met in (
        [Add(("exits",), "moved", {"name": "又离开", "then": "end"})],
        [Remove(("stages", stage))],
        [Put(("stages", stage), {"name": "另一个名", "kind": "check"})],
    ):
        with pytest.raises(editing.Conflict):
            editing.edit(ref, met, 0, two, now)
    editing.edit(ref, [Move(("stages", stage), None)], 0, two, now)
    assert set(data_of(source(ref, one))["exits"]) >= {"moved", "gone"}


def test_any_change_is_undone_alone_and_the_undoing_too(one: Actor, now: datetime) -> None:
    ref = small(one, now)
    editing.edit(ref, [Put(DUE, "甲局")], 0, one, now)
    editing.edit(ref, [Put(("program", "policy"), "新办法")], 1, one, now + MINUTE)
    assert editing.undo(ref, 1, one, now + 2 * MINUTE).revision == 3
    program = data_of(source(ref, one))["program"]
    assert (program["owner"], program["policy"]) == (data_of(text(SMALL))["program"]["owner"], "新办法")
    lines = editing.log(ref, one)
    assert [(line.revision, line.undone, line.undoes, line.can_be_undone) for line in lines] == [
        (3, False, 1, True), (2, False, None, True), (1, True, None, False)
    ]  # fmt: skip
    assert [str(words) for words in lines[0].words] == ["撤销：项目的主管单位改为甲局"]
    with pytest.raises(editing.CannotUndo):
        editing.undo(ref, 1, one, now)
    editing.undo(ref, 3, one, now)
    assert data_of(source(ref, one))["program"]["owner"] == "甲局"
    editing.edit(ref, [Put(DUE, "乙局")], 4, one, now)
    with pytest.raises(editing.CannotUndo):
        editing.undo(ref, 4, one, now)
    with reading() as session:
        changes = tuple(session.scalars(select(ProgramDraftChange).order_by(ProgramDraftChange.revision)))
    assert editing.before(source(ref, one), changes) == text(SMALL)


def test_a_whole_text_is_kept_even_when_it_does_not_load(one: Actor, two: Actor, now: datetime) -> None:
    ref = small(one, now)
    broken = text(SMALL).replace("language: 1", "language: 1\nwhat: [1, 2")
    editing.replace_text(ref, broken.replace("\n", "\r\n"), 0, one, now)
    assert source(ref, one) == broken
    (finding,) = checking.findings(ref, one, now).findings
    assert (finding.code, finding.severity) == ("S00", "error")
    with pytest.raises(CannotEdit):
        editing.edit(ref, [Put(DUE, "x")], 1, one, now)
    with pytest.raises(editing.Conflict):
        editing.replace_text(ref, text(SMALL) + "# mine\n", 0, two, now)
    editing.undo(ref, 1, one, now)
    assert source(ref, one) == text(SMALL)
    for unkept in ("x" * 80_001, "a: \x00", "a: \ud800"):
        with pytest.raises(InvalidInput):
            editing.replace_text(ref, unkept, 2, one, now)


def test_findings_say_where_and_offer_what_puts_them_right(one: Actor, now: datetime) -> None:
    ref = small(one, now)
    stage = next(iter(data_of(text(SMALL))["stages"]))
    editing.edit(ref, [Put(("stages", stage, "by"), "dek")], 0, one, now)
    checked = checking.findings(ref, one, now)
    (wrong,) = [finding for finding in checked.findings if finding.severity == "error"]
    assert (wrong.code, wrong.path, wrong.line > 1) == ("R01", ("stages", stage, "by"), True)
    assert [str(remedy.words) for remedy in wrong.remedies] == ["改成 desk"]
    editing.edit(ref, wrong.remedies[0].edits, checked.revision, one, now)
    assert checking.findings(ref, one, now).errors == 0


def test_roles_that_nobody_holds_are_told_of_a_program_that_runs(one: Actor, now: datetime) -> None:
    made = programs.publish(text(SMALL), SYSTEM, now)
    ref = drafts.start(one, now, version_id=made.version_id)
    beyond = [finding for finding in checking.findings(ref, one, now).findings if finding.line == 0]
    assert ("O02", ("roles", "desk")) in {(finding.code, finding.path) for finding in beyond}
    assert {finding.severity for finding in beyond} == {"warning"}


def test_a_draft_becomes_the_version_that_was_seen(one: Actor, now: datetime) -> None:
    made = programs.publish(text(SMALL), SYSTEM, now)
    ref = drafts.start(one, now, version_id=made.version_id)
    assert str(publishing.plan(ref, one).why_not) == "和已发布的第1版一模一样，不用再发"
    editing.edit(ref, [Put(DUE, "甲局"), Remove(("program", "policy"))], 0, one, now)
    with pytest.raises(NotReady):
        publishing.publish(ref, 1, one, now)
    editing.edit(ref, [Put(("program", "policy"), "新办法")], 1, one, now)
    with pytest.raises(MovedOn):
        publishing.publish(ref, 1, one, now)
    plan = publishing.plan(ref, one)
    assert (plan.number, plan.may_publish, [change.reach for change in plan.changes]) == (2, True, ["free", "free"])
    with pytest.raises(InvalidInput):
        publishing.publish(ref, 2, one, now)
    published = publishing.publish(ref, 2, one, now, known=True)
    assert (published.number, drafts.shown(ref, one).state) == (2, "published")
    with pytest.raises(NotReady):
        editing.edit(ref, [Put(DUE, "丙局")], 2, one, now)
    assert evidence.verify() == []


@pytest.mark.usefixtures("second_person")
def test_where_the_place_wants_it_another_administrator_publishes(one: Actor, two: Actor, now: datetime) -> None:
    ref = small(one, now)
    with pytest.raises(NotAllowed):
        publishing.publish(ref, 0, one, now)
    publishing.ask_for_review(ref, 0, "请看名额", one, now)
    with pytest.raises(NotReady):
        editing.edit(ref, [Put(DUE, "甲局")], 0, two, now)
    with pytest.raises(NotAllowed):
        publishing.publish(ref, 0, one, now)
    publishing.take_back(ref, two, now)
    editing.edit(ref, [Put(DUE, "甲局")], 0, two, now)
    publishing.ask_for_review(ref, 1, "", two, now)
    assert publishing.publish(ref, 1, one, now, known=True).number == 1


def test_the_log_of_a_draft_stands(one: Actor, now: datetime) -> None:
    ref = small(one, now)
    editing.edit(ref, [Put(DUE, "甲局")], 0, one, now)
    for spoil in (update(ProgramDraftChange).values(revision=9), delete(ProgramDraftChange)):
        with pytest.raises(DatabaseError), writing() as session:
            session.execute(spoil)
    drafts.discard(ref, one, now)
    assert drafts.listed(one) == []
    with reading() as session:
        assert session.scalar(select(ProgramDraft.text)) == source(ref, one)
