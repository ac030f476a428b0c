"""What must happen at least once: every action that a stage allows, every objection, exit, renewal and way out.

An errand is one case that comes through the route until its stage and is treated there as its `plan` says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle

from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    Definition,
    FollowUpStage,
    JointCheckStage,
    NoticeStage,
    ScoreStage,
    Stage,
    VoteStage,
)
from workflow.domain.words import Words

FRAME = "frame"
"""Where a plan says what the person or the program's office does beside the stages."""
RENEWAL, EXIT, POINTS = "renewal", "exit", "points"
_SAID: Mapping[str, Words] = {
    "refuse": Words("不通过"),
    "return": Words("退回补正"),
    "lapse": Words("补正逾期不交"),
    "defer": Words("暂缓"),
    "send_back": Words("退回前面的环节"),
    "reject_proposal": Words("复核不同意"),
    "silent": Words("到期没有答复"),
    "unknown": Words("部门不掌握情况"),
    "ask_again": Words("请部门再答复"),
    "veto": Words("一票否决"),
    "reopen_review": Words("请评委重评"),
    "upheld": Words("异议成立"),
    "partly_kept": Words("异议部分成立，维持在名单上"),
    "partly_dropped": Words("异议部分成立，不再列入"),
    "rejected": Words("异议不成立"),
    "take_down": Words("撤下公示"),
    "withdraw": Words("撤回申报"),
    "hold": Words("停表再恢复"),
    "extend": Words("延期"),
    "appeal_upheld": Words("申请复核，成立"),
    "appeal_rejected": Words("申请复核，不成立"),
    "reissue": Words("换发证书"),
    "late": Words("到期没有续认"),
    "declined": Words("申请续认，没有同意"),
}


@dataclass(frozen=True)
class Errand:
    """`condition`: what a duty or an exit waits for, so that it comes true for this case."""

    channel: str
    words: Words
    plan: Mapping[str, str] = field(default_factory=dict)
    track: str | None = None
    condition: str | None = None

    @property
    def lives_on(self) -> bool:
        """What it is there for comes after the recognition."""
        return self.condition is not None or bool({RENEWAL, EXIT, POINTS} & set(self.plan))


def errands(definition: Definition) -> Iterator[Errand]:
    for stage in definition.stages.values():
        through = [key for key in definition.channels if stage.key in definition.route_of(key)]
        if through:
            turn = cycle(through)
            for what in _of_stage(definition, stage):
                words = Words("在“%(stage)s”：%(what)s", stage=stage.name, what=_SAID[what])
                yield Errand(next(turn), words, {stage.key: what}, _track(definition, stage, what))
    yield from _of_frame(definition)
    yield from _after(definition)


def _of_stage(definition: Definition, stage: Stage) -> Iterator[str]:
    if isinstance(stage, CheckStage):
        yield from (effect for effect in stage.may if effect != "pass")
        if "return" in stage.may and stage.correction.rounds and stage.correction.lapse == "close":
            yield "lapse"
        if stage.signers > 1:
            yield "reject_proposal"
        if stage.if_silent == "go_on":
            yield "silent"
    elif isinstance(stage, JointCheckStage):
        yield from (effect for effect in stage.may if effect != "pass")
        yield from ("unknown", "ask_again")
    elif isinstance(stage, ScoreStage):
        yield from _of_score(definition, stage)
    elif isinstance(stage, VoteStage):
        yield from (effect for effect in stage.may if effect != "pass")
    elif isinstance(stage, NoticeStage):
        yield from ("upheld", "partly_kept", "partly_dropped", "rejected", "take_down")
    elif isinstance(stage, AwardStage) and stage.certificate is not None:
        yield "reissue"


def _of_score(definition: Definition, stage: ScoreStage) -> Iterator[str]:
    sheets = [sheet for track in definition.tracks if (sheet := definition.sheet_for(stage, track)) is not None]
    if any(sheet.pass_ is not None for sheet in sheets):
        yield "refuse"
    if any(_vetoed(definition, stage, track) for track in definition.tracks):
        yield "veto"
    yield "reopen_review"


def _vetoed(definition: Definition, stage: ScoreStage, track: str) -> bool:
    sheet = definition.sheet_for(stage, track)
    criteria = sheet.criteria.values() if sheet is not None else ()
    return any(each.type == "veto" and each.at in (None, stage.key) for each in criteria)


def _track(definition: Definition, stage: Stage, what: str) -> str | None:
    """A track in which it can happen at all."""
    if not isinstance(stage, ScoreStage):
        return None
    if what == "veto":
        return next(track for track in definition.tracks if _vetoed(definition, stage, track))
    fitting = [track for track in definition.tracks if (sheet := definition.sheet_for(stage, track)) and sheet.pass_]
    return fitting[0] if what == "refuse" else None


def _of_frame(definition: Definition) -> Iterator[Errand]:
    channel = next(iter(definition.channels))
    for what in ("withdraw", "hold", "extend"):
        yield Errand(channel, Words("中途：%(what)s", what=_SAID[what]), {FRAME: what})
    refusing = _first_refusal(definition)
    if refusing is not None:
        for what in ("appeal_upheld", "appeal_rejected"):
            channel, stage = refusing
            words = Words("被拒以后：%(what)s", what=_SAID[what])
            yield Errand(channel, words, {stage: "refuse", FRAME: what})


def _first_refusal(definition: Definition) -> tuple[str, str] | None:
    """A check that may refuse, on the route of some channel."""
    return next(
        (
            (channel, stage.key)
            for channel in definition.channels
            for stage in definition.stages_of(channel)
            if isinstance(stage, CheckStage) and "refuse" in stage.may and stage.sample is None
        ),
        None,
    )


def _after(definition: Definition) -> Iterator[Errand]:
    awarding = [key for key in definition.channels if definition.award_of(key) is not None]
    if not awarding:
        return
    turn = cycle(awarding)
    if RENEWAL in definition.duties:
        for what in ("late", "declined"):
            yield Errand(next(turn), Words("到期以前：%(what)s", what=_SAID[what]), {RENEWAL: what})
    for exit_ in definition.exits.values():
        if any(isinstance(stage, FollowUpStage) for stage in definition.stages_of(awarding[0])):
            yield Errand(next(turn), Words("退出：%(exit)s", exit=exit_.name), {EXIT: exit_.key})
    for duty in definition.duties.values():
        if duty.when is not None:
            yield Errand(next(turn), Words("任务：%(duty)s", duty=duty.name), {}, condition=duty.when)
    points = definition.points
    for item in points.items.values() if points is not None else ():
        yield Errand(next(turn), Words("积分：%(item)s", item=item.name), {POINTS: item.key})
