"""At the door of a training: a code with which people sign in by themselves, and who came without having signed up.

Signing in only fills the roll; whether somebody was there is said by who closes the training.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets as keys
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.trainings import Training, TrainingSeat, TrainingState
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, evidence
from workflow.services.casework import Case, name_of, open_case
from workflow.services.trainings import Listed, lines, opened
from workflow.services.trainings_roll import Roll, roll

SIGN_IN_BEFORE = timedelta(hours=1)
CODE_LASTS = 30 * 60
"""Seconds in which the code at the door stays the same; the one before it is taken too."""
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Nothing in it is read for something else."""


@dataclass(frozen=True)
class Door:
    """What hangs at the door: `code` None where this session has no signing in, or it is not its hour."""

    roll: Roll
    code: str | None
    until: datetime | None


def door(ref: str, actor: Actor, now: datetime) -> Door:
    found = roll(ref, actor, now)
    listed = found.listed
    if not listed.session.sign_in or not _is_open(listed.row, now):
        return Door(found, None, None)
    slot = _slot(now)
    return Door(found, _code(listed.row, slot), datetime.fromtimestamp((slot + 1) * CODE_LASTS, UTC))


def _is_open(row: Training, now: datetime) -> bool:
    scheduled = row.state == TrainingState.SCHEDULED
    return scheduled and row.starts_at - SIGN_IN_BEFORE <= now < row.ends_at


def _slot(now: datetime) -> int:
    return int(now.timestamp()) // CODE_LASTS


def _code(row: Training, slot: int) -> str:
    """Changes by the half hour, so that a picture of it sent to somebody at home is soon worth nothing."""
    digest = keys.digest("training", f"{row.ref}|{slot}")
    return "".join(ALPHABET[int(digest[at : at + 8], 16) % len(ALPHABET)] for at in range(0, 48, 8))


def named(ref: str, actor: Actor, now: datetime) -> Listed:
    """The training at whose door somebody recognized in its program may stand."""
    with reading() as session:
        row = session.scalars(select(Training).where(Training.ref == ref)).first()
        if row is None or _own_case(session, row, actor) is None:
            raise NotFound
        (listed,) = lines(session, [row], now)
        if not listed.session.sign_in:
            raise NotFound
        return listed


def sign_in(ref: str, code: str, actor: Actor, now: datetime) -> Listed:
    """The person says that they are here, with the code that hangs there: also who had not signed up, while there are
    seats. Whether they were there the office decides when it closes the training."""
    with writing() as session:
        row = session.scalars(select(Training).where(Training.ref == ref).with_for_update()).first()
        if row is None:
            raise NotFound
        (listed,) = lines(session, [row], now)
        case = _own_case(session, row, actor)
        if case is None or not listed.session.sign_in:
            raise NotFound
        if not _is_open(row, now):
            raise NotReady([Reason(Words("现在不是签到的时间：开班前1小时起，到结束为止"))])
        if code.strip().upper() not in (_code(row, _slot(now)), _code(row, _slot(now) - 1)):
            raise NotReady([Reason(Words("签到码不对，或已经换了新的，请再看一眼门口的码"), "code")])
        seat = _seated(session, listed, case, actor, now)
        if seat.signed_in_at is None:
            seat.signed_in_at, seat.mark = now, seat.mark or "present"
            body = {"training": row.id, "case": case.row.id}
            evidence.tell(session, StreamKind.PROGRAM, row.program_id, "attendance_signed", actor, now, body=body)
        return listed


def walk_in(ref: str, number: str, actor: Actor, now: datetime) -> str:
    """Somebody who came without having signed up, entered by the office at the door; their name."""
    with writing() as session:
        row, _ = opened(session, ref, actor, lock=True)
        if not _is_open(row, now) and now < row.ends_at:
            raise NotReady([Reason(Words("开班前1小时起才能加人"), "number")])
        found = session.scalar(
            select(ApplicationRow.id)
            .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
            .where(
                ApplicationRow.program_id == row.program_id,
                RecognitionRow.standing == "valid",
                (ApplicationRow.number == number.strip().upper()) | (RecognitionRow.number == number.strip().upper()),
            )
        )
        if found is None:
            words = Words("没有这个编号的有效认定。请写申报编号或证书编号；还没有认定的人不能参加")
            raise NotReady([Reason(words, "number")])
        case = open_case(session, found, lock=True)
        (listed,) = lines(session, [row], now)
        seat = _seated(session, listed, case, actor, now)
        seat.mark = seat.mark or "present"
        return name_of(session, case)


def _own_case(session: Session, row: Training, actor: Actor) -> Case | None:
    if actor.person_id is None:
        return None
    found = session.scalar(
        select(ApplicationRow.id)
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(
            ApplicationRow.program_id == row.program_id,
            ApplicationRow.person_id == actor.person_id,
            RecognitionRow.standing == "valid",
        )
        .order_by(ApplicationRow.id.desc())
        .limit(1)
    )
    return open_case(session, found, lock=True) if found is not None else None


def _seated(session: Session, listed: Listed, case: Case, actor: Actor, now: datetime) -> TrainingSeat:
    """Their seat; who has none yet signs up at the door, while there is room."""
    row = listed.row
    seat = session.get(TrainingSeat, (row.id, case.row.id))
    if seat is None or seat.state == "signed_off":
        inputs = {"training": row.id, "session": row.session_key, "full": listed.free == 0, "at_the_door": True}
        actions.carry_out(session, case, Action("sign_up", None, inputs), actor, now)
        session.flush()
        seat = session.get_one(TrainingSeat, (row.id, case.row.id), populate_existing=True)
    return seat
