"""Finding a round that the actor may run; for everybody else it is not there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.programs import ProgramVersion
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.schema import Definition
from workflow.services.rulebooks import definition_of


def locked(session: Session, actor: Actor, ref: str) -> tuple[Round, Definition]:
    """For a change: nobody else changes it before the commit."""
    row = session.scalars(select(Round).where(Round.ref == ref).with_for_update()).first()
    return mine(session, actor, row)


def mine(session: Session, actor: Actor, row: Round | None) -> tuple[Round, Definition]:
    if row is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, row.version_id))
    if not can(actor, Permission.ROUND_RUN, RoundSubject(row.program_id, row.id, definition.run_by)):
        raise NotFound
    return row, definition
