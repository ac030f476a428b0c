"""A place falls free: which places are held, who waits, who moves up, and the end of waiting."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from workflow.domain import quotas, ranking
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Outcome, Status
from workflow.domain.errors import NotAllowed, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.pool_vote.result import own_books
from workflow.domain.ranking import Candidate
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.domain.told import Voted
from workflow.domain.words import Words

GIVES_BACK = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.LAPSED, Status.NOT_CALLED})


def newest(case: Application, stage: str) -> Voted | None:
    """What the newest meeting at this stage made of the case."""
    if not case.state.votes:
        return None
    stays = {entry.no for entry in case.state.entries if entry.stage == stage}
    return next((voted for voted in reversed(case.state.votes) if voted.entry_no in stays), None)


def holds_place(case: Application, stage: str) -> bool:
    if case.state.stage == stage or case.state.status in GIVES_BACK:
        return False
    voted = newest(case, stage)
    return voted is not None and (voted.result == "passed" or voted.called == "promoted")


def given_places(pool: Iterable[Application], stage: str) -> Counter[str]:
    """Places that earlier meetings gave and that are still held: by group, `""` for all; `alternate` for who waits."""
    found: Counter[str] = Counter()
    for case in pool:
        if holds_place(case, stage):
            found.update(["", *quotas.groups_of(case.track, case.channel, case.counted_id or case.nominator_id)])
        elif case.state.status is Status.ALTERNATE:
            found["alternate"] += 1
    return found


def waiting(pool: Iterable[Application], stage: str) -> list[Application]:
    """Alternates in the order in which meetings listed them."""
    listed = [(newest(case, stage), case) for case in pool if case.state.status is Status.ALTERNATE]
    known = [(voted, case) for voted, case in listed if voted is not None and case.state.stage == stage]
    return [case for voted, case in sorted(known, key=lambda each: (each[0].meeting, each[0].alternate or 0))]


def next_up(
    places: quotas.Places, pool: Sequence[Application], stage: str, held: Mapping[str, int] | None = None
) -> Application | None:
    """Who moves up into the place that is free; None where none is free or nobody waits. `held`: as `given_places`."""
    line = waiting(pool, stage)
    held = given_places(pool, stage) if held is None else held
    found = ranking.next_up(
        [
            Candidate(case.id, quotas.groups_of(case.track, case.channel, case.counted_id or case.nominator_id))
            for case in line
        ],
        held,
        places,
    )
    return next((case for case in line if case.id == found), None)


# -- acts --------------------------------------------------------------------------------------------------------------
def promote(
    book: Rulebook, key: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """递补: the next alternate moves up into a place that fell free.

    `inputs`: `places` of the line and, where the pool holds only those who wait, the places `held`.
    """
    case = next_up(action.inputs["places"], pool, key, action.inputs.get("held"))
    if case is None:
        raise NotReady([Reason(Words("没有空出来的名额，或已经没有候补"))])
    if not can(actor, Permission.APPLICATION_RUN, CaseSubject(book.definition, case)):
        raise NotAllowed(Words("递补由主办来办；要回避的请换一位同事"))
    work = Work(own_books(action).get(case.id, book), case, action, actor, now)
    voted = newest(case, key)
    number = voted.alternate if voted is not None else None
    work.tell("alternate_promoted", {"reason": work.text("reason")}, number=number)
    effects.advance(work, key)
    return {case.id: work.outcome()}


def close_out(
    book: Rulebook, key: str, pool: Sequence[Application], action: Action, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """The round is closed out: who still waits is told that they were not called."""
    line = waiting(pool, key)
    if not line:
        raise NotReady([Reason(Words("没有候补了"))])
    outcomes = {}
    for case in line:
        if not can(actor, Permission.APPLICATION_RUN, CaseSubject(book.definition, case)):
            raise NotAllowed(Words("候补由主办来办；要回避的请换一位同事"))
        work = Work(own_books(action).get(case.id, book), case, action, actor, now)
        work.tell("alternate_not_called", {"reason": work.text("reason")})
        outcomes[case.id] = work.outcome()
    return outcomes
