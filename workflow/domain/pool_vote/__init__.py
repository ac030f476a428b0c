"""A meeting over its list: what stands in the way of the result, the result, and alternates that move up.

The meeting's own entries (who was there, the tallies, who left the room) come in as a `Sitting`; what the cases say
comes from the cases. The same sitting over the same cases always gives the same result, so that a test can redo it.
"""

from workflow.domain.pool_vote.alternates import close_out, given_places, next_up, promote, waiting
from workflow.domain.pool_vote.judged import judged_of, raters_of, without_rater
from workflow.domain.pool_vote.readiness import missing
from workflow.domain.pool_vote.result import body_of, finalize, stage_of
from workflow.domain.pool_vote.sitting import Count, Paper, Sitting, Supposed, agenda, candidate_of, count_of, line_of

__all__ = [
    "Count",
    "Paper",
    "Sitting",
    "Supposed",
    "agenda",
    "body_of",
    "candidate_of",
    "close_out",
    "count_of",
    "finalize",
    "given_places",
    "judged_of",
    "line_of",
    "missing",
    "next_up",
    "promote",
    "raters_of",
    "stage_of",
    "waiting",
    "without_rater",
]
