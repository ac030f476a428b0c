"""The closed lists of the language: events, placeholders, reserved words."""

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
OF_A_JOINT_CHECK = frozenset({"department_asked", "department_answered", "answer_reused", "joint_check_concluded"})
OF_A_SCORE = frozenset(
    {"raters_drawn", "raters_assigned", "review_submitted", "review_reopened", "rater_replaced", "scored"}
)
OF_A_VOTE = frozenset(
    {
        "meeting_called",
        "ballots_recorded",
        "line_drawn",
        "meeting_decided",
        "result_finalized",
        "alternate_listed",
        "alternate_promoted",
        "alternate_not_called",
    }
)
OF_A_NOTICE = frozenset(
    {"notice_published", "objection_received", "objection_settled", "notice_ended", "notice_taken_down"}
)
OF_AN_AWARD = frozenset({"information_provided", "recognized", "certificate_issued", "benefit_granted", "reissued"})
OF_A_FOLLOW_UP = frozenset({"task_done", "placed", "mentor_assigned", "stage_completed"})
OF_A_DUTY = frozenset(
    {"duty_opened", "duty_answered", "duty_confirmed", "duty_rejected", "duty_waived", "assessed", "duty_done"}
)
OF_A_PAYMENT = frozenset(
    {
        "payment_due",
        "payment_made",
        "payment_stopped",
        "payment_corrected",
        "payment_acknowledged",
        "benefit_used",
    }
)
OF_POINTS = frozenset(
    {
        "points_entered",
        "points_confirmed",
        "points_rejected",
        "points_corrected",
        "points_locked",
        "points_expired",
        "points_appealed",
        "points_appeal_settled",
        "mark_reached",
        "tier_changed",
    }
)
OF_A_SESSION = frozenset({"session_scheduled", "session_cancelled", "signed_up", "signed_off", "attended", "absent"})
OF_AN_EXIT = frozenset(
    {
        "review_opened",
        "review_decided",
        "revocation_notified",
        "statement_received",
        "revocation_dropped",
        "revoked",
        "recovery_asked",
        "recovered",
        "recognition_ended",
    }
)
OF_A_RENEWAL = frozenset({"renewal_started", "superseded", "expired"})
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
OF_THE_FRAME = frozenset(
    {
        "held",
        "released",
        "extended",
        "handed_over",
        "recused",
        "readmitted",
        "undone",
        "results_published",
        "left_out",
        "reopened",
        "appealed",
        "appeal_settled",
        "judges_objected",
    }
)
OF_THE_CLOCK = frozenset({"due_soon", "overdue", "escalated", "cannot_be_judged", "deletion_listed", "deleted"})
OF_THE_ROUND = frozenset({"round_opened", "round_closed", "nominator_admitted", "fact_recorded"})
EVENTS: frozenset[str] = frozenset().union(
    OF_A_CHECK,
    OF_A_JOINT_CHECK,
    OF_A_SCORE,
    OF_A_VOTE,
    OF_A_NOTICE,
    OF_AN_AWARD,
    OF_A_FOLLOW_UP,
    OF_A_DUTY,
    OF_A_PAYMENT,
    OF_POINTS,
    OF_A_SESSION,
    OF_AN_EXIT,
    OF_A_RENEWAL,
    OF_THE_CASE,
    OF_THE_FRAME,
    OF_THE_CLOCK,
    OF_THE_ROUND,
)

MESSAGE_PLACES = frozenset(
    {
        "program",
        "round",
        "number",
        "receipt",
        "name",
        "track",
        "channel",
        "stage",
        "office",
        "due",
        "days",
        "count",
        "items",
        "reason",
        "clause",
        "returner",
        "level",
        "certificate",
        "valid_until",
        "benefit",
        "amount",
        "duty",
        "points",
        "session",
        "exit",
        "date",
        "place",
        "link",
    }
)
TITLE_PLACES = frozenset({"track", "level", "year"})
NUMBER_PLACES = frozenset({"code", "year", "yy", "date", "round", "track", "channel", "level", "seq"})

RESERVED_ROLES = frozenset({"applicant", "mentor"})
SUPERIOR = "superior"

# `results` is a name of the rules too, but always with a duty behind it; a form may have results of its own.
READ_BY_RULES = frozenset(
    {
        "given",
        "facts",
        "checks",
        "person",
        "track",
        "channel",
        "as_of",
        "round",
        "nominator",
        "records",
        "total",
        "level",
        "tasks",
        "points",
        "paid",
        "payments",
        "entry",
    }
)
RESERVED_RECORDS = frozenset({"grade", "placement"})

FRAME_ACTIONS = frozenset(
    {
        "withdraw",
        "hold",
        "release",
        "extend",
        "hand_over",
        "recuse",
        "undo",
        "publish_results",
        "leave_out",
        "reopen",
        "appeal",
    }
)
EFFECTS = ("pass", "refuse", "return", "defer", "send_back")
EXIT_ACTIONS = frozenset({"keep", "adjust", "remove"})
NOTICE_EXTRAS = frozenset({"track", "channel", "round", "level"})
