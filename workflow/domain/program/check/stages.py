"""One stage at a time: that its parameters fit each other, and that a case can get through."""

import re
from collections.abc import Mapping
from typing import Any

from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    Field,
    FollowUpStage,
    JointCheckStage,
    Label,
    NoticeStage,
    ScoreStage,
    Stage,
    TableField,
    VoteStage,
)
from workflow.domain.program.vocabulary import EFFECTS, EXIT_ACTIONS, FRAME_ACTIONS, NOTICE_EXTRAS
from workflow.domain.words import Words


def words_label_what_may_be_done(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        allowed = {*stage.may, *type(stage).actions, *FRAME_ACTIONS, *MAKES.get(stage.kind, ())}
        labels(desk, ("stages", key, "words"), stage.words, allowed)
    for key, duty in desk.definition.duties.items():
        rerun = desk.definition.stages.get(duty.runs or "")
        allowed = {"answer", "confirm_duty", "reject_duty", "waive", *(rerun.may if rerun is not None else ())}
        labels(desk, ("duties", key, "words"), duty.words, allowed)
    for key, exit_ in desk.definition.exits.items():
        labels(desk, ("exits", key, "words"), exit_.words, set(EXIT_ACTIONS))


MAKES: Mapping[str, tuple[str, ...]] = {"score": ("pass", "refuse")}


def labels(desk: Desk, path: Path, words: Mapping[str, Label], allowed: set[str]) -> None:
    for action in words:
        if action in allowed:
            continue
        where = (*path, action)
        if action in EFFECTS:
            desk.error("X12", where, Words("给“%(action)s”起了名，但这里不许做这个动作", action=action))
        else:
            desk.error("S01", where, Words("不认识动作“%(action)s”", action=action), closest(action, allowed))


def refusals_have_a_use_for_their_reasons(desk: Desk) -> None:
    for path, stage in checks(desk):
        if stage.refuse_only_for and "refuse" not in stage.may:
            desk.error("X11", (*path, "refuse_only_for"), Words("这一步不许不通过，却列了不通过的理由"))


def checks(desk: Desk) -> list[tuple[Path, CheckStage]]:
    return [(("stages", k), s) for k, s in desk.definition.stages.items() if isinstance(s, CheckStage)]


def a_case_can_get_through(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if isinstance(stage, CheckStage | JointCheckStage | VoteStage) and "pass" not in stage.may:
            words = Words("“%(stage)s”的 may 里没有 pass，谁也过不去", stage=stage.name)
            desk.error("U01", ("stages", key, "may"), words)


def returned_work_has_a_round(desk: Desk) -> None:
    for path, stage in checks(desk):
        if "return" in stage.may and stage.correction.rounds == 0:
            words = Words("“%(stage)s”许退回补正，却写了 rounds: 0", stage=stage.name)
            desk.error("U03", (*path, "correction", "rounds"), words)


def silence_decides_nothing(desk: Desk) -> None:
    for path, stage in checks(desk):
        if stage.if_silent != "go_on":
            continue
        where = (*path, "if_silent")
        if stage.by != ("applicant",):
            desk.error("X15", where, Words("if_silent: go_on 只能写在由本人办的环节里；单位不答复不算同意"))
        elif hangs_on(desk, stage):
            words = Words("“%(stage)s”关系到条件、路线或补贴，不能写 if_silent: go_on", stage=stage.name)
            desk.error("X15", where, words)


def hangs_on(desk: Desk, stage: Stage) -> bool:
    """Whether a rule, a payment or an expression waits for this stage's answer."""
    definition = desk.definition
    settles = any(rule.settled_at == stage.key for rule in definition.eligibility.rules.values())
    pays = any(part.after == stage.key for benefit in definition.benefits.values() for part in benefit.instalments)
    mentioned = re.compile(rf"\brecords\.{re.escape(stage.key)}\b")
    return settles or pays or any(mentioned.search(text) for text in texts(desk.source.data))


def texts(data: Any) -> list[str]:
    if isinstance(data, Mapping):
        return [text for value in data.values() for text in texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in texts(value)]
    return [data] if isinstance(data, str) else []


def lists_are_signed_without_looking_at_each_file(desk: Desk) -> None:
    for path, stage in checks(desk):
        if stage.as_list and stage.verify != "none":
            words = Words("成批签认（as_list）不能再要求逐份核验附件（verify）")
            desk.error("X16", (*path, "as_list"), words)


def verified_fields_and_rules_exist(desk: Desk) -> None:
    for path, stage in checks(desk):
        if isinstance(stage.verify, tuple):
            for field in stage.verify:
                desk.field((*path, "verify"), field)
        if isinstance(stage.rules, tuple):
            for rule in stage.rules:
                known = desk.definition.eligibility.rules
                desk.expect("R07", (*path, "rules"), rule, known, Words("没有条件“%(rule)s”", rule=rule))


def samples_have_a_nominator(desk: Desk) -> None:
    for path, stage in checks(desk):
        if stage.sample is None:
            continue
        for route in desk.passing(stage.key):
            for channel in route.channels:
                if desk.definition.channels[channel].nominator is None:
                    name = desk.channel_name(channel)
                    words = Words("抽查按推荐方抽，但渠道“%(channel)s”没有推荐方", channel=name)
                    desk.warn("X20", (*path, "sample"), words)


def departments_are_several(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, JointCheckStage):
            continue
        path = ("stages", key)
        if stage.lead in stage.by:
            words = Words("牵头人“%(lead)s”不能又是被征询的部门", lead=desk.role_name(stage.lead))
            desk.error("X13", (*path, "lead" if desk.written((*path, "lead")) else "by"), words)
        if len(set(stage.by)) < 2:
            desk.warn("X14", (*path, "by"), Words("只有一个部门，用 check 就够了"))


def rankings_have_something_to_rank_by(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, VoteStage) or not rank_is_known(desk, stage):
            continue
        if stage.rank_by.startswith("total"):
            for route in desk.passing(key):
                ranked_by_total(desk, stage, route)


def rank_is_known(desk: Desk, stage: VoteStage) -> bool:
    path = ("stages", stage.key, "rank_by")
    kind, _, sheet = stage.rank_by.partition(".")
    if kind == "total" and sheet and sheet != "by_track":
        return desk.sheet(path, sheet)
    choices = ("none", "votes", "total", "total.by_track")
    words = Words("rank_by 没有“%(given)s”这个取值", given=stage.rank_by)
    return desk.expect("S04", path, stage.rank_by, choices, words)


def ranked_by_total(desk: Desk, stage: VoteStage, route: Route) -> None:
    path = ("stages", stage.key, "rank_by")
    wanted = stage.rank_by.partition(".")[2]
    for track in desk.definition.tracks:
        done = sheets_complete_before(desk, route, stage.key, track)
        found = done if wanted in ("", "by_track") else [sheet for sheet in done if sheet == wanted]
        if not found:
            desk.error("X07", path, Words("按总分排序，但在“%(stage)s”之前没有评分", stage=stage.name))
            return
        if len(found) > 1 and not wanted:
            guess = f"total.{found[-1]}"
            words = Words("到这里已有%(n)s张表的总分，请写 rank_by: %(guess)s", n=len(found), guess=guess)
            desk.error("X10", path, words, guess)
            return


def sheets_complete_before(desk: Desk, route: Route, stage: str, track: str) -> list[str]:
    """The sheets of which every criterion has been asked by then, in the order of the route."""
    earlier = [other for other in desk.before(route, stage) if isinstance(other, ScoreStage)]
    keys = [other.key for other in earlier]
    sheets = {sheet.key: sheet for other in earlier for sheet in desk.definition.sheets_fitting(other, track)}
    return [
        key
        for key, sheet in sheets.items()
        if all(criterion.at is None or criterion.at in keys for criterion in sheet.criteria.values())
    ]


def notices_show_what_may_be_shown(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if isinstance(stage, NoticeStage):
            for name in stage.show:
                shown_in_public(desk, ("stages", key, "show"), name)


def shown_in_public(desk: Desk, path: Path, name: str) -> None:
    if name in NOTICE_EXTRAS:
        return
    if name.startswith("records."):
        recorded(desk, path, name)
        return
    field = desk.definition.form_fields().get(name)
    if field is None:
        near = closest(name, [*desk.definition.form_fields(), *NOTICE_EXTRAS])
        desk.error("R08", desk.item(path, name), Words("没有字段“%(key)s”", key=name), near)
    elif is_secret(field):
        words = Words("公示里不能出现L4字段“%(field)s”", field=field.name)
        desk.error("N10", desk.item(path, name), words)


def is_secret(field: Field) -> bool:
    columns = field.columns.values() if isinstance(field, TableField) else ()
    return any(part.level == "L4" for part in (field, *columns))


def recorded(desk: Desk, path: Path, name: str) -> None:
    _, stage_key, field_key = (*name.split("."), "", "")[:3]
    if not desk.stage(path, stage_key):
        return
    stage = desk.definition.stages[stage_key]
    granted = field_key == "grade" and isinstance(stage, VoteStage) and bool(stage.grades)
    if field_key not in stage.record and not granted:
        words = Words("“%(stage)s”不记录“%(field)s”", stage=stage.name, field=field_key)
        desk.error("R08", desk.item(path, name), words, closest(field_key, stage.record))
    elif field_key in stage.record and is_secret(stage.record[field_key]):
        words = Words("公示里不能出现L4字段“%(field)s”", field=stage.record[field_key].name)
        desk.error("N10", desk.item(path, name), words)


def tasks_can_all_be_done(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, FollowUpStage) or stage.complete_when is None:
            continue
        wanted = max((least(*match) for match in WANTED.findall(stage.complete_when)), default=0)
        if wanted > len(stage.tasks):
            words = Words(
                "“%(stage)s”的任务只有%(n)s项，%(rule)s 永远达不到",
                stage=stage.name,
                n=len(stage.tasks),
                rule=stage.complete_when,
            )
            desk.error("U02", ("stages", key, "complete_when"), words)


WANTED = re.compile(r"\btasks\.done\s*(>=|==|>)\s*(\d{1,6})\b")


def least(comparison: str, mark: str) -> int:
    return int(mark) + (1 if comparison == ">" else 0)


def places_match_known_fields(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if isinstance(stage, FollowUpStage) and stage.placement is not None:
            for field in stage.placement.match:
                desk.field(("stages", key, "placement", "match"), field)


def pairs_that_exclude_each_other_exist(desk: Desk) -> None:
    for at, pair in enumerate(desk.definition.fairness.never_both):
        path: Path = ("fairness", "never_both", str(at))
        if not desk.written((*path, "0")):
            path = ("fairness", "never_both")
        for stage in pair:
            desk.stage(path, stage)


def benefits_of_awards_exist(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if isinstance(stage, AwardStage):
            for benefit in stage.benefits:
                desk.benefit(("stages", key, "benefits"), benefit)
