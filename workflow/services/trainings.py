"""Trainings: an office schedules a session of its program, people sign up, the roll is taken, points follow.

Whether one may sign up is asked of the training's times at the moment of asking; the clock only reminds. Until a
training is closed the roll is a draft; closing it tells every case at once whether its person was there.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person
from models.programs import Program, ProgramVersion
from models.trainings import Training, TrainingSeat, TrainingState
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, NotReady, Reason
from workflow.domain.program.schema import Definition, Field
from workflow.domain.program.schema.after import Session as ProgramSession
from workflow.domain.words import Words
from workflow.services import actions, evidence, outbox
from workflow.services.casework import Case, find, open_case, open_cases
from workflow.services.rulebooks import book_of, definition_of

REMINDED_BEFORE = timedelta(hours=24)
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

    @property
    def session(self) -> ProgramSession:
        return self.definition.sessions[self.row.session_key]

    @property
    def free(self) -> int | None:
        return None if self.row.seats is None else max(0, self.row.seats - self.taken)


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
        row, _ = _kept(session, ref, actor, lock=True)
        row.state, row.closed_by, row.closed_at = TrainingState.CANCELLED.value, actor.account_id, now
        body, remarks = {"training": row.id, "session": row.session_key}, {"reason": reason.strip()}
        evidence.tell(
            session, StreamKind.PROGRAM, row.program_id, "session_cancelled", actor, now, body=body, remarks=remarks
        )
        _tell(session, row, "training_cancelled", now)


def _kept(session: Session, ref: str, actor: Actor, *, lock: bool = False) -> tuple[Training, Definition]:
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
        found = _listed(session, rows, now)
        mine = [each for each in found if _keeps(actor, each.row.program_id, each.session)]
        over = ("closed", "cancelled")
        return sorted(mine, key=lambda each: (each.phase in over, each.row.starts_at))


def _listed(session: Session, rows: Sequence[Training], now: datetime) -> list[Listed]:
    counted: Any = session.execute(
        select(TrainingSeat.training_id, func.count())
        .where(TrainingSeat.training_id.in_([row.id for row in rows]), TrainingSeat.state.in_(SEATED))
        .group_by(TrainingSeat.training_id)
    )
    taken = {id_: count for id_, count in counted}  # noqa: C416 - rows are Rows, not pairs, to a type checker
    return [
        Listed(row, book_of(session, row.version_id).definition, taken.get(row.id, 0), phase_of(row, now))
        for row in rows
    ]


# -- the roll ----------------------------------------------------------------------------------------------------------
def roll(ref: str, actor: Actor, now: datetime) -> Roll:
    with reading() as session:
        row, definition = _kept(session, ref, actor)
        (listed,) = _listed(session, [row], now)
        found: Any = session.execute(
            select(TrainingSeat, ApplicationRow.ref, ApplicationRow.number, Person.name)
            .join(ApplicationRow, ApplicationRow.id == TrainingSeat.application_id)
            .outerjoin(Person, Person.id == ApplicationRow.person_id)
            .where(TrainingSeat.training_id == row.id)
            .order_by(Person.name_sort, ApplicationRow.id)
        )
        lines = tuple(SeatLine(app, number or "", name or number or "", seat) for seat, app, number, name in found)
        return Roll(listed, lines, _fields(definition, row.session_key))


def _fields(definition: Definition, key: str) -> Mapping[str, Field]:
    return answers.entry_questions(definition, key).fields


def mark(ref: str, marks: Mapping[str, tuple[str, Mapping[str, Any]]], actor: Actor, now: datetime) -> int:
    """Keep the roll as far as it is taken: by application, present, absent or nothing, and what is asked of each.

    How many are still open. InvalidInput at `<application>.<field>` where something cannot be read; the rest is kept.
    """
    wrong: list[Reason] = []
    with writing() as session:
        row, definition = _kept(session, ref, actor, lock=True)
        if now < row.starts_at:
            raise NotReady([Reason(Words("还没有开班，不能点名"))])
        fields, count = _fields(definition, row.session_key), 0
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
        row, definition = _kept(session, ref, actor, lock=True)
        if now < row.starts_at:
            raise NotReady([Reason(Words("还没有开班，不能办结"))])
        seats = _open_seats(session, row.id)
        unmarked = [app for seat, app in seats if seat.mark is None]
        if unmarked:
            raise NotReady(
                [Reason(Words("还有%(n)s人既没有记到场，也没有记缺席", n=len(unmarked)))]
                + [Reason(Words("请记到场或缺席"), app) for app in unmarked]
            )
        fields = _fields(definition, row.session_key)
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


# -- the person --------------------------------------------------------------------------------------------------------
def offered(actor: Actor, now: datetime) -> list[Listed]:
    """Trainings of the programs in which the reader is recognized, with how their own case stands in each."""
    if actor.account_id is None:
        return []
    mine = ApplicationRow.filler_id == actor.account_id
    if actor.person_id is not None:
        mine = mine | (ApplicationRow.person_id == actor.person_id)
    with reading() as session:
        recognized = session.execute(
            select(ApplicationRow.id, ApplicationRow.ref, ApplicationRow.program_id)
            .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
            .where(mine, RecognitionRow.standing == "valid")
            .order_by(ApplicationRow.id)
        ).all()
        rows = session.scalars(
            select(Training)
            .where(Training.program_id.in_({each.program_id for each in recognized}))
            .order_by(Training.starts_at.desc())
            .limit(200)
        ).all()
        seats: Any = session.execute(
            select(TrainingSeat.training_id, TrainingSeat.application_id, TrainingSeat.state).where(
                TrainingSeat.application_id.in_([each.id for each in recognized])
            )
        )
        stands = {(training, application): state for training, application, state in seats}
        found = [
            replace(each, seat=stands.get((each.row.id, case.id)), application=case.ref)
            for each in _listed(session, rows, now)
            for case in recognized
            if case.program_id == each.row.program_id
        ]
        return [each for each in found if each.seat is not None or each.phase in ("coming", "open", "shut")]


def sign(name: str, ref: str, application: str, actor: Actor, now: datetime, *, reason: str = "") -> None:
    """`sign_up` or `sign_off`. The training is held, so that the last seat is given once."""
    with writing() as session:
        row = session.scalars(select(Training).where(Training.ref == ref).with_for_update()).first()
        if row is None:
            raise NotFound
        case = open_case(session, find(session, application).id, lock=True)
        if case.row.program_id != row.program_id:
            raise NotFound
        (listed,) = _listed(session, [row], now)
        inputs = {
            "training": row.id,
            "session": row.session_key,
            "closed": listed.phase != "open",
            "full": listed.free == 0,
            "started": listed.phase not in ("coming", "open", "shut"),
            "reason": reason,
        }
        actions.carry_out(session, case, Action(name, None, inputs), actor, now)


# -- time --------------------------------------------------------------------------------------------------------------
def carry_out(now: datetime) -> int:
    """Remind those who signed up, once, the day before; how many trainings."""
    near = select(Training).where(
        Training.state == TrainingState.SCHEDULED.value,
        Training.starts_at > now,
        Training.starts_at <= now + REMINDED_BEFORE,
        Training.reminded_at.is_(None),
    )
    with reading() as session:
        waiting: Collection[int] = list(session.scalars(near.with_only_columns(Training.id)))
    for id_ in waiting:
        with writing() as session:
            row = session.scalars(near.where(Training.id == id_).with_for_update()).first()
            if row is not None:
                row.reminded_at = now
                _tell(session, row, "training_near", now)
    return len(waiting)


def _tell(session: Session, row: Training, kind: str, now: datetime) -> None:
    people: Any = session.execute(
        select(ApplicationRow.id, ApplicationRow.ref, Account.id, ApplicationRow.filler_id)
        .join(TrainingSeat, TrainingSeat.application_id == ApplicationRow.id)
        .outerjoin(Account, Account.person_id == ApplicationRow.person_id)
        .where(TrainingSeat.training_id == row.id, TrainingSeat.state == "signed_up")
        .order_by(ApplicationRow.id)
    )
    for id_, ref, account, filler in people:
        to = account or filler
        if to is not None:
            once = f"training:{row.id}:{kind}:{id_}"
            params = {"application": ref}
            outbox.post(session, kind, now, recipient_id=to, params=params, application_id=id_, once=once)
