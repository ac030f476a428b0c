"""Money of a round: what its benefits come to, what is due, what waits and why, and the list that finance pays from.

Account numbers stand as masks; whoever may open them takes the file with whole numbers, says why, and is written down
before the file is handed out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import payouts as queries
from models.queries import remarks
from models.queries.payouts import Payout
from models.queries.scoping import Condition, visible
from models.rounds import Round
from models.work import WorkItem
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain.actor import Actor
from workflow.domain.after.payments import Payment
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason, Refusal
from workflow.domain.policy import CaseSubject, Permission, can, holds_in_round
from workflow.domain.program.schema import Definition, Field, TextField
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages.follow_up_payments import why_not
from workflow.domain.transitions import offers
from workflow.domain.words import Words
from workflow.services import actions, evidence, sealing
from workflow.services.casework import Case, name_of, open_cases, open_named
from workflow.services.recognitions_asked import BESIDE
from workflow.services.rulebooks import book_of

PER_PAGE, MOST = 50, 20_000
Say = Callable[[Any], str]


@dataclass(frozen=True)
class Line:
    """One payment; `waits` says what keeps a due one from being paid today."""

    payout: Payout
    account: str | None  # masked
    waits: tuple[Reason, ...]

    @property
    def ready(self) -> bool:
        return self.payout.state == "due" and self.payout.item is not None and not self.waits


@dataclass(frozen=True)
class Budget:
    """What one benefit of the round comes to. Amounts in the benefit's own unit."""

    benefit: str
    people: int  # whose recognition stands
    entitled: Decimal | None  # with what was paid to those whose recognition ended; None: a rhythm without an end
    due: Decimal
    paid: Decimal
    stopped: Decimal

    @property
    def later(self) -> Decimal | None:
        return self.entitled - self.paid - self.due - self.stopped if self.entitled is not None else None


@dataclass(frozen=True)
class Payouts:
    round_ref: str
    round_name: str
    definition: Definition
    lines: tuple[Line, ...]
    counts: Mapping[str, int]
    budgets: tuple[Budget, ...]
    pages: int
    whole: bool  # the reader may take the file with whole account numbers

    @property
    def ready(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.ready)


