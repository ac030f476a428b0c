"""What falls due after a recognition, in a house with a clock: opened once, reminded, answered, proved by a replay."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models.base import reading, writing
from models.duties import DutyAnswer, RoundDuty
from models.messages import Message
from tests.services.following import Grown
from tests.services.villages import DEPARTMENTS
from workflow.domain.errors import NotFound
from workflow.services import (
    clock,
    deliveries,
    follow_up_heat,
    follow_ups,
    joint,
    letters,
    reminders_rounds,
    replay,
    round_duties,
)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Grown:
    return Grown(now, tmp_path / "files")


def no_differences(here: Grown) -> bool:
    return replay.replay(here.now)[1] == []


MARKS = ({"masses": "92", "thought": "80"}, {"thought": "90", "conduct": "70"}, {"conduct": "80"})


def test_three_quarters_are_assessed_from_three_sources_and_the_half_year_is_checked_anew(here: Grown) -> None:
    ref = here.recognized()
    for quarter, day in enumerate((date(2026, 12, 31), date(2027, 3, 31), date(2027, 6, 30)), start=1):
        here.on(day)
        for role, who, given in zip(
            ("town_officer", "mentor", "trial_unit"), ("officer", "tutor", "unit"), MARKS, strict=True
        ):
            here.answer(ref, role, f"quarterly:{quarter}", who, points=given)
    # (80+90)/2 x 30% + (70+80)/2 x 40% + 95 x 30%
    assert here.states(ref, "quarterly") == [(quarter, "done", 8400) for quarter in (1, 2, 3)]
    for role in DEPARTMENTS:
        said = joint.Said("clear")
        joint.answer(here.item_about(ref, role, "half_year:1"), said, here.people[role], here.now)
    here.answer(ref, "district", "half_year:1", "district", effect="pass")
    assert here.states(ref, "half_year") == [(1, "done", None), (2, "open", None)]
    assert no_differences(here)


def test_a_clock_that_slept_for_months_opens_each_occurrence_once(here: Grown) -> None:
    ref = here.recognized()
    here.on(date(2027, 3, 1))
    clock.tick(here.now)
    assert here.states(ref, "mentor_log") == [(number, "open", None) for number in (1, 2, 3, 4)]
    assert no_differences(here)


def test_whoever_owes_it_hears_before_the_last_day_and_whoever_escalates_after_it(here: Grown) -> None:
    ref = here.recognized()
    for day in (date(2026, 12, 10), date(2027, 1, 11), date(2027, 1, 18)):  # opens; three and two days before; late
        here.on(day)
    with reading() as session:
        told = set(
            session.execute(
                select(Message.kind, Message.recipient_id).where(
                    Message.params["about"].as_string() == "duty:quarterly:1"
                )
            )
        )
    tutor, unit, district = (here.people[who].account_id for who in ("tutor", "unit", "district"))
    assert {("due_soon", tutor), ("due_soon", unit), ("overdue", tutor), ("escalated", district)} <= {
        (kind, who) for kind, who in told
    }
    assert here.states(ref, "quarterly") == [(1, "open", None)]


def test_typed_answers_stand_under_the_digest_of_their_event(here: Grown) -> None:
    ref = here.recognized()
    here.on(date(2026, 12, 31))
    here.answer(ref, "mentor", "mentor_log:1", "tutor")
    assert no_differences(here)
    with writing() as session:
        session.execute(update(DutyAnswer).values(record={"what": "改过的"}))
    assert [each.where for each in replay.replay(here.now)[1]] == [
        f"duty_answer {number}.record" for number in _answered()
    ]


def _answered() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(DutyAnswer.item_no)))


def test_the_office_the_mentor_and_the_unit_see_what_is_theirs(here: Grown) -> None:
    ref = here.recognized()
    here.on(date(2026, 12, 31))
    officer, tutor, unit = (follow_ups.look(ref, here.people[who], here.now) for who in ("officer", "tutor", "unit"))
    assert {each.owed.duty for each in officer.now} >= {"quarterly", "half_year", "mentor_log"}
    assert {each.owed.duty for each in tutor.now} == {each.owed.duty for each in officer.now}
    assert {each.owed.duty for each in unit.now} == {"quarterly"}
    assert officer.next[0].opens > date(2026, 12, 31)
    with pytest.raises(NotFound):
        follow_ups.look(ref, here.people["police"], here.now)  # a department knows it by its question only


def test_a_round_has_duties_of_its_own_and_its_people_by_months(here: Grown) -> None:
    here.recognized()
    here.on(date(2027, 2, 1))
    district = here.people["district"]
    seen = follow_up_heat.heat(here.round_ref, district, here.now)
    assert [(one.nominal, one.state) for one in seen.duties] == [
        (date(2027, 1, 1), "open"),
        (date(2026, 12, 4), "open"),
        (date(2026, 11, 6), "open"),
    ]
    assert [f"{month:%y-%m}" for month in seen.months] == ["27-03", "27-02", "27-01", "26-12", "26-11"]
    (person,) = seen.people
    assert (seen.open, person.late > 0, str(seen.each_of)) == (8, True, "所属村")
    round_duties.answer(seen.duties[0].ref, "已约谈两个村", district, here.now)
    clock.tick(here.now)
    with reading() as session:
        states = list(session.scalars(select(RoundDuty.state).order_by(RoundDuty.nominal)))
    assert states == ["open", "open", "done"]
    with pytest.raises(NotFound):
        round_duties.answer(seen.duties[1].ref, "代办", here.people["officer"], here.now)


def test_what_a_whole_round_owes_is_reminded_of_until_it_is_done(here: Grown) -> None:
    here.recognized()
    here.on(date(2026, 12, 7))
    district = here.people["district"]
    owed = round_duties.mine(district, here.now)[-1]
    assert (owed.nominal, round_duties.mine(here.people["tutor"], here.now)) == (date(2026, 12, 4), ())
    asked = select(Message).where(Message.recipient_id == district.account_id, Message.about_at.is_not(None))

    def told(now: datetime) -> list[tuple[str, bool]]:
        reminders_rounds.plan(now)
        with reading() as session:
            rows = [row for row in session.scalars(asked.order_by(Message.id)) if row.params.get("task") == owed.ref]
            said = [str(letters.read(session, row, now).words) for row in rows]
            assert all(str(owed.name) in each for each in said)
            return [(row.kind, deliveries.is_still_wanted(session, row, now)) for row in rows]

    last = datetime.combine(owed.due_on, time(1, 30), UTC)
    ladder = [("due_today", True), ("overdue", True)]
    before = told(last - timedelta(days=1))
    assert {kind for kind, _ in before} == {"due_soon"}
    assert told(last)[len(before) :] == ladder[:1]
    assert told(last)[len(before) :] == ladder[:1], "once"
    assert told(last + timedelta(days=4))[len(before) :] == ladder
    round_duties.answer(owed.ref, "已约谈两个村", district, last)
    assert {wanted for _, wanted in told(last + timedelta(days=12))} == {False}
    assert owed.ref not in [each.ref for each in round_duties.mine(district, last)]
