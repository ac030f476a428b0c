"""How a recognition ends before its time: an exit that its opener carries out, or a revocation by three people.

What only asks whether it should end is a review (`follow_up_review`).
"""

from decimal import Decimal

from workflow.domain.after.payments import paid_sum
from workflow.domain.application import Duty, State
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import holds, is_barred
from workflow.domain.program.schema import FollowUpStage
from workflow.domain.program.schema.after import Exit
from workflow.domain.rules.rule import canonical
from workflow.domain.stages import follow_up_review
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.stages.follow_up_ground import here, may_act, of_the_office, of_the_person, reasoned, runs, valid
from workflow.domain.words import Words

REVOKE = "revoke"


def _may_open(work: Work) -> bool:
    """Who runs the program, or holds the follow-up in which the case is."""
    stage = work.definition.stages.get(work.before.state.stage or "")
    if runs(work):
        return True
    if not isinstance(stage, FollowUpStage) or is_barred(work.actor, work.definition, work.before, stage.by[0]):
        return False
    case = work.before
    return any(holds(work.actor, work.definition, case, role, case.places.get(role)) for role in stage.by)


def _leavable(work: Work) -> bool:
    return valid(work) is not None and work.before.state.leaving is None and bool(work.definition.exits)


def _open_exit_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("basis", Words("请写明依据：什么事、有什么材料"))
    if work.text("exit") not in work.definition.exits:
        reasons.append(Reason(Words("请选是哪种退出情形"), "exit"))
    return reasons


def _ban(work: Work, exit_: Exit) -> str | None:
    if exit_.ban is None:
        return None
    return work.book.calendar.add(local_day(work.now), exit_.ban).date.isoformat()


def _open_exit_follows(work: Work) -> None:
    """An exit that ends is the opener's own to carry out; a review waits for another; a revocation only begins."""
    key = work.text("exit")
    exit_ = work.definition.exits[key]
    basis = {"basis": work.text("basis")}
    if exit_.then == "end":
        today = local_day(work.now).isoformat()
        work.tell("recognition_ended", basis, exit=key, on=today, ban_until=_ban(work, exit_))
        return
    if exit_.then == "review":
        follow_up_review.open_review(work, f"exit:{key}", key, said=work.text("basis"))
        return
    work.tell("review_opened", basis, exit=key, cause=f"exit:{key}")


def _leaving_exit(work: Work) -> Exit | None:
    leaving = work.before.state.leaving
    return work.definition.exits.get(leaving.exit) if leaving is not None else None


def _to_notify(work: Work) -> bool:
    leaving = work.before.state.leaving
    return valid(work) is not None and leaving is not None and leaving.decides is None and leaving.hearing_until is None


def _notify_follows(work: Work) -> None:
    exit_ = _leaving_exit(work)
    if exit_ is None:
        return
    until = work.book.calendar.term(local_day(work.now), exit_.hearing).date.isoformat()
    work.tell(
        "revocation_notified",
        {"alleged": work.text("alleged")},
        exit=exit_.key,
        until=until,
        opens=[of_the_person(work, until)],
    )


def _stating(work: Work) -> bool:
    item, leaving = work.item, work.before.state.leaving
    return item is not None and item.is_open and leaving is not None and leaving.item == item.no


def _state_follows(work: Work) -> None:
    work.tell("statement_received", {"statement": work.text("statement")}, item=work.action.item)


def _proposable(work: Work) -> bool:
    leaving = work.before.state.leaving
    return (
        valid(work) is not None
        and leaving is not None
        and leaving.hearing_until is not None
        and work.before.state.proposal is None
    )


def _did_not_open(work: Work) -> bool:
    """Decided by two others than whoever opened it."""
    leaving = work.before.state.leaving
    return leaving is None or leaving.opened_by != work.actor.account_id


def _may_propose(work: Work) -> bool:
    return runs(work) and _did_not_open(work)


def _propose_missing(work: Work) -> list[Reason]:
    leaving, exit_ = work.before.state.leaving, _leaving_exit(work)
    reasons = work.needs_text("reason", Words("请写明撤销的理由，会原样告诉本人"))
    heard_until = leaving.hearing_until if leaving is not None and not leaving.stated else None
    if heard_until is not None and work.now <= end_of(heard_until):
        reasons.append(Reason(Words("本人还没有陈述，陈述期到 %(day)s 为止", day=heard_until.isoformat())))
    if exit_ is not None and exit_.recover:
        reasons += work.needs_text("recovery", Words("请列明要追回的款项；没有发过的写“无”"))
    return reasons


