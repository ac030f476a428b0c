"""Trainings: an office schedules a session of its program, people sign up, the roll is taken, points follow.

Whether one may sign up is asked of the training's times at the moment of asking; the clock only reminds. Until a
training is closed the roll is a draft; closing it tells every case at once whether its person was there.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import Program, ProgramVersion
from models.trainings import Training, TrainingSeat, TrainingState
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, Reason
from workflow.domain.program.schema import Definition, Field
from workflow.domain.program.schema.after import Session as ProgramSession
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.rulebooks import book_of, definition_of
from workflow.services.trainings_time import tell

SEATED = ("signed_up", "attended", "absent")


@dataclass(frozen=True)
class Draft:
    """What the office types to schedule one."""

    session: str
    name: str
    place: str
    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    seats: int | None = None
    about: str = ""


@dataclass(frozen=True)
class Held:
    """A program of which this actor holds sessions."""

    program_ref: str
    definition: Definition
    sessions: tuple[ProgramSession, ...]


@dataclass(frozen=True)
class Listed:
    """One training as a list shows it. `seat`: how this reader's own case stands in it."""

    row: Training
    definition: Definition
    taken: int
    phase: str  # coming, open, shut, running, to_close, closed, cancelled
    seat: str | None = None
    application: str | None = None
    whose: str = ""  # the name, where the case is another's that this reader has filled

    @property
    def session(self) -> ProgramSession:
        return self.definition.sessions[self.row.session_key]

    @property
    def free(self) -> int | None:
        return None if self.row.seats is None else max(0, self.row.seats - self.taken)


def phase_of(row: Training, now: datetime) -> str:
    if row.state != TrainingState.SCHEDULED:
        return row.state
    if now >= row.ends_at:
        return "to_close"
    if now >= row.starts_at:
        return "running"
    if now < row.opens_at:
        return "coming"
    return "open" if now < row.closes_at else "shut"


# -- the office --------------------------------------------------------------------------------------------------------
def _keeps(actor: Actor, program_id: int, session: ProgramSession) -> bool:
    return any(holding.role in session.by and holding.program_id in (None, program_id) for holding in actor.holdings)


def held(actor: Actor) -> list[Held]:
    """The programs whose sessions this actor may schedule."""
    with reading() as session:
        return [found for found, _ in _held(session, actor).values()]


def _held(session: Session, actor: Actor) -> dict[int, tuple[Held, int]]:
    """By program: what is held there, and the version that a new training is pinned to."""
    found: dict[int, tuple[Held, int]] = {}
    wanted = {holding.program_id for holding in actor.holdings}
    if not wanted:
        return found
    for program in session.scalars(select(Program).order_by(Program.id)):
        if program.id not in wanted and None not in wanted:
            continue
        newest = select(ProgramVersion).where(ProgramVersion.program_id == program.id)
        version = session.scalars(newest.order_by(ProgramVersion.id.desc()).limit(1)).first()
        if version is None:
            continue
        definition = definition_of(version)
        mine = tuple(each for each in definition.sessions.values() if _keeps(actor, program.id, each))
        if mine:
            found[program.id] = (Held(program.ref, definition, mine), version.id)
    return found


def schedule(program_ref: str, draft: Draft, actor: Actor, now: datetime) -> str:
    """A new training; its reference. InvalidInput names every field that cannot be so."""
    with writing() as session:
        of = next(
            ((id_, *pair) for id_, pair in _held(session, actor).items() if pair[0].program_ref == program_ref), None
        )
        if of is None:
            raise NotFound
        program_id, found, version_id = of
        chosen = next((each for each in found.sessions if each.key == draft.session), None)
        values = _checked(draft, chosen, now)
        row = Training(
            ref=secrets.token_urlsafe(12),
            program_id=program_id,
            version_id=version_id,
            scheduled_by=actor.account_id or 0,
            scheduled_at=now,
            **values,
        )
        session.add(row)
        session.flush()
        body = {"training": row.id, "session": row.session_key, "starts": row.starts_at.isoformat()}
        evidence.tell(session, StreamKind.PROGRAM, program_id, "session_scheduled", actor, now, body=body)
        return row.ref


