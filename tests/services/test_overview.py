"""A round at a glance: its numbers are those of the lists, for exactly the cases that its reader runs."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow
from models.people import Person, PersonIdentity
from models.work import Conflict, WorkItem
from tests.laws.queries import counted
from tests.services.jointly import BY, GROUNDS, JointPlot
from workflow.documents import spreadsheet
from workflow.domain.errors import NotFound
from workflow.services import actions, evidence, ledger, overview, rosters
from workflow.services.overview import Overview
from workflow.services.rosters import Asked


def say(words: object) -> str:
    """As the page says it in Chinese."""
    return str(words)


def seeded(now: datetime) -> tuple[JointPlot, list[str]]:
    """Eight cases: two with the employer, four in the check, one passed on, one refused."""
    plot = JointPlot(now)
    waiting = plot.plant(2)
    refs = plot.asked(6)
    plot.everybody(refs[0])
    plot.everybody(refs[1], roles=BY[:3])
    plot.say(refs[1], "market", GROUNDS)
    for ref, effect in ((refs[0], "pass"), (refs[1], "refuse")):
        item = plot.question(ref, "manager")
        actions.perform(item, effect, plot.people["manager"], now, inputs={"reason": "有异议"})
    return plot, [*waiting, *refs]


def conflicted(plot: JointPlot, who: str, ref: str, now: datetime) -> None:
    with writing() as session:
        case = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == ref)).one()
        account = plot.people[who].account_id
        assert account is not None
        session.add(Conflict(account_id=account, application_id=case, ground="employer", noted_at=now))


def at(seen: Overview, key: str) -> tuple[int, int]:
    step = next(each for each in seen.steps if each.key == key)
    return step.reached, step.here


def test_the_funnel_counts_who_came_how_far(database: str, now: datetime) -> None:
    plot, _ = seeded(now)
    seen = overview.overview(plot.people["manager"], plot.round_ref, now)
    assert (seen.submitted, seen.running) == (8, 7)
    assert [at(seen, key) for key in ("employer_confirm", "joint", "award", "valid")] == [
        (8, 2), (6, 4), (1, 1), (0, 0),
    ]  # fmt: skip
    assert next(each for each in seen.steps if each.key == "joint").ended == {"refused": 1}
    assert [(tally.submitted, tally.running, tally.gone) for tally in seen.tallies] == [(8, 7, 1)]
    assert sum(count for _, count in seen.finished) == 6 + 2


def test_each_case_is_counted_once_by_its_age(database: str, now: datetime) -> None:
    plot, _ = seeded(now)
    manager = plot.people["manager"]
    for days in (0, 1, 3, 5, 8, 20):
        later = now + timedelta(days=days)
        seen = overview.overview(manager, plot.round_ref, later)
        assert sum(each.count for each in seen.dwelling) + seen.stopped == seen.running
        late = rosters.numbers(manager, plot.round_ref, later).overdue
        assert seen.late == sum(each.age.late for each in seen.dwelling)
        assert late == seen.late
    check = next(each for each in seen.dwelling if each.key == "joint")
    assert check.parts == (0, 0, 0, 0, 4)


def test_what_is_overdue_is_told_by_office_and_role_and_never_by_person(database: str, now: datetime) -> None:
    plot, refs = seeded(now)
    later = now + timedelta(days=20)
    plot.say(refs[4], "court")
    seen = overview.overview(plot.people["manager"], plot.round_ref, later)
    told = {(str(each.role_name), each.organization): (each.late, each.open) for each in seen.holders}
    with reading() as session:
        rows = session.scalars(select(WorkItem.role_key).where(WorkItem.state == "open", WorkItem.due_at < later))
        assert sum(late for late, _ in told.values()) == len(list(rows)) == seen.overdue_items
    assert told["信用部门", None] == (4, 4)
    assert told["法院", None] == (3, 3)
    assert told["单位管理员", "蓝埠家纺集团"] == (2, 2)
    names = {each.name for each in plot.people.values() if hasattr(each, "name")}
    assert not names & {each.organization for each in seen.holders}


def test_the_calendar_shows_on_which_day_how_much_falls_due(database: str, now: datetime) -> None:
    plot, _ = seeded(now)
    seen = overview.overview(plot.people["manager"], plot.round_ref, now)
    days = [day for week in seen.weeks for day in week]
    assert len(days) == 21
    assert days[0].day.weekday() == 0
    coming = {day.day.isoformat(): [(each.kind, each.count) for each in day.coming] for day in days if day.coming}
    assert sorted(coming["2026-11-27"]) == [("due", 2), ("due", 16)]  # one award, 16 answers of departments
    assert coming["2026-11-30"] == [("closes", 0)]
    assert [day.works for day in days[:7]] == [True] * 5 + [False] * 2


def test_the_numbers_cost_the_same_however_many_there_are(database: str, now: datetime) -> None:
    plot, _ = seeded(now)
    manager = plot.people["manager"]
    overview.overview(manager, plot.round_ref, now)
    with counted() as few:
        overview.overview(manager, plot.round_ref, now)
    plot.asked(12)
    with counted() as many:
        assert overview.overview(manager, plot.round_ref, now).submitted == 20
    assert len(many) == len(few) <= 10
    ledger.ledger(manager, plot.round_ref, now, say)
    with counted() as taken:
        assert ledger.ledger(manager, plot.round_ref, now, say).lines == 20
    assert len(taken) <= 16


# -- scope -------------------------------------------------------------------------------------------------------------
def test_numbers_lists_and_ledger_count_the_same_cases(database: str, now: datetime) -> None:
    plot, refs = seeded(now)
    conflicted(plot, "manager", refs[3], now)
    conflicted(plot, "manager", refs[0], now)
    for who, wanted in (("manager", 6), ("manager_2", 8)):
        one = plot.people[who]
        seen = overview.overview(one, plot.round_ref, now)
        listed = rosters.roster(one, plot.round_ref, Asked(), limit=100)
        taken = ledger.ledger(one, plot.round_ref, now, say)
        assert (seen.submitted, listed.total, taken.lines) == (wanted, wanted, wanted)
        numbers = {row.cells[0] for row in spreadsheet.read(taken.data)[1:]}
        assert numbers == {line.number for line in listed.lines}


def test_who_does_not_run_the_round_finds_neither_numbers_nor_ledger(database: str, now: datetime) -> None:
    plot, refs = seeded(now)
    for who in ("clerk", "hr", "court", "employer"):
        for ask in (
            lambda one: overview.overview(one, plot.round_ref, now),
            lambda one: ledger.ledger(one, plot.round_ref, now, say),
        ):
            with pytest.raises(NotFound):
                ask(plot.people[who])
    assert overview.first_round(plot.people["clerk"]) is None
    assert overview.first_round(plot.people["manager"]) == plot.round_ref
    with pytest.raises(NotFound):
        overview.overview(plot.owners[refs[0]], plot.round_ref, now)
    with reading() as session:
        assert not session.scalars(select(EventRow).where(EventRow.kind == "ledger_exported")).all()


# -- the ledger --------------------------------------------------------------------------------------------------------
def test_the_ledger_keeps_text_as_text_and_numbers_of_persons_as_masks(database: str, now: datetime) -> None:
    plot, refs = seeded(now)
    with writing() as session:
        case = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == refs[0])).one()
        person = session.get_one(Person, case.person_id)
        person.name = "=HYPERLINK(1)"
        session.add(
            PersonIdentity(
                person_id=person.id,
                id_type="resident",
                ciphertext=b"x",
                blind_index="b" * 64,
                blind_key="k",
                mask="3301**********1234",
            )
        )
        answers = session.scalars(select(Answers).where(Answers.application_id == case.id)).one()
        body = {**answers.body, "post": "+制版师"}
        session.execute(update(Answers).where(Answers.application_id == case.id).values(body=body))
    taken = ledger.ledger(plot.people["manager"], plot.round_ref, now, say)
    head, *rows = spreadsheet.read(taken.data)
    first = dict(zip(head.cells, rows[0].cells, strict=False))
    assert first["姓名"] == "=HYPERLINK(1)"
    assert first["证件号码"] == "3301**********1234"
    assert first["岗位工种"] == "+制版师"
    assert Decimal(first["本工种从业年限"]) == Decimal("4.5")
    assert first["用人单位"] == "蓝埠家纺集团"
    assert first["提交日期"] == "2026-11-20"
    fields = ledger.shown_fields(overview.overview(plot.people["manager"], plot.round_ref, now).definition)
    assert {field.level for field in fields.values()} <= {"L1", "L2"}
    assert b"=HYPERLINK" not in taken.data, "packed, and never a formula"


def test_taking_the_ledger_is_told_with_how_much_was_taken(database: str, now: datetime) -> None:
    plot, _ = seeded(now)
    ledger.ledger(plot.people["manager"], plot.round_ref, now, say)
    with reading() as session:
        (event,) = session.scalars(select(EventRow).where(EventRow.kind == "ledger_exported")).all()
    assert event.actor_id == plot.people["manager"].account_id
    assert event.body["count"] == 8
    assert evidence.verify() == []
    assert set(event.body) == {"count", "columns"}
