"""What a message says: one sentence for each kind, and the place where its reader goes on. Pure.

A program may say it in its own words (`messages:`), with the places of LANGUAGE.md part 12.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.domain.notices import TOLD_TO_THE_PERSON
from workflow.domain.program.schema import JointCheckStage, Label, Stage
from workflow.domain.reminders import HOLDER
from workflow.domain.words import Words

TO_THE_PERSON = TOLD_TO_THE_PERSON | {"results_published", "rebased", "asked_anew", "asks_dropped"}

SENTENCES: Mapping[str, Words] = {
    # a case
    "confirmation_asked": Words("材料已由单位填好，请你本人确认后再提交"),
    "confirmation_refused": Words("本人没有确认这份申报，请核对后再请本人确认"),
    "submitted": Words("申报已提交，受理编号 %(number)s"),
    "stage_entered": Words("申报进入“%(stage)s”"),
    "returned": Words("有 %(count)s 处需要补正，请在%(due)s前补好交回"),
    "refused": Words("申报没有通过，理由和申诉办法见办理进度"),
    "correction_lapsed": Words("补正期限已过，没有收到材料，申报按放弃处理"),
    "withdrawn": Words("申报已撤回"),
    "held": Words("申报暂停办理，期限不走，恢复后接着算"),
    "released": Words("申报恢复办理，期限已顺延"),
    "extended": Words("“%(stage)s”的期限已延长，新的期限见办理进度"),
    "reopened": Words("“%(stage)s”重新办理"),
    "appealed": Words("申诉已收到，由另外的人复核"),
    "appeal_settled": Words("申诉已办结，结果见办理进度"),
    "case_ended": Words("申报已办结"),
    "rebased": Words("办法有修订，已用到你的申报，改了什么见办理进度"),
    "asked_anew": Words("办法有修订，你的申报还要补 %(count)s 项：%(items)s，请在%(last)s前补填"),
    "asks_dropped": Words("办法的修订已收回，你的申报不用再补填"),
    "results_published": Words("“%(stage)s”的结果已公布"),
    # a notice, a committee
    "notice_published": Words("名单已公示，%(first)s至%(last)s"),
    "notice_taken_down": Words("公示已撤下，重新公示时另行通知"),
    "notice_ended": Words("公示期满"),
    "objection_received": Words("公示期间收到关于你的异议，核实期间不影响你的其他权利"),
    "objection_settled": Words("关于你的异议已办结，结论见办理进度"),
    "alternate_listed": Words("你列入候补名单"),
    "alternate_promoted": Words("你已递补，请尽快查看接下来要办的事"),
    "alternate_not_called": Words("候补到期，没有递补到"),
    # a recognition
    "recognized": Words("你已获认定，证书可以下载"),
    "reissued": Words("证书已重新印发，原证书作废"),
    "duty_opened": Words("有一件到期前要办的事，请查看并办理"),
    "duty_confirmed": Words("你交来的办理情况已确认"),
    "duty_rejected": Words("你交来的办理情况没有确认，理由见证书页"),
    "expired": Words("认定已到期，证书不再有效"),
    "recognition_ended": Words("认定已终止"),
    "revocation_notified": Words("拟撤销你的认定，请在期限内陈述申辩"),
    "revocation_dropped": Words("撤销程序已终止，认定照旧有效"),
    "revoked": Words("认定已撤销，依据和救济途径见证书页"),
    "expiring": Words("证书 %(number)s 有效期到%(due)s，还剩 %(days)s 个工作日"),
    # points
    "points_confirmed": Words("有一笔积分已确认，有异议请在期限内提出"),
    "points_rejected": Words("有一笔积分没有确认，理由见积分页"),
    "points_corrected": Words("有一笔积分要更正，等确认"),
    "points_expired": Words("有积分到期，余额见积分页"),
    "points_appeal_settled": Words("对积分的异议已复核，结果见积分页"),
    "mark_reached": Words("积分低于警戒线，请查看积分页"),
    "tier_changed": Words("积分档位变了，见积分页"),
    "training_near": Words("你报名的培训快开班了，时间地点见培训页"),
    "training_cancelled": Words("你报名的培训取消了，见培训页"),
    # offices and raters
    "handed_over": Words("%(what)s 已转给你办理"),
    "raters_drawn": Words("你被抽取为“%(stage)s”的评审，请查看待办"),
    "raters_assigned": Words("你被安排为“%(stage)s”的评审，请查看待办"),
    "rater_replaced": Words("你替补为“%(stage)s”的评审，请查看待办"),
    "review_reopened": Words("你的评分已退回重评（%(stage)s），请查看待办"),
    "department_urged": Words("“%(stage)s”还有 %(count)s 件等你部门答复，牵头单位请尽快办理"),
    # a round a month
    "round_made": Words("新的一批已按月开放申报，%(due)s截止"),
    "round_waits": Words("新的一批到了开放的日子，还差 %(count)s 项，没有开放：请补齐以后手工开放"),
    "series_halted": Words("每月自动开批已经停止：新发布的方案里没有每月一批的渠道"),
    "retention_due": Words("有 %(count)s 项到了保存期限，请核对清单，按规定销毁或者延长保存"),
    # last days
    "due_soon": Words("%(what)s 还剩 %(days)s 个工作日，%(due)s到期"),
    "due_today": Words("%(what)s 今天到期（%(due)s）"),
    "overdue": Words("%(what)s 已逾期 %(late)s 个工作日（%(due)s到期）"),
    "escalated": Words("请督办：%(what)s 已逾期 %(late)s 个工作日，还没有办"),
    "draft_due": Words("申报还没有提交，%(due)s截止，还剩 %(days)s 个工作日"),
    "draft_today": Words("申报还没有提交，今天截止（%(due)s）"),
    # the door
    "register_code": Words("注册验证码 %(secret)s，有效期内使用一次，请勿转给他人"),
    "reset_code": Words("重定口令的验证码 %(secret)s，不是你本人操作请不用理会"),
    "already_registered": Words("有人用这个号码注册，但它已有账号；忘了口令可以重定"),
    "invitation": Words("已为你开通账号，请打开链接设定口令"),
    "confirm_link": Words("有单位为你申报“%(program)s”，请打开链接核对并确认"),
    "award_link": Words("主办按部门数据替你申报的“%(program)s”审核已完成，请打开链接核对并确认，确认后才发证"),
    "member_link": Words("你被列为“%(program)s”的团队成员，请打开链接核对并确认"),
}
"""Every kind of message. A law compares it with what the house can cause."""


def stage_name(stage: Stage, kind: str, params: Mapping[str, Any]) -> Label | Words:
    """The person hears a stage's public name, and of a joint check no more than that something is looked into."""
    outside = params.get("role") == "applicant" or (kind in TO_THE_PERSON and "role" not in params)
    if not outside:
        return stage.name
    return stage.public_name or (Words("资格核查") if isinstance(stage, JointCheckStage) else stage.name)


