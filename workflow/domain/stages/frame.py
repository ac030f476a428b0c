"""What the frame gives every stage: withdraw, hold, extend, hand over, recuse, undo."""

from dataclasses import replace
from datetime import date, timedelta

from workflow.domain.actor import Actor
from workflow.domain.application import RUNNING, UNSUBMITTED, Status
from workflow.domain.calendar import end_of, local_day
from workflow.domain.conflicts import SELF_DECLARED
from workflow.domain.duty_days import stage_of
from workflow.domain.errors import Reason
from workflow.domain.events import OF_A_RECOGNITION, OF_A_SESSION, OF_AN_AWARD, OF_POINTS
from workflow.domain.policy import CaseSubject, Permission, RoundSubject, can, is_of, is_seat, may_hold_item
from workflow.domain.recognition import Why
from workflow.domain.stages import award, frame_reopening, score_seats
from workflow.domain.stages.base import Act, Work
from workflow.domain.unpublished import seen_from_outside
from workflow.domain.words import Words

UNDO_WINDOW = timedelta(seconds=10)
NOT_UNDONE = frozenset(
    {
        "undone",
        "rebased",
        "draft_started",
        "confirmation_asked",
        "submitted",
        "confirmation_given",
        "confirmation_refused",
        "corrected",
        "withdrawn",
        "recused",
        "readmitted",
        "judges_objected",
        "correction_lapsed",
        "not_answered",
        "sample_drawn",
        "not_drawn",
        "raters_drawn",
        "raters_assigned",
        "rater_replaced",
        "results_published",
        "appealed",
        "meeting_decided",
        "alternate_promoted",
        "alternate_not_called",
        "notice_published",
        "notice_taken_down",
        "notice_ended",
        "objection_received",
        "objection_settled",
    }
    | OF_AN_AWARD
    | OF_A_RECOGNITION
    | OF_POINTS
    | OF_A_SESSION
)


def _runs(work: Work) -> bool:
    return can(work.actor, Permission.APPLICATION_RUN, work.subject)


def _basis(work: Work) -> list[Reason]:
    return work.needs_text("basis", Words("请写明依据"))


def _reason(work: Work) -> list[Reason]:
    return work.needs_text("reason", Words("请写明理由"))


# -- withdraw ----------------------------------------------------------------------------------------------------------
def _withdrawable(work: Work) -> bool:
    """As the person knows the case: a refusal not yet made known bars nobody from stepping back."""
    status = seen_from_outside(work.definition, work.before.state).status
    is_recognized = work.before.state.recognition is not None
    return not is_recognized and (status in RUNNING or status is Status.AWAITING_CONFIRMATION)


def _withdraw(work: Work) -> None:
    work.tell("withdrawn", {"reason": work.text("reason")})


# -- take back what was loaded -----------------------------------------------------------------------------------------
def _taken_back(work: Work) -> bool:
    """Found in department data and nothing said yet by the person: the office that began it may end it."""
    state, channel = work.before.state, work.definition.channels[work.before.channel]
    heard = award.CONFIRMED in state.provided or (channel.confirm == "before" and state.submitted_at is not None)
    runs = state.status in RUNNING or state.status in UNSUBMITTED
    return channel.intake.from_facts and runs and state.recognition is None and not heard


def _runs_the_round(work: Work) -> bool:
    case = work.before
    return can(work.actor, Permission.ROUND_RUN, RoundSubject(case.program_id, case.round.id, work.definition.run_by))


def _take_back(work: Work) -> None:
    work.tell("withdrawn", {"reason": work.text("reason")}, by="office")


# -- another version of the program ------------------------------------------------------------------------------------
def _rebasable(work: Work) -> bool:
    """Whatever still runs, or is still being written."""
    status = work.before.state.status
    return status in RUNNING or status in UNSUBMITTED or status is Status.RECOGNIZED


def _by_itself(work: Work) -> bool:
    """No button of a case: an administrator decides it once for all of them, and is named in the fact."""
    return work.actor.kind == "system"


