"""What every act on a list begins with: who else is on the way, one list for each place, the first who may."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workflow.domain.actor import Actor
from workflow.domain.application import Application, Status
from workflow.domain.dryrun.world import World
from workflow.domain.errors import Reason
from workflow.domain.program.schema import (
    Stage,
)
from workflow.domain.words import Words

Why = tuple[Reason, ...]
DONE: Why = ()
"""Somebody was moved."""
WAITS: Why = (Reason(Words("同批还有人没有到这一步")),)


class Lists:
    def __init__(self, world: World) -> None:
        self.world = world

    def coming(self, stage: Stage, round_id: int) -> list[Application]:
        """Of the same round, on a route that passes here, running and not here yet."""
        found = []
        for case in self.world.in_round(round_id):
            route = self.world.book.route(case.channel)
            running = case.state.status in (Status.OPEN, Status.CORRECTING, Status.HELD)
            passes = running and stage.key in route and case.state.stage in route
            if passes and route.index(case.state.stage or "") < route.index(stage.key):
                found.append(case)
        return found

    def rolls(self, round_id: int) -> bool:
        channels = self.world.definition.channels
        return any(channels[case.channel].intake.mode == "rolling" for case in self.world.in_round(round_id)[:1])

    def by_place(self, *roles: str, of: Sequence[Application]) -> dict[tuple[int | None, ...], list[Application]]:
        """Where holders are found through organizations, each list has those of one."""
        found: dict[tuple[int | None, ...], list[Application]] = defaultdict(list)
        for case in of:
            found[tuple(case.places.get(role) for role in roles)].append(case)
        return found

    def by_first(
        self, actors: Sequence[Actor], key: str, pool: Sequence[Application], name: str, at: datetime, **inputs: Any
    ) -> Why:
        """By the first who may."""
        why: Why = (Reason(Words("没有人可以办这一步")),)
        for actor in actors:
            refused = self.world.act_on_many(key, pool, name, actor, at, **inputs)
            if refused is None:
                return DONE
            why = refused
        return why
