"""`joint_check`: several departments answer side by side, and one office concludes (LANGUAGE.md 3.2).

Silence is never a pass: the lead's own item is opened by the last answer, and taken away when somebody is asked again.
"""

from collections.abc import Mapping
from typing import Any

from workflow.domain.application import Duty, Item, Status
from workflow.domain.calendar import local_day
from workflow.domain.departments import DepartmentAnswer
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can, leads_joint
from workflow.domain.program.schema import Field, JointCheckStage, Stage
from workflow.domain.stages import effects, kinds
from workflow.domain.stages import follow_up_rerun as rerun
from workflow.domain.stages.base import Act, Kind, Work, opening
from workflow.domain.words import Words

CLEAR, ISSUE, UNKNOWN = "clear", "issue", "unknown"
ANSWERS: Mapping[str, Words] = {CLEAR: Words("无异议"), ISSUE: Words("有异议"), UNKNOWN: Words("不掌握")}
CATEGORIES: Mapping[str, Words] = {
    "dishonesty": Words("失信、经营异常"),
    "penalty": Words("行政处罚"),
    "crime": Words("违法犯罪"),
    "judgment": Words("判决未履行、被执行"),
    "discipline": Words("纪律处分或正在审查"),
    "dispute": Words("信访、矛盾纠纷"),
    "safety": Words("安全、环保、质量责任"),
    "land": Words("违法用地、违法建设"),
    "untrue": Words("所报情况与掌握的不符"),
    "other": Words("其他"),
}
"""What an objection is about; the words about it stay with the department's detail."""

BASIS_LONGEST, DETAIL_LONGEST = 120, 2000


def _joint(work: Work) -> JointCheckStage | None:
    return work.stage if isinstance(work.stage, JointCheckStage) else None


def standing(work: Work) -> dict[str, DepartmentAnswer]:
    """The answer of each department that counts now, by role."""
    anew = rerun.owed_by(work, work.item)
    if anew is not None:
        return rerun.said(work, anew)
    return {each.role: each for each in work.state.answers_of_departments()}


def waiting_for(work: Work, stage: JointCheckStage) -> list[str]:
    """Departments that have not answered."""
    given = standing(work)
    return [role for role in stage.by if role not in given]


def _runs_now(work: Work) -> bool:
    """The stay that the item belongs to is the one that runs; or it is asked anew after the recognition."""
    item, entry = work.item, work.before.state.entry
    return (_joint(work) is not None and rerun.is_asked_anew(work)) or (
        _joint(work) is not None
        and work.before.state.status is Status.OPEN
        and entry is not None
        and work.before.state.stage == getattr(work.stage, "key", None)
        and (item is None or item.entry_no == entry.no)
    )


def _is_leads(work: Work, item: Item) -> bool:
    """The conclusion waits only where every department has answered, so that one role may be both."""
    stage = _joint(work)
    return stage is not None and item.role == stage.lead and item.is_open and not waiting_for(work, stage)


def _may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


# -- a department answers ----------------------------------------------------------------------------------------------
def _answering(work: Work) -> bool:
    """An open question, or an answer that stands and may still be put right."""
    stage, item = _joint(work), work.item
    if stage is None or item is None or not _runs_now(work) or item.role not in stage.by:
        return False
    if item.duty is not (Duty.ACT if item.about is None else Duty.ANSWER):
        return False
    if item.is_open:
        return not _is_leads(work, item)
    given = standing(work).get(item.role)
    return given is not None and given.item_no == item.no


def _answer_missing(work: Work) -> list[Reason]:
    said = work.text("answer")
    if said not in ANSWERS:
        return [Reason(Words("请选无异议、有异议或不掌握"), "answer")]
    if said == ISSUE:
        return _issue_missing(work)
    given = standing(work).get(work.item.role) if work.item is not None else None
    if given is not None and given.answer == said and given.reused_from is None:
        return [Reason(Words("原来就是这样答复的"), "answer")]
    return []


def _issue_missing(work: Work) -> list[Reason]:
    reasons = []
    if work.text("category") not in CATEGORIES:
        reasons.append(Reason(Words("有异议要选是哪一类"), "category"))
    reasons += work.needs_text("basis", Words("有异议要写依据的文号或编号"))
    for name, longest in (("basis", BASIS_LONGEST), ("detail", DETAIL_LONGEST)):
        if len(work.text(name)) > longest:
            reasons.append(Reason(Words("写得太长，最多 %(n)s 字", n=longest), name))
    return reasons


def _answer(work: Work) -> None:
    stage, item = _joint(work), work.item
    if stage is None or item is None:
        return
    said = work.text("answer")
    if said == ISSUE:
        work.sealed.update({name: work.text(name) for name in ("category", "basis", "detail")})
    last, anew = waiting_for(work, stage) == [item.role], rerun.owed_by(work, item)
    concludes = rerun.conclusion(work, anew) if anew is not None else [_lead_item(work, stage)]
    work.tell(
        "department_answered",
        item=item.no,
        role=item.role,
        answer=said,
        digest=work.text("digest") or None if said == ISSUE else None,
        stale=[each.no for each in work.state.open_items() if _waits_for(work, each)] or None,
        opens=concludes if last else None,
    )


def _waits_for(work: Work, item: Item) -> bool:
    """Whoever concludes from these answers: what they saw is stale."""
    anew = rerun.owed_by(work, work.item)
    if anew is None:
        return _is_leads(work, item)
    return item.about == anew.about and item.stage != getattr(work.stage, "key", None)


def _lead_item(work: Work, stage: JointCheckStage) -> dict[str, Any]:
    return {"role": stage.lead, "organization": work.before.places.get(stage.lead)}


