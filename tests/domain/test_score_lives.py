"""Whatever raters and those who count do, in whatever order: one sheet a person, no result from too few, and a fold."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.cases import MANAGER, PERSON, Play
from tests.domain.scored import EXAMINERS, EXPERTS, TRAINER, at_theory, points
from workflow.domain.actor import Actor
from workflow.domain.application import Action, State
from workflow.domain.collective import decide_pool
from workflow.domain.errors import Refusal
from workflow.domain.events import OF_A_SCORE, Event
from workflow.domain.history import fold
from workflow.domain.pool_score import Candidate
from workflow.domain.program.schema import ScoreStage
from workflow.domain.transitions import decide
from workflow.domain.unpublished import seen_from_outside, withheld

RATERS: tuple[Actor, ...] = (TRAINER, *EXAMINERS, *EXPERTS)
KEYS = ("exam", "modeling_3d", "precision", "fabric", "effect", "teaching")
ASKED = {"theory": KEYS[:1], "practical": KEYS[1:4], "expert": KEYS[4:]}


@dataclass
class Life:
    play: Play
    events: list[Event]
    chance: Random
    harsh: bool = False

    def any_item(self) -> int | None:
        items = [item.no for item in self.play.case.state.items]
        return self.chance.choice(items) if items else None

    def tries(self, action: Action, actor: Actor) -> None:
        try:
            outcome = decide(self.play.book, self.play.case, action, actor, self.play.now)
        except Refusal:
            return
        self._go(outcome.events, outcome.state)

    def tries_pool(self, stage: str, name: str, **inputs: Any) -> None:
        pool = [self.play.case]
        try:
            part = decide_pool(self.play.book, stage, pool, Action(name, None, inputs), MANAGER, self.play.now)
        except Refusal:
            return
        for outcome in part.outcomes.values():
            self._go(outcome.events, outcome.state)

    def _go(self, events: tuple[Event, ...], state: State) -> None:
        self.events += events
        self.play.case = replace(self.play.case, state=state)
        check(self, events)

    def step(self) -> None:
        self.play.now += self.chance.choice([timedelta(seconds=4), timedelta(hours=3)])
        state, chance = self.play.case.state, self.chance
        kind = chance.choice(["review"] * 8 + ["draw"] * 3 + ["close"] * 3 + ["import", "reopen_review"] * 2 + REST)
        keys = ASKED.get(state.stage or "", KEYS)
        low = 0 if self.harsh else 60
        given_points = points(**{key: chance.randint(low, low + 40) for key in keys})
        if kind == "review":
            self.tries(Action("review", self.any_open(), given_points), chance.choice(RATERS))
        elif kind == "import":
            self.tries(Action("import", None, {**given_points, "source": "t", "reason": "更正"}), MANAGER)
        elif kind == "close":
            effect = chance.choice(["pass", "pass", "refuse"])
            self.tries(Action("close", None, {"effect": effect, "note": "说明", "early": "有人生病"}), MANAGER)
        elif kind == "draw":
            experts = [Candidate(each) for each in EXPERTS]
            self.tries_pool("expert", "draw", seed=str(chance.random()), candidates={"expert": experts})
        elif kind == "publish_results":
            self.tries_pool("expert", "publish_results")
        elif kind in ("reopen_review", "replace_rater"):
            number = self.any_item()
            self.tries(Action(kind, None, {"review": number, "seat": number, "reason": "理由"}), MANAGER)
        elif kind == "recuse":
            self.tries(Action("recuse", self.any_open(), {"reason": "近亲属"}), chance.choice(RATERS))
        else:
            everybody = [MANAGER, PERSON, *RATERS]
            last = [each for each in everybody if each.account_id == state.last_by]
            actor = (last or everybody)[0] if kind == "undo" else chance.choice(everybody)
            self.tries(Action(kind, None, {"basis": "依据"}), actor)

    def any_open(self) -> int | None:
        items = [item.no for item in self.play.case.state.open_items()]
        return self.chance.choice(items) if items else None


REST = ["replace_rater", "recuse", "undo", "hold", "release", "publish_results"]


def check(life: Life, events: tuple[Event, ...]) -> None:
    state, book = life.play.case.state, life.play.book
    for entry in state.entries:
        counted = state.reviews_of(entry.no)
        stage = book.stage(entry.stage)
        if isinstance(stage, ScoreStage):
            own = [review.by for review in counted if review.source is None]
            assert len(own) == len(set(own)), "two sheets of one person count"
            assert len(counted) <= sum(stage.raters.values())
            seated = {each.holder_id for each in state.open_items() if each.entry_no == entry.no and each.holder_id}
            assert not seated & {review.by for review in counted}, "who has handed in sits once more"
    for event in events:
        if event.kind == "scored":
            stage = book.stage(event.body["stage"])
            assert isinstance(stage, ScoreStage)
            assert event.body["derivation"]["valid"] >= (stage.min_valid or sum(stage.raters.values()))
            assert event.actor_id == MANAGER.account_id
    if state.entry is not None:
        assert any(True for _ in state.open_items()), "a running case that nobody owes anything"
    hidden = withheld(book.definition, state)
    seen = seen_from_outside(book.definition, state)
    assert hidden is None or (seen.entries[-1].no, seen.entries[-1].effect) == (hidden.no, None)


def live(seed: int, steps: int = 120) -> Life:
    play = at_theory()
    life = Life(play, [], Random(seed), harsh=seed % 5 == 0)
    start = play.case.state
    for _ in range(steps):
        life.step()
    assert fold(life.events, start) == life.play.case.state
    return life


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_random_scoring_stays_sound(seed: int) -> None:
    live(seed)


def test_random_scoring_reaches_every_kind_of_fact() -> None:
    seen: Counter[str] = Counter()
    for seed in range(25):
        seen.update(event.kind for event in live(seed).events)
    assert OF_A_SCORE - set(seen) == {"raters_assigned"}, seen  # this program draws
    assert {"recused", "undone", "refused", "passed"} <= set(seen)
