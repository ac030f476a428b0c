"""Who may apply, through whom, with what answers, under which conditions and measures."""

from collections.abc import Iterator
from datetime import date

from workflow.domain.program import schema as s
from workflow.domain.program.glossary import TYPES, VALUES
from workflow.domain.program.phrases import number_text
from workflow.domain.program.readback.saying import say
from workflow.domain.program.readback.stages import named, quantity, tell, time, who

_ONCE = {
    "round": "每批每人限报一类",
    "year": "每年每人限报一类",
    "running": "同一申报人同时只能有一件在办",
    "program": "一生只认定一次",
    "no": "不限次数",
}
_ROLLED = {
    "none": "",
    "skip": "",
    "previous_workday": "，遇休息日提前",
    "next_workday": "，遇休息日顺延",
    "same_weekday_next_week": "，遇休息日延到下一周的同一天",
}
_SUBJECT = {"person": "个人", "team": "团队", "organization": "单位"}


def _leader(team: s.Team) -> str:
    return "" if team.leader_counts else "；负责人不算成员，可以另外参加一个团队"


def head(definition: s.Definition) -> Iterator[str]:
    program = definition.program
    yield f"{program.owner.zh}主管，依据《{program.policy.zh}》；主办：{who(definition, [program.run_by])}。"
    public = "公开申报" if program.visibility == "public" else "只在组织内可见，不上公开网页"
    told = "" if program.tell_person else "；系统不主动通知本人"
    yield f"申报主体是{_SUBJECT[program.subject]}；{_ONCE[program.one_per_person]}；{public}{told}。"
    if program.team is not None:
        table = named(definition, "fields", [program.team.members])
        yield f"团队成员看“{table}”，每人各自确认才算提交{_leader(program.team)}。"
    if program.reapply_after is not None:
        yield f"未通过的，{time(program.reapply_after)}后可以再报。"
    if program.credentials is not None:
        yield f"可以用学历、职称等资历作条件，依据：{program.credentials.zh}。"
    yield f"类别：{'、'.join(track.name.zh for track in definition.tracks.values())}。"


def channels(definition: s.Definition) -> Iterator[str]:
    for channel in definition.channels.values():
        yield f"{channel.name.zh}：{'；'.join(_channel(definition, channel))}。"


def _channel(definition: s.Definition, channel: s.Channel) -> Iterator[str]:
    yield _intake(channel.intake)
    yield _filled(definition, channel)
    if channel.account != "required":
        yield "本人可以没有账号" if channel.account == "optional" else "本人没有账号，由填报人代办"
    if channel.nominator is not None:
        yield from _nominator(definition, channel.nominator)
    if channel.must_hold is not None:
        yield f"本人须持有{_holding(definition, channel.must_hold)}"
    if channel.must_not_hold is not None:
        yield f"本人不得持有过{_holding(definition, channel.must_not_hold)}"
    if channel.quota is not None:
        yield from _quota(definition, channel.quota)
    if channel.places is not None:
        yield f"全渠道最多{quantity(definition, channel.places)}"


def _intake(intake: s.Intake) -> str:
    found = "由主办按部门数据找到人，系统代拟申报（无感智办）"
    if intake.mode == "monthly":
        monthly = f"每月一批，{intake.closes}日截止{_ROLLED[intake.roll]}"
        return f"{monthly}，{found}" if intake.from_facts else monthly
    if intake.from_facts:
        return found
    return "常年受理" if intake.mode == "rolling" else "按批次受理，起止时间开批时定"


def _filled(definition: s.Definition, channel: s.Channel) -> str:
    fillers = {"person": "本人填报", "nominator": "推荐方填报", "either": "推荐方代填或本人填报"}
    filled = fillers.get(channel.filled_by) or f"{who(definition, [channel.filled_by])}代填"
    told = channel.filled_by != "person" and definition.program.tell_person
    if told and channel.account == "none":
        return f"{filled}，本人在打印的确认表上签字、扫描件交上来才算提交"
    if channel.confirm == "at_award":
        return f"{filled}，发证时本人确认"
    if not told:
        return filled
    return f"{filled}，都要本人确认才算提交" if channel.filled_by == "either" else f"{filled}，本人确认才算提交"


