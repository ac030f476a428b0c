"""`check`: one office looks and says so (LANGUAGE.md 3.1).

Verdicts on files and rules may be given one by one (`judge`) or together with the decision; both are the same facts.
With two signers the first proposes and another confirms or rejects.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.domain import quotas
from workflow.domain.application import Duty, Status
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can
from workflow.domain.program.schema import CheckStage, Definition, Field, Stage
from workflow.domain.stages import check_verdicts as verdicts
from workflow.domain.stages import effects, kinds
from workflow.domain.stages.base import Act, Kind, Work, answering, handed_to, opening
from workflow.domain.words import Words


def _check(work: Work) -> CheckStage | None:
    return work.stage if isinstance(work.stage, CheckStage) else None


# -- is it time, may I -------------------------------------------------------------------------------------------------
def _acting(work: Work) -> bool:
    item = work.item
    return (
        _check(work) is not None
        and item is not None
        and item.is_open
        and item.duty is Duty.ACT
        and work.before.state.status is Status.OPEN
        and not _awaits_draw(work)
    )


def _awaits_draw(work: Work) -> bool:
    stage = _check(work)
    return stage is not None and stage.sample is not None and work.before.state.drawn is None


def _confirming(work: Work) -> bool:
    item = work.item
    return (
        _check(work) is not None
        and item is not None
        and item.is_open
        and item.duty is Duty.CONFIRM
        and work.before.state.status is Status.OPEN
        and work.before.state.proposal is not None
    )


def _may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


def _may_confirm(work: Work) -> bool:
    return _may_act(work)


def _judge_missing(work: Work) -> list[Reason]:
    stage = _check(work)
    if stage is None or not (verdicts.given(work, "file") or verdicts.given(work, "rule")):
        return [Reason(Words("还没有选结论"))]
    return verdicts.wrong_ones(work, stage)


# -- what is missing ---------------------------------------------------------------------------------------------------
def _flags(work: Work) -> dict[str, str]:
    """What is to be corrected: files judged `flag`, and fields flagged on the page, each with its comment."""
    flagged = {
        key: str(each.get("comment") or "").strip()
        for key, each in verdicts.given(work, "file").items()
        if each["verdict"] == "flag"
    }
    for key in {v.key for v in work.before.state.verdicts if v.kind == "file"} - set(flagged):
        if verdicts.standing(work, "file", key) == "flag":
            flagged[key] = ""
    flagged.update({key: str(text).strip() for key, text in (work.inputs.get("flags") or {}).items()})
    return flagged


def _record_missing(work: Work, stage: CheckStage) -> list[Reason]:
    """Required fields of `record:`; the page's form has already checked what was typed."""
    recorded = work.inputs.get("record") or {}
    held = work.before.records.get(stage.key, {})
    return [
        Reason(Words("“%(name)s”还没有填", name=field.name), f"record.{key}")
        for key, field in stage.record.items()
        if field.required is True and recorded.get(key, held.get(key)) in (None, "", (), [])
    ]


def _pass_missing(work: Work, stage: CheckStage) -> list[Reason]:
    reasons = _record_missing(work, stage)
    for key in verdicts.to_verify(work.definition, stage, work.before.values, work.before.files):
        verdict = verdicts.standing(work, "file", key)
        name = _name_of(work.definition, key)
        if verdict is None:
            reasons.append(Reason(Words("“%(name)s”还没有给结论", name=name), key))
        elif verdict == "flag":
            reasons.append(Reason(Words("“%(name)s”标了要补正，不能直接通过；改好结论或退回补正", name=name), key))
    return reasons + _rules_missing(work, stage) + _place_missing(work) + _list_missing(work)


def _list_missing(work: Work) -> list[Reason]:
    """Who is to be compared is looked at once the nominator has said in which order."""
    entry = work.before.state.entry
    if work.before.listed is False and entry is not None and entry.position == 1:
        return [Reason(Words("推荐单位还没有提交排序名单；提交以后才能往下办"))]
    return []


