"""Duties: what falls due after a recognition, who answers it, and what follows (LANGUAGE 5.1).

What opens, and when, stands in `duty_days`; a sheet is counted in `follow_up_assess`, a stage run anew in
`follow_up_rerun`. The clock opens and reminds; it answers nothing.
"""

from datetime import date, timedelta
from typing import Any

from workflow.domain import rules
from workflow.domain.after.duties import NOT_ANSWERED, Owed, about
from workflow.domain.application import Application
from workflow.domain.application import Duty as Asks
from workflow.domain.calendar import end_of, local_day
from workflow.domain.duty_days import Coming, arises_in, coming, last_day, of_cases, stage_of
from workflow.domain.errors import Reason
from workflow.domain.policy import is_of
from workflow.domain.policy.items import MENTOR
from workflow.domain.program.schema import JointCheckStage, Stage
from workflow.domain.program.schema.after import Duty
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import follow_up_assess as assess
from workflow.domain.stages import follow_up_rerun as rerun
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.stages.follow_up_ground import may_act, reasoned, runs, valid
from workflow.domain.stages.follow_up_review import open_review
from workflow.domain.words import Words

APPLICANT = "applicant"
HORIZON = timedelta(days=400)
"""How far ahead the clock looks for the next occurrence; it looks again at the end of it."""


# -- who owes ----------------------------------------------------------------------------------------------------------
def exists(book: Rulebook, application: Application, role: str) -> bool:
    """Whether there can be a holder of the role yet: a mentor once named, a unit once somebody is placed there."""
    if role == MENTOR:
        return application.state.after.mentor is not None
    if role == APPLICANT:
        return (application.account_id or application.filler_id) is not None
    return not is_of(book.definition, role) or application.places.get(role) is not None


def _asked(work: Work, role: str, key: str, duty: Asks = Asks.ANSWER) -> dict[str, Any]:
    case = work.application
    owed: dict[str, Any] = {"duty": duty.value, "role": role, "stage": case.state.stage, "about": key}
    if role == APPLICANT:
        return {**owed, "holder": case.account_id or case.filler_id}
    if role == MENTOR:
        return {**owed, "holder": case.state.after.mentor}
    return {**owed, "organization": case.places.get(role)}


def duty_of(work: Work, owed: Owed) -> Duty:
    return work.definition.duties[owed.duty]


# -- what time brings --------------------------------------------------------------------------------------------------
def fall(work: Work) -> None:
    today = local_day(work.now)
    _close_unanswered(work, today)
    found = coming(work.definition, work.book.calendar, work.state, work.now, today)
    for each in sorted(found, key=lambda one: (one.opens, one.day, one.duty.key)):
        _open(work, each)
    for duty in _conditional(work.book, work.application):
        _open_when(work, duty, today)


def _open(work: Work, found: Coming) -> None:
    """An occurrence of a rhythm that nobody could answer passes by; everything else waits for its holder."""
    duty = found.duty
    roles = [role for role in duty.by if exists(work.book, work.application, role)]
    if not roles and duty.every is None:
        return
    no = 1 + sum(1 for each in work.state.after.duties if each.duty == duty.key)
    stage = rerun.stage_run(work.book, duty)
    if isinstance(stage, JointCheckStage) and roles:
        opens = rerun.departments(work, stage, about(duty.key, no))
    else:
        opens = [_asked(work, role, about(duty.key, no)) for role in roles]
    work.tell(
        "duty_opened",
        duty=duty.key,
        no=no,
        nominal=found.nominal.isoformat(),
        date=found.day.isoformat(),
        roles=roles,
        absent=[role for role in duty.by if role not in roles] or None,
        opens=opens,
    )


def _conditional(book: Rulebook, application: Application) -> list[Duty]:
    """Those opened by a condition that have not been yet in this stay."""
    stage, entry = stage_of(book.definition, application.state), application.state.entry
    if stage is None or entry is None:
        return []
    here = {each.duty for each in application.state.after.duties if each.entry_no == entry.no or each.is_open}
    return [
        duty
        for duty in of_cases(book.definition)
        if duty.when is not None and duty.key not in here and arises_in(duty, stage.key)
    ]


def _open_when(work: Work, duty: Duty, today: date) -> None:
    rule = work.book.rule(duty.when or "", rules.Place.DUTY)
    decision = rule.evaluate(work.book.inputs_after(work.application, today))
    if decision.answer is rules.Answer.MEETS:
        _open(work, Coming(duty, today, today, today))
    elif decision.answer is rules.Answer.LOOK and f"duty:{duty.key}" not in work.state.after.unjudged:
        work.tell("cannot_be_judged", of=f"duty:{duty.key}", missing=list(decision.missing))


def _close_unanswered(work: Work, today: date) -> None:
    for owed in work.state.after.duties:
        if owed.is_open and duty_of(work, owed).optional:
            last = last_day(work.definition, work.book.calendar, work.state, owed, work.now)
            if last is not None and today > last:
                work.tell("duty_done", duty=owed.duty, no=owed.no, result=NOT_ANSWERED)


