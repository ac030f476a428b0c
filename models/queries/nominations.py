"""Cases that organizations have put forward, and the rounds in which they may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import CredentialCode
from models.applications import Answers, ApplicationRow
from models.organizations import Organization
from models.people import Person
from models.queries.scoping import visible, within
from models.rounds import Round, RoundNominator, RoundState
from workflow.domain.scope import Scope


@dataclass(frozen=True)
class Nominee:
    id: int
    ref: str
    number: str | None
    name: str
    round_ref: str
    round_name: str
    version_id: int
    organization: str | None
    channel: str
    track: str | None
    status: str
    stage: str | None
    filler_id: int | None
    submitted_at: datetime | None
    due_at: datetime | None
    withheld_stage: str | None = None


@dataclass(frozen=True)
class Admission:
    """An organization admitted to a channel of a round."""

    round_ref: str
    round_name: str
    version_id: int
    open: int  # 1: one can apply now
    closes_at: datetime | None
    organization_id: int
    organization: str
    channel: str
    places: int | None
    taken: int
    organization_ref: str
    round_id: int


def nominees(session: Session, scope: Scope, before: int | None, most: int) -> Sequence[Nominee]:
    """The newest first, drafts that one fills oneself among them."""
    paths = _paths(scope)
    if not paths:
        return []
    wanted = _nominees(scope).where(ApplicationRow.nominator_id.in_(within(paths))).limit(most)
    if before is not None:
        wanted = wanted.where(ApplicationRow.id < before)
    return [Nominee(*row) for row in session.execute(wanted)]


def nominees_of(session: Session, scope: Scope, round_id: int, organization_id: int, channel: str) -> Sequence[Nominee]:
    """Of one organization in one channel of one round."""
    here = (
        ApplicationRow.round_id == round_id,
        ApplicationRow.nominator_id == organization_id,
        ApplicationRow.channel == channel,
    )
    return [Nominee(*row) for row in session.execute(_nominees(scope).where(*here))]


def typed_bodies(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What stands in the drafts of these cases, as it was typed."""
    rows = session.execute(
        select(Answers.application_id, Answers.body).where(Answers.application_id.in_(ids), Answers.state == "draft")
    )
    return dict(rows.all())


def _nominees(scope: Scope) -> Any:
    return (
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            ApplicationRow.number,
            func.coalesce(Person.name, ""),
            Round.ref,
            Round.name,
            ApplicationRow.version_id,
            Organization.name,
            ApplicationRow.channel,
            ApplicationRow.track,
            ApplicationRow.status,
            ApplicationRow.stage_key,
            ApplicationRow.filler_id,
            ApplicationRow.submitted_at,
            ApplicationRow.due_at,
            ApplicationRow.withheld_stage,
        )
        .join(Round, Round.id == ApplicationRow.round_id)
        .join(Organization, Organization.id == ApplicationRow.nominator_id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .where(visible(scope))
        .order_by(ApplicationRow.id.desc())
    )


def waiting_for_the_person(session: Session, scope: Scope) -> int:
    paths = _paths(scope)
    if not paths:
        return 0
    wanted = select(func.count()).where(
        visible(scope),
        ApplicationRow.nominator_id.in_(within(paths)),
        ApplicationRow.status == "awaiting_confirmation",
    )
    return session.scalar(wanted) or 0


def admissions(session: Session, scope: Scope, now: datetime, most: int = 50) -> Sequence[Admission]:
    """Of the organizations through which the Scope holds something, in rounds that are not over."""
    paths = _paths(scope)
    if not paths:
        return []
    open_now = and_(
        Round.state == RoundState.OPEN.value,
        Round.opens_at <= now,
        or_(Round.closes_at.is_(None), Round.closes_at > now),
    )
    wanted: Any = (
        select(
            Round.ref,
            Round.name,
            Round.version_id,
            case((open_now, 1), else_=0),
            Round.closes_at,
            Organization.id,
            Organization.name,
            RoundNominator.channel,
            RoundNominator.places,
            RoundNominator.taken,
            Organization.ref,
            Round.id,
        )
        .join(Round, Round.id == RoundNominator.round_id)
        .join(Organization, Organization.id == RoundNominator.organization_id)
        .where(Round.state != RoundState.CLOSED.value, RoundNominator.organization_id.in_(within(paths)))
        .order_by(Round.opens_at.desc(), Organization.name_sort, RoundNominator.channel)
        .limit(most)
    )
    rows: Any = session.execute(wanted)
    return [Admission(*row) for row in rows]


def _paths(scope: Scope) -> list[str]:
    held = (holding.organization_path for holding in scope.own if holding.organization_path is not None)
    return sorted({*held, *scope.administers})


# -- who still has to say yes ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Unconfirmed:
    """A form that was filled for somebody who has not confirmed it: when a link last went out, and how many of late."""

    id: int
    ref: str
    name: str
    round_name: str
    closes_at: datetime | None
    version_id: int
    organization: str | None
    channel: str
    filler_id: int | None
    sent_at: datetime | None
    expires_at: datetime | None
    sent_of_late: int


def unconfirmed(
    session: Session, scope: Scope, since: datetime, ref: str | None = None, most: int = 100
) -> Sequence[Unconfirmed]:
    """The longest waiting first. `since`: from when on links are counted."""
    paths = _paths(scope)
    if not paths:
        return []
    links = (
        select(
            CredentialCode.subject_ref.label("ref"),
            func.max(CredentialCode.created_at).label("sent_at"),
            func.max(CredentialCode.expires_at).label("expires_at"),
            func.count().filter(CredentialCode.created_at > since).label("of_late"),
        )
        .where(CredentialCode.purpose == "confirm")
        .group_by(CredentialCode.subject_ref)
        .subquery()
    )
    wanted: Any = (
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            func.coalesce(Person.name, ""),
            Round.name,
            Round.closes_at,
            ApplicationRow.version_id,
            Organization.name,
            ApplicationRow.channel,
            ApplicationRow.filler_id,
            links.c.sent_at,
            links.c.expires_at,
            func.coalesce(links.c.of_late, 0),
        )
        .join(Round, Round.id == ApplicationRow.round_id)
        .join(Organization, Organization.id == ApplicationRow.nominator_id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(links, links.c.ref == ApplicationRow.ref)
        .where(
            visible(scope),
            ApplicationRow.nominator_id.in_(within(paths)),
            ApplicationRow.status == "awaiting_confirmation",
        )
        .order_by(ApplicationRow.id)
        .limit(most)
    )
    if ref is not None:
        wanted = wanted.where(ApplicationRow.ref == ref)
    return [Unconfirmed(*row) for row in session.execute(wanted)]
