"""Asking, before anybody judges, that some people do not (`fairness.conflicts.may_object_to`)."""

from workflow.domain.application import Status
from workflow.domain.errors import Reason
from workflow.domain.policy import is_person
from workflow.domain.program.schema import ScoreStage, VoteStage
from workflow.domain.stages.base import Act, Work
from workflow.domain.words import Words

BEFORE_JUDGING = frozenset({Status.DRAFT, Status.AWAITING_CONFIRMATION, Status.OPEN, Status.CORRECTING, Status.HELD})


def names_in(text: str) -> tuple[str, ...]:
    """One name a line; the same twice is one."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _in_time(work: Work) -> bool:
    """Until the first stage in which people judge is entered: afterwards somebody would choose by the result."""
    judged = {
        stage.key
        for stage in work.definition.stages_of(work.before.channel)
        if isinstance(stage, ScoreStage | VoteStage)
    }
    state = work.before.state
    return (
        work.definition.fairness.conflicts.may_object_to > 0
        and state.version > 0
        and state.status in BEFORE_JUDGING
        and bool(judged)
        and not judged & {entry.stage for entry in state.entries}
    )


def _own_side(work: Work) -> bool:
    """The person; who filled, where the person has no account."""
    actor, case = work.actor, work.before
    filler = case.account_id is None and actor.account_id is not None and actor.account_id == case.filler_id
    return is_person(actor, case) or filler


def _missing(work: Work) -> list[Reason]:
    names, most = names_in(work.text("judges")), work.definition.fairness.conflicts.may_object_to
    if len(names) > most:
        return [Reason(Words("最多写%(most)s人，现在写了%(given)s人", most=most, given=len(names)), "judges")]
    return work.needs_text("reason", Words("请写明理由，如近亲属、同事、有过纠纷")) if names else []


def _follows(work: Work) -> None:
    names = names_in(work.text("judges"))
    work.tell("judges_objected", {"judges": "\n".join(names), "why": work.text("reason")}, count=len(names))


ACTS = (Act("object_to_judges", Words("申请评委回避"), _in_time, _own_side, _follows, _missing, on_item=False),)
