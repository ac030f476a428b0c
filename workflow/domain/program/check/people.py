"""Roles and channels: who acts, who fills, how holders are found, and whether there are enough of them."""

from collections.abc import Iterator

from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.check.shown import surely_answered
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import (
    Channel,
    CheckStage,
    FollowUpStage,
    HoldingRule,
    JointCheckStage,
    NoticeStage,
    OrganizationField,
    RegionField,
    Role,
    ScoreStage,
    Stage,
    VoteStage,
)
from workflow.domain.program.vocabulary import RESERVED_ROLES, SUPERIOR
from workflow.domain.words import Words

Use = tuple[Path, str]


def runs_the_program(desk: Desk) -> None:
    definition = desk.definition
    if definition.run_by in definition.roles:
        _runs_all_cases(desk, definition.roles[definition.run_by])
        return
    if desk.written(("program", "run_by")):
        role_exists(desk, ("program", "run_by"), definition.run_by)
    else:
        words = Words("没有主办角色：请写 run_by，或把主办叫 manager")
        desk.error("H00", ("program",), words, closest("manager", definition.roles))


def _runs_all_cases(desk: Desk, role: Role) -> None:
    """Who is found anew from each case would run none before there is one, and each only their own."""
    if role.of is not None:
        words = Words("主办角色“%(role)s”不能写 of：主办要管所有申报，人在批次里指定", role=role.name)
        desk.error("H00", ("roles", role.key, "of"), words)


def role_exists(desk: Desk, path: Path, role: str) -> None:
    desk.expect("R01", path, role, desk.definition.roles, Words("没有角色“%(role)s”", role=role))


def roles_exist(desk: Desk) -> None:
    for path, role in (*acting(desk), *looking(desk)):
        if role not in RESERVED_ROLES and desk.written(path):
            role_exists(desk, path, role)


def reserved_roles(desk: Desk) -> None:
    for role in sorted(RESERVED_ROLES & set(desk.definition.roles)):
        desk.error("H07", ("roles", role), Words("“%(role)s”是保留角色，不能自己定义", role=role))
    mentored = any(isinstance(stage, FollowUpStage) and stage.mentors for stage in desk.definition.stages.values())
    if mentored:
        return
    for path, role in (*acting(desk), *looking(desk)):
        if role == "mentor":
            desk.error("H07", desk.item(path, role), Words("没有环节指定帮带人（mentors），mentor 无人"))


def idle_roles(desk: Desk) -> None:
    busy = {role for _, role in acting(desk)} | {desk.definition.run_by}
    for key, role in desk.definition.roles.items():
        if key not in busy and key not in RESERVED_ROLES:
            words = Words("角色“%(role)s”没有任何事可做（申诉、付款、任务、帮带都算事）；不用就删掉", role=role.name)
            desk.warn("R03", ("roles", key), words)


def acting(desk: Desk) -> Iterator[Use]:
    """Every place of the file that gives a role something to do."""
    definition = desk.definition
    for key, stage in definition.stages.items():
        yield from ((path, role) for path, role in acting_in(("stages", key), stage))
    for key, duty in definition.duties.items():
        yield from each(("duties", key, "by"), duty.by)
        yield from each(("duties", key, "confirmed_by"), (duty.confirmed_by,))
        yield from each(("duties", key, "escalate"), tuple(duty.escalate.values()))
    for key, benefit in definition.benefits.items():
        yield from each(("benefits", key, "by"), benefit.by)
    for key, session in definition.sessions.items():
        yield from each(("sessions", key, "by"), session.by)
    for key, fact in definition.facts.items():
        yield from each(("facts", key, "by"), fact.by)
    if definition.points is not None:
        yield ("points", "entry", "by"), definition.points.entry.by
        yield ("points", "entry", "confirmed_by"), definition.points.entry.confirmed_by
    yield ("appeal", "by"), definition.appeal.by
    yield from each(("escalate",), tuple(definition.escalate.values()))
    yield from acting_for_channels(desk)


def acting_for_channels(desk: Desk) -> Iterator[Use]:
    for key, channel in desk.definition.channels.items():
        if channel.nominator is not None:
            yield ("channels", key, "nominator", "role"), channel.nominator.role
        if channel.filled_by not in FILLERS:
            yield ("channels", key, "filled_by"), channel.filled_by


FILLERS = ("person", "nominator", "either")


def acting_in(path: Path, stage: Stage) -> Iterator[Use]:
    yield from each((*path, "by"), stage.by)
    yield from each((*path, "escalate"), tuple(stage.escalate.values()))
    if isinstance(stage, JointCheckStage):
        yield (*path, "lead"), stage.lead
    elif isinstance(stage, ScoreStage):
        yield (*path, "closed_by"), stage.closed_by
    elif isinstance(stage, VoteStage):
        yield (*path, "secretary"), stage.secretary
    elif isinstance(stage, NoticeStage):
        yield (*path, "objection", "by"), stage.objection.by
    elif isinstance(stage, FollowUpStage):
        yield from (((*path, "mentors", str(at), "role"), line.role) for at, line in enumerate(stage.mentors))
        if stage.placement is not None:
            yield (*path, "placement", "by"), stage.placement.by


