"""Whether somebody has anything to do with joint checks: asked on every page of the office, so it costs one read."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.programs import ProgramVersion
from workflow.domain.actor import Actor
from workflow.domain.program.schema import JointCheckStage
from workflow.services.rulebooks import definition_of


@dataclass(frozen=True)
class Part:
    """`answers`: holds a department somewhere. `leads`: may know what departments said somewhere."""

    answers: bool
    leads: bool


_roles: dict[str, tuple[frozenset[str], frozenset[str]]] = {}


def part_of(actor: Actor) -> Part:
    programs = {holding.program_id for holding in actor.holdings if holding.program_id is not None}
    if not programs:
        return Part(answers=False, leads=False)
    with reading() as session:
        rows = session.execute(
            select(ProgramVersion.program_id, ProgramVersion.digest).where(ProgramVersion.program_id.in_(programs))
        ).all()
        known = [(program, *_roles_of(session, digest)) for program, digest in rows]
    mine = {(holding.program_id, holding.role) for holding in actor.holdings}
    return Part(
        any((program, role) in mine for program, asked, _ in known for role in asked),
        any((program, role) in mine for program, _, leading in known for role in leading),
    )


def _roles_of(session: Session, digest: str) -> tuple[frozenset[str], frozenset[str]]:
    """A version never changes, so that one look at it is enough for the life of the process."""
    if digest not in _roles:
        version = session.scalars(select(ProgramVersion).where(ProgramVersion.digest == digest)).first()
        definition = definition_of(version) if version is not None else None
        checks = [
            stage
            for stage in (definition.stages.values() if definition is not None else ())
            if isinstance(stage, JointCheckStage)
        ]
        asked = {role for stage in checks for role in stage.by if role != stage.lead}
        leading = {role for stage in checks for role in (stage.lead, *stage.detail_for)}
        if definition is not None and checks:
            leading.add(definition.run_by)
        _roles[digest] = frozenset(asked), frozenset(leading)
    return _roles[digest]
