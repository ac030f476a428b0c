"""The sentences of the applicant's pages: the heading is the answer, statuses name holder and term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.domain.application import Status
from workflow.domain.duty_days import RENEWAL
from workflow.domain.events import OF_A_DUTY
from workflow.domain.marks import shown
from workflow.domain.policy.items import MENTOR
from workflow.domain.program.schema import Definition, JointCheckStage, Label, NoticeStage, ScoreStage, Stage
from workflow.domain.words import Words
from workflow.services.following import MyLine, Progress, Term, Told
from workflow.web.public.showcase import SOON, length

Text = Words | Label


@dataclass(frozen=True)
class Knot:
    kind: str
    fact: Text
    at: datetime | None = None
    who: Text | None = None
    words: Any = None
    future: bool = False


@dataclass(frozen=True)
class Line:
    """One application in one's own list: its sentence says whose turn it is."""

    ref: str
    name: Label
    round_name: str
    track: Label | None
    channel: Label
    number: str | None
    person_name: str | None
    kind: str
    words: Words
    term: Term | None
    mine: bool


# -- whose turn --------------------------------------------------------------------------------------------------------
def turn_of(
    definition: Definition, status: str, stage: str | None, roles: list[tuple[str, str | None]]
) -> tuple[str, Words]:
    """Shape and sentence."""
    simple = _SIMPLE.get(status)
    if simple is not None:
        return simple
    name = stage_name(definition, stage)
    if status == Status.HELD:
        return "hold", Words("%(stage)s，停表中", stage=name)
    if not roles:
        return "now", Words("%(stage)s", stage=name)
    return "now", Words("%(stage)s，%(who)s", stage=name, who=[who(definition, *each) for each in roles[:2]])


_SIMPLE: Mapping[str, tuple[str, Words]] = {
    "draft": ("todo", Words("草稿，还没有提交")),
    "awaiting_confirmation": ("now", Words("等本人确认，确认后才算提交")),
    "correcting": ("back", Words("轮到你：补正后交回")),
    "refused": ("no", Words("没有通过")),
    "lapsed": ("no", Words("补正逾期，已经关闭")),
    "withdrawn": ("no", Words("已撤回")),
    "not_called": ("no", Words("候补未递补")),
    "alternate": ("now", Words("候补")),
    "recognized": ("done", Words("已认定")),
    "ended": ("done", Words("已办结")),
}


def stage_name(definition: Definition, stage: str | None) -> Text:
    found = definition.stages.get(stage or "")
    return _outside(found) if found is not None else Words("办理中")


def _outside(stage: Stage) -> Text:
    """Of a joint check a person is told that they are being looked into, not by whom."""
    return stage.public_name or (Words("资格核查") if isinstance(stage, JointCheckStage) else stage.name)


def who(definition: Definition, role: str, organization: str | None = None) -> Text:
    """An office, never a colleague's name."""
    if organization:
        return Words("%(name)s", name=organization)
    if role == "applicant":
        return Words("你本人")
    if role == MENTOR:
        return Words("帮带人")
    known = definition.roles.get(role)
    return known.name if known is not None else Words("主办单位")


def holders(progress: Progress) -> list[tuple[Text, Text]]:
    """Who has it now, and for which stage."""
    definition = progress.definition
    return [
        (who(definition, each.role, each.organization), stage_name(definition, each.stage)) for each in progress.owed
    ]


def back_to(progress: Progress) -> Text | None:
    """To whom a correction goes straight back."""
    to = progress.returner
    return who(progress.definition, to.role, to.organization) if to is not None else None


def line(one: MyLine) -> Line:
    roles = [(owed.role, owed.organization) for owed in one.owed]
    kind, words = turn_of(one.definition, one.status, one.stage, roles)
    mine = one.status in ("draft", "correcting") or any(role == "applicant" for role, _ in roles)
    if mine and one.term is not None and one.term.days <= SOON:
        kind = "soon" if one.term.days >= 0 else "late"
    track = one.definition.tracks.get(one.track or "")
    return Line(
        one.ref,
        one.definition.program.name,
        one.round_name,
        track.name if track is not None else None,
        one.definition.channels[one.channel].name,
        one.number,
        one.person_name,
        kind,
        words,
        one.term,
        mine,
    )


