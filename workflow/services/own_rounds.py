"""Finding a round that the actor may run; for everybody else it is not there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.programs import ProgramVersion
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.schema import Definition
from workflow.services.rulebooks import definition_of


def runs_some(actor: Actor) -> bool:
    """Whether there is any round that this actor runs, so that a link to them is worth drawing."""
    mine = [(held.role, held.program_id, held.round_id) for held in actor.holdings]
    if not mine:
        return False
    with reading() as session:
        rows = session.execute(select(Round.id, Round.program_id, ProgramVersion.digest).join(ProgramVersion)).all()
        keys = {digest: _run_by(session, digest) for _, _, digest in rows}
    return any(
        role == keys[digest] and program in (None, of_program) and round_ in (None, number)
        for role, program, round_ in mine
        for number, of_program, digest in rows
    )


_run_by_digest: dict[str, str] = {}


def _run_by(session: Session, digest: str) -> str:
    """A version never changes, so that one look at it is enough for the life of the process."""
    if digest not in _run_by_digest:
        version = session.scalars(select(ProgramVersion).where(ProgramVersion.digest == digest)).first()
        if version is None:
            raise NotFound
        _run_by_digest[digest] = definition_of(version).run_by
    return _run_by_digest[digest]


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
