"""What every stage can lead to. One meaning each, however a program words its buttons."""

from datetime import date
from typing import Any

from workflow.domain import quotas
from workflow.domain.application import Application, Duty
from workflow.domain.stages import kinds
from workflow.domain.stages.base import Work, handed_to
from workflow.domain.words import Words

LABELS = {
    "pass": Words("通过"),
    "refuse": Words("不通过"),
    "return": Words("退回补正"),
    "defer": Words("暂缓"),
    "send_back": Words("退回上一环节"),
}
PAST = {
    "pass": "passed",
    "refuse": "refused",
    "return": "returned",
    "defer": "deferred",
    "send_back": "sent_back",
}


def advance(work: Work, after: str | None) -> None:
    """Enter the next stage whose `when` does not say no; past the last one the case has ended."""
    stage, skipped = work.book.next_stage(work.application, after)
    passed_over = [list(each) for each in skipped] or None
    if stage is None:
        work.tell("case_ended", skipped=passed_over)
        return
    enter(work, stage, passed_over)


def enter(work: Work, key: str, skipped: list[list[Any]] | None = None) -> None:
    stage = work.book.stage(key)
    work.tell(
        "stage_entered",
        stage=key,
        position=work.book.position(work.before.channel, key),
        skipped=skipped,
        opens=kinds.of(stage.kind).opens(work, stage),
    )
    kinds.of(stage.kind).entered(work, stage)


def give(work: Work, effect: str, details: dict[str, Any]) -> None:
    """Carry out one of the five effects at the present stage. `details` is what its inputs said, without words."""
    _EFFECTS[effect](work, details)


def _item_no(work: Work) -> int | None:
    return work.action.item


def _pass(work: Work, details: dict[str, Any]) -> None:
    stage = work.state.stage
    work.tell("passed", _remarks(work), item=_item_no(work), place=place_taken(work), **details)
    advance(work, stage)


def _refuse(work: Work, details: dict[str, Any]) -> None:
    stage = work.stage
    sample = getattr(stage, "sample", None)
    if sample is not None and sample.if_failed == "hold_nominator" and work.state.drawn:
        work.hold_nominator = True
    work.tell("refused", _remarks(work), item=_item_no(work), **details)


def mends(case: Application) -> dict[str, int]:
    """Who could put right what is flagged, by account: whoever filled for the person, and the person. It goes to the
    first unless the office says otherwise."""
    sides = {"filler": case.filler_id, "person": case.account_id}
    if case.filler_id == case.account_id:
        del sides["filler"]
    return {side: account for side, account in sides.items() if account is not None}


def _return(work: Work, details: dict[str, Any]) -> None:
    item, sides = work.item, mends(work.before)
    holder = sides.get(details.pop("returns_to", None) or "", next(iter(sides.values()), None))
    opens = [{"duty": Duty.CORRECT.value, "role": "applicant", "holder": holder}]
    returner = work.actor.account_id
    role = item.role if item is not None else work.book.run_by
    organization = item.organization_id if item is not None else None
    work.tell(
        "returned",
        _remarks(work),
        item=_item_no(work),
        opens=opens,
        returner={"account": returner, "role": role, "organization": organization},
        **details,
    )


def _defer(work: Work, details: dict[str, Any]) -> None:
    item = work.item
    opens = [handed_to(item, Duty.ACT, holder=work.actor.account_id)] if item is not None else None
    until = details.pop("until", None)
    work.tell(
        "deferred",
        _remarks(work),
        item=_item_no(work),
        until=until.isoformat() if isinstance(until, date) else until,
        opens=opens,
        **details,
    )


def _send_back(work: Work, details: dict[str, Any]) -> None:
    target = details.get("to") or getattr(work.stage, "send_back_to", None)
    work.tell("sent_back", _remarks(work), item=_item_no(work), **{**details, "to": target})
    if target is not None:
        enter(work, target)


_EFFECTS = {"pass": _pass, "refuse": _refuse, "return": _return, "defer": _defer, "send_back": _send_back}


def _remarks(work: Work) -> dict[str, str]:
    return {name: work.text(name) for name in ("reason", "note", "late_reason") if work.text(name)}


def place_taken(work: Work) -> bool | str | None:
    """The place that passing this stage takes of the nominator's (`quota.taken_at`); None where it takes none."""
    quota = work.definition.channels[work.before.channel].quota
    if quota is None or quota.taken_at != work.state.stage or work.state.place_taken:
        return None
    return quotas.taking(work.definition, work.before, work.now)
