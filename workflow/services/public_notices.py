"""Reading public notices: one of them as its readers may see it now, those that run, and the office's own list.

Whether a notice is shown is asked of its days at the moment of asking. Nobody has to take it down, so that a clock that
stands still shows nobody's name a minute too long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.notices import Notice, NoticeLine
from models.programs import ProgramVersion
from models.queries import notices as queries
from models.rounds import Round
from workflow.domain import public_notice
from workflow.domain.actor import Actor
from workflow.domain.calendar import Count, WorkCalendar, local_day
from workflow.domain.errors import NotFound
from workflow.domain.lengths import Length
from workflow.domain.policy import NoticeSubject, Permission, RoundSubject, can, reads_line
from workflow.domain.program.schema import Definition, NoticeStage
from workflow.domain.public_notice import Period
from workflow.services.own_rounds import mine
from workflow.services.public_notices_drafting import Before, before_notices
from workflow.services.rulebooks import calendar_of, definition_of

PUSHED_BACK = timedelta(days=40)
"""By how much official days that come late could push back an end at most."""
RUNNING, ENDED, DOWN, COMING = "running", "ended", "down", "coming"


@dataclass(frozen=True)
class ShownLine:
    """`shown` is empty where the line has gone from the list: its number stays, its words do not."""

    no: int
    shown: tuple[str, ...]
    objected: bool = False


@dataclass(frozen=True)
class Shown:
    """A notice as this reader may see it now. When it is over nothing of anybody is left in it."""

    ref: str
    phase: str
    title: str
    number: str | None
    preamble: str
    contact: str
    issuer: str
    program: str
    round_name: str
    audience: str
    columns: tuple[tuple[str, str], ...]
    lines: tuple[ShownLine, ...]
    total: int
    period: Period
    published_at: datetime
    visible_from: datetime
    days_left: int
    definition: Definition
    stage: NoticeStage
    runs: bool = False  # the reader runs its round
    taken_down_at: datetime | None = None

    @property
    def open_to_objection(self) -> bool:
        return self.phase == RUNNING


@dataclass(frozen=True)
class NoticeDays:
    """What the person is told of the notice in which the own case stands. `ref` None: there is no page to open."""

    ref: str | None
    title: str
    period: Period
    contact: str


@dataclass(frozen=True)
class Current:
    """One line of the list of notices that run."""

    ref: str
    title: str
    issuer: str
    period: Period
    days_left: int
    lines: int


@dataclass(frozen=True)
class NoticeRow:
    """One notice in the office's own list."""

    ref: str
    title: str
    number: str | None
    stage: NoticeStage
    phase: str
    period: Period
    published_at: datetime
    lines: int
    counts: Mapping[str, int]
    objections: int
    open_objections: int
    days_left: int


@dataclass(frozen=True)
class Register:
    """Everything about the notices of one round."""

    round_ref: str
    round_name: str
    definition: Definition
    before: tuple[Before, ...]
    notices: tuple[NoticeRow, ...]


# -- is it public now --------------------------------------------------------------------------------------------------
def period_of(session: Session, notice: Notice) -> Period:
    return _period(calendar_of(session), notice)


def _period(calendar: WorkCalendar, notice: Notice) -> Period:
    """The days as they were published, or longer where the calendar came later."""
    length, count = Length.parse(notice.length), _count(notice)
    said = public_notice.period(calendar, notice.first_day, length, count)
    stood = Period(said.first, said.counted, notice.last_day, length, count, notice.provisional, said.off)
    return public_notice.standing_period(calendar, stood)


def _count(notice: Notice) -> Count:
    return "first_day" if notice.count_from == "first_day" else "next_day"


def phase_of(notice: Notice, period: Period, now: datetime) -> str:
    if notice.taken_down_at is not None:
        return DOWN
    if now < notice.visible_from:
        return COMING
    return RUNNING if now < period.ends else ENDED


# -- one notice --------------------------------------------------------------------------------------------------------
def shown(ref: str, actor: Actor, now: datetime) -> Shown:
    """NotFound before its time and for whom it is not; over or taken down it says so, without a name."""
    with reading() as session:
        found = session.execute(queries.notices(Notice.ref == ref)).first()
        if found is None:
            raise NotFound
        notice, round_, version = found
        return as_shown(session, notice, round_, version, actor, now)


def as_shown(
    session: Session, notice: Notice, round_: Round, version: ProgramVersion, actor: Actor, now: datetime
) -> Shown:
    definition, calendar = definition_of(version), calendar_of(session)
    stage = definition.stages[notice.stage_key]
    if not isinstance(stage, NoticeStage):
        raise NotFound
    period = _period(calendar, notice)
    phase = phase_of(notice, period, now)
    runs = can(actor, Permission.ROUND_RUN, RoundSubject(notice.program_id, notice.round_id, definition.run_by))
    rows = queries.lines_of(session, notice.id)
    paths = frozenset(path for _, path in rows if path is not None)
    apart = definition.program.visibility == "internal"
    subject = NoticeSubject(notice.program_id, notice.round_id, definition.run_by, notice.audience, paths, apart)
    if not can(actor, Permission.NOTICE_READ, subject) or (phase == COMING and not runs):
        raise NotFound
    objected = queries.open_on(session, notice.id) if runs else frozenset()
    visible = [row for row, path in rows if runs or reads_line(actor, subject, path)]
    open_now = phase in (RUNNING, COMING)
    return Shown(
        ref=notice.ref,
        phase=phase,
        title=notice.title,
        number=notice.number,
        preamble=notice.preamble,
        contact=notice.contact,
        issuer=notice.issuer,
        program=str(definition.program.name),
        round_name=round_.name,
        audience=notice.audience,
        columns=tuple((key, name) for key, name in notice.columns),
        lines=tuple(_line(row, objected) for row in visible) if open_now else (),
        total=len(visible),
        period=period,
        published_at=notice.published_at,
        visible_from=notice.visible_from,
        days_left=max(0, calendar.working_days_left(now, period.last)),
        definition=definition,
        stage=stage,
        runs=runs,
        taken_down_at=notice.taken_down_at,
    )


