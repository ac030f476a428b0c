"""The rounds of a draft's program, past and running."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from models.base import reading
from models.programs import Program
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.services.studio import drafts


@dataclass(frozen=True)
class RoundOf:
    ref: str
    name: str


def listed(ref: str, actor: Actor) -> Sequence[RoundOf]:
    """The newest first."""
    drafts.may(actor)
    with reading() as session:
        rows = session.execute(
            select(Round.ref, Round.name)
            .join(Program, Program.id == Round.program_id)
            .where(Program.key == drafts.row_of(session, ref).key)
            .order_by(Round.opens_at.desc(), Round.id.desc())
        )
        return [RoundOf(row.ref, row.name) for row in rows]
