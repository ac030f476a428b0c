"""Duties of a whole round (`per: program`): opened by the clock once for each role, answered with a note, on record in
the chain of the round."""

import secrets as random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.accounts import Account
from models.awards import RecognitionRow
from models.base import ask, literal_state, reading, writing
from models.clock import Heartbeat
from models.duties import RoundDuty
from models.evidence import StreamKind
from models.queries import recipients
from models.queries.recipients import Seat
from models.rounds import Round, RoundState
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import MovedOn, NotFound, NotReady, Reason
from workflow.domain.program.schema import Label
from workflow.domain.program.schema.after import Duty
from workflow.domain.recurrence import occurrences
from workflow.domain.reminders import Standing
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services import evidence, heartbeats, outbox
from workflow.services.rulebooks import book_of

_BEAT = "round duties"


@dataclass(frozen=True)
class Line:
    """One occurrence as its reader sees it. `mine`: the reader may answer it."""

    ref: str
    name: Label
    side: Label  # the role that answers
    nominal: date
    due_on: date
    state: str
    late: bool
    note: str
    by: str
    answered_at: datetime | None
    mine: bool
    round: str = ""


# -- the clock ---------------------------------------------------------------------------------------------------------
def carry_out(now: datetime) -> int:
    """Open what has come round, once a day; how many. What was missed is opened once, in order."""
    with reading() as session:
        beat = session.get(Heartbeat, _BEAT)
        if beat is not None and local_day(beat.scanned_at) == local_day(now):
            return 0
        wanted = _rounds(session)
    opened = 0
    for number in wanted:
        with writing() as session:
            opened += _open(session, session.get_one(Round, number), now)
    with writing() as session:
        heartbeats.locked(session, _BEAT, now).scanned_at = now
    return opened


def _rounds(session: Session) -> list[int]:
    """Rounds that take people, or have somebody recognized whose recognition stands."""
    stands = exists().where(RecognitionRow.round_id == Round.id, RecognitionRow.standing == literal_state("valid"))
    rows = select(Round.id).where(Round.state != RoundState.PLANNED, or_(Round.state == RoundState.OPEN, stands))
    return list(session.scalars(rows.order_by(Round.id)))


def of_rounds(book: Rulebook) -> list[Duty]:
    return [duty for duty in book.definition.duties.values() if duty.per == "program" and duty.every is not None]


def _open(session: Session, round_: Round, now: datetime) -> int:
    book, opened = book_of(session, round_.version_id), 0
    for duty in of_rounds(book):
        for nominal, due in _fallen(book, duty, local_day(round_.opens_at), local_day(now)):
            for role in duty.by:
                opened += _opened(session, round_, book, duty, role, nominal, due, now)
    return opened


def _fallen(book: Rulebook, duty: Duty, since: date, today: date) -> Iterator[tuple[date, date]]:
    if duty.every is None or duty.on is None or duty.roll is None:
        return
    first_after = duty.first_after
    for each in occurrences(
        book.calendar, duty.every, duty.on, duty.roll, since, today, since=since, first_after=first_after
    ):
        yield each.nominal, book.calendar.term(each.date, duty.due, book.definition.calendar.count).date


def _opened(
    session: Session, round_: Round, book: Rulebook, duty: Duty, role: str, nominal: date, due: date, now: datetime
) -> int:
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {
        "ref": random.token_urlsafe(12),
        "round_id": round_.id,
        "program_id": round_.program_id,
        "duty_key": duty.key,
        "role_key": role,
        "nominal": nominal,
        "due_on": due,
        "opened_at": now,
        "state": "open",
        "note": "",
    }
    made = on.insert(RoundDuty).values(values).on_conflict_do_nothing().returning(RoundDuty.ref)
    ref = session.execute(made).scalar()
    if ref is None:
        return 0
    body = {"duty": duty.key, "role": role, "nominal": nominal.isoformat(), "due": due.isoformat()}
    evidence.tell(session, StreamKind.ROUND, round_.id, "duty_opened", SYSTEM, now, body=body)
    seat = Seat(role, round_.program_id, round_.id)
    for account in recipients.to_be_told(session, recipients.holding(session, seat, now), 0, False):
        params = {"round": round_.ref, "duty": duty.key, "task": ref}
        outbox.post(session, "duty_opened", now, recipient_id=account, params=params, once=f"rd:{ref}:{account}")
    return 1


