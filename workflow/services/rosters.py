"""The cases of the rounds that one runs: a list narrowed by the Scope, and how many stand where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select

from models.base import reading
from models.programs import ProgramVersion
from models.queries import rosters as queries
from models.queries.rosters import RosterLine, Standing, Wanted
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import CLOSED, RUNNING
from workflow.domain.program.outside import recordable_of
from workflow.domain.program.schema import Definition
from workflow.domain.scope import scope_of
from workflow.services import own_rounds, rounds
from workflow.services.rounds import RoundLine
from workflow.services.rulebooks import definition_of

STATUSES = {
    "running": frozenset(str(status) for status in RUNNING),
    "correcting": frozenset({"correcting"}),
    "held": frozenset({"held"}),
    "awaiting": frozenset({"awaiting_confirmation"}),
    "recognized": frozenset({"recognized"}),
    "refused": frozenset({"refused"}),
    "gone": frozenset(str(status) for status in CLOSED if str(status) != "refused"),
}
"""The fixed filters by state, each by its name in the address."""
UNATTENDED = "unattended"  # beside them: what waits at an organization in which nobody can act


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address; whatever means nothing narrows nothing."""

    state: str = ""
    stage: str = ""
    channel: str = ""
    track: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Roster:
    rounds: tuple[RoundLine, ...]
    here: RoundLine | None  # the one round that is looked at; None: all
    definition: Definition | None
    definitions: dict[int, Definition]  # version -> its words
    lines: tuple[RosterLine, ...]
    total: int
    more: bool

    @property
    def records_facts(self) -> bool:
        return self.definition is not None and bool(recordable_of(self.definition))


@dataclass(frozen=True)
class Numbers:
    standings: tuple[Standing, ...]
    unsubmitted: int

    @property
    def submitted(self) -> int:
        return sum(each.count for each in self.standings)

    @property
    def running(self) -> int:
        return sum(each.count for each in self.standings if each.status in STATUSES["running"])

    @property
    def overdue(self) -> int:
        return sum(each.overdue for each in self.standings if each.status in STATUSES["running"])

    def at(self, stage: str) -> int:
        return sum(each.count for each in self.standings if each.stage == stage)

    def ended(self, status: str) -> int:
        return sum(each.count for each in self.standings if each.status == status)


def roster(
    actor: Actor, ref: str | None, asked: Asked, after: str = "", limit: int = 50, now: datetime | None = None
) -> Roster:
    """Of one round, or of all that the actor may run."""
    mine = tuple(rounds.listed(actor))
    with reading() as session:
        here, definition = None, None
        if ref is not None:
            row, definition = own_rounds.mine(
                session, actor, session.scalars(select(Round).where(Round.ref == ref)).first()
            )
            here = next(line for line in mine if line.id == row.id)
        wanted = _wanted([here] if here else mine, asked)
        if now is not None and asked.state == UNATTENDED:
            wanted = replace(wanted, unattended_at=now)
        found = queries.page_of(session, scope_of(actor), wanted, after, limit + 1)
        total = queries.count_of(session, scope_of(actor), wanted)
        definitions = _definitions(session.scalars(_versions(found[:limit])).all())
    return Roster(mine, here, definition, definitions, tuple(found[:limit]), total, len(found) > limit)


def _wanted(lines: Sequence[RoundLine], asked: Asked) -> Wanted:
    statuses = STATUSES.get(asked.state, frozenset())
    return Wanted([line.id for line in lines], statuses, asked.stage, asked.channel, asked.track, asked.typed)


def _versions(lines: Sequence[RosterLine]) -> Select[ProgramVersion]:
    return select(ProgramVersion).where(ProgramVersion.id.in_({line.version_id for line in lines}))


def _definitions(versions: Sequence[ProgramVersion]) -> dict[int, Definition]:
    return {version.id: definition_of(version) for version in versions}


def numbers(actor: Actor, ref: str, now: datetime) -> Numbers:
    """Counts of a round by stage, for whoever may run it: also for the office, which reads no case."""
    with reading() as session:
        row, _ = own_rounds.mine(session, actor, session.scalars(select(Round).where(Round.ref == ref)).first())
        return Numbers(tuple(queries.standings(session, row.id, now)), queries.unsubmitted(session, row.id))
