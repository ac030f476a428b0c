"""A public notice is an act on a list: every case of it gets its line, or nothing is published at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from workflow.domain import answers, public_notice
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Item, Outcome, Status
from workflow.domain.errors import MovedOn, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import NoticeStage
from workflow.domain.public_notice import Line
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import notice
from workflow.domain.transitions import decide
from workflow.domain.unpublished import withheld_entries
from workflow.domain.words import Words


def publish(
    book: Rulebook, stage: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """`inputs`: notice (its number), first (day), lines (public_notice.Line of each case), digests (by case), apart (a
    person has looked at lines that look alike), left (how many others wait or are on their way), reason.

    Raises MovedOn where a case stands in a notice already or has left, NotReady with everything that is missing.
    """
    kind = book.stage(stage)
    if not isinstance(kind, NoticeStage):
        raise NotFound
    lines: Mapping[int, Line] = {line.application_id: line for line in action.inputs.get("lines", ())}
    if any(not stands_before(case, stage) for case in pool) or set(lines) != {case.id for case in pool}:
        raise MovedOn
    owed = {case.id: item for case in pool if (item := own_item(book, case, stage, actor)) is not None}
    reasons = [*missing(book, kind, pool, action, now), *_barred(lines, owed)]
    if reasons:
        raise NotReady(reasons)
    digests = action.inputs["digests"]
    return {
        case.id: decide(
            book,
            case,
            replace(
                action,
                item=owed[case.id].no,
                inputs={
                    "notice": action.inputs["notice"],
                    "first": action.inputs["first"],
                    "line": lines[case.id].no,
                    "digest": digests[case.id],
                },
            ),
            actor,
            now,
        )
        for case in pool
    }


def stands_before(case: Application, stage: str) -> bool:
    """It is in the stage, nothing holds it, and it has no line in a notice yet."""
    state = case.state
    return state.stage == stage and state.status is Status.OPEN and state.posting() is None


def own_item(book: Rulebook, case: Application, stage: str, actor: Actor) -> Item | None:
    for item in case.state.open_items():
        subject = CaseSubject(book.definition, case, item)
        asks = item.stage == stage and notice.is_publishable(case.state, item)
        if asks and can(actor, Permission.ITEM_ACT, subject):
            return item
    return None


def missing(
    book: Rulebook, stage: NoticeStage, pool: Sequence[Application], action: Action, now: datetime
) -> list[Reason]:
    """What still stands in the way of the list as a whole; asked by the page that previews it too."""
    lines: Sequence[Line] = action.inputs.get("lines", ())
    if not pool:
        return [Reason(Words("请至少选一个人"), "chosen")]
    shown = public_notice.columns(book.definition, stage)
    cases = {case.id: case for case in pool}
    reasons = [
        Reason(Words("第 %(n)s 号没有“%(name)s”，先补上再公示", n=line.no, name=column.name), "lines")
        for line in lines
        for column in public_notice.empty_values(shown, line)
        if was_asked(book, cases.get(line.application_id), column.key)
    ]
    alike = tuple(str(line.no) for line in lines if line.alike)
    if alike and not action.inputs.get("apart"):
        words = Words("第 %(n)s 号在名单上分不清是谁，请核实确是不同的人，再勾选“已核实”", n=alike)
        reasons.append(Reason(words, "apart"))
    left = int(action.inputs.get("left") or 0)
    if left and not str(action.inputs.get("reason") or "").strip():
        words = Words("还有 %(n)s 件没有列入这次公示，请写明为什么先公示这一批", n=left)
        reasons.append(Reason(words, "reason"))
    hidden = tuple(
        str(line.no)
        for line in lines
        for case in pool
        if case.id == line.application_id and withheld_entries(book.definition, case.state)
    )
    if hidden:
        words = Words("第 %(n)s 号的评审结果还没有公布，公布结果以后才能公示", n=hidden)
        reasons.append(Reason(words, "chosen"))
    objected = [case for case in pool if case.state.open_objections()]
    numbers = {line.application_id: line.no for line in lines}
    reasons += [
        Reason(Words("第 %(n)s 号的异议还没有办结，办结以后才能再公示", n=numbers[case.id]), "chosen")
        for case in objected
    ]
    return reasons


def was_asked(book: Rulebook, case: Application | None, key: str) -> bool:
    """Whether there could be something to show: what one channel or answer leaves out keeps nobody from the list."""
    if case is None or key not in book.definition.form_fields():
        return True
    questions = answers.form_questions(book.definition, case.channel)
    return key in questions.asked(case.values, book.inputs(case))


def _barred(lines: Mapping[int, Line], owed: Mapping[int, Item]) -> list[Reason]:
    numbers = tuple(str(line.no) for line in lines.values() if line.application_id not in owed)
    if not numbers:
        return []
    return [Reason(Words("第 %(n)s 号不在你手上，请从名单上去掉，由经办的同事公示", n=numbers), "chosen")]
