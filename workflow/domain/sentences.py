"""What an event says to a reader: a shape and a sentence in the past tense, with the program's own words where it has
some. Every event of a case has its sentence; a law looks for those that do not."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.marks import shown
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words

PAST: Mapping[str, tuple[str, Words]] = {
    "draft_started": ("todo", Words("开始填写")),
    "confirmation_asked": ("now", Words("已填好，等本人确认")),
    "confirmation_given": ("done", Words("本人已确认")),
    "confirmation_refused": ("back", Words("本人说填得不对，退回填表人")),
    "submitted": ("done", Words("已提交")),
    "stage_entered": ("now", Words("进入“%(stage)s”")),
    "withdrawn": ("no", Words("已撤回")),
    "case_ended": ("done", Words("全部环节办完")),
    "rebased": ("done", Words("改按新方案办理")),
    "item_judged": ("done", Words("看过“%(what)s”：符合")),
    "rule_judged": ("done", Words("判断条件 %(key)s：符合")),
    "proposed": ("now", Words("拟办：%(effect)s，等同事复核")),
    "confirmed": ("done", Words("复核同意：%(effect)s")),
    "proposal_rejected": ("back", Words("复核不同意，退回拟办人")),
    "list_signed": ("done", Words("整批签过")),
    "passed": ("done", Words("%(stage)s：%(effect)s")),
    "refused": ("no", Words("%(stage)s：%(effect)s")),
    "returned": ("back", Words("%(stage)s：%(effect)s，列出 %(n)s 处")),
    "corrected": ("back", Words("补正已交回，改了 %(n)s 处")),
    "correction_lapsed": ("late", Words("补正逾期")),
    "deferred": ("hold", Words("%(stage)s：%(effect)s")),
    "sent_back": ("back", Words("%(stage)s：%(effect)s")),
    "sample_drawn": ("now", Words("被抽中检查")),
    "not_drawn": ("todo", Words("没有被抽中，进入下一环节")),
    "not_answered": ("unknown", Words("到期没有答复，进入下一环节")),
    "raters_drawn": ("now", Words("抽定评委 %(raters)s 名，种子 %(seed)s")),
    "raters_assigned": ("now", Words("指定评委 %(raters)s 名")),
    "review_submitted": ("done", Words("交来一份评分，%(total)s 分")),
    "review_reopened": ("back", Words("请一位评委重评")),
    "rater_replaced": ("recuse", Words("换了一位评委")),
    "scored": ("done", Words("%(stage)s收分，总分 %(total)s")),
    "results_published": ("done", Words("公布“%(stage)s”的结果")),
    "notice_published": ("seal", Words("列入公示，%(first)s 至 %(last)s")),
    "notice_taken_down": ("back", Words("公示已撤下，重新公示")),
    "notice_ended": ("done", Words("公示期满")),
    "objection_received": ("human", Words("收到一件异议，核查期间不往下走")),
    "objection_settled": ("done", Words("异议不成立，继续办理")),
    "information_provided": ("done", Words("本人已交发证要用的信息")),
    "recognized": ("seal", Words("已认定，编号 %(number)s，文号 %(document)s")),
    "certificate_issued": ("seal", Words("证书已发，第 %(no)s 张")),
    "benefit_granted": ("done", Words("记下一项待遇：%(benefit)s")),
    "reissued": ("seal", Words("证书已换发，第 %(no)s 张，原来的作废")),
    "duty_opened": ("soon", Words("可以续认了，%(until)s 到期")),
    "renewal_started": ("now", Words("本人已申请续认")),
    "duty_confirmed": ("done", Words("同意续认，有效期到 %(until)s")),
    "duty_rejected": ("no", Words("不予续认，有效期满为止")),
    "expired": ("hold", Words("有效期满")),
    "recognition_ended": ("no", Words("认定已终止：%(exit)s")),
    "review_opened": ("human", Words("开始核查：%(exit)s")),
    "revocation_notified": ("human", Words("已告知本人，陈述期到 %(until)s")),
    "statement_received": ("now", Words("本人已陈述")),
    "revocation_dropped": ("done", Words("不再追究，认定照旧有效")),
    "revoked": ("no", Words("认定已撤销：%(exit)s，文号 %(document)s")),
    "recovery_asked": ("human", Words("要追回已兑现的待遇")),
    "recovered": ("done", Words("已登记追回")),
    "department_asked": ("now", Words("请%(department)s再答复")),
    "department_answered": ("done", Words("%(department)s答复：无异议")),
    "answer_reused": ("done", Words("%(department)s不久前答复过无异议，沿用")),
    "joint_check_concluded": ("done", Words("%(stage)s：各部门都已答复，作出结论")),
    "meeting_decided": ("done", Words("会议审定：第 %(rank)s 名")),
    "alternate_listed": ("todo", Words("列为候补第 %(number)s 位")),
    "alternate_promoted": ("now", Words("候补递补，进入下一环节")),
    "alternate_not_called": ("no", Words("候补未递补，本批办结")),
    "held": ("hold", Words("停表")),
    "released": ("now", Words("恢复办理")),
    "extended": ("hold", Words("延期到 %(until)s")),
    "handed_over": ("now", Words("转交给%(to)s")),
    "recused": ("recuse", Words("一位经办人回避")),
    "readmitted": ("now", Words("一位经办人的回避已解除")),
    "undone": ("back", Words("撤销了刚才的操作")),
    "left_out": ("todo", Words("这次不上会")),
    "reopened": ("back", Words("重办“%(stage)s”")),
    "appealed": ("human", Words("申请复核")),
    "appeal_settled": ("done", Words("复核办结：申诉不成立，维持原来的决定")),
}
_OTHERWISE: Mapping[tuple[str, str], tuple[str, Words]] = {
    ("department_answered", "issue"): ("no", Words("%(department)s答复：有异议")),
    ("department_answered", "unknown"): ("unknown", Words("%(department)s答复：不掌握")),
    ("item_judged", "flag"): ("human", Words("看过“%(what)s”：要补正")),
    ("rule_judged", "fails"): ("no", Words("判断条件 %(key)s：不符合")),
    ("objection_settled", "upheld"): ("no", Words("异议成立")),
    ("objection_settled", "partly"): ("human", Words("异议部分成立，等主办单位决定")),
    ("objection_settled", "kept"): ("done", Words("异议部分成立，维持在名单上")),
    ("objection_settled", "dropped"): ("no", Words("异议部分成立，不予通过")),
    ("appeal_settled", "upheld"): ("back", Words("复核办结：申诉成立，退回重办")),
}
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


def effect_words(definition: Definition, stage: str | None, effect: str) -> Words | Label:
    """The word that the program gives an effect at a stage, else the usual one."""
    known = definition.stages.get(stage or "")
    own = known.words.get(effect) if known is not None else None
    return own or _LABELS.get(effect, Words("办理"))


def sentence(
    definition: Definition, kind: str, body: Mapping[str, Any], stage: str | None, names: Mapping[int, str]
) -> tuple[str, Words]:
    """(shape, sentence) of one event that happened at `stage`."""
    told = str(body.get("verdict") or body.get("conclusion") or body.get("answer") or "")
    shape, words = _OTHERWISE.get((kind, told)) or PAST[kind]
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
        "rank": str(body.get("rank") or ""),
        "number": str(body.get("number") or ""),
        "raters": len(body.get("seats") or ()),
        "seed": str(body.get("seed") or ""),
        "total": _points(body.get("total")),
        "to": names.get(int(body.get("to") or 0), "") if kind == "handed_over" else "",
    }
    return shape, Words(words.text, **{name: value for name, value in known.items() if f"%({name})s" in words.text})


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
        "benefit": benefit.name if benefit is not None else "",
        "exit": exit_.name if exit_ is not None else "",
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