def _rules_missing(work: Work, stage: CheckStage) -> list[Reason]:
    """A rule that says *look* must be judged; a *fails* passes only with a written reason."""
    judged = verdicts.to_judge(work, stage)
    suggested = work.book.judge(work.before, frozenset(judged)) if judged else {}
    reasons = []
    for key in judged:
        verdict = verdicts.standing(work, "rule", key) or suggested[key].result
        name = suggested[key].rule.name
        if verdict == "look":
            reasons.append(
                Reason(Words("条件 %(key)s “%(name)s”要由人判断：请选符合或不符合", key=key, name=name), key)
            )
        elif verdict == "fails" and not work.text("reason"):
            reasons.append(
                Reason(Words("条件 %(key)s “%(name)s”不符合，仍要通过请写理由", key=key, name=name), "reason")
            )
    return reasons


def _place_missing(work: Work) -> list[Reason]:
    quota = work.definition.channels[work.before.channel].quota
    if quota is None or quota.taken_at != work.before.state.stage or work.before.state.place_taken:
        return []
    if quotas.used_up(work.definition, work.before, work.now):
        return [Reason(Words("本单位的推荐名额已用完，不能再同意推荐"))]
    return []


def _refuse_missing(work: Work, stage: CheckStage) -> list[Reason]:
    allowed = [str(ground) for ground in stage.refuse_only_for]
    if allowed:
        if work.text("ground") not in allowed:
            return [
                Reason(Words("这里只能因下列情形不予通过：%(grounds)s。请选一项", grounds="、".join(allowed)), "ground")
            ]
        return []
    return work.needs_text("reason", Words("请写明不通过的理由，会原样告诉申报人"))


def _return_missing(work: Work, stage: CheckStage) -> list[Reason]:
    flags = _flags(work)
    entry = work.before.state.entry
    if work.text("returns_to") not in ("", *effects.mends(work.before)):
        return [Reason(Words("请选退回给谁"), "returns_to")]
    if not flags:
        return [Reason(Words("没有标出要补正的项目：请在要改的那几项上写明怎么改"), "flags")]
    reasons = [
        verdicts.unsaid(work, key)
        for key, text in flags.items()
        if not text and not _noted(work, key) and key not in verdicts.given(work, "file")
    ]
    unknown = [key for key in flags if verdicts.root(key) not in work.definition.form_fields()]
    reasons += [Reason(Words("没有这一项，请刷新页面再试"), key) for key in unknown]
    if entry is not None and entry.returns >= stage.correction.rounds:
        words = Words("已经退回过 %(n)s 次，这个环节最多 %(most)s 次", n=entry.returns, most=stage.correction.rounds)
        reasons.append(Reason(words))
    late = _seen_before(work, flags)
    if late and not work.text("late_reason"):
        names = "、".join(str(_name_of(work.definition, key)) for key in sorted(late))
        words = Words("“%(names)s”上次就看得到却没有提出，一次性告知要求写明为什么这次才提", names=names)
        reasons.append(Reason(words, "late_reason"))
    return reasons


def _noted(work: Work, key: str) -> bool:
    """A flag given earlier had its comment then."""
    verdict = work.before.state.verdict("file", key)
    return verdict is not None and verdict.verdict == "flag"


def _seen_before(work: Work, flags: Iterable[str]) -> set[str]:
    """Flagged now, not flagged at the last return, and unchanged since: it could have been told then."""
    entry = work.before.state.entry
    if entry is None or not entry.flagged:
        return set()
    told, changed = entry.flagged[-1], set(work.before.changed)
    return {key for key in flags if key not in told and key not in changed and verdicts.root(key) not in changed | told}


def _reasoned(work: Work, stage: CheckStage) -> list[Reason]:
    return work.needs_text("reason", Words("请写明理由"))


_MISSING = {
    "pass": _pass_missing,
    "refuse": _refuse_missing,
    "return": _return_missing,
    "defer": _reasoned,
    "send_back": _reasoned,
}


def _effect_missing(effect: str) -> Any:
    def missing(work: Work) -> list[Reason]:
        stage = _check(work)
        if stage is None:
            return []
        return verdicts.wrong_ones(work, stage) + _MISSING[effect](work, stage)

    return missing


def _name_of(definition: Definition, key: str) -> Any:
    field = definition.form_fields().get(verdicts.root(key))
    return field.name if field is not None else key


