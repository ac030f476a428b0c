"""Facts in the past tense. A case is what its events say; the tables beside them can be folded again at any time.

A body holds ids, keys, counts and digests, never a person's data or words: what somebody typed beside an act stands in
`remarks`, is stored apart, and reaches the chain only as a keyed digest, so that erasing it breaks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OF_THE_CASE = frozenset(
    {
        "draft_started",
        "confirmation_asked",
        "confirmation_given",
        "confirmation_refused",
        "submitted",
        "stage_entered",
        "withdrawn",
        "case_ended",
        "rebased",
    }
)
OF_A_CHECK = frozenset(
    {
        "item_judged",
        "rule_judged",
        "proposed",
        "confirmed",
        "proposal_rejected",
        "list_signed",
        "passed",
        "refused",
        "returned",
        "corrected",
        "correction_lapsed",
        "deferred",
        "sent_back",
        "sample_drawn",
        "not_drawn",
        "not_answered",
    }
)
OF_A_NOTICE = frozenset(
    {"notice_published", "notice_taken_down", "notice_ended", "objection_received", "objection_settled"}
)
OF_A_SCORE = frozenset(
    {
        "raters_drawn",
        "raters_assigned",
        "review_submitted",
        "review_reopened",
        "rater_replaced",
        "scored",
        "results_published",
    }
)
OF_AN_AWARD = frozenset({"information_provided", "recognized", "certificate_issued", "benefit_granted", "reissued"})
OF_A_RECOGNITION = frozenset(
    {
        "duty_opened",
        "renewal_started",
        "duty_confirmed",
        "duty_rejected",
        "expired",
        "recognition_ended",
        "review_opened",
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
        "meeting_called",
        "meeting_cancelled",
        "minutes_attached",
        "recusals_recorded",
        "result_finalized",
        "ties_settled",
    }
)
"""Of the meeting's own chain; what it made of a case is told in the case's."""
OF_A_VOTE = frozenset({"meeting_decided", "alternate_listed", "alternate_promoted", "alternate_not_called"})
OF_A_JOINT_CHECK = frozenset({"department_asked", "department_answered", "answer_reused", "joint_check_concluded"})
OF_THE_FRAME = frozenset(
    {
        "held",
        "released",
        "extended",
        "handed_over",
        "recused",
        "readmitted",
        "undone",
        "left_out",
        "reopened",
        "appealed",
        "appeal_settled",
    }
)
OF_THE_ROUND = frozenset(
    {"round_opened", "round_extended", "round_closed", "nominator_admitted", "fact_recorded", "interest_declared"}
)
CASE_EVENTS = (
    OF_THE_CASE
    | OF_A_CHECK
    | OF_A_SCORE
    | OF_A_NOTICE
    | OF_AN_AWARD
    | OF_A_RECOGNITION
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