def looking(desk: Desk) -> Iterator[Use]:
    """Roles that are named without being given anything to do: they may see, rate or be counted."""
    definition = desk.definition
    for key, section in definition.form.items():
        for name, field in section.fields.items():
            yield from each(("form", key, "fields", name, "see"), field.see)
    for key, stage in definition.stages.items():
        for name, field in stage.record.items():
            yield from each(("stages", key, "record", name, "see"), field.see)
        if isinstance(stage, JointCheckStage):
            yield from each(("stages", key, "detail_for"), stage.detail_for)
    for key, sheet in definition.scoring.sheets.items():
        for name, criterion in sheet.criteria.items():
            yield from each(("scoring", "sheets", key, "criteria", name, "by"), criterion.by)
    if isinstance(definition.fairness.include_of, tuple):
        yield from each(("fairness", "include_of"), definition.fairness.include_of)


def each(path: Path, roles: tuple[str | None, ...]) -> Iterator[Use]:
    return ((path, role) for role in roles if role is not None and role != SUPERIOR)


# -- how holders are found ---------------------------------------------------------------------------------------------


def holders_can_be_found(desk: Desk) -> None:
    for key, role in desk.definition.roles.items():
        if role.of is None or role.of in ("nominator", "applicant"):
            continue
        path = ("roles", key, "of")
        if role.of.startswith("records."):
            found_through_a_record(desk, path, role.of)
        else:
            found_through_a_field(desk, path, role.of)


def found_through_a_field(desk: Desk, path: Path, name: str) -> None:
    fields = desk.definition.form_fields()
    field = fields.get(name)
    if field is None:
        near = closest(name, [*fields, "nominator", "applicant"])
        desk.error("R04", path, Words("of：申报表里没有“%(name)s”，不能据此找人", name=name), near)
    elif not isinstance(field, OrganizationField | RegionField):
        fitting = [k for k, other in fields.items() if isinstance(other, OrganizationField | RegionField)]
        words = Words("of：“%(name)s”不是单位或地区字段，不能据此找人", name=field.name)
        desk.error("R05", path, words, closest(name, fitting))


def found_through_a_record(desk: Desk, path: Path, name: str) -> None:
    parts = name.split(".")
    stage = desk.definition.stages.get(parts[1]) if len(parts) == 3 else None
    if stage is None:
        near = closest(parts[1], desk.definition.stages)
        words = Words("of：没有“%(name)s”这样的环节记录，请写 records.环节.字段", name=name)
        desk.error("R04", path, words, near)
        return
    if parts[2] == "placement" and isinstance(stage, FollowUpStage) and stage.placement is not None:
        return
    field = stage.record.get(parts[2])
    if field is None:
        words = Words("of：“%(stage)s”不记录“%(field)s”，不能据此找人", stage=stage.name, field=parts[2])
        desk.error("R04", path, words, closest(parts[2], stage.record))
    elif not isinstance(field, OrganizationField | RegionField):
        desk.error("R05", path, Words("of：“%(name)s”不是单位或地区字段，不能据此找人", name=field.name))


