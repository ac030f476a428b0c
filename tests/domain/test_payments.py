"""What benefits pay: when it falls due, what keeps it waiting, and what may be paid, stopped and corrected."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.cases import MANAGER, MANAGER_2, PERSON
from tests.domain.grown import Grown, camp
from workflow.domain.after.payments import Payment
from workflow.domain.errors import NotReady
from workflow.domain.stages.follow_up_payments import shares

RENT, GRANT = "rent", "grant"


def granted(*changes: tuple[str, str]) -> Grown:
    """Recognized on a Monday, 23 November 2026, with a grant of 10,000 and a monthly rent; the account is given."""
    play = Grown(camp(*changes))
    known = play.case.state.recognition
    assert known is not None
    for benefit, amount in ((GRANT, "10000"), (RENT, "1000")):
        play.tell("benefit_granted", 2, benefit=benefit, amount=amount, full=amount)
    play.case = replace(play.case, state=replace(play.case.state, provided=("bank",)), facts={"insured": True})
    return play


def due(play: Grown, benefit: str) -> list[Payment]:
    return [each for each in play.case.state.after.payments if each.benefit == benefit]


def pay(play: Grown, payment: Payment, **typed: Any) -> None:
    given = {"amount": Decimal(payment.amount), "on": play.now.date(), "voucher": "V1", **typed}
    play.do("pay", MANAGER, "manager", payment.about, **given)


def refused(play: Grown, payment: Payment, **typed: Any) -> list[str]:
    with pytest.raises(NotReady) as refusal:
        pay(play, payment, **typed)
    return [str(reason.words) for reason in refusal.value.reasons]


def test_instalments_fall_due_with_what_they_wait_for() -> None:
    play = granted()
    assert play.tick() == ["payment_due"]
    assert [(p.nth, p.amount, str(p.on)) for p in due(play, GRANT)] == [(1, "4000", "2026-11-23")]
    for task in (1, 2, 3):
        play.do("do_task", PERSON, task=task, evidence="做了")
    play.do("complete", MANAGER, "manager", reason="提前")
    play.tick()
    assert [(p.nth, p.amount) for p in due(play, GRANT)] == [(1, "4000"), (2, "6000")]
    assert play.tick() == []


def test_a_rhythm_falls_due_on_its_days_once_each_however_late_one_looks() -> None:
    play = granted().on(date(2027, 6, 1))
    play.tick()
    assert [str(p.on) for p in due(play, RENT)] == ["2026-12-15", "2027-01-15", "2027-02-15"]
    assert play.tick() == []


def test_it_is_paid_as_computed_or_with_a_reason_and_never_beyond_the_total() -> None:
    play = granted()
    play.tick()
    first = due(play, GRANT)[0]
    assert refused(play, first, amount=Decimal(3000)) == ["和应付的 4000 不一样，请写明理由"]
    assert refused(play, first, amount=Decimal(10001), reason="多付") == ["超过了这项待遇的总额 10000"]
    assert refused(play, first, voucher="", on=date(2030, 1, 1)) == ["请选付款日期，不能晚于今天", "请写付款凭证号"]
    pay(play, first)
    assert play.book.inputs_after(play.case, date(2026, 12, 1))["paid.grant"] == 4000
    assert play.book.inputs_after(play.case, date(2026, 12, 1))["payments.grant"] == 1
    play.do("correct_payment", MANAGER_2, no=first.no, amount=Decimal(-100), reason="多付一百")
    assert play.book.inputs_after(play.case, date(2026, 12, 1))["paid.grant"] == 3900


@pytest.mark.parametrize(
    ("insured", "words"),
    [(False, "付款的条件这一次没有满足：facts.insured"), (None, "付款的条件还判断不了，缺数据：facts.insured")],
)
def test_a_condition_keeps_it_waiting_until_it_turns_true(insured: bool | None, words: str) -> None:
    play = granted().on(date(2026, 12, 16))
    play.tick()
    play.case = replace(play.case, facts={} if insured is None else {"insured": insured})
    rent = due(play, RENT)[0]
    assert refused(play, rent) == [words]
    play.case = replace(play.case, facts={"insured": True})
    pay(play, rent)
    assert due(play, RENT)[0].state == "made"


def test_an_account_and_a_decided_review_come_first() -> None:
    play = granted()
    play.tick()
    play.do("open_exit", MANAGER, exit="low_twice", basis="两季都没到六十")
    play.case = replace(play.case, state=replace(play.case.state, provided=()))
    assert refused(play, due(play, GRANT)[0]) == ["正在研判或撤销程序中，有了结论才能付", "还没有收款账户"]


def test_one_is_stopped_or_the_whole_benefit() -> None:
    play = granted().on(date(2026, 12, 16))
    play.tick()
    play.do("stop_payment", MANAGER, "manager", due(play, RENT)[0].about, reason="本月不符")
    play.on(date(2027, 1, 20)).tick()
    assert [p.state for p in due(play, RENT)] == ["stopped", "due"]
    play.do("stop_payment", MANAGER, "manager", due(play, RENT)[1].about, reason="不再租房", all=True)
    play.on(date(2027, 6, 1)).tick()
    assert [p.state for p in due(play, RENT)] == ["stopped", "stopped"]


def test_the_person_says_whether_it_arrived() -> None:
    play = granted()
    play.tick()
    pay(play, due(play, GRANT)[0])
    with pytest.raises(NotReady):
        play.do("acknowledge", PERSON, no=1, received=False)
    play.do("acknowledge", PERSON, no=1, received=False, words="卡已注销")
    assert due(play, GRANT)[0].received is False


def test_what_ends_a_recognition_closes_what_was_due() -> None:
    play = granted()
    play.tick()
    play.do("open_exit", MANAGER, exit="promoted", basis="选任")
    assert list(play.case.state.open_items()) == []
    assert play.on(date(2027, 6, 1)).tick() == []


@given(amount=st.integers(1, 10**7), parts=st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_instalments_add_up_to_the_amount(amount: int, parts: list[int]) -> None:
    rest = 100 - sum(parts[:-1])
    if rest <= 0:
        return
    written = ", ".join(f"{{share: {part}%, after: give}}" for part in (*parts[:-1], rest))
    benefit = camp(("[{share: 40%, after: give}, {share: 60%, after: camp}]", f"[{written}]")).definition.benefits[
        GRANT
    ]
    cents = Decimal(amount) / 100
    assert sum(shares(benefit, cents)) == cents
