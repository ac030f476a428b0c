"""Renewal (LANGUAGE.md 5.6): the clock opens the duty, its holder begins a new case, and that case supersedes this one.

The new case goes its route like any other. What becomes of it reaches this one through `hand_in_renewal`,
`open_renewal` and `supersede`, which the system does in the transaction of the new case's own fact (`reached`).
"""

from datetime import timedelta

from workflow.domain.application import State
from workflow.domain.calendar import end_of, local_day
from workflow.domain.duty_days import RENEWAL
from workflow.domain.errors import Reason
from workflow.domain.lengths import Length
from workflow.domain.policy import is_filler, is_person
from workflow.domain.program.schema import Definition
from workflow.domain.program.schema.after import Duty as ProgramDuty
from workflow.domain.recognition import Standing
from workflow.domain.stages.base import Act, Work
from workflow.domain.stages.follow_up_ground import of_the_person, valid
from workflow.domain.unpublished import withheld
from workflow.domain.words import Words

ABOUT = "renewal"
"""What the item of whoever renews is about."""
HAND_IN, OPEN, SUPERSEDE = "hand_in_renewal", "open_renewal", "supersede"


def _is_system(work: Work) -> bool:
    return work.actor.kind == "system"


# -- what a new case does to the old one -------------------------------------------------------------------------------
def in_hand(definition: Definition, state: State) -> bool:
    """On record and not decided yet, as its person knows it."""
    decided = state.closed_at is not None and withheld(definition, state) is None
    return state.submitted_at is not None and state.recognition is None and not decided


def reached(definition: Definition, before: State, after: State) -> str | None:
    """The act on the renewed case that follows from a change of the renewing one."""
    if before.recognition is None and after.recognition is not None:
        return SUPERSEDE
    was, is_ = in_hand(definition, before), in_hand(definition, after)
    if was == is_:
        return None
    return HAND_IN if is_ else OPEN


def bars_issue(old: State) -> list[Reason]:
    """Why a renewing case is not issued as things stand with the old recognition; one that ran out bars nothing."""
    known = old.recognition
    if old.leaving is not None:
        return [Reason(Words("原来的认定正在研判或撤销程序中，有了结论才能发证"))]
    if known is not None and known.standing is Standing.REVOKED:
        return [Reason(Words("原来的认定已被撤销，这份续认不能发证"))]
    if known is not None and known.standing is Standing.SUPERSEDED:
        return [Reason(Words("原来的认定已由另一份续认接替，不能再发一张"))]
    return []


# -- the duty ----------------------------------------------------------------------------------------------------------
def renewal_of(definition: Definition) -> ProgramDuty | None:
    duty = definition.duties.get(RENEWAL)
    return duty if duty is not None and duty.before == "expiry" else None


def opens_before(duty: ProgramDuty) -> timedelta:
    """The first mark, in days; a month counts thirty-one, so that the clock never looks too late."""
    days = {"d": 1, "wd": 2, "mo": 31, "y": 366}
    return timedelta(days=max((mark.amount * days[mark.unit] for mark in duty.at), default=0))


def _openable(work: Work) -> bool:
    """At the first mark; again as soon as the new case (`over`) has ended without a recognition."""
    known, duty, renewal = valid(work), renewal_of(work.definition), work.before.state.renewal
    if known is None or known.until is None or duty is None or local_day(work.now) > known.until:
        return False
    if renewal is not None:
        return renewal.handed_in and renewal.case == work.inputs.get("case")
    back = [Length(-mark.amount, mark.unit) for mark in duty.at]
    marks = [work.book.calendar.add(known.until, each).date for each in back]
    return bool(marks) and min(marks) <= local_day(work.now)


def _open_follows(work: Work) -> None:
    known = valid(work)
    if known is not None and known.until is not None:
        until = known.until.isoformat()
        work.tell("duty_opened", duty=RENEWAL, until=until, opens=[{**of_the_person(work, until), "about": ABOUT}])


def _renewing(work: Work) -> bool:
    """Not while a review or a revocation is under way, nor after the last day."""
    item, known = work.item, valid(work)
    return (
        known is not None
        and known.until is not None
        and work.now <= end_of(known.until)
        and item is not None
        and item.is_open
        and item.about == ABOUT
        and work.before.state.leaving is None
    )


def _may_renew(work: Work) -> bool:
    """Whose recognition it is; whoever filled for somebody without an account."""
    case = work.before
    return is_person(work.actor, case) or (case.account_id is None and is_filler(work.actor, case))


def _renew_missing(work: Work) -> list[Reason]:
    """`case` is the number of the new case, which the service makes in the same transaction."""
    if not isinstance(work.inputs.get("case"), int):
        return [Reason(Words("请在证书页开始续认：新的申报从那里建"))]
    return []


def _renew_follows(work: Work) -> None:
    work.tell("renewal_started", duty=RENEWAL, case=work.inputs["case"])


def _handing_in(work: Work) -> bool:
    renewal = work.before.state.renewal
    return valid(work) is not None and renewal is not None and not renewal.handed_in


def _hand_in_follows(work: Work) -> None:
    renewal = work.before.state.renewal
    if renewal is not None:
        work.tell("duty_done", item=renewal.item, duty=RENEWAL, case=work.inputs["case"])


def _standing(work: Work) -> bool:
    return valid(work) is not None


def _supersede_follows(work: Work) -> None:
    """`on` is the day from which the new recognition is valid."""
    work.tell("superseded", on=work.inputs["on"].isoformat(), case=work.inputs["case"])


ON_ITEM = (Act("renew", Words("开始续认申报"), _renewing, _may_renew, _renew_follows, _renew_missing),)
ON_CASE = (
    Act(OPEN, Words("可以续认"), _openable, _is_system, _open_follows, on_item=False),
    Act(HAND_IN, Words("续认申报已交"), _handing_in, _is_system, _hand_in_follows, on_item=False),
    Act(SUPERSEDE, Words("由新的认定接替"), _standing, _is_system, _supersede_follows, on_item=False),
)
