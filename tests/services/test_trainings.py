"""Trainings on a database: scheduled, signed up for, the roll taken, points that wait for their confirmation."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.base import reading
from models.messages import Message
from tests.services.earning import Earning
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, NotReady
from workflow.services import replay, trainings, trainings_door, trainings_own, trainings_roll, trainings_time
from workflow.services.casework import find
from workflow.services.trainings import Draft


def scheduled(place: Earning, days: int = 3, **changes: Any) -> str:
    (held,) = trainings.held(place["school"])
    starts = place.now + timedelta(days=days)
    given: dict[str, Any] = {
        "session": "class", "name": "焊工等级班", "place": "实训楼201", "opens_at": None, "closes_at": None,
        "starts_at": starts, "ends_at": starts + timedelta(hours=3),
    }  # fmt: skip
    return trainings.schedule(held.program_ref, Draft(**{**given, **changes}), place["school"], place.now)


def waited(place: Earning, **delta: int) -> None:
    place.now += timedelta(**delta)


def kinds() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Message.kind).where(Message.kind.startswith("training_"))))


def test_who_was_there_gets_points_and_who_stayed_away_loses_some(database: str, now: datetime, tmp_path: Path) -> None:
    place = Earning(now, tmp_path)
    cases = {who: place.worker(who, number) for number, who in enumerate(("one", "two", "three"), start=1)}
    ref = scheduled(place)
    for who, case in cases.items():
        trainings_own.sign("sign_up", ref, case, place[who], place.now)
    trainings_own.sign("sign_off", ref, cases["three"], place["three"], place.now, reason="加班")
    assert [(each.phase, each.taken, each.seat) for each in trainings_own.offered(place["one"], place.now)] == [
        ("open", 2, "signed_up")
    ]
    with pytest.raises(NotReady):
        trainings_roll.mark(ref, {cases["one"]: ("present", {"hours": "8"})}, place["school"], place.now)
    waited(place, days=3, hours=1)
    with pytest.raises(NotReady) as refused:
        trainings_own.sign("sign_off", ref, cases["one"], place["one"], place.now)
    assert str(refused.value.reasons[0].words) == "已经开班，不能再取消"
    marks = {cases["one"]: ("present", {"hours": ""}), cases["two"]: ("absent", {})}
    assert trainings_roll.mark(ref, marks, place["school"], place.now) == 0
    with pytest.raises(NotReady) as refused:
        trainings_roll.close(ref, place["school"], place.now)
    assert [reason.where for reason in refused.value.reasons] == [f"{cases['one']}.asks.hours"]
    trainings_roll.mark(ref, {cases["one"]: ("present", {"hours": "8"})}, place["school"], place.now)
    assert trainings_roll.close(ref, place["school"], place.now) == 2
    entries = {who: [each.entry for each in place.shown(case).entries] for who, case in cases.items()}
    assert {who: [(e.item, e.value, e.source, e.state) for e in found] for who, found in entries.items()} == {
        "one": [("training", "8", "session", "awaiting")],
        "two": [("no_show", "-20", "session", "awaiting")],
        "three": [],
    }
    place.confirm(cases["one"])
    assert place.stands(cases["one"]) == ("8", None)
    with pytest.raises(MovedOn):
        trainings_roll.close(ref, place["school"], place.now)
    assert replay.replay(place.now)[1] == []


def test_the_last_seat_is_given_once_and_a_second_look_reminds_nobody(
    database: str, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now, tmp_path)
    one, two = place.worker("one"), place.worker("two", 2)
    ref = scheduled(place, seats=1)
    trainings_own.sign("sign_up", ref, one, place["one"], place.now)
    with pytest.raises(NotReady) as refused:
        trainings_own.sign("sign_up", ref, two, place["two"], place.now)
    assert str(refused.value.reasons[0].words) == "这一期的名额已满"
    with pytest.raises(NotFound):
        trainings_own.sign("sign_up", ref, one, place["two"], place.now)
    waited(place, days=2, hours=1)
    assert [trainings_time.carry_out(place.now) for _ in range(2)] == [1, 0]
    assert kinds() == ["training_near"]
    trainings.cancel(ref, "老师病了", place["school"], place.now)
    assert kinds() == ["training_near", "training_cancelled"]
    assert [each.phase for each in trainings_own.offered(place["one"], place.now)] == ["cancelled"]


def test_what_cannot_be_scheduled_is_named_field_by_field(database: str, now: datetime, tmp_path: Path) -> None:
    place = Earning(now, tmp_path)
    with pytest.raises(InvalidInput) as refused:
        scheduled(place, -1, name=" ", seats=0)
    assert [reason.where for reason in refused.value.reasons] == ["name", "starts_at", "closes_at", "seats"]
    assert trainings.held(place["auditor"]) == []
    ref = scheduled(place, opens_at=place.now + timedelta(days=1))
    one = place.worker("one")
    with pytest.raises(NotReady):
        trainings_own.sign("sign_up", ref, one, place["one"], place.now)


def test_a_month_of_training_is_cut_at_its_limit_and_a_late_closing_is_a_late_entry(
    database: str, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now, tmp_path)
    one = place.worker("one")
    refs = [scheduled(place, days) for days in (1, 2)]
    for ref in refs:
        trainings_own.sign("sign_up", ref, one, place["one"], place.now)
    place.on(date(2026, 11, 24))
    for ref in refs:
        trainings_roll.mark(ref, {one: ("present", {"hours": "30"})}, place["school"], place.now)
    trainings_roll.close(refs[0], place["school"], place.now)
    place.on(date(2026, 12, 2))
    trainings_roll.close(refs[1], place["school"], place.now)
    found = [each.entry for each in place.shown(one).entries]
    assert [(e.value, e.asked, e.on.isoformat()) for e in found] == [
        ("10", "30", "2026-11-22"), ("30", None, "2026-11-21"),
    ]  # fmt: skip
    place.confirm(one)
    assert replay.replay(place.now)[1] == []


def test_at_the_door_people_sign_in_by_themselves_and_some_come_unannounced(
    database: str, now: datetime, tmp_path: Path
) -> None:
    """The code counts on the day and for half an hour; being there is still said by who closes the training."""
    place = Earning(now, tmp_path)
    cases = {who: place.worker(who, number) for number, who in enumerate(("one", "two", "three"), start=1)}
    ref = scheduled(place, seats=2)
    trainings_own.sign("sign_up", ref, cases["one"], place["one"], place.now)
    assert trainings_door.door(ref, place["school"], place.now).code is None
    waited(place, days=3, minutes=-30)
    code = trainings_door.door(ref, place["school"], place.now).code
    assert code is not None
    for typed in ("", "WRONG1"):
        with pytest.raises(NotReady):
            trainings_door.sign_in(ref, typed, place["one"], place.now)
    trainings_door.sign_in(ref, code.lower(), place["one"], place.now)
    with reading() as session:
        number = find(session, cases["two"]).number or ""
    trainings_door.walk_in(ref, number.lower(), place["school"], place.now)
    with pytest.raises(NotReady) as refused:
        trainings_door.sign_in(ref, code, place["three"], place.now)
    assert str(refused.value.reasons[0].words) == "这一期的名额已满"
    waited(place, hours=2)
    with pytest.raises(NotReady):
        trainings_door.sign_in(ref, code, place["one"], place.now)  # a picture of it is worth nothing any more
    seats = {line.application: line.seat for line in trainings_roll.roll(ref, place["school"], place.now).seats}
    assert {app: (seat.mark, seat.signed_in_at is not None) for app, seat in seats.items()} == {
        cases["one"]: ("present", True),
        cases["two"]: ("present", False),
    }
    marks = {cases["one"]: ("present", {"hours": "3"}), cases["two"]: ("absent", {})}
    trainings_roll.mark(ref, marks, place["school"], place.now)
    assert trainings_roll.close(ref, place["school"], place.now) == 2
    assert replay.replay(place.now)[1] == []
