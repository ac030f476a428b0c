"""Some cases at a time to their new version, or back: with the place that was reached, in one transaction."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.base import DatabaseBusy, reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round
from models.studio import Adoption
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.errors import Refusal
from workflow.domain.words import Words
from workflow.services import due_times, evidence
from workflow.services.actions import carry_out
from workflow.services.casework import Case, open_cases
from workflow.services.recording import write_row
from workflow.services.studio.adopting_asks import asked_anew
from workflow.services.studio.adopting_looks import looks_of
from workflow.services.studio.adopting_plan import Plan, goes_on, learn, look_at
from workflow.services.studio.wording import packed

AT_ONCE = 50
_ACTED = Words("改了以后已经有人办过，不再改回去")
_STUCK = Words("按新方案走不下去，仍按原来的方案")
_BROKE = Words("没有改成，系统出了错，仍按原来的方案")
_log = logging.getLogger(__name__)


class Lost(RuntimeError):
    """Our lease had ended, and somebody else carries it on."""


@dataclass(frozen=True)
class Taken:
    """An adoption in our hands for as long as the lease lasts."""

    id: int
    key: str
    fence: int
    version_id: int
    by: int
    reason: str
    reverts: str | None
    lease: timedelta

    def ours(self, session: Session, now: datetime) -> Adoption:
        """Only while nobody else has taken it since; the lease then runs anew."""
        row = session.scalars(select(Adoption).where(Adoption.id == self.id).with_for_update()).one()
        if row.fence != self.fence or row.state != "running":
            raise Lost
        row.next_at = now + self.lease
        return row

    @property
    def said(self) -> dict[str, Any]:
        told = {"towards": self.version_id, "by": self.by, "reason": self.reason}
        return {**told, "back": True, "adoption": self.key} if self.reverts else {**told, "adoption": self.key}


@dataclass
class _Part:
    """What becomes of some cases."""

    moved: int = 0
    aside: dict[str, Words] = field(default_factory=dict)


# --- to a new version


def adopt_some(taken: Taken, plan: Plan, now: datetime) -> int | None:
    """The next cases, in the order of their numbers: how many were moved; None when all have been looked at."""
    with reading() as session:
        looks = looks_of(session, plan.target, after=_reached(session, taken), most=AT_ONCE)
        learn(session, plan, looks)
        for look in looks:  # composing takes a while, and nobody shall wait for it
            plan.text(
                look.version_id, plan.reaching(look.version_id, look.round_id, look.ref, look.standing, look.stage)
            )

    def act(session: Session, numbers: Sequence[int]) -> _Part:
        return _adopt(session, taken, plan, numbers, now)

    return _each(taken, [look.id for look in looks], act, now)


def _adopt(session: Session, taken: Taken, plan: Plan, numbers: Sequence[int], now: datetime) -> _Part:
    part, to = _Part(), list[tuple[Case, int, Mapping[str, Any]]]()
    for case in open_cases(session, numbers, lock=True):
        look = look_at(case)
        learn(session, plan, [look])
        text, kept = plan.text(look.version_id, plan.of(look))
        if text is None or look.version_id == plan.target.id:
            continue
        if not goes_on(plan, text, look):
            part.aside[look.ref] = _STUCK
            continue
        version = version_of(session, plan, text, now)
        if version != look.version_id:
            said = {**taken.said, "changes": [" › ".join(change.path) for change in kept]}
            said["asked"] = sum(change.reach == "ask" for change in kept) or None
            to.append((case, version, {**said, **asked_anew(session, case, version, kept, now)}))
    _rebase(session, to, part, now)
    return part


def version_of(session: Session, plan: Plan, text: str, now: datetime) -> int:
    """The version of this text, made where nobody has made it before."""
    digest = plan.read(text).digest
    if plan.target.digest == digest:
        return plan.target.id
    program = ProgramVersion.program_id == plan.target.program_id
    known = session.scalars(
        select(ProgramVersion.id).where(program, ProgramVersion.digest == digest).order_by(ProgramVersion.id.desc())
    ).first()
    if known is not None:
        return known
    last = session.scalar(select(func.max(ProgramVersion.number)).where(program)) or 0
    version = ProgramVersion(
        program_id=plan.target.program_id,
        number=max(last + 1, COMPOSED),
        source=text,
        digest=digest,
        published_at=now,
        published_by=None,
        towards_id=plan.target.id,
    )
    session.add(version)
    session.flush()
    return version.id


def turn(session: Session, round_id: int, was: int, version_id: int, key: str, actor: Actor, now: datetime) -> int:
    row = session.scalars(select(Round).where(Round.id == round_id).with_for_update()).one()
    if row.version_id != was or row.version_id == version_id:
        return 0
    row.version_id = version_id
    body = {"from": was, "to": version_id, "adoption": key}
    evidence.tell(session, StreamKind.ROUND, row.id, "round_rebased", actor, now, body=body)
    return 1


# --- and back


def revert_some(taken: Taken, now: datetime) -> int | None:
    with reading() as session:
        program = session.get_one(ProgramVersion, taken.version_id).program_id
        moves = told(
            session, program, StreamKind.APPLICATION, "rebased", taken.reverts or "",
            after=_reached(session, taken), most=AT_ONCE,
        )  # fmt: skip

    def act(session: Session, numbers: Sequence[int]) -> _Part:
        return _revert(session, taken, {number: moves[number] for number in numbers}, now)

    return _each(taken, sorted(moves), act, now)


Moves = Mapping[int, tuple[int, Mapping[str, Any]]]


def _revert(session: Session, taken: Taken, moves: Moves, now: datetime) -> _Part:
    part, to = _Part(), list[tuple[Case, int, Mapping[str, Any]]]()
    acted = _acted(session, moves)
    for case in open_cases(session, moves, lock=True):
        seq, body = moves[case.row.id]
        if case.row.version_id != body["to"] or acted.get(case.row.id, 0) > seq:
            part.aside[case.row.ref] = _ACTED
        else:
            to.append((case, body["from"], {**taken.said, **asked_anew(session, case, body["from"], (), now)}))
    _rebase(session, to, part, now)
    return part


def _acted(session: Session, numbers: Moves) -> dict[int, int]:
    """Case -> the last thing told of it; to be moved on and back again is no act of anybody's."""
    last = (
        select(Stream.subject_id, func.max(EventRow.seq).label("last"))
        .join(EventRow, EventRow.stream_id == Stream.id)
        .where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id.in_(numbers), EventRow.kind != "rebased")
        .group_by(Stream.subject_id)
    )
    return {row.subject_id: row.last for row in session.execute(last)}


