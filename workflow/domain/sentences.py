"""What an event of a case says in its thread: filled from the event, in the program's own words where it has some."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.duty_days import RENEWAL
from workflow.domain.facts import OF_A_CASE
from workflow.domain.marks import shown
from workflow.domain.program.schema import Definition, FollowUpStage, Label, Stage
from workflow.domain.words import Words

_OTHERWISE: Mapping[tuple[str, str], tuple[str, Words]] = {
    ("confirmation_given", "signed"): ("done", Words("本人已在确认表上签字")),
    ("department_answered", "issue"): ("no", Words("%(department)s答复：有异议")),
    ("department_answered", "unknown"): ("unknown", Words("%(department)s答复：不掌握")),
    ("item_judged", "flag"): ("human", Words("看过“%(what)s”：要补正")),
    ("rule_judged", "fails"): ("no", Words("判断条件 %(key)s：不符合")),
    ("objection_settled", "upheld"): ("no", Words("异议成立")),
    ("objection_settled", "partly"): ("human", Words("异议部分成立，等主办单位决定")),
    ("objection_settled", "kept"): ("done", Words("异议部分成立，维持在名单上")),
    ("objection_settled", "dropped"): ("no", Words("异议部分成立，不予通过")),
    ("points_appeal_settled", "upheld"): ("back", Words("第 %(no)s 笔积分复核办结：申诉成立，已更正")),
    ("duty_opened", "renewal"): ("soon", Words("可以续认了，%(until)s 到期")),
    ("duty_done", "renewal"): ("done", Words("续认申报已交，有结果以前这份认定照旧")),
    ("duty_done", "not_answered"): ("unknown", Words("“%(duty)s”到期没有办，不再等")),
    ("duty_done", "refuse"): ("human", Words("“%(duty)s”没有通过，转研判")),
    ("duty_waived", "stage_over"): ("hold", Words("所在阶段已结束，“%(duty)s”不用再办")),
    ("appeal_settled", "upheld"): ("back", Words("复核办结：申诉成立，退回重办")),
    ("appeal_settled", "revocation"): ("done", Words("复核办结：申诉成立，认定恢复有效")),
}
_TOLD_BY = ("verdict", "conclusion", "answer", "result", "why")
_EFFECTS = {
    "passed": "pass",
    "refused": "refuse",
    "returned": "return",
    "deferred": "defer",
    "sent_back": "send_back",
}
_LABELS = {
    "pass": Words("通过"),
    "refuse": Words("不通过"),
    "return": Words("退回补正"),
    "defer": Words("暂缓"),
    "send_back": Words("退回上一环节"),
    "reopen": Words("重办"),
    "revoke": Words("撤销认定"),
}
_DECISIONS = {"keep": Words("保留"), "adjust": Words("调整"), "remove": Words("提请出库")}


def effect_words(definition: Definition, stage: str | None, effect: str) -> Words | Label:
    """The word that the program gives an effect at a stage, else the usual one."""
    known = definition.stages.get(stage or "")
    own = known.words.get(effect) if known is not None else None
    return own or _LABELS.get(effect, Words("办理"))


def sentence(
    definition: Definition, kind: str, body: Mapping[str, Any], stage: str | None, names: Mapping[int, str]
) -> tuple[str, Words]:
    """(shape, sentence) of one event that happened at `stage`."""
    told = str(next((body[name] for name in _TOLD_BY if body.get(name)), ""))
    told = RENEWAL if body.get("duty") == RENEWAL else told
    told = "revocation" if body.get("of") == "revocation" and told == "upheld" else told
    told = "signed" if kind == "confirmation_given" and body.get("signed") else told
    fact = OF_A_CASE[kind]
    shape, words = _OTHERWISE.get((kind, told)) or (fact.kind, fact.told or fact.words)
    at = definition.stages.get(str(body.get("stage") or stage or ""))
    known: dict[str, Any] = {
        "stage": at.name if at is not None else Words("办理"),
        "effect": effect_words(definition, stage, _EFFECTS.get(kind) or str(body.get("what") or "")),
        "department": definition.roles[body["role"]].name if body.get("role") in definition.roles else "",
        "n": len(body.get("flags") or body.get("changed") or ()),
        "until": str(body.get("until") or ""),
        "key": str(body.get("key") or ""),
        "first": str(body.get("first") or ""),
        "last": str(body.get("last") or ""),
        "what": name_of_place(definition, str(body.get("key") or "")),
        **_of_a_recognition(definition, body),
        **_of_points(definition, body),
        "duty": _duty(definition, body),
        "task": _task(at, body.get("task")),
        "rank": str(body.get("rank") or ""),
        "number": str(body.get("number") or ""),
        "count": str(body.get("count") or 0),
        "raters": len(body.get("seats") or ()),
        "seed": str(body.get("seed") or ""),
        "total": _points(body.get("total")),
        "to": names.get(int(body.get("to") or 0), "") if kind == "handed_over" else "",
    }
    return shape, Words(words.text, **{name: value for name, value in known.items() if f"%({name})s" in words.text})


def _task(stage: Stage | None, no: Any) -> Words | Label:
    """A task by its number from 1, in the program's own words."""
    tasks = stage.tasks if isinstance(stage, FollowUpStage) else ()
    return tasks[no - 1] if isinstance(no, int) and 0 < no <= len(tasks) else Words("一项任务")


