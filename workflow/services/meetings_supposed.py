"""The line of a meeting as it would stand if: other places, or one case taken in or out. Nothing is written."""

from collections.abc import Mapping
from datetime import datetime

from models.base import reading
from models.queries import meetings as queries
from workflow.domain import pool_vote
from workflow.domain.actor import Actor
from workflow.domain.pool_vote import Supposed
from workflow.domain.ranking import Placing
from workflow.services.meetings import open_meeting
from workflow.services.meetings_pool import book_for, pool_of, sitting_of


def placings(
    actor: Actor, ref: str, now: datetime, *, places: int | None = None, case: str = "", decision: str = ""
) -> Mapping[str, Placing]:
    """By the reference of each case. `case`: the reference of the one that is moved."""
    with reading() as session:
        opened = open_meeting(session, actor, ref, runs=True)
        pool = pool_of(session, actor, opened)
        sitting = sitting_of(session, opened, pool, now)
        refs = {number: named.ref for number, named in queries.names_of(session, [each.id for each in pool]).items()}
        moved = next((number for number, name in refs.items() if name == case), None)
        supposed = Supposed(places, moved, decision).of(sitting)
        line = pool_vote.line_of(book_for(session, opened), opened.stage, supposed, pool)
        return {refs[placing.case]: placing for placing in line.placings}
