"""Rounds whose points an office enters, and everybody in them with balance, tier and what waits."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading
from models.rounds import Round
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.after import points as ledger_of
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can, is_of
from workflow.domain.program.schema import Definition
from workflow.domain.program.schema.after import Points, Tier
from workflow.services.casework import Case, name_of, open_cases
from workflow.services.rulebooks import book_of

MOST, AT_ONCE = 500, 100


@dataclass(frozen=True)
class Place:
    """One round in which this actor enters points."""

    round_id: int
    round_ref: str
    round_name: str
    program_id: int
    definition: Definition
    points: Points


@dataclass(frozen=True)
class Person:
    application: str
    number: str
    name: str
    balance: Decimal
    tier: Tier | None
    waiting: int
    below: bool


def places(actor: Actor) -> list[Place]:
    with reading() as session:
        return _places(session, actor)


def place_of(actor: Actor, round_ref: str) -> Place:
    """NotFound for a round whose points somebody else enters, as for one that is not there."""
    found = next((each for each in places(actor) if each.round_ref == round_ref), None)
    if found is None:
        raise NotFound
    return found


def _places(session: Session, actor: Actor) -> list[Place]:
    programs = {holding.program_id for holding in actor.holdings}
    if not programs:
        return []
    rows = session.scalars(
        select(Round)
        .where(Round.id.in_(select(RecognitionRow.round_id).where(RecognitionRow.standing == "valid")))
        .order_by(Round.id.desc())
    )
    found = []
    for row in rows:
        if row.program_id not in programs and None not in programs:
            continue
        definition = book_of(session, row.version_id).definition
        if definition.points is not None and _enters(actor, row, definition, definition.points):
            found.append(Place(row.id, row.ref, row.name, row.program_id, definition, definition.points))
    return found


def _enters(actor: Actor, row: Round, definition: Definition, points: Points) -> bool:
    """An organization's administrator holds its roles, as for each case."""
    roles = {points.entry.by, ADMINISTRATOR} if is_of(definition, points.entry.by) else {points.entry.by}
    return any(
        holding.role in roles and holding.program_id in (None, row.program_id) and holding.round_id in (None, row.id)
        for holding in actor.holdings
    )


def people(place: Place, actor: Actor, now: datetime) -> list[Person]:
    """Whom this actor may read, those with something waiting first, then the lowest balance first."""
    with reading() as session:
        ids = list(
            session.scalars(
                select(ApplicationRow.id)
                .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
                .where(RecognitionRow.round_id == place.round_id, RecognitionRow.standing == "valid")
                .order_by(ApplicationRow.id)
                .limit(MOST)
            )
        )
        found = []
        for start in range(0, len(ids), AT_ONCE):
            for case in open_cases(session, ids[start : start + AT_ONCE]):
                if can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application)):
                    found += _person(session, case, now)
    return sorted(found, key=lambda each: (-each.waiting, each.balance, each.number))


def _person(session: Session, case: Case, now: datetime) -> list[Person]:
    points, ledger = case.book.definition.points, case.application.state.after.points
    if points is None:
        return []
    standing = ledger_of.balance(points, ledger, local_day(now), case.book.calendar)
    return [
        Person(
            case.row.ref,
            case.row.number or "",
            name_of(session, case),
            standing,
            ledger_of.tier_of(points, standing),
            len(ledger.awaiting),
            bool(ledger_of.reached_marks(points, standing)),
        )
    ]
