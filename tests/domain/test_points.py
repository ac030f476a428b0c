"""Points: who enters and who agrees, what a limit cuts off, what time locks and ends, how an error is put right."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.cases import MANAGER, MANAGER_2, NOW, PERSON, staff
from tests.domain.grown import TUTOR, Grown, camp
from workflow.domain.after import points as ledger_of
from workflow.domain.after.points import CONFIRMED, Ledger, PointsEntry
from workflow.domain.calendar import official
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.events import OF_POINTS, Event
from workflow.domain.stages import follow_up_points_ground
from workflow.domain.stages.follow_up_payments import usable

RULES = camp().definition.points
assert RULES is not None


def reasons(refused: pytest.ExceptionInfo[NotReady]) -> list[str]:
    return [str(reason.words) for reason in refused.value.reasons]


def mentored(*replacements: tuple[str, str]) -> Grown:
    play = Grown(camp(*replacements))
    play.do("assign_mentor", MANAGER, "manager", to=TUTOR)
    return play


def enter(play: Grown, item: str, day: date | None = None, **more: Any) -> int:
    play.do("enter_points", MANAGER, points=item, reason="七月党课", on=day, **more)
    return len(play.case.state.after.points.entries)


def confirmed(play: Grown, item: str, day: date | None = None, **more: Any) -> int:
    no = enter(play, item, day, **more)
    play.do("confirm_points", TUTOR, "mentor", f"points:{no}")
    return no


def standing(play: Grown) -> Decimal:
    day = (play.now + timedelta(hours=8)).date()
    value = play.book.inputs_after(play.case, day)["points.balance"]
    assert isinstance(value, Decimal)
    return value


def ticked(play: Grown) -> list[Event]:
    """What the clock tells of points."""
    return [event for event in play.outcome.events if event.kind in OF_POINTS] if play.tick() else []


def kinds(told: list[Event]) -> list[str]:
    return [event.kind for event in told]


# -- two signatures ----------------------------------------------------------------------------------------------------
def test_the_balance_moves_when_another_agrees() -> None:
    play = mentored()
    no = enter(play, "study")
    assert standing(play) == 100
    waiting = [(item.about, item.holder_id) for item in play.case.state.open_items() if item.role == "mentor"]
    assert waiting == [("points:1", TUTOR.account_id)]
    with pytest.raises(NotAllowed):
        play.do("confirm_points", MANAGER, "mentor", f"points:{no}")
    play.do("confirm_points", TUTOR, "mentor", f"points:{no}")
    assert standing(play) == 101
    assert play.outcome.events[0].body["balance"] == "101"


def test_who_recorded_or_is_meant_never_confirms() -> None:
    play = mentored(("entry: {by: manager, confirmed_by: mentor,", "entry: {by: manager, confirmed_by: manager,"))
    enter(play, "study")
    with pytest.raises(NotAllowed):
        play.do("confirm_points", MANAGER, "manager", "points:")
    play.do("confirm_points", MANAGER_2, "manager", "points:")
    assert standing(play) == 101


def test_a_rejection_says_why_and_changes_nothing() -> None:
    play = mentored()
    enter(play, "absent")
    with pytest.raises(NotReady):
        play.do("reject_points", TUTOR, "mentor", "points:")
    play.do("reject_points", TUTOR, "mentor", "points:", reason="请过假")
    assert standing(play) == 100


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"points": "study"}, "请写明什么事，本人会看到"),
        ({"points": "share", "reason": "x"}, "请选是哪一项积分"),
        ({"points": "income", "reason": "x"}, "“增收”要附证明材料"),
        ({"points": "study", "reason": "x", "on": date(2026, 11, 24)}, "发生的日子不能晚于今天"),
        ({"points": "study", "reason": "x", "on": date(2026, 11, 22)}, "2026-11-23 才认定，之前的不记分"),
    ],
)
def test_what_an_entry_lacks(given: dict[str, Any], said: str) -> None:
    with pytest.raises(NotReady) as refused:
        mentored().do("enter_points", MANAGER, **given)
    assert reasons(refused) == [said]


def test_only_who_enters_may_enter_and_only_the_person_claims() -> None:
    play = mentored()
    with pytest.raises(NotAllowed):
        play.do("enter_points", TUTOR, points="study", reason="x")
    with pytest.raises(NotFound):
        play.do("enter_points", staff(70, "treasurer"), points="study", reason="x")
    with pytest.raises(NotAllowed):
        play.do("claim", MANAGER, points="share", asks={"hours": Decimal(4)})


# -- claims, expressions, limits ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hours", "worth"), [("4", "3"), ("3", "1")])
def test_a_claim_is_worth_what_its_expression_says(hours: str, worth: str) -> None:
    play = mentored()
    play.do("claim", PERSON, points="share", asks={"hours": Decimal(hours)})
    entry = play.case.state.after.points.entries[0]
    assert (entry.value, entry.source, entry.by) == (worth, "claim", 100)


def test_a_claim_without_what_is_asked_says_so() -> None:
    with pytest.raises(NotReady) as refused:
        mentored().do("claim", PERSON, points="share")
    assert [(r.where, str(r.words)) for r in refused.value.reasons] == [("asks.hours", "请填写“小时”")]


def test_a_limit_on_entries_refuses_and_counts_no_rejected_one() -> None:
    play = mentored()
    enter(play, "study")
    no = enter(play, "study")
    with pytest.raises(NotReady) as refused:
        enter(play, "study")
    assert reasons(refused) == ["“学习”这一期最多2次，已经满了"]
    play.do("reject_points", TUTOR, "mentor", f"points:{no}", reason="重复")
    assert enter(play, "study") == 3


def test_a_limit_on_points_counts_the_rest_and_says_so() -> None:
    play = mentored(("points: 5, evidence: true", "points: 5, limit: 7 points/month"))
    for _ in range(3):
        enter(play, "income")
    kept = [(e.value, e.asked) for e in play.case.state.after.points.entries]
    assert kept == [("5", None), ("2", "5"), ("0", "5")]


# -- cap, marks, review ------------------------------------------------------------------------------------------------
def test_never_above_the_cap_and_a_mark_is_told_once_until_it_is_left() -> None:
    play = mentored(("points: -40", "points: -40.5"))
    for _ in range(5):
        confirmed(play, "income", evidence=["f"])
    assert standing(play) == 120
    confirmed(play, "absent")
    assert standing(play) == Decimal("84.5")  # 125 - 40.5: what the cap cut off had come in
    confirmed(play, "absent")
    told = [(e.kind, e.body.get("below"), e.body.get("then")) for e in play.outcome.events]
    assert told[:3] == [
        ("points_confirmed", None, None),
        ("mark_reached", "70", "warn"),
        ("mark_reached", "50", "review"),
    ]
    assert play.case.state.leaving is not None
    assert play.case.state.leaving.causes == ("mark:50",)
    for _ in range(6):
        confirmed(play, "income", evidence=["f"])
    assert play.case.state.after.points.reached == ()


def test_an_item_that_leads_to_a_review_does_so_when_it_is_agreed_to() -> None:
    play = mentored()
    no = enter(play, "breach")
    assert play.case.state.leaving is None
    play.do("confirm_points", TUTOR, "mentor", f"points:{no}")
    assert play.case.state.leaving is not None
    assert play.case.state.leaving.causes == ("points:breach",)


# -- time --------------------------------------------------------------------------------------------------------------
def test_a_period_locks_once_with_what_it_came_to_and_takes_only_corrections() -> None:
    play = mentored()
    first = confirmed(play, "study")
    late = enter(play, "study")
    play.on(date(2027, 1, 1))
    assert [(e.kind, e.body["period"], e.body["balance"]) for e in ticked(play)] == [
        ("points_locked", "2026-Q4", "101")
    ]
    assert ticked(play) == []
    with pytest.raises(NotReady) as refused:
        enter(play, "study", date(2026, 12, 31))
    assert reasons(refused) == ["那一期已经锁定，只能补记更正"]
    play.do("confirm_points", TUTOR, "mentor", f"points:{late}")
    play.do("correct_points", MANAGER, entry=first, right="0", reason="记错了人")
    play.do("confirm_points", TUTOR, "mentor", "points:3")
    play.do("correct_points", MANAGER, points="study", on=date(2026, 12, 1), reason="漏记")
    assert standing(play) == 101
    assert RULES is not None
    assert ledger_of.balance(RULES, play.case.state.after.points, date(2026, 12, 31), official()) == 101


def test_a_period_is_closed_by_its_day_even_while_no_clock_runs_and_told_in_order_later() -> None:
    play = mentored().on(date(2027, 7, 5))
    with pytest.raises(NotReady):
        enter(play, "study", date(2027, 6, 30))
    assert kinds(ticked(play)) == ["points_locked"] * 3
    assert list(play.case.state.after.points.locked) == ["2026-Q4", "2027-Q1", "2027-Q2"]


def test_entries_expire_with_their_corrections_and_the_next_look_is_that_day() -> None:
    play = mentored(("  cap: 120\n  lock: quarter\n", "  expires: 2y\n"))
    no = confirmed(play, "income", evidence=["f"])
    play.on(date(2027, 3, 1))
    play.do("correct_points", MANAGER, entry=no, right="2", reason="多记")
    play.do("confirm_points", TUTOR, "mentor", "points:2")
    assert follow_up_points_ground.look(play.book, play.case, date(2027, 3, 2)) == date(2028, 11, 24)
    play.on(date(2028, 11, 23))
    assert (ticked(play), standing(play)) == ([], Decimal(102))
    play.on(date(2028, 11, 24))
    (gone,) = ticked(play)
    assert (gone.kind, gone.body["nos"], standing(play)) == ("points_expired", [1, 2], Decimal(100))


def test_the_tier_follows_the_balance() -> None:
    tiers = "  tiers: {low: {name: 铜, from: 100}, high: {name: 银, from: 105}}\n  marks: [{below: 70"
    play = mentored(("  marks: [{below: 70", tiers))
    assert kinds(ticked(play)) == ["tier_changed"]
    confirmed(play, "income", evidence=["f"])
    assert play.outcome.events[-1].body == {"tier": "high", "before": "low", "balance": "105"}
    confirmed(play, "absent")
    assert play.case.state.after.points.tier is None


# -- corrections and appeals -------------------------------------------------------------------------------------------
def test_a_correction_counts_with_a_second_signature_and_one_waits_at_a_time() -> None:
    play = mentored()
    no = confirmed(play, "income", evidence=["f"])
    play.do("correct_points", MANAGER, entry=no, right="3.5", reason="重算")
    assert standing(play) == 105
    with pytest.raises(NotReady) as refused:
        play.do("correct_points", MANAGER, entry=no, right="4", reason="再算")
    assert reasons(refused) == ["这一笔已有一笔更正在等确认"]
    play.do("confirm_points", TUTOR, "mentor", "points:2")
    assert standing(play) == Decimal("103.5")
    with pytest.raises(NotReady) as refused:
        play.do("correct_points", MANAGER, entry=no, right="3.5", reason="再算")
    assert reasons(refused) == ["现在就是3.5分，不用更正"]


def test_an_appeal_is_heard_by_a_third_and_upheld_puts_the_entry_right() -> None:
    play = mentored()
    no = confirmed(play, "absent")
    play.do("appeal_points", PERSON, entry=no, reason="当天请过假")
    with pytest.raises(MovedOn):
        play.do("appeal_points", PERSON, entry=no, reason="再提一次")
    with pytest.raises(NotAllowed):
        play.do("settle_points_appeal", MANAGER, "manager", "points:", conclusion="rejected", reason="不成立")
    given: dict[str, Any] = {"conclusion": "upheld", "right": "0", "reason": "请假条属实"}
    play.do("settle_points_appeal", MANAGER_2, "manager", "points:", **given)
    assert play.outcome.events[1].body["balance"] == "100"
    assert play.case.state.after.points.reached == ()
    assert (standing(play), play.case.state.after.points.entries[0].appeal) == (Decimal(100), "upheld")
    assert play.case.state.appeals == 0


def test_an_appeal_ends_after_its_working_days() -> None:
    play = mentored()
    no = confirmed(play, "absent")
    play.on(date(2026, 12, 1))  # the 6th working day
    with pytest.raises(MovedOn):
        play.do("appeal_points", PERSON, entry=no, reason="晚了")


# -- laws of the ledger ------------------------------------------------------------------------------------------------
DAYS = st.integers(0, 900).map(lambda days: NOW + timedelta(days=days))
VALUES = st.integers(-6000, 6000).map(lambda hundredths: str(Decimal(hundredths) / 100))


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    rows = draw(st.lists(st.tuples(VALUES, DAYS, st.booleans()), max_size=12))
    entries = tuple(
        PointsEntry(no, "study", value, "record", 1, at, at.date(), state=CONFIRMED if agreed else "awaiting",
                    settled_by=2, settled_at=at if agreed else None)
        for no, (value, at, agreed) in enumerate(rows, start=1)
    )  # fmt: skip
    return Ledger(entries)


@settings(max_examples=60, deadline=None)
@given(ledgers(), st.randoms(use_true_random=False), st.booleans(), DAYS)
def test_the_balance_is_the_ledger_replayed_in_any_order_and_never_above_the_cap(
    known: Ledger, chance: Random, ends: bool, at: datetime
) -> None:
    book = camp(("  lock: quarter\n", "  expires: 6mo\n")) if ends else camp()
    points, calendar, day = book.definition.points, official(), at.date()
    assert points is not None
    stands = ledger_of.balance(points, known, day, calendar)
    shuffled = list(known.entries)
    chance.shuffle(shuffled)
    assert points.cap is not None
    assert stands == ledger_of.balance(points, Ledger(tuple(shuffled)), day, calendar) <= points.cap
    lines = ledger_of.lines(points, known, NOW.date(), day, calendar)
    assert lines[-1].balance == stands
    assert lines[-1].total == sum((line.change for line in lines), Decimal(0))


@settings(max_examples=60, deadline=None)
@given(ledgers(), VALUES, DAYS)
def test_what_comes_later_never_changes_what_a_locked_period_came_to(known: Ledger, value: str, at: datetime) -> None:
    assert RULES is not None
    moment, calendar = at, official()
    later = PointsEntry(len(known.entries) + 1, "study", value, "record", 1, NOW, NOW.date(), corrects=None,
                        state=CONFIRMED, settled_by=2, settled_at=moment)  # fmt: skip
    grown = Ledger((*known.entries, later))
    for period in ledger_of.ended_periods(RULES, NOW.date(), later.booked or NOW.date()):
        before, after = (ledger_of.balance(RULES, each, period.last, calendar) for each in (known, grown))
        assert before == after


def test_what_a_tier_gives_is_used_as_long_as_the_balance_reaches_it() -> None:
    """And no oftener than the program says; what is paid is no matter of a tier."""
    play = mentored(
        ("  marks: [{below: 70", "  tiers: {full: {name: 满分, from: 100, benefits: [parking]}}\n  marks: [{below: 70"),
        ("benefits:\n  grant:", "benefits:\n  parking: {name: 停车, once_per: year}\n  grant:"),
    )

    def open_now() -> tuple[str, ...]:
        return usable(play.book, play.case, (play.now + timedelta(hours=8)).date())

    assert open_now() == ("parking",)
    play.do("use_benefit", MANAGER, benefit="parking")
    with pytest.raises(NotReady):
        play.do("use_benefit", MANAGER, benefit="parking")
    confirmed(play, "absent")
    assert (standing(play), open_now()) == (Decimal(60), ())
    with pytest.raises((NotReady, NotFound, MovedOn)):
        play.do("use_benefit", MANAGER, benefit="parking")
