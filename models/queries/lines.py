"""People whom organizations put forward by themselves, in the line of those organizations; how many of each place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.organizations import Organization, OrganizationState
from models.people import Person
from models.programs import ProgramVersion
from models.queries.scoping import visible, within
from models.rounds import Round, RoundState
from workflow.domain.scope import Scope

GONE = ("draft", "awaiting_confirmation", "refused", "withdrawn", "lapsed", "not_called")


@dataclass(frozen=True)
class Put:
    """One person put forward, or a draft of the reader's own."""

    ref: str
    number: str | None
    name: str
    place: str  # the code that the form names
    channel: str
    track: str | None
    status: str
    stage: str | None
    filler_id: int | None
    due_at: datetime | None


def running_rounds(
    session: Session, programs: Collection[int | None], now: datetime
) -> Sequence[tuple[Round, ProgramVersion]]:
    """The open rounds of these programs, the newest first."""
    rows: Any = session.execute(
        select(Round, ProgramVersion)
        .join(ProgramVersion, ProgramVersion.id == Round.version_id)
        .where(Round.state == RoundState.OPEN.value, Round.opens_at <= now, Round.program_id.in_(programs))
        .order_by(Round.id.desc())
        .limit(20)
    )
    return [(round_, version) for round_, version in rows]


def people(session: Session, scope: Scope, round_id: int, paths: Collection[str], field: str, most: int) -> list[Put]:
    """Those in the line of these organizations and the drafts of the reader's own, the newest first."""
    mine = (ApplicationRow.status == "draft") & (ApplicationRow.filler_id == scope.account_id)
    newest = (
        select(func.max(Answers.revision))
        .where(Answers.application_id == ApplicationRow.id)
        .correlate(ApplicationRow)
        .scalar_subquery()
    )
    typed = func.coalesce(Answers.body["name"].as_string(), "")
    rows: Any = session.execute(
        select(
            ApplicationRow.ref,
            ApplicationRow.number,
            func.coalesce(Person.name, typed),
            func.coalesce(Answers.body[field].as_string(), ""),
            ApplicationRow.channel,
            ApplicationRow.track,
            ApplicationRow.status,
            ApplicationRow.stage_key,
            ApplicationRow.filler_id,
            ApplicationRow.due_at,
        )
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(Answers, (Answers.application_id == ApplicationRow.id) & (Answers.revision == newest))
        .where(
            ApplicationRow.round_id == round_id,
            visible(scope),
            or_(ApplicationRow.line_organization_id.in_(within(paths)), mine),
        )
        .order_by(ApplicationRow.id.desc())
        .limit(most)
    )
    return [Put(*row) for row in rows]


def counts(session: Session, scope: Scope, round_id: int, field: str) -> list[tuple[str, str, int]]:
    """(place, status, how many) of what the reader sees of a round and what still counts."""
    place = Answers.body[field].as_string()
    rows: Any = session.execute(
        select(place, ApplicationRow.status, func.count())
        .join(Answers, (Answers.application_id == ApplicationRow.id) & (Answers.revision == ApplicationRow.answers_rev))
        .where(ApplicationRow.round_id == round_id, visible(scope), ApplicationRow.status.not_in(GONE))
        .group_by(place, ApplicationRow.status)
    )
    return [(code, status, number) for code, status, number in rows if code]


def places(session: Session, paths: Collection[str] | None, kind: str) -> list[tuple[str, str, str]]:
    """(code, name, name of the one above) of the standing places of a kind, below these organizations or all."""
    above = select(Organization.id, Organization.name).subquery()
    wanted = (
        select(Organization.region_code, Organization.name, func.coalesce(above.c.name, ""))
        .outerjoin(above, above.c.id == Organization.parent_id)
        .where(
            Organization.kind == kind,
            Organization.state == OrganizationState.STANDING.value,
            Organization.region_code.is_not(None),
        )
        .order_by(Organization.path)
    )
    if paths is not None:
        wanted = wanted.where(Organization.id.in_(within(paths)))
    rows: Any = session.execute(wanted)
    return [(code, name, town) for code, name, town in rows]


def standing(session: Session, person_id: int, program_id: int, round_id: int | None) -> ApplicationRow | None:
    """The case in which somebody holds their one place already: in the program, or in this round alone."""
    wanted = select(ApplicationRow).where(
        ApplicationRow.person_id == person_id,
        ApplicationRow.program_id == program_id,
        ApplicationRow.unique_slot.is_not(None),
    )
    return session.scalars(wanted if round_id is None else wanted.where(ApplicationRow.round_id == round_id)).first()


def sees(session: Session, scope: Scope, application_id: int) -> bool:
    return (
        session.scalar(select(ApplicationRow.id).where(ApplicationRow.id == application_id, visible(scope))) is not None
    )
