"""Reads of retention: which cases have something whose time may be over, and the lists that were made of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Answers, ApplicationRow, Remark
from models.awards import RecognitionRow
from models.evidence import EventRow, Stream, StreamKind
from models.files import Attachment
from models.payments import PaymentRow
from models.queries.scoping import Condition, conflicted, placed
from models.retention import Destruction, RetentionLine
from models.rounds import Round
from models.sealed import SealedValue
from workflow.domain.application import UNSUBMITTED
from workflow.domain.scope import Scope

_OPEN = [str(each) for each in UNSUBMITTED]


# -- what may be over --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seen:
    """One case as the rules of keeping ask about it."""

    id: int
    round_id: int
    version_id: int
    status: str
    saved_at: datetime
    closed_at: datetime | None
    recognized: bool
    recognized_until: date | None


_SAVED = select(func.max(Answers.saved_at)).where(Answers.application_id == ApplicationRow.id).scalar_subquery()
_CASE = select(
    ApplicationRow.id,
    ApplicationRow.round_id,
    ApplicationRow.version_id,
    ApplicationRow.status,
    func.coalesce(_SAVED, ApplicationRow.created_at),
    ApplicationRow.closed_at,
    RecognitionRow.id,
    RecognitionRow.standing,
    RecognitionRow.valid_until,
    RecognitionRow.ended_on,
).outerjoin(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)


def seen(session: Session, application_id: int) -> Seen:
    return _seen(session.execute(_CASE.where(ApplicationRow.id == application_id)).one())


def whole(session: Session, only: Collection[int] | None = None) -> Iterator[Seen]:
    """Cases that are over or were never handed in, and still hold something; `only` among these."""
    full = or_(ApplicationRow.emptied_at.is_(None), ApplicationRow.emptied_at < _SAVED)
    over = or_(ApplicationRow.status.in_(_OPEN), ApplicationRow.closed_at.is_not(None))
    for row in session.execute(_CASE.where(full, over, not_(ApplicationRow.legal_hold), *_among(only))):
        yield _seen(row)


def _seen(row: Row[*tuple[Any, ...]]) -> Seen:
    case, round_id, version, status, saved_at, closed_at, recognition, standing, until, ended_on = row
    last = until if standing == "valid" else ended_on
    return Seen(case, round_id, version, status, saved_at, closed_at, recognition is not None, last)


def _among(only: Collection[int] | None) -> list[Condition]:
    return [] if only is None else [ApplicationRow.id.in_(only)]


def versions(session: Session) -> Sequence[int]:
    """Every version under which there is a case."""
    return session.scalars(select(ApplicationRow.version_id).distinct()).all()


@dataclass(frozen=True)
class Part:
    """Something within a case: where it lies, and when the case was closed."""

    id: int
    round_id: int
    version_id: int
    closed_at: datetime
    place: str


def files(
    session: Session, places: Mapping[int, Collection[str]], only: Collection[int] | None = None
) -> Iterator[Part]:
    """Of closed cases, the classed places of their version that still hold a file."""
    here = [
        and_(ApplicationRow.version_id == version, Attachment.field_key.in_(wanted))
        for version, wanted in places.items()
        if wanted
    ]
    rows = session.execute(
        select(
            ApplicationRow.id,
            ApplicationRow.round_id,
            ApplicationRow.version_id,
            ApplicationRow.closed_at,
            Attachment.field_key,
        )
        .join(Attachment, Attachment.application_id == ApplicationRow.id)
        .where(
            or_(false(), *here),
            ApplicationRow.closed_at.is_not(None),
            ApplicationRow.emptied_at.is_(None),
            Attachment.destroyed_at.is_(None),
            not_(ApplicationRow.legal_hold),
            *_among(only),
        )
        .distinct()
    )
    for case, round_id, version, closed_at, place in rows:
        if closed_at is not None:
            yield Part(case, round_id, version, closed_at, place)


def paid(session: Session, places: Mapping[int, Collection[str]], only: Collection[int] | None = None) -> Sequence[int]:
    """Cases that were handed in, hold the number of an account, and owe nobody a payment now."""
    here = [
        and_(ApplicationRow.version_id == version, SealedValue.field_key.in_(wanted))
        for version, wanted in places.items()
        if wanted
    ]
    owed = exists(
        select(PaymentRow.no).where(PaymentRow.application_id == ApplicationRow.id, PaymentRow.state == "due")
    )
    over = or_(
        ApplicationRow.closed_at.is_not(None),
        exists(select(RecognitionRow.id).where(RecognitionRow.application_id == ApplicationRow.id)),
    )
    wanted = (
        select(ApplicationRow.id)
        .join(SealedValue, SealedValue.application_id == ApplicationRow.id)
        .where(
            or_(false(), *here),
            SealedValue.destroyed_at.is_(None),
            ApplicationRow.status.not_in(_OPEN),
            not_(ApplicationRow.legal_hold),
            over,
            not_(owed),
            *_among(only),
        )
        .distinct()
    )
    return session.scalars(wanted).all()


def looked(session: Session, only: Collection[int] | None = None) -> Iterator[tuple[int, int, int, datetime]]:
    """(case, round, version, when somebody last wrote why they looked), of closed cases."""
    rows = session.execute(
        select(ApplicationRow.id, ApplicationRow.round_id, ApplicationRow.version_id, func.max(EventRow.at))
        .join(
            Stream,
            and_(Stream.subject_id == ApplicationRow.id, Stream.kind == StreamKind.APPLICATION_ACCESS.value),
        )
        .join(EventRow, EventRow.stream_id == Stream.id)
        .join(Remark, and_(Remark.stream_id == EventRow.stream_id, Remark.seq == EventRow.seq))
        .where(ApplicationRow.closed_at.is_not(None), not_(ApplicationRow.legal_hold), *_among(only))
        .group_by(ApplicationRow.id, ApplicationRow.round_id, ApplicationRow.version_id)
    )
    for row in rows:
        yield row[0], row[1], row[2], row[3]


# -- the list ----------------------------------------------------------------------------------------------------------
def in_charge(scope: Scope, open_to_office: Collection[int]) -> Condition:
    """On `application`: of a program that the Scope runs, or of these versions; never one's own, nor too near."""
    mine = [and_(ApplicationRow.run_by == held.role, placed(held)) for held in scope.holdings]
    own = [or_(ApplicationRow.person_id.is_(None), ApplicationRow.person_id != scope.person_id)]
    return and_(
        or_(false(), *mine, ApplicationRow.version_id.in_(open_to_office)),
        or_(ApplicationRow.filler_id.is_(None), ApplicationRow.filler_id != scope.account_id),
        not_(conflicted(scope, ApplicationRow.id)),
        *(own if scope.person_id is not None else []),
    )


