"""What somebody has to do with the programs of the house, and what waits for them: asked for the frame of every page,
so it is one look that answers all of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import ask, reading
from models.programs import ProgramVersion
from models.rounds import Round
from workflow.domain.actor import ADMINISTRATOR, Actor, Holding, Office
from workflow.domain.policy import is_of
from workflow.domain.program.schema import Definition, JointCheckStage, NoticeStage, ScoreStage, VoteStage
from workflow.services import clock, inbox
from workflow.services.rulebooks import definition_of

_EVERY = select(ProgramVersion.id, ProgramVersion.program_id, ProgramVersion.digest, Round.id, Round.state).outerjoin(
    Round, Round.version_id == ProgramVersion.id
)


@dataclass(frozen=True)
class Reach:
    """Whether there is anything of a kind for somebody, so that a link to it is worth drawing."""

    runs: bool = False  # a round
    answers: bool = False  # for a department, in joint checks
    leads: bool = False  # joint checks, or may know what departments said
    brings: bool = False  # results from a table
    settles: bool = False  # objections
    keeps: bool = False  # meetings
    counts: bool = False  # sheets
    unread: int = 0
    stands_still: bool = False  # the clock; whoever runs rounds can have it started again


@dataclass(frozen=True)
class _Roles:
    """Whom one version asks for what."""

    runs: frozenset[str]
    answers: frozenset[str]
    leads: frozenset[str]
    brings: frozenset[str]
    settles: frozenset[str]
    keeps: frozenset[str]
    counts: frozenset[str]
    by_office: frozenset[str]


@dataclass(frozen=True)
class _Standing:
    """A version, and one of the rounds that run by it."""

    program_id: int
    round_id: int | None
    planned: bool
    roles: _Roles


def reach_of(actor: Actor, now: datetime) -> Reach:
    with reading() as session:
        every = list(_standing(session)) if actor.holdings else []
        in_rounds = [each for each in every if each.round_id is not None]
        begun = [each for each in in_rounds if not each.planned]
        runs = _any(actor, in_rounds, lambda held, at: held.role in at.roles.runs and _is_at(held, at))
        return Reach(
            runs=runs,
            answers=_any(actor, every, lambda held, at: held.role in at.roles.answers and _is_in(held, at)),
            leads=_any(actor, every, lambda held, at: held.role in at.roles.leads and _is_in(held, at)),
            brings=_any(actor, begun, lambda held, at: _brings(held, at) and _is_at(held, at)),
            settles=_any(actor, in_rounds, lambda held, at: held.role in at.roles.settles and _is_at(held, at)),
            keeps=_any(actor, in_rounds, lambda held, at: held.role in at.roles.keeps),
            counts=_any(actor, begun, _counts),
            unread=inbox.unread(actor, now),
            stands_still=(runs or Office.PROGRAMS in actor.offices) and clock.stands_still(now),
        )


def _any(actor: Actor, every: list[_Standing], fits: Callable[[Holding, _Standing], bool]) -> bool:
    return any(fits(held, at) for at in every for held in actor.holdings)


def _is_at(held: Holding, at: _Standing) -> bool:
    """For some case of the round; of which one, the rules are asked again for each."""
    return held.program_id in (None, at.program_id) and held.round_id in (None, at.round_id)


def _is_in(held: Holding, at: _Standing) -> bool:
    return held.program_id == at.program_id


def _brings(held: Holding, at: _Standing) -> bool:
    found_through = held.organization_path is not None
    if held.role == ADMINISTRATOR and found_through and at.roles.brings & at.roles.by_office:
        return True
    return held.role in at.roles.brings and (found_through or held.role not in at.roles.by_office)


def _counts(held: Holding, at: _Standing) -> bool:
    return held.role in at.roles.counts and held.organization_path is None and held.program_id in (None, at.program_id)


# -- what versions say -------------------------------------------------------------------------------------------------
_roles: dict[str, _Roles] = {}


def _standing(session: Session) -> Iterator[_Standing]:
    for version, program, digest, round_, state in ask(session, _EVERY).all():
        if digest not in _roles:  # a version never changes: one look at it is enough for the life of the process
            _roles[digest] = _roles_of(definition_of(session.get_one(ProgramVersion, version)))
        yield _Standing(program, round_, state == "planned", _roles[digest])


def _roles_of(definition: Definition) -> _Roles:
    stages = definition.stages.values()
    joint = [each for each in stages if isinstance(each, JointCheckStage)]
    scored = [each for each in stages if isinstance(each, ScoreStage)]
    tables = [each for each in scored if each.import_ and not each.blind]
    run_by = {definition.run_by}
    return _Roles(
        runs=frozenset(run_by),
        answers=frozenset(role for each in joint for role in each.by if role != each.lead),
        leads=frozenset(role for each in joint for role in (each.lead, *each.detail_for, definition.run_by)),
        brings=frozenset(role for each in tables for role in (*each.raters, each.closed_by)),
        settles=frozenset(each.objection.by for each in stages if isinstance(each, NoticeStage)),
        keeps=frozenset(each.secretary for each in stages if isinstance(each, VoteStage)),
        counts=frozenset({each.closed_by for each in scored} | (run_by if scored else set())),
        by_office=frozenset(role for role in definition.roles if is_of(definition, role)),
    )