def heading(progress: Progress) -> tuple[str, Words]:
    """Shape and the heading of the status page."""
    status, definition = progress.state.status.value, progress.definition
    if status == "correcting":
        left = sum(1 for flag in progress.flags if not flag.changed)
        if left:
            return "back", Words("现在轮到你：改好 %(n)s 处再交回", n=left)
        return "back", Words("都改好了，现在可以交回")
    left = len(progress.state.awaited - {0})
    if left:
        return "now", Words("等团队成员确认，还差 %(n)s 位：都确认以后才算提交", n=left)
    if status in ("open", "held"):
        roles = [(owed.role, owed.organization) for owed in progress.owed]
        holder: Any = [who(definition, *each) for each in roles[:2]] or Words("主办单位")
        stage = stage_name(definition, progress.state.stage)
        if status == "held":
            return "hold", Words("停表中：%(stage)s，时限停着不走", stage=stage)
        return "now", Words("现在在%(who)s手上：%(stage)s", who=holder, stage=stage)
    return _HEADINGS.get(status) or _SIMPLE[status]


def supplying(progress: Progress) -> tuple[str, Words]:
    """Of what a new version of the rules asks anew while the case goes on."""
    left = sum(1 for flag in progress.flags if not flag.changed)
    if left:
        return "back", Words("办法有修订：还要补填 %(n)s 项", n=left)
    return "back", Words("都填好了，现在可以交上")


_HEADINGS: Mapping[str, tuple[str, Words]] = {
    "awaiting_confirmation": ("now", Words("等本人确认：确认以后才算提交")),
    "refused": ("no", Words("这份申报没有通过")),
    "lapsed": ("no", Words("补正期限已过，这份申报已经关闭")),
    "withdrawn": ("no", Words("这份申报已经撤回")),
    "ended": ("done", Words("这份申报已经办结")),
}


# -- what happened -----------------------------------------------------------------------------------------------------
def thread(progress: Progress) -> list[Knot]:
    """Newest first; what waits for the reader stands dashed on top."""
    knots = [knot for told in progress.history if (knot := _knot(progress, told)) is not None]
    if knots and progress.state.status is Status.CORRECTING:
        knots[0] = Knot(**{**vars(knots[0]), "future": True})
    return knots


def _knot(progress: Progress, told: Told) -> Knot | None:
    event, definition = told.event, progress.definition
    stage = stage_name(definition, told.stage)
    if event.kind in OF_A_DUTY and event.body.get("duty") != RENEWAL:
        return None  # these stand on the page of what follows
    found = _FACTS.get(event.kind)
    if found is None or (event.kind == "rebased" and not (event.body.get("asked") or event.body.get("asks"))):
        return None
    kind, text = found
    if event.kind == "confirmation_given" and event.body.get("signed"):
        text = Words("本人已在确认表上签字")
    days = {name: date.fromisoformat(event.body[name]) for name in ("first", "last") if event.body.get(name)}
    total = shown(int(event.body.get("total") or 0))
    fact: Text = Words(text.text, **{"stage": stage, "what": _worded(definition, told), "total": total, **days})
    by = who(definition, "applicant") if event.kind in _OWN else _office(definition, told)
    return Knot(kind, fact, event.at, by, _beside(told))


def _worded(definition: Definition, told: Told) -> Text:
    """The program's own word for the button."""
    effect = _EFFECTS.get(told.event.kind)
    stage = definition.stages.get(told.stage or "")
    worded = stage.words.get(effect) if stage is not None and effect else None
    return worded or _USUAL.get(effect or "", Words("办理"))


def _office(definition: Definition, told: Told) -> Text | None:
    stage = definition.stages.get(told.stage or "")
    if stage is None or told.event.actor_kind == "system":
        return None
    if isinstance(stage, JointCheckStage):
        return who(definition, stage.lead)
    if isinstance(stage, ScoreStage):
        return who(definition, stage.closed_by)
    return who(definition, stage.by[0]) if stage.by else None


def _beside(told: Told) -> Any:
    remarks = told.remarks
    if told.event.kind == "submitted":
        return Words("回执号 %(receipt)s", receipt=told.event.body.get("receipt", ""))
    if told.event.kind == "returned":
        return Words("一次说全：共 %(n)s 处", n=len(told.event.body.get("flags", ())))
    return remarks.get("reason") or remarks.get("basis") or None