def _rebase_missing(work: Work) -> list[Reason]:
    return [] if isinstance(work.inputs.get("to"), int) else [Reason(Words("请说明改按哪一版"), "to")]


_OF_A_REBASE = ("towards", "changes", "by", "adoption", "back", "asks", "until", "asked")


def _rebase(work: Work) -> None:
    told = {"from": work.before.version_id, "to": work.inputs["to"]}
    more = {name: work.inputs.get(name) for name in _OF_A_REBASE}
    work.tell("rebased", {"reason": work.text("reason")}, **told, **more)


# -- hold and release --------------------------------------------------------------------------------------------------
def _holdable(work: Work) -> bool:
    return work.before.state.status in (Status.OPEN, Status.CORRECTING, Status.ALTERNATE) or _follows_up(work)


def _follows_up(work: Work) -> bool:
    """A recognition that stands, in one of its follow-ups."""
    return work.before.state.status is Status.RECOGNIZED and stage_of(work.definition, work.before.state) is not None


def _goes_on(work: Work) -> bool:
    return work.before.state.status in RUNNING or _follows_up(work)


def _may_hold(work: Work) -> bool:
    """Who runs the program; and the system itself, when a failed sample holds all cases of a nominator."""
    return work.actor.kind == "system" or _runs(work)


def _hold(work: Work) -> None:
    work.tell("held", {"basis": work.text("basis")}, nominator=work.inputs.get("nominator") or None)


def _held(work: Work) -> bool:
    return work.before.state.status is Status.HELD


def _release(work: Work) -> None:
    work.tell("released", {"basis": work.text("basis")})


# -- extend ------------------------------------------------------------------------------------------------------------
def _extendable(work: Work) -> bool:
    return _validity_goes_on(work) or (work.before.state.entry is not None and _goes_on(work))


def _validity_goes_on(work: Work) -> bool:
    """A recognition with a last day, also where no follow-up comes after its award."""
    known = work.before.state.recognition
    return known is not None and known.is_valid and known.until is not None


def _extends_validity(work: Work) -> bool:
    """Of a follow-up that lasts as long as the recognition it is this that goes on; elsewhere where it was chosen."""
    stage, known = stage_of(work.definition, work.before.state), work.before.state.recognition
    if known is None or known.until is None:
        return False
    return stage is None or stage.lasts == "valid" or work.text("what") == "recognition"


def _extend_missing(work: Work) -> list[Reason]:
    until = work.inputs.get("until")
    reasons = _basis(work)
    if not isinstance(until, date):
        return [*reasons, Reason(Words("请选延到哪一天"), "until")]
    if until < local_day(work.now):
        return [*reasons, Reason(Words("延到的日子不能早于今天"), "until")]
    known = work.before.state.recognition
    if _extends_validity(work):
        shorter = known is not None and known.until is not None and until <= known.until
        return [*reasons, *([Reason(Words("这一天不比原来的期限晚"), "until")] if shorter else [])]
    stay = [item for item in work.before.state.open_items() if known is None or item.about is None]
    dues = [work.book.due(work.before, item, work.now) for item in stay]
    latest = max((due for due in dues if due is not None), default=None)
    if latest is not None and end_of(until) <= latest:
        reasons.append(Reason(Words("这一天不比原来的期限晚"), "until"))
    return reasons


def _extend(work: Work) -> None:
    entry, known = work.before.state.entry, work.before.state.recognition
    of = "recognition" if _extends_validity(work) else None
    stay, until = entry.no if entry is not None else None, work.inputs["until"].isoformat()
    work.tell("extended", {"basis": work.text("basis")}, entry=stay, until=until, of=of)
    if of is not None and known is not None and known.papers:
        work.tell("certificate_issued", no=len(known.papers) + 1, why=Why.RENEWED.value)


# -- hand over and recuse ----------------------------------------------------------------------------------------------
def _has_open_item(work: Work) -> bool:
    item = work.item
    return item is not None and item.is_open and item.role != "applicant" and _goes_on(work)


def _may_hand_over(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_HAND_OVER, work.subject)


