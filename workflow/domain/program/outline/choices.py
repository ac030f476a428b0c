"""What may be chosen where a word refers to something else in the draft."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflow.domain.program import schema as s
from workflow.domain.program.outline.data import (
    as_label,
    field_type,
    form_fields,
    kind_of_stage,
    label_of,
    listed,
    section,
    standing_at,
)
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.program.vocabulary import EXIT_ACTIONS, NOTICE_EXTRAS
from workflow.domain.words import Words

Choices = tuple[tuple[str, Label | Words], ...]
_PLACES = ("organization", "region")


def choices(data: Any, refers: str, at: Path = ()) -> Choices:
    """The keys that may be written, each with its name. `at`: the part that asks."""
    ask = _ASKED.get(refers)
    return tuple(ask(data, at)) if ask is not None else ()


Found = Iterator[tuple[str, Label | Words]]


def _keys(*path: str) -> Callable[[Any, Path], Found]:
    def ask(data: Any, _at: Path) -> Found:
        return ((key, label_of(key, entry)) for key, entry in section(data, *path).items())

    return ask


def _stages(*kinds: str) -> Callable[[Any, Path], Found]:
    def ask(data: Any, _at: Path) -> Found:
        for key, stage in section(data, "stages").items():
            if kind_of_stage(stage) in kinds:
                yield key, label_of(key, stage)

    return ask


def _fields(*types: str) -> Callable[[Any, Path], Found]:
    def ask(data: Any, _at: Path) -> Found:
        for key, field in form_fields(data).items():
            if not types or field_type(field) in types:
                yield key, label_of(key, field)

    return ask


def _holders(data: Any, at: Path) -> Found:
    """Organizations and regions: of the form, and of what earlier stages record."""
    yield from _fields(*_PLACES)(data, at)
    for key, stage in section(data, "stages").items():
        for word, field in section(stage, "record").items():
            if field_type(field) in _PLACES:
                yield f"records.{key}.{word}", _of_stage(key, stage, label_of(word, field))
        if isinstance(stage, Mapping) and stage.get("placement") is not None:
            yield f"records.{key}.placement", _of_stage(key, stage, Words("所定的岗位"))


def _of_stage(key: str, stage: Any, name: Label | Words) -> Words:
    return Words("%(stage)s：%(name)s", stage=label_of(key, stage), name=name)


EXTRAS: Mapping[str, Words] = {
    "track": Words("申报类别"),
    "channel": Words("申报渠道"),
    "round": Words("批次"),
    "level": Words("认定等次"),
}


def _shown(data: Any, at: Path) -> Found:
    yield from _fields()(data, at)
    yield from ((word, EXTRAS[word]) for word in sorted(NOTICE_EXTRAS))
    for key, stage in section(data, "stages").items():
        for word, field in section(stage, "record").items():
            yield f"records.{key}.{word}", _of_stage(key, stage, label_of(word, field))
        if section(stage, "grades"):
            yield f"records.{key}.grade", _of_stage(key, stage, Words("奖次"))


def _milestones(data: Any, at: Path) -> Found:
    yield from _keys("stages")(data, at)
    yield from _keys("duties")(data, at)


def _totals(data: Any, _at: Path) -> Found:
    yield "total.by_track", Words("本类别评分表的总分")
    for key, sheet in section(data, "scoring", "sheets").items():
        yield f"total.{key}", Words("“%(sheet)s”的总分", sheet=label_of(key, sheet))


def _levels(data: Any, _at: Path) -> Found:
    return ((key, Label(zh=key)) for key in section(data, "scoring", "levels"))


def _actions(data: Any, at: Path) -> Found:
    """The buttons that may get another name: of this stage, duty or exit."""
    entry = standing_at(data, at)
    if at[:1] == ("exits",):
        names: tuple[str, ...] = tuple(sorted(EXIT_ACTIONS))
    elif at[:1] == ("stages",):
        kind = kind_of_stage(entry)
        part = s.StageKinds.classes[kind] if kind else s.Stage
        usual = part.model_fields["may"].default
        names = (*(listed(entry, "may") or usual), *part.actions)
    else:
        names = ("answer", "confirm_duty", "reject_duty", "waive")
    return ((name, ACTIONS.get(name, Words("%(word)s", word=name))) for name in names)


ACTIONS: Mapping[str, Words] = {
    "pass": Words("通过"),
    "refuse": Words("不通过"),
    "return": Words("退回补正"),
    "defer": Words("暂缓"),
    "send_back": Words("退回前一环节"),
    "confirm": Words("确认"),
    "reject_proposal": Words("不同意所提"),
    "sign_list": Words("成批签认"),
    "draw": Words("抽取"),
    "answer": Words("答复"),
    "ask_again": Words("再问一次"),
    "review": Words("交评分"),
    "close": Words("收分"),
    "reopen_review": Words("退回重评"),
    "replace_rater": Words("换评委"),
    "import": Words("导入"),
    "convene": Words("召集会议"),
    "record_ballots": Words("录票"),
    "cast": Words("投票"),
    "alternate": Words("列为候补"),
    "promote": Words("递补"),
    "finalize": Words("定稿"),
    "publish": Words("发布公示"),
    "take_down": Words("撤下"),
    "object": Words("提异议"),
    "settle": Words("办结异议"),
    "provide": Words("补充信息"),
    "issue": Words("发证"),
    "reissue": Words("补发"),
    "do_task": Words("完成任务"),
    "assign_mentor": Words("指定帮带人"),
    "place": Words("定岗"),
    "complete": Words("办结"),
    "end": Words("终止"),
    "keep": Words("保留"),
    "adjust": Words("调整"),
    "remove": Words("取消"),
    "confirm_duty": Words("确认任务"),
    "reject_duty": Words("退回重办"),
    "waive": Words("免办"),
}

_ASKED: Mapping[str, Callable[[Any, Path], Found]] = {
    "roles": _keys("roles"),
    "tracks": _keys("tracks"),
    "channels": _keys("channels"),
    "stages": _keys("stages"),
    "score_stages": _stages("score"),
    "check_stages": _stages("check", "joint_check"),
    "follow_ups": _stages("follow_up"),
    "sheets": _keys("scoring", "sheets"),
    "benefits": _keys("benefits"),
    "rules": _keys("eligibility", "rules"),
    "items": _keys("points", "items"),
    "form_fields": _fields(),
    "tables": _fields("table"),
    "places": _fields(*_PLACES),
    "holders": _holders,
    "shown": _shown,
    "milestones": _milestones,
    "totals": _totals,
    "levels": _levels,
    "actions": _actions,
}

__all__ = ["ACTIONS", "EXTRAS", "Choices", "as_label", "choices"]