_EFFECTS = {
    "passed": "pass",
    "refused": "refuse",
    "returned": "return",
    "deferred": "defer",
    "sent_back": "send_back",
}
_USUAL: Mapping[str, Words] = {
    "pass": Words("通过"),
    "refuse": Words("不通过"),
    "return": Words("退回补正"),
    "defer": Words("暂缓"),
    "send_back": Words("退回上一环节"),
}
_OWN = frozenset(
    {
        "draft_started", "submitted", "corrected", "withdrawn", "appealed", "confirmation_given", "renewal_started",
        "information_provided", "statement_received", "judges_objected",
    }
)  # fmt: skip
_FACTS: Mapping[str, tuple[str, Words]] = {
    "draft_started": ("done", Words("开始填写")),
    "confirmation_asked": ("done", Words("已填好，请本人确认")),
    "confirmation_given": ("done", Words("本人已确认")),
    "confirmation_refused": ("back", Words("本人说填得不对，退回填表人")),
    "submitted": ("done", Words("已提交")),
    "stage_entered": ("done", Words("%(stage)s开始")),
    "passed": ("done", Words("%(stage)s：%(what)s")),
    "refused": ("no", Words("%(stage)s：%(what)s")),
    "returned": ("back", Words("%(stage)s：%(what)s")),
    "corrected": ("done", Words("补正已交回")),
    "rebased": ("now", Words("办法有修订，已用到这一件")),
    "correction_lapsed": ("no", Words("补正逾期")),
    "deferred": ("now", Words("%(stage)s：%(what)s")),
    "sent_back": ("back", Words("%(stage)s：%(what)s")),
    "held": ("hold", Words("停表")),
    "released": ("done", Words("恢复办理")),
    "extended": ("done", Words("已延期")),
    "reopened": ("done", Words("%(stage)s重新办理")),
    "scored": ("done", Words("%(stage)s：总分 %(total)s 分")),
    "results_published": ("done", Words("公布“%(stage)s”的结果")),
    "alternate_listed": ("todo", Words("列为候补，有名额空出来按顺序递补")),
    "alternate_promoted": ("done", Words("候补已递补")),
    "alternate_not_called": ("no", Words("候补没有递补，本批已办结")),
    "notice_published": ("seal", Words("列入公示，%(first)s至%(last)s")),
    "notice_taken_down": ("back", Words("公示撤下，将重新公示")),
    "notice_ended": ("done", Words("公示期满")),
    "objection_received": ("now", Words("公示期间收到异议，正在核查，核查完再往下走")),
    "objection_settled": ("done", Words("异议已办结")),
    "withdrawn": ("no", Words("已撤回")),
    "judges_objected": ("done", Words("已写下要回避的评委")),
    "appealed": ("done", Words("已申请复核")),
    "appeal_settled": ("done", Words("复核已办结")),
    "information_provided": ("done", Words("已交发证要用的信息")),
    "recognized": ("seal", Words("已认定")),
    "reissued": ("seal", Words("证书已换发")),
    "duty_opened": ("soon", Words("可以续认")),
    "renewal_started": ("done", Words("已开始续认申报")),
    "duty_done": ("done", Words("续认申报已交")),
    "superseded": ("back", Words("已由新的认定接替")),
    "expired": ("hold", Words("有效期满")),
    "recognition_ended": ("no", Words("认定已终止")),
    "revocation_notified": ("human", Words("拟撤销认定，请你陈述")),
    "statement_received": ("done", Words("已交陈述")),
    "revocation_dropped": ("done", Words("不再追究，认定照旧有效")),
    "revoked": ("no", Words("认定已撤销")),
    "case_ended": ("done", Words("全部环节已办结")),
}


# -- what comes next ---------------------------------------------------------------------------------------------------
def ahead(progress: Progress) -> list[Knot]:
    """Every stage up to recognition after this one, with the time each may take; before it is on its way, all."""
    if progress.state.closed_at is not None:
        return []
    stages = list(progress.definition.stages_of(progress.case.row.channel))
    keys = [stage.key for stage in stages]
    at = keys.index(progress.state.stage) + 1 if progress.state.stage in keys else 0
    return [_coming(stage) for stage in stages[at:] if stage.kind != "follow_up"]


def _coming(stage: Stage) -> Knot:
    kind = "seal0" if isinstance(stage, NoticeStage) else "todo"
    term = length(stage.days if isinstance(stage, NoticeStage) else stage.due)
    return Knot(kind, _outside(stage), None, None, term, True)
