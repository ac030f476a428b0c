"""Points: entered or claimed by one, agreed to by another, put right by a counter-entry, appealed (LANGUAGE 5.3)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain.after import points as ledger_of
from workflow.domain.after.points import AWAITING, CONFIRMED, CORRECTION, Ledger, PointsEntry
from workflow.domain.application import Duty
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import Reason
from workflow.domain.history.points import with_entry
from workflow.domain.policy import is_person
from workflow.domain.program.schema.after import PointItem
from workflow.domain.rules import canonical
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.stages.follow_up_ground import here, may_act, reasoned
from workflow.domain.stages.follow_up_growth import growing
from workflow.domain.stages.follow_up_points_ground import (
    about,
    asked_again,
    entry_of,
    follow_balance,
    is_own,
    ledger,
    may_as,
    points_of,
    tell_entry,
    today,
    worth_of_text,
    wrong_entry,
)
from workflow.domain.stages.follow_up_review import open_review
from workflow.domain.words import Words

ENTERED_FROM = ("record",)
TABLED_FROM = ("record", "import")
WHY = Words("请写明什么事，本人会看到")


# -- an entry ----------------------------------------------------------------------------------------------------------
def _has(work: Work, *sources: str) -> bool:
    points = points_of(work)
    return growing(work) is not None and points is not None and any(i.from_ in sources for i in points.items.values())


def _may_enter(work: Work) -> bool:
    points = work.definition.points
    return points is not None and may_as(work, points.entry.by)


def item_of(work: Work, *sources: str) -> PointItem | None:
    """The item that was chosen, where it may come from there."""
    points = points_of(work)
    item = points.items.get(work.text("points")) if points is not None else None
    return item if item is not None and item.from_ in sources else None


def day_of(work: Work) -> date:
    """When it happened; today where nobody says."""
    given = work.inputs.get("on")
    return given if isinstance(given, date) else today(work)


def asks_of(work: Work) -> Mapping[str, Any]:
    given = work.inputs.get("asks")
    return given if isinstance(given, Mapping) else {}


def _entry_missing(work: Work, *sources: str) -> list[Reason]:
    item = item_of(work, *sources)
    if item is None:
        return [Reason(Words("请选是哪一项积分"), "points")]
    return wrong_entry(work, item, day_of(work), asks_of(work))


def _entry_follows(work: Work, *sources: str, told: str = "") -> None:
    item = item_of(work, *sources)
    if item is not None:
        tell_entry(work, item, told or sources[0], day_of(work), asks_of(work))


# -- the second signature ----------------------------------------------------------------------------------------------
def _confirming(work: Work) -> bool:
    item, entry = work.item, entry_of(work)
    return (
        points_of(work) is not None
        and item is not None
        and item.is_open
        and item.duty is Duty.AGREE
        and entry is not None
        and entry.state == AWAITING
    )


def _may_confirm(work: Work) -> bool:
    """Never who recorded or claimed it, nor whom it is about."""
    entry, actor = entry_of(work), work.actor.account_id
    if entry is None or (entry.by is not None and entry.by == actor) or is_person(work.actor, work.before):
        return False
    return may_act(work)


def _confirm_follows(work: Work) -> None:
    entry, points = entry_of(work), points_of(work)
    if entry is None or points is None:
        return
    agreed = with_entry(ledger(work), entry.no, state=CONFIRMED, settled_at=work.now)
    came_to = ledger_of.balance(points, agreed, today(work), work.book.calendar)
    work.tell(
        "points_confirmed", {"note": work.text("note")}, item=work.action.item, no=entry.no, balance=canonical(came_to)
    )
    follow_balance(work)
    if entry.corrects is None and points.items[entry.item].then == "review":
        open_review(work, f"points:{entry.item}")


def _reject_follows(work: Work) -> None:
    entry = entry_of(work)
    if entry is not None:
        work.tell("points_rejected", {"reason": work.text("reason")}, item=work.action.item, no=entry.no)


# -- corrections -------------------------------------------------------------------------------------------------------
def _right(work: Work) -> Decimal | None:
    """What the entry should have come to."""
    return worth_of_text(work.text("right"))


def _target(work: Work) -> PointsEntry | None:
    entry = ledger(work).entry(work.inputs.get("entry"))
    return entry if entry is not None and entry.corrects is None else None


def _wrong_target(work: Work, entry: PointsEntry | None) -> list[Reason]:
    right = _right(work)
    if entry is None or entry.state == AWAITING:
        return [Reason(Words("请选要更正哪一笔；还没确认的，请确认人退回重记"), "entry")]
    if any(each.corrects == entry.no and each.state == AWAITING for each in ledger(work).entries):
        return [Reason(Words("这一笔已有一笔更正在等确认"), "entry")]
    if right is None:
        return [Reason(Words("请写这一笔应当是多少分，最多两位小数"), "right")]
    if right == ledger_of.worth_now(ledger(work), entry):
        return [Reason(Words("现在就是%(right)s分，不用更正", right=canonical(right)), "right")]
    return []


def _correct_missing(work: Work) -> list[Reason]:
    """Of an entry, or of one that was left out: the only thing that a locked period still takes."""
    if work.inputs.get("entry") is not None:
        return [*reasoned(work), *_wrong_target(work, _target(work))]
    item = item_of(work, *TABLED_FROM)
    if item is None:
        return [*reasoned(work), Reason(Words("请选要更正哪一笔，或者补记哪一项"), "points")]
    return [*reasoned(work), *wrong_entry(work, item, day_of(work), asks_of(work), late=True)]


def _correct_follows(work: Work) -> None:
    points, entry = points_of(work), _target(work)
    if points is None:
        return
    item = item_of(work, *TABLED_FROM)
    if entry is None and item is not None:
        tell_entry(work, item, CORRECTION, day_of(work), asks_of(work), kind="points_corrected")
        return
    no = len(ledger(work).entries) + 1
    _tell_correction(work, entry, no, opens=asked_again(work, no, points))


def _tell_correction(work: Work, entry: PointsEntry | None, no: int, **more: Any) -> None:
    right = _right(work)
    if entry is None or right is None:
        return
    change = right - ledger_of.worth_now(ledger(work), entry)
    if more.get("decided"):
        more["balance"] = canonical(_with(work, entry, no, change))
    work.tell(
        "points_corrected",
        {"reason": work.text("reason")},
        no=no,
        points=entry.item,
        corrects=entry.no,
        value=canonical(change),
        on=entry.on.isoformat(),
        **more,
    )


def _with(work: Work, entry: PointsEntry, no: int, change: Decimal) -> Decimal:
    """What the balance comes to with a correction that counts at once."""
    points, known = points_of(work), ledger(work)
    settled = PointsEntry(
        no, entry.item, canonical(change), CORRECTION, work.actor.account_id, work.now, entry.on, corrects=entry.no,
        state=CONFIRMED, settled_at=work.now,
    )  # fmt: skip
    grown = Ledger((*known.entries, settled))
    return change if points is None else ledger_of.balance(points, grown, today(work), work.book.calendar)


# -- the appeal against an entry ---------------------------------------------------------------------------------------
def appeal_until(work: Work, entry: PointsEntry) -> date | None:
    """The last day on which the person may appeal it; None where the program grants none or it is not settled."""
    points = points_of(work)
    if points is None or points.entry.appeal is None or entry.settled_at is None or entry.appeal is not None:
        return None
    if entry.work is None:
        return None  # it is itself what an appeal has led to
    return work.book.calendar.term(local_day(entry.settled_at), points.entry.appeal).date


def appealable(work: Work) -> tuple[PointsEntry, ...]:
    days = ((entry, appeal_until(work, entry)) for entry in ledger(work).entries)
    return tuple(entry for entry, until in days if until is not None and work.now <= end_of(until))


def _appealing(work: Work) -> bool:
    return bool(appealable(work))


def _appeal_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明为什么不对，会转给另外的人复核"))
    if work.inputs.get("entry") not in [entry.no for entry in appealable(work)]:
        reasons.append(Reason(Words("请选对哪一笔有异议；过了期限的不能再提"), "entry"))
    return reasons


def _appeal_follows(work: Work) -> None:
    role, no = work.definition.appeal.by, work.inputs["entry"]
    heard = {
        "duty": Duty.APPEAL.value,
        "role": role,
        "organization": work.before.places.get(role),
        "stage": here(work),
        "about": about(no),
    }
    work.tell("points_appealed", {"reason": work.text("reason")}, no=no, opens=[heard])


def _hearing(work: Work) -> bool:
    item, entry = work.item, entry_of(work)
    return (
        points_of(work) is not None
        and item is not None
        and item.is_open
        and item.duty is Duty.APPEAL
        and entry is not None
    )


def _may_hear(work: Work) -> bool:
    """Neither who recorded the entry nor who settled it, nor whom it is about."""
    entry, actor = entry_of(work), work.actor.account_id
    if entry is None or actor in (entry.by, entry.settled_by) or is_person(work.actor, work.before):
        return False
    return may_act(work)


def _heard_target(work: Work) -> PointsEntry | None:
    """What is put right: the entry, or the one that the appealed correction had changed."""
    entry = entry_of(work)
    return ledger(work).entry(entry.corrects) or entry if entry is not None else None


def _hear_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明复核的理由，会原样告诉本人"))
    if work.text("conclusion") not in ("upheld", "rejected"):
        return [*reasons, Reason(Words("请选申诉成立或不成立"), "conclusion")]
    return reasons + (_wrong_target(work, _heard_target(work)) if work.text("conclusion") == "upheld" else [])


def _hear_follows(work: Work) -> None:
    """Upheld: the counter-entry counts at once, as somebody else has decided it already."""
    entry, points, conclusion = entry_of(work), points_of(work), work.text("conclusion")
    if entry is None or points is None:
        return
    words = {"reason": work.text("reason")}
    work.tell("points_appeal_settled", words, item=work.action.item, no=entry.no, conclusion=conclusion)
    if conclusion == "upheld":
        _tell_correction(work, _heard_target(work), len(ledger(work).entries) + 1, decided=True)
        follow_balance(work)


def _has_settled(work: Work) -> bool:
    return points_of(work) is not None


ON_ITEM = (
    *answering(
        {Duty.AGREE},
        Act("confirm_points", Words("确认积分"), _confirming, _may_confirm, _confirm_follows),
        Act("reject_points", Words("不予确认"), _confirming, _may_confirm, _reject_follows, reasoned),
    ),
    *answering(
        {Duty.APPEAL},
        Act("settle_points_appeal", Words("办结积分复核"), _hearing, _may_hear, _hear_follows, _hear_missing),
    ),
)
ON_CASE = (
    Act(
        "enter_points",
        Words("记积分"),
        lambda work: _has(work, *ENTERED_FROM),
        _may_enter,
        lambda work: _entry_follows(work, *ENTERED_FROM),
        lambda work: [*work.needs_text("reason", WHY), *_entry_missing(work, *ENTERED_FROM)],
        on_item=False,
    ),
    Act(
        "import_points",
        Words("按表记积分"),
        lambda work: _has(work, *TABLED_FROM),
        _may_enter,
        lambda work: _entry_follows(work, *TABLED_FROM, told="import"),
        lambda work: _entry_missing(work, *TABLED_FROM),
        on_item=False,
    ),
    Act(
        "claim",
        Words("申领积分"),
        lambda work: _has(work, "claim"),
        is_own,
        lambda work: _entry_follows(work, "claim"),
        lambda work: _entry_missing(work, "claim"),
        on_item=False,
    ),
    Act(
        "correct_points",
        Words("补记更正"),
        _has_settled,
        _may_enter,
        _correct_follows,
        _correct_missing,
        on_item=False,
    ),
    Act("appeal_points", Words("对积分提出异议"), _appealing, is_own, _appeal_follows, _appeal_missing, on_item=False),
)
