"""Scoring: levels, sheets, and the panels that fill them in."""

from decimal import Decimal
from itertools import pairwise

from workflow.domain.program.check.desk import Desk
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import Criterion, FileField, ScoreStage, Sheet, VoteStage
from workflow.domain.words import Words

SHEETS: Path = ("scoring", "sheets")


def score_stages(desk: Desk) -> list[ScoreStage]:
    return [stage for stage in desk.definition.stages.values() if isinstance(stage, ScoreStage)]


def levels_cover_every_mark_once(desk: Desk) -> None:
    levels = sorted(desk.definition.scoring.levels.items(), key=lambda entry: entry[1].low)
    if not levels:
        if any(
            c.type == "levels" for sheet in desk.definition.scoring.sheets.values() for c in sheet.criteria.values()
        ):
            desk.error("W06", ("scoring",), Words("评分表按等级打分，却没写等级 levels"))
        return
    if levels[0][1].low > 0 or levels[-1][1].high < 100:
        desk.error("W06", ("scoring", "levels"), Words("等级分数段有空档：应从0分接到100分"))
    for (_, lower), (key, upper) in pairwise(levels):
        if lower.high >= upper.low:
            words = Words("等级“%(level)s”的分数段和下一档重叠", level=key)
            desk.error("W06", ("scoring", "levels", key), words)
        elif upper.low - lower.high > 1:
            words = Words("等级“%(level)s”的分数段和下一档之间有空档", level=key)
            desk.error("W06", ("scoring", "levels", key), words)


def explained_levels_exist(desk: Desk) -> None:
    for level in desk.definition.scoring.explain.levels:
        words = Words("explain：没有等级“%(level)s”", level=level)
        desk.expect("S04", ("scoring", "explain"), level, desk.definition.scoring.levels, words)


def weights_add_up(desk: Desk) -> None:
    for key, sheet in desk.definition.scoring.sheets.items():
        total = sum((criterion.weight for criterion in sheet.criteria.values()), Decimal(0))
        if total != 100:
            off = f"{total - 100:+f}"
            words = Words("“%(sheet)s”权重合计%(total)s，应为100（差%(off)s）", sheet=sheet.name, total=total, off=off)
            desk.error("W01", (*SHEETS, key, "criteria"), words)


def rubrics_describe_every_level(desk: Desk) -> None:
    levels = set(desk.definition.scoring.levels)
    for path, criterion in criteria(desk):
        if criterion.type != "levels" or not criterion.rubric or not levels:
            continue
        missing = [level for level in desk.definition.scoring.levels if level not in criterion.rubric]
        unknown = [level for level in criterion.rubric if level not in levels]
        if missing:
            words = Words(
                "“%(criterion)s”的评分说明缺“%(levels)s”", criterion=criterion.name, levels="、".join(missing)
            )
            desk.error("W07", (*path, "rubric"), words)
        for level in unknown:
            words = Words("“%(criterion)s”的评分说明写了没有的等级“%(level)s”", criterion=criterion.name, level=level)
            desk.error("W07", (*path, "rubric", level), words, closest(level, levels))


def criteria(desk: Desk) -> list[tuple[Path, Criterion]]:
    sheets = desk.definition.scoring.sheets
    return [((*SHEETS, k, "criteria", c), criterion) for k in sheets for c, criterion in sheets[k].criteria.items()]


def numbers_have_a_full_mark(desk: Desk) -> None:
    """A number that is the whole sheet is the total itself and needs no scale."""
    for path, criterion in criteria(desk):
        unscaled = criterion.type == "number" and criterion.max is None and not criterion.bands
        if unscaled and criterion.weight != 100:
            words = Words("“%(criterion)s”没写满分 max 或分段 bands，按100折算", criterion=criterion.name)
            desk.warn("W15", path, words)


def computed_criteria_have_a_value(desk: Desk) -> None:
    for path, criterion in criteria(desk):
        if (criterion.type == "computed") != (criterion.value is not None):
            words = Words("“%(criterion)s”：算出来的指标要写 type: computed 和 value", criterion=criterion.name)
            desk.error("S05", path, words)


def sheets_belong_to_known_tracks(desk: Desk) -> None:
    for key, sheet in desk.definition.scoring.sheets.items():
        if sheet.track is not None:
            desk.track((*SHEETS, key, "track"), sheet.track)


def criteria_are_asked_at_score_stages(desk: Desk) -> None:
    for path, criterion in criteria(desk):
        where = (*path, "at")
        if criterion.at is None or not desk.stage(where, criterion.at):
            continue
        stage = desk.definition.stages[criterion.at]
        if not isinstance(stage, ScoreStage):
            desk.error("W02", where, Words("“%(stage)s”不是评分环节", stage=stage.name))
        elif stage.when is not None:
            words = Words("“%(stage)s”有分段指标（at），不能写 when", stage=stage.name)
            desk.error("U06", ("stages", stage.key, "when"), words)


def each_stage_has_one_sheet(desk: Desk) -> None:
    for stage in score_stages(desk):
        path: Path = ("stages", stage.key)
        if stage.sheet is not None:
            if desk.sheet((*path, "sheet"), stage.sheet):
                something_is_asked(desk, (*path, "sheet"), stage, desk.definition.scoring.sheets[stage.sheet])
            continue
        for track, sheets in desk.sheets_at(stage).items():
            if not sheets:
                words = Words("“%(track)s”在这一步没有指标可评", track=desk.definition.tracks[track].name)
                desk.error("W03", path, words)
            elif len(sheets) > 1:
                words = Words("“%(stage)s”有%(n)s张表可用，请用 sheet 指明", stage=stage.name, n=len(sheets))
                desk.error("W13", path, words)
            else:
                something_is_asked(desk, path, stage, sheets[0])


