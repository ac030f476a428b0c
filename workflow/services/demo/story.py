"""Who comes how far: the plans of everybody who applies, and on which day of the story each step is taken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from workflow.services.demo import cast
from workflow.services.demo.cast import Person, Unit

STAGES = (
    "draft", "employer_confirm", "formal", "eligibility", "theory", "practical", "expert", "joint", "meeting", "notice",
    "award", "valid",
)  # fmt: skip
_TRACKS = ("pattern", "craft", "media")


@dataclass(frozen=True)
class Plan:
    """One person's way. `stop`: the stage in which the story leaves them; `how`: what is particular there."""

    number: int
    stop: str
    how: str = ""
    arrived: float | None = None  # days ago; None: with everybody else of the batch
    at: Unit = cast.EMPLOYERS[0]
    track: str = "pattern"
    channel: str = "self"

    @cached_property
    def person(self) -> Person:
        return cast.person(self.number)

    def goes_past(self, stage: str) -> bool:
        return STAGES.index(self.stop) > STAGES.index(stage)

    def stops_at(self, stage: str, *hows: str) -> bool:
        return self.stop == stage and (not hows or self.how in hows)


@dataclass(frozen=True)
class Batch:
    """People who go through a round together. `days`: step -> how many days ago it is taken."""

    key: str
    round: str  # first, second, third
    number: int  # of its round, for documents
    plans: tuple[Plan, ...]
    days: Mapping[str, float]

    @cached_property
    def by_login(self) -> Mapping[str, Plan]:
        return {plan.person.login: plan for plan in self.plans}

    def day(self, plan: Plan, step: str) -> float:
        """Who stops early arrived there lately, and took the steps before shortly before."""
        if plan.arrived is None:
            return self.days[step]
        back = STAGES.index(plan.stop) - 1 - STAGES.index(step)
        return plan.arrived + 2 * max(back, 0)


def _many(number: int, wanted: Sequence[tuple[int, str, str, Sequence[float]]]) -> Iterator[Plan]:
    for count, stop, how, arrived in wanted:
        for nth in range(count):
            unit = cast.EMPLOYERS[(number * 3 + nth) % len(cast.EMPLOYERS)]
            if stop == "employer_confirm" and nth < 4:
                unit = cast.EMPLOYERS[0]
            yield Plan(
                number, stop, how, arrived[nth % len(arrived)] if arrived else None, unit,
                _TRACKS[number % len(_TRACKS)], _channel(number, unit),
            )  # fmt: skip
            number += 1


def _channel(number: int, unit: Unit) -> str:
    if number % 4 == 0 and unit.number >= 260:  # smaller ones have too few places for everybody
        return "employer"
    return "trainer" if number % 7 == 3 else "self"


FINISHED_DAYS = {
    "opens": 210, "draft": 200, "employer_confirm": 197, "formal": 193, "closes": 191, "eligibility": 188,
    "theory": 180, "practical": 172, "draw": 168, "expert": 165, "expert_closed": 158, "joint": 154,
    "joint_closed": 148, "meeting": 142, "published": 139, "notice": 138, "notice_over": 128, "provide": 126,
    "award": 124, "exit": 70, "proposal": 50, "revoked": 46, "reissued": 60, "left": 40,
}  # fmt: skip
SHOWN_DAYS = {
    "opens": 112, "draft": 104, "employer_confirm": 101, "formal": 98, "closes": 92, "eligibility": 88, "theory": 80,
    "practical": 72, "draw": 68, "expert": 65, "expert_closed": 58, "joint": 54, "joint_closed": 48, "meeting": 17,
    "published": 15, "notice": 2, "objected": 1,
}  # fmt: skip
RUNNING_DAYS = {
    "opens": 46, "closes": -12, "draft": 24, "employer_confirm": 22, "formal": 20, "eligibility": 16, "theory": 9,
    "practical": 7, "draw": 6, "expert": 5, "expert_closed": 3.5, "joint": 2, "joint_closed": 1, "meeting": -1,
}  # fmt: skip

_FINISHED = (
    (8, "valid", "", ()), (1, "valid", "revoked", ()), (1, "valid", "lost", ()), (1, "valid", "left", ()),
    (1, "employer_confirm", "refuse", ()), (1, "formal", "refuse", ()), (1, "eligibility", "refuse", ()),
    (1, "theory", "fail", ()), (1, "expert", "fail", ()), (1, "joint", "refuse", ()),
)  # fmt: skip
_SHOWN = ((6, "notice", "", ()), (1, "joint", "refuse", ()))
_RUNNING = (
    (5, "meeting", "", ()),
    (2, "joint", "ready", ()), (1, "joint", "issue", ()), (4, "joint", "", ()),
    (1, "expert", "fail", ()), (6, "expert", "", ()),
    (2, "practical", "half", ()), (3, "practical", "", ()),
    (1, "theory", "fail", ()), (5, "theory", "", (7, 6, 5)),
    (2, "eligibility", "proposed", (3,)), (1, "eligibility", "refuse", (6,)), (5, "eligibility", "", (4, 2, 1)),
    (2, "formal", "corrected", (7,)), (3, "formal", "returned", (4,)), (1, "formal", "refuse", (8,)),
    (7, "formal", "", (5, 3, 2, 1)),
    (1, "employer_confirm", "refuse", (6,)), (8, "employer_confirm", "", (4, 1, 2, 0.2)),
    (4, "draft", "", (3, 2, 1)),
)  # fmt: skip
_FEW = frozenset({("valid", ""), ("valid", "revoked"), ("formal", "returned")})


def batches(*, whole: bool = True) -> tuple[Batch, ...]:
    """The round that is over, the one whose list is in public now, and the one that runs, in that order.

    Not `whole`: one for each stage and a few more, for tests.
    """
    made, number = [], 1
    for key, round_, nth, wanted, days in (
        ("finished", "first", 1, _FINISHED, FINISHED_DAYS),
        ("shown", "second", 2, _SHOWN, SHOWN_DAYS),
        ("running", "third", 3, _RUNNING, RUNNING_DAYS),
    ):
        sized = wanted if whole else [(1, *rest) for _, *rest in wanted if not rest[1] or tuple(rest[:2]) in _FEW]
        plans = tuple(_many(number, sized))
        number += len(plans)
        made.append(Batch(key, round_, nth, plans if whole else tuple(map(_self, plans)), days))
    return tuple(made)


def _self(plan: Plan) -> Plan:
    return replace(plan, at=cast.EMPLOYERS[0])
