"""Facts in the past tense. A case is what its events say; the tables beside them can be folded again at any time.

A body holds ids, keys, counts and digests, never a person's data or words: what somebody typed beside an act stands in
`remarks`, is stored apart, and reaches the chain only as a keyed digest, so that erasing it breaks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.domain.program import vocabulary

OF_THE_CASE, OF_A_CHECK, OF_A_NOTICE = vocabulary.OF_THE_CASE, vocabulary.OF_A_CHECK, vocabulary.OF_A_NOTICE
OF_AN_AWARD = vocabulary.OF_AN_AWARD | {"award_recorded"}
OF_A_JOINT_CHECK = vocabulary.OF_A_JOINT_CHECK
OF_A_FOLLOW_UP = vocabulary.OF_A_FOLLOW_UP
OF_A_PAYMENT, OF_POINTS = vocabulary.OF_A_PAYMENT, vocabulary.OF_POINTS
OF_A_DUTY = vocabulary.OF_A_DUTY | {"cannot_be_judged"}
OF_A_SCORE = vocabulary.OF_A_SCORE | {"results_published"}
OF_THE_FRAME = vocabulary.OF_THE_FRAME - {"results_published"}
OF_THE_ROUND = vocabulary.OF_THE_ROUND | {"round_extended", "interest_declared"}
OF_A_SESSION = vocabulary.OF_A_SESSION - {"session_scheduled", "session_cancelled"}
"""What one case tells of trainings; the training itself is told in the chain of its program."""
OF_A_RECOGNITION = frozenset(
    {
        "duty_opened",
        "renewal_started",
        "superseded",
        "expired",
        "recognition_ended",
        "review_opened",
        "review_decided",
        "revocation_notified",
        "statement_received",
        "revocation_dropped",
        "revoked",
        "recovery_asked",
        "recovered",
    }
)
OF_A_MEETING = frozenset(
    {
        "agenda_changed",
        "attendance_recorded",
        "ballots_cast",
        "ballots_recorded",
        "line_drawn",
        "line_supposed",
        "meeting_called",
        "meeting_cancelled",
        "meeting_recorded",
        "minutes_attached",
        "recusals_recorded",
        "result_finalized",
        "ties_settled",
    }
)
"""Of the meeting's own chain; what it made of a case is told in the case's."""
OF_A_VOTE = frozenset({"meeting_decided", "alternate_listed", "alternate_promoted", "alternate_not_called"})
CASE_EVENTS = (
    OF_THE_CASE
    | OF_A_CHECK
    | OF_A_SCORE
    | OF_A_NOTICE
    | OF_AN_AWARD
    | OF_A_RECOGNITION
    | OF_A_FOLLOW_UP
    | OF_A_DUTY
    | OF_A_PAYMENT
    | OF_POINTS
    | OF_A_SESSION
    | OF_A_VOTE
    | OF_A_JOINT_CHECK
    | OF_THE_FRAME
)


@dataclass(frozen=True)
class Event:
    """One fact of one case. `version` numbers the recorded action it belongs to; several events may share it."""

    kind: str
    at: datetime
    version: int
    actor_kind: str
    actor_id: int | None
    body: Mapping[str, Any] = field(default_factory=dict)
    for_id: int | None = None
    entry_no: int | None = None
    remarks: Mapping[str, str] = field(default_factory=dict, compare=False)
