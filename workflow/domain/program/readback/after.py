"""What follows recognition, and the rules that hold throughout."""

from collections.abc import Iterable, Iterator

from workflow.domain.program import schema as s
from workflow.domain.program.glossary import PARAMETERS, VALUES
from workflow.domain.program.phrases import number_text
from workflow.domain.program.readback.saying import say
from workflow.domain.program.readback.stages import labels, named, quantity, reminders, time, who

_DIGITS = "零一二三四五六七八九十"
_WEEKS = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"}
_EVERY = {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
_ROLLED = {
    "next_workday": "遇休息日顺延",
    "previous_workday": "遇休息日提前",
    "same_weekday_next_week": "遇休息日改到下周同一天",
    "skip": "遇休息日就不办",
    "none": "",
}


def day(on: s.Day | None, every: str | None) -> str:
    """Which day of the period; a quarter's, half-year's or year's rule means its last month."""
    if on is None:
        return ""
    last_month = "" if every == "month" or on.kind == "month_day" else "最后一个月的"
    if on.kind == "month_day":
        return f"{on.month}月{on.day}日"
    if on.kind == "weekday":
        return f"{last_month}{_WEEKS[on.week or 1]}星期{'一二三四五六日'[on.weekday or 0]}"
    return f"{last_month}最后一天" if on.kind == "last_day" else f"{last_month}{on.day}日"


def duties(definition: s.Definition) -> Iterator[str]:
    for duty in definition.duties.values():
        if duty.key == "renewal":
            yield _renewal(duty)
        else:
            yield f"{_arises(definition, duty)}，{'；'.join(_answered(definition, duty))}。"


def _renewal(duty: s.Duty) -> str:
    first = f"到期前{time(duty.at[0])}起" if duty.at else "到期前"
    return f"{first}{duty.name.zh}，提醒{len(duty.at)}次；过期不自动续。"


def _arises(definition: s.Definition, duty: s.Duty) -> str:
    if duty.every is not None:
        after = f"（认定满{time(duty.first_after)}后）" if duty.first_after else ""
        return f"{_EVERY[duty.every]}{day(duty.on, duty.every)}{after}"
    if duty.once is not None:
        return f"认定满{time(duty.once)}"
    if duty.before is not None:
        first = f"{time(duty.at[0])}起" if duty.at else ""
        return f"{VALUES[duty.before]}{first}"
    return f"“{say(definition, duty.when or 'true')}”时"


def _answered(definition: s.Definition, duty: s.Duty) -> Iterator[str]:
    several = "各一名" if len(duty.by) > 1 else ""
    until = f"到期前办完，提醒{len(duty.at)}次" if duty.before else f"{time(duty.due)}内"
    yield f"{who(definition, duty.by)}{several}办“{duty.name.zh}”，{until}"
    if duty.opens.amount:
        yield f"提前{time(duty.opens)}开放"
    if several:
        yield "都答才算完成"
    if duty.record:
        yield f"填{labels(duty.record)}"
    if duty.sheet is not None:
        yield f"用“{named(definition, 'sheets', [duty.sheet])}”打分"
    if duty.runs is not None:
        yield f"重做“{named(definition, 'stages', [duty.runs])}”，按那天的情况判"
    if duty.confirmed_by is not None:
        yield f"{who(definition, [duty.confirmed_by])}确认"
    if duty.during:
        yield f"只在{named(definition, 'stages', duty.during)}期间"
    if duty.per == "program":
        yield "全项目一份"
    if duty.optional:
        yield "可以不答"
    if duty.roll is not None and _ROLLED[duty.roll]:
        yield _ROLLED[duty.roll]
    for late, role in duty.escalate.items():
        yield f"逾期{time(late)}报{who(definition, [role])}"


def money(definition: s.Definition) -> Iterator[str]:
    paid = [benefit for benefit in definition.benefits.values() if benefit.amount is not None]
    for benefit in definition.benefits.values():
        yield f"{'；'.join(_benefit(definition, benefit))}。"
    if paid:
        yield "没有人点“付款”，系统不付。"


def _benefit(definition: s.Definition, benefit: s.Benefit) -> Iterator[str]:
    if benefit.amount is None:
        yield benefit.name.zh + (f"（{benefit.about.zh}）" if benefit.about else "")
    else:
        yield _amount(definition, benefit)
        yield f"{who(definition, benefit.by)}付，{time(benefit.due)}内"
    if benefit.no_double is not None:
        yield "就高不重复" if benefit.no_double == "higher" else "重复的以先享受的为准"
    if benefit.once_per is not None:
        yield "每年用一次" if benefit.once_per == "year" else "每学期用一次"


def _amount(definition: s.Definition, benefit: s.Benefit) -> str:
    formula = isinstance(benefit.amount, str)
    amount = quantity(definition, benefit.amount, benefit.unit.zh)
    said = f"{benefit.name.zh}{amount}（{benefit.unit.zh}）" if formula else f"{benefit.name.zh}{amount}"
    if benefit.rhythm is not None:
        return f"{said}，{_rhythm(definition, benefit.rhythm)}"
    if not benefit.instalments:
        return f"{said}，发证后付"
    parts = "、".join(f"{_after(definition, part.after)}{part.share}" for part in benefit.instalments)
    number = len(benefit.instalments)
    return f"{said}，分{_DIGITS[number] if number <= 10 else number}期，{parts}"


def _rhythm(definition: s.Definition, rhythm: s.PaidEvery) -> str:
    times = f"，共{rhythm.times}次" if rhythm.times else ""
    condition = f"，“{say(definition, rhythm.while_)}”才付" if rhythm.while_ else ""
    return f"{_EVERY[rhythm.every]}{day(rhythm.on, rhythm.every)}付{times}{condition}"


def _after(definition: s.Definition, key: str) -> str:
    stage = definition.stages.get(key)
    if isinstance(stage, s.AwardStage):
        return "发证后"
    return f"{named(definition, 'stages' if stage else 'duties', [key])}完成后"


def points(definition: s.Definition) -> Iterator[str]:
    points = definition.points
    if points is None:
        return
    bounds = f"起始{number_text(points.base)}分" + (f"，最高{number_text(points.cap)}分" if points.cap else "")
    expires = f"，每笔{time(points.expires)}有效" if points.expires else ""
    lock = f"，{VALUES[points.lock]}锁定，锁定后只能补记更正" if points.lock else ""
    yield f"{bounds}{expires}{lock}。"
    appeal = f"，本人{time(points.entry.appeal)}内可以申诉" if points.entry.appeal else ""
    by, confirmed_by = (who(definition, [role]) for role in (points.entry.by, points.entry.confirmed_by))
    yield f"{by}记分，{confirmed_by}确认才生效{appeal}。"
    yield f"{'；'.join(_item(definition, item) for item in points.items.values())}。"
    for mark in points.marks:
        follows = "提醒" if mark.then == "warn" else "进入研判，由人决定"
        yield f"低于{number_text(mark.below)}分：{follows}。"
    for tier in points.tiers.values():
        yield f"{tier.name.zh}：{number_text(tier.from_)}分起，享{named(definition, 'benefits', tier.benefits)}。"
    for session in definition.sessions.values():
        seats = f"，每班{session.seats}人" if session.seats else ""
        asked = f"，登记{labels(session.asks)}" if session.asks else ""
        gives = f"；到场记“{named(definition, 'items', [session.gives])}”" if session.gives else ""
        absence = f"，无故不到记“{named(definition, 'items', [session.absence])}”" if session.absence else ""
        yield f"{session.name.zh}：{who(definition, session.by)}办{seats}{asked}{gives}{absence}。"


_LIMITS = {"month": "每月", "quarter": "每季", "half_year": "每半年", "year": "每年"}


def _item(definition: s.Definition, item: s.PointItem) -> str:
    amount = f"（{say(definition, item.points)}）" if isinstance(item.points, str) else f"{item.points:+f}分"
    amount = "不计分" if item.points == 0 else amount
    limit = ""
    if item.limit is not None:
        unit = "次" if item.limit.unit == "entries" else "分"
        limit = f"，{_LIMITS[item.limit.per]}最多{item.limit.amount}{unit}"
    review = "，一次就进入研判" if item.then else ""
    claim = "，本人申领" if item.from_ == "claim" else ""
    evidence = "，附凭证" if item.evidence else ""
    return f"{item.name.zh}{amount}{claim}{evidence}{limit}{review}"


def exits(definition: s.Definition) -> Iterator[str]:
    ends = {"end": "终止", "review": "研判，由人决定去留", "revoke": "撤销：先告知、听陈述，再由两人决定"}
    for exit_ in definition.exits.values():
        notes = [ends[exit_.then]]
        if exit_.when is not None:
            notes.append(f"“{say(definition, exit_.when)}”时系统提请研判")
        if exit_.then == "revoke":
            notes.append(f"陈述申辩{time(exit_.hearing)}")
        if exit_.ban is not None:
            notes.append(f"{time(exit_.ban)}内不得再报")
        if exit_.recover:
            notes.append("追回已付的待遇")
        if exit_.hold_nominator:
            notes.append("暂停推荐方的全部申报")
        yield f"{exit_.name.zh}：{'；'.join(notes)}。"


def fairness(definition: s.Definition) -> Iterator[str]:
    rules = definition.fairness
    same = [f"{name}相同" for name in map(str, _names(definition, rules.conflicts.same))]
    grounds = [
        "本人",
        "同单位",
        "推荐方",
        "申报的关系",
        "同邮箱域名",
        *same,
        *(["亲属"] if rules.conflicts.kin else []),
    ]
    yield f"自动回避：{'、'.join(grounds)}，看最近{rules.conflicts.years}年。"
    if rules.include_of is True:
        yield "由申报材料确定的承办人也要回避。"
    elif rules.include_of:
        yield f"{who(definition, rules.include_of)}也要回避。"
    if rules.conflicts.may_object_to:
        yield f"申报人可以申请最多{rules.conflicts.may_object_to}人回避。"
    for pair in rules.never_both:
        both = "和".join(f"“{named(definition, 'stages', [key])}”" for key in pair)
        yield f"同一件申报，{both}不能由同一人办。"
    appeal = definition.appeal
    answered = f"{who(definition, [appeal.by])}在{time(appeal.due)}内答复"
    yield f"不通过或撤销的，{time(appeal.within)}内可以申诉一次，{answered}。"


def _names(definition: s.Definition, keys: Iterable[str]) -> list[str]:
    return [named(definition, "fields", [key]) for key in keys]


def times(definition: s.Definition) -> Iterator[str]:
    ends = definition.calendar.day_ends
    count = VALUES[definition.calendar.count]
    yield f"期限{count}，按国家法定工作日（含调休）计算；当天截止到个人{ends.people}、单位{ends.offices}（北京时间）。"
    yield "没有公布放假安排的年份先按周末推算，标“暂定”，公布后重算。"
    if definition.remind is None:
        yield "到期前后提醒：单位提前2个工作日、当天、逾期1个工作日；本人和评委提前3个、1个工作日和当天。"
    else:
        yield f"到期前后提醒：{reminders(definition.remind)}。"
    for late, role in definition.escalate.items():
        yield f"逾期{time(late)}报{who(definition, [role])}。"
    yield "时间只用来提醒、催办、结束公示；不会自动通过、自动付款，也不会因为内容自动不通过。"


def messages(definition: s.Definition) -> Iterator[str]:
    for event, text in definition.messages.items():
        yield f"{event}：{text.zh}"


def retention(definition: s.Definition) -> Iterator[str]:
    kept = definition.retention
    words = ("draft", "refused", "withdrawn", "lapsed", "id_image", "bank_account", "joint_check_detail", "audit")
    parts = [f"{PARAMETERS[word]}{time(getattr(kept, word))}" for word in words]
    recognized = time(kept.recognized) if kept.recognized else "有效期加归档"
    yield f"{'、'.join(parts)}、{PARAMETERS['recognized']}{recognized}。到期由系统列出，由人批准才删除。"