def _checked(draft: Draft, chosen: ProgramSession | None, now: datetime) -> dict[str, Any]:
    wrong = []
    if chosen is None:
        wrong.append(Reason(Words("请选是哪一种培训"), "session"))
    wrong += [
        Reason(words, where)
        for where, words, given in (
            ("name", Words("请写这一期叫什么"), draft.name.strip()),
            ("place", Words("请写在哪里"), draft.place.strip()),
            ("starts_at", Words("请填开始的日期和时间"), draft.starts_at),
            ("ends_at", Words("请填结束的日期和时间"), draft.ends_at),
        )
        if not given
    ]
    starts, ends = draft.starts_at, draft.ends_at
    opens, closes = draft.opens_at or now, draft.closes_at or starts
    if starts is not None and ends is not None and starts >= ends:
        wrong.append(Reason(Words("结束要晚于开始"), "ends_at"))
    if starts is not None and starts <= now:
        wrong.append(Reason(Words("开始的时间已经过了"), "starts_at"))
    if closes is not None and starts is not None and (closes > starts or closes < opens):
        wrong.append(Reason(Words("报名截止要在报名开始以后、开班以前"), "closes_at"))
    seats = draft.seats if draft.seats is not None else chosen.seats if chosen is not None else None
    if seats is not None and not 1 <= seats <= 10_000:
        wrong.append(Reason(Words("名额至少1个"), "seats"))
    if wrong:
        raise InvalidInput(wrong)
    return {
        "session_key": draft.session,
        "name": draft.name.strip()[:120],
        "place": draft.place.strip()[:200],
        "about": draft.about.strip()[:2000],
        "opens_at": opens,
        "closes_at": closes,
        "starts_at": starts,
        "ends_at": ends,
        "seats": seats,
    }


def cancel(ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """Everybody who signed up is told; nobody gains or loses points by it."""
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明为什么取消，会告诉已报名的人"), "reason")])
    with writing() as session:
        row, _ = opened(session, ref, actor, lock=True)
        row.state, row.closed_by, row.closed_at = TrainingState.CANCELLED.value, actor.account_id, now
        body, remarks = {"training": row.id, "session": row.session_key}, {"reason": reason.strip()}
        evidence.tell(
            session, StreamKind.PROGRAM, row.program_id, "session_cancelled", actor, now, body=body, remarks=remarks
        )
        tell(session, row, "training_cancelled", now)


def opened(session: Session, ref: str, actor: Actor, *, lock: bool = False) -> tuple[Training, Definition]:
    """For who holds it; MovedOn where it is to be changed and is over."""
    wanted = select(Training).where(Training.ref == ref)
    row = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound
    definition = book_of(session, row.version_id).definition
    if not _keeps(actor, row.program_id, definition.sessions[row.session_key]):
        raise NotFound
    if lock and row.state != TrainingState.SCHEDULED:
        raise MovedOn
    return row, definition


def kept(actor: Actor, now: datetime) -> list[Listed]:
    """Those that this actor holds, the nearest first, what is over last."""
    with reading() as session:
        programs = _held(session, actor)
        rows = session.scalars(
            select(Training).where(Training.program_id.in_(programs)).order_by(Training.starts_at.desc()).limit(200)
        ).all()
        found = lines(session, rows, now)
        mine = [each for each in found if _keeps(actor, each.row.program_id, each.session)]
        over = ("closed", "cancelled")
        return sorted(mine, key=lambda each: (each.phase in over, each.row.starts_at))


def lines(session: Session, rows: Sequence[Training], now: datetime) -> list[Listed]:
    counted = session.execute(
        select(TrainingSeat.training_id, func.count())
        .where(TrainingSeat.training_id.in_([row.id for row in rows]), TrainingSeat.state.in_(SEATED))
        .group_by(TrainingSeat.training_id)
    )
    taken = dict(counted.all())
    return [
        Listed(row, book_of(session, row.version_id).definition, taken.get(row.id, 0), phase_of(row, now))
        for row in rows
    ]


def asked(definition: Definition, key: str) -> Mapping[str, Field]:
    return answers.entry_questions(definition, key).fields
