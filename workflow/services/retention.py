"""Destroying what has been kept as long as it must: one of those in charge asks, another looks and signs.

What goes is emptied like on a request to erase (`case_erasing`). What stays is that it was there, of which class, until
when it was kept, how much went, and who signed: in the round's chain, and beside each case in its own.
"""

import secrets as random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import retention as queries
from models.retention import Destruction, RetentionLine
from models.rounds import Round
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can, holds_in_round
from workflow.domain.program.schema import Label
from workflow.domain.retention import NAMES, WHOLE
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import case_erasing, destroying, evidence, retention_due
from workflow.services.casework import Case, open_cases
from workflow.services.own_rounds import mine
from workflow.services.rulebooks import book_of

AT_ONCE, MOST = 200, 30
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Group:
    """One class of one round: how many, and how long the oldest has been over."""

    kind: str
    count: int
    oldest: date


@dataclass(frozen=True)
class OfRound:
    ref: str
    program: Label
    round: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Signed:
    """One list: who asked, who decided. `own`: whoever looks asked, and cannot be the second to sign."""

    ref: str
    program: Label
    round: str
    state: str
    count: int
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    own: bool


@dataclass(frozen=True)
class OneLine:
    """`number` None: it was never handed in."""

    case_ref: str
    number: str | None
    channel: Label
    kind: str
    kept_until: date
    files: int = 0
    sealed: int = 0


@dataclass(frozen=True)
class Desk:
    rounds: tuple[OfRound, ...]
    lists: tuple[Signed, ...]


@dataclass(frozen=True)
class RoundDue:
    """What is due in a round; at most so many lines are shown and asked for at once."""

    ref: str
    program: Label
    round: str
    groups: tuple[Group, ...]
    lines: tuple[OneLine, ...]
    stopped: tuple[OneLine, ...]
    waiting: str | None  # the list that waits for its second signature
    opens: bool  # the reader runs the program, and may open its cases


@dataclass(frozen=True)
class Destroying:
    head: Signed
    lines: tuple[OneLine, ...]
    basis: str
    hidden: int  # lines of cases that the reader is too near to


# -- looking -----------------------------------------------------------------------------------------------------------
def desk(actor: Actor) -> Desk:
    with reading() as session:
        where = _in_charge(session, actor)
        rounds = dict[int, tuple[Round, list[Group]]]()
        for row, kind, count, oldest in queries.due(session, where):
            rounds.setdefault(row.id, (row, []))[1].append(Group(kind, count, oldest))
        found = tuple(
            OfRound(row.ref, _program(session, row), row.name, tuple(groups)) for row, groups in rounds.values()
        )
        lists = queries.destructions(session, where, MOST)
        return Desk(found, tuple(_signed(session, actor, *each) for each in lists))


def of_round(actor: Actor, ref: str) -> RoundDue:
    with reading() as session:
        row, _ = mine(session, actor, session.scalar(select(Round).where(Round.ref == ref)))
        charge = _in_charge(session, actor)
        free = _free(charge, row)
        groups = tuple(Group(kind, count, oldest) for _, kind, count, oldest in queries.due(session, free))
        lines = tuple(_line(session, *each) for each in queries.lines(session, free, AT_ONCE))
        waiting = session.scalar(
            select(Destruction.ref).where(Destruction.round_id == row.id, Destruction.state == "asked")
        )
        stopped = queries.stopped(session, charge, row.id)
        return RoundDue(
            row.ref,
            _program(session, row),
            row.name,
            groups,
            lines,
            tuple(_stopped(session, each) for each in stopped),
            waiting,
            _runs(session, actor, row),
        )


def one(actor: Actor, ref: str) -> Destroying:
    with reading() as session:
        row = session.scalar(select(Destruction).where(Destruction.ref == ref))
        if row is None:
            raise NotFound
        where = _in_charge(session, actor)
        mine_ = queries.lines(session, where & (RetentionLine.destruction_id == row.id))
        every = queries.lines(session, RetentionLine.destruction_id == row.id)
        round_, by = session.get_one(Round, row.round_id), session.get_one(Account, row.asked_by)
        if not mine_ and (every or not _runs(session, actor, round_)):
            raise NotFound
        head = _signed(session, actor, row, round_, by, len(every))
        basis = queries.said(session, row.round_id, row.asked_seq)
        return Destroying(head, tuple(_line(session, *each) for each in mine_), basis, len(every) - len(mine_))


