"""Issuing a list: compared with what the public was shown, numbered in order without a gap, each case for itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from workflow.domain import certificates, quotas
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Item, Outcome, State
from workflow.domain.errors import NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import award
from workflow.domain.stages.base import Work
from workflow.domain.transitions import decide
from workflow.domain.words import Words


class Line(StrEnum):
    """Where one who was shown to the public stands now."""

    HERE = "here"  # waits to be issued
    ISSUED = "issued"
    FROZEN = "frozen"  # an objection or a hold keeps this one, and nobody else
    FELL_OUT = "fell_out"


@dataclass(frozen=True, slots=True)
class Shown:
    case_id: int
    line: Line


def line_of(state: State, award_stage: str) -> Line:
    if state.recognition is not None:
        return Line.ISSUED
    if state.stage == award_stage and state.status.value == "open":
        return Line.HERE
    return Line.FELL_OUT if state.closed_at is not None else Line.FROZEN


def differences(shown: Iterable[Shown], chosen: Iterable[int]) -> tuple[Shown, ...]:
    """Those who were shown and are neither issued already nor on this list."""
    wanted = set(chosen)
    return tuple(each for each in shown if each.line is not Line.ISSUED and each.case_id not in wanted)


def issue(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> tuple[Mapping[int, Outcome], Mapping[int, tuple[Reason, ...]], Mapping[str, int]]:
    """What follows for each case, why others are left aside, and which count follows in each series.

    `inputs`: `document`, `on`, `difference`; `shown` and `list` (ids of the whole list, however it is cut); `round`
    (its key); `following` (series -> next count); `left` (group -> places left of the whole); by case: `elsewhere`,
    `unprintable`, `barred` (why the recognition that it renews does not let it be issued).
    Only who lacks nothing takes a number, in the order of the pool: so there is never a gap.
    """
    _refuse_difference(action)
    left: dict[str, int] = dict(action.inputs.get("left") or {})
    ready: list[Work] = []
    aside: dict[int, tuple[Reason, ...]] = {}
    for case in pool:
        item = own_item(book, case, stage, actor)
        if item is None:
            aside[case.id] = (Reason(Words("这一件不在你手上，或还没有走到发证")),)
            continue
        work = Work(book, case, _for(action, case, item), actor, now)
        reasons = award.issue_missing(work) or _full(case, left)
        if reasons:
            aside[case.id] = tuple(reasons)
        else:
            ready.append(work)
            left |= {group: left[group] - 1 for group in _counted_in(case) if group in left}
    following: Mapping[str, int] = action.inputs.get("following") or {}
    of_series = [award.series_of(work, str(action.inputs.get("round") or "")) for work in ready]
    given, after = certificates.numbers([each or "{seq}" for each in of_series], following)
    outcomes = {}
    for work, number in zip(ready, given, strict=True):
        own = replace(work.action, inputs={**work.inputs, "number": number})
        outcomes[work.before.id] = decide(book, work.before, own, actor, now)
    return outcomes, aside, after


def series_wanted(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """The series of which a count may be taken: what the service must lock, in an order that is the same for all."""
    wanted = set()
    for case in pool:
        item = own_item(book, case, stage, actor)
        if item is not None:
            work = Work(book, case, _for(action, case, item), actor, now)
            wanted.add(award.series_of(work, str(action.inputs.get("round") or "")) or "{seq}")
    return tuple(sorted(wanted))


def _counted_in(case: Application) -> tuple[str, ...]:
    return ("", *quotas.groups_of(case.track, case.channel, None))


def _full(case: Application, left: Mapping[str, int]) -> list[Reason]:
    """The whole, its channel or its track has no place left: more would be recognized than the program allows."""
    words = {
        "": Words("总名额已经用完，不能再发证"),
        quotas.channel_group(case.channel): Words("这条渠道的名额已经用完，不能再发证"),
        quotas.track_group(case.track): Words("这个类别的名额已经用完，不能再发证"),
    }
    return [Reason(said, "places") for group, said in words.items() if left.get(group, 1) <= 0][:1]


def _for(action: Action, case: Application, item: Item) -> Action:
    """The act on one case of the list, with what concerns this case alone."""
    own = {name: (action.inputs.get(name) or {}).get(case.id) for name in ("elsewhere", "unprintable", "barred")}
    shared = {name: action.inputs.get(name) for name in ("document", "on")}
    return Action("issue", item.no, {**shared, **own})


def _refuse_difference(action: Action) -> None:
    left = differences(action.inputs.get("shown") or (), action.inputs.get("list") or ())
    if left and not str(action.inputs.get("difference") or "").strip():
        words = Words("公示过的人有 %(n)s 个不在这份名单里，请写明原因", n=len(left))
        raise NotReady([Reason(words, "difference")])


def own_item(book: Rulebook, case: Application, stage: str, actor: Actor) -> Item | None:
    for item in case.state.open_items():
        subject = CaseSubject(book.definition, case, item)
        mine = item.stage == stage and item.duty is Duty.ACT and item.role != "applicant"
        if mine and can(actor, Permission.ITEM_ACT, subject):
            return item
    return None
