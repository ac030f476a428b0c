"""Where what runs now cannot go on, or will not be able to: one list for whoever runs it, each with the way to mend it.

The checks of an opening are asked again while a round runs, since people leave and years end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base import reading
from models.queries import unattended as queries
from models.queries.unattended import Left
from models.rounds import Round, RoundState
from workflow.domain.actor import Actor
from workflow.domain.program.problems import Problem
from workflow.domain.program.schema import Label
from workflow.services import health, rounds, unattended
from workflow.services.own_rounds import mine
from workflow.services.rounds import RoundLine
from workflow.services.unattended import Missing
from workflow.services.unmet import Unmet, of_rounds

_ONLY_BEFORE = frozenset({"O01", "O08"})
"""Numbers to be filled in and a last day to come: asked before a round opens, settled when it runs."""


@dataclass(frozen=True)
class LeftWith:
    """Open items that lie with somebody whose account is disabled."""

    left: Left
    acts_as: Label | None


@dataclass(frozen=True)
class OfRound:
    line: RoundLine
    problems: tuple[Problem, ...]
    waiting: tuple[Missing, ...]  # cases at organizations in which nobody can act
    left: tuple[LeftWith, ...]
    unmet: tuple[Unmet, ...] = ()  # conditions that nobody has ever met

    @property
    def count(self) -> int:
        return len(self.problems) + len(self.waiting) + len(self.left) + len(self.unmet)


@dataclass(frozen=True)
class DeadEnds:
    """`failed`: messages that could not be carried; `rounds`: those that run, whether or not something is wrong."""

    rounds: tuple[OfRound, ...]
    failed: int

    @property
    def count(self) -> int:
        return sum(each.count for each in self.rounds) + (self.failed > 0)


def found(actor: Actor, now: datetime) -> DeadEnds:
    """Of every round that this actor runs and that is open."""
    running = [line for line in rounds.listed(actor) if line.state == RoundState.OPEN]
    with reading() as session:
        unmet = of_rounds(session, [line.id for line in running]) if running else {}
    found = tuple(_of_round(line, actor, now, unmet.get(line.id, ())) for line in running)
    return DeadEnds(found, len(health.health(actor, now).failed))


def _of_round(line: RoundLine, actor: Actor, now: datetime, unmet: tuple[Unmet, ...]) -> OfRound:
    problems = [each for each in rounds.opening_problems(actor, now, line.ref) if each.code not in _ONLY_BEFORE]
    return OfRound(
        line, tuple(problems), unattended.of_round(actor, now, line.ref).waiting, tuple(_left(line, actor)), unmet
    )


def _left(line: RoundLine, actor: Actor) -> Sequence[LeftWith]:
    with reading() as session:
        row, definition = mine(session, actor, session.scalars(select(Round).where(Round.id == line.id)).first())
        roles = definition.roles
        return [
            LeftWith(each, roles[each.role].name if each.role in roles else None)
            for each in queries.left(session, row.id)
        ]