def look(book: Rulebook, application: Application, today: date) -> date | None:
    """Conditions may read anything: where one waits, every day."""
    if stage_of(book.definition, application.state) is None:
        return None
    if _conditional(book, application):
        return today
    now = end_of(today, "17:30")
    days = [today + HORIZON]
    days += [max(each.opens, today) for each in coming(book.definition, book.calendar, application.state, now, days[0])]
    for owed in application.state.after.duties:
        if owed.is_open and book.definition.duties[owed.duty].optional:
            last = last_day(book.definition, book.calendar, application.state, owed, now)
            days += [max(last + timedelta(days=1), today)] if last is not None else []
    return min(days)


def entered(work: Work, stage: Stage) -> None:
    """What was opened early for a stay that is over is not owed any more."""
    entry = work.state.entry
    for owed in work.state.after.duties:
        duty = duty_of(work, owed)
        ended = duty.before == "stage_end" and entry is not None and owed.entry_no != entry.no
        if owed.is_open and (ended or not arises_in(duty, stage.key)):
            work.tell("duty_waived", duty=owed.duty, no=owed.no, why="stage_over")


# -- answering ---------------------------------------------------------------------------------------------------------
def _owed(work: Work) -> Owed | None:
    return rerun.owed_by(work, work.item) if rerun.is_asked_anew(work) else None


def _answering(work: Work) -> bool:
    """Not where the item is a department's: that answers within the joint check."""
    item, owed = work.item, _owed(work)
    return item is not None and owed is not None and item.is_open and not isinstance(work.stage, JointCheckStage)


def _answer_missing(work: Work) -> list[Reason]:
    item, owed = work.item, _owed(work)
    if item is None or owed is None:
        return []
    duty = duty_of(work, owed)
    sheet, stage = assess.sheet_of(work.book, duty), rerun.stage_run(work.book, duty)
    reasons = _record_missing(work, duty)
    if sheet is not None:
        reasons += assess.missing(work, sheet, item.role)
    if stage is not None:
        reasons += rerun.missing(work, stage, owed)
    return reasons


def _record_missing(work: Work, duty: Duty) -> list[Reason]:
    """Required fields; the page's form has already checked what was typed."""
    given = work.inputs.get("record") or {}
    return [
        Reason(Words("“%(name)s”还没有填", name=field.name), f"record.{key}")
        for key, field in duty.record.items()
        if field.required is True and given.get(key) in (None, "", (), [])
    ]


def _answer_follows(work: Work) -> None:
    item, owed = work.item, _owed(work)
    if item is None or owed is None:
        return
    duty = duty_of(work, owed)
    sheet, stage = assess.sheet_of(work.book, duty), rerun.stage_run(work.book, duty)
    body: dict[str, Any] = assess.given(work, sheet, item.role) if sheet is not None else {}
    if stage is not None:
        body |= {"effect": work.text("effect"), "rules": rerun.verdicts(work, stage, owed)}
        body |= _again(work, duty, stage, owed)
    last = set(owed.waiting()) == {item.role} and "opens" not in body
    second = duty.confirmed_by or rerun.second(stage, work.text("effect"), item.role)
    if last and second is not None:
        body["opens"] = [_asked(work, second, owed.about, Asks.AGREE)]
    work.answered.update(work.inputs.get("record") or {})
    work.tell(
        "duty_answered",
        _said(work),
        duty=owed.duty,
        no=owed.no,
        item=item.no,
        role=item.role,
        digest=work.text("digest") or None,
        **body,
    )
    if body.get("effect") == "return":
        _return(work, owed)
    elif last and second is None:
        _finish(work, owed)


def _said(work: Work) -> dict[str, str]:
    """Words beside the answer; those of one criterion or department under its name."""
    words = {name: work.text(name) for name in ("note", "reason")}
    for group in ("reasons", "verified"):
        words |= {f"{group}.{key}": str(text).strip() for key, text in (work.inputs.get(group) or {}).items()}
    given = work.inputs.get("rule_verdicts") or {}
    return words | {f"rule.{key}": str(each.get("comment") or "").strip() for key, each in given.items()}


def _again(work: Work, duty: Duty, stage: Stage, owed: Owed) -> dict[str, Any]:
    """What a stage that did not settle the matter asks next: the same again, or its own office anew."""
    effect = work.text("effect")
    if effect == "defer":
        until = work.inputs.get("until")
        opens = [_asked(work, role, owed.about) for role in owed.roles]
        return {"opens": opens, "until": until.isoformat() if isinstance(until, date) else None}
    if effect == "send_back":
        roles = [role for role in stage.by if exists(work.book, work.application, role)] or list(owed.roles)
        return {"opens": [_asked(work, role, owed.about) for role in roles], "roles": roles}
    return {"opens": []} if effect == "return" else {}