def _nominator(definition: s.Definition, nominator: s.Nominator) -> Iterator[str]:
    yield f"由{who(definition, [nominator.role])}推荐"
    if nominator.facts:
        yield f"推荐方的数字：{'、'.join(field.name.zh for field in nominator.facts.values())}"
    if nominator.ranked:
        yield "推荐方要给名单排序"
    if nominator.must_hold is not None:
        yield f"推荐方须持有{_holding(definition, nominator.must_hold)}"
    if nominator.must_not_hold is not None:
        yield f"推荐方不得持有过{_holding(definition, nominator.must_not_hold)}"


def _holding(definition: s.Definition, rule: s.HoldingRule) -> str:
    own = rule.program == definition.program.key
    program = f"《{definition.program.name.zh}》" if own else f"项目 {rule.program}"
    if rule.track is None:
        return f"{program}的认定"
    track = definition.tracks[rule.track].name.zh if own and rule.track in definition.tracks else rule.track
    return f"{program}“{track}”的认定"


def _quota(definition: s.Definition, quota: s.ChannelQuota) -> Iterator[str]:
    per = {"round": "每批", "year": "每年", "month": "每月"}[quota.per]
    whom = f"每个{named(definition, 'fields', [quota.counted_per])}" if quota.counted_per else "每个推荐方"
    taken = f"，{named(definition, 'stages', [quota.taken_at])}同意时占用" if quota.taken_at else ""
    yield f"名额：{whom}{per}{quantity(definition, quota.places)}，零头不算{taken}"


def questions(definition: s.Definition) -> Iterator[str]:
    for section in definition.form.values():
        fields = "、".join(_field(definition, field) for field in section.fields.values())
        purpose = f"（用途：{section.purpose.zh}）" if section.purpose else ""
        yield f"{section.name.zh}{purpose}：{fields}。"
    for field in definition.round.values():
        yield f"开批时要填：{field.name.zh}。"
    for fact in definition.facts.values():
        scope = "每个单位记一次" if fact.per == "organization" else "逐件记"
        yield f"表外登记：{fact.field.name.zh}，{who(definition, fact.by)}登记，{scope}。"


def _field(definition: s.Definition, field: s.Field) -> str:
    notes = [*_field_notes(definition, field)]
    return f"{field.name.zh}（{'，'.join(notes)}）" if notes else field.name.zh


def _field_notes(definition: s.Definition, field: s.Field) -> Iterator[str]:
    if field.type in ("table", "file", "computed"):
        yield str(TYPES[field.type])
    if isinstance(field, s.TableField):
        yield f"{field.rows}行：{'、'.join(column.name.zh for column in field.columns.values())}"
    if field.required is False and field.type != "computed":
        yield "选填"
    elif isinstance(field.required, str):
        yield f"{say(definition, field.required)}时必填"
    if isinstance(field.show, str):
        yield f"{say(definition, field.show)}时才填"
    if field.filled_by is not None:
        yield f"{who(definition, [field.filled_by])}填"
    if field.level == "L4":
        readers = f"，只给{who(definition, field.see)}看" if field.see else ""
        yield f"加密保存、只显示一部分{readers}"
    if isinstance(field, s.FileField) and field.blind_copy:
        yield "另交隐名副本"
    if field.stats_only:
        yield "只用于统计"
    if isinstance(field, s.ComputedField):
        yield say(definition, field.value)


def conditions(definition: s.Definition) -> Iterator[str]:
    if not definition.eligibility.rules:
        return
    day = definition.eligibility.as_of
    when = f"{day:%Y}年{day.month}月{day.day}日" if isinstance(day, date) else str(VALUES[day])
    yield f"年龄、年限都算到{when}。条件由系统先比对，人来判断。"
    for rule in definition.eligibility.rules.values():
        yield f"{rule.key} {rule.name.zh}：{'；'.join(_rule(definition, rule))}。"