# -- what is known from before -----------------------------------------------------------------------------------------
def _reused(work: Work, stage: Stage) -> None:
    """Who answered 无异议 about the same person not long ago is not asked again; an objection is always looked at anew.

    The time runs from the answer itself, never from where it was used again.
    """
    if not isinstance(stage, JointCheckStage) or stage.reuse is None:
        return
    today = local_day(work.now)
    for known in sorted(work.before.earlier_answers, key=lambda each: each.at, reverse=True):
        item = next((i for i in work.state.open_items() if i.role == known.role and i.stage == stage.key), None)
        if item is None or known.role not in waiting_for(work, stage) or known.answer != CLEAR:
            continue
        day = local_day(known.at)
        if work.book.calendar.add(day, stage.reuse).date < today:
            continue
        work.tell(
            "answer_reused",
            item=item.no,
            role=known.role,
            answer=known.answer,
            application=known.application_id,
            answered=day.isoformat(),
            opens=[_lead_item(work, stage)] if waiting_for(work, stage) == [known.role] else None,
        )


# -- the lead asks again -----------------------------------------------------------------------------------------------
def _leads(work: Work) -> bool:
    stage = _joint(work)
    return stage is not None and leads_joint(work.actor, work.definition, work.before, stage)


def _can_ask(work: Work) -> bool:
    """Somebody has answered; and where the page says which answer it saw, it is still that one."""
    if not _runs_now(work) or not standing(work):
        return False
    given, seen = standing(work).get(work.text("role")), work.inputs.get("attempt")
    return given is None or seen is None or given.attempt == seen


def _ask_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明为什么要再问一次，部门会看到"))
    if work.text("role") not in standing(work):
        reasons.append(Reason(Words("请选一个已经答复的部门"), "role"))
    return reasons


def _ask_again(work: Work) -> None:
    stage, role = _joint(work), work.text("role")
    if stage is None:
        return
    again = next(each for each in opening(work, stage) if each["role"] == role)
    work.tell(
        "department_asked",
        {"reason": work.text("reason")},
        role=role,
        ends=[each.no for each in work.state.open_items() if _is_leads(work, each)] or None,
        opens=[{**again, "stage": stage.key}],
    )


# -- the lead concludes ------------------------------------------------------------------------------------------------
def _concludes(effect: str) -> Any:
    def stands(work: Work) -> bool:
        stage, item = _joint(work), work.item
        return (
            stage is not None
            and item is not None
            and item.duty is Duty.ACT
            and effect in stage.may
            and _runs_now(work)
            and _is_leads(work, item)
        )

    return stands


def verified(work: Work) -> Mapping[str, str]:
    """How it was verified where a department knows nothing, by role."""
    given = work.inputs.get("verified") or {}
    return {role: str(text).strip() for role, text in given.items() if str(text).strip()}


def _pass_missing(work: Work) -> list[Reason]:
    stage = _joint(work)
    if stage is None:
        return []
    reasons = _record_missing(work, stage)
    for role in stage.by:
        given, name = standing(work)[role], work.definition.roles[role].name
        if given.answer == UNKNOWN and role not in verified(work):
            reasons.append(Reason(Words("“%(name)s”不掌握情况，请写明另外怎么核实的", name=name), f"verified.{role}"))
        elif given.answer == ISSUE:
            words = Words("“%(name)s”的异议还没有消除，不能通过：请它复核后改答复，或者作不通过", name=name)
            reasons.append(Reason(words, f"department.{role}"))
    return reasons


def _record_missing(work: Work, stage: JointCheckStage) -> list[Reason]:
    recorded, held = work.inputs.get("record") or {}, work.before.records.get(stage.key, {})
    return [
        Reason(Words("“%(name)s”还没有填", name=field.name), f"record.{key}")
        for key, field in stage.record.items()
        if field.required is True and recorded.get(key, held.get(key)) in (None, "", (), [])
    ]


def _conclusion_missing(effect: str) -> Any:
    if effect == "pass":
        return _pass_missing
    words = Words("请写明不通过的理由，会原样告诉申报人") if effect == "refuse" else Words("请写明暂缓的理由")
    return lambda work: work.needs_text("reason", words)


def _conclude(effect: str) -> Any:
    def follows(work: Work) -> None:
        said = [each.answer for each in standing(work).values()]
        if effect != "defer":
            work.tell(
                "joint_check_concluded",
                {f"verified.{role}": text for role, text in verified(work).items()} if effect == "pass" else {},
                what=effect,
                **{answer: said.count(answer) for answer in ANSWERS},
            )
        work.records.update(work.inputs.get("record") or {})
        until = work.inputs.get("until") if effect == "defer" else None
        effects.give(work, effect, {"until": until.isoformat()} if until else {})

    return follows


def _record_inputs(stage: Stage | None) -> Mapping[str, Field]:
    return stage.record if isinstance(stage, JointCheckStage) else {}


JOINT_CHECK = kinds.register(
    Kind(
        "joint_check",
        (
            Act("answer", Words("答复"), _answering, _may_act, _answer, _answer_missing),
            *(
                Act(
                    effect,
                    effects.LABELS[effect],
                    _concludes(effect),
                    _may_act,
                    _conclude(effect),
                    _conclusion_missing(effect),
                    _record_inputs if effect == "pass" else lambda stage: {},
                )
                for effect in ("pass", "refuse", "defer")
            ),
        ),
        entered=_reused,
    )
)
ACTS = (Act("ask_again", Words("请部门再答复"), _can_ask, _leads, _ask_again, _ask_missing, on_item=False),)
