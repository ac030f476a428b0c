"""Acts on a list of applications: each case gets its own outcome; all are written together or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from workflow.domain import pool_joint, pool_notice, pool_score, pool_vote
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Item, Outcome, Status
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import CheckStage, JointCheckStage, Sample
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work, opening
from workflow.domain.transitions import decide
from workflow.domain.words import Words


@dataclass(frozen=True, slots=True)
class PoolOutcome:
    """What follows for each case, and for those left aside, why."""

    outcomes: Mapping[int, Outcome]
    left_aside: Mapping[int, tuple[Reason, ...]]


_MEETING = {"finalize": pool_vote.finalize, "promote": pool_vote.promote, "close_out": pool_vote.close_out}


def decide_pool(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> PoolOutcome:
    """Carry out one act on every case of `pool` that stands before `stage`.

    `publish`: give each its line in a public notice; all or none.
    `sign_list`: pass those whose rules all meet; the rest is left aside, to be signed singly.
    `finalize`, `promote`, `close_out`: what a meeting made of its list, and its alternates.
    At a joint check: `answer` of one department, or the lead's `pass`, for whoever is ready.
    `draw`: of one nominator's cases, by `inputs["seed"]`; the others move on as not drawn, which is not a pass.
    `draw` and `assign` at a stage of scoring: seat its raters; `close`: count the sheets of what is ready and passes.
    `publish_results`: make known what a stage with `reveal: later` found.
    Any effect of a check (`pass`, `return`, …): the same act for each; who is not ready is left aside with the reasons.
    """
    if action.name == "publish":
        return PoolOutcome(pool_notice.publish(book, stage, pool, action, actor, now), {})
    if action.name in _MEETING:
        return PoolOutcome(_MEETING[action.name](book, stage, pool, action, actor, now), {})
    if isinstance(book.stage(stage), JointCheckStage):
        return PoolOutcome(*pool_joint.of_a_joint_check(book, stage, pool, action, actor, now))
    if action.name == "draw" and not isinstance(book.stage(stage), CheckStage):
        return PoolOutcome(*pool_score.seat_by_draw(book, stage, pool, action, actor, now))
    if action.name == "assign":
        return PoolOutcome(*pool_score.seat_by_hand(book, stage, pool, action, actor, now))
    if action.name == "close":
        return PoolOutcome(*pool_score.close_all(book, stage, pool, action, actor, now, decide))
    if action.name == "publish_results":
        return PoolOutcome(*pool_score.publish_results(book, stage, pool, action, actor, now))
    if action.name == "draw":
        return _draw(book, stage, pool, action, actor, now)
    if action.name == "sign_list":
        return _sign_list(book, stage, pool, action, actor, now)
    return _each(book, stage, pool, action, actor, now)


def _each(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> PoolOutcome:
    outcomes: dict[int, Outcome] = {}
    aside: dict[int, tuple[Reason, ...]] = {}
    for case in pool:
        item = _own_item(book, case, stage, actor)
        if item is None:
            aside[case.id] = (Reason(Words("这一件不在你手上")),)
            continue
        try:
            outcomes[case.id] = decide(book, case, replace(action, item=item.no), actor, now)
        except NotReady as refusal:
            aside[case.id] = refusal.reasons
    return PoolOutcome(outcomes, aside)


def _own_item(book: Rulebook, case: Application, stage: str, actor: Actor) -> Item | None:
    for item in case.state.open_items():
        subject = CaseSubject(book.definition, case, item)
        if item.stage == stage and item.duty is Duty.ACT and can(actor, Permission.ITEM_ACT, subject):
            return item
    return None


# -- sign a list -------------------------------------------------------------------------------------------------------
def _sign_list(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> PoolOutcome:
    kind = book.stage(stage)
    if not isinstance(kind, CheckStage) or not kind.as_list:
        raise NotFound
    clear = [case for case in pool if _all_meet(book, kind, case)]
    aside = {case.id: (Reason(Words("有条件不是“符合”，请单独办理")),) for case in pool if case not in clear}
    signed = _each(book, stage, clear, replace(action, name="pass"), actor, now)
    return PoolOutcome(signed.outcomes, {**aside, **signed.left_aside})


def _all_meet(book: Rulebook, stage: CheckStage, case: Application) -> bool:
    wanted = [rule for rule in book.rules_of(case) if stage.rules == "all" or rule.key in stage.rules]
    judged = book.judge(case, frozenset(rule.key for rule in wanted))
    return all(each.result == "meets" for each in judged.values())


# -- draw a sample -----------------------------------------------------------------------------------------------------
def _draw(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> PoolOutcome:
    kind = book.stage(stage)
    if not isinstance(kind, CheckStage) or kind.sample is None:
        raise NotFound
    waiting = [case for case in pool if case.state.stage == stage and case.state.drawn is None]
    reasons = _draw_missing(pool, waiting)
    if reasons:
        raise NotReady(reasons)
    if not all(can(actor, Permission.APPLICATION_RUN, CaseSubject(book.definition, case)) for case in pool):
        raise NotAllowed(Words("抽查由主办来抽"))
    drawn = drawn_of([case.id for case in waiting], kind.sample, str(action.inputs["seed"]))
    return PoolOutcome({case.id: _drawn(book, case, case.id in drawn, action, actor, now) for case in waiting}, {})


def _draw_missing(pool: Sequence[Application], waiting: Sequence[Application]) -> list[Reason]:
    if not waiting:
        return [Reason(Words("这个单位没有待抽查的人选，或已经抽过"))]
    if len({case.nominator_id for case in pool}) > 1:
        return [Reason(Words("抽查按推荐单位分别抽"))]
    if any(case.state.status is not Status.OPEN for case in waiting):
        return [Reason(Words("有人选停表或在补正，先办完再抽"))]
    return []


def drawn_of(cases: Sequence[int], sample: Sample, seed: str) -> frozenset[int]:
    """Who is drawn: the lowest `sha256(seed:id)`. Anybody can draw again from the recorded seed."""
    wanted = max(ceil(sample.rate.of(len(cases))), sample.at_least)
    order = sorted(cases, key=lambda case: hashlib.sha256(f"{seed}:{case}".encode()).hexdigest())
    return frozenset(order[:wanted])


def _drawn(book: Rulebook, case: Application, drawn: bool, action: Action, actor: Actor, now: datetime) -> Outcome:
    work = Work(book, case, action, actor, now)
    seed = str(action.inputs["seed"])
    if drawn:
        work.tell("sample_drawn", seed=seed, opens=opening(work, book.stage(case.state.stage or "")))
    else:
        stage = case.state.stage
        work.tell("not_drawn", seed=seed)
        effects.advance(work, stage)
    return work.outcome()