_PLACE = re.compile(r"\{(\w+)\}")
_FILLED = re.compile(r"%\((\w+)\)s")
_OF_THE_QUEUE = frozenset({"handed_over", "raters_drawn", "raters_assigned", "rater_replaced", "review_reopened"})
_OF_THE_CERTIFICATE = frozenset(
    {"recognized", "reissued", "duty_opened", "duty_confirmed", "duty_rejected", "expired", "recognition_ended"}
    | {"revocation_notified", "revocation_dropped", "revoked", "expiring"}
)

_OF_POINTS = frozenset(
    {"points_confirmed", "points_rejected", "points_corrected", "points_expired", "points_appeal_settled"}
    | {"mark_reached", "tier_changed"}
)


def sentence(kind: str, values: Mapping[str, Any], own: str | None = None) -> Words:
    """`own`: the program's words for it. KeyError for a kind that has no sentence, or a place without its value."""
    if own is None:
        known = SENTENCES[kind]
        return Words(known.text, **{place: values[place] for place in _FILLED.findall(known.text)})
    places = {place: values.get(place, "") for place in _PLACE.findall(own)}
    return Words(_PLACE.sub(r"%(\1)s", own.replace("%", "%%")), **places)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader goes on: the door that shows it knows the address."""

    room: str
    """case, certificate, points, trainings, item, task, follow_up, round_task, queue, round, retention, department or
    link."""
    ref: str = ""


def place_of(kind: str, params: Mapping[str, Any]) -> Place | None:
    if kind in ("invitation", "confirm_link", "award_link", "member_link"):
        return Place(kind, str(params.get("secret", "")))
    if kind in _OF_THE_QUEUE:
        return Place("queue")
    if kind == "department_urged":
        return Place("department")
    if kind in ("round_made", "round_waits", "series_halted"):
        return Place("round", params["round"])
    if kind == "retention_due":
        return Place("retention", params["round"])
    if kind in ("overdue", "escalated") and params.get("to") != HOLDER:
        return Place("round", params["round"])
    if str(params.get("about") or "").startswith("duty:"):
        return Place("task", params["item"])
    if params.get("duty"):
        case = params.get("application")
        return Place("follow_up", case) if case else Place("round_task", params["task"])
    if params.get("item") and params.get("role") != "applicant":
        return Place("item", params["item"])
    if kind in _OF_THE_CERTIFICATE:
        return Place("certificate", params["application"])
    if kind in _OF_POINTS:
        return Place("points", params["application"])
    if kind in ("training_near", "training_cancelled"):
        return Place("trainings")
    return Place("case", params["application"]) if params.get("application") else None
