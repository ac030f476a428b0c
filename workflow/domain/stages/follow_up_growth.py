"""A stay in a follow-up of some length: tasks, mentor, placement, and how it is completed (LANGUAGE 3.7)."""

from typing import Any

from workflow.domain import rules
from workflow.domain.actor import Actor
from workflow.domain.after.growth import Growth
from workflow.domain.application import Duty
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import holds, is_barred, is_filler, is_person
from workflow.domain.program.schema import FollowUpStage, Stage
from workflow.domain.program.schema.stages import MentorLine
from workflow.domain.stages import effects
from workflow.domain.stages.base import Act, Work, answering, opening
from workflow.domain.stages.follow_up_duties import owed_before
from workflow.domain.stages.follow_up_ground import may_act, valid
from workflow.domain.words import Words

PLACE = "place"
"""What the item of whoever places is about."""


def opens(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """The holder's own, due when the stay ends, and the placement. A validity asks nobody until something falls due."""
    if not isinstance(stage, FollowUpStage) or stage.lasts == "valid":
        return []
    owed = opening(work, stage)
    if stage.placement is not None:
        role = stage.placement.by
        owed.append({"role": role, "organization": work.before.places.get(role), "about": PLACE})
    return owed


def growing(work: Work) -> FollowUpStage | None:
    """The follow-up in which the case is now, as long as its recognition stands."""
    stage = work.definition.stages.get(work.before.state.stage or "")
    return stage if isinstance(stage, FollowUpStage) and valid(work) is not None else None


def growth(work: Work) -> Growth:
    entry = work.before.state.entry
    return work.before.state.after.growth_at(entry.no if entry is not None else 0)


# -- tasks -------------------------------------------------------------------------------------------------------------
def _has_tasks(work: Work) -> bool:
    stage = growing(work)
    return stage is not None and any(not growth(work).has_done(no) for no in range(1, len(stage.tasks) + 1))


def _may_do_task(work: Work) -> bool:
    """The person, whoever fills for somebody without an account, and the mentor."""
    case = work.before
    own = is_person(work.actor, case) or (case.account_id is None and is_filler(work.actor, case))
    return own or (case.state.after.mentor is not None and case.state.after.mentor == work.actor.account_id)


def _task_missing(work: Work) -> list[Reason]:
    stage, no = growing(work), work.inputs.get("task")
    reasons = work.needs_text("evidence", Words("请写一写什么时候、做了什么"))
    if stage is None or not isinstance(no, int) or not 1 <= no <= len(stage.tasks):
        return [Reason(Words("请选是哪一项任务"), "task"), *reasons]
    if growth(work).has_done(no):
        return [Reason(Words("这一项已经做过"), "task"), *reasons]
    return reasons


def _task_follows(work: Work) -> None:
    files = list(work.inputs.get("files") or ()) or None
    work.tell("task_done", {"evidence": work.text("evidence")}, task=work.inputs["task"], files=files)


# -- the mentor --------------------------------------------------------------------------------------------------------
def mentor_line(work: Work) -> MentorLine | None:
    """The first line whose condition holds; an unknown condition leads to the next line."""
    stage = growing(work)
    inputs = work.book.inputs_after(work.before, local_day(work.now))
    for line in stage.mentors if stage is not None else ():
        if line.when is None:
            return line
        if work.book.rule(line.when, rules.Place.MENTORS).evaluate(inputs).answer is rules.Answer.MEETS:
            return line
    return None


def _holder_acts(work: Work) -> bool:
    item = work.item
    return growing(work) is not None and item is not None and item.is_open and item.duty is Duty.ACT


def _on_the_stay(work: Work) -> bool:
    return _holder_acts(work) and work.item is not None and work.item.about is None


def _assignable(work: Work) -> bool:
    return _on_the_stay(work) and mentor_line(work) is not None


def _assign_missing(work: Work) -> list[Reason]:
    """`to` is the Actor who is to mentor, `mentored` how many cases they mentor now."""
    line, to = mentor_line(work), work.inputs.get("to")
    if line is None or not isinstance(to, Actor) or to.account_id is None:
        return [Reason(Words("请选由谁帮带"), "to")]
    place = work.before.places.get(line.role)
    fits = holds(to, work.definition, work.before, line.role, place)
    if not fits or is_barred(to, work.definition, work.before, line.role) or is_person(to, work.before):
        role = work.definition.roles[line.role].name
        return [Reason(Words("帮带人要从“%(role)s”里选，并且不用回避", role=role), "to")]
    if to.account_id == work.before.state.after.mentor:
        return [Reason(Words("现在就是他帮带"), "to")]
    if line.up_to is not None and int(work.inputs.get("mentored") or 0) >= line.up_to:
        return [Reason(Words("他已经带了%(count)s人，不能再多", count=line.up_to), "to")]
    return []


def _assign_follows(work: Work) -> None:
    line, to = mentor_line(work), work.inputs["to"]
    if line is not None:
        work.tell("mentor_assigned", {"note": work.text("note")}, mentor=to.account_id, role=line.role)


# -- the placement -----------------------------------------------------------------------------------------------------
def _placing(work: Work) -> bool:
    return _holder_acts(work) and work.item is not None and work.item.about == PLACE


def _place_missing(work: Work) -> list[Reason]:
    """`organization` is the number of the unit, `code` what an answer holds of it; both from the service."""
    if not isinstance(work.inputs.get("organization"), int) or not work.text("code"):
        return [Reason(Words("请选安排到哪个单位"), "organization")]
    return []


def _place_follows(work: Work) -> None:
    work.tell(
        "placed",
        {"note": work.text("note")},
        item=work.action.item,
        organization=work.inputs["organization"],
        code=work.text("code"),
    )


# -- the end of the stay -----------------------------------------------------------------------------------------------
def _open_tasks(work: Work, stage: FollowUpStage) -> list[Reason]:
    """`complete_when` takes the place of the tasks."""
    if stage.complete_when is None:
        left = [name for no, name in enumerate(stage.tasks, start=1) if not growth(work).has_done(no)]
        return [Reason(Words("还有%(count)s项任务没有做", count=len(left)))] if left else []
    inputs = work.book.inputs_after(work.before, local_day(work.now))
    decision = work.book.rule(stage.complete_when, rules.Place.COMPLETE).evaluate(inputs)
    if decision.answer is rules.Answer.MEETS:
        return []
    return [Reason(Words("还没有达到这一阶段的要求：%(rule)s", rule=stage.complete_when))]


def _complete_missing(work: Work) -> list[Reason]:
    stage, item = growing(work), work.item
    if stage is None or item is None:
        return []
    reasons = _open_tasks(work, stage)
    if stage.placement is not None and growth(work).placed is None:
        reasons.append(Reason(Words("还没有安排单位")))
    reasons += owed_before(work)
    due = work.book.due(work.before, item, work.now)
    if due is not None and work.now < due:
        reasons += work.needs_text("reason", Words("还没有到期，提前结束请写明理由"))
    return reasons


def _complete_follows(work: Work) -> None:
    stage = work.before.state.stage
    work.tell("stage_completed", {"reason": work.text("reason")}, item=work.action.item, stage=stage)
    effects.advance(work, stage)


ON_ITEM = answering(
    {Duty.ACT},
    Act("assign_mentor", Words("指定帮带人"), _assignable, may_act, _assign_follows, _assign_missing),
    Act("place", Words("安排单位"), _placing, may_act, _place_follows, _place_missing),
    Act("complete", Words("完成这一阶段"), _on_the_stay, may_act, _complete_follows, _complete_missing),
)
ON_CASE = (Act("do_task", Words("登记任务"), _has_tasks, _may_do_task, _task_follows, _task_missing, on_item=False),)
