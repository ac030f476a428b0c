"""`award`: the recognition is issued (LANGUAGE.md 3.6).

Numbers are taken by the service that issues, under a lock, and come in as `inputs["number"]`; everything else is asked
here. An issued recognition is not undone: its number is used (decisions/0011).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain import quotas, rules
from workflow.domain.application import Duty, Status
from workflow.domain.calendar import local_day
from workflow.domain.certificates import NumberParts, last_day, series
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can, is_person
from workflow.domain.program.schema import AwardStage, Field, Stage
from workflow.domain.recognition import Why
from workflow.domain.rules.rule import canonical
from workflow.domain.stages import effects, kinds
from workflow.domain.stages.base import Act, Kind, Work, opening
from workflow.domain.unpublished import withheld
from workflow.domain.words import Words

SHOWN = ("ended", "pass")  # how a stay in a notice ends for those who were shown to the end
REISSUES = (Why.LOST, Why.CORRECTED, Why.RESTORED)


def _award(work: Work) -> AwardStage | None:
    key = work.before.state.stage
    stage = work.definition.stages.get(key) if key else None
    return stage if isinstance(stage, AwardStage) else None


def opens(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """The office's item, and the person's own where the stage asks for something."""
    owed = opening(work, stage)
    if stage.asks or confirms_here(work):
        owed.append({"role": "applicant", "holder": work.before.account_id or work.before.filler_id})
    return owed


CONFIRMED = "confirmed:own"
"""Among what the person gave: their own word that what somebody else filled is right. No field has such a key."""


def confirms_here(work: Work) -> bool:
    """`confirm: at_award`: somebody else filled it and the checks ran first; nothing is issued before the person says
    yes. Who needs no account, or is told nothing, was asked before, or is not asked at all."""
    channel, case = work.definition.channels[work.before.channel], work.before
    asked = channel.account == "required" or (channel.account == "optional" and work.definition.program.tell_person)
    own = case.account_id is not None and case.account_id == case.filler_id
    return channel.confirm == "at_award" and asked and not own


def _takes_place(work: Work) -> bool:
    """A place is taken when the person has confirmed: here at issue."""
    channel = work.definition.channels[work.before.channel]
    taken_here = channel.quota is not None and channel.quota.taken_at is None
    return channel.confirm == "at_award" and taken_here and work.before.nominator_id is not None


# -- what the person gives ---------------------------------------------------------------------------------------------
def _asking(work: Work) -> bool:
    """Until it is issued what was given may be put right."""
    stage = _award(work)
    asks = stage is not None and (bool(stage.asks) or confirms_here(work))
    return asks and work.before.state.status is Status.OPEN


def _is_side(work: Work) -> bool:
    """Who filled gives in the stead of a person without account, but nobody confirms what they have filled themselves:
    there the person comes by a one-time link."""
    actor, case = work.actor, work.before
    if is_person(actor, case):
        return True
    if confirms_here(work):
        return False
    return case.account_id is None and actor.account_id is not None and actor.account_id == case.filler_id


def _provide_missing(work: Work) -> list[Reason]:
    stage = _award(work)
    given = {*work.before.state.provided, *(work.inputs.get("fields") or ())}
    unconfirmed = confirms_here(work) and not work.inputs.get("confirmed") and CONFIRMED not in given
    words = Words("请把别人替你填的看一遍，没有问题就勾选确认")
    reasons = [Reason(words, "confirmed")] if unconfirmed else []
    return reasons + [
        Reason(Words("“%(name)s”还没有填", name=field.name), key)
        for key, field in (stage.asks if stage is not None else {}).items()
        if field.required is True and key not in given
    ]


def _provide_follows(work: Work) -> None:
    own = next((item.no for item in work.before.state.open_items() if item.role == "applicant"), None)
    fields = {*(work.inputs.get("fields") or ())}
    if confirms_here(work) and work.inputs.get("confirmed"):
        fields.add(CONFIRMED)
    work.tell("information_provided", item=own, fields=sorted(fields))


# -- what the office records -------------------------------------------------------------------------------------------
def _record_inputs(stage: Stage | None) -> Mapping[str, Field]:
    return stage.record if isinstance(stage, AwardStage) else {}


def _recording(work: Work) -> bool:
    """Until it is issued what was recorded may be put right."""
    stage = _award(work)
    return stage is not None and bool(stage.record) and _issuing(work)


def _record_missing(work: Work) -> list[Reason]:
    stage = _award(work)
    if stage is None:
        return []
    recorded, held = work.inputs.get("record") or {}, work.before.records.get(stage.key, {})
    return [
        Reason(Words("“%(name)s”还没有填", name=field.name), f"record.{key}")
        for key, field in stage.record.items()
        if field.required is True and recorded.get(key, held.get(key)) in (None, "", (), [])
    ]


def _record_follows(work: Work) -> None:
    values = work.inputs.get("record") or {}
    work.records.update(values)
    work.tell("award_recorded", item=work.action.item, fields=sorted(values))


# -- issuing -----------------------------------------------------------------------------------------------------------
def _issuing(work: Work) -> bool:
    item = work.item
    return (
        _award(work) is not None
        and item is not None
        and item.is_open
        and item.duty is Duty.ACT
        and item.role != "applicant"
        and work.before.state.status is Status.OPEN
    )


def _may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


def was_shown(work: Work) -> bool:
    """Shown to the public to the end, or on a route without a notice; a notice passed over by its `when` asks none."""
    route = work.book.route(work.before.channel)
    stage = _award(work)
    before = route[: route.index(stage.key)] if stage is not None and stage.key in route else route
    notices = [key for key in before if work.book.stage(key).kind == "notice"]
    last = {entry.stage: entry.effect for entry in work.before.state.entries}
    return all(last.get(key) in (*SHOWN, "skipped") for key in notices)


def notice_ended_on(work: Work) -> date | None:
    ended = [
        entry.left_at
        for entry in work.before.state.entries
        if work.book.stage(entry.stage).kind == "notice" and entry.effect in SHOWN and entry.left_at is not None
    ]
    return local_day(max(ended)) if ended else None


def issue_missing(work: Work) -> list[Reason]:
    """Everything that stands in the way, the number apart."""
    stage = _award(work)
    if stage is None:
        return []
    reasons = [
        Reason(Words("本人还没有填“%(name)s”", name=field.name), "asks")
        for key, field in stage.asks.items()
        if field.required is True and key not in work.before.state.provided
    ]
    reasons += [
        Reason(Words("“%(name)s”还没有登记", name=stage.record[each.where.removeprefix("record.")].name), "record")
        for each in _record_missing(work)
        if each.where is not None
    ]
    if confirms_here(work) and CONFIRMED not in work.before.state.provided:
        reasons.append(Reason(Words("本人还没有确认填的内容，不能发证"), "asks"))
    if _takes_place(work) and quotas.used_up(work.definition, work.before, work.now):
        reasons.append(Reason(Words("推荐单位的名额已经用完，不能再发证"), "places"))
    if not was_shown(work):
        reasons.append(Reason(Words("没有公示过，或公示还没有结束，不能发证"), "notice"))
    if withheld(work.definition, work.before.state) is not None:
        reasons.append(Reason(Words("评分或会议的结果还没有公布，公布以后才能发证"), "results"))
    reasons += work.inputs.get("barred") or ()
    reasons += _document_missing(work)
    if level(work) is None and stage.level is not None:
        reasons.append(Reason(Words("等次还算不出来"), "level"))
    reasons += [
        Reason(Words("“%(name)s”的金额还算不出来", name=work.definition.benefits[key].name), "benefits")
        for key in stage.benefits
        if _amount(work, key) is _UNKNOWN
    ]
    reasons += [
        Reason(Words("证书上要写明的数“%(name)s”还算不出来：它依据的记录或答案还没有填", name=name), "grants")
        for name, value in grants(work).items()
        if value is None
    ]
    unprintable = "、".join(work.inputs.get("unprintable") or ())
    if unprintable:
        words = Words("证书的字体里没有“%(chars)s”，印出来会是空框；请先和系统管理员联系", chars=unprintable)
        reasons.append(Reason(words, "name"))
    return reasons


def _document_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("document", Words("请写认定文件的文号"))
    on = work.inputs.get("on")
    if not isinstance(on, date):
        return [*reasons, Reason(Words("请选认定文件的日期"), "on")]
    if on > local_day(work.now):
        reasons.append(Reason(Words("文件日期还没有到"), "on"))
    ended = notice_ended_on(work)
    if ended is not None and on < ended:
        words = Words("文件日期早于公示结束的那天（%(day)s），请核对", day=ended.isoformat())
        reasons.append(Reason(words, "on"))
    return reasons


def _issue_missing(work: Work) -> list[Reason]:
    reasons = issue_missing(work)
    if not reasons and not work.text("number"):
        reasons.append(Reason(Words("请在发证名单里办理：编号从那里取")))
    return reasons


def level(work: Work) -> str | None:
    """By the stage's expression, else the grade that the last vote gave."""
    stage = _award(work)
    if stage is not None and stage.level is not None:
        value = work.book.rule(str(stage.level), rules.Place.LEVEL, "text").value(work.book.inputs(work.before))
        return value if isinstance(value, str) else None
    for entry in reversed(work.before.state.entries):
        grade = work.before.records.get(entry.stage, {}).get("grade")
        if grade and work.book.stage(entry.stage).kind == "vote":
            return str(grade)
    return None


