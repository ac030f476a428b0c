"""What a benefit pays or gives, from the award to its end (LANGUAGE 5.2). The clock makes it due; people pay.

An instalment falls due with what it waits for (a stage completed, a duty done, the second time it is named its second
completion), a rhythm on its days from the recognition on. What cannot be paid waits and says why.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from workflow.domain import rules
from workflow.domain.after import points as ledger_of
from workflow.domain.after.duties import DONE as DUTY_DONE
from workflow.domain.after.payments import DUE, MADE, Payment, about, paid_sum
from workflow.domain.application import Application, Duty, State, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import holds, is_barred, is_filler, is_person
from workflow.domain.program.schema import TextField
from workflow.domain.program.schema.after import Benefit, PaidEvery
from workflow.domain.recognition import Recognition
from workflow.domain.recurrence import occurrences
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules.rule import canonical
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.stages.follow_up_ground import here, may_act, reasoned, valid
from workflow.domain.words import Words

CENT = Decimal("0.01")
AWARD = "award"


# -- what falls due ----------------------------------------------------------------------------------------------------
def granted(state: State) -> Iterator[tuple[str, Decimal]]:
    """Benefits that pay, with their amount: once or in all; each time where there is a rhythm."""
    known = state.recognition
    for each in known.benefits if known is not None else ():
        if each.amount is not None and Decimal(each.amount) > 0 and each.benefit not in state.after.stopped:
            yield each.benefit, Decimal(each.amount)


def shares(benefit: Benefit, amount: Decimal) -> tuple[Decimal, ...]:
    """The instalments, half up to the cent; the last takes what rounding left over, so that they add up."""
    if not benefit.instalments:
        return (amount,)
    found = [(amount * each.share.percent / 100).quantize(CENT, ROUND_HALF_UP) for each in benefit.instalments]
    if sum(each.share.percent for each in benefit.instalments) == 100:
        found[-1] = amount - sum(found[:-1])
    return tuple(found)


def _completed(state: State, book: Rulebook, wanted: str, time: int) -> date | None:
    """The day on which a stage was completed, or a duty was done for the `time`-th time."""
    known = state.recognition
    if known is not None and wanted in book.definition.stages:
        if book.stage(wanted).kind == AWARD:
            return known.on
        left = [e.left_at for e in state.entries if e.stage == wanted and e.effect == "pass" and e.left_at is not None]
        return local_day(left[-1]) if left else None
    done = [each for each in state.after.duties if each.duty == wanted and each.state == DUTY_DONE]
    ended = sorted(each.closed_at for each in done if each.closed_at is not None)
    return local_day(ended[time - 1]) if len(ended) >= time else None


def _falling(book: Rulebook, state: State, today: date) -> Iterator[tuple[str, int, str, date, Decimal]]:
    """(benefit, nth, name, day, amount) of everything due by `today`, told or not."""
    known = state.recognition
    for key, amount in granted(state) if known is not None else ():
        benefit = book.definition.benefits[key]
        if benefit.rhythm is not None:
            yield from _rhythm(book, known, key, benefit.rhythm, amount, today)
            continue
        seen: dict[str, int] = {}
        after = [each.after for each in benefit.instalments] or [AWARD]
        for nth, (wanted, part) in enumerate(zip(after, shares(benefit, amount), strict=True), start=1):
            seen[wanted] = seen.get(wanted, 0) + 1
            stage_or_award = wanted if benefit.instalments else _award_key(book, state)
            day = _completed(state, book, stage_or_award, seen[wanted])
            if day is not None and day <= today:
                yield key, nth, str(nth), day, part


def _award_key(book: Rulebook, state: State) -> str:
    return next(e.stage for e in state.entries if book.stage(e.stage).kind == AWARD)


def _rhythm(
    book: Rulebook, known: Recognition | None, key: str, every: PaidEvery, amount: Decimal, until: date
) -> Iterator[tuple[str, int, str, date, Decimal]]:
    """From the recognition on, as often as `times` says and as long as the recognition lasts."""
    if known is None:
        return
    end = min(until, known.until) if known.until is not None else until
    found = occurrences(book.calendar, every.every, every.on, every.roll, known.on, end)
    for nth, each in enumerate(found[: every.times], start=1):
        yield key, nth, each.nominal.isoformat(), each.date, amount


def fall(work: Work) -> None:
    told = {(each.benefit, each.name) for each in work.state.after.payments}
    for key, nth, name, day, amount in list(_falling(work.book, work.state, local_day(work.now))):
        if (key, name) in told:
            continue
        no = len(work.state.after.payments) + 1
        benefit = work.definition.benefits[key]
        due_on = work.book.calendar.term(day, benefit.due).date.isoformat()
        asked = {"duty": Duty.PAY.value, "stage": here(work), "about": about(no), "due_on": due_on}
        opens = [{**asked, "role": role, "organization": work.before.places.get(role)} for role in benefit.by[:1]]
        work.tell(
            "payment_due",
            no=no,
            benefit=key,
            nth=nth,
            name=name,
            on=day.isoformat(),
            amount=canonical(amount),
            opens=opens,
        )


def look(book: Rulebook, application: Application, today: date) -> date | None:
    """Today, where something is due and not told; else the next day of a rhythm."""
    state = application.state
    told = {(each.benefit, each.name) for each in state.after.payments}
    days = []
    for key, _amount in granted(state):
        every, known = book.definition.benefits[key].rhythm, state.recognition
        if every is not None and known is not None:
            ahead = date(today.year + 2, today.month, 1)
            coming = _rhythm(book, known, key, every, Decimal(1), ahead)
            days += [day for _, _, name, day, _ in coming if (key, name) not in told][:1]
    if any((key, name) not in told for key, _, name, _, _ in _falling(book, state, today)):
        return today
    return max(min(days), today) if days else None


# -- paying ------------------------------------------------------------------------------------------------------------
def payment_of(work: Work) -> Payment | None:
    item = work.item
    return next((p for p in work.before.state.after.payments if item is not None and p.item == item.no), None)


def _paying(work: Work) -> bool:
    item, payment = work.item, payment_of(work)
    return (
        item is not None and item.is_open and payment is not None and payment.state == DUE and valid(work) is not None
    )


def why_not(book: Rulebook, application: Application, payment: Payment, today: date) -> list[Reason]:
    """What keeps a payment waiting, apart from what the payer types."""
    state, benefit = application.state, book.definition.benefits[payment.benefit]
    reasons = []
    if state.status is Status.HELD:
        reasons.append(Reason(Words("这件已停表，恢复办理以后才能付")))
    if state.leaving is not None:
        reasons.append(Reason(Words("正在研判或撤销程序中，有了结论才能付")))
    if not has_account(book, application):
        reasons.append(Reason(Words("还没有收款账户"), "account"))
    if benefit.rhythm is not None and benefit.rhythm.while_ is not None:
        rule = book.rule(benefit.rhythm.while_, rules.Place.WHILE)
        answer = rule.evaluate(book.inputs_after(application, today)).answer
        if answer is rules.Answer.FAILS:
            reasons.append(Reason(Words("付款的条件这一次没有满足：%(rule)s", rule=benefit.rhythm.while_)))
        elif answer is rules.Answer.LOOK:
            reasons.append(Reason(Words("付款的条件还判断不了，缺数据：%(rule)s", rule=benefit.rhythm.while_)))
    return reasons


def has_account(book: Rulebook, application: Application) -> bool:
    """Whether the form or the award has taken a bank account; its number is known to the sealed room only."""
    asked = {
        key: field
        for stage in book.definition.stages.values()
        for key, field in getattr(stage, "asks", {}).items()
        if isinstance(field, TextField) and field.format == "bank_account"
    }
    if any(key in application.state.provided for key in asked):
        return True
    own = book.definition.form_fields()
    return any(isinstance(own[key], TextField) and getattr(own[key], "format", None) == "bank_account" for key in own)


def ceiling(book: Rulebook, state: State, key: str) -> Decimal | None:
    """All that a benefit can come to; None where a rhythm has no end of its own."""
    amount = dict(granted(state)).get(key)
    rhythm = book.definition.benefits[key].rhythm
    if amount is None or rhythm is None:
        return amount
    return amount * rhythm.times if rhythm.times is not None else None


def _pay_missing(work: Work) -> list[Reason]:
    """`on` is the day of payment, `amount` a Decimal, `voucher` the number of the voucher."""
    payment, amount, on = payment_of(work), work.inputs.get("amount"), work.inputs.get("on")
    if payment is None:
        return []
    reasons = why_not(work.book, work.before, payment, local_day(work.now))
    if not isinstance(on, date) or on > local_day(work.now):
        reasons.append(Reason(Words("请选付款日期，不能晚于今天"), "on"))
    reasons += work.needs_text("voucher", Words("请写付款凭证号"))
    if not isinstance(amount, Decimal) or amount <= 0 or amount != amount.quantize(CENT):
        return [*reasons, Reason(Words("请写付了多少，最多两位小数"), "amount")]
    if amount != Decimal(payment.amount):
        reasons += work.needs_text("reason", Words("和应付的 %(amount)s 不一样，请写明理由", amount=payment.amount))
    most = ceiling(work.book, work.before.state, payment.benefit)
    if most is not None and paid_sum(work.before.state.after.payments, payment.benefit) + amount > most:
        reasons.append(Reason(Words("超过了这项待遇的总额 %(most)s", most=canonical(most)), "amount"))
    return reasons


def _pay_follows(work: Work) -> None:
    payment = payment_of(work)
    if payment is not None:
        work.tell(
            "payment_made",
            {"reason": work.text("reason")},
            item=work.action.item,
            no=payment.no,
            benefit=payment.benefit,
            amount=canonical(work.inputs["amount"]),
            on=work.inputs["on"].isoformat(),
            voucher=work.text("voucher"),
        )


def _stop_follows(work: Work) -> None:
    """`all` stops the benefit for good, else only this payment."""
    payment = payment_of(work)
    if payment is not None:
        benefit = payment.benefit if work.inputs.get("all") else None
        work.tell("payment_stopped", {"reason": work.text("reason")}, no=payment.no, benefit=benefit)


# -- after payment -----------------------------------------------------------------------------------------------------
def _named(work: Work) -> Payment | None:
    """The payment that an act on the whole case means, by its number `no`."""
    return next((p for p in work.before.state.after.payments if p.no == work.inputs.get("no")), None)


def _any_made(work: Work) -> bool:
    return any(each.state == MADE for each in work.before.state.after.payments)


def _is_payer(work: Work) -> bool:
    case, definition = work.before, work.definition
    roles = {role for each in definition.benefits.values() for role in each.by}
    return any(
        holds(work.actor, definition, case, role, case.places.get(role))
        and not is_barred(work.actor, definition, case, role)
        for role in roles
    ) and not is_person(work.actor, case)


def _correct_missing(work: Work) -> list[Reason]:
    """`amount` is the difference: negative where too much was paid."""
    payment, amount = _named(work), work.inputs.get("amount")
    reasons = reasoned(work)
    if payment is None or payment.state != MADE:
        return [*reasons, Reason(Words("请选要更正的是哪一笔"), "no")]
    if not isinstance(amount, Decimal) or amount == 0 or Decimal(payment.paid) + amount < 0:
        reasons.append(Reason(Words("请写差额：多付的写负数，更正以后不能小于零"), "amount"))
    return reasons


def _correct_follows(work: Work) -> None:
    payment = _named(work)
    if payment is not None:
        amount = canonical(work.inputs["amount"])
        remarks = {"reason": work.text("reason")}
        work.tell("payment_corrected", remarks, no=payment.no, benefit=payment.benefit, amount=amount)


def _own(work: Work) -> bool:
    case = work.before
    return is_person(work.actor, case) or (case.account_id is None and is_filler(work.actor, case))


def _unanswered(work: Work) -> bool:
    return any(each.state == MADE and each.received is None for each in work.before.state.after.payments)


def _acknowledge_missing(work: Work) -> list[Reason]:
    payment = _named(work)
    if payment is None or payment.state != MADE or not isinstance(work.inputs.get("received"), bool):
        return [Reason(Words("请选收到了还是没有收到"), "received")]
    return [] if work.inputs["received"] else work.needs_text("words", Words("请写一写是什么情况"))


def _acknowledge_follows(work: Work) -> None:
    payment = _named(work)
    if payment is not None:
        words = {"words": work.text("words")}
        received = work.inputs["received"]
        work.tell("payment_acknowledged", words, no=payment.no, benefit=payment.benefit, received=received)


# -- benefits that are used --------------------------------------------------------------------------------------------
def usable(book: Rulebook, application: Application, today: date) -> tuple[str, ...]:
    """What the award gave to be used, and what the tier of today's balance gives, in the program's order."""
    known, points = application.state.recognition, book.definition.points
    if known is None:
        return ()
    given = {each.benefit for each in known.benefits if each.amount is None}
    if points is not None:
        balance = ledger_of.balance(points, application.state.after.points, today, book.calendar)
        tier = ledger_of.tier_of(points, balance)
        given |= set(tier.benefits) if tier is not None else set()
    return tuple(key for key, each in book.definition.benefits.items() if key in given and each.amount is None)


def _can_use(work: Work) -> bool:
    return valid(work) is not None and bool(usable(work.book, work.before, local_day(work.now)))


def _use_missing(work: Work) -> list[Reason]:
    key, today = work.text("benefit"), local_day(work.now)
    if key not in usable(work.book, work.before, today):
        return [Reason(Words("请选用了哪一项待遇"), "benefit")]
    cap = work.definition.benefits[key].once_per
    used = [each.on for each in work.before.state.after.uses if each.benefit == key]
    if (cap == "term" and used) or (cap == "year" and any(day.year == today.year for day in used)):
        once = Words("每年一次") if cap == "year" else Words("有效期内一次")
        return [Reason(Words("这项待遇%(once)s，已经用过", once=once), "benefit")]
    return []


def _use_follows(work: Work) -> None:
    on = local_day(work.now).isoformat()
    work.tell("benefit_used", {"note": work.text("note")}, benefit=work.text("benefit"), on=on)


ON_ITEM = answering(
    {Duty.PAY},
    Act("pay", Words("登记付款"), _paying, may_act, _pay_follows, _pay_missing),
    Act("stop_payment", Words("停付"), _paying, may_act, _stop_follows, reasoned),
)
ON_CASE = (
    Act(
        "correct_payment",
        Words("更正付款"),
        _any_made,
        _is_payer,
        _correct_follows,
        _correct_missing,
        on_item=False,
    ),
    Act(
        "acknowledge",
        Words("说说收到没有"),
        _unanswered,
        _own,
        _acknowledge_follows,
        _acknowledge_missing,
        on_item=False,
    ),
    Act("use_benefit", Words("登记用了待遇"), _can_use, _is_payer, _use_follows, _use_missing, on_item=False),
)
