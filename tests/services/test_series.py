"""A round a month: the clock opens the next one, once, with what the one before had."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.base import reading, writing
from models.evidence import EventRow, Stream
from models.messages import Message
from models.rounds import Round, RoundNominator
from tests.services.houses import account
from tests.services.monthly import DAY, TEXT, House, house
from workflow.domain.actor import SYSTEM
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady
from workflow.services import (
    administration,
    clock,
    programs,
    roles,
    rounds,
    series,
)
from workflow.services.rounds import Plan


def made() -> list[Round]:
    with reading() as session:
        return list(session.scalars(select(Round).order_by(Round.id)))


def told(kind: str) -> list[EventRow]:
    with reading() as session:
        wanted = select(EventRow).join(Stream, Stream.id == EventRow.stream_id).where(EventRow.kind == kind)
        return list(session.scalars(wanted.order_by(EventRow.stream_id, EventRow.seq)))


def messages(kind: str) -> int:
    with reading() as session:
        return len(session.scalars(select(Message).where(Message.kind == kind)).all())


def begun(now: datetime) -> House:
    it = house(now)
    series.begin(it.programs, now, it.round_ref)
    return it


def test_the_next_round_opens_when_the_last_day_is_over_and_only_once(database: str, now: datetime) -> None:
    it = begun(now)
    over = end_of(date(2026, 11, 25))
    assert series.carry_out(over - timedelta(minutes=1)) == 0
    assert series.carry_out(over + timedelta(seconds=5)) == 1
    assert series.carry_out(over + timedelta(seconds=5)) == 0
    clock.tick(over + timedelta(minutes=1))

    first, second = made()
    assert (second.key, second.name, second.month, second.state) == ("2026-12", "2026年12月批", "2026-12", "open")
    assert (second.opens_at, second.closes_at) == (over, end_of(date(2026, 12, 25)))
    assert second.settings == first.settings == {"places": "20", "hall": "三楼"}
    assert [each.actor_kind for each in told("round_opened")] == ["account", "system"]
    assert messages("round_made") == 1
    with reading() as session:
        found = session.scalars(select(RoundNominator).where(RoundNominator.round_id == second.id)).all()
        assert [(each.channel, each.places, each.taken) for each in found] == [("employer", 4, 0)]
    bound = roles.bound(it.programs, over + DAY, round_ref=second.ref)
    assert sorted(line.role for line in bound) == ["committee", "manager"]  # the other's time had run out


def test_a_new_fact_and_a_new_version_count_from_the_next_round_on(database: str, now: datetime) -> None:
    it = begun(now)
    administration.record_fact(it.office, now, it.unit, "staff", 90, local_day(now), "社保")
    newer = programs.publish(TEXT.replace("  hall: {name: 地点, required: false}\n", ""), SYSTEM, now)
    series.carry_out(end_of(date(2026, 11, 25)))
    second = made()[1]
    assert (second.version_id, second.settings) == (newer.version_id, {"places": "20"})
    with reading() as session:
        assert session.scalar(select(RoundNominator.places).where(RoundNominator.round_id == second.id)) == 1


def test_after_an_outage_only_the_round_that_still_makes_sense_is_made(database: str, now: datetime) -> None:
    begun(now)
    late = end_of(date(2027, 3, 25)) - timedelta(hours=5)  # on the last day of March's own round
    assert series.carry_out(late) == 1
    second = made()[1]
    assert (second.key, local_day(second.opens_at)) == ("2027-04", date(2027, 3, 25))
    assert second.closes_at == end_of(date(2027, 4, 23))  # the 25th is a Sunday; its year has no official days yet
    assert [each.body["month"] for each in told("month_passed_over")] == ["2026-12", "2027-01", "2027-02", "2027-03"]


def test_a_round_that_may_not_open_waits_for_the_office(database: str, now: datetime) -> None:
    it = begun(now)
    asked = TEXT.replace("  hall: {name: 地点, required: false}\n", "  hall: {name: 地点}\n  chair: {name: 主任}\n")
    programs.publish(asked, SYSTEM, now)
    assert [str(each) for each in series.look(it.programs, now, it.round_ref).missing] == ["主任"]
    assert series.carry_out(end_of(date(2026, 11, 25))) == 1
    assert (made()[1].state, messages("round_waits"), messages("round_made")) == ("planned", 1, 0)
    assert series.carry_out(end_of(date(2026, 12, 25))) == 1  # the month after comes all the same
    assert [each.month for each in made()] == ["2026-11", "2026-12", "2027-01"]


def test_an_extended_round_is_not_cut_short_by_the_next(database: str, now: datetime) -> None:
    it = begun(now)
    rounds.extend(it.programs, now, it.round_ref, end_of(date(2026, 12, 28)), "展期通知")
    assert series.carry_out(end_of(date(2026, 11, 25))) == 0
    assert series.carry_out(end_of(date(2026, 12, 28))) == 1
    assert made()[1].key == "2027-01"


def test_a_manager_stops_the_series_and_goes_on_with_a_reason(database: str, now: datetime) -> None:
    it, over = begun(now), end_of(date(2026, 11, 25))
    with pytest.raises(InvalidInput):
        series.stop(it.manager, now, it.round_ref, " ")
    series.stop(it.manager, now, it.round_ref, "资金没有到位")
    with pytest.raises(NotReady):
        series.stop(it.manager, now, it.round_ref, "又一次")
    assert series.carry_out(over) == 0
    assert series.look(it.manager, over, it.round_ref).reason == "资金没有到位"
    series.go_on(it.manager, over + 40 * DAY, it.round_ref, "资金到了")
    assert series.carry_out(over + 40 * DAY) == 1
    assert made()[1].key == "2027-01"
    with pytest.raises(NotFound):
        series.stop(account(now, "stranger"), now, it.round_ref, "试试")


def test_a_new_version_without_monthly_channels_ends_it(database: str, now: datetime) -> None:
    it = begun(now)
    programs.publish(TEXT.replace("    intake: {every: month, closes: 25}\n", ""), SYSTEM, now)
    assert series.carry_out(end_of(date(2026, 11, 25))) == 0
    assert (len(made()), messages("series_halted")) == (1, 1)
    found = series.look(it.programs, now + 30 * DAY, it.round_ref)
    assert (found.state, found.reason) == ("stopped", series.NO_MONTHS)


def test_it_begins_from_an_open_round_that_closes(database: str, now: datetime) -> None:
    it = house(now)
    plan = Plan("2026-12", "手工批", now + 60 * DAY, now + 90 * DAY, {"places": "20"})
    other = rounds.plan(it.programs, now, it.program_ref, plan)
    with pytest.raises(NotReady):
        series.begin(it.programs, now, other)
    ahead = series.look(it.programs, now, it.round_ref).ahead
    assert [each.key for each in ahead][:2] == ["2026-12", "2027-01"]
    assert (len(ahead), ahead[0].closing.provisional, ahead[1].closing.provisional) == (12, False, True)
    series.begin(it.programs, now, it.round_ref)
    with pytest.raises(NotReady):
        series.begin(it.programs, now, it.round_ref)
    series.carry_out(end_of(date(2026, 11, 25)))
    assert made()[-1].key == "2026-12-2"  # the one planned by hand has the name


def test_a_round_without_a_last_day_is_not_planned(database: str, now: datetime) -> None:
    it = house(now)
    with pytest.raises(InvalidInput) as refused:
        rounds.plan(it.programs, now, it.program_ref, Plan("2026-13", "没有截止日", now, None, {"places": "20"}))
    assert [each.where for each in refused.value.reasons] == ["closes_at"]


def test_a_month_has_one_round(database: str, now: datetime) -> None:
    begun(now)
    with reading() as session:
        first = session.scalars(select(Round)).one()
    values = {c.name: getattr(first, c.name) for c in Round.__table__.columns if c.name not in ("id", "ref", "key")}
    with pytest.raises(IntegrityError, match=r"round(_|\.)(program_id|month)"):
        _add(Round(ref="twice", key="other", **values))


def _add(row: Round) -> None:
    with writing() as session:
        session.add(row)


def test_two_workers_at_once_make_one_round(database: str, now: datetime, ground: Flask) -> None:
    begun(now)
    together, over = Barrier(3), end_of(date(2026, 11, 25))

    def scan(_: int) -> int:
        with ground.app_context():
            together.wait()
            return series.carry_out(over)

    with ThreadPoolExecutor(3) as workers:
        assert sum(workers.map(scan, range(3))) == 1
    assert [each.month for each in made()] == ["2026-11", "2026-12"]
    assert messages("round_made") == 1