def _hand_over_missing(work: Work) -> list[Reason]:
    """`to` is the Actor who is to take it: somebody who could answer it from the pool."""
    to = work.inputs.get("to")
    if not isinstance(to, Actor) or to.account_id is None:
        return [Reason(Words("请选转给谁"), "to")]
    item = work.item
    if item is None or to.account_id == item.holder_id:
        return [Reason(Words("这一件已经在他手上"), "to")]
    free = CaseSubject(work.definition, work.before, replace(item, holder_id=None))
    if not may_hold_item(to, free):
        return [Reason(Words("他不能办这一件：不担任这个角色、要回避，或已办过不能同办的环节"), "to")]
    proposal = work.before.state.proposal_before(item)
    if proposal is not None and proposal.by == to.account_id:
        return [Reason(Words("拟办的人不能再复核"), "to")]
    return []


def _hand_over(work: Work) -> None:
    to: Actor = work.inputs["to"]
    work.tell("handed_over", {"note": work.text("note")}, item=work.action.item, to=to.account_id)


def _may_recuse(work: Work) -> bool:
    return may_hold_item(work.actor, work.subject)


def _recuse(work: Work) -> None:
    account = work.actor.account_id
    if account is not None:
        seat = work.item.no if work.item is not None and is_seat(work.definition, work.item) else None
        work.tell("recused", {"reason": work.text("reason")}, item=work.action.item, account=account, seat=seat)
        if work.item is not None:
            score_seats.recused_from(work, work.item)
        work.conflicts.append((account, SELF_DECLARED))


def _recusable(work: Work) -> bool:
    """Whoever acts by office hands over instead: the office itself cannot step out."""
    item = work.item
    return _has_open_item(work) and item is not None and not is_of(work.definition, item.role)


def _may_readmit(work: Work) -> bool:
    """Who runs the program, and never the one who stepped out."""
    return _runs(work) and work.actor.account_id not in work.before.state.stepped_out


def _anybody_out(work: Work) -> bool:
    return bool(work.before.state.stepped_out)


def _readmit_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明为什么可以不回避"))
    if work.inputs.get("account") not in work.before.state.stepped_out:
        reasons.append(Reason(Words("请选一位声明过要回避的人"), "account"))
    return reasons


def _readmit(work: Work) -> None:
    work.tell("readmitted", {"reason": work.text("reason")}, account=work.inputs["account"])


# -- undo --------------------------------------------------------------------------------------------------------------
def _undoable(work: Work) -> bool:
    state = work.before.state
    return (
        state.prior is not None
        and state.last_at is not None
        and work.now - state.last_at <= UNDO_WINDOW
        and not NOT_UNDONE.intersection(state.last_kinds)
    )


def _acted_last(work: Work) -> bool:
    return work.actor.account_id is not None and work.actor.account_id == work.before.state.last_by


def _undo(work: Work) -> None:
    work.tell("undone", undoes=work.before.state.version)


ACTS = (
    Act(
        "withdraw",
        Words("撤回申报"),
        _withdrawable,
        lambda work: can(work.actor, Permission.APPLICATION_WITHDRAW, work.subject),
        _withdraw,
        on_item=False,
    ),
    Act("take_back", Words("撤回起草"), _taken_back, _runs_the_round, _take_back, _reason, on_item=False),
    Act("rebase", Words("改按新方案办理"), _rebasable, _by_itself, _rebase, _rebase_missing, on_item=False),
    Act("hold", Words("停表"), _holdable, _may_hold, _hold, _basis, on_item=False),
    Act("release", Words("恢复办理"), _held, _runs, _release, _basis, on_item=False),
    Act("extend", Words("延期"), _extendable, _runs, _extend, _extend_missing, on_item=False),
    Act("hand_over", Words("转交"), _has_open_item, _may_hand_over, _hand_over, _hand_over_missing),
    Act("recuse", Words("我要回避"), _recusable, _may_recuse, _recuse, _reason),
    Act("readmit", Words("解除回避"), _anybody_out, _may_readmit, _readmit, _readmit_missing, on_item=False),
    Act("undo", Words("撤销刚才"), _undoable, _acted_last, _undo, on_item=False),
    *frame_reopening.ACTS,
)