# -- looking and answering ---------------------------------------------------------------------------------------------
def lines(session: Session, round_: Round, actor: Actor, now: datetime, most: int = 24) -> tuple[Line, ...]:
    """The newest first; part of the caller's look, which has asked whether the round is the reader's."""
    book = book_of(session, round_.version_id)
    rows = session.execute(
        select(RoundDuty, Account.name)
        .outerjoin(Account, Account.id == RoundDuty.answered_by)
        .where(RoundDuty.round_id == round_.id)
        .order_by(RoundDuty.nominal.desc(), RoundDuty.id.desc())
        .limit(most)
    )
    return tuple(_line(book, row, name or "", actor, now) for row, name in rows)


_OPEN = select(RoundDuty.id).where(
    RoundDuty.state == literal_state("open"), RoundDuty.role_key.in_(bindparam("roles", expanding=True))
)


def mine(actor: Actor, now: datetime) -> tuple[Line, ...]:
    """Everything open that the reader may answer, the nearest last day first."""
    roles = {held.role for held in actor.holdings}
    if not roles:
        return ()
    with reading() as session:
        open_ = [id_ for (id_,) in ask(session, _OPEN, roles=sorted(roles))]
        if not open_:  # nearly always: who has a queue opens it all day
            return ()
        rows = session.execute(
            select(RoundDuty, Round)
            .join(Round, Round.id == RoundDuty.round_id)
            .where(RoundDuty.id.in_(open_))
            .order_by(RoundDuty.due_on, RoundDuty.id)
        ).all()
        return tuple(
            _line(book_of(session, round_.version_id), row, "", actor, now, round_.name)
            for row, round_ in rows
            if _holds(actor, row)
        )


def standing_of(session: Session, ref: str) -> Standing:
    """Whether it is still to be done, and by when: what a reminder of it asks before it goes out."""
    found = session.execute(
        select(RoundDuty, Round).join(Round, Round.id == RoundDuty.round_id).where(RoundDuty.ref == ref)
    ).one_or_none()
    if found is None:
        return Standing(False, None)
    row, round_ = found
    return Standing(row.state == "open", ends_at(book_of(session, round_.version_id), row))


def ends_at(book: Rulebook, row: RoundDuty) -> datetime:
    """The last moment of its last day, by the hours of offices."""
    return end_of(row.due_on, book.definition.calendar.day_ends.offices)


def _line(book: Rulebook, row: RoundDuty, name: str, actor: Actor, now: datetime, round_name: str = "") -> Line:
    duties, roles = book.definition.duties, book.definition.roles
    return Line(
        row.ref,
        duties[row.duty_key].name,
        roles[row.role_key].name,
        row.nominal,
        row.due_on,
        row.state,
        row.state == "open" and row.due_on < local_day(now),
        row.note,
        name,
        row.answered_at,
        row.state == "open" and _holds(actor, row),
        round_name,
    )


def _holds(actor: Actor, row: RoundDuty) -> bool:
    return any(
        held.role == row.role_key
        and held.program_id in (None, row.program_id)
        and held.round_id in (None, row.round_id)
        for held in actor.holdings
    )


def answer(ref: str, note: str, actor: Actor, now: datetime) -> str:
    """Say what was done; the reference of the round. NotFound for whoever it does not ask."""
    with writing() as session:
        row = session.scalar(select(RoundDuty).where(RoundDuty.ref == ref).with_for_update())
        if row is None or not _holds(actor, row):
            raise NotFound
        if row.state != "open":
            raise MovedOn
        if not note.strip():
            raise NotReady([Reason(Words("请写一写怎么办的"), "note")])
        row.state, row.note, row.answered_by, row.answered_at = "done", note.strip(), actor.account_id, now
        body = {"duty": row.duty_key, "role": row.role_key, "nominal": row.nominal.isoformat()}
        said = {"note": note.strip()}
        evidence.tell(session, StreamKind.ROUND, row.round_id, "duty_done", actor, now, body=body, remarks=said)
        return session.get_one(Round, row.round_id).ref


def one(ref: str, actor: Actor, now: datetime) -> Line:
    """NotFound for whoever does not hold its role."""
    with reading() as session:
        row = session.scalar(select(RoundDuty).where(RoundDuty.ref == ref))
        if row is None or not _holds(actor, row):
            raise NotFound
        round_ = session.get_one(Round, row.round_id)
        name = session.scalar(select(Account.name).where(Account.id == row.answered_by)) or ""
        return _line(book_of(session, round_.version_id), row, name, actor, now)
