"""A sheet opened again, another rater in a seat."""

from dataclasses import replace

from workflow.domain.actor import Actor
from workflow.domain.application import Duty, Entry, Item
from workflow.domain.errors import Reason
from workflow.domain.policy import acted_in_pair, is_seat, may_hold_item
from workflow.domain.program.schema import ScoreStage
from workflow.domain.stages.base import Work
from workflow.domain.stages.score_ground import closing, open_seats, review_of, seat_for
from workflow.domain.words import Words


def reopen_missing(work: Work) -> list[Reason]:
    entry = work.before.state.entry
    review = review_of(work, entry, _number(work, "review")) if entry is not None else None
    reasons = work.needs_text("reason", Words("请写明为什么要重评，评委会看到"))
    if review is None:
        return [*reasons, Reason(Words("请选要重评的那一份"), "review")]
    if review.source is None and review.by in work.before.state.recused | work.before.conflicts:
        reasons.append(Reason(Words("这位评委要回避，请换一位"), "review"))
    return reasons


def _number(work: Work, name: str) -> int | None:
    value = work.inputs.get(name)
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None


def reopen(work: Work) -> None:
    entry = work.before.state.entry
    review = review_of(work, entry, _number(work, "review")) if entry is not None else None
    if review is None:
        return
    holder = review.by if review.source is None else None
    work.tell(
        "review_reopened",
        {"reason": work.text("reason")},
        review=review.item_no,
        account=review.by,
        opens=[{"role": review.role, "organization": work.before.places.get(review.role), "holder": holder}],
    )


def seats_in(work: Work, entry: Entry) -> dict[int, tuple[str, int]]:
    """Item -> (role, account) of every seat of this stay that still counts."""
    state = work.before.state
    seats = {
        item.no: (item.role, item.holder_id)
        for item in open_seats(work, entry)
        if item.holder_id is not None and is_seat(work.definition, item)
    }
    return seats | {
        each.item_no: (each.role, each.by)
        for each in state.reviews_of(entry.no)
        if (item := state.item(each.item_no)) is not None and is_seat(work.definition, item)
    }


def next_in_reserve(work: Work, entry: Entry, role: str) -> int | None:
    """Who was drawn next and may still judge: not too near, not seated before, not acting on the other side."""
    panel, state, stage = work.state.panel_of(entry.no), work.state, work.definition.stages[entry.stage]
    if panel is None:
        return None
    seated = {item.holder_id for item in state.items if item.entry_no == entry.no and item.duty is Duty.ACT}
    out = work.before.conflicts | state.recused | seated
    for account in panel.reserve.get(role, ()):
        if account not in out and acted_in_pair(work.definition, state, stage.key, account) is None:
            return account
    return None


def _successor(work: Work, entry: Entry, role: str) -> int | None:
    to = work.inputs.get("to")
    return to.account_id if isinstance(to, Actor) else next_in_reserve(work, entry, role)


def replace_missing(work: Work) -> list[Reason]:
    entry = work.before.state.entry
    reasons = work.needs_text("reason", Words("请写明为什么换人"))
    seat = seats_in(work, entry).get(_number(work, "seat") or 0) if entry is not None else None
    if entry is None or seat is None:
        return [*reasons, Reason(Words("请选要换的评委"), "seat")]
    to = work.inputs.get("to")
    if isinstance(to, Actor):
        return reasons + _cannot_sit(work, entry, seat[0], to)
    if next_in_reserve(work, entry, seat[0]) is None:
        reasons.append(Reason(Words("没有可以递补的评委了：其余的都要回避或已在评这一件，请先增加评委"), "to"))
    return reasons


def _cannot_sit(work: Work, entry: Entry, role: str, to: Actor) -> list[Reason]:
    seated = {item.holder_id for item in work.before.state.items if item.entry_no == entry.no}
    free = Item(0, entry.no, entry.stage, Duty.ACT, role, work.now, work.before.places.get(role), to.account_id)
    if to.account_id is None or to.account_id in seated:
        return [Reason(Words("他已经在评这一件，请换一位"), "to")]
    if not may_hold_item(to, replace(work.subject, item=free)):
        return [Reason(Words("他不能评这一件：不担任这个角色、要回避，或已办过不能同办的环节"), "to")]
    return []


def replace_rater(work: Work) -> None:
    entry = work.before.state.entry
    seat = seats_in(work, entry).get(_number(work, "seat") or 0) if entry is not None else None
    if entry is not None and seat is not None:
        role, out = seat
        seat_another(work, entry, _number(work, "seat") or 0, role, out, _successor(work, entry, role))


def seat_another(work: Work, entry: Entry, number: int, role: str, out: int | None, to: int | None) -> None:
    """The seat goes to `to`; where nobody is left, whoever closes the stage is asked to find somebody."""
    stage = work.definition.stages[entry.stage]
    if not isinstance(stage, ScoreStage):
        return
    work.tell(
        "rater_replaced",
        {"reason": work.text("reason")},
        seat=number,
        role=role,
        out=out,
        to=to,
        opens=[seat_for(work, role, to) if to is not None else closing(work, stage)],
    )


def recused_from(work: Work, item: Item) -> bool:
    """A drawn rater stepped out: the next in the draw is asked. False where no seat was theirs."""
    entry = work.before.state.entry
    if entry is None or not is_seat(work.definition, item):
        return False
    seat_another(work, entry, item.no, item.role, item.holder_id, next_in_reserve(work, entry, item.role))
    return True
