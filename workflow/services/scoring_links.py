"""Which stages of scoring somebody counts, and whether there is any."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.programs import ProgramVersion
from models.queries import scoring as queries
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.program.schema import Label, ScoreStage
from workflow.domain.scope import Scope, scope_of
from workflow.services.draws import Setting, holds_office
from workflow.services.rulebooks import definition_of


@dataclass(frozen=True)
class Line:
    """One stage of scoring that the reader counts."""

    round_ref: str
    round_name: str
    program: Label
    stage: str
    name: Label
    here: int
    to_close: int
    withheld: int


def stages(actor: Actor) -> tuple[Line, ...]:
    """Every stage of scoring in a round that runs and that this actor closes or whose program they run."""
    found = []
    with reading() as session:
        rows = session.scalars(select(Round).where(Round.state != "planned").order_by(Round.id.desc()).limit(200)).all()
        for row in rows:
            definition = definition_of(session.get_one(ProgramVersion, row.version_id))
            for stage in definition.stages.values():
                where = Setting(row.id, row.ref, row.name, row.program_id, definition, stage)  # type: ignore[arg-type]
                if isinstance(stage, ScoreStage) and holds_office(where, actor):
                    found.append(_line(session, where, scope_of(actor)))
    return tuple(found)


def _line(session: Session, where: Setting, scope: Scope) -> Line:
    stage = where.stage
    return Line(
        where.round_ref,
        where.round_name,
        where.definition.program.name,
        stage.key,
        stage.name,
        queries.still_at(session, scope, where.round_id, stage.key),
        queries.owed_to_closer(session, scope, where.round_id, stage.key),
        len(queries.withheld_at(session, scope, where.round_id, stage.key)),
    )
