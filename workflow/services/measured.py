"""People compared with each other are measured alike: while a round's measure is being changed, nobody judges in it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import literal_state
from models.rounds import Round
from models.studio import Adoption
from workflow.domain.errors import NotReady, Reason
from workflow.domain.words import Words

JUDGING = frozenset({"review_submitted", "scored", "ballots_recorded", "meeting_decided"})
"""Facts of a case after which its round is measured as it was."""


def refuse(session: Session, round_id: int) -> None:
    """Whoever begins such a change locks the round first: one of the two sees what the other has written."""
    program = session.scalar(select(Round.program_id).where(Round.id == round_id).with_for_update(read=True))
    changing = select(Adoption.measured).where(
        Adoption.program_id == program, Adoption.state == literal_state("running")
    )
    if any(round_id in rounds for rounds in session.scalars(changing)):
        raise NotReady([Reason(Words("这一批的方案正在改到在办的件，几分钟后再交；写的都在"))])
