"""Places: numbers that can be kept, taken by somebody, and given back."""

from decimal import ROUND_CEILING, Decimal

from workflow.domain.program.check.desk import Desk
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import (
    Channel,
    ChannelQuota,
    Field,
    OrganizationField,
    RegionField,
    Share,
    TableField,
    VoteStage,
)
from workflow.domain.words import Words


def quotas_belong_to_somebody(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        if channel.quota is None:
            continue
        path: Path = ("channels", key, "quota")
        if channel.nominator is None and channel.quota.counted_per is None:
            words = Words("渠道“%(channel)s”有名额没有推荐方", channel=channel.name)
            desk.error("Q01", path, words)
        if channel.intake.mode == "rolling" and channel.quota.per == "round":
            words = Words("渠道“%(channel)s”常年受理，名额要写 per: year 或 month", channel=channel.name)
            desk.error("Q05", path, words, "per: year")
        taken_at_a_stage_of_the_route(desk, path, key, channel.quota)


def taken_at_a_stage_of_the_route(desk: Desk, path: Path, channel: str, quota: ChannelQuota) -> None:
    where = (*path, "taken_at")
    if quota.taken_at is None or not desk.stage(where, quota.taken_at):
        return
    route = desk.definition.route_of(channel)
    if quota.taken_at not in route:
        words = Words("这条渠道的路线不经过“%(stage)s”，名额永远不占用", stage=quota.taken_at)
        desk.error("R02", where, words, closest(quota.taken_at, route))


def the_total_is_drawn_by_a_meeting(desk: Desk) -> None:
    """Without any vote nobody draws the line; a channel that never meets in one is first come first served."""
    if desk.definition.quota.total is None or not desk.leads_somewhere:
        return
    with_vote = {
        c
        for route in desk.routes
        if any(isinstance(s, VoteStage) for s in desk.stages_on(route))
        for c in route.channels
    }
    if not with_vote:
        desk.error("Q02", ("quota", "total"), Words("有总名额，却没有会议划线（vote）"))
        return
    for key, channel in desk.definition.channels.items():
        if key not in with_vote:
            words = Words("渠道“%(channel)s”没有排序会议，总名额先到先得", channel=channel.name)
            desk.warn("Q04", ("channels", key), words)


def totals_of_rolling_channels_have_a_period(desk: Desk) -> None:
    quota = desk.definition.quota
    rolling = [channel for channel in desk.definition.channels.values() if channel.intake.mode == "rolling"]
    if quota.total is not None and quota.per == "round" and rolling:
        words = Words("渠道“%(channel)s”常年受理，总名额要写 per: year 或 month", channel=rolling[0].name)
        desk.error("Q05", ("quota",), words, "per: year")


def floors_fit_under_the_total(desk: Desk) -> None:
    quota = desk.definition.quota
    for track in quota.tracks:
        desk.track(("quota", "tracks", track), track)
    if not isinstance(quota.total, Decimal):
        return
    floors = sum(in_places(floor.at_least, quota.total) for floor in quota.tracks.values())
    if floors > quota.total:
        words = Words("各类保底合计%(floors)s，超过总名额%(total)s", floors=floors, total=quota.total)
        desk.error("U07", ("quota", "tracks"), words)


def in_places(share: int | Share | None, total: Decimal) -> int:
    """Percentages round up."""
    if isinstance(share, Share):
        return int((share.percent * total / 100).to_integral_value(ROUND_CEILING))
    return share or 0


def there_are_places(desk: Desk) -> None:
    definition = desk.definition
    numbers: list[tuple[Path, object]] = [(("quota", "total"), definition.quota.total)]
    for key, channel in definition.channels.items():
        numbers += channel_numbers(key, channel)
    for key, stage in definition.stages.items():
        if isinstance(stage, VoteStage):
            numbers.append((("stages", key, "places"), stage.places))
    for track, floor in definition.quota.tracks.items():
        numbers.append((("quota", "tracks", track, "at_most"), floor.at_most))
    for path, number in numbers:
        if isinstance(number, int | Decimal) and number <= 0:
            desk.error("U08", path, Words("名额为%(number)s，谁也进不来", number=number))


def channel_numbers(key: str, channel: Channel) -> list[tuple[Path, object]]:
    path: Path = ("channels", key)
    quota = channel.quota.places if channel.quota is not None else None
    place = (*path, "quota", "places")
    return [(place, quota), ((*path, "places"), channel.places)]


def counted_fields_fit(desk: Desk) -> None:
    definition = desk.definition
    fields = definition.form_fields()
    organizations = fitting(fields, OrganizationField)
    for key, channel in definition.channels.items():
        if channel.quota is not None and channel.quota.counted_per is not None:
            words = Words("counted_per 指的“%(name)s”不合用：要单位字段", name=channel.quota.counted_per)
            path = ("channels", key, "quota", "counted_per")
            desk.expect("R13", path, channel.quota.counted_per, organizations, words)
    if definition.program.team is not None:
        name = definition.program.team.members
        words = Words("team.members 指的“%(name)s”不合用：要表格字段", name=name)
        desk.expect("R13", ("program", "team", "members"), name, fitting(fields, TableField), words)
    for name in definition.fairness.conflicts.same:
        words = Words("conflicts.same 指的“%(name)s”不合用：申报表里要有这个字段", name=name)
        desk.expect("R13", ("fairness", "conflicts", "same"), name, fields, words)
    if definition.quota.each is not None:
        places = [*organizations, *fitting(fields, RegionField)]
        words = Words("quota.each 指的“%(name)s”不合用：要单位或地区字段", name=definition.quota.each.field)
        desk.expect("R13", ("quota", "each", "field"), definition.quota.each.field, places, words)
    if definition.program.line is not None:
        words = Words("program.line 指的“%(name)s”不合用：要单位字段，或写 nominator", name=definition.program.line)
        desk.expect("R13", ("program", "line"), definition.program.line, [*organizations, "nominator"], words)


def fitting(fields: dict[str, Field], type_: type[Field]) -> list[str]:
    return [key for key, field in fields.items() if isinstance(field, type_)]
