"""Recognitions of one person or organization in a program, for who asks what they hold."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.organizations import Organization
from models.programs import Program


def held(
    session: Session, program: str, track: str | None, person_id: int | None, organization_id: int | None
) -> Sequence[RecognitionRow]:
    """The newest first. Nobody holds anything where neither is known."""
    if person_id is None and organization_id is None:
        return ()
    whose = (
        RecognitionRow.person_id == person_id
        if person_id is not None
        else RecognitionRow.subject_organization_id == organization_id
    )
    wanted = (
        select(RecognitionRow)
        .join(Program, Program.id == RecognitionRow.program_id)
        .where(Program.key == program, whose)
        .order_by(RecognitionRow.recognized_on.desc(), RecognitionRow.id.desc())
    )
    return session.scalars(wanted if track is None else wanted.where(RecognitionRow.track == track)).all()


def closed_without(
    session: Session, program_id: int, person_id: int | None, organization_id: int | None, statuses: Sequence[str]
) -> Sequence[tuple[datetime | None, str | None]]:
    """(closed at, withheld stage) of their cases that ended in one of these ways, the newest first."""
    if person_id is None and organization_id is None:
        return ()
    whose = (
        ApplicationRow.person_id == person_id
        if person_id is not None
        else ApplicationRow.subject_organization_id == organization_id
    )
    rows = session.execute(
        select(ApplicationRow.closed_at, ApplicationRow.withheld_stage)
        .where(ApplicationRow.program_id == program_id, whose, ApplicationRow.status.in_(statuses))
        .order_by(ApplicationRow.closed_at.desc())
    )
    return [(row.closed_at, row.withheld_stage) for row in rows]


def holding(session: Session, program: str, track: str | None, today: date) -> Sequence[Organization]:
    """Organizations with a recognition that has not run out, by name."""
    mine = exists(
        select(RecognitionRow.id)
        .join(Program, Program.id == RecognitionRow.program_id)
        .where(
            RecognitionRow.subject_organization_id == Organization.id,
            Program.key == program,
            RecognitionRow.standing == "valid",
            or_(RecognitionRow.valid_until.is_(None), RecognitionRow.valid_until >= today),
            *([] if track is None else [RecognitionRow.track == track]),
        )
    )
    return session.scalars(select(Organization).where(mine).order_by(Organization.name_sort, Organization.id)).all()


def of_organization(session: Session, organization_id: int) -> Sequence[RecognitionRow]:
    """Everything that an organization was recognized as and that stands, the newest first."""
    wanted = select(RecognitionRow).where(
        RecognitionRow.subject_organization_id == organization_id, RecognitionRow.standing == "valid"
    )
    return session.scalars(wanted.order_by(RecognitionRow.id.desc())).all()
