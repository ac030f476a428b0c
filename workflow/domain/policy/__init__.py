"""Who may do and see what: the only place. Needs no database: give it facts.

`can` asks about one act on one subject (`table`), `sheet_of` about each field of one case (`sheet`). Lists are narrowed
by a `Scope` that is made from the same holdings; a law in tests compares the two on generated facts. All names that
others ask for are re-exported here.
"""

from workflow.domain.policy.blind import is_blind, sees_blind
from workflow.domain.policy.departments import (
    is_department,
    leads_joint,
    reads_joint,
    reads_joint_detail,
    sees_as_department,
)
from workflow.domain.policy.holdings import (
    acted_in_pair,
    acted_where_never_both,
    holds,
    holds_in_round,
    is_barred,
    is_filler,
    is_mentor,
    is_of,
    is_person,
    reaches,
    runs,
    speaks_for,
)
from workflow.domain.policy.items import is_seat, judged_by, may_hold_item
from workflow.domain.policy.sheet import Sight, reads_whole_form, sheet_of
from workflow.domain.policy.subjects import (
    CaseSubject,
    MeetingSubject,
    NoticeSubject,
    OrganizationSubject,
    Permission,
    RoundSubject,
    Subject,
)
from workflow.domain.policy.table import can, may_handle_objection, reads_line

__all__ = [
    "CaseSubject",
    "MeetingSubject",
    "NoticeSubject",
    "OrganizationSubject",
    "Permission",
    "RoundSubject",
    "Sight",
    "Subject",
    "acted_in_pair",
    "acted_where_never_both",
    "can",
    "holds",
    "holds_in_round",
    "is_barred",
    "is_blind",
    "is_department",
    "is_filler",
    "is_mentor",
    "is_of",
    "is_person",
    "is_seat",
    "judged_by",
    "leads_joint",
    "may_handle_objection",
    "may_hold_item",
    "reaches",
    "reads_joint",
    "reads_joint_detail",
    "reads_line",
    "reads_whole_form",
    "runs",
    "sees_as_department",
    "sees_blind",
    "sheet_of",
    "speaks_for",
]
