"""A new version and the cases that run: what reaches them by itself, what is decided once for all, and the way back.

Each case stays pinned to one version. Where only some of the changes reach it, that version is made of the case's own
and of those changes; it is kept like a published one, and whoever looks at the case sees the rules it is decided under.

What was decided is a row of its own (`Adoption`), carried out case by case in the order of their numbers: a part in the
request that decided it, the rest by the clock. Whoever carries it on holds a lease. Cases and how far it has come are
written together, so that a process may be killed at any moment and another goes on where it stood.
"""

import secrets as random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import literal_state, reading, writing
from models.evidence import StreamKind
from models.programs import ProgramVersion
from models.rounds import Round
from models.studio import Adoption
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services.deliveries import myself
from workflow.services.studio import drafts
from workflow.services.studio.adopting_looks import running
from workflow.services.studio.adopting_moving import (
    Lost,
    Taken,
    adopt_some,
    finish,
    revert_some,
    told,
    turn,
    version_of,
)
from workflow.services.studio.adopting_plan import Choice, Judged, Plan, judged_in, planned, rounds_of
from workflow.services.studio.wording import unpacked

LEASE = timedelta(seconds=60)  # longer than any part takes
AT_MOST = timedelta(seconds=8)  # of one run of the clock; what is left goes with the next
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Adopted:
    """How far it has come. `aside`: the cases that nothing happened to although something was to, and why."""

    key: str
    moved: int
    rounds: int
    aside: Mapping[str, Words] = field(default_factory=dict)
    seen: int = 0
    total: int = 0
    is_done: bool = True
    is_back: bool = False

    @property
    def share(self) -> int:
        """Of a hundred."""
        return min(99, 100 * self.seen // self.total) if self.total else 0


# --- deciding


def adopt(version_id: int, actor: Actor, now: datetime, *, choice: Choice | None = None, reason: str = "") -> Adopted:
    """Free changes to all, those ahead to whoever has not come there, and what was chosen. Once more does no harm."""
    return to_the_end(begin(version_id, actor, now, choice=choice, reason=reason), now)


def revert(version_id: int, key: str, actor: Actor, now: datetime, reason: str) -> Adopted:
    """Every case that this adoption moved and nobody has acted on since goes back to the version it came from."""
    return to_the_end(begin_back(version_id, key, actor, now, reason), now)


def begin(version_id: int, actor: Actor, now: datetime, *, choice: Choice | None = None, reason: str = "") -> str:
    """Decide it, and turn the rounds, so that whoever applies from now on is treated like those who run. Its key."""
    account, choice = drafts.may(actor), choice or Choice()
    if choice.paths:
        _needs(reason)
    with reading() as session:  # composing takes a while, and nobody shall wait for it
        plan = planned(session, version_id, choice)
        _refuse_apart(plan)
        list(rounds_of(plan))
    with writing() as session:
        judged = _hold_rounds(session, plan)
        if judged != plan.judged:
            plan = planned(session, version_id, choice, judged)
        row = _begun(session, plan.target, account, now, reason)
        row.paths, row.rounds, row.cases = _spelled(choice)
        row.judged = {str(number): sorted(stages) for number, stages in judged.items()}
        row.measured = sorted(_measured(plan))
        row.total = session.scalar(select(func.count()).select_from(running(plan.target).subquery())) or 0
        row.turned = sum(
            turn(session, each.id, each.version_id, version_of(session, plan, text, now), row.key, actor, now)
            for each, text in list(rounds_of(plan))
        )
        return row.key


def begin_back(version_id: int, key: str, actor: Actor, now: datetime, reason: str) -> str:
    account = drafts.may(actor)
    _needs(reason)
    with writing() as session:
        target = session.get(ProgramVersion, version_id)
        if target is None:
            raise NotFound
        row = _begun(session, target, account, now, reason)
        row.reverts = key
        row.total = len(told(session, target.program_id, StreamKind.APPLICATION, "rebased", key))
        turned = told(session, target.program_id, StreamKind.ROUND, "round_rebased", key)
        row.turned = sum(
            turn(session, number, body["to"], body["from"], f"-{key}", actor, now)
            for number, (_, body) in turned.items()
        )
        return row.key


def _needs(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明理由"), "reason")])


def _refuse_apart(plan: Plan) -> None:
    """People compared with each other are measured alike: a change for all of a round is not for one of them."""
    if plan.choice.cases:
        changes = [change for version in plan.sources for change in plan.changes(version)]
        if any(change.reach == "round" and change.path in plan.choice.paths for change in changes):
            raise InvalidInput([Reason(Words("评分、名额这类改动要一批一起改，不能只改到单件；请改选批次"), "path")])


def _begun(session: Session, target: ProgramVersion, account: int, now: datetime, reason: str) -> Adoption:
    row = Adoption(
        key=random.token_urlsafe(9),
        program_id=target.program_id,
        version_id=target.id,
        reason=reason.strip()[:_LONGEST_REASON],
        began_at=now,
        began_by=account,
        state="running",
        paths=[], rounds=[], cases=[], judged={}, measured=[], aside=[],
        seen=0, moved=0, turned=0, total=0, last_id=0, fence=0,
        next_at=now,
    )  # fmt: skip
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise NotReady([Reason(Words("这个项目的方案正在改到在办的件，办完再来"))]) from None
    return row


def _spelled(choice: Choice) -> tuple[list[list[str]], list[str], list[str]]:
    return sorted(map(list, choice.paths)), sorted(choice.rounds), sorted(choice.cases)


def _hold_rounds(session: Session, plan: Plan) -> dict[int, frozenset[str]]:
    """Nobody scores or votes while it is looked where somebody has; `measured.refuse` waits for this."""
    program = Round.program_id == plan.target.program_id
    held = session.scalars(select(Round.id).where(program).order_by(Round.id).with_for_update()).all()
    return judged_in(session, held)


def _measured(plan: Plan) -> Iterator[int]:
    """The rounds in which people compared with each other are about to be measured otherwise."""
    for row in plan.rounds.values():
        changes = (change for version in plan.sources for change in plan.changes(version))
        if any(change.reach == "round" and plan.choice.holds(change, row.ref, None) for change in changes):
            yield row.id


# --- carrying out


def carry_out(now: datetime) -> int:
    """The clock's part: whatever has begun goes on. How many cases were moved."""
    return _work(now, AT_MOST)


def go_on(key: str, now: datetime, at_most: timedelta) -> Adopted:
    """The request's part: a short list is done before the page comes."""
    _work(now, at_most, key)
    return result(key)


def to_the_end(key: str, now: datetime) -> Adopted:
    _work(now, None, key)
    return result(key)


def _work(now: datetime, at_most: timedelta | None, key: str | None = None) -> int:
    started, moved = time.monotonic(), 0

    def at() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    def has_time() -> bool:
        return at_most is None or at() - now < at_most

    while has_time() and (taken := take(at(), key)) is not None:
        with suppress(Lost):
            moved += _carried(taken, at, has_time)
    return moved


def _carried(taken: Taken, at: Callable[[], datetime], has_time: Callable[[], bool]) -> int:
    """As far as there is time for."""
    plan, moved = plan_of(taken), 0
    while has_time():
        part = revert_some(taken, at()) if plan is None else adopt_some(taken, plan, at())
        if part is None:
            finish(taken, at())
            return moved
        moved += part
    let_go(taken, at())
    return moved


def take(now: datetime, key: str | None = None) -> Taken | None:
    """One that has begun and that nobody carries on: the lease of whoever did has ended."""
    due = [Adoption.state == literal_state("running"), Adoption.next_at <= now]
    if key is not None:
        due.append(Adoption.key == key)
    with reading() as session:
        if not session.scalar(select(exists().where(*due))):
            return None
    with writing() as session:
        found = select(Adoption).where(*due).order_by(Adoption.id).limit(1)
        row = session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.leased_by, row.next_at, row.fence = myself(), now + LEASE, row.fence + 1
        return Taken(row.id, row.key, row.fence, row.version_id, row.began_by, row.reason, row.reverts, LEASE)


def let_go(taken: Taken, now: datetime) -> None:
    with writing() as session:
        row = taken.ours(session, now)
        row.leased_by, row.next_at = None, now


def plan_of(taken: Taken) -> Plan | None:
    """What was decided, with what was judged when it was decided; None on the way back, which chooses nothing."""
    if taken.reverts is not None:
        return None
    with reading() as session:
        row = session.get_one(Adoption, taken.id)
        paths = frozenset(tuple(path) for path in row.paths)
        judged: Judged = {int(number): frozenset(stages) for number, stages in row.judged.items()}
        return planned(session, row.version_id, Choice(paths, frozenset(row.rounds), frozenset(row.cases)), judged)


# --- looking


def result(key: str) -> Adopted:
    with reading() as session:
        row = session.scalars(select(Adoption).where(Adoption.key == key)).first()
        if row is None:
            raise NotFound
        return adopted(row)


def adopted(row: Adoption) -> Adopted:
    aside = {ref: unpacked(words) for words, refs in row.aside for ref in refs}
    is_back = row.reverts is not None
    return Adopted(
        row.key, row.moved, row.turned, aside, row.seen, row.total, is_done=row.state == "done", is_back=is_back
    )
