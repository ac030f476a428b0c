"""What the frame gives what was decided: reopen a stage by two people, appeal once against a refusal, a revocation."""

from workflow.domain import quotas
from workflow.domain.application import RUNNING, Duty, State, Status
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can, is_person
from workflow.domain.recognition import Standing
from workflow.domain.stages import effects
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.unpublished import withheld
from workflow.domain.words import Words


def _may_propose_reopen(work: Work) -> bool:
    return can(work.actor, Permission.APPLICATION_RUN, work.subject)


def _reason(work: Work) -> list[Reason]:
    return work.needs_text("reason", Words("请写明理由"))


# -- reopen ------------------------------------------------------------------------------------------------------------
def reopenable(work: Work) -> list[str]:
    """Finished stages of this case, none once it is recognized."""
    if any(work.book.stage(entry.stage).kind == "award" for entry in work.before.state.entries):
        return []
    return list(
        dict.fromkeys(
            entry.stage for entry in work.before.state.entries if entry.effect in ("pass", "refuse", "send_back")
        )
    )


def _can_reopen(work: Work) -> bool:
    state = work.before.state
    fitting = {*RUNNING, Status.REFUSED} - {Status.HELD}
    return state.reopening is None and state.status in fitting and bool(reopenable(work))


def _reopen_missing(work: Work) -> list[Reason]:
    reasons = _reason(work)
    if work.text("stage") not in reopenable(work):
        reasons.append(Reason(Words("请选重办哪个环节"), "stage"))
    return reasons + _place_gone(work)


def _place_gone(work: Work) -> list[Reason]:
    """A case that had one of the nominator's places needs one again when it is brought back."""
    if _wants_place(work) and quotas.used_up(work.definition, work.before, work.now):
        return [Reason(Words("推荐单位的名额已经给了别人，这一件暂时不能恢复办理"))]
    return []


def _wants_place(work: Work) -> bool:
    return work.before.state.had_place and not work.before.state.place_taken


def _place_again(work: Work) -> bool | str | None:
    return quotas.taking(work.definition, work.before, work.now) if _wants_place(work) else None


def _propose_reopen(work: Work) -> None:
    role = work.book.run_by
    work.tell(
        "proposed",
        {"reason": work.text("reason")},
        what="reopen",
        stage=work.text("stage"),
        opens=[
            {
                "duty": Duty.REOPEN.value,
                "role": role,
                "organization": work.before.places.get(role),
                "stage": work.text("stage"),
            }
        ],
    )


def _reopening(work: Work) -> bool:
    item, proposal = work.item, work.before.state.reopening
    return item is not None and item.is_open and item.duty is Duty.REOPEN and proposal is not None


def _may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


def _reopen(work: Work) -> None:
    proposal = work.before.state.reopening
    if proposal is None or proposal.stage is None:
        return
    work.tell(
        "reopened",
        {"note": work.text("note")},
        item=work.action.item,
        stage=proposal.stage,
        proposer=proposal.by,
        place=_place_again(work),
    )
    effects.enter(work, proposal.stage)


def _keep_closed(work: Work) -> None:
    work.tell("proposal_rejected", {"reason": work.text("reason")}, item=work.action.item, what="reopen")


# -- appeal ------------------------------------------------------------------------------------------------------------
def _appealable(work: Work) -> bool:
    state = work.before.state
    known = withheld(work.definition, state) is None
    decided = state.status is Status.REFUSED or _is_revoked(state)
    return known and decided and state.appeals == 0 and not _appeal_over(work)


def _is_revoked(state: State) -> bool:
    return state.recognition is not None and state.recognition.standing is Standing.REVOKED


def _appeal_over(work: Work) -> bool:
    """The time runs from the refusal, or from when a withheld result was made known."""
    state = work.before.state
    if state.closed_at is None:
        return True
    closed = max(state.closed_at, state.published_at or state.closed_at)
    last_day = work.book.calendar.add(local_day(closed), work.definition.appeal.within).date
    return work.now > end_of(last_day)


def _may_appeal(work: Work) -> bool:
    actor, case = work.actor, work.before
    if is_person(actor, case):
        return True
    return case.account_id is None and actor.account_id is not None and actor.account_id == case.filler_id


def _deciders(work: Work) -> list[int]:
    known = work.before.state.recognition
    if known is not None:
        return sorted(known.revoked_by)
    refused = [entry for entry in work.before.state.entries if entry.effect == "refuse"]
    return sorted(refused[-1].decided_by) if refused else []


def _appeal(work: Work) -> None:
    role, entries = work.definition.appeal.by, work.before.state.entries
    refusing = entries[-1].stage
    if not _is_revoked(work.before.state):
        refusing = next(entry.stage for entry in reversed(entries) if entry.effect == "refuse")
    work.tell(
        "appealed",
        {"reason": work.text("reason")},
        opens=[
            {
                "duty": Duty.APPEAL.value,
                "role": role,
                "organization": work.before.places.get(role),
                "stage": refusing,
            }
        ],
    )


def _appeal_open(work: Work) -> bool:
    item = work.item
    return item is not None and item.is_open and item.duty is Duty.APPEAL and item.about is None


def _may_settle(work: Work) -> bool:
    """By others than those who decided."""
    return _may_act(work) and work.actor.account_id not in _deciders(work)


def _settle_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明复核的理由，会原样告诉申报人"))
    if work.text("conclusion") not in ("upheld", "rejected"):
        reasons.append(Reason(Words("请选申诉成立或不成立"), "conclusion"))
    return reasons + (_place_gone(work) if work.text("conclusion") == "upheld" else [])


def _settle(work: Work) -> None:
    conclusion, item = work.text("conclusion"), work.item
    if _is_revoked(work.before.state):
        remarks = {"reason": work.text("reason")}
        work.tell("appeal_settled", remarks, item=work.action.item, conclusion=conclusion, of="revocation")
        return
    work.tell(
        "appeal_settled",
        {"reason": work.text("reason")},
        item=work.action.item,
        conclusion=conclusion,
        deciders=_deciders(work) if conclusion == "upheld" else None,
        place=_place_again(work) if conclusion == "upheld" else None,
    )
    if conclusion == "upheld" and item is not None:
        effects.enter(work, item.stage)


ACTS = (
    Act(
        "propose_reopen",
        Words("提议重办"),
        _can_reopen,
        _may_propose_reopen,
        _propose_reopen,
        _reopen_missing,
        on_item=False,
    ),
    *answering(
        {Duty.REOPEN},
        Act("reopen", Words("同意重办"), _reopening, _may_act, _reopen, _place_gone),
        Act("keep_closed", Words("不同意重办"), _reopening, _may_act, _keep_closed, _reason),
    ),
    Act("appeal", Words("申请复核"), _appealable, _may_appeal, _appeal, _reason, on_item=False),
    *answering(
        {Duty.APPEAL}, Act("settle_appeal", Words("办结复核"), _appeal_open, _may_settle, _settle, _settle_missing)
    ),
)