def _in_charge(session: Session, actor: Actor) -> Condition:
    open_to = list[int]()
    if Office.PROGRAMS in actor.offices:
        known = {version: book_of(session, version).definition for version in queries.versions(session)}
        open_to = [version for version, each in known.items() if each.program.visibility == "public"]
    return queries.in_charge(scope_of(actor), open_to)


def _runs(session: Session, actor: Actor, row: Round) -> bool:
    run_by = book_of(session, row.version_id).definition.run_by
    return holds_in_round(actor, row.program_id, row.id, {run_by})


def _free(where: Condition, row: Round) -> Condition:
    return where & (
        (RetentionLine.round_id == row.id)
        & RetentionLine.destroyed_at.is_(None)
        & RetentionLine.destruction_id.is_(None)
    )


def _program(session: Session, row: Round) -> Label:
    return book_of(session, row.version_id).definition.program.name


def _signed(session: Session, actor: Actor, row: Destruction, round_: Round, by: Account, count: int) -> Signed:
    decided = session.get(Account, row.decided_by) if row.decided_by is not None else None
    return Signed(
        row.ref,
        _program(session, round_),
        round_.name,
        row.state,
        count,
        by.name,
        row.asked_at,
        decided.name if decided is not None else None,
        row.decided_at,
        by.id == actor.account_id,
    )


def _line(session: Session, line: RetentionLine, case: ApplicationRow) -> OneLine:
    channel = book_of(session, case.version_id).definition.channels[case.channel].name
    return OneLine(case.ref, case.number, channel, line.kind, line.kept_until, line.files, line.sealed)


def _stopped(session: Session, case: ApplicationRow) -> OneLine:
    channel = book_of(session, case.version_id).definition.channels[case.channel].name
    return OneLine(case.ref, case.number, channel, "", date.max)


# -- signing -----------------------------------------------------------------------------------------------------------
def ask(actor: Actor, now: datetime, ref: str, kinds: Collection[str], basis: str) -> str:
    """Put what is due of these classes onto one list, which waits for a second signature. Its reference."""
    reasons = [] if set(kinds) & set(NAMES) else [Reason(Words("请选要销毁哪几类"), "kinds")]
    if not basis.strip():
        reasons.append(Reason(Words("请写依据，比如哪一条规定、谁同意的"), "basis"))
    if reasons:
        raise InvalidInput(reasons)
    with writing() as session:
        row, _ = mine(session, actor, session.scalars(select(Round).where(Round.ref == ref).with_for_update()).first())
        if session.scalar(select(Destruction.id).where(Destruction.round_id == row.id, Destruction.state == "asked")):
            raise NotReady([Reason(Words("这一批已经有一份销毁清单在等复核"))])
        free = _free(_in_charge(session, actor), row) & RetentionLine.kind.in_(list(kinds))
        found = queries.lines(session, free, AT_ONCE)
        cases = {case.row.id: case for case in open_cases(session, {line.application_id for line, _ in found})}
        lines = [line for line in _still(session, [line for line, _ in found], now) if _may(actor, cases, line)]
        if not lines:
            raise NotReady([Reason(Words("这几类里没有到期的，可能别人刚办过；请刷新再看"))])
        listed, digest = random.token_urlsafe(12), _digest(lines)
        body = {"lines": len(lines), "digest": digest}
        seq = evidence.tell(
            session,
            StreamKind.ROUND,
            row.id,
            "destruction_asked",
            actor,
            now,
            body=body,
            remarks={"basis": basis.strip()},
        )
        made = Destruction(
            ref=listed, round_id=row.id, digest=digest, asked_seq=seq, asked_by=actor.account_id, asked_at=now
        )
        session.add(made)
        session.flush()
        for line in lines:
            line.destruction_id = made.id
        return listed