def _rule(definition: s.Definition, rule: s.EligibilityRule) -> Iterator[str]:
    if rule.rule is not None:
        yield say(definition, rule.rule)
    if rule.settled_at is not None:
        yield f"由“{named(definition, 'stages', [rule.settled_at])}”回答"
    if rule.otherwise == "look":
        yield "不满足的由人判断"
    if rule.channels:
        yield f"只用于{named(definition, 'channels', rule.channels)}"
    if rule.tracks:
        yield f"只用于{named(definition, 'tracks', rule.tracks)}类"
    yield f"依据{rule.clause.zh}" if rule.clause else "没有写依据"


def routes(definition: s.Definition) -> Iterator[str]:
    """Channels that walk the same way are told once."""
    together: dict[tuple[str, ...], list[str]] = {}
    for channel in definition.channels.values():
        together.setdefault(definition.route_of(channel.key), []).append(channel.name.zh)
    for route, names in together.items():
        yield f"{'、'.join(names)}："
        for number, key in enumerate(route, start=1):
            yield f"{number}. {tell(definition, definition.stages[key])}"


def scoring(definition: s.Definition) -> Iterator[str]:
    scoring = definition.scoring
    if not scoring.sheets:
        return
    if scoring.levels:
        yield f"等级：{'、'.join(f'{level} {span}分' for level, span in scoring.levels.items())}。"
    explain = [*scoring.explain.levels, *(f"{number_text(mark)}分以上" for mark in scoring.explain.marks)]
    if explain:
        yield f"打{'、'.join(explain)}的必须写理由。"
    for sheet in scoring.sheets.values():
        track = f"（{definition.tracks[sheet.track].name.zh}用）" if sheet.track in definition.tracks else ""
        line = f"，{number_text(sheet.pass_)}分及格" if sheet.pass_ is not None else "，不设及格线"
        criteria = "、".join(_criterion(definition, criterion) for criterion in sheet.criteria.values())
        yield f"{sheet.name.zh}{track}{line}：{criteria}。"


def _criterion(definition: s.Definition, criterion: s.Criterion) -> str:
    notes = []
    if criterion.type == "veto":
        return f"{criterion.name.zh}（一票否决，须由人确认）"
    if criterion.at is not None:
        notes.append(f"在{named(definition, 'stages', [criterion.at])}打分")
    if criterion.by:
        notes.append(f"{who(definition, criterion.by)}打")
    if criterion.value is not None:
        notes.append(f"自动算：{say(definition, criterion.value)}")
    if criterion.bands:
        bands = "、".join(f"满{number_text(mark)}得{number_text(points)}" for mark, points in criterion.bands.items())
        notes.append(bands)
    note = f"（{'，'.join(notes)}）" if notes else ""
    return f"{criterion.name.zh}{number_text(criterion.weight)}%{note}"


def places(definition: s.Definition) -> Iterator[str]:
    quota = definition.quota
    if quota.total is not None:
        per = {"round": "每批", "year": "每年", "month": "每月"}[quota.per]
        yield f"总名额：{per}{quantity(definition, quota.total)}。"
    for key, floor in quota.tracks.items():
        least = f"至少{floor.at_least}" if floor.at_least is not None else ""
        most = f"至多{floor.at_most}" if floor.at_most is not None else ""
        yield f"{named(definition, 'tracks', [key])}：{'，'.join(part for part in (least, most) if part)}。"
    if quota.each is not None:
        field = named(definition, "fields", [quota.each.field])
        yield f"每个{field}至少{quota.each.at_least}名，不足的列入缺口，不强制。"
    if quota.alternates is not None:
        yield f"候补：{quota.alternates}，递补须重新公示。"
    if quota.total is not None:
        ties = {"first_criterion": "先比第一项指标", "vote": "投票决定"}
        yield f"同分：{'，再'.join(ties[tie] for tie in quota.tie_break)}。"
