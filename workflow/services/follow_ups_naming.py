"""Whom and where to name for somebody recognized: a mentor, a placement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import literal_state, reading
from models.organizations import Organization
from models.queries import organizations as organization_queries
from models.queries import recipients
from models.queries.recipients import Seat
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.duty_days import stage_of
from workflow.domain.policy import (
    is_of,
)
from workflow.domain.program.schema import Label
from workflow.domain.program.schema.stages import MentorLine
from workflow.domain.stages.base import Work
from workflow.domain.stages.follow_up_growth import mentor_line
from workflow.services import actions, places, sessions
from workflow.services.casework import Case
from workflow.services.follow_ups import opened


@dataclass(frozen=True)
class Candidate:
    """Somebody who may mentor, with how many they mentor now."""

    ref: str
    name: str
    organization: str
    mentors: int
    full: bool


@dataclass(frozen=True)
class Unit:
    """An organization where somebody may be placed."""

    ref: str
    name: str


def mentors(
    ref: str, typed: str, actor: Actor, now: datetime, limit: int = 30
) -> tuple[Label | None, tuple[Candidate, ...]]:
    """The role from which a mentor is chosen for this case, and who holds it."""
    with reading() as session:
        case = opened(session, ref, actor)
        line = _line(case, actor, now)
        if line is None:
            return None, ()
        by_office = is_of(case.book.definition, line.role)
        place = case.application.places.get(line.role)
        seat = Seat(line.role, case.row.program_id, case.row.round_id, case.row.track, place, by_office)
        accounts = recipients.to_be_told(session, recipients.holding(session, seat, now), case.row.id, not by_office)
        load = _loads(session, accounts)
        rows = session.execute(
            select(Account.id, Account.ref, Account.name, Organization.name)
            .outerjoin(Organization, Organization.id == Account.organization_id)
            .where(Account.id.in_(accounts), Account.name.contains(typed.strip(), autoescape=True))
            .order_by(Account.name, Account.id)
            .limit(limit)
        )
        found = tuple(
            Candidate(
                ref_, name, place_ or "", load.get(id_, 0), line.up_to is not None and load.get(id_, 0) >= line.up_to
            )
            for id_, ref_, name, place_ in rows
        )
        return case.book.definition.roles[line.role].name, found


def _line(case: Case, actor: Actor, now: datetime) -> MentorLine | None:
    return mentor_line(Work(case.book, case.application, Action("assign_mentor"), actor, now))


def _loads(session: Session, accounts: Sequence[int]) -> dict[int, int]:
    """How many cases with a standing recognition each mentors."""
    rows: Any = session.execute(
        select(ApplicationRow.mentor_id, func.count())
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(
            ApplicationRow.mentor_id.in_(accounts),
            ApplicationRow.stage_key.is_not(None),
            RecognitionRow.standing == literal_state("valid"),
        )
        .group_by(ApplicationRow.mentor_id)
    ).all()
    return dict(rows)


def assign_mentor(
    item_ref: str,
    account_ref: str,
    actor: Actor,
    now: datetime,
    *,
    seen: int | None,
    request_key: str | None,
    note: str,
) -> actions.Acted:
    with reading() as session:
        number = session.scalar(select(Account.id).where(Account.ref == account_ref))
        load = _loads(session, [number]).get(number, 0) if number is not None else 0
    to = sessions.actor_of(number, now) if number is not None else None
    inputs = {"to": to, "mentored": load, "note": note}
    return actions.perform(item_ref, "assign_mentor", actor, now, seen=seen, request_key=request_key, inputs=inputs)


def wishes(ref: str, actor: Actor) -> tuple[tuple[Label, str], ...]:
    """What the placement is matched by: these answers of the person, such as the post and the village."""
    with reading() as session:
        case = opened(session, ref, actor)
        stage = stage_of(case.book.definition, case.application.state)
        fields, values = case.book.definition.form_fields(), case.application.values
        match = stage.placement.match if stage is not None and stage.placement is not None else ()
        known = {key: values.get(key) for key in match if key in fields and isinstance(values.get(key), str)}
        named = places.looked_up(session, set(), {str(value) for value in known.values()}).named
        names = organization_queries.names(session, list(named.values()))
        return tuple((fields[key].name, names.get(named.get(str(each), 0), str(each))) for key, each in known.items())


def units(ref: str, typed: str, actor: Actor, limit: int = 20) -> tuple[Unit, ...]:
    """Standing organizations whose name fits; nothing before something is typed."""
    if not typed.strip():
        return ()
    with reading() as session:
        opened(session, ref, actor)
        found = organization_queries.found(session, typed, limit=limit)
        return tuple(Unit(each.ref, each.name) for each in found)


def place(
    item_ref: str, unit_ref: str, actor: Actor, now: datetime, *, seen: int | None, request_key: str | None, note: str
) -> actions.Acted:
    with reading() as session:
        number = session.scalar(
            select(Organization.id).where(Organization.ref == unit_ref, Organization.state == "standing")
        )
    inputs = {"organization": number, "code": unit_ref if number is not None else "", "note": note}
    return actions.perform(item_ref, "place", actor, now, seen=seen, request_key=request_key, inputs=inputs)