def something_is_asked(desk: Desk, path: Path, stage: ScoreStage, sheet: Sheet) -> None:
    asked = [criterion for criterion in sheet.criteria.values() if criterion.at in (None, stage.key)]
    if not asked:
        desk.error("W03", path, Words("“%(sheet)s”在这一步没有指标可评", sheet=sheet.name))
        return
    for role in stage.by:
        if all(criterion.by and role not in criterion.by for criterion in asked if criterion.type != "computed"):
            words = Words("“%(role)s”在这一步没有指标可评", role=desk.role_name(role))
            desk.error("W03", path, words)


def criteria_are_rated_by_those_who_use_the_sheet(desk: Desk) -> None:
    for key, sheet in desk.definition.scoring.sheets.items():
        using = [stage for stage in score_stages(desk) if sheet_is_used(desk, sheet, stage)]
        if not using:
            continue
        for name, criterion in sheet.criteria.items():
            stages = [stage for stage in using if criterion.at in (None, stage.key)]
            raters = {role for stage in stages for role in stage.by}
            for role in criterion.by:
                if raters and role not in raters and (role in desk.definition.roles or role == "mentor"):
                    words = Words("“%(role)s”不在用这张表的环节里", role=desk.role_name(role))
                    path = (*SHEETS, key, "criteria", name, "by")
                    desk.error("W08", desk.item(path, role), words)


def sheet_is_used(desk: Desk, sheet: Sheet, stage: ScoreStage) -> bool:
    """Where several sheets fit, that is said; none of them counts as used."""
    return any(sheets == (sheet,) for sheets in desk.sheets_at(stage).values())


def panels_are_large_enough(desk: Desk) -> None:
    for stage in score_stages(desk):
        path: Path = ("stages", stage.key)
        raters = (*path, "raters") if desk.written((*path, "raters")) else path
        for role in stage.raters:
            words = Words("raters：“%(role)s”不在这一步的 by 里", role=role)
            desk.expect("R01", (*raters, role), role, stage.by, words)
        total = sum(stage.raters.values())
        if stage.min_valid is not None and stage.min_valid > total:
            words = Words("有效份数 min_valid %(valid)s 多于评委数 %(raters)s", valid=stage.min_valid, raters=total)
            desk.error("W05", (*path, "min_valid"), words)
        if stage.combine == "trimmed":
            trimming_leaves_enough(desk, raters, stage)


def trimming_leaves_enough(desk: Desk, path: Path, stage: ScoreStage) -> None:
    for role, count in stage.raters.items():
        if count < 5:
            name = desk.role_name(role)
            words = Words("去最高最低：每类评委至少5名，“%(role)s”只有%(n)s名", role=name, n=count)
            desk.error("W04", path, words)


def panels_do_not_tie(desk: Desk) -> None:
    """Two raters are a pair of examiners, not a panel; of a panel an even number may split in halves."""
    for stage in score_stages(desk):
        total = sum(stage.raters.values())
        if total >= 4 and total % 2 == 0:
            path: Path = ("stages", stage.key)
            where = (*path, "raters") if desk.written((*path, "raters")) else path
            desk.warn("W10", where, Words("评委共%(n)s名，是双数，容易打平", n=total))
    for vote in desk.definition.stages.values():
        if isinstance(vote, VoteStage):
            for role in vote.by:
                even_seats(desk, vote, role)


def even_seats(desk: Desk, stage: VoteStage, role: str) -> None:
    seats = desk.definition.roles[role].seats if role in desk.definition.roles else 1
    if seats % 2 == 0:
        words = Words("“%(role)s”有%(n)s席，是双数，“%(stage)s”表决容易打平", role=role, n=seats, stage=stage.name)
        desk.warn("W10", ("roles", role, "seats"), words)


def blind_raters_see_a_copy(desk: Desk) -> None:
    if not any(stage.blind for stage in score_stages(desk)):
        return
    for key, section in desk.definition.form.items():
        for name, field in section.fields.items():
            plain = isinstance(field, FileField) and not field.blind_copy and field.blind is None
            if plain and field.level in ("L1", "L2"):
                words = Words(
                    "盲评：附件“%(file)s”没有隐名副本，评委看不到；愿意的请写 blind: hide 或 show", file=field.name
                )
                desk.warn("B01", ("form", key, "fields", name), words)


def blind_stages_take_no_table(desk: Desk) -> None:
    """Whoever brings a table of results is told of each case whose it is."""
    for stage in score_stages(desk):
        if stage.blind and stage.import_:
            words = Words(
                "“%(stage)s”是盲评，不能导入成绩表：表里有编号和姓名。请去掉 import 或 blind", stage=stage.name
            )
            desk.error("B02", ("stages", stage.key, "import"), words)


def rated_duties_ask_every_rater(desk: Desk) -> None:
    for key, duty in desk.definition.duties.items():
        if duty.sheet is None or not desk.sheet(("duties", key, "sheet"), duty.sheet):
            continue
        for criterion in desk.definition.scoring.sheets[duty.sheet].criteria.values():
            if criterion.by and not set(criterion.by) & set(duty.by):
                missing_rater(desk, key, duty.name, criterion)
            for role in criterion.by:
                if role not in duty.by and set(criterion.by) & set(duty.by):
                    missing_rater(desk, key, duty.name, criterion, role)


def missing_rater(desk: Desk, key: str, duty: object, criterion: Criterion, role: str | None = None) -> None:
    words = Words(
        "任务“%(duty)s”不请“%(role)s”，但评分表的“%(criterion)s”要他打分",
        duty=duty,
        role=desk.role_name(role or criterion.by[0]),
        criterion=criterion.name,
    )
    desk.error("W14", ("duties", key, "by"), words)