def _return(work: Work, owed: Owed) -> None:
    """The person puts right what is flagged; then it comes straight back to whoever asked for it."""
    item, holder = work.item, work.before.account_id or work.before.filler_id
    if item is None:
        return
    opens = [{"duty": Asks.CORRECT.value, "role": APPLICANT, "holder": holder, "about": owed.about}]
    returner = {"account": work.actor.account_id, "role": item.role, "organization": item.organization_id}
    flags = sorted(work.inputs.get("flags") or {})
    words = {f"flag.{key}": str(text).strip() for key, text in (work.inputs.get("flags") or {}).items()}
    work.tell("returned", {"reason": work.text("reason"), **words}, flags=flags, opens=opens, returner=returner)


def _finish(work: Work, owed: Owed) -> None:
    """Everybody has answered, and if somebody had to agree, they did."""
    owed = work.state.after.owed(owed.duty, owed.no)
    duty = duty_of(work, owed)
    arithmetic = assess.assessed(work.book, work.application, duty, owed)
    if arithmetic is not None:
        work.tell("assessed", duty=owed.duty, no=owed.no, **arithmetic)
    effects = {answer.effect for answer in owed.standing()}
    result = "refuse" if "refuse" in effects else "pass" if "pass" in effects else None
    work.tell("duty_done", duty=owed.duty, no=owed.no, result=result)
    if result == "refuse":
        open_review(work, owed.about, said=work.text("reason"))


# -- the second signature ----------------------------------------------------------------------------------------------
def _agreed_on(work: Work) -> Owed | None:
    item = work.item
    if item is None or not item.is_open or item.duty is not Asks.AGREE or valid(work) is None:
        return None
    return rerun.owed_by(work, item)


def _agreeing(work: Work) -> bool:
    return _agreed_on(work) is not None and work.before.state.status != "held"


def _may_agree(work: Work) -> bool:
    """Nobody confirms what they answered themselves."""
    owed = _agreed_on(work)
    answered = {answer.by for answer in owed.standing()} if owed is not None else set()
    return may_act(work) and work.actor.account_id not in answered


def _confirm_follows(work: Work) -> None:
    owed = _agreed_on(work)
    if owed is not None:
        work.tell("duty_confirmed", {"note": work.text("note")}, duty=owed.duty, no=owed.no, item=work.action.item)
        _finish(work, owed)


def _reject_follows(work: Work) -> None:
    owed = _agreed_on(work)
    if owed is not None:
        again = [_asked(work, role, owed.about) for role in owed.roles if exists(work.book, work.before, role)]
        why = {"reason": work.text("reason")}
        work.tell("duty_rejected", why, duty=owed.duty, no=owed.no, item=work.action.item, opens=again)


# -- waiving -----------------------------------------------------------------------------------------------------------
def _named(work: Work) -> Owed | None:
    """`owed` names the occurrence: `duty:quarterly:3`."""
    return next((each for each in work.before.state.after.duties if each.about == work.text("owed")), None)


def _any_open(work: Work) -> bool:
    return valid(work) is not None and any(owed.is_open for owed in work.before.state.after.duties)


def _waive_missing(work: Work) -> list[Reason]:
    owed = _named(work)
    wrong = [] if owed is not None and owed.is_open else [Reason(Words("请选免去哪一件"), "owed")]
    return [*wrong, *reasoned(work)]


def _waive_follows(work: Work) -> None:
    owed = _named(work)
    if owed is not None:
        work.tell("duty_waived", {"reason": work.text("reason")}, duty=owed.duty, no=owed.no)


# -- what stands in the way of completing a stay -----------------------------------------------------------------------
def owed_before(work: Work) -> list[Reason]:
    """What is due and unanswered, and what must be done before this stay ends."""
    today, entry = local_day(work.now), work.before.state.entry
    reasons = []
    for owed in work.before.state.after.duties:
        duty = duty_of(work, owed)
        if not owed.is_open or duty.optional:
            continue
        of_this_stay = duty.before == "stage_end" and entry is not None and owed.entry_no == entry.no
        if of_this_stay or (duty.before is None and owed.day <= today):
            reasons.append(Reason(Words("“%(duty)s”还没有办完", duty=duty.name)))
    return reasons


ON_ITEM = (
    *answering({Asks.ANSWER}, Act("answer_duty", Words("交回"), _answering, may_act, _answer_follows, _answer_missing)),
    *answering(
        {Asks.AGREE},
        Act("confirm_duty", Words("确认"), _agreeing, _may_agree, _confirm_follows),
        Act("reject_duty", Words("不确认，退回重办"), _agreeing, _may_agree, _reject_follows, reasoned),
    ),
)
ON_CASE = (Act("waive_duty", Words("免去一件"), _any_open, runs, _waive_follows, _waive_missing, on_item=False),)
