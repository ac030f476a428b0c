"""Duties: that each falls due on a day that comes, while somebody still holds a recognition."""

from workflow.domain.lengths import Length
from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    Day,
    Duty,
    FollowUpStage,
    JointCheckStage,
)
from workflow.domain.words import Words

DAYS_OF = {"wd": 1.45, "d": 1.0, "mo": 30.44, "y": 365.25}
FOREVER = float("inf")


def in_days(length: Length) -> float:
    """Near enough to tell which of two lengths is longer."""
    return length.amount * DAYS_OF[length.unit]


def duties_say_when(desk: Desk) -> None:
    for key, duty in desk.definition.duties.items():
        path: Path = ("duties", key)
        ways = [word for word in ("every", "once", "before", "when") if getattr(duty, word) is not None]
        if len(ways) != 1:
            words = Words("“%(duty)s”：every、once、before、when 恰好写一个", duty=duty.name)
            desk.error("D01", path, words)
        elif key == "renewal" and duty.before != "expiry":
            desk.error("D01", path, Words("renewal 是续认，要写 before: expiry"))
        elif duty.every is not None and duty.on is None:
            desk.error("D02", path, Words("“%(duty)s”没写哪一天：请写 on", duty=duty.name))
        elif duty.before is not None and not duty.at:
            desk.error("D02", path, Words("“%(duty)s”没写提前多久：请写 at: [30d, 7d]", duty=duty.name))


def days_exist_in_their_period(desk: Desk) -> None:
    for key, duty in desk.definition.duties.items():
        if duty.every is not None and duty.on is not None:
            day_fits(desk, ("duties", key, "on"), duty.every, duty.on)
    for key, benefit in desk.definition.benefits.items():
        if benefit.rhythm is not None:
            day_fits(desk, ("benefits", key, "paid", "on"), benefit.rhythm.every, benefit.rhythm.on)


def day_fits(desk: Desk, path: Path, every: str, on: Day) -> None:
    if on.kind == "month_day" and every != "year":
        day = f"{on.month}-{on.day:02}"
        desk.error("T02", path, Words("%(day)s 这样的日期每年才行（every: year）；请写 25 或 last_day", day=day))
    elif on.kind == "day" and on.day is not None and on.day > SHORTEST[every]:
        words = Words("%(day)s日在小月按最后一天算，是否想写 last_day？", day=on.day)
        desk.warn("T03", path, words, "last_day")


SHORTEST = {"month": 28, "quarter": 30, "half_year": 30, "year": 31}


def duties_arise(desk: Desk) -> None:
    follow_ups = {key for key, stage in desk.definition.stages.items() if isinstance(stage, FollowUpStage)}
    passed = {key for route in desk.routes for key in route.stages if key in follow_ups}
    for key, duty in desk.definition.duties.items():
        for stage in duty.during:
            if desk.stage(("duties", key, "during"), stage) and stage not in follow_ups:
                words = Words("“%(stage)s”不是 follow_up，任务不会在那里出现", stage=stage)
                desk.error("D03", desk.item(("duties", key, "during"), stage), words)
        if not passed and desk.leads_somewhere and duty.per == "case":
            words = Words("“%(duty)s”永远不会出现：没有一条路线经过 follow_up", duty=duty.name)
            desk.error("D03", ("duties", key), words)
        elif duty.before == "stage_end" and not any_ends(desk, duty):
            words = Words("“%(duty)s”永远不会出现：没有一个有期限的 follow_up", duty=duty.name)
            desk.error("D03", ("duties", key, "before"), words)


def any_ends(desk: Desk, duty: Duty) -> bool:
    stages = [stage for stage in desk.definition.stages.values() if isinstance(stage, FollowUpStage)]
    return any(stage.lasts != "open" for stage in stages if not duty.during or stage.key in duty.during)


def reruns_are_checks(desk: Desk) -> None:
    for key, duty in desk.definition.duties.items():
        path = ("duties", key, "runs")
        if duty.runs is None or not desk.stage(path, duty.runs):
            continue
        stage = desk.definition.stages[duty.runs]
        if not isinstance(stage, CheckStage | JointCheckStage):
            desk.error("D04", path, Words("只能重做 check 或 joint_check，“%(stage)s”不是", stage=stage.name))


def what_expires_has_a_validity(desk: Desk) -> None:
    awards = [route for route in desk.routes if any(isinstance(stage, AwardStage) for stage in desk.stages_on(route))]
    if not awards or any(valid_for(desk, route) is not None for route in awards):
        return
    for key, duty in desk.definition.duties.items():
        if duty.before == "expiry":
            words = Words("“%(duty)s”等到期，但证书没有有效期：请写 certificate.valid", duty=duty.name)
            desk.error("D05", ("duties", key, "before"), words)
    for key, stage in desk.definition.stages.items():
        if isinstance(stage, FollowUpStage) and stage.lasts == "valid":
            words = Words("“%(stage)s”到有效期为止，但证书没有有效期：请写 certificate.valid", stage=stage.name)
            desk.error("D05", ("stages", key, "lasts"), words)


def valid_for(desk: Desk, route: Route) -> Length | None:
    awards = [stage for stage in desk.stages_on(route) if isinstance(stage, AwardStage)]
    lengths = [award.certificate.valid for award in awards if award.certificate is not None]
    return next((length for length in lengths if length is not None), None)


def duties_fall_before_their_follow_up_ends(desk: Desk) -> None:
    for key, duty in desk.definition.duties.items():
        first = duty.once or duty.first_after
        word = "once" if duty.once is not None else "first_after"
        if first is None:
            continue
        ends = [end_of(desk, route, duty) for route in desk.routes]
        if ends and in_days(first) > max(ends):
            words = Words("“%(duty)s”在认定后%(first)s，那时它所在的 follow_up 已经结束了", duty=duty.name, first=first)
            desk.error("T04", ("duties", key, word), words)


def end_of(desk: Desk, route: Route, duty: Duty) -> float:
    """Days from recognition to the end of the last follow-up of the route that knows the duty; 0 when there is none."""
    elapsed, last = 0.0, 0.0
    validity = valid_for(desk, route)
    valid_days = in_days(validity) if validity is not None else FOREVER
    for stage in desk.stages_on(route):
        if not isinstance(stage, FollowUpStage):
            continue
        if isinstance(stage.lasts, Length):
            elapsed += in_days(stage.lasts)
        else:
            elapsed = max(elapsed, valid_days) if stage.lasts == "valid" else FOREVER
        if not duty.during or stage.key in duty.during:
            last = elapsed
    return last
