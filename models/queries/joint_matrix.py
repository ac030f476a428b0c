"""Reads of the joint checks for their lead: the matrix, what was answered before about the same person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.accounts import Account
from models.applications import ApplicationRow, Remark, StageEntry
from models.base import literal_state
from models.evidence import EventRow, Stream, StreamKind
from models.joint import JointAnswer
from models.organizations import Organization
from models.people import Person
from models.queries.joint import typed_in
from models.queries.scoping import BlindStage, named, visible
from models.roles import RoleBinding
from models.work import WorkItem
from workflow.domain.scope import Scope

_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Line:
    id: int
    ref: str
    entry_no: int
    number: str | None
    name: str
    track: str | None
    group: str | None  # the nominator, else the employer
    version_id: int
    status: str
    entered_at: datetime


def lines_of(
    session: Session,
    scope: Scope,
    blind: Sequence[BlindStage],
    round_id: int,
    stage: str,
    typed: str,
    limit: int,
    *,
    only: int | None = None,
) -> Sequence[Line]:
    """Cases that stand in this check now, those of one organization together."""
    employer, line = aliased(Organization), aliased(Organization)
    group = func.coalesce(Organization.name, employer.name, line.name)
    statement: Any = (
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            StageEntry.entry_no,
            ApplicationRow.number,
            func.coalesce(Person.name, ""),
            ApplicationRow.track,
            group,
            ApplicationRow.version_id,
            ApplicationRow.status,
            StageEntry.entered_at,
        )
        .join(StageEntry, StageEntry.application_id == ApplicationRow.id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(Organization, Organization.id == ApplicationRow.nominator_id)
        .outerjoin(employer, employer.id == Person.organization_id)
        .outerjoin(line, line.id == ApplicationRow.line_organization_id)
        .where(
            named(scope, blind),
            ApplicationRow.round_id == round_id,
            StageEntry.round_id == round_id,
            StageEntry.stage_key == stage,
            StageEntry.left_at.is_(None),
        )
        .order_by(func.coalesce(group, _LAST), ApplicationRow.number, ApplicationRow.id)
        .limit(limit)
    )
    if typed.strip():
        statement = statement.where(typed_in(typed.strip()))
    if only is not None:
        statement = statement.where(ApplicationRow.id == only)
    return [Line(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class Given:
    application_id: int
    entry_no: int
    department: str
    attempt: int
    answer: str
    current: bool
    answered_at: datetime
    answered_on: date | None
    by: str | None
    has_detail: bool
    category: str | None
    basis: str | None


def given_in(session: Session, applications: Collection[int], *, everything: bool = False) -> Sequence[Given]:
    """The answers that count in these cases; `everything`: also those that were given before, oldest first."""
    wanted: Any = (
        select(
            JointAnswer.application_id,
            JointAnswer.entry_no,
            JointAnswer.role_key,
            JointAnswer.attempt,
            JointAnswer.answer,
            JointAnswer.is_current,
            JointAnswer.answered_at,
            JointAnswer.answered_on,
            Account.name,
            JointAnswer.detail.is_not(None),
            JointAnswer.category,
            JointAnswer.basis_no,
        )
        .outerjoin(Account, Account.id == JointAnswer.answered_by)
        .where(JointAnswer.application_id.in_(list(applications)))
        .order_by(JointAnswer.application_id, JointAnswer.role_key, JointAnswer.attempt)
    )
    if not everything:
        wanted = wanted.where(JointAnswer.is_current)
    return [Given(*row) for row in session.execute(wanted)]


@dataclass(frozen=True)
class Open:
    application_id: int
    entry_no: int
    role: str
    ref: str
    version: int
    opened_at: datetime
    due_at: datetime


def open_in(session: Session, applications: Collection[int], stage: str) -> Sequence[Open]:
    rows = session.execute(
        select(
            WorkItem.application_id,
            WorkItem.entry_no,
            WorkItem.role_key,
            WorkItem.ref,
            WorkItem.version,
            WorkItem.opened_at,
            WorkItem.due_at,
        ).where(
            WorkItem.application_id.in_(list(applications)),
            WorkItem.stage_key == stage,
            WorkItem.duty == "act",
            WorkItem.state == literal_state("open"),
        )
    )
    return [Open(*row) for row in rows]


# -- before ------------------------------------------------------------------------------------------------------------
def earlier(
    session: Session, person_id: int, program_id: int, application_id: int
) -> Sequence[tuple[int, str, str, datetime]]:
    """What departments said of this person in other cases of the program and stand by: (case, role, answer, when)."""
    rows = session.execute(
        select(JointAnswer.application_id, JointAnswer.role_key, JointAnswer.answer, JointAnswer.answered_at)
        .join(ApplicationRow, ApplicationRow.id == JointAnswer.application_id)
        .where(
            ApplicationRow.person_id == person_id,
            ApplicationRow.program_id == program_id,
            ApplicationRow.id != application_id,
            JointAnswer.is_current,
            JointAnswer.reused_from.is_(None),
        )
        .order_by(JointAnswer.answered_at)
    )
    return [(case, role, answer, at) for case, role, answer, at in rows]


def asked_why(session: Session, applications: Collection[int]) -> dict[tuple[int, int, str], str]:
    """(case, stay, department) -> why it was asked once more, as the lead wrote it; the newest counts."""
    rows: Any = session.execute(
        select(Stream.subject_id, EventRow.entry_no, EventRow.body, Remark.body)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .join(Remark, and_(Remark.stream_id == EventRow.stream_id, Remark.seq == EventRow.seq))
        .where(
            Stream.kind == StreamKind.APPLICATION.value,
            Stream.subject_id.in_(list(applications)),
            EventRow.kind == "department_asked",
            Remark.field == "reason",
        )
        .order_by(EventRow.stream_id, EventRow.seq)
    )
    return {(case, entry, body["role"]): said for case, entry, body, said in rows}


def holders_of(session: Session, program_id: int, round_id: int, role: str, now: datetime) -> Sequence[int]:
    """Accounts that hold a role in this round and can come in."""
    return list(
        session.scalars(
            select(RoleBinding.account_id)
            .join(Account, Account.id == RoleBinding.account_id)
            .where(
                RoleBinding.role_key == role,
                RoleBinding.program_id == program_id,
                or_(RoleBinding.round_id.is_(None), RoleBinding.round_id == round_id),
                RoleBinding.starts_at <= now,
                or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now),
                Account.state == "active",
            )
            .distinct()
            .order_by(RoleBinding.account_id)
        )
    )


def urged_at(session: Session, round_id: int, stage: str) -> dict[str, datetime]:
    """Department -> when it was last reminded of this check."""
    rows: Any = session.execute(
        select(EventRow.body, EventRow.at)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(
            Stream.kind == StreamKind.ROUND.value, Stream.subject_id == round_id, EventRow.kind == "department_urged"
        )
        .order_by(EventRow.seq)
    )
    return {body["role"]: at for body, at in rows if body.get("stage") == stage}


def answer_at(session: Session, application_id: int, entry_no: int, role: str, attempt: int) -> JointAnswer | None:
    return session.get(JointAnswer, (application_id, entry_no, role, attempt))


def standing_in(
    session: Session, scope: Scope, rounds: Collection[int], now: datetime
) -> dict[tuple[int, str], tuple[int, int, int]]:
    """(round, stage) -> how many people stand in a joint check, how many answers are owed, how many of them late."""
    owed = and_(
        WorkItem.application_id == StageEntry.application_id,
        WorkItem.entry_no == StageEntry.entry_no,
        WorkItem.state == literal_state("open"),
        WorkItem.duty == "act",
    )
    rows: Any = session.execute(
        select(
            StageEntry.round_id,
            StageEntry.stage_key,
            func.count(StageEntry.application_id.distinct()),
            func.count(WorkItem.id),
            func.count(WorkItem.id).filter(WorkItem.due_at < now),
        )
        .join(ApplicationRow, ApplicationRow.id == StageEntry.application_id)
        .outerjoin(WorkItem, owed)
        .where(
            visible(scope),
            StageEntry.round_id.in_(list(rounds)),
            StageEntry.kind == "joint_check",
            StageEntry.left_at.is_(None),
        )
        .group_by(StageEntry.round_id, StageEntry.stage_key)
    )
    return {(round_, stage): (people, waiting, late) for round_, stage, people, waiting, late in rows}