def _line(row: NoticeLine, objected: frozenset[int]) -> ShownLine:
    words = tuple(str(each) for each in row.shown) if row.state in ("standing", "ended") else ()
    return ShownLine(row.no, words, row.no in objected)


# -- lists -------------------------------------------------------------------------------------------------------------
def current(now: datetime) -> tuple[Current, ...]:
    """Everybody's notices that run now, the one that ends first on top."""
    with reading() as session:
        calendar = calendar_of(session)
        rows = queries.public_now(session, now, local_day(now) - PUSHED_BACK)
    running = [(notice, _period(calendar, notice)) for notice, _ in rows]
    return tuple(
        Current(
            notice.ref,
            notice.title,
            notice.issuer,
            period,
            max(0, calendar.working_days_left(now, period.last)),
            notice.lines,
        )
        for notice, period in running
        if phase_of(notice, period, now) == RUNNING
    )


def register(actor: Actor, round_ref: str, now: datetime) -> Register:
    with reading() as session:
        round_, definition = mine(session, actor, session.scalars(select(Round).where(Round.ref == round_ref)).first())
        rows = [row for row, _, _ in session.execute(queries.notices(Notice.round_id == round_.id))]
        return Register(
            round_.ref,
            round_.name,
            definition,
            tuple(before_notices(session, actor, round_, definition)),
            tuple(_rows(session, rows, definition, now)),
        )


def _rows(session: Session, rows: Sequence[Notice], definition: Definition, now: datetime) -> Sequence[NoticeRow]:
    ids = [row.id for row in rows]
    counts, objected, calendar = (
        queries.counts_of(session, ids),
        queries.objections_counted(session, ids),
        calendar_of(session),
    )
    return [_row(row, definition, counts.get(row.id, {}), objected.get(row.id, (0, 0)), calendar, now) for row in rows]


def _row(
    row: Notice,
    definition: Definition,
    counts: Mapping[str, int],
    objected: tuple[int, int],
    calendar: WorkCalendar,
    now: datetime,
) -> NoticeRow:
    period, stage = _period(calendar, row), definition.stages[row.stage_key]
    if not isinstance(stage, NoticeStage):
        raise NotFound
    left = max(0, calendar.working_days_left(now, period.last))
    return NoticeRow(
        row.ref,
        row.title,
        row.number,
        stage,
        phase_of(row, period, now),
        period,
        row.published_at,
        row.lines,
        counts,
        *objected,
        left,
    )


def run_by(session: Session, actor: Actor, ref: str, *, lock: bool = False) -> Notice:
    """A notice of a round that the actor runs; for everybody else it is not there to be changed."""
    wanted = select(Notice).where(Notice.ref == ref)
    notice = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if notice is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, notice.version_id))
    if not can(actor, Permission.ROUND_RUN, RoundSubject(notice.program_id, notice.round_id, definition.run_by)):
        raise NotFound
    return notice


def round_of(ref: str, actor: Actor) -> tuple[str, str]:
    """Reference and name of the round of a notice, for who runs it."""
    with reading() as session:
        notice = run_by(session, actor, ref)
        round_ = session.get_one(Round, notice.round_id)
        return round_.ref, round_.name


def standing_lines(ref: str, actor: Actor) -> list[tuple[int, str]]:
    """Number and name of every line that stands: for who writes down an objection by hand, also after the last day."""
    with reading() as session:
        notice = session.scalars(select(Notice).where(Notice.ref == ref)).first()
        if notice is None:
            raise NotFound
        at = next((number for number, (key, _) in enumerate(notice.columns) if key == "name"), 0)
        rows = [row for row, _ in queries.lines_of(session, notice.id) if row.state == "standing"]
        return [(row.no, str(row.shown[at])) for row in rows]


def dates_for(session: Session, application_id: int, now: datetime) -> NoticeDays | None:
    """The notice in which a case stands now; its page can be opened only while it runs and is for everybody."""
    wanted = (
        select(Notice)
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .where(NoticeLine.application_id == application_id, NoticeLine.state == "standing")
    )
    notice = session.scalars(wanted).first()
    if notice is None:
        return None
    period = period_of(session, notice)
    is_open = notice.audience == "public" and phase_of(notice, period, now) == RUNNING
    return NoticeDays(notice.ref if is_open else None, notice.title, period, notice.contact)
