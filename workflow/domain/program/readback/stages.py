"""What happens at each stage, in the order in which a clerk would tell it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from workflow.domain.lengths import Length
from workflow.domain.program import schema as s
from workflow.domain.program.glossary import VALUES
from workflow.domain.program.phrases import length_words, name_of, number_text
from workflow.domain.program.readback.saying import fields_of, say

_RESERVED = {"applicant": "申报人", "mentor": "帮带人", "nominator": "推荐方", "superior": "上级"}


def who(definition: s.Definition, roles: Iterable[str], between: str = "、") -> str:
    return between.join(_RESERVED.get(key) or str(name_of(definition, "roles", key)) for key in roles)


def named(definition: s.Definition, section: str, keys: Iterable[str]) -> str:
    return "、".join(str(name_of(definition, section, key)) for key in keys)


def time(length: Length | None) -> str:
    return str(length_words(length)) if length is not None else "不限期"


def reminders(marks: Iterable[Length]) -> str:
    return "、".join(_mark(mark) for mark in marks)


def _mark(mark: Length) -> str:
    size = time(Length(abs(mark.amount), mark.unit))
    if not mark.amount:
        return "当天"
    return f"提前{size}" if mark.amount < 0 else f"逾期{size}"


def labels(fields: Mapping[str, s.Field]) -> str:
    return "、".join(field.name.zh for field in fields.values())


def buttons(stage: s.Stage) -> str:
    return "、".join(stage.words[effect].zh if effect in stage.words else str(VALUES[effect]) for effect in stage.may)


def tell(definition: s.Definition, stage: s.Stage) -> str:
    """One stage in one sentence; clauses are set apart by ；."""
    clauses = [*_TELLERS[stage.kind](definition, stage), *_in_common(definition, stage)]
    return f"{stage.name.zh}：{'；'.join(clause for clause in clauses if clause)}"


def _in_common(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if stage.when is not None:
        yield f"只在“{say(definition, stage.when)}”时才办这一步，判断不了就照办"
    if stage.record:
        yield f"办的人要填交{labels(stage.record)}"
    if stage.asks:
        yield f"到这一步向本人收{labels(stage.asks)}"
    if stage.remind is not None:
        yield f"提醒：{reminders(stage.remind)}"
    for late, role in stage.escalate.items():
        yield f"逾期{time(late)}报{who(definition, [role])}"
    if stage.public_name is not None:
        yield f"对外叫“{stage.public_name.zh}”"
    if stage.note is not None:
        yield stage.note.zh


def _check(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.CheckStage):
        return
    yield f"{who(definition, stage.by)}办，{time(stage.due)}内答复“{buttons(stage)}”"
    if stage.signers > 1:
        yield f"要{stage.signers}人签字，一人提出、另一人确认"
    yield from _verified(definition, stage)
    if "return" in stage.may:
        lapse = "" if stage.correction.lapse == "close" else "，逾期不补的保留"
        yield f"补正{time(stage.correction.due)}、最多{stage.correction.rounds}次{lapse}"
    if stage.send_back_to is not None:
        yield f"退回的，回到“{named(definition, 'stages', [stage.send_back_to])}”重办"
    if stage.refuse_only_for:
        yield f"不通过只能因为：{'、'.join(label.zh for label in stage.refuse_only_for)}"
    if stage.sample is not None:
        held = "，抽中不合格的，暂停这个推荐方的全部申报" if stage.sample.if_failed else ""
        yield f"按推荐方抽{stage.sample.rate}、至少{stage.sample.at_least}件，没抽中的直接往下走{held}"
    if stage.as_list:
        yield "条件都满足的可以成批签认"
    if stage.if_silent == "go_on":
        yield "不答复的往下走，但不算满意"


def _verified(definition: s.Definition, stage: s.CheckStage) -> Iterator[str]:
    if stage.verify == "files":
        yield "每份附件都要给结论"
    elif stage.verify == "all":
        yield "每个字段、每份附件都要给结论"
    elif stage.verify != "none":
        yield f"要给结论的：{named(definition, 'fields', stage.verify)}"
    if stage.rules == "all":
        yield "逐条判断申报条件"
    elif stage.rules != "none":
        yield f"判断条件{'、'.join(stage.rules)}"


def _joint_check(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.JointCheckStage):
        return
    yield f"{who(definition, stage.by)}同时答复，{time(stage.due)}，不答复不算通过"
    yield f"{who(definition, [stage.lead])}汇总，答复“{buttons(stage)}”"
    yield f"有异议的细节只给{who(definition, stage.detail_for)}看"
    if stage.reuse is not None:
        yield f"{time(stage.reuse)}内查过的人不重复查"


_CHOSEN = {"everyone": "", "draw": "（抽取）", "assign": "（指派）"}
_COMBINED = {
    "mean": "取平均分",
    "median": "取中位数",
    "trimmed": "满5份有效时去掉总分最高、最低各一份",
}


def _score(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.ScoreStage):
        return
    raters = "、".join(f"{n}名{who(definition, [role])}" for role, n in stage.raters.items())
    blind = "盲评，只看隐名副本" if stage.blind else "同场评分" if stage.together else "评分"
    yield f"{raters}{_CHOSEN[stage.choose]}{blind}，{time(stage.due)}"
    if sum(stage.raters.values()) > 1:
        yield _COMBINED[stage.combine]
    if stage.sheet is not None:
        yield f"用“{named(definition, 'sheets', [stage.sheet])}”"
    if stage.min_valid is not None:
        yield f"至少{stage.min_valid}份有效才能收分"
    if stage.spread_alert is not None:
        yield f"分差超过{number_text(stage.spread_alert)}分要写说明"
    if stage.import_:
        yield "可以导入成绩表"
    yield f"{who(definition, [stage.closed_by])}收分"
    yield from _revealed(stage)


def _revealed(stage: s.Stage) -> Iterator[str]:
    if stage.reveal == "later":
        yield "结果由主办统一公布后才看得到"


def fraction(value: Fraction | str) -> str:
    return "过半数" if isinstance(value, str) else str(value)


def ranking(definition: s.Definition, rank_by: str) -> str:
    if rank_by == "none":
        return "不排序"
    if rank_by == "total.by_track":
        return "按所报类别评分表的总分排序划线"
    if rank_by.startswith("total."):
        return f"按“{named(definition, 'sheets', [rank_by.removeprefix('total.')])}”的总分排序划线"
    return "按得票排序划线" if rank_by == "votes" else "按总分排序划线"


def _vote(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.VoteStage):
        return
    of = "" if stage.of == "present" else "（按全体成员算）"
    agreed = f"到会{stage.quorum}、赞成{fraction(stage.pass_)}{of}"
    yield f"{who(definition, stage.by)}，{agreed}，{ranking(definition, stage.rank_by)}，{time(stage.due)}"
    yield f"{VALUES[stage.ballot]}投票，由{who(definition, [stage.secretary])}录入和定稿"
    yield f"可以“{buttons(stage)}”"
    if stage.places is not None:
        yield f"这一步名额{quantity(definition, stage.places)}"
    if stage.grades:
        yield f"奖次：{'、'.join(f'{grade}{n}名' for grade, n in stage.grades.items())}"
    if stage.pool == "meeting":
        yield "每次会议就到会的申报排序"
    yield from _revealed(stage)


def quantity(definition: s.Definition, value: object, unit: str = "名") -> str:
    """A number, or the formula that gives it."""
    return f"按“{say(definition, value)}”计" if isinstance(value, str) else f"{value}{unit}"


_AUDIENCE = {"public": "向社会", "internal": "在组织内", "organization": "在单位内"}


def _notice(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.NoticeStage):
        return
    count = stage.count or definition.calendar.count
    counted = "公示当日计入" if count == "first_day" else "次日起算"
    yield f"{who(definition, stage.by)}{_AUDIENCE[stage.to]}公示{time(stage.days)}（{counted}）"
    yield f"公布{shown(definition, stage)}"
    real = "，须实名" if stage.objection.real_name else ""
    yield f"有异议的，{who(definition, [stage.objection.by])}在{time(stage.objection.due)}内处理{real}"
    yield "公示期满不等于通过，还要有人办下一步"


def shown(definition: s.Definition, stage: s.NoticeStage) -> str:
    fields = fields_of(definition)
    names = [_SHOWN.get(key) or (fields[key].name.zh if key in fields else key) for key in stage.show]
    return "、".join(names) or "名单"


_SHOWN = {"track": "类别", "channel": "渠道", "round": "批次", "level": "等次"}


def _award(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.AwardStage):
        return
    yield f"{who(definition, stage.by)}办，{time(stage.due)}内"
    if stage.certificate is not None:
        valid = f"，有效期{time(stage.certificate.valid)}" if stage.certificate.valid else "，不设有效期"
        yield f"发证书“{stage.certificate.title.zh}”，编号{stage.certificate.number}{valid}"
    if stage.level is not None:
        yield f"等次看“{say(definition, stage.level)}”"
    if stage.register_ is not None:
        yield f"进入{stage.register_.zh}"
    if stage.benefits:
        yield f"给予{named(definition, 'benefits', stage.benefits)}"
    for name, formula in stage.grants.items():
        yield f"授权书写明 {name}：{say(definition, formula)}"


def _follow_up(definition: s.Definition, stage: s.Stage) -> Iterator[str]:
    if not isinstance(stage, s.FollowUpStage):
        return
    lasts = {"valid": "到证书有效期满", "open": "长期"}
    length = lasts[stage.lasts] if isinstance(stage.lasts, str) else time(stage.lasts)
    yield f"{who(definition, stage.by)}管，{length}"
    if stage.tasks:
        yield f"任务{len(stage.tasks)}项：{'、'.join(task.zh for task in stage.tasks)}"
    for line in stage.mentors:
        when = f"（{say(definition, line.when)}时）" if line.when else ""
        limit = f"，每人最多带{line.up_to}人" if line.up_to else ""
        yield f"由{who(definition, [line.role])}帮带{when}{limit}"
    if stage.placement is not None:
        matched = f"，看{named(definition, 'fields', stage.placement.match)}" if stage.placement.match else ""
        yield f"由{who(definition, [stage.placement.by])}定岗{matched}"
    if stage.complete_when is not None:
        yield f"“{say(definition, stage.complete_when)}”才算完成"
    if stage.lapse == "review":
        yield "到期没完成的由人研究，不自动取消"


_TELLERS: Mapping[str, Callable[[s.Definition, s.Stage], Iterator[str]]] = {
    "check": _check,
    "joint_check": _joint_check,
    "score": _score,
    "vote": _vote,
    "notice": _notice,
    "award": _award,
    "follow_up": _follow_up,
}
