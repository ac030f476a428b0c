"""A stage run once more after the recognition (`runs`): its rules as of the occurrence's day, its departments anew."""

from collections.abc import Mapping
from typing import Any

from workflow.domain import rules
from workflow.domain.after.duties import Owed, named
from workflow.domain.application import Application, Item, Status
from workflow.domain.application import Duty as Asks
from workflow.domain.departments import DepartmentAnswer
from workflow.domain.errors import Reason
from workflow.domain.program.schema import CheckStage, JointCheckStage, Stage
from workflow.domain.program.schema.after import Duty
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages.base import Work
from workflow.domain.words import Words


# -- whose it is -------------------------------------------------------------------------------------------------------
def owed_by(work: Work, item: Item | None) -> Owed | None:
    """The open occurrence that an item asks for."""
    if item is None or item.about is None:
        return None
    found = named(item.about, work.state.after.duties)
    return found if found is not None and found.is_open else None


def is_asked_anew(work: Work) -> bool:
    """Whether the item is a department's question within a duty that stands open."""
    item, known = work.item, work.before.state.recognition
    return (
        item is not None
        and item.duty is Asks.ANSWER
        and owed_by(work, item) is not None
        and known is not None
        and known.is_valid
        and work.before.state.status is not Status.HELD
    )


def said(work: Work, owed: Owed) -> dict[str, DepartmentAnswer]:
    """The answer of each department to this occurrence, by role."""
    mine = {item.no for item in work.state.items if item.about == owed.about}
    return {each.role: each for each in work.state.departments if each.current and each.item_no in mine}


def conclusion(work: Work, owed: Owed) -> list[dict[str, Any]]:
    """The items of whoever concludes, once every department has answered."""
    return [
        {
            "duty": Asks.ANSWER.value,
            "role": role,
            "organization": work.before.places.get(role),
            "stage": work.before.state.stage,
            "about": owed.about,
        }
        for role in owed.roles
    ]


def departments(work: Work, stage: JointCheckStage, about: str) -> list[dict[str, Any]]:
    return [
        {
            "duty": Asks.ANSWER.value,
            "role": role,
            "organization": work.before.places.get(role),
            "stage": stage.key,
            "about": about,
        }
        for role in stage.by
    ]


# -- what the rules say ------------------------------------------------------------------------------------------------
def judged(book: Rulebook, application: Application, stage: Stage, owed: Owed) -> dict[str, str]:
    """Each condition of the stage as of the day of the occurrence: meets, fails or look."""
    if not isinstance(stage, CheckStage) or stage.rules == "none":
        return {}
    inputs = book.inputs_after(application, owed.nominal)
    found = {}
    for rule in book.rules_of(application):
        if rule.rule is None or (stage.rules != "all" and rule.key not in stage.rules):
            continue
        answer = book.rule(rule.rule, rules.Place.ELIGIBILITY).evaluate(inputs).answer
        softly = answer is rules.Answer.FAILS and rule.otherwise == "look"
        found[rule.key] = (rules.Answer.LOOK if softly else answer).value
    return found


def stage_run(book: Rulebook, duty: Duty) -> Stage | None:
    return book.stage(duty.runs) if duty.runs is not None else None


def second(stage: Stage | None, effect: str, role: str) -> str | None:
    """Who signs besides whoever answers: another of the same role, where the stage asks for two and this settles it."""
    two = isinstance(stage, CheckStage) and stage.signers > 1
    return role if two and effect in ("pass", "refuse") else None


def missing(work: Work, stage: Stage, owed: Owed) -> list[Reason]:
    effect = work.text("effect")
    if effect not in stage.may:
        return [Reason(Words("请选结论"), "effect")]
    if effect != "pass":
        reasons = work.needs_text("reason", Words("请写明理由"))
        return reasons + (_flags_missing(work) if effect == "return" else [])
    return _departments_missing(work, stage, owed) + _rules_missing(work, stage, owed)


def _flags_missing(work: Work) -> list[Reason]:
    flags, fields = work.inputs.get("flags") or {}, work.definition.form_fields()
    if not flags:
        return [Reason(Words("没有标出要补正的项目：请在要改的那几项上写明怎么改"), "flags")]
    unknown = [key for key in flags if key.partition(".")[0] not in fields]
    return [Reason(Words("没有这一项，请刷新页面再试"), key) for key in unknown]


def _departments_missing(work: Work, stage: Stage, owed: Owed) -> list[Reason]:
    if not isinstance(stage, JointCheckStage):
        return []
    answers, verified = said(work, owed), work.inputs.get("verified") or {}
    reasons = []
    for role in stage.by:
        given, name = answers.get(role), work.definition.roles[role].name
        if given is None:
            reasons.append(Reason(Words("“%(name)s”还没有答复", name=name), f"department.{role}"))
        elif given.answer == "unknown" and not str(verified.get(role) or "").strip():
            reasons.append(Reason(Words("“%(name)s”不掌握情况，请写明另外怎么核实的", name=name), f"verified.{role}"))
        elif given.answer == "issue":
            words = Words("“%(name)s”的异议还没有消除，不能通过：请它复核后改答复，或者作不通过", name=name)
            reasons.append(Reason(words, f"department.{role}"))
    return reasons


def _rules_missing(work: Work, stage: Stage, owed: Owed) -> list[Reason]:
    given: Mapping[str, Mapping[str, Any]] = work.inputs.get("rule_verdicts") or {}
    reasons = []
    for key, answer in judged(work.book, work.before, stage, owed).items():
        name = work.definition.eligibility.rules[key].name
        verdict = str(given.get(key, {}).get("verdict") or "") or answer
        if verdict == "look":
            words = Words("条件 %(key)s “%(name)s”要由人判断：请选符合或不符合", key=key, name=name)
            reasons.append(Reason(words, key))
        elif verdict == "fails" and not work.text("reason"):
            words = Words("条件 %(key)s “%(name)s”不符合，仍要通过请写理由", key=key, name=name)
            reasons.append(Reason(words, "reason"))
    return reasons


def verdicts(work: Work, stage: Stage, owed: Owed) -> dict[str, str]:
    """What the conditions came to: a person's word before the reckoned one."""
    given: Mapping[str, Mapping[str, Any]] = work.inputs.get("rule_verdicts") or {}
    found = judged(work.book, work.before, stage, owed)
    return {key: str(given.get(key, {}).get("verdict") or answer) for key, answer in found.items()}
