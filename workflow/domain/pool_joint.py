"""Acts on a list of a joint check: one department's 无异议 for many, and the lead's 通过 for those clear everywhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Item, Outcome
from workflow.domain.errors import MovedOn, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import JointCheckStage
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages.joint_check import CLEAR
from workflow.domain.transitions import decide
from workflow.domain.words import Words

_NOT_OPEN = Reason(Words("这一件已经答复过，或者不在你手上"))
_NOT_CLEAR = Reason(Words("不是每个部门都无异议，请单独作结论"))


def of_a_joint_check(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> tuple[dict[int, Outcome], dict[int, tuple[Reason, ...]]]:
    """`answer` for the department `inputs["role"]`, or `pass`: what follows for each, and who is left aside, why."""
    kind = book.stage(stage)
    if not isinstance(kind, JointCheckStage) or action.name not in ("answer", "pass"):
        raise NotFound
    role = str(action.inputs.get("role") or "") if action.name == "answer" else kind.lead
    outcomes: dict[int, Outcome] = {}
    aside: dict[int, tuple[Reason, ...]] = {}
    for case in pool:
        item = _open_item(book, case, stage, role, actor)
        if item is None:
            aside[case.id] = (_NOT_OPEN,)
        elif action.name == "pass" and not clear_everywhere(case, kind):
            aside[case.id] = (_NOT_CLEAR,)
        else:
            try:
                outcomes[case.id] = decide(book, case, replace(action, item=item.no), actor, now)
            except NotReady as refusal:
                aside[case.id] = refusal.reasons
            except MovedOn:
                aside[case.id] = (_NOT_OPEN,)
    return outcomes, aside


def clear_everywhere(case: Application, stage: JointCheckStage) -> bool:
    said = {each.role: each.answer for each in case.state.answers_of_departments()}
    return all(said.get(role) == CLEAR for role in stage.by)


def _open_item(book: Rulebook, case: Application, stage: str, role: str, actor: Actor) -> Item | None:
    for item in case.state.open_items():
        subject = CaseSubject(book.definition, case, item)
        if item.stage == stage and item.role == role and can(actor, Permission.ITEM_ACT, subject):
            return item
    return None
