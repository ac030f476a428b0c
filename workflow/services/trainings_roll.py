"""The roll of a training: a draft until it is closed, which tells every case at once whether its person was there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person
from models.trainings import Training, TrainingSeat, TrainingState
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.program.schema import Field
from workflow.domain.words import Words
from workflow.services import actions, evidence
from workflow.services.casework import Case, open_cases
from workflow.services.trainings import Listed, asked, lines, opened


@dataclass(frozen=True)
class SeatLine:
    application: str
    number: str
    name: str
    seat: TrainingSeat


@dataclass(frozen=True)
class Roll:
    listed: Listed
    seats: tuple[SeatLine, ...]
    fields: Mapping[str, Field]


def roll(ref: str, actor: Actor, now: datetime) -> Roll:
    with reading() as session:
        row, definition = opened(session, ref, actor)
        (listed,) = lines(session, [row], now)
        found: Any = session.execute(
            select(TrainingSeat, ApplicationRow.ref, ApplicationRow.number, Person.name)
            .join(ApplicationRow, ApplicationRow.id == TrainingSeat.application_id)
            .outerjoin(Person, Person.id == ApplicationRow.person_id)
            .where(TrainingSeat.training_id == row.id)
            .order_by(Person.name_sort, ApplicationRow.id)
        )
        seated = tuple(SeatLine(app, number or "", name or number or "", seat) for seat, app, number, name in found)
        return Roll(listed, seated, asked(definition, row.session_key))


def mark(ref: str, marks: Mapping[str, tuple[str, Mapping[str, Any]]], actor: Actor, now: datetime) -> int:
    """Keep the roll as far as it is taken: by application, present, absent or nothing, and what is asked of each.

    How many are still open. InvalidInput at `<application>.<field>` where something cannot be read; the rest is kept.
    """
    wrong: list[Reason] = []
    with writing() as session:
        row, definition = opened(session, ref, actor, lock=True)
        if now < row.starts_at:
            raise NotReady([Reason(Words("还没有开班，不能点名"))])
        fields, count = asked(definition, row.session_key), 0
        for seat, app in _open_seats(session, row.id):
            if app in marks:
                said, typed = marks[app]
                values, faults = answers.parse_fields(fields, typed)
                wrong += [Reason(words, f"{app}.{where}") for where, words in faults.items()]
                seat.mark = said if said in ("present", "absent") else None
                seat.asks = answers.encode(fields, values) if said == "present" else {}
            count += seat.mark is None
        body = {"training": row.id, "open": count}
        evidence.tell(session, StreamKind.PROGRAM, row.program_id, "attendance_marked", actor, now, body=body)
    if wrong:
        raise InvalidInput(wrong)
    return count


def _open_seats(session: Session, training_id: int) -> list[tuple[TrainingSeat, str]]:
    rows: Any = session.execute(
        select(TrainingSeat, ApplicationRow.ref)
        .join(ApplicationRow, ApplicationRow.id == TrainingSeat.application_id)
        .where(TrainingSeat.training_id == training_id, TrainingSeat.state == "signed_up")
        .order_by(TrainingSeat.application_id)
    )
    return [(seat, ref) for seat, ref in rows]


def close(ref: str, actor: Actor, now: datetime) -> int:
    """Tell every case whether its person was there; how many. NotReady names who is neither present nor absent."""
    with writing() as session:
        row, definition = opened(session, ref, actor, lock=True)
        if now < row.starts_at:
            raise NotReady([Reason(Words("还没有开班，不能办结"))])
        seats = _open_seats(session, row.id)
        unmarked = [app for seat, app in seats if seat.mark is None]
        if unmarked:
            raise NotReady(
                [Reason(Words("还有%(n)s人既没有记到场，也没有记缺席", n=len(unmarked)))]
                + [Reason(Words("请记到场或缺席"), app) for app in unmarked]
            )
        fields = asked(definition, row.session_key)
        cases = {case.row.id: case for case in open_cases(session, [s.application_id for s, _ in seats], lock=True)}
        refused: list[Reason] = []
        for seat, app in seats:
            refused += _told(session, cases[seat.application_id], row, seat, app, fields, actor, now)
        if refused:
            raise NotReady(refused)
        row.state, row.closed_by, row.closed_at = TrainingState.CLOSED.value, actor.account_id, now
        body = {"training": row.id, "session": row.session_key, "count": len(seats)}
        evidence.tell(session, StreamKind.PROGRAM, row.program_id, "session_closed", actor, now, body=body)
        return len(seats)


def _told(
    session: Session,
    case: Case,
    row: Training,
    seat: TrainingSeat,
    app: str,
    fields: Mapping[str, Field],
    actor: Actor,
    now: datetime,
) -> list[Reason]:
    """A recognition that has ended meanwhile is told nothing: its seat stays as it was signed up."""
    known = case.application.state.recognition
    if known is None or not known.is_valid:
        return []
    inputs = {
        "training": row.id,
        "session": row.session_key,
        "on": local_day(row.starts_at),
        "asks": answers.decode(fields, seat.asks),
    }
    action = Action("attend" if seat.mark == "present" else "miss", None, inputs)
    try:
        actions.carry_out(session, case, action, actor, now)
    except NotReady as refusal:
        return [replace(each, where=app if each.where is None else f"{app}.{each.where}") for each in refusal.reasons]
    return []
