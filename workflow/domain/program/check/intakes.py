"""How applications come in: a round a month, and people found in department data."""

from workflow.domain.program.check.desk import Desk
from workflow.domain.program.schema import AwardStage, Channel, Field, TableField
from workflow.domain.words import Words

BROUGHT = frozenset({"text", "number", "date", "choice", "yes_no", "organization", "region", "computed"})
"""What one cell of a list of department data can hold, or is reckoned from such."""


def rounds_of_a_month_close_together(desk: Desk) -> None:
    """One round a month takes all channels that have one, and has one last day. What goes by batches goes along."""
    monthly = {key: c for key, c in desk.definition.channels.items() if c.intake.mode == "monthly"}
    first = next(iter(monthly.values()), None)
    for key, channel in monthly.items():
        path = ("channels", key, "intake")
        if channel.intake.roll == "skip":
            words = Words("渠道“%(channel)s”：截止日遇休息日不能跳过，跳过就没有截止日了", channel=channel.name)
            desk.error("I01", (*path, "roll"), words, "previous_workday")
        if first is not None and _closing(channel) != _closing(first):
            words = Words(
                "渠道“%(channel)s”和“%(other)s”都是每月一批，截止日要写成一样：一个批次只有一个截止日",
                channel=channel.name,
                other=first.name,
            )
            desk.error("I01", path, words)


def _closing(channel: Channel) -> tuple[int | None, str]:
    return channel.intake.closes, channel.intake.roll


def found_people_are_entered_by_the_office(desk: Desk) -> None:
    run_by = desk.definition.run_by
    for key, channel in desk.definition.channels.items():
        if channel.intake.from_facts and channel.filled_by != run_by:
            words = Words("渠道“%(channel)s”由部门数据找人，只能由主办代填", channel=channel.name)
            desk.error("I02", ("channels", key), words, f"filled_by: {run_by}")


def found_people_can_be_known(desk: Desk) -> None:
    """Whom a row of data means is told by the ID number; it means one person, and nobody put them forward."""
    definition = desk.definition
    for key, channel in definition.channels.items():
        path = ("channels", key)
        if not channel.intake.from_facts:
            continue
        if definition.program.subject != "person":
            words = Words("渠道“%(channel)s”由部门数据找人，申报主体只能是个人", channel=channel.name)
            desk.error("I03", path, words)
        elif not any(field.standard == "id_no" for field in definition.form_fields().values()):
            words = Words("渠道“%(channel)s”由部门数据找人，表里要有证件号码：凭它认人、防止重复", channel=channel.name)
            desk.error("I03", path, words)
        if channel.nominator is not None:
            words = Words("渠道“%(channel)s”由部门数据找人，没有推荐方可言", channel=channel.name)
            desk.error("I03", (*path, "nominator"), words)


def found_people_need_no_more_than_data(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        lacking = [
            field.name
            for field in desk.definition.form_fields().values()
            if field.required is True and field.show is True and _not_brought(field)
        ]
        if channel.intake.from_facts and lacking:
            words = Words(
                "部门数据带不来%(fields)s：导入后每份都要主办补齐才能提交。不需要的写 show: channel != '%(key)s'，"
                "要本人交的放到发证环节的 asks",
                fields=lacking,
                key=key,
            )
            desk.warn("I04", ("channels", key), words)


def _not_brought(field: Field) -> bool:
    if isinstance(field, TableField):
        return field.rows.low > 0
    return field.type not in BROUGHT or bool(getattr(field, "many", False))


def late_confirmation_has_its_award(desk: Desk) -> None:
    for key, channel in desk.definition.channels.items():
        stages = desk.definition.stages_of(key)
        if channel.confirm == "at_award" and not any(isinstance(stage, AwardStage) for stage in stages):
            words = Words("渠道“%(channel)s”要本人在发证时确认，路线上却没有发证", channel=channel.name)
            desk.error("I05", ("channels", key, "confirm"), words, "before")