def _propose_follows(work: Work) -> None:
    leaving = work.before.state.leaving
    if leaving is None:
        return
    remarks = {"reason": work.text("reason"), "recovery": work.text("recovery")}
    work.tell(
        "proposed",
        remarks,
        what=REVOKE,
        stage=here(work),
        details={"exit": leaving.exit},
        opens=[of_the_office(work, duty=Duty.CONFIRM.value)],
    )


def _confirming(work: Work) -> bool:
    item, proposal = work.item, work.before.state.proposal
    return (
        item is not None
        and item.is_open
        and item.duty is Duty.CONFIRM
        and proposal is not None
        and proposal.what == REVOKE
        and valid(work) is not None
    )


def _may_confirm(work: Work) -> bool:
    return may_act(work) and _did_not_open(work)


def _confirm_missing(work: Work) -> list[Reason]:
    return work.needs_text("document", Words("请写撤销决定的文号"))


def _confirm_follows(work: Work) -> None:
    proposal, known, exit_ = work.before.state.proposal, valid(work), _leaving_exit(work)
    if proposal is None or known is None or exit_ is None:
        return
    work.tell("confirmed", {"note": work.text("note")}, item=work.action.item, what=REVOKE, proposer=proposal.by)
    today = local_day(work.now).isoformat()
    leaving = work.before.state.leaving
    deciders = {leaving.opened_by if leaving is not None else 0, proposal.by, work.actor.account_id or 0} - {0}
    ban, document = _ban(work, exit_), work.text("document")
    work.tell("revoked", exit=exit_.key, on=today, document=document, ban_until=ban, deciders=sorted(deciders))
    work.hold_nominator = exit_.hold_nominator and work.before.nominator_id is not None
    if exit_.recover:
        work.tell("recovery_asked", paid={key: canonical(paid) for key, paid in to_recover(work.before.state)} or None)


def _reject_follows(work: Work) -> None:
    work.tell("proposal_rejected", {"reason": work.text("reason")}, item=work.action.item, what=REVOKE)


def _droppable(work: Work) -> bool:
    leaving = work.before.state.leaving
    return leaving is not None and leaving.decides is None and work.before.state.proposal is None


def _drop_follows(work: Work) -> None:
    leaving = work.before.state.leaving
    work.tell("revocation_dropped", {"reason": work.text("reason")}, exit=leaving.exit if leaving else None)


def to_recover(state: State) -> list[tuple[str, Decimal]]:
    """(benefit, sum) of everything that was paid, corrections included."""
    payments = state.after.payments
    sums = {each.benefit: paid_sum(payments, each.benefit) for each in payments}
    return [(benefit, paid) for benefit, paid in sums.items() if paid > 0]


def _recovering(work: Work) -> bool:
    known = work.before.state.recognition
    return known is not None and known.recovery == "asked"


def _recover_follows(work: Work) -> None:
    work.tell("recovered", {"basis": work.text("basis")})


ON_ITEM = (
    Act(
        "state",
        Words("提交陈述"),
        _stating,
        may_act,
        _state_follows,
        lambda work: work.needs_text("statement", Words("请写下你的陈述")),
    ),
    *answering(
        {Duty.CONFIRM},
        Act("confirm_revocation", Words("同意撤销"), _confirming, _may_confirm, _confirm_follows, _confirm_missing),
        Act("reject_revocation", Words("不同意撤销"), _confirming, _may_confirm, _reject_follows, reasoned),
    ),
)
ON_CASE = (
    Act("open_exit", Words("办理退出"), _leavable, _may_open, _open_exit_follows, _open_exit_missing, on_item=False),
    Act(
        "notify",
        Words("告知本人"),
        _to_notify,
        runs,
        _notify_follows,
        lambda work: work.needs_text("alleged", Words("请写明拟撤销的事实和依据，会原样告诉本人")),
        on_item=False,
    ),
    Act(
        "propose_revocation",
        Words("提议撤销"),
        _proposable,
        _may_propose,
        _propose_follows,
        _propose_missing,
        on_item=False,
    ),
    Act("drop_revocation", Words("不再追究"), _droppable, runs, _drop_follows, reasoned, on_item=False),
    Act(
        "record_recovery",
        Words("登记已追回"),
        _recovering,
        runs,
        _recover_follows,
        lambda work: work.needs_text("basis", Words("请写明追回了什么、凭证号")),
        on_item=False,
    ),
)