def decline(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    """Not now; whoever asked may also take it back. What is still due is listed again."""
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明为什么不销毁"), "reason")])
    with writing() as session:
        row, _, _ = _waiting(session, actor, ref)
        remarks = {"reason": reason.strip()}
        body = {"digest": row.digest}
        evidence.tell(
            session, StreamKind.ROUND, row.round_id, "destruction_declined", actor, now, body=body, remarks=remarks
        )
        row.state, row.decided_by, row.decided_at = "declined", actor.account_id, now
        session.execute(update(RetentionLine).where(RetentionLine.destruction_id == row.id).values(destruction_id=None))


def confirm(actor: Actor, now: datetime, ref: str) -> int:
    """The second signature: what is on the list and still due is gone when this returns. How many lines that were."""
    with writing() as session:
        row, lines, cases = _waiting(session, actor, ref)
        if row.asked_by == actor.account_id:
            raise NotAllowed(Words("提出销毁的人不能自己复核，请另一位来签"))
        if not all(_may(actor, cases, line) for line in lines):
            raise NotAllowed(Words("清单里有你要回避的件，请另一位来签"))
        going = list(_still(session, lines, now))
        for line in lines:
            if line not in going:
                line.destruction_id = None
        digests = list[str]()
        for line in going:
            done = destroying.destroy(session, cases[line.application_id], line, actor, now)
            line.files, line.sealed, line.destroyed_at = done.files, done.values, now
            digests += done.digests
        unused = case_erasing.purged(session, digests, now)
        whole = {line.application_id for line in going if line.kind in WHOLE}
        people = destroying.forget_people(session, whole, actor, now)
        body = {"digest": row.digest, "lines": len(going), "people": people}
        evidence.tell(session, StreamKind.ROUND, row.round_id, "destruction_done", actor, now, body=body)
        row.state, row.decided_by, row.decided_at = "done", actor.account_id, now
    case_erasing.remove(unused)
    return len(going)


def _waiting(session: Session, actor: Actor, ref: str) -> tuple[Destruction, Sequence[RetentionLine], dict[int, Case]]:
    row = session.scalars(select(Destruction).where(Destruction.ref == ref).with_for_update()).first()
    if row is None:
        raise NotFound
    lines = session.scalars(
        select(RetentionLine).where(RetentionLine.destruction_id == row.id).order_by(RetentionLine.id)
    ).all()
    cases = {case.row.id: case for case in open_cases(session, {line.application_id for line in lines}, lock=True)}
    allowed = any(_may(actor, cases, line) for line in lines)
    if not allowed and (lines or not _runs(session, actor, session.get_one(Round, row.round_id))):
        raise NotFound
    if row.state != "asked":
        raise MovedOn
    return row, lines, cases


def _still(session: Session, lines: Sequence[RetentionLine], now: datetime) -> Iterator[RetentionLine]:
    """Those that are due at this moment: a draft may have been taken up again, a case opened again."""
    due = {(each.case, each.kind) for each in retention_due.due(session, now, {line.application_id for line in lines})}
    return (line for line in lines if (line.application_id, line.kind) in due)


def _may(actor: Actor, cases: dict[int, Case], line: RetentionLine) -> bool:
    case = cases[line.application_id]
    return can(actor, Permission.RETENTION_SIGN, CaseSubject(case.book.definition, case.application))


def _digest(lines: Sequence[RetentionLine]) -> str:
    said = "\n".join(f"{line.application_id} {line.kind} {line.kept_until.isoformat()}" for line in lines)
    return secrets.digest("destruction", said)


# -- stopping ----------------------------------------------------------------------------------------------------------
def stop(actor: Actor, now: datetime, case_ref: str, reason: str, *, stopped: bool) -> None:
    """Something of this case is needed (a suit, an audit, a complaint): nothing of it is destroyed, until somebody says
    that it may be again."""
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明理由"), "reason")])
    with writing() as session:
        found = session.scalar(select(ApplicationRow.id).where(ApplicationRow.ref == case_ref))
        cases = open_cases(session, [found], lock=True) if found is not None else []
        if not cases or not can(
            actor, Permission.RETENTION_SIGN, CaseSubject(cases[0].book.definition, cases[0].application)
        ):
            raise NotFound
        row = cases[0].row
        if row.legal_hold == stopped:
            raise MovedOn
        row.legal_hold = stopped
        chain, remarks = StreamKind.APPLICATION_ACCESS, {"reason": reason.strip()}
        if stopped:
            evidence.tell(session, chain, row.id, "deletion_stopped", actor, now, remarks=remarks)
        else:
            evidence.tell(session, chain, row.id, "deletion_resumed", actor, now, remarks=remarks)
