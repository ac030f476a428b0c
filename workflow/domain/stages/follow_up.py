"""`follow_up` as a period of validity (LANGUAGE.md 3.7, 5.5, 5.6): it expires, is superseded, ends or is revoked.

The acts stand open on every valid recognition, also where no stage follows its award. What a follow-up of some length
asks stands in `follow_up_growth`, what time brings in `follow_up_time`, renewal in `follow_up_renewal`.
"""

from workflow.domain.calendar import local_day
from workflow.domain.stages import (
    follow_up_duties,
    follow_up_exits,
    follow_up_growth,
    follow_up_payments,
    follow_up_points,
    follow_up_renewal,
    follow_up_review,
    follow_up_sessions,
    follow_up_time,
    kinds,
)
from workflow.domain.stages.base import Act, Kind, Work, of_a_recognition
from workflow.domain.stages.follow_up_ground import valid
from workflow.domain.words import Words


def _is_system(work: Work) -> bool:
    return work.actor.kind == "system"


# -- expiry ------------------------------------------------------------------------------------------------------------
def _run_out(work: Work) -> bool:
    known = valid(work)
    return known is not None and known.until is not None and local_day(work.now) > known.until


def _expire_follows(work: Work) -> None:
    known = valid(work)
    if known is not None and known.until is not None:
        work.tell("expired", on=known.until.isoformat())


FOLLOW_UP = kinds.register(
    Kind(
        "follow_up",
        of_a_recognition(
            *follow_up_exits.ON_ITEM,
            *follow_up_growth.ON_ITEM,
            *follow_up_duties.ON_ITEM,
            *follow_up_points.ON_ITEM,
        ),
        follow_up_growth.opens,
        follow_up_duties.entered,
    )
)
ACTS = of_a_recognition(
    Act("expire", Words("有效期满"), _run_out, _is_system, _expire_follows, on_item=False),
    *follow_up_renewal.ON_ITEM,
    *follow_up_renewal.ON_CASE,
    *follow_up_exits.ON_CASE,
    *follow_up_growth.ON_CASE,
    *follow_up_duties.ON_CASE,
    *follow_up_points.ON_CASE,
    *follow_up_sessions.ON_CASE,
    *follow_up_payments.ON_ITEM,
    *follow_up_payments.ON_CASE,
    *follow_up_review.ON_ITEM,
    follow_up_time.ACT,
)
"""Acts on the whole case that a recognition brings with it."""
