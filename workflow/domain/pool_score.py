"""Acts of scoring on a list of cases: drawing or assigning raters, closing what is ready, making results known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Item, Outcome, Status
from workflow.domain.drawing import DrawInputs, Seating, draw, free_for
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, acted_where_never_both, can, holds, is_barred, may_hold_item
from workflow.domain.program.schema import ScoreStage, VoteStage
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import score_ground
from workflow.domain.stages.base import Work
from workflow.domain.unpublished import withheld_entries
from workflow.domain.words import Words

Parts = tuple[dict[int, Outcome], dict[int, tuple[Reason, ...]]]
"""What follows for each case, and for those left aside, why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked to rate. `load`: seats held at this stage before this draw."""

    actor: Actor
    load: int = 0

    @property
    def account_id(self) -> int:
        return self.actor.account_id or 0


Candidates = Mapping[str, Sequence[Candidate]]


# -- seating raters ----------------------------------------------------------------------------------------------------
def why_not(book: Rulebook, case: Application, stage: ScoreStage, role: str, actor: Actor, now: datetime) -> str | None:
    """The ground on which somebody of the role may not rate this case, or None."""
    organization = case.places.get(role)
    if not holds(actor, book.definition, case, role, organization):
        return "role"
    if is_barred(actor, book.definition, case, role):
        return "conflict"
    if acted_where_never_both(actor, book.definition, case, stage.key) is not None:
        return "both"
    if stage.blind and can(actor, Permission.APPLICATION_READ, CaseSubject(book.definition, case)):
        return "knows"
    entry = case.state.entry
    seat = Item(0, entry.no if entry else 0, stage.key, Duty.ACT, role, now, organization, actor.account_id)
    return None if may_hold_item(actor, CaseSubject(book.definition, case, seat)) else "other"


GROUNDS = {
    "conflict": Words("要回避"),
    "both": Words("办过不能同办的环节"),
    "knows": Words("已经知道是谁"),
    "other": Words("填过表或已在评"),
    "role": Words("不评这一类"),
}


def inputs_for(
    book: Rulebook, stage: ScoreStage, cases: Sequence[Application], candidates: Candidates, now: datetime
) -> tuple[DrawInputs, dict[int, tuple[Reason, ...]]]:
    """What goes into the draw; cases for which too few are free stay out, with the number and the grounds."""
    barred = {case.id: _barred(book, stage, case, candidates, now) for case in cases}
    known = {role: [(each.account_id, each.load) for each in candidates.get(role, ())] for role in stage.raters}
    every = DrawInputs(
        stage.key,
        stage.raters,
        known,
        [case.id for case in cases],
        {case: {role: sorted(grounds) for role, grounds in roles.items()} for case, roles in barred.items()},
    )
    short = {
        case.id: reasons
        for case in cases
        if (reasons := tuple(_shortage(book, stage, case, every, candidates, barred[case.id])))
    }
    drawn = [case.id for case in cases if case.id not in short]
    return replace(every, cases=drawn, barred={case: every.barred[case] for case in drawn}), short


def _barred(
    book: Rulebook, stage: ScoreStage, case: Application, candidates: Candidates, now: datetime
) -> dict[str, dict[int, str]]:
    return {
        role: {
            each.account_id: ground
            for each in candidates.get(role, ())
            if (ground := why_not(book, case, stage, role, each.actor, now)) is not None
        }
        for role in stage.raters
    }


def _shortage(
    book: Rulebook,
    stage: ScoreStage,
    case: Application,
    inputs: DrawInputs,
    candidates: Candidates,
    barred: Mapping[str, Mapping[int, str]],
) -> list[Reason]:
    found = []
    for role, wanted in stage.raters.items():
        free = len(free_for(inputs, case.id, role))
        if free < wanted:
            grounds = [
                Words("%(n)s 名%(why)s", n=list(barred[role].values()).count(ground), why=words)
                for ground, words in GROUNDS.items()
                if ground in barred[role].values()
            ]
            words = Words(
                "“%(role)s”还差 %(short)s 名：要 %(wanted)s 名，共 %(all)s 名，可评的 %(free)s 名",
                role=book.definition.roles[role].name,
                short=wanted - free,
                wanted=wanted,
                all=len(candidates.get(role, ())),
                free=free,
            )
            found.append(Reason(words, "raters"))
            found += [Reason(Words("其中%(grounds)s", grounds=grounds), "raters")] if grounds else []
    return found


def seat_by_draw(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> Parts:
    """`inputs`: seed, draw (its reference), candidates by role. Whoever draws second finds nothing waiting."""
    kind = _kind(book, stage, "draw")
    waiting, aside = _waiting(book, kind, pool, actor)
    given, short = inputs_for(book, kind, waiting, action.inputs["candidates"], now)
    if not given.cases:
        raise NotReady([reason for reasons in short.values() for reason in reasons])
    seed = str(action.inputs["seed"])
    seated = draw(given, seed)
    details = {"draw": action.inputs.get("draw"), "seed": seed, "digest": given.digest}
    outcomes = {
        case.id: _seat(book, kind, case, seated[case.id], "raters_drawn", details, action, actor, now)
        for case in waiting
        if case.id in seated
    }
    return outcomes, {**aside, **short}


def seat_by_hand(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> Parts:
    """`inputs["raters"]`: role -> the Actors that shall rate each of these cases."""
    kind = _kind(book, stage, "assign")
    waiting, aside = _waiting(book, kind, pool, actor)
    chosen: Mapping[str, Sequence[Actor]] = action.inputs.get("raters") or {}
    wrong = [
        Reason(
            Words(
                "“%(role)s”要选 %(n)s 名，选了 %(m)s 名", role=book.definition.roles[role].name, n=number, m=len(given)
            ),
            f"raters.{role}",
        )
        for role, number in kind.raters.items()
        if len(given := {each.account_id for each in chosen.get(role, ())}) != number
    ]
    if wrong:
        raise NotReady(wrong)
    outcomes = {}
    for case in waiting:
        reasons = _cannot_rate(book, kind, case, chosen, now)
        if reasons:
            aside[case.id] = tuple(reasons)
            continue
        seating = Seating({role: tuple(each.account_id or 0 for each in chosen[role]) for role in kind.raters}, {})
        outcomes[case.id] = _seat(book, kind, case, seating, "raters_assigned", {}, action, actor, now)
    return outcomes, aside


def _cannot_rate(
    book: Rulebook, stage: ScoreStage, case: Application, chosen: Mapping[str, Sequence[Actor]], now: datetime
) -> list[Reason]:
    everyone = [each.account_id for role in stage.raters for each in chosen[role]]
    reasons = [Reason(Words("同一个人不能占两席"), "raters")] if len(set(everyone)) < len(everyone) else []
    for role in stage.raters:
        grounds = [why for each in chosen[role] if (why := why_not(book, case, stage, role, each, now)) is not None]
        reasons += [
            Reason(Words("选的评委里有 %(n)s 名%(why)s", n=grounds.count(why), why=GROUNDS[why]), f"raters.{role}")
            for why in dict.fromkeys(grounds)
        ]
    return reasons


def _kind(book: Rulebook, stage: str, how: str) -> ScoreStage:
    kind = book.stage(stage)
    if not isinstance(kind, ScoreStage) or kind.choose != how:
        raise NotFound
    return kind


def _waiting(
    book: Rulebook, stage: ScoreStage, pool: Sequence[Application], actor: Actor
) -> tuple[list[Application], dict[int, tuple[Reason, ...]]]:
    """The cases that wait for their raters. Nothing waiting means that somebody was faster."""
    aside: dict[int, tuple[Reason, ...]] = {}
    waiting = []
    for case in pool:
        entry = case.state.entry
        if case.state.stage != stage.key or case.state.status is not Status.OPEN or entry is None:
            aside[case.id] = (Reason(Words("这一件不在这个环节办理")),)
        elif case.state.panel_of(entry.no) is not None:
            aside[case.id] = (Reason(Words("这一件的评委已经定了")),)
        else:
            waiting.append(case)
    if not waiting:
        raise MovedOn
    if not all(can(actor, Permission.SCORE_CLOSE, CaseSubject(book.definition, case)) for case in waiting):
        raise NotAllowed(Words("评委由负责收分的人来定"))
    return waiting, aside


def _seat(
    book: Rulebook,
    stage: ScoreStage,
    case: Application,
    seating: Seating,
    kind: str,
    details: Mapping[str, Any],
    action: Action,
    actor: Actor,
    now: datetime,
) -> Outcome:
    work = Work(book, case, replace(action, item=None), actor, now)
    entry = case.state.entry
    waiting = next(
        (
            item.no
            for item in case.state.open_items()
            if entry is not None and item.entry_no == entry.no and item.duty is Duty.CONFIRM
        ),
        None,
    )
    seats = [(role, account) for role in stage.raters for account in seating.seats[role]]
    work.tell(
        kind,
        None,
        item=waiting,
        seats=[list(seat) for seat in seats],
        reserve={role: list(accounts) for role, accounts in seating.reserve.items()},
        opens=[score_ground.seat_for(work, role, account) for role, account in seats],
        **details,
    )
    return work.outcome()


# -- closing a list ----------------------------------------------------------------------------------------------------
def close_all(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime, decide: Any
) -> Parts:
    """Close what passes and lacks nothing; every other case wants somebody to look at it."""
    outcomes: dict[int, Outcome] = {}
    aside: dict[int, tuple[Reason, ...]] = {}
    for case in pool:
        if case.state.stage != stage:
            aside[case.id] = (Reason(Words("这一件不在这个环节办理")),)
            continue
        try:
            outcomes[case.id] = decide(book, case, replace(action, inputs={"effect": "pass"}), actor, now)
        except NotReady as refusal:
            aside[case.id] = refusal.reasons
    return outcomes, aside


# -- making results known ----------------------------------------------------------------------------------------------
def publish_results(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> Parts:
    """For the whole pool: while somebody is still being judged here nobody hears."""
    if book.stage(stage).reveal != "later":
        raise NotFound
    concerned = [(case, withheld_entries(book.definition, case.state, stage)) for case in pool]
    waits = isinstance(book.stage(stage), VoteStage)  # whoever a meeting left out is for a later one
    still = [case for case, entries in concerned if case.state.stage == stage and not entries and not waits]
    if still:
        words = Words(
            "还有 %(n)s 件在“%(stage)s”没有办完，办完才能一起公布", n=len(still), stage=book.stage(stage).name
        )
        raise NotReady([Reason(words)])
    waiting = [(case, entries) for case, entries in concerned if entries]
    if not waiting:
        raise MovedOn
    if not all(can(actor, Permission.APPLICATION_RUN, CaseSubject(book.definition, case)) for case, _ in waiting):
        raise NotAllowed(Words("结果由主办公布"))
    outcomes = {}
    for case, entries in waiting:
        work = Work(book, case, replace(action, item=None), actor, now)
        work.tell("results_published", None, stage=stage, entries=[entry.no for entry in entries])
        outcomes[case.id] = work.outcome()
    return outcomes, {}
