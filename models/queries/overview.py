"""Numbers of a round for whoever runs it: each counts exactly the cases that its reader may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, false, func, not_, or_, select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow, StageEntry
from models.base import literal_state
from models.organizations import Organization
from models.people import Person, PersonIdentity
from models.queries.scoping import BlindStage, Condition, conflicted, named, placed
from models.queries.subjects import about
from models.work import NEVER, WorkItem
from workflow.domain.application import UNSUBMITTED
from workflow.domain.scope import Scope

_RUNNING = ("open", "correcting", "held", "alternate")


def run_here(scope: Scope, round_id: int, run_by: str, blind: Sequence[BlindStage]) -> list[Condition]:
    """Submitted cases of a round that the Scope runs: not its own, not one it judges blind, none it is too near."""
    own: list[Condition] = []
    if scope.person_id is not None:
        own.append(or_(ApplicationRow.person_id.is_(None), ApplicationRow.person_id != scope.person_id))
    return [
        ApplicationRow.round_id == round_id,
        ApplicationRow.run_by == run_by,
        ApplicationRow.status.not_in([str(each) for each in UNSUBMITTED]),
        or_(ApplicationRow.filler_id.is_(None), ApplicationRow.filler_id != scope.account_id),
        named(scope, blind),
        or_(
            false(), *(placed(holding) for holding in scope.holdings if holding.role == run_by)
        ),  # and as the one who runs it, not through some other duty
        not_(conflicted(scope, ApplicationRow.id)),
        *own,
    ]


@dataclass(frozen=True)
class Standing:
    channel: str
    track: str | None
    status: str
    stage: str | None
    furthest: int  # its position in the channel's route
    count: int


def standings(session: Session, where: Sequence[Condition]) -> Sequence[Standing]:
    by = (
        ApplicationRow.channel,
        ApplicationRow.track,
        ApplicationRow.status,
        ApplicationRow.stage_key,
        ApplicationRow.furthest_pos,
    )
    rows = session.execute(select(*by, func.count()).where(*where).group_by(*by))
    return [Standing(*row) for row in rows]


@dataclass(frozen=True)
class Marks:
    """Moments that tell the ages apart: counted in working days by who asks."""

    now: datetime
    soon_until: datetime
    two_days: datetime  # entered since: 0-2 working days
    five_days: datetime  # entered since: 3-5


@dataclass(frozen=True)
class Age:
    """Cases that stand at one stage; each is counted once: late, else soon, else by how long it has stood there."""

    stage: str
    fresh: int
    middle: int
    old: int
    soon: int
    late: int
    stopped: int  # clock paused or being corrected: in none of the others


def ages(session: Session, where: Sequence[Condition], marks: Marks) -> Sequence[Age]:
    stopped = ApplicationRow.status.in_(("held", "correcting"))
    due = StageEntry.due_at
    late = and_(not_(stopped), due.is_not(None), due < marks.now)
    soon = and_(not_(stopped), due.is_not(None), due >= marks.now, due <= marks.soon_until)
    calm = and_(not_(stopped), or_(due.is_(None), due > marks.soon_until))
    entered = StageEntry.entered_at
    rows = session.execute(
        select(
            StageEntry.stage_key,
            _sum(and_(calm, entered >= marks.two_days)),
            _sum(and_(calm, entered < marks.two_days, entered >= marks.five_days)),
            _sum(and_(calm, entered < marks.five_days)),
            _sum(soon),
            _sum(late),
            _sum(stopped),
        )
        .join(ApplicationRow, ApplicationRow.id == StageEntry.application_id)
        .where(*where, StageEntry.left_at.is_(None), ApplicationRow.status.in_(_RUNNING))
        .group_by(StageEntry.stage_key)
    )
    return [Age(*row) for row in rows]


def _sum(condition: Condition) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@dataclass(frozen=True)
class Owing:
    """What one office or one role owes at a stage; who of it holds what stays out of sight."""

    stage: str
    role: str
    organization: str | None
    duty: str
    after: bool  # of cases that have come to their end: what follows a recognition, an appeal
    open: int
    late: int
    oldest: datetime | None


def owing(session: Session, where: Sequence[Condition], now: datetime) -> Sequence[Owing]:
    late = WorkItem.due_at < now
    after = case((ApplicationRow.status.in_(_RUNNING), 0), else_=1)
    by = (WorkItem.stage_key, WorkItem.role_key, Organization.name, WorkItem.duty, after)
    rows: Any = session.execute(
        select(*by, func.count(), _sum(late), func.min(WorkItem.due_at))
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .outerjoin(Organization, Organization.id == WorkItem.organization_id)
        .where(*where, WorkItem.state == literal_state("open"), ApplicationRow.status != "held")
        .group_by(*by)
    )
    return [
        Owing(stage, role, organization, duty, bool(ended), count, overdue, oldest if oldest != NEVER else None)
        for stage, role, organization, duty, ended, count, overdue, oldest in rows
    ]


def falling_due(
    session: Session, where: Sequence[Condition], since: datetime, until: datetime
) -> Sequence[tuple[str, datetime, int]]:
    """(stage, due time, how many) of what is owed within a time."""
    rows = session.execute(
        select(WorkItem.stage_key, WorkItem.due_at, func.count())
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(
            *where,
            WorkItem.state == literal_state("open"),
            WorkItem.due_at >= since,
            WorkItem.due_at < until,
            ApplicationRow.status != "held",
        )
        .group_by(WorkItem.stage_key, WorkItem.due_at)
        .order_by(WorkItem.due_at)
    )
    return [(stage, due, count) for stage, due, count in rows]


def left_stages(session: Session, where: Sequence[Condition], since: datetime) -> Sequence[tuple[datetime, str]]:
    """(when, effect) of every stage that was finished since."""
    rows: Any = session.execute(
        select(StageEntry.left_at, StageEntry.effect)
        .join(ApplicationRow, ApplicationRow.id == StageEntry.application_id)
        .where(*where, StageEntry.left_at >= since, StageEntry.effect.in_(("pass", "refuse", "return", "send_back")))
        .limit(20_000)
    )
    return [(at, effect) for at, effect in rows]


# -- the ledger --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LedgerRow:
    id: int
    version_id: int
    number: str | None
    receipt: str | None
    name: str | None
    gender: str | None
    birth_date: date | None
    id_mask: str | None
    channel: str
    track: str | None
    nominator: str | None
    status: str
    stage: str | None
    submitted_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    answers: dict[str, Any] | None


def ledger(session: Session, where: Sequence[Condition], after: int, limit: int) -> Sequence[LedgerRow]:
    """In the order of submission, from behind one row on; numbers of persons only as masks."""
    mask = (
        select(func.min(PersonIdentity.mask))
        .where(PersonIdentity.person_id == ApplicationRow.person_id)
        .correlate(ApplicationRow)
        .scalar_subquery()
    )
    nominator = select(Organization.name).where(Organization.id == ApplicationRow.nominator_id).scalar_subquery()
    rows: Any = session.execute(
        select(
            ApplicationRow.id,
            ApplicationRow.version_id,
            ApplicationRow.number,
            ApplicationRow.receipt,
            about(),
            Person.gender,
            Person.birth_date,
            mask,
            ApplicationRow.channel,
            ApplicationRow.track,
            nominator,
            ApplicationRow.status,
            ApplicationRow.stage_key,
            ApplicationRow.submitted_at,
            ApplicationRow.due_at,
            ApplicationRow.closed_at,
            Answers.body,
        )
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(
            Answers,
            and_(
                Answers.application_id == ApplicationRow.id,
                Answers.revision == ApplicationRow.answers_rev,
                Answers.state == "submitted",
            ),
        )
        .where(*where, ApplicationRow.id > after)
        .order_by(ApplicationRow.id)
        .limit(limit)
    )
    return [LedgerRow(*row) for row in rows]
