"""Reads of the joint checks for a department: what it is asked, and how much of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from models.applications import ApplicationRow, StageEntry
from models.base import literal_state
from models.joint import JointAnswer
from models.names import search_term
from models.organizations import Organization
from models.people import Person, PersonIdentity, PersonToken
from models.queries.scoping import conflicted, held, recused
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.scope import Scope

Condition = ColumnElement[bool]
_LAST = "\U0010ffff"


# -- one department ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """One question to a department, and its own answer where it has given one."""

    item_ref: str
    item_no: int
    version: int
    role: str
    stage: str
    state: str
    due_at: datetime
    opened_at: datetime
    application_id: int
    ref: str
    entry_no: int
    number: str | None
    name: str
    id_mask: str | None
    employer: str | None
    round_id: int
    round_ref: str
    round_name: str
    version_id: int
    status: str
    answer: str | None
    answered_at: datetime | None
    reused: int | None
    answered_on: date | None  # of an answer that is used again: when it was given


Places = Collection[tuple[int, str, str]]
"""(version, stage, role): which items are questions to a department."""


@dataclass(frozen=True)
class Wanted:
    round: str = ""
    typed: str = ""
    refs: Collection[str] = ()


_IDENTITY = (
    select(func.min(PersonIdentity.mask))
    .where(PersonIdentity.person_id == ApplicationRow.person_id)
    .correlate(ApplicationRow)
    .scalar_subquery()
)
_GIVEN, _LINE = aliased(JointAnswer), aliased(Organization)
_QUESTIONS: Any = (  # twenty-four columns, which no type names
    select(
        WorkItem.ref,
        WorkItem.no,
        WorkItem.version,
        WorkItem.role_key,
        WorkItem.stage_key,
        WorkItem.state,
        WorkItem.due_at,
        WorkItem.opened_at,
        ApplicationRow.id,
        ApplicationRow.ref,
        WorkItem.entry_no,
        ApplicationRow.number,
        func.coalesce(Person.name, ""),
        _IDENTITY,
        func.coalesce(Organization.name, _LINE.name),
        Round.id,
        Round.ref,
        Round.name,
        ApplicationRow.version_id,
        ApplicationRow.status,
        _GIVEN.answer,
        _GIVEN.answered_at,
        _GIVEN.reused_from,
        _GIVEN.answered_on,
    )
    .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
    .join(Round, Round.id == ApplicationRow.round_id)
    .outerjoin(Person, Person.id == ApplicationRow.person_id)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .outerjoin(_LINE, _LINE.id == ApplicationRow.line_organization_id)
    .outerjoin(
        _GIVEN,
        and_(
            _GIVEN.application_id == WorkItem.application_id,
            _GIVEN.entry_no == WorkItem.entry_no,
            _GIVEN.role_key == WorkItem.role_key,
            _GIVEN.item_no == WorkItem.no,
            _GIVEN.is_current,
        ),
    )
)


def asked_of(
    session: Session, scope: Scope, places: Places, wanted: Wanted, *, answered: bool, after: int, limit: int
) -> Sequence[Asked]:
    """Open questions by due time; else those of running checks that the department has answered, the newest first."""
    statement = _QUESTIONS.where(*_of_department(scope, places, wanted))
    if answered:
        mine = statement.where(WorkItem.state == literal_state("done"), _GIVEN.answer.is_not(None))
        order = mine.order_by(_GIVEN.answered_at.desc(), WorkItem.id.desc())
    else:
        order = statement.where(WorkItem.state == literal_state("open")).order_by(WorkItem.due_at, WorkItem.id)
    return [Asked(*row) for row in session.execute(order.offset(after).limit(limit))]


def _of_department(scope: Scope, places: Places, wanted: Wanted) -> Sequence[Condition]:
    """Of the stays that run, whatever the department is asked of, as far as nothing bars."""
    if not places or scope.sees_nothing:
        return [false()]
    here = and_(
        StageEntry.application_id == WorkItem.application_id,
        StageEntry.entry_no == WorkItem.entry_no,
        StageEntry.left_at.is_(None),
    )
    conditions: list[Condition] = [
        WorkItem.duty.in_(("act", "answer")),  # the second: asked anew after the recognition
        tuple_(ApplicationRow.version_id, WorkItem.stage_key, WorkItem.role_key).in_(sorted(places)),
        or_(WorkItem.holder_id == scope.account_id, and_(WorkItem.holder_id.is_(None), held(scope))),
        exists(select(StageEntry.entry_no).where(here).offset(0).correlate(WorkItem)),
        ~and_(WorkItem.conflict_bars, conflicted(scope, WorkItem.application_id)),
        ~recused(scope, WorkItem.application_id),
        or_(ApplicationRow.filler_id.is_(None), ApplicationRow.filler_id != scope.account_id),
    ]
    if wanted.round:
        conditions.append(Round.ref == wanted.round)
    if wanted.refs:
        conditions.append(WorkItem.ref.in_(list(wanted.refs)))
    if wanted.typed.strip():
        conditions.append(typed_in(wanted.typed.strip()))
    return conditions


def typed_in(typed: str) -> Condition:
    term = search_term(typed)
    named = select(PersonToken.person_id).where(PersonToken.token >= term, PersonToken.token < term + _LAST)
    return or_(ApplicationRow.number.startswith(typed.upper(), autoescape=True), ApplicationRow.person_id.in_(named))


@dataclass(frozen=True)
class Count:
    round_ref: str
    round_name: str
    role: str
    version_id: int
    open: int
    late: int


def counts_of(session: Session, scope: Scope, places: Places, now: datetime) -> Sequence[Count]:
    """How many open questions of each round, and how many of them are overdue."""
    late = func.count().filter(WorkItem.due_at < now)
    where = (Round.ref, Round.name, WorkItem.role_key, ApplicationRow.version_id)
    rows = session.execute(
        select(*where, func.count(), late)
        .select_from(WorkItem)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .join(Round, Round.id == ApplicationRow.round_id)
        .where(*_of_department(scope, places, Wanted()), WorkItem.state == literal_state("open"))
        .group_by(*where)
        .order_by(Round.name)
    )
    return [Count(*row) for row in rows]
