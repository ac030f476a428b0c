"""Whom the changes between two versions reach, case by case. Writes nothing: a rebase is an event of its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workflow.domain.program.compare import Change
from workflow.domain.program.schema import Definition, ScoreStage, VoteStage
from workflow.domain.program.schema.definition import asked_at
from workflow.domain.words import Words


@dataclass(frozen=True)
class Standing:
    """Where one running case stands. `entered`: stages entered so far; `opened`: `duties.report`, `sessions.class` …"""

    entered: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    draft: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class Effect:
    change: Change
    reaches: bool
    why: Words


def rebase(changes: Collection[Change], case: Standing, judged: frozenset[str], b: Definition) -> tuple[Effect, ...]:
    """`judged`: the stages of the round in which anybody has scored or voted. A draft follows the newest version."""
    return tuple(_effect(change, case, judged, b) for change in changes)


def rebase_round(
    changes: Collection[Change], cases: Mapping[int, Standing], judged: frozenset[str], b: Definition
) -> dict[int, tuple[Effect, ...]]:
    return {case: rebase(changes, standing, judged, b) for case, standing in cases.items()}


def _effect(change: Change, case: Standing, judged: frozenset[str], b: Definition) -> Effect:
    if case.draft:
        return Effect(change, True, Words("草稿总是按最新的方案"))
    if change.reach == "free":
        return Effect(change, True, Words("立即生效"))
    if change.reach == "ahead":
        return _ahead(change, case)
    if change.reach == "round":
        done = sorted(judged & measured_at(change, b))
        if done:
            return Effect(
                change, False, Words("本批在“%(stage)s”已有人打分或投票，全批都按原来的办法", stage=_name(b, done[0]))
            )
        return Effect(change, True, Words("本批还没有人打分或投票，全批一起改"))
    if change.reach == "ask":
        reason = Words("主办选定了这一件") if case.chosen else Words("要由主办选定，并写明理由")
        return Effect(change, case.chosen, reason)
    return Effect(change, False, Words("只对新的申报生效"))


def _ahead(change: Change, case: Standing) -> Effect:
    if change.stage in case.entered:
        return Effect(change, False, Words("已经进入这个环节，按原来的办法办完"))
    if change.opening in case.opened:
        return Effect(change, False, Words("这一项已经开始，按原来的办法办完"))
    return Effect(change, True, Words("还没有走到这里"))


def measured_at(change: Change, b: Definition) -> frozenset[str]:
    """The stages where the change measures people against each other; every such stage, where it names none."""
    measuring = frozenset(key for key, stage in b.stages.items() if isinstance(stage, ScoreStage | VoteStage))
    if change.stage is not None:
        return frozenset((change.stage,))
    if change.path[:2] == ("scoring", "sheets") and change.path[2] in b.scoring.sheets:
        sheet = b.scoring.sheets[change.path[2]]
        return frozenset(key for key in measuring if _uses(b, key, sheet.key))
    return measuring


def _uses(b: Definition, stage: str, sheet: str) -> bool:
    """Scored there, or ranked there by what was scored."""
    found = b.stages[stage]
    if not isinstance(found, ScoreStage):
        return True
    return found.sheet == sheet or (found.sheet is None and asked_at(b.scoring.sheets[sheet], stage))


def _name(b: Definition, stage: str) -> object:
    return b.stages[stage].name if stage in b.stages else stage