# -- what follows ------------------------------------------------------------------------------------------------------
def _details(work: Work, effect: str) -> dict[str, Any]:
    """What the effect's event must know beside its words: never a text, only keys, dates and counts."""
    if effect == "return":
        return {"flags": sorted(_flags(work)), "returns_to": work.text("returns_to") or None}
    if effect == "refuse" and work.text("ground"):
        stage = _check(work)
        grounds = [str(ground) for ground in stage.refuse_only_for] if stage is not None else []
        return {"ground": grounds.index(work.text("ground"))}
    if effect == "defer":
        until = work.inputs.get("until")
        return {"until": until.isoformat() if until else None}
    return {}


def _effect_follows(effect: str) -> Any:
    def follows(work: Work) -> None:
        stage = _check(work)
        item = work.item
        if stage is None or item is None:
            return
        verdicts.tell(work)
        _tell_flags(work)
        work.records.update(work.inputs.get("record") or {})
        details = _details(work, effect)
        if stage.signers == 1:
            effects.give(work, effect, details)
            return
        remarks = {name: work.text(name) for name in ("reason", "note", "late_reason")}
        work.tell(
            "proposed",
            remarks,
            what=effect,
            item=item.no,
            details=details or None,
            opens=[handed_to(item, Duty.CONFIRM)],
        )

    return follows


def _tell_flags(work: Work) -> None:
    """A field flagged on the page is a verdict on that field, with its comment."""
    for key, text in sorted((work.inputs.get("flags") or {}).items()):
        work.tell("item_judged", {"comment": str(text)}, of="file", key=key, verdict="flag", item=work.action.item)


def _confirm_missing(work: Work) -> list[Reason]:
    """What was ready when it was proposed must be ready still: a place may have gone, a rule may read otherwise."""
    proposal = work.before.state.proposal
    if proposal is None or proposal.what != "pass":
        return []
    return _place_missing(work)


def _confirm_follows(work: Work) -> None:
    proposal = work.before.state.proposal
    if proposal is None:
        return
    work.tell("confirmed", {"note": work.text("note")}, item=work.action.item, what=proposal.what, proposer=proposal.by)
    effects.give(work, proposal.what, dict(proposal.body))


def _reject_follows(work: Work) -> None:
    item, proposal = work.item, work.before.state.proposal
    if item is None or proposal is None:
        return
    work.tell(
        "proposal_rejected",
        {"reason": work.text("reason")},
        item=item.no,
        what=proposal.what,
        opens=[handed_to(item, Duty.ACT, holder=proposal.by)],
    )


# -- inputs that the page asks for -------------------------------------------------------------------------------------
def _record_inputs(stage: Any) -> Mapping[str, Field]:
    return stage.record if isinstance(stage, CheckStage) else {}


def _effect_act(effect: str) -> Act:
    def stands(work: Work) -> bool:
        stage = _check(work)
        return stage is not None and effect in stage.may and _acting(work)

    return Act(
        effect,
        effects.LABELS[effect],
        stands,
        _may_act,
        _effect_follows(effect),
        _effect_missing(effect),
        _record_inputs if effect == "pass" else lambda stage: {},
    )


def opens(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """Where a sample is drawn, who runs the program owes the draw first."""
    if isinstance(stage, CheckStage) and stage.sample is not None and work.state.drawn is None:
        return [{"role": work.book.run_by}]
    return opening(work, stage)


CHECK = kinds.register(
    Kind(
        "check",
        (
            *answering(
                {Duty.ACT},
                *(_effect_act(effect) for effect in effects.LABELS),
                Act("judge", Words("记下结论"), _acting, _may_act, verdicts.tell, _judge_missing),
            ),
            *answering(
                {Duty.CONFIRM},
                Act("confirm", Words("同意拟办意见"), _confirming, _may_confirm, _confirm_follows, _confirm_missing),
                Act(
                    "reject_proposal",
                    Words("不同意，退回拟办人"),
                    _confirming,
                    _may_confirm,
                    _reject_follows,
                    lambda work: work.needs_text("reason", Words("请写明不同意的理由")),
                ),
            ),
        ),
        opens,
    )
)
