"""Cases on their way through the stages of scoring, for tests of the rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.domain.cases import HR_1, HR_2, MANAGER, OFFICE, Play, application, staff
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application
from workflow.domain.collective import PoolOutcome, decide_pool
from workflow.domain.pool_score import Candidate
from workflow.domain.transitions import decide

TRAINER = staff(60, "trainer_admin", OFFICE)
EXAMINERS = [staff(70 + n, "examiner") for n in range(3)]
EXPERTS = [staff(80 + n, "expert") for n in range(9)]
SEED = "20261123"


def points(**given: object) -> dict[str, Any]:
    """A sheet as the desk sends it; a reason stands beside every figure."""
    return {"points": given, "reasons": dict.fromkeys(given, "见作品第 3 页")}


def do(play: Play, name: str, actor: Actor, item: int | None = None, **inputs: object) -> None:
    """An act on the item meant, or on the case itself, whatever else stands open."""
    play.now += timedelta(minutes=1)
    play.outcome = decide(play.book, play.case, Action(name, item, inputs), actor, play.now)
    play.case = replace(play.case, state=play.outcome.state)


def close(play: Play, actor: Actor = MANAGER, **inputs: object) -> None:
    do(play, "close", actor, **{"effect": "pass", **inputs})


def seat_of(play: Play, rater: Actor) -> int:
    own = [item for item in play.case.state.open_items() if item.duty == "act"]
    return next(item.no for item in own if item.holder_id in (None, rater.account_id))


def rate(play: Play, rater: Actor, **given: object) -> None:
    do(play, "review", rater, seat_of(play, rater), **points(**given))


# -- on the way --------------------------------------------------------------------------------------------------------
def at_theory(case: Application | None = None) -> Play:
    play = Play(case or application()).to_eligibility()
    play.act("pass", HR_1, rule_verdicts={})
    play.act("confirm", HR_2)
    return play


def at_practical(theory: int = 82, case: Application | None = None) -> Play:
    play = at_theory(case)
    rate(play, TRAINER, exam=theory)
    close(play)
    return play


def at_expert(case: Application | None = None) -> Play:
    play = at_practical(case=case)
    rate(play, EXAMINERS[0], modeling_3d=90, precision=80, fabric=85)
    rate(play, EXAMINERS[1], modeling_3d=80, precision=84, fabric=80)
    close(play)
    return play


def draw(
    cases: Sequence[Application],
    experts: Sequence[Actor] = tuple(EXPERTS),
    seed: str = SEED,
    actor: Actor = MANAGER,
) -> PoolOutcome:
    play = Play(cases[0])
    inputs = {"seed": seed, "draw": "d1", "candidates": {"expert": [Candidate(each) for each in experts]}}
    return decide_pool(play.book, "expert", cases, Action("draw", None, inputs), actor, play.now + timedelta(days=1))


def at_panel(case: Application | None = None, experts: Sequence[Actor] = tuple(EXPERTS)) -> Play:
    """Five experts sit, each before a sheet of their own."""
    play = at_expert(case)
    play.case = replace(play.case, state=draw([play.case], experts).outcomes[play.case.id].state)
    play.now += timedelta(days=1)
    return play


def seated(play: Play) -> list[Actor]:
    by_account = {each.account_id: each for each in EXPERTS}
    items = [item for item in play.case.state.open_items() if item.stage == "expert" and item.duty == "act"]
    return [by_account[item.holder_id] for item in items]


def judged(*sheets: tuple[object, object], case: Application | None = None) -> Play:
    """As many of the five experts as there are sheets have handed in: (effect, teaching) each."""
    play = at_panel(case)
    for rater, (effect, teaching) in zip(seated(play), sheets, strict=False):
        rate(play, rater, effect=effect, teaching=teaching)
    return play
