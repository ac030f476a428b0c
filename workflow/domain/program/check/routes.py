"""Routes: that they lead somewhere, in an order in which a person decides."""

from collections import Counter

from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    FollowUpStage,
    NoticeStage,
    ScoreStage,
    Stage,
    VoteStage,
)
from workflow.domain.program.schema.stages import JointCheckStage
from workflow.domain.words import Words


def routes_lead_somewhere(desk: Desk) -> None:
    for route in desk.routes:
        if not route.stages:
            channel = desk.channel_name(route.channels[0])
            path = route.path if desk.written(route.path) else ("channels", route.channels[0])
            desk.error("X00", path, Words("渠道“%(channel)s”没有路线：请写 route", channel=channel))


def routes_pass_known_stages_once(desk: Desk) -> None:
    for route in desk.routes:
        for key, times in Counter(route.stages).items():
            desk.stage(route.path, key)
            if times > 1:
                words = Words("路线两次经过“%(stage)s”，返工请用 send_back", stage=key)
                desk.error("X08", desk.item(route.path, key), words)


def stages_no_route_passes(desk: Desk) -> None:
    if not desk.leads_somewhere:
        return
    rerun = {duty.runs for duty in desk.definition.duties.values()}
    for key, stage in desk.definition.stages.items():
        if key not in rerun and not any(desk.passing(key)):
            desk.warn(
                "R06",
                ("stages", key),
                Words("没有一条路线经过环节“%(stage)s”：请写进 route，不用就删掉", stage=stage.name),
            )


def somebody_decides_before_the_award(desk: Desk) -> None:
    for route in desk.routes:
        stages = desk.stages_on(route)
        award = next((stage for stage in stages if isinstance(stage, AwardStage)), None)
        if award is None:
            if stages:
                desk.warn("X09", route.path, Words("这条路线走到底也没有认定（award）"))
        elif not any(is_decided_by_a_person(stage) for stage in desk.before(route, award.key)):
            words = Words(
                "“%(award)s”之前没有一步一定由人决定：请在前面加一个不带 when 的 check、score 或 vote", award=award.name
            )
            desk.error("X01", desk.item(route.path, award.key), words)


def is_decided_by_a_person(stage: Stage) -> bool:
    """Surely passed, and only by somebody's decision."""
    if stage.when is not None:
        return False
    if isinstance(stage, CheckStage):
        return stage.sample is None and stage.if_silent == "wait"
    return isinstance(stage, JointCheckStage | ScoreStage | VoteStage)


def somebody_acts_after_a_notice(desk: Desk) -> None:
    for route in desk.routes:
        for at, key in enumerate(route.stages):
            notice = desk.definition.stages.get(key)
            if not isinstance(notice, NoticeStage):
                continue
            after = [desk.definition.stages.get(later) for later in route.stages[at + 1 :]]
            if not any(stage is not None and is_surely_acted_on(stage) for stage in after):
                words = Words("“%(notice)s”之后必须有人办理，公示期满不等于通过", notice=notice.name)
                desk.error("X02", desk.item(route.path, key), words)


def is_surely_acted_on(stage: Stage) -> bool:
    return is_decided_by_a_person(stage) or (isinstance(stage, AwardStage) and stage.when is None)


def competition_is_made_public(desk: Desk) -> None:
    for route in desk.routes:
        stages = desk.stages_on(route)
        votes = [stage for stage in stages if isinstance(stage, VoteStage)]
        if has_notice(stages) or not votes:
            continue
        if desk.definition.quota.alternates is not None:
            words = Words("写了候补 alternates，但这条路线没有公示；递补须重新公示")
            desk.error("Q03", ("quota", "alternates"), words)
        elif desk.definition.quota.total is not None or any(competes(vote) for vote in votes):
            desk.warn("X03", route.path, Words("有名额竞争，却没有公示：请加一个 notice 环节"))


def has_notice(stages: tuple[Stage, ...]) -> bool:
    return any(isinstance(stage, NoticeStage) for stage in stages)


def competes(vote: VoteStage) -> bool:
    return vote.rank_by != "none" or vote.places is not None or bool(vote.grades)


def follow_ups_come_after_the_award(desk: Desk) -> None:
    for route in desk.routes:
        stages = desk.stages_on(route)
        awards = [stage.key for stage in stages if isinstance(stage, AwardStage)]
        for stage in stages:
            early = isinstance(stage, FollowUpStage) and awards
            if early and route.stages.index(stage.key) < route.stages.index(awards[0]):
                words = Words("还没认定就进入“%(stage)s”", stage=stage.name)
                desk.warn("X06", desk.item(route.path, stage.key), words)


def work_is_sent_back_to_an_earlier_stage(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, CheckStage):
            continue
        path = ("stages", key, "send_back_to")
        if stage.send_back_to is None:
            if "send_back" in stage.may:
                words = Words("许 send_back，却没写退到哪一步：请写 send_back_to")
                desk.error("X04", desk.item(("stages", key, "may"), "send_back"), words)
        elif desk.stage(path, stage.send_back_to):
            for route in desk.passing(key):
                if not is_before(route, stage.send_back_to, key):
                    words = Words("“%(target)s”不在本环节之前，只能退到前面的环节", target=stage.send_back_to)
                    desk.error("X04", path, words)


def is_before(route: Route, earlier: str, later: str) -> bool:
    return earlier in route.stages and route.stages.index(earlier) < route.stages.index(later)
