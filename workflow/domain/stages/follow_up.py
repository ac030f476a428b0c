"""`follow_up` as a period of validity (LANGUAGE.md 3.7, 5.5, 5.6): it expires, is renewed, ends or is revoked.

The acts stand open on every valid recognition, also where no stage follows its award. What a follow-up of some length
asks stands in `follow_up_growth`, what time brings in `follow_up_time`.
"""

from datetime import timedelta
from typing import Any

from workflow.domain.calendar import local_day
from workflow.domain.certificates import last_day
from workflow.domain.program.schema import AwardStage
from workflow.domain.program.schema.after import Duty as ProgramDuty
from workflow.domain.recognition import Why
from workflow.domain.stages import (
    follow_up_duties,
    follow_up_exits,
    follow_up_growth,
    follow_up_payments,
    follow_up_points,
    follow_up_points_ground,
    follow_up_review,
    follow_up_sessions,
    follow_up_time,
    kinds,
)
from workflow.domain.stages.base import Act, Kind, Work
from workflow.domain.stages.follow_up_ground import may_act, of_the_office, of_the_person, reasoned, valid
from workflow.domain.words import Words

RENEWAL = "renewal"


def _is_system(work: Work) -> bool:
    return work.actor.kind == "system"


def _awarded(work: Work) -> AwardStage | None:
    route = work.book.route(work.before.channel)
    return next((s for s in map(work.book.stage, reversed(route)) if isinstance(s, AwardStage)), None)


# -- expiry ------------------------------------------------------------------------------------------------------------
def _run_out(work: Work) -> bool:
    known = valid(work)
    return known is not None and known.until is not None and local_day(work.now) > known.until


def _expire_follows(work: Work) -> None:
    known = valid(work)
    if known is not None and known.until is not None:
        work.tell("expired", on=known.until.isoformat())


# -- renewal -----------------------------------------------------------------------------------------------------------
def renewal_of(work: Work) -> ProgramDuty | None:
    duty = work.definition.duties.get(RENEWAL)
    return duty if duty is not None and duty.before == "expiry" else None


def opens_before(duty: ProgramDuty) -> timedelta:
    """The first mark, in days; a mark in months counts thirty each, so that the clock never looks too late."""
    days = {"d": 1, "wd": 2, "mo": 31, "y": 366}
    return timedelta(days=max((mark.amount * days[mark.unit] for mark in duty.at), default=0))


def _renewable(work: Work) -> bool:
    known, duty = valid(work), renewal_of(work)
    if known is None or known.until is None or duty is None or work.before.state.renewal is not None:
        return False
    marks = [work.book.calendar.add(known.until, _back(mark)).date for mark in duty.at]
    return bool(marks) and min(marks) <= local_day(work.now) <= known.until


def _back(mark: Any) -> Any:
    return type(mark)(-mark.amount, mark.unit)


def _open_renewal_follows(work: Work) -> None:
    known = valid(work)
    if known is not None and known.until is not None:
        until = known.until.isoformat()
        work.tell("duty_opened", duty=RENEWAL, until=until, opens=[of_the_person(work, until)])


def _renewing(work: Work) -> bool:
    """Not while a revocation is under way."""
    item, renewal = work.item, work.before.state.renewal
    return (
        valid(work) is not None
        and item is not None
        and item.is_open
        and renewal is not None
        and renewal.item == item.no
        and renewal.state == "open"
        and work.before.state.leaving is None
        and not _run_out(work)
    )


def _renew_follows(work: Work) -> None:
    known = valid(work)
    if known is not None and known.until is not None:
        work.tell(
            "renewal_started",
            {"statement": work.text("statement")},
            item=work.action.item,
            duty=RENEWAL,
            opens=[of_the_office(work, due_on=known.until.isoformat())],
        )


def _deciding_renewal(work: Work) -> bool:
    item, renewal = work.item, work.before.state.renewal
    return (
        valid(work) is not None
        and item is not None
        and item.is_open
        and renewal is not None
        and renewal.state == "asked"
        and renewal.decides == item.no
        and work.before.state.leaving is None
    )


def _extend_follows(work: Work) -> None:
    known, award = valid(work), _awarded(work)
    if known is None or known.until is None or award is None or award.certificate is None:
        return
    until = last_day(known.until, award.certificate.valid, work.book.calendar)
    remarks = {"note": work.text("note")}
    work.tell(
        "duty_confirmed", remarks, item=work.action.item, duty=RENEWAL, until=until.isoformat() if until else None
    )
    if known.papers:
        work.tell("certificate_issued", no=len(known.papers) + 1, why=Why.RENEWED.value)


def _decline_follows(work: Work) -> None:
    work.tell("duty_rejected", {"reason": work.text("reason")}, item=work.action.item, duty=RENEWAL)


FOLLOW_UP = kinds.register(
    Kind(
        "follow_up",
        (
            Act(
                "renew",
                Words("申请续认"),
                _renewing,
                may_act,
                _renew_follows,
                lambda work: work.needs_text("statement", Words("请写一写这段时间做了什么")),
            ),
            Act("extend_validity", Words("同意续认"), _deciding_renewal, may_act, _extend_follows),
            Act("decline_renewal", Words("不予续认"), _deciding_renewal, may_act, _decline_follows, reasoned),
            *follow_up_exits.ON_ITEM,
            *follow_up_growth.ON_ITEM,
            *follow_up_duties.ON_ITEM,
            *follow_up_points.ON_ITEM,
        ),
        follow_up_growth.opens,
        follow_up_duties.entered,
    )
)
follow_up_growth.OWED_BEFORE.append(follow_up_duties.owed_before)
follow_up_time.FALLS.append(follow_up_duties.fall)
follow_up_time.LOOKS.append(follow_up_duties.look)
follow_up_time.FALLS.append(follow_up_review.fall)
follow_up_time.LOOKS.append(follow_up_review.look)
follow_up_time.FALLS.append(follow_up_payments.fall)
follow_up_time.LOOKS.append(follow_up_payments.look)
follow_up_time.FALLS.append(follow_up_points_ground.fall)
follow_up_time.LOOKS.append(follow_up_points_ground.look)
ACTS = (
    Act("expire", Words("有效期满"), _run_out, _is_system, _expire_follows, on_item=False),
    Act("open_renewal", Words("开始续认"), _renewable, _is_system, _open_renewal_follows, on_item=False),
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