def holders_are_surely_found(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        for role_key in stage.by:
            role = desk.definition.roles.get(role_key)
            if role is None or role.of is None:
                continue
            for route in desk.passing(key):
                for channel in route.channels:
                    if not surely_found(desk, role, stage, route, channel):
                        report_uncertain_holder(desk, stage, role, channel)


def report_uncertain_holder(desk: Desk, stage: Stage, role: Role, channel: str) -> None:
    words = Words(
        "“%(stage)s”的承办人来自“%(source)s”，但在渠道“%(channel)s”上它可能是空的（选填、隐藏，或那一步可能跳过）",
        stage=stage.name,
        source=role.of,
        channel=desk.channel_name(channel),
    )
    desk.error("R12", ("stages", stage.key, "by"), words)


def surely_found(desk: Desk, role: Role, stage: Stage, route: Route, channel: str) -> bool:
    source = role.of or ""
    if source == "applicant":
        return True
    if source == "nominator":
        return desk.definition.channels[channel].nominator is not None
    if source.startswith("records."):
        return surely_recorded(desk, source, stage, route)
    field = desk.definition.form_fields().get(source)
    return field is None or surely_answered(desk, field, channel)


def surely_recorded(desk: Desk, source: str, stage: Stage, route: Route) -> bool:
    _, earlier_key, name = (*source.split("."), "", "")[:3]
    if earlier_key not in desk.definition.stages:
        return True
    earlier = next((other for other in desk.before(route, stage.key) if other.key == earlier_key), None)
    if earlier is None or earlier.when is not None:
        return False
    field = earlier.record.get(name)
    return field is None or (field.required is True and field.show is True)


# -- enough of them ----------------------------------------------------------------------------------------------------


def enough_signers(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, CheckStage):
            continue
        for role_key in stage.by:
            role = desk.definition.roles.get(role_key)
            if role is not None:
                signers_of(desk, stage, role, fills=fills_before(desk, key, role_key))


def signers_of(desk: Desk, stage: CheckStage, role: Role, *, fills: bool) -> None:
    """Whoever filled may sign once for the own side (`of:`), never for the office's pool."""
    needed = stage.signers + (1 if fills and role.of is None else 0)
    said = desk.written(("roles", role.key, "seats"))
    path = ("stages", stage.key, "signers" if desk.written(("stages", stage.key, "signers")) else "by")
    if said and role.seats < needed:
        words = Words(
            "“%(stage)s”要%(needed)s人，但角色“%(role)s”只有%(seats)s席；由本角色代填的，填的人不能再审，要多1席",
            stage=stage.name,
            needed=needed,
            role=role.name,
            seats=role.seats,
        )
        desk.error("H03", path, words)
    elif not said and role.of is not None and stage.signers > 1:
        words = Words("双人办理：每个单位要有%(n)s名，请给角色写 seats: %(n)s（代填人至多算一个）", n=stage.signers)
        desk.warn("H04", path, words)


def fills_before(desk: Desk, stage: str, role: str) -> bool:
    channels = desk.definition.channels
    return any(channels[key].filled_by == role for route in desk.passing(stage) for key in route.channels)


# -- channels ----------------------------------------------------------------------------------------------------------


def nominators_stand_behind_their_channels(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        if channel.filled_by in ("nominator", "either") and channel.nominator is None:
            words = Words("渠道“%(channel)s”由推荐方填报，但没写推荐方 nominator", channel=channel.name)
            desk.error("H02", ("channels", key, "filled_by"), words)


def confirmation_may_wait_only_where_data_came_first(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        if channel.confirm == "at_award" and not channel.intake.from_facts:
            words = Words("confirm: at_award 只能与 intake: {from: facts} 一起用；否则本人先确认才算提交")
            desk.error("S05", ("channels", key, "confirm"), words)


def applicants_without_account(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        if channel.account != "none":
            continue
        for stage in desk.definition.stages_of(key):
            applicant_acts(desk, stage, channel)
        for duty_key, duty in desk.definition.duties.items():
            if "applicant" in duty.by:
                falls_to_the_filler(desk, ("duties", duty_key, "by"), duty.name, channel)


def applicant_acts(desk: Desk, stage: Stage, channel: Channel) -> None:
    path = ("stages", stage.key)
    if "applicant" in stage.by:
        words = Words("“%(stage)s”由本人办，但渠道“%(channel)s”的本人没有账号", stage=stage.name, channel=channel.name)
        desk.error("H06", (*path, "by"), words)
    if stage.asks:
        falls_to_the_filler(desk, (*path, "asks"), stage.name, channel)
    if isinstance(stage, FollowUpStage) and stage.tasks and not stage.mentors:
        falls_to_the_filler(desk, (*path, "tasks"), stage.name, channel)


def falls_to_the_filler(desk: Desk, path: Path, what: object, channel: Channel) -> None:
    words = Words("渠道“%(channel)s”的本人没有账号，“%(what)s”会落到代填人头上", channel=channel.name, what=what)
    desk.warn("H05", path, words)


def other_programs_exist(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        path: Path = ("channels", key)
        holdings = [(path, channel.must_hold, "must_hold"), (path, channel.must_not_hold, "must_not_hold")]
        if channel.nominator is not None:
            behind = (*path, "nominator")
            holdings.append((behind, channel.nominator.must_hold, "must_hold"))
            holdings.append((behind, channel.nominator.must_not_hold, "must_not_hold"))
        for where, holding, word in holdings:
            if holding is not None:
                holding_exists(desk, (*where, word), holding)


def holding_exists(desk: Desk, path: Path, holding: HoldingRule) -> None:
    if holding.program == desk.definition.program.key:
        if holding.track is not None:
            desk.track((*path, "track"), holding.track)
        return
    if desk.others is None:
        return
    words = Words("没有项目“%(program)s”", program=holding.program)
    found = desk.expect("G01", (*path, "program"), holding.program, desk.others, words)
    if found and holding.track is not None:
        words = Words("项目“%(program)s”没有类别“%(track)s”", program=holding.program, track=holding.track)
        desk.expect("G02", (*path, "track"), holding.track, desk.others[holding.program], words)
