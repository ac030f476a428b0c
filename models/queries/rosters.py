"""Lists of cases for whoever runs a round, each narrowed by a Scope; and how many stand where."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.names import search_term
from models.organizations import Organization
from models.people import Person, PersonToken
from models.queries.scoping import Condition, visible
from models.queries.subjects import about
from models.queries.unattended import nobody_acts
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.application import UNSUBMITTED
from workflow.domain.scope import Scope

_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to, beside the Scope. Empty means all."""

    rounds: Collection[int] = ()
    statuses: Collection[str] = ()
    stage: str = ""
    channel: str = ""
    track: str = ""
    typed: str = ""
    unattended_at: datetime | None = None  # only what waits where nobody can act at this moment


@dataclass(frozen=True)
class RosterLine:
    id: int
    ref: str
    round_id: int
    round_name: str
    version_id: int
    number: str | None
    person: str | None
    channel: str
    track: str | None
    nominator: str | None
    status: str
    stage: str | None
    due_at: datetime | None
    submitted_at: datetime | None


def page_of(session: Session, scope: Scope, wanted: Wanted, after: str, limit: int) -> Sequence[RosterLine]:
    """The newest first; `after` is the ref of the last line of the page before."""
    nominator = select(Organization.name).where(Organization.id == ApplicationRow.nominator_id).scalar_subquery()
    statement = (
        select(ApplicationRow, Round.name, about(), nominator)
        .join(Round, Round.id == ApplicationRow.round_id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .where(*_conditions(scope, wanted))
        .order_by(ApplicationRow.id.desc())
        .limit(limit)
    )
    if after:
        last = select(ApplicationRow.id).where(ApplicationRow.ref == after).correlate(None).scalar_subquery()
        statement = statement.where(ApplicationRow.id < last)
    return [_line(*row) for row in session.execute(statement)]


def _line(row: ApplicationRow, round_name: str, person: str | None, nominator: str | None) -> RosterLine:
    return RosterLine(
        row.id,
        row.ref,
        row.round_id,
        round_name,
        row.version_id,
        row.number,
        person,
        row.channel,
        row.track,
        nominator,
        row.status,
        row.stage_key,
        row.due_at,
        row.submitted_at,
    )


def count_of(session: Session, scope: Scope, wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(ApplicationRow).where(*_conditions(scope, wanted))) or 0


def _conditions(scope: Scope, wanted: Wanted) -> Iterable[Condition]:
    yield visible(scope)
    yield ApplicationRow.round_id.in_(list(wanted.rounds))
    if wanted.statuses:
        yield ApplicationRow.status.in_(list(wanted.statuses))
    for column, value in (
        (ApplicationRow.stage_key, wanted.stage),
        (ApplicationRow.channel, wanted.channel),
        (ApplicationRow.track, wanted.track),
    ):
        if value:
            yield column == value
    if wanted.typed.strip():
        yield _found(wanted.typed.strip())
    if wanted.unattended_at is not None:
        waits = select(WorkItem.id).where(
            WorkItem.application_id == ApplicationRow.id, nobody_acts(wanted.unattended_at)
        )
        yield exists(waits.correlate(ApplicationRow))


def _found(typed: str) -> Condition:
    """By the whole number of the case or its beginning, or by a tail of the person's name or pinyin."""
    term = search_term(typed)
    people = select(PersonToken.person_id).where(PersonToken.token >= term, PersonToken.token < term + _LAST)
    return or_(
        ApplicationRow.number.startswith(typed.upper(), autoescape=True),
        ApplicationRow.receipt == typed.upper(),
        ApplicationRow.person_id.in_(people),
    )


# -- numbers of a round ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Standing:
    """How many cases of a round stand at a stage in a state, and how far they had come."""

    channel: str
    status: str
    stage: str | None
    furthest: int  # its position in the channel's route
    count: int
    overdue: int


def standings(session: Session, round_id: int, now: datetime) -> Sequence[Standing]:
    """Counts alone, of everything that was submitted: no case is named, so that no Scope is asked."""
    where = (ApplicationRow.channel, ApplicationRow.status, ApplicationRow.stage_key, ApplicationRow.furthest_pos)
    overdue = func.count().filter(ApplicationRow.due_at < now)
    rows = session.execute(
        select(*where, func.count(), overdue)
        .where(ApplicationRow.round_id == round_id, ApplicationRow.status.not_in([str(each) for each in UNSUBMITTED]))
        .group_by(*where)
    )
    return [Standing(*row) for row in rows]


def unsubmitted(session: Session, round_id: int) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                ApplicationRow.round_id == round_id, ApplicationRow.status.in_([str(each) for each in UNSUBMITTED])
            )
        )
        or 0
    )