def listed(actor: Actor, ref: str, now: datetime, *, state: str = "due", benefit: str = "", page: int = 1) -> Payouts:
    """For who runs the program and for who pays; for everybody else it is not there."""
    with reading() as session:
        row, book, where = _ground(session, actor, ref)
        counts = queries.counts(session, where, benefit)
        found = queries.listed(session, where, state, benefit, PER_PAGE, (page - 1) * PER_PAGE)
        cases = {case.row.id: case for case in open_cases(session, {each.application_id for each in found})}
        lines = tuple(_line(session, each, cases[each.application_id], now) for each in found)
        return Payouts(
            row.ref,
            row.name,
            book.definition,
            lines,
            counts,
            tuple(_budgets(session, where, book)),
            max(1, -(-counts[state] // PER_PAGE)),
            any(_may_open(actor, case) for case in cases.values()),
        )


def _ground(session: Session, actor: Actor, ref: str) -> tuple[Round, Rulebook, list[Condition]]:
    row = session.scalar(select(Round).where(Round.ref == ref))
    if row is None:
        raise NotFound
    book = book_of(session, row.version_id)
    payers = {role for benefit in book.definition.benefits.values() for role in benefit.by}
    if not holds_in_round(actor, row.program_id, row.id, {book.run_by, *payers}):
        raise NotFound
    return row, book, [ApplicationRow.round_id == row.id, visible(scope_of(actor))]


def _line(session: Session, payout: Payout, case: Case, now: datetime) -> Line:
    payment = next(p for p in case.application.state.after.payments if p.no == payout.payment_no)
    waits = why_not(case.book, case.application, payment, local_day(now)) if payout.state == "due" else []
    return Line(payout, _mask(session, case), tuple(waits))


def _budgets(session: Session, where: Sequence[Condition], book: Rulebook) -> Iterator[Budget]:
    entitled: dict[str, list[Decimal]] = {}
    for key, amount in queries.entitled(session, where):
        if Decimal(amount) > 0:
            entitled.setdefault(key, []).append(Decimal(amount))
    zero = Decimal(0)
    standing: dict[tuple[str, str], Decimal] = {}
    ended: dict[str, Decimal] = {}  # what was paid to them before
    for key, state, amount, stands in queries.amounts(session, where):
        if stands:
            standing[key, state] = standing.get((key, state), zero) + Decimal(amount)
        elif state == "made":
            ended[key] = ended.get(key, zero) + Decimal(amount)
    for key, benefit in book.definition.benefits.items():
        if key not in entitled and key not in ended:
            continue
        before, people = ended.get(key, zero), entitled.get(key, [])
        times = benefit.rhythm.times if benefit.rhythm is not None else 1
        whole = sum(people, zero) * times + before if times is not None else None
        due, made, stopped = (standing.get((key, state), zero) for state in ("due", "made", "stopped"))
        yield Budget(key, len(people), whole, due, made + before, stopped)


# -- one payment -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class One:
    application: str
    version: int  # of the case
    name: str
    number: str | None
    round_ref: str
    definition: Definition
    payment: Payment
    item: str | None
    item_version: int | None
    account: str | None
    waits: tuple[Reason, ...]
    said: str  # what the person said of it
    offers: frozenset[str]


def one(actor: Actor, ref: str, no: int, now: datetime) -> One:
    with reading() as session:
        case = open_named(session, ref)
        if not _pays(actor, case):
            raise NotFound
        payment = next((p for p in case.application.state.after.payments if p.no == no), None)
        if payment is None:
            raise NotFound
        item = session.execute(
            select(WorkItem.ref, WorkItem.version).where(
                WorkItem.application_id == case.row.id, WorkItem.no == payment.item, WorkItem.state == "open"
            )
        ).one_or_none()
        waits = why_not(case.book, case.application, payment, local_day(now)) if payment.state == "due" else []
        offered = offers(case.book, case.application, actor, now)
        return One(
            case.row.ref,
            case.application.state.version,
            name_of(session, case),
            case.row.number,
            case.round.ref,
            case.book.definition,
            payment,
            item.ref if item is not None else None,
            item.version if item is not None else None,
            _mask(session, case),
            tuple(waits),
            _said(session, case, no),
            frozenset(each.name for each in offered if each.item in (None, payment.item)),
        )


def _said(session: Session, case: Case, no: int) -> str:
    """The newest words of the person about this payment."""
    told = remarks.told(session, case.row.id, ["payment_acknowledged"])
    return next((each.words for each in reversed(told) if each.field is not None and each.body.get("no") == no), "")


def _pays(actor: Actor, case: Case) -> bool:
    """Whoever runs the program or pays one of its benefits, and may read the case."""
    definition = case.book.definition
    payers = {role for benefit in definition.benefits.values() for role in benefit.by}
    held = holds_in_round(actor, case.row.program_id, case.row.round_id, {case.book.run_by, *payers})
    return held and can(actor, Permission.APPLICATION_READ, CaseSubject(definition, case.application))


def owed_on(actor: Actor, ref: str, now: datetime) -> int:
    """The number of the payment that is owed first on a case."""
    with reading() as session:
        case = open_named(session, ref)
        if not _pays(actor, case):
            raise NotFound
        due = [each.no for each in case.application.state.after.payments if each.state == "due"]
        if not due:
            raise NotFound
        return due[0]


# -- accounts ----------------------------------------------------------------------------------------------------------
def _accounts(definition: Definition) -> Iterator[tuple[int | None, str, Field]]:
    """(revision, path, field) of every place where a bank account may stand; None is the newest revision."""
    for stage in definition.stages.values():
        for key, field in stage.asks.items():
            if isinstance(field, TextField) and field.format == "bank_account":
                yield BESIDE, f"{stage.key}.{key}", field
    for key, field in definition.form_fields().items():
        if isinstance(field, TextField) and field.format == "bank_account":
            yield None, key, field


def _mask(session: Session, case: Case) -> str | None:
    for revision, path, _ in _accounts(case.book.definition):
        masks = sealing.masks(session, case.row, case.application.state.revision if revision is None else revision)
        if path in masks:
            return masks[path]
    return None


def _opened(session: Session, case: Case) -> str | None:
    for revision, path, _ in _accounts(case.book.definition):
        known = sealing.opened(session, case.row, case.application.state.revision if revision is None else revision)
        if path in known:
            return known[path]
    return None


def _may_open(actor: Actor, case: Case) -> bool:
    """Whoever may read the sealed field, or pays a benefit of the case: without the number nobody can pay."""
    subject = CaseSubject(case.book.definition, case.application)
    if not can(actor, Permission.APPLICATION_READ, subject):
        return False
    payers = {role for benefit in case.book.definition.benefits.values() for role in benefit.by}
    return holds_in_round(actor, case.row.program_id, case.row.round_id, payers)


# -- paying many -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Paid:
    done: int
    left_aside: tuple[tuple[str, tuple[Reason, ...]], ...]  # name, why not


def pay(
    actor: Actor, ref: str, chosen: Sequence[tuple[str, int]], on: date | None, voucher: str, now: datetime, key: str
) -> Paid:
    """Record that these were paid as computed, each in its own transaction. `chosen`: (work item, version seen)."""
    with reading() as session:
        _, _, where = _ground(session, actor, ref)
        found = {each.item: each for each in queries.listed(session, where, "due", "", MOST, 0)}
    aside: list[tuple[str, tuple[Reason, ...]]] = []
    done = 0
    for item, seen in chosen:
        payout = found.get(item)
        if payout is None:
            continue
        inputs = {"on": on, "voucher": voucher, "amount": Decimal(payout.amount)}
        try:
            actions.perform(item, "pay", actor, now, seen=seen, request_key=f"{key}:{item}"[:80], inputs=inputs)
        except NotReady as refusal:
            aside.append((payout.name, tuple(refusal.reasons)))
        except Refusal as refusal:
            aside.append((payout.name, (Reason(refusal.words),)))
        else:
            done += 1
    return Paid(done, tuple(aside))


# -- the file ----------------------------------------------------------------------------------------------------------
HEADS = (
    Words("编号"),
    Words("姓名"),
    Words("证件号码"),
    Words("待遇"),
    Words("第几笔"),
    Words("应付日期"),
    Words("应付"),
    Words("单位"),
    Words("收款账户"),
    Words("状态"),
    Words("实付"),
    Words("付款日期"),
    Words("凭证号"),
    Words("还不能付的原因"),
)
STATES: Mapping[str, Words] = {"due": Words("待付"), "made": Words("已付"), "stopped": Words("停付")}


def export(
    actor: Actor, ref: str, now: datetime, say: Say, *, state: str, benefit: str, whole: bool, reason: str
) -> tuple[str, bytes]:
    """(name, data). Whole account numbers only for who pays, and with a reason; told in the round's chain."""
    with writing() as session:
        row, book, where = _ground(session, actor, ref)
        if whole and not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么要带完整账号，会记入查看记录"), "reason")])
        found = queries.listed(session, where, state, benefit, MOST, 0)
        cases = {case.row.id: case for case in open_cases(session, {each.application_id for each in found})}
        if whole and not all(_may_open(actor, case) for case in cases.values()):
            raise NotAllowed(Words("完整账号只给负责付款的人。请找主办"))
        lines = [_cells(session, each, cases[each.application_id], now, say, whole) for each in found]
        body = {"count": len(lines), "whole": whole}
        remarks = {"reason": reason.strip()[:500]} if reason.strip() else {}
        evidence.tell(session, StreamKind.ROUND, row.id, "payouts_exported", actor, now, body=body, remarks=remarks)
        title = say(Words("待遇兑现清单"))
        data = spreadsheet.write([Table(title, [say(head) for head in HEADS], lines)])
        return f"{say(book.definition.program.name)}-{row.name}-{title}-{local_day(now):%Y%m%d}.xlsx", data


def _cells(session: Session, each: Payout, case: Case, now: datetime, say: Say, whole: bool) -> tuple[Any, ...]:
    benefit = case.book.definition.benefits[each.benefit]
    line = _line(session, each, case, now)
    return (
        each.number,
        each.name,
        each.id_mask,
        say(benefit.name),
        each.nth,
        each.due_on,
        Decimal(each.amount),
        say(benefit.unit),
        _opened(session, case) if whole else line.account,
        say(STATES[each.state]),
        Decimal(each.paid) if each.state == "made" else None,
        each.paid_on,
        each.voucher,
        "；".join(say(reason.words) for reason in line.waits),
    )
