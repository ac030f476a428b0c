"""Before it is decided: whom a choice would reach, round by round, and the cases that it can be narrowed to.

Who builds programs knows cases by their number, never by a name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading
from models.rounds import RoundState
from workflow.domain.actor import Actor
from workflow.domain.program.rebase import Standing, rebase
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words
from workflow.services.rulebooks import definition_of
from workflow.services.studio import drafts
from workflow.services.studio.adopting_looks import looks_of
from workflow.services.studio.adopting_plan import Choice, Look, Plan, goes_on, planned

MOST = 50
"""Cases that one search shows."""


@dataclass(frozen=True)
class RoundLine:
    """A round in which cases run that another version holds."""

    ref: str
    name: str
    is_open: bool
    running: int


@dataclass(frozen=True)
class CaseLine:
    """`stage` is empty for what is still being written."""

    ref: str
    number: str | None
    round: str
    channel: Label | str
    stage: Label | str


@dataclass(frozen=True)
class InRound:
    name: str
    reached: int
    kept: int


@dataclass(frozen=True)
class Whom:
    """`rounds`: those in which somebody is reached; `kept`: why the others are not, and how many."""

    reached: int
    rounds: tuple[InRound, ...]
    kept: tuple[tuple[Words, int], ...]


_SAME = Words("已经按新方案")
_LEAVES = Words("正停在新路线上没有的环节")
_STUCK = Words("按新方案走不下去，仍按原来的方案")
_OUT = Words("不在选定的批次或件里")


def rounds_with_cases(version_id: int, actor: Actor) -> Sequence[RoundLine]:
    drafts.may(actor)
    with reading() as session:
        plan = planned(session, version_id, Choice())
        counted = Counter(look.round_id for look in looks_of(session, plan.target))
        rows = [row for number, row in sorted(plan.rounds.items()) if counted[number]]
        return [RoundLine(row.ref, row.name, row.state != RoundState.CLOSED, counted[row.id]) for row in rows]


def whom(version_id: int, choice: Choice, actor: Actor) -> Whom:
    """What `adopt` would do with this choice now, beside what comes by itself. Writes nothing."""
    drafts.may(actor)
    with reading() as session:
        plan = planned(session, version_id, choice)
        reached: Counter[int] = Counter()
        kept: Counter[int] = Counter()
        why: dict[str, Words] = {}
        counted: Counter[str] = Counter()
        for look in looks_of(session, plan.target):
            said = _kept(plan, look)
            (reached if said is None else kept)[look.round_id] += 1
            if said is not None:
                why[repr(said)] = said
                counted[repr(said)] += 1
        rounds = [InRound(row.name, reached[number], kept[number]) for number, row in sorted(plan.rounds.items())]
    told = tuple((why[said], number) for said, number in counted.most_common())
    return Whom(reached.total(), tuple(one for one in rounds if one.reached or one.kept), told)


def _kept(plan: Plan, look: Look) -> Words | None:
    """Why nothing of what was chosen reaches this case; None where something does."""
    changes = plan.of(look)
    chosen = [change for change in changes if change.path in plan.choice.paths]
    text, kept = plan.text(look.version_id, changes)
    if chosen and text is not None and any(change in kept for change in chosen):
        return None if goes_on(plan, text, look) else _STUCK
    choice, round_ = plan.choice, plan.rounds[look.round_id]
    if (choice.rounds and round_.ref not in choice.rounds) or (choice.cases and look.ref not in choice.cases):
        return _OUT
    standing = Standing(look.standing.entered, look.standing.opened, chosen=True)
    differing = [change for change in plan.changes(look.version_id) if change.path in choice.paths]
    effects = rebase(differing, standing, plan.judged.get(look.round_id, frozenset()), plan.definition)
    said = next((effect.why for effect in effects if not effect.reaches), None)
    if said is None and not differing:
        return _SAME
    return said or (_STUCK if text is None else _LEAVES)


def cases(version_id: int, asked: str, ticked: Sequence[str], actor: Actor) -> tuple[Sequence[CaseLine], int]:
    """Those ticked already and those in whose number, round, channel or stage all these words stand; how many."""
    drafts.may(actor)
    with reading() as session:
        plan = planned(session, version_id, Choice())
        looks = looks_of(session, plan.target)
        numbers = _numbers(session, plan)
        definitions: dict[int, Definition] = {}
        lines = [_line(plan, look, numbers, definitions) for look in looks]
    wanted, chosen = asked.casefold().split(), set(ticked)
    found = [one for one in lines if one.ref not in chosen and all(word in _spelled(one) for word in wanted)]
    first = [one for one in lines if one.ref in chosen]
    return [*first, *found[:MOST]], len(found)


def _numbers(session: Session, plan: Plan) -> Mapping[str, str | None]:
    program = ApplicationRow.program_id == plan.target.program_id
    rows = session.execute(select(ApplicationRow.ref, ApplicationRow.number).where(program))
    return {row.ref: row.number for row in rows}


def _line(plan: Plan, look: Look, numbers: Mapping[str, str | None], definitions: dict[int, Definition]) -> CaseLine:
    if look.version_id not in definitions:
        definitions[look.version_id] = definition_of(plan.sources[look.version_id])
    definition = definitions[look.version_id]
    stage = definition.stages[look.stage].name if look.stage in definition.stages else ""
    channel = definition.channels[look.channel].name if look.channel in definition.channels else look.channel
    return CaseLine(look.ref, numbers.get(look.ref), plan.rounds[look.round_id].name, channel, stage)


def _spelled(line: CaseLine) -> str:
    said = [line.number or "", line.round]
    for name in (line.channel, line.stage):
        said += [name.zh, name.en or ""] if isinstance(name, Label) else [name]
    return " ".join(said).casefold()