def _duty(definition: Definition, body: Mapping[str, Any]) -> Words | Label:
    """A duty, or another thing that a condition decides, such as `duty:moved_away`."""
    kind, _, key = str(body.get("of") or f"duty:{body.get('duty') or ''}").partition(":")
    places: Mapping[str, Mapping[str, Any]] = {
        "duty": definition.duties,
        "benefit": definition.benefits,
        "exit": definition.exits,
    }
    known = places.get(kind, {}).get(key)
    return known.name if known is not None else Words("一件要办的事")


def _points(told: Any) -> str:
    """Sheets tell hundredths, a meeting the figure as it was read out."""
    return shown(told or 0) if told is None or isinstance(told, int) else str(told)


def _of_a_recognition(definition: Definition, body: Mapping[str, Any]) -> dict[str, Any]:
    benefit = definition.benefits.get(str(body.get("benefit") or ""))
    exit_ = definition.exits.get(str(body.get("exit") or ""))
    return {
        "number": str(body.get("number") or ""),
        "document": str(body.get("document") or ""),
        "no": str(body.get("no") or ""),
        "benefit": benefit.name if benefit is not None else Words("待遇"),
        "amount": str(body.get("amount") or ""),
        "exit": exit_.name if exit_ is not None else "",
        "cause": cause_words(definition, str(body.get("cause") or "")),
        "decision": decision_words(definition, str(body.get("exit") or ""), str(body.get("decision") or "")),
    }


def cause_words(definition: Definition, cause: str) -> Words | Label:
    """What brought a review, as `open_review` names it: `exit:low_twice`, `points:breach`, `mark:50`, `duty:log:3`."""
    kind, _, rest = cause.partition(":")
    key = rest.partition(":")[0]
    if kind == "mark":
        return Words("积分低于 %(mark)s 分", mark=key)
    places: Mapping[str, Mapping[str, Any]] = {
        "exit": definition.exits,
        "duty": definition.duties,
        "stage": definition.stages,
        "points": definition.points.items if definition.points is not None else {},
    }
    named = places.get(kind, {})
    return named[key].name if key in named else Words("办理退出")


def decision_words(definition: Definition, exit_key: str, decision: str) -> Words | Label:
    known = definition.exits.get(exit_key)
    return (known.words.get(decision) if known is not None else None) or _DECISIONS.get(decision, Words("办理"))


def _of_points(definition: Definition, body: Mapping[str, Any]) -> dict[str, Any]:
    """A change with its sign; a balance that is in no tier says so."""
    points, value = definition.points, str(body.get("value") or "")
    item = points.items.get(str(body.get("points") or "")) if points is not None else None
    tier = points.tiers.get(str(body.get("tier") or "")) if points is not None else None
    session = definition.sessions.get(str(body.get("session") or ""))
    return {
        "points": item.name if item is not None else "",
        "value": value if value.startswith(("-", "0")) else f"+{value}",
        "balance": str(body.get("balance") or ""),
        "period": str(body.get("period") or ""),
        "below": str(body.get("below") or ""),
        "tier": tier.name if tier is not None else Words("没有到档"),
        "session": session.name if session is not None else "",
    }


def name_of_place(definition: Definition, path: str) -> Words | Label:
    """`results.2.proof` is 近3年主要业绩，第 2 行，证明附件."""
    key, _, rest = path.partition(".")
    field = definition.form_fields().get(key)
    if field is None:
        return Words("%(key)s", key=path)
    number, _, column = rest.partition(".")
    if not rest:
        return field.name
    inner = getattr(field, "columns", {}).get(column)
    if inner is None:
        return Words("%(table)s，第 %(n)s 行", table=field.name, n=number)
    return Words("%(table)s，第 %(n)s 行，%(column)s", table=field.name, n=number, column=inner.name)
