"""Who answers an open item, and how: an action out of those that the rules offer, mostly the one that moves it on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from workflow.domain.actor import Actor
from workflow.domain.application import Application, Duty, Item
from workflow.domain.dryrun.cases import CROWD
from workflow.domain.dryrun.inputs import Desk, inputs_of, judged_by
from workflow.domain.dryrun.world import World
from workflow.domain.errors import Reason
from workflow.domain.program.schema import CheckStage, FollowUpStage, JointCheckStage, ScoreStage
from workflow.domain.transitions import is_offered, offers_on
from workflow.domain.words import Words

NEVER = frozenset({"hand_over", "recuse", "judge", "stop_payment", "take_down", "object", "end_notice", "publish"})
"""Offered with an item, and no answer to it."""
EFFECTS = ("pass", "refuse", "return", "defer", "send_back")
_SHARES: Mapping[str, int] = {"refuse": 3, "return": 5, "defer": 2, "send_back": 1}
"""Percent of the crowd to whom something else than a pass happens at a check, where it may."""
_FORWARD = (
    "confirm",
    "review",
    "answer",
    "issue",
    "correct",
    "answer_duty",
    "confirm_duty",
    "confirm_points",
    "pay",
    "place",
    "renew",
    "extend_validity",
    "state",
    "confirm_revocation",
    "reopen",
    "settle_appeal",
    "settle_points_appeal",
    "settle",
    "weigh",
)
"""What moves an item on, where it is offered."""


def _has_acted(case: Application, item: Item, actor: Actor) -> bool:
    """Who proposed does not confirm, and nobody rates twice: the rules would refuse them."""
    if item.duty is Duty.CONFIRM:
        return case.state.proposal is not None and case.state.proposal.by == actor.account_id
    return any(review.by == actor.account_id for review in case.state.reviews_of(item.entry_no))


class Hands:
    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, case: Application, item: Item, at: datetime) -> tuple[Reason, ...] | None:
        """Somebody who may answers it; None where it was done, else why nobody could."""
        world = self.world
        why: tuple[Reason, ...] = (Reason(Words("没有人可以办这一步")),)
        if self._as_usual(case, item, at):
            return None
        anybody = False
        for actor in world.town.hands(case, item):
            anybody = True
            offered = [offer.name for offer in offers_on(world.book, world.current(case.id, at), item, actor, at)]
            world.tally.offered[item.stage].update(offered)
            able = [name for name in offered if name not in NEVER and not self._has_mentor(case, name)]
            for name in self._in_order(case, item, able, at):
                word = world.planned(case.id, item.stage)
                given = inputs_of(name, Desk(world, case, at, item, self._word(case, item, word)))
                refused = world.act(case.id, name, actor, at, item.no, **given)
                if refused is None:
                    self._mark(case, item, name)
                    return None
                why = refused
            if able:
                break
        if not anybody:
            world.tally.holderless[item.role, item.stage] += 1
        return why

    def beside(self, case: Application, name: str, actors: list[Actor], at: datetime, word: str | None = None) -> bool:
        """An act on the whole case by the first of these people who may."""
        desk = Desk(self.world, case, at, None, word)
        for actor in actors:
            offered = is_offered(self.world.book, case, name, actor, at)
            if offered and self.world.act(case.id, name, actor, at, **inputs_of(name, desk)) is None:
                return True
        return False

    def _as_usual(self, case: Application, item: Item, at: datetime) -> bool:
        """The crowd does what an item is there for, without asking first what else it could do: a refusal says so."""
        world = self.world
        if world.made[case.id].kind != CROWD or item.about is not None:
            return False
        stage = world.book.stage(item.stage)
        name = "confirm" if item.duty is Duty.CONFIRM else ""
        if item.duty is Duty.ACT:
            if isinstance(stage, CheckStage):
                name = self._effect(case, item, list(stage.may), at)
            else:
                answers = isinstance(stage, JointCheckStage) and item.role != stage.lead
                name = "review" if isinstance(stage, ScoreStage) else "answer" if answers else ""
        if not name:
            return False
        given = inputs_of(name, Desk(world, case, at, item))
        hands = (actor for actor in islice(world.town.hands(case, item), 3) if not _has_acted(case, item, actor))
        return any(world.act(case.id, name, actor, at, item.no, **given) is None for actor in hands)

    # -- which ---------------------------------------------------------------------------------------------------------
    def _in_order(self, case: Application, item: Item, able: list[str], at: datetime) -> Iterator[str]:
        wished = self._wished(case, item, able, at)
        others = [name for name in (*_FORWARD, *EFFECTS, *able) if name in able and name not in wished]
        yield from (name for name in dict.fromkeys((*wished, *others)) if name in able)

    def _wished(self, case: Application, item: Item, able: list[str], at: datetime) -> list[str]:
        word = self.world.planned(case.id, item.stage)
        if item.duty is Duty.CONFIRM and word == "reject_proposal":
            return ["reject_proposal"]
        if item.duty is Duty.REVIEW:
            leaving = case.state.leaving
            return ["remove"] if leaving is not None and leaving.exit and case.id % 2 else ["keep"]
        if "decline_renewal" in able and self.world.planned(case.id, "renewal") == "declined":
            return ["decline_renewal"]
        stage = self.world.book.stage(item.stage)
        if item.duty is not Duty.ACT or item.about is not None:
            return []
        if isinstance(stage, FollowUpStage):
            return self._growing(case, item, able)
        if word == "lapse":
            return ["return"]
        if word in able:
            return [word]
        return [self._effect(case, item, able, at)] if "pass" in able else []

    def _growing(self, case: Application, item: Item, able: list[str]) -> list[str]:
        entry = case.state.entry
        known = case.state.after.growth_at(entry.no if entry is not None else 0)
        return ["assign_mentor"] if "assign_mentor" in able and known.mentor is None else ["complete"]

    def _has_mentor(self, case: Application, name: str) -> bool:
        """Naming the next mentor would keep an item open for ever."""
        entry = case.state.entry
        return name == "assign_mentor" and case.state.after.growth_at(entry.no if entry else 0).mentor is not None

    def _effect(self, case: Application, item: Item, able: list[str], at: datetime) -> str:
        """As the conditions say; beyond that a share of the crowd does not simply pass."""
        stage, made = self.world.book.stage(item.stage), self.world.made[case.id]
        desk = Desk(self.world, case, at, item)
        said = judged_by(desk, stage).values() if isinstance(stage, CheckStage) else ()
        if "refuse" in able and "fails" in said:
            return "refuse"
        if made.kind != CROWD:
            return "pass"
        drawn = self.world.chance(case.id, item.stage, "effect").below(100)
        for effect, share in _SHARES.items():
            if effect in able and drawn < share and effect not in self.world.had.get(case.id, ()):
                self.world.happened(case.id, effect)
                return effect
            drawn -= share
        return "pass"

    def _word(self, case: Application, item: Item, word: str | None) -> str | None:
        """What the plan says for this item: an appeal has its word in the frame's place."""
        if item.duty is Duty.APPEAL:
            return self.world.made[case.id].plan.get("frame")
        return self.world.made[case.id].plan.get(item.stage) if self._is_scored(item) else word

    def _is_scored(self, item: Item) -> bool:
        return isinstance(self.world.book.stage(item.stage), ScoreStage)

    def _mark(self, case: Application, item: Item, name: str) -> None:
        """What the plan wanted has happened."""
        word = self.world.made[case.id].plan.get(item.stage)
        if word is not None and (name == word or (word == "lapse" and name == "return")):
            self.world.happened(case.id, item.stage)