def told(
    session: Session, program_id: int, kind: StreamKind, what: str, key: str, *, after: int = 0, most: int | None = None
) -> dict[int, tuple[int, Mapping[str, Any]]]:
    """Subject -> where in its chain the adoption is told, and what."""
    table = ApplicationRow if kind is StreamKind.APPLICATION else Round
    rows = session.execute(
        select(Stream.subject_id, EventRow.seq, EventRow.body)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .join(table, table.id == Stream.subject_id)
        .where(
            Stream.kind == kind.value,
            Stream.subject_id > after,
            table.program_id == program_id,
            EventRow.kind == what,
            EventRow.body["adoption"].as_string() == key,
        )
        .order_by(Stream.subject_id)
        .limit(most)
    )
    return {row.subject_id: (row.seq, row.body) for row in rows}


# --- some cases, and how far it has come


def _reached(session: Session, taken: Taken) -> int:
    return session.get_one(Adoption, taken.id).last_id


def _each(
    taken: Taken, numbers: Sequence[int], act: Callable[[Session, Sequence[int]], _Part], now: datetime
) -> int | None:
    """Together; and one by one where that fails, so that one bad case keeps none of the others."""
    if not numbers:
        return None
    try:
        return _together(taken, numbers, act, now)
    except (OperationalError, DatabaseBusy, Lost):
        raise  # not the case's fault: the lease ends and somebody tries again
    except Exception:
        _log.exception("cases %s to %s: one by one", numbers[0], numbers[-1])
    return sum(_alone(taken, number, act, now) for number in numbers)


def _alone(taken: Taken, number: int, act: Callable[[Session, Sequence[int]], _Part], now: datetime) -> int:
    try:
        return _together(taken, [number], act, now)
    except (OperationalError, DatabaseBusy, Lost):
        raise
    except Exception:
        _log.exception("case %s stays as it is", number)
    return _together(taken, [number], _broken, now)


def _broken(session: Session, numbers: Sequence[int]) -> _Part:
    refs = session.scalars(select(ApplicationRow.ref).where(ApplicationRow.id.in_(numbers)))
    return _Part(aside=dict.fromkeys(refs, _BROKE))


def _together(
    taken: Taken, numbers: Sequence[int], act: Callable[[Session, Sequence[int]], _Part], now: datetime
) -> int:
    with writing() as session:
        row = taken.ours(session, now)
        part = act(session, numbers)
        row.seen, row.moved, row.last_id = row.seen + len(numbers), row.moved + part.moved, numbers[-1]
        row.aside = _with(row.aside, part.aside)
    return part.moved


def _with(known: Sequence[Any], aside: Mapping[str, Words]) -> list[Any]:
    """Refs under why: a thousand cases share a few sentences."""
    found = [[words, list(refs)] for words, refs in known]
    for ref, words in aside.items():
        said = packed(words)
        same = next((each for each in found if each[0] == said), None)
        if same is None:
            found.append([said, [ref]])
        else:
            same[1].append(ref)
    return found


def _rebase(session: Session, to: Sequence[tuple[Case, int, Mapping[str, Any]]], part: _Part, now: datetime) -> None:
    moved: dict[int, int] = {}
    for case, version, said in to:
        try:
            carry_out(session, case, Action("rebase", None, {**said, "to": version}), SYSTEM, now)
        except Refusal as refused:
            part.aside[case.row.ref] = refused.words
            continue
        session.get_one(ApplicationRow, case.row.id).version_id = moved[case.row.id] = version
    if not moved:
        return
    for draft in session.scalars(select(Answers).where(Answers.application_id.in_(moved), Answers.state == "draft")):
        draft.version_id = moved[draft.application_id]
    session.flush()
    for anew in open_cases(session, moved, lock=True):
        write_row(session, anew, anew.application, now)
        due_times.reckoned(session, anew, now)
    part.moved += len(moved)


def finish(taken: Taken, now: datetime) -> None:
    """It is told in the chain of its program, with what came of it."""
    with writing() as session:
        row = taken.ours(session, now)
        row.state, row.ended_at, row.leased_by = "done", now, None
        body = {"version": row.version_id, "adoption": row.reverts or row.key, "cases": row.moved, "rounds": row.turned}
        if not row.reverts:
            body["chosen"] = len(row.paths)
        evidence.tell(
            session,
            StreamKind.PROGRAM,
            row.program_id,
            "version_adoption_reverted" if row.reverts else "version_adopted",
            Actor("account", row.began_by),
            now,
            body=body,
            remarks={"reason": row.reason} if row.reason else {},
        )