def grants(work: Work) -> dict[str, str | None]:
    """The numbers that other programs may read of this recognition; None while one is not known yet."""
    stage = _award(work)
    inputs = work.book.inputs(work.before) if stage is not None and stage.grants else {}
    found: dict[str, str | None] = {}
    for name, source in (stage.grants if stage is not None else {}).items():
        value = work.book.rule(source, rules.Place.GRANTS, "number").value(inputs)
        found[name] = canonical(value) if isinstance(value, Decimal) else None
    return found


_UNKNOWN = object()


def _amount(work: Work, benefit: str) -> Any:
    """A decimal, None for a benefit that is used and not paid, or _UNKNOWN."""
    amount = work.definition.benefits[benefit].amount
    if amount is None or isinstance(amount, Decimal):
        return amount
    inputs = {**work.book.inputs(work.before), "level": level(work)}
    value = work.book.rule(str(amount), rules.Place.AMOUNT, "number").value(
        {name: known for name, known in inputs.items() if known is not None}
    )
    return value if isinstance(value, Decimal) else _UNKNOWN


def granted(full: Decimal, rule: str | None, elsewhere: Iterable[Decimal]) -> Decimal:
    """What is left of an amount beside what the person holds elsewhere: `higher` tops up to the higher of the two,
    `first` gives nothing where something was given before."""
    held = list(elsewhere)
    if rule is None or not held:
        return full
    return Decimal(0) if rule == "first" else max(full - max(held), Decimal(0))


