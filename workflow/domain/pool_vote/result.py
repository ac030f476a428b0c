"""The result of a meeting: each case of the list gets its part, with the numbers from which anybody can redo it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow.domain import marks
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Outcome
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.pool_vote.readiness import missing
from workflow.domain.pool_vote.sitting import Count, Sitting, agenda, count_of, line_of
from workflow.domain.program.schema import VoteStage
from workflow.domain.ranking import Placing
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import effects, vote
from workflow.domain.stages.base import Work
from workflow.domain.words import Words


def finalize(
    book: Rulebook, key: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """定稿: each case of the pool gets its part of the result, all or none.

    `inputs`: the `sitting`; `books`, by case, where some are pinned to another version than the meeting's.
    """
    stage, sitting, own = stage_of(book, key), action.inputs["sitting"], own_books(action)
    cases = agenda(stage, sitting, pool)
    _refuse_others(book, stage, cases, actor)
    reasons = missing(book, stage, sitting, pool)
    if reasons:
        raise NotReady(reasons)
    line = line_of(book, stage, sitting, pool)
    outcomes = {}
    for case in cases:
        placing = line.of(case.id)
        if placing is not None:
            work = _work_on(own.get(case.id, book), stage, sitting, case, placing, actor, now)
            outcomes[case.id] = _decided(work, stage, sitting, placing)
    for case in pool:
        if sitting.paper(case.id).left_out:
            work = Work(own.get(case.id, book), case, Action("leave_out"), actor, now)
            work.tell("left_out", {"reason": sitting.paper(case.id).reason}, stage=key, meeting=sitting.meeting)
            outcomes[case.id] = work.outcome()
    return outcomes


def stage_of(book: Rulebook, key: str) -> VoteStage:
    stage = book.definition.stages.get(key)
    if not isinstance(stage, VoteStage):
        raise NotFound
    return stage


def _refuse_others(book: Rulebook, stage: VoteStage, cases: Sequence[Application], actor: Actor) -> None:
    """Only the office that keeps the meeting, and nobody who is too near to any case of the list."""
    for case in cases:
        item = vote.secretarys_item(stage, case)
        if item is None:
            raise MovedOn
        if not can(actor, Permission.ITEM_ACT, CaseSubject(book.definition, case, item)):
            raise NotAllowed(Words("名单上有你要回避的人选，或这次会不归你记；请换一位会议秘书"))


def own_books(action: Action) -> Mapping[int, Rulebook]:
    books: Mapping[int, Rulebook] = action.inputs.get("books", {})
    return books


def _work_on(
    book: Rulebook,
    stage: VoteStage,
    sitting: Sitting,
    case: Application,
    placing: Placing,
    actor: Actor,
    now: datetime,
) -> Work:
    """The act on one case; who does not pass is told why, in the secretary's words or by the numbers."""
    paper, item = sitting.paper(case.id), vote.secretarys_item(stage, case)
    by_numbers = str(why_not(sitting, placing, count_of(stage, sitting, case.id)))
    reason = paper.reason.strip() if paper.decision else by_numbers
    inputs = {"reason": reason} if _result(stage, placing) in ("refused", "deferred") else {}
    return Work(book, case, Action("finalize", item.no if item else None, inputs), actor, now)


def _decided(work: Work, stage: VoteStage, sitting: Sitting, placing: Placing) -> Outcome:
    case, result = work.before, _result(stage, placing)
    paper = sitting.paper(case.id)
    work.tell(
        "meeting_decided",
        {"reason": paper.reason if paper.decision == "pass" else "", "tie_reason": paper.tie_reason},
        result=result,
        **body_of(work.book, stage, sitting, case, placing),
    )
    if result == "passed":
        effects.give(work, "pass", {})
    elif result == "alternate":
        work.tell("alternate_listed", item=work.action.item, number=placing.alternate, meeting=sitting.meeting)
    else:
        effects.give(work, {"refused": "refuse", "deferred": "defer"}[result], {})
    return work.outcome()


def _result(stage: VoteStage, placing: Placing) -> str:
    """Where a program does not let the meeting refuse, who did not make it waits for another one."""
    return "deferred" if placing.result == "refused" and "refuse" not in stage.may else placing.result


def body_of(book: Rulebook, stage: VoteStage, sitting: Sitting, case: Application, placing: Placing) -> dict[str, Any]:
    """The numbers from which anybody can redo the result: the event of the case and the meeting's line hold them."""
    count, total = count_of(stage, sitting, case.id), vote.total_of(book, stage, case)
    tally = count.tally
    first = vote.first_criterion_of(book, stage, case)
    return {
        "meeting": sitting.meeting,
        "how": placing.how,
        "by": placing.by,
        "rank": placing.rank,
        "group": placing.group,
        "alternate": placing.alternate,
        "grade": placing.grade,
        "total": None if total is None else marks.shown(total),
        "first": None if first is None else str(first),
        "members": count.base.members,
        "present": count.base.present,
        "needed": count.needed,
        "recused": sorted(sitting.recused(case.id)) or None,
        "for": None if tally is None else tally.favor,
        "against": None if tally is None else tally.against,
        "abstained": None if tally is None else tally.abstained,
    }


def why_not(sitting: Sitting, placing: Placing, count: Count) -> Words:
    """Why a case did not pass, from the numbers; told to the person in these words."""
    tally = count.tally
    if placing.how == "votes" and tally is not None:
        return Words(
            "会议票决：同意 %(favor)s 票、不同意 %(against)s 票、弃权 %(abstained)s 票，通过要 %(needed)s 票",
            favor=tally.favor,
            against=tally.against,
            abstained=tally.abstained,
            needed=count.needed,
        )
    if placing.how == "capped":
        return Words("会议排序第 %(rank)s 名，所在类别或渠道的名额已满", rank=placing.rank)
    return Words("会议排序第 %(rank)s 名，名额 %(total)s 名", rank=placing.rank, total=sitting.places.total or 0)