def due(session: Session, where: Condition) -> Sequence[Row[Round, str, int, date]]:
    """(round, class, how many, the longest over) of everything listed and in no list."""
    return session.execute(
        select(
            Round,
            RetentionLine.kind,
            func.count(),
            func.min(RetentionLine.kept_until),
        )
        .join(RetentionLine, RetentionLine.round_id == Round.id)
        .join(ApplicationRow, ApplicationRow.id == RetentionLine.application_id)
        .where(where, RetentionLine.destroyed_at.is_(None), RetentionLine.destruction_id.is_(None))
        .group_by(Round.id, RetentionLine.kind)
        .order_by(Round.id, RetentionLine.kind)
    ).all()


def lines(session: Session, where: Condition, limit: int | None = None) -> Sequence[Row[RetentionLine, ApplicationRow]]:
    return session.execute(
        select(RetentionLine, ApplicationRow)
        .join(ApplicationRow, ApplicationRow.id == RetentionLine.application_id)
        .where(where)
        .order_by(RetentionLine.kept_until, RetentionLine.id)
        .limit(limit)
    ).all()


def destructions(session: Session, where: Condition, limit: int) -> Sequence[Row[Destruction, Round, Account, int]]:
    """Lists with at least one line that the reader is in charge of, the newest first, and how many lines there are."""
    count = (
        select(func.count())
        .where(RetentionLine.destruction_id == Destruction.id)
        .correlate(Destruction)
        .scalar_subquery()
    )
    inside = exists(
        select(RetentionLine.id)
        .join(ApplicationRow, ApplicationRow.id == RetentionLine.application_id)
        .where(RetentionLine.destruction_id == Destruction.id, where)
        .correlate(Destruction)
    )
    return session.execute(
        select(Destruction, Round, Account, count)
        .join(Round, Round.id == Destruction.round_id)
        .join(Account, Account.id == Destruction.asked_by)
        .where(inside)
        .order_by(Destruction.id.desc())
        .limit(limit)
    ).all()


def stopped(session: Session, where: Condition, round_id: int) -> Sequence[ApplicationRow]:
    wanted = select(ApplicationRow).where(where, ApplicationRow.round_id == round_id, ApplicationRow.legal_hold)
    return session.scalars(wanted.order_by(ApplicationRow.id)).all()


def said(session: Session, round_id: int, seq: int) -> str:
    """The words beside one event of a round's chain."""
    found = session.scalar(
        select(Remark.body)
        .join(Stream, Stream.id == Remark.stream_id)
        .where(Stream.kind == StreamKind.ROUND.value, Stream.subject_id == round_id, Remark.seq == seq)
    )
    return found or ""
