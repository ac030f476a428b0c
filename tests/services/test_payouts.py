"""Money of a round: due by the clock, paid by people, taken as a file, told back by the person."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading
from models.evidence import EventRow
from models.payments import PaymentRow
from tests.services.issued import ACCOUNT, Grounds
from workflow.documents import spreadsheet
from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import actions, clock, overview, payouts, replay


def due(plot: Grounds, now: datetime) -> payouts.Payouts:
    return payouts.listed(plot.people["manager"], plot.round_ref, now)


def test_a_list_is_paid_and_every_line_says_what_keeps_it_waiting(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.before_award(3)
    plot.issue(refs)
    clock.tick(now)
    with reading() as session:  # what the office owes later is no last day of the person's
        assert list(session.scalars(select(ApplicationRow.due_at))) == [None] * 3
    listed = due(plot, now)
    assert [(line.payout.amount, line.account, line.ready) for line in listed.lines] == [("3000", "****3445", True)] * 3
    (budget,) = listed.budgets
    assert (budget.people, budget.entitled, budget.due, budget.paid) == (3, Decimal(9000), Decimal(9000), 0)

    manager = plot.people["manager"]
    actions.perform(refs[2], "open_exit", manager, now, inputs={"exit": "fraud", "basis": "材料存疑"})
    chosen = [(line.payout.item, line.payout.item_version) for line in listed.lines]
    paid = payouts.pay(manager, plot.round_ref, chosen, plot.today, "2026-记-118", now, "k1")
    assert (paid.done, [str(why[0].words) for _, why in paid.left_aside]) == (
        2,
        ["正在研判或撤销程序中，有了结论才能付"],
    )
    again = payouts.pay(manager, plot.round_ref, chosen, plot.today, "2026-记-118", now, "k1")
    assert again.done == 0
    with reading() as session:
        assert sorted(session.scalars(select(PaymentRow.state))) == ["due", "made", "made"]

    actions.perform(refs[0], "acknowledge", plot.owners[refs[0]], now, inputs={"no": 1, "received": True})
    assert payouts.one(manager, refs[0], 1, now).payment.received is True
    assert due(plot, now).counts == {"": 3, "due": 1, "made": 2, "stopped": 0, "unreceived": 0}
    assert replay.replay(now)[1] == []
    clock.tick(now)
    assert due(plot, now).counts[""] == 3


def test_who_is_no_longer_recognized_counts_for_what_was_paid_alone(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.before_award(3)
    plot.issue(refs)
    clock.tick(now)
    manager = plot.people["manager"]
    first = due(plot, now).lines[0].payout
    payouts.pay(manager, plot.round_ref, [(first.item, first.item_version)], plot.today, "2026-记-118", now, "k1")
    kept = next(ref for ref in refs[1:] if ref != first.application)
    for ref in {*refs} - {kept}:  # one was paid before, one was not
        actions.perform(ref, "open_exit", manager, now, inputs={"exit": "left", "basis": "社保已转出"})

    seen = due(plot, now)
    (budget,) = seen.budgets
    assert (budget.people, budget.entitled, budget.paid, budget.due, budget.later) == (1, 6000, 3000, 3000, 0)
    assert seen.counts == {"": 3, "due": 1, "made": 1, "stopped": 0, "unreceived": 0}
    assert [line.payout.application for line in seen.lines] == [kept]


def test_what_is_late_after_the_recognition_is_late_on_the_overview(database: str, now: datetime) -> None:
    plot = Grounds(now)
    plot.issue(plot.before_award(2))
    clock.tick(now)
    later = now + timedelta(days=200)
    seen = overview.overview(plot.people["manager"], plot.round_ref, later)
    assert (seen.running, seen.late, seen.late_after, seen.overdue_items) == (0, 0, 2, 2)
    assert [(each.duty, each.after, each.late) for each in seen.holders] == [("pay", True, 2)]


def test_the_file_shows_masks_and_whole_numbers_only_with_a_reason(database: str, now: datetime) -> None:
    plot = Grounds(now)
    plot.issue(plot.before_award(1))
    clock.tick(now)
    manager = plot.people["manager"]

    def cells(*, whole: bool, reason: str = "") -> tuple[str, ...]:
        _, data = payouts.export(manager, plot.round_ref, now, str, state="due", benefit="", whole=whole, reason=reason)
        return spreadsheet.read(data)[1].cells

    assert cells(whole=False)[8] == "****3445"
    with pytest.raises(InvalidInput):
        cells(whole=True)
    assert cells(whole=True, reason="报财政付款")[8] == ACCOUNT
    with reading() as session:
        told = session.scalars(select(EventRow.body).where(EventRow.kind == "payouts_exported").order_by(EventRow.seq))
        assert [(body["whole"], "remarks" in body) for body in told] == [(False, False), (True, True)]


def test_for_everybody_else_there_is_no_list(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.before_award(1)
    plot.issue(refs)
    clock.tick(now)
    for who in (plot.people["clerk"], plot.owners[refs[0]]):
        with pytest.raises(NotFound):
            payouts.listed(who, plot.round_ref, now)
        with pytest.raises(NotFound):
            payouts.one(who, refs[0], 1, now)
