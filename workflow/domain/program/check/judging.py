"""Eligibility: every rule is answered by something, at a day that every channel has."""

from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import CheckStage, EligibilityRule
from workflow.domain.words import Words

RULES: Path = ("eligibility", "rules")


def rules_have_one_answer(desk: Desk) -> None:
    for key, rule in desk.definition.eligibility.rules.items():
        if (rule.rule is None) == (rule.settled_at is None):
            words = Words("条件“%(rule)s”：写算式 rule，或由哪步回答 settled_at，二选一", rule=rule.name)
            desk.error("E01", (*RULES, key), words)


def rules_name_their_clause(desk: Desk) -> None:
    for key, rule in desk.definition.eligibility.rules.items():
        if rule.clause is None:
            desk.warn("E03", (*RULES, key), Words("“%(rule)s”没写依据哪一条", rule=rule.name))


def rules_apply_to_known_channels_and_tracks(desk: Desk) -> None:
    for key, rule in desk.definition.eligibility.rules.items():
        for track in rule.tracks:
            desk.track((*RULES, key, "tracks"), track)
        for channel in rule.channels:
            words = Words("没有渠道“%(channel)s”", channel=channel)
            desk.expect("C03", (*RULES, key, "channels"), channel, desk.definition.channels, words)


def settled_rules_are_answered_on_every_route(desk: Desk) -> None:
    for key, rule in desk.definition.eligibility.rules.items():
        path = (*RULES, key, "settled_at")
        if rule.settled_at is None or not desk.stage(path, rule.settled_at):
            continue
        stage = desk.definition.stages[rule.settled_at]
        if stage.kind in ("notice", "award", "follow_up"):
            words = Words(
                "“%(stage)s”不作判断，不能回答条件“%(rule)s”；请改由审核、联审、评分或会议回答",
                stage=stage.name,
                rule=rule.name,
            )
            desk.error("E02", path, words)
            continue
        for route in desk.routes:
            for channel in concerned(rule, route):
                settled_on(desk, path, rule, route, channel)


def settled_on(desk: Desk, path: Path, rule: EligibilityRule, route: Route, channel: str) -> None:
    stage = desk.definition.stages[rule.settled_at or ""]
    name = desk.channel_name(channel)
    if stage.key not in route.stages:
        words = Words(
            "渠道“%(channel)s”不经过“%(stage)s”，“%(rule)s”这一条没人回答",
            channel=name,
            stage=stage.name,
            rule=rule.name,
        )
        desk.error("E02", path, words)
    elif stage.when is not None:
        words = Words("“%(stage)s”可能跳过，条件“%(rule)s”就没人回答", stage=stage.name, rule=rule.name)
        desk.error("U05", path, words)


def concerned(rule: EligibilityRule, route: Route) -> tuple[str, ...]:
    return tuple(channel for channel in route.channels if not rule.channels or channel in rule.channels)


def rules_are_judged_by_somebody(desk: Desk) -> None:
    if not desk.leads_somewhere:
        return
    for key, rule in desk.definition.eligibility.rules.items():
        if rule.rule is not None and not any(
            judges(desk, route, key) for route in desk.routes if concerned(rule, route)
        ):
            words = Words("条件“%(rule)s”没有一个环节来判：请在某个 check 写 rules", rule=rule.name)
            desk.warn("U04", (*RULES, key), words)


def judges(desk: Desk, route: Route, rule: str) -> list[CheckStage]:
    """The checks of the route that judge the rule."""
    checks = [stage for stage in desk.stages_on(route) if isinstance(stage, CheckStage)]
    return [stage for stage in checks if stage.rules == "all" or rule in stage.rules]


def rules_are_judged_as_of_a_day_that_exists(desk: Desk) -> None:
    if desk.definition.eligibility.as_of != "closes":
        return
    for channel in desk.definition.channels.values():
        if not channel.closes_together:
            words = Words("as_of: closes：渠道“%(channel)s”没有统一的截止日；请写 submitted", channel=channel.name)
            desk.error("T01", ("eligibility", "as_of"), words, "submitted")
