"""What a stage of scoring opens, and what of it stands."""

from typing import Any

from workflow.domain.application import Duty, Entry, Item, Status
from workflow.domain.policy import Permission, can
from workflow.domain.program.schema import ScoreStage, Sheet, Stage
from workflow.domain.stages.base import Work
from workflow.domain.told import Review


def opens(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """A sheet for each rater; where raters are drawn or assigned, first somebody must do that."""
    if not isinstance(stage, ScoreStage):
        return []
    if stage.choose != "everyone":
        return [closing(work, stage)]
    return [
        {"role": role, "organization": work.before.places.get(role)}
        for role, number in stage.raters.items()
        for _ in range(number)
    ]


def closing(work: Work, stage: ScoreStage) -> dict[str, Any]:
    """The item of whoever closes: to seat raters, and to count the sheets when all are in."""
    role = stage.closed_by
    return {"duty": Duty.CONFIRM.value, "role": role, "organization": work.before.places.get(role)}


def seat_for(work: Work, role: str, account: int) -> dict[str, Any]:
    return {"role": role, "organization": work.before.places.get(role), "holder": account}


def stage_of(work: Work) -> ScoreStage | None:
    return work.stage if isinstance(work.stage, ScoreStage) else None


def sheet_of_work(work: Work) -> Sheet | None:
    stage = stage_of(work)
    return work.definition.sheet_for(stage, work.before.track) if stage is not None else None


def present(work: Work) -> Entry | None:
    """The running stay, if it is one of scoring and nothing holds the case."""
    entry = work.before.state.entry
    if stage_of(work) is None or entry is None or work.before.state.status is not Status.OPEN:
        return None
    return entry


def rating(work: Work) -> bool:
    item = work.item
    return present(work) is not None and item is not None and item.is_open and item.duty is Duty.ACT


def open_seats(work: Work, entry: Entry, but: int | None = None) -> list[Item]:
    return [
        item
        for item in work.state.open_items()
        if item.entry_no == entry.no and item.duty is Duty.ACT and item.no != but
    ]


def closing_item(work: Work, entry: Entry) -> Item | None:
    items = (item for item in work.state.open_items() if item.entry_no == entry.no and item.duty is Duty.CONFIRM)
    return next(items, None)


def review_of(work: Work, entry: Entry, item_no: int | None) -> Review | None:
    return next((each for each in work.before.state.reviews_of(entry.no) if each.item_no == item_no), None)


def may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


def closes(work: Work) -> bool:
    return can(work.actor, Permission.SCORE_CLOSE, work.subject)
