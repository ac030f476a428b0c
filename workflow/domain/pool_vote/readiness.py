"""What still stands in the way of a result, for the board and for the act alike."""

from collections.abc import Sequence

from workflow.domain.application import Application
from workflow.domain.errors import Reason
from workflow.domain.pool_vote.sitting import Paper, Sitting, agenda, count_of, line_of
from workflow.domain.program.schema import VoteStage
from workflow.domain.ranking import Line, Placing
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import vote
from workflow.domain.words import Words


def place_on_page(case: int, what: str = "") -> str:
    """Where a reason belongs on the board: `case.17` or `case.17.tally`."""
    return f"case.{case}.{what}" if what else f"case.{case}"


def missing(book: Rulebook, stage: VoteStage, sitting: Sitting, pool: Sequence[Application]) -> list[Reason]:
    """Everything that still stands in the way of the result, for the board and for the act alike."""
    cases = agenda(stage, sitting, pool)
    line = line_of(book, stage, sitting, pool)
    reasons = [*_seats_missing(stage, sitting), *_pool_missing(book, stage, sitting, pool)]
    if not cases and not any(sitting.paper(case.id).left_out for case in pool):
        reasons.append(Reason(Words("议程上没有人选")))
    for case in cases:
        placing = line.of(case.id)
        if placing is not None:
            reasons += _case_missing(book, stage, sitting, case, placing)
    reasons += _ties_missing(sitting, line)
    return reasons


def _seats_missing(stage: VoteStage, sitting: Sitting) -> list[Reason]:
    base = sitting.base(0)
    reasons = []
    if not base.members:
        reasons.append(Reason(Words("这一批还没有指定评委，请主办先在批次里指定"), "attendance"))
    elif not base.quorate(stage.quorum):
        words = Words(
            "应到 %(members)s 人，实到 %(present)s 人，不到 %(quorum)s，不能开会",
            members=base.members,
            present=base.present,
            quorum=str(stage.quorum),
        )
        reasons.append(Reason(words, "attendance"))
    if stage.ballot == "minutes" and not sitting.minutes:
        reasons.append(Reason(Words("请先上传会议纪要"), "minutes"))
    reasons += [
        Reason(Words("“%(name)s”还没有填", name=field.name), f"record.{key}")
        for key, field in stage.record.items()
        if field.required is True and key not in sitting.recorded and key != vote.minutes_field(stage)
    ]
    return reasons


def _pool_missing(book: Rulebook, stage: VoteStage, sitting: Sitting, pool: Sequence[Application]) -> list[Reason]:
    left_out = [case for case in pool if sitting.paper(case.id).left_out]
    reasons = [
        Reason(Words("不上这次会要写明理由"), place_on_page(case.id, "reason"))
        for case in left_out
        if not sitting.paper(case.id).reason.strip()
    ]
    if stage.pool == "round":
        awaited = [case for case in pool if vote.is_awaited(book, stage, case) and case not in left_out]
        if awaited:
            words = Words("同批还有 %(n)s 件没有到这一步：等办完，或逐件写明理由、不上这次会", n=len(awaited))
            reasons.append(Reason(words, "awaited"))
    return reasons


def _case_missing(
    book: Rulebook, stage: VoteStage, sitting: Sitting, case: Application, placing: Placing
) -> list[Reason]:
    paper, count = sitting.paper(case.id), count_of(stage, sitting, case.id)
    at_tally, at_reason = place_on_page(case.id, "tally"), place_on_page(case.id, "reason")
    reasons = []
    number = case.state.number or ""
    if stage.rank_by not in ("none", "votes") and vote.total_of(book, stage, case) is None:
        reasons.append(Reason(Words("%(n)s 没有总分，不能排序", n=number), place_on_page(case.id)))
    if sitting.recused(case.id) and not count.base.quorate(stage.quorum):
        words = Words("%(n)s：除去回避的，到会不足 %(quorum)s", n=number, quorum=str(stage.quorum))
        reasons.append(Reason(words, at_tally))
    if count.tally is not None and count.tally.cast != count.base.present:
        words = Words(
            "%(n)s：同意、不同意、弃权加起来是 %(cast)s 票，参加表决的是 %(present)s 人",
            n=number,
            cast=count.tally.cast,
            present=count.base.present,
        )
        reasons.append(Reason(words, at_tally))
    if count.tally is None and _must_be_voted(stage, placing):
        reasons.append(Reason(Words("%(n)s 还没有票数", n=number), at_tally))
    if paper.decision and not paper.reason.strip():
        reasons.append(Reason(Words("%(n)s：会上加人、减人、暂缓都要写明理由", n=number), at_reason))
    if paper.decision not in ("", *stage.may):
        reasons.append(Reason(Words("%(n)s：这个环节不能这样决定", n=number), at_reason))
    return reasons + _pass_missing(case, paper, placing)


def _must_be_voted(stage: VoteStage, placing: Placing) -> bool:
    """Below the line nobody need be voted on, unless the votes are what draws it."""
    if placing.result in ("passed", "alternate"):
        return True
    return stage.rank_by in ("votes", "none") and placing.how not in ("taken_out",)


def _pass_missing(case: Application, paper: Paper, placing: Placing) -> list[Reason]:
    if paper.decision != "pass" or placing.result == "passed":
        return []
    number, where = case.state.number or "", place_on_page(case.id, "reason")
    if placing.how == "votes":
        return [Reason(Words("%(n)s 没有得到通过所需的票数，不能列入", n=number), where)]
    return [Reason(Words("%(n)s 列入以后超过名额：请同时减人，或不列入", n=number), where)]


def _ties_missing(sitting: Sitting, line: Line) -> list[Reason]:
    reasons = [
        Reason(
            Words("有 %(n)s 人排序相同，得失不同：请会上再投一次，写下先后和理由", n=len(tie)),
            place_on_page(tie[0], "tie"),
        )
        for tie in line.ties
    ]
    settled = [each.case for each in line.placings if each.by == "settled"]
    used = [case for case in settled if sitting.paper(case).settled is not None]
    return reasons + [
        Reason(Words("同分的先后要写明怎么定的"), place_on_page(case, "tie"))
        for case in used
        if not sitting.paper(case).tie_reason.strip()
    ]
