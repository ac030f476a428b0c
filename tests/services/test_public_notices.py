"""Publishing a list: as it was looked at, once, seen exactly as long as it should be, ended by time and by nobody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.applications import Answers, ApplicationRow
from models.base import writing
from models.calendar import CalendarDay
from models.messages import Message
from models.notices import NoticeLine
from models.people import Person
from tests.laws.queries import counted
from tests.services.listed import DRAFT, Listing
from workflow.domain.actor import ANONYMOUS
from workflow.domain.calendar import SHANGHAI, end_of
from workflow.domain.errors import MovedOn, NotFound, NotReady, Refusal
from workflow.services import (
    actions,
    calendar,
    clock,
    evidence,
    public_notices,
    public_notices_drafting,
    public_notices_publishing,
    replay,
)
from workflow.services.public_notices import ENDED, RUNNING


def whole(now: datetime) -> None:
    assert replay.replay(now)[1] == []
    assert evidence.verify() == []


# -- publish -----------------------------------------------------------------------------------------------------------
def test_a_list_is_published_as_it_was_looked_at(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(3)
    ref = plot.publish()
    notice = plot.notice(ref)
    assert (notice.first_day, notice.last_day) == (date(2026, 11, 20), date(2026, 11, 26))
    assert [line.shown for line in plot.lines(ref)] == [
        [name, "蓝埠家纺集团", "制版", "2026年第1批"] for name in ("白栖", "苏棠梨", "叶疏桐")
    ]
    assert {plot.case(each).stage_key for each in refs} == {"notice"}
    assert plot.case(refs[0]).due_at == end_of(date(2026, 11, 26))
    whole(now)


def test_what_changed_since_it_was_looked_at_is_not_published(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    seen = plot.draft()
    with writing() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == refs[0])).one()
        session.get_one(Answers, (row.id, 1)).body = {**session.get_one(Answers, (row.id, 1)).body, "name": "白 栖"}
    for draft in (seen, replace(seen, seen="")):
        with pytest.raises(NotReady) as refused:
            public_notices_publishing.publish(plot.people["manager"], plot.round_ref, "notice", draft, now)
        assert [reason.where for reason in refused.value.reasons] == ["seen"]
    assert plot.case(refs[1]).status == "open"
    whole(now)


def test_who_is_left_out_needs_a_reason(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    plot.plant(1)
    chosen = (refs[0],)
    with pytest.raises(NotReady) as refused:
        plot.publish(chosen=chosen)
    assert [str(reason.words) for reason in refused.value.reasons] == [
        "还有 2 件没有列入这次公示，请写明为什么先公示这一批"
    ]
    ref = plot.publish(chosen=chosen, reason="其余仍在核查")
    assert len(plot.lines(ref)) == 1
    assert len(public_notices.register(plot.people["manager"], plot.round_ref, now).before[0].waiting) == 1


def test_two_lines_that_look_alike_want_a_person(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    with writing() as session:
        for ref in refs:
            row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
            answers = session.get_one(Answers, (row.id, 1))
            answers.body = {**answers.body, "name": "白栖"}
    with pytest.raises(NotReady):
        plot.publish()
    assert plot.publish(apart=True)


def test_same_names_are_told_apart_by_birth_year(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    with writing() as session:
        for number, ref in enumerate(refs):
            row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
            answers = session.get_one(Answers, (row.id, 1))
            answers.body = {**answers.body, "name": "郑砚耕"}
            born = date(1979 + 9 * number, 5, 1)
            session.execute(update(Person).where(Person.id == row.person_id).values(birth_date=born))
    ref = plot.publish()
    assert [line.shown[0] for line in plot.lines(ref)] == ["郑砚耕（1979年生）", "郑砚耕（1988年生）"]


def test_only_who_runs_the_round_may_draw_up_a_notice(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    for who in ("supervisor", "district"):
        with pytest.raises(NotFound):
            public_notices_drafting.preview(plot.people[who], plot.round_ref, "notice", DRAFT, now)
        with pytest.raises(NotFound):
            public_notices.register(plot.people[who], plot.round_ref, now)


def test_two_managers_publish_the_same_cases_at_once_and_one_wins(database: str, now: datetime, ground: Flask) -> None:
    plot = Listing(now)
    refs = plot.waiting(4)
    drafts = {who: plot.draft(who=who) for who in ("manager", "manager_2")}
    together = Barrier(2)

    def try_it(who: str) -> str:
        with ground.app_context():
            together.wait()
            try:
                return public_notices_publishing.publish(plot.people[who], plot.round_ref, "notice", drafts[who], now)
            except (MovedOn, NotReady):
                return ""

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(try_it, drafts))
    assert sum(bool(ref) for ref in done) == 1
    won = next(ref for ref in done if ref)
    assert len(plot.lines(won)) == 4
    assert {plot.case(ref).version for ref in refs} == {plot.case(refs[0]).version}
    whole(now)


def test_the_same_page_sent_twice_publishes_once(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(2)
    draft, manager = plot.draft(), plot.people["manager"]
    first, again = (
        public_notices_publishing.publish(manager, plot.round_ref, "notice", draft, now, request_key="k")
        for _ in range(2)
    )
    assert first == again


# -- seen --------------------------------------------------------------------------------------------------------------
def test_it_is_seen_from_its_minute_until_the_last_day_has_ended(database: str, now: datetime) -> None:
    """No clock runs in this test: only the page is asked."""
    plot = Listing(now)
    plot.waiting(2)
    starts = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    ref = plot.publish(starts_at=starts)
    with pytest.raises(NotFound):
        public_notices.shown(ref, ANONYMOUS, starts - timedelta(seconds=1))
    assert public_notices.shown(ref, plot.people["manager"], now).phase == "coming"
    assert public_notices.current(starts - timedelta(seconds=1)) == ()
    for at in (starts, end_of(date(2026, 11, 27)) - timedelta(seconds=1)):
        shown = public_notices.shown(ref, ANONYMOUS, at)
        assert (shown.phase, len(shown.lines)) == (RUNNING, 2)
        assert [each.ref for each in public_notices.current(at)] == [ref]
    over = public_notices.shown(ref, ANONYMOUS, end_of(date(2026, 11, 27)))
    assert (over.phase, over.lines) == (ENDED, ())
    assert public_notices.current(end_of(date(2026, 11, 27))) == ()


def test_official_days_that_come_late_push_the_end_back(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(1)
    published = datetime(2026, 12, 29, 2, 0, tzinfo=SHANGHAI)
    ref = plot.publish(published)
    assert plot.notice(ref).provisional
    ends = end_of(date(2027, 1, 4))
    assert public_notices.shown(ref, ANONYMOUS, ends - timedelta(seconds=1)).phase == RUNNING
    days = calendar.understood("2027-01-01 至 2027-01-03 休").days
    with writing() as session:
        for day, works in days.items():
            kind = "workday" if works else "holiday"
            session.add(CalendarDay(calendar="cn", day=day, kind=kind, basis="通知", revision=1))
    assert public_notices.shown(ref, ANONYMOUS, ends).phase == RUNNING
    assert public_notices_publishing.carry_out(ends + timedelta(hours=1)) == 0
    assert plot.case(refs[0]).stage_key == "notice"
    assert public_notices_publishing.carry_out(end_of(date(2027, 1, 5))) == 1


def test_who_withdraws_is_no_longer_read_on_the_list(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    ref = plot.publish()
    actions.perform(refs[0], "withdraw", plot.owners[refs[0]], now + timedelta(hours=1), inputs={"reason": "去外地"})
    lines = public_notices.shown(ref, ANONYMOUS, now + timedelta(hours=2)).lines
    assert [bool(line.shown) for line in lines] == [False, True]
    whole(now + timedelta(hours=2))


@pytest.mark.parametrize("to", ["internal", "organization"])
def test_what_is_not_for_everybody_is_not_there_for_others(database: str, now: datetime, to: str) -> None:
    plot = Listing(now, **{"days: 5wd": f"to: {to}, days: 5wd"})
    plot.waiting(1)
    ref = plot.publish()
    assert public_notices.current(now) == ()
    with pytest.raises(NotFound):
        public_notices.shown(ref, ANONYMOUS, now)
    assert public_notices.shown(ref, plot.people["manager"], now).lines
    if to == "internal":
        assert public_notices.shown(ref, plot.people["district"], now).lines
    else:
        with pytest.raises(NotFound):
            public_notices.shown(ref, plot.people["district"], now)


# -- the end -----------------------------------------------------------------------------------------------------------
def test_time_ends_it_the_day_after_and_never_before(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(3)
    ref = plot.publish()
    clock.tick(plot.after(ref, seconds=-1))
    assert {plot.case(each).stage_key for each in refs} == {"notice"}
    clock.tick(plot.after(ref))
    assert {plot.case(each).stage_key for each in refs} == {"filing"}
    clock.tick(plot.after(ref, hours=1))
    assert [line.state for line in plot.lines(ref)] == ["ended"] * 3
    whole(plot.after(ref, hours=1))


def test_where_the_clock_stands_still_the_office_presses(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    ref = plot.publish()
    with pytest.raises(NotReady):
        public_notices_publishing.end(plot.people["manager"], ref, plot.after(ref, seconds=-1))
    with pytest.raises(NotFound):
        public_notices_publishing.end(plot.people["supervisor"], ref, plot.after(ref))
    assert public_notices_publishing.end(plot.people["manager"], ref, plot.after(ref, days=30)) == 2
    assert {plot.case(each).stage_key for each in refs} == {"filing"}


def test_a_held_case_does_not_move_on(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(1)
    ref = plot.publish()
    actions.perform(refs[0], "hold", plot.people["manager"], now + timedelta(hours=1), inputs={"basis": "函"})
    assert public_notices_publishing.carry_out(plot.after(ref, days=1)) == 0
    actions.perform(refs[0], "release", plot.people["manager"], plot.after(ref, days=1), inputs={"basis": "函"})
    assert public_notices_publishing.carry_out(plot.after(ref, days=2)) == 1
    whole(plot.after(ref, days=2))


def test_taken_down_nobody_reads_it_and_the_list_starts_anew(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(2)
    ref = plot.publish()
    with pytest.raises(NotReady):
        public_notices_publishing.take_down(plot.people["manager"], ref, " ", now + timedelta(hours=1))
    with pytest.raises(NotFound):
        public_notices_publishing.take_down(plot.people["supervisor"], ref, "错", now + timedelta(hours=1))
    assert public_notices_publishing.take_down(plot.people["manager"], ref, "单位写错", now + timedelta(hours=1)) == 2
    shown = public_notices.shown(ref, ANONYMOUS, now + timedelta(hours=2))
    assert (shown.phase, shown.lines) == ("down", ())
    later = now + timedelta(days=3)
    again = plot.publish(later)
    assert plot.notice(again).last_day > plot.notice(ref).last_day
    assert public_notices_publishing.carry_out(plot.after(ref)) == 0
    assert public_notices_publishing.carry_out(plot.after(again)) == 2
    assert {plot.case(each).stage_key for each in refs} == {"filing"}
    whole(plot.after(again))


def test_the_person_is_told_the_days(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    plot.publish()
    with writing() as session:
        told = session.scalars(select(Message).where(Message.kind == "notice_published")).one()
    assert (told.params["first"], told.params["last"]) == ("2026-11-20", "2026-11-26")


def test_a_changed_line_is_found_by_replay(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    with writing() as session:
        session.execute(update(NoticeLine).values(shown=["别人", "别处", "制版", "2026年第1批"]))
    assert [each.where for each in replay.replay(now)[1]] == ["notice_line"]
    assert plot.lines(ref)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(steps=st.lists(st.sampled_from(["publish", "down", "tick", "hold", "release", "withdraw"]), max_size=8))
def test_any_order_of_acts_leaves_tables_that_replay(database: str, now: datetime, steps: list[str]) -> None:
    plot = _LISTINGS.get(database) or _LISTINGS.setdefault(database, Listing(now))
    refs, at, ref = plot.waiting(2), now, None
    manager = plot.people["manager"]
    for step in steps:
        at += timedelta(days=2)
        try:
            if step == "publish":
                ref = plot.publish(at, reason="其余在办")
            elif step == "down" and ref:
                public_notices_publishing.take_down(manager, ref, "改名单", at)
            elif step == "tick":
                public_notices_publishing.carry_out(at)
            elif step in ("hold", "release"):
                actions.perform(refs[0], step, manager, at, inputs={"basis": "函"})
            elif step == "withdraw":
                actions.perform(refs[1], step, plot.owners[refs[1]], at, inputs={"reason": "不申报了"})
        except Refusal:
            continue
    whole(now + timedelta(days=3000))


_LISTINGS: dict[str, Listing] = {}


def test_pages_cost_the_same_whatever_stands_on_them(database: str, now: datetime) -> None:
    plot = Listing(now)
    manager = plot.people["manager"]
    sent: dict[str, list[int]] = {"preview": [], "page": [], "list": [], "register": []}
    for count in (2, 6):
        plot.waiting(count)
        public_notices_drafting.preview(manager, plot.round_ref, "notice", DRAFT, now)
        with counted() as statements:
            public_notices_drafting.preview(manager, plot.round_ref, "notice", DRAFT, now)
        sent["preview"].append(len(statements))
        ref = plot.publish()
        for name, look in (
            ("page", lambda ref=ref: public_notices.shown(ref, ANONYMOUS, now)),
            ("list", lambda: public_notices.current(now)),
            ("register", lambda: public_notices.register(manager, plot.round_ref, now)),
        ):
            with counted() as statements:
                look()
            sent[name].append(len(statements))
    assert {name: len(set(counts)) for name, counts in sent.items()} == dict.fromkeys(sent, 1), sent