def series_of(work: Work, round_key: str) -> str | None:
    """What the certificate's number is counted in."""
    stage, on = _award(work), work.inputs.get("on")
    if stage is None or stage.certificate is None or not isinstance(on, date):
        return None
    parts = NumberParts(
        work.definition.program.code, on, round_key, work.before.track, work.before.channel, level(work)
    )
    return series(stage.certificate.number, parts)


def _issue_follows(work: Work) -> None:
    stage = _award(work)
    if stage is None:
        return
    on: date = work.inputs["on"]
    valid = stage.certificate.valid if stage.certificate is not None else None
    until = last_day(on, valid, work.book.calendar)
    work.tell(
        "recognized",
        item=work.action.item,
        number=work.text("number"),
        document=work.text("document"),
        on=on.isoformat(),
        until=until.isoformat() if until is not None else None,
        level=level(work),
        grants=grants(work) or None,
        place=quotas.taking(work.definition, work.before, work.now) if _takes_place(work) else None,
    )
    if stage.certificate is not None:
        work.tell("certificate_issued", no=1, why=Why.ISSUED.value)
    for key in stage.benefits:
        _grant(work, key)
    effects.advance(work, stage.key)


def _grant(work: Work, key: str) -> None:
    full = _amount(work, key)
    if full is None:
        work.tell("benefit_granted", benefit=key)
        return
    elsewhere: Mapping[str, Iterable[Decimal]] = work.inputs.get("elsewhere") or {}
    amount = granted(full, work.definition.benefits[key].no_double, elsewhere.get(key, ()))
    work.tell("benefit_granted", benefit=key, amount=canonical(amount), full=canonical(full))


# -- reissuing ---------------------------------------------------------------------------------------------------------
def _certified(work: Work) -> bool:
    known = work.before.state.recognition
    return known is not None and known.is_valid and bool(known.papers) and work.before.state.proposal is None


def _may_reissue(work: Work) -> bool:
    """Who runs the program, or holds the award's own role."""
    return can(work.actor, Permission.APPLICATION_RUN, work.subject)


def _reissue_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明为什么换发"))
    if work.text("why") not in REISSUES:
        reasons.append(Reason(Words("请选为什么换发"), "why"))
    unprintable = "、".join(work.inputs.get("unprintable") or ())
    if unprintable:
        words = Words("证书的字体里没有“%(chars)s”，印出来会是空框；请先和系统管理员联系", chars=unprintable)
        reasons.append(Reason(words, "name"))
    return reasons


def _reissue_follows(work: Work) -> None:
    known = work.before.state.recognition
    if known is not None:
        work.tell("reissued", {"reason": work.text("reason")}, no=len(known.papers) + 1, why=work.text("why"))


AWARD = kinds.register(
    Kind(
        "award",
        (
            Act("issue", Words("发证"), _issuing, _may_act, _issue_follows, _issue_missing),
            Act("record_award", Words("记下"), _recording, _may_act, _record_follows, _record_missing, _record_inputs),
        ),
        opens,
    )
)
ACTS = (
    Act("provide", Words("交给主办"), _asking, _is_side, _provide_follows, _provide_missing, on_item=False),
    Act("reissue", Words("换发证书"), _certified, _may_reissue, _reissue_follows, _reissue_missing, on_item=False),
)
"""Acts on the whole case that an award brings with it."""
