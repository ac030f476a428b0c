"""The verdicts of a check: which files and rules need one, what the page sent, what stands (LANGUAGE.md 3.1)."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.errors import Reason
from workflow.domain.program.schema import CheckStage, Definition
from workflow.domain.sentences import name_of_place
from workflow.domain.stages.base import Work
from workflow.domain.words import Words

FILE_VERDICTS = frozenset({"ok", "flag"})
RULE_VERDICTS = frozenset({"meets", "fails"})


def to_verify(
    definition: Definition, stage: CheckStage, given: Mapping[str, Any], files: Mapping[str, Any]
) -> list[str]:
    """Keys that need a verdict: the files that were handed in, all answered fields, or the named fields."""
    if stage.verify == "none":
        return []
    fields = definition.form_fields()
    held = [key for key in files if files[key]]
    if stage.verify == "files":
        return held
    named = list(fields) if stage.verify == "all" else list(stage.verify)
    return [key for key in named if key in files or key in given]


def to_judge(work: Work, stage: CheckStage) -> list[str]:
    """The eligibility rules that this stage judges for this case, those settled elsewhere left out."""
    if stage.rules == "none":
        return []
    concerned = [rule for rule in work.book.rules_of(work.before) if rule.rule is not None]
    return [rule.key for rule in concerned if stage.rules == "all" or rule.key in stage.rules]


def root(key: str) -> str:
    """The field a place in the form belongs to: `results.2.proof` stands in `results`."""
    return key.partition(".")[0]


def given(work: Work, kind: str) -> Mapping[str, Mapping[str, Any]]:
    """`{key: {verdict, comment}}` of what the page sent; entries without a verdict are not given."""
    return {key: each for key, each in _sent(work, kind).items() if each.get("verdict")}


def _sent(work: Work, kind: str) -> Mapping[str, Mapping[str, Any]]:
    return work.inputs.get("verdicts" if kind == "file" else "rule_verdicts") or {}


def standing(work: Work, kind: str, key: str) -> str | None:
    """The verdict after what the page sent; what was sent but unchanged is the same verdict."""
    sent = _sent(work, kind).get(key, {}).get("verdict")
    if sent:
        return str(sent)
    verdict = work.before.state.verdict(kind, key)
    return verdict.verdict if verdict is not None else None


def unsaid(work: Work, key: str) -> Reason:
    return Reason(Words("“%(name)s”：写清楚哪里要改、怎么改", name=name_of_place(work.definition, key)), key)


def wrong_ones(work: Work, stage: CheckStage) -> list[Reason]:
    wrong: list[Reason] = []
    files = to_verify(work.definition, stage, work.before.values, work.before.files)
    fields = work.definition.form_fields()
    for key, each in given(work, "file").items():
        if each["verdict"] not in FILE_VERDICTS or (root(key) not in fields and root(key) not in files):
            wrong.append(Reason(Words("没有这一项，请刷新页面再试"), key))
        elif each["verdict"] == "flag" and not str(each.get("comment") or "").strip():
            wrong.append(unsaid(work, key))
    judged = set(to_judge(work, stage))
    for key, each in given(work, "rule").items():
        if each["verdict"] not in RULE_VERDICTS or key not in judged:
            wrong.append(Reason(Words("没有这一条，请刷新页面再试"), key))
        elif each["verdict"] == "fails" and not str(each.get("comment") or "").strip():
            wrong.append(Reason(Words("不符合的条件要写明依据"), key))
    return wrong


def tell(work: Work) -> None:
    """Record those of the sent verdicts that say something new."""
    for kind, event in (("file", "item_judged"), ("rule", "rule_judged")):
        for key, each in given(work, kind).items():
            before = work.state.verdict(kind, key)
            comment = str(each.get("comment") or "").strip()
            if before is not None and before.verdict == each["verdict"] and not comment:
                continue
            of = {"of": "file"} if kind == "file" else {}
            work.tell(event, {"comment": comment}, key=key, verdict=each["verdict"], item=work.action.item, **of)
