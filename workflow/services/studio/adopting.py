"""A new version and the cases that run: what reaches them by itself, what is decided once for all, and the way back.

Each case stays pinned to one version. Where only some of the changes reach it, that version is made of the case's own
and of those changes; it is kept like a published one, and whoever looks at the case sees the rules it is decided under.
"""

import secrets as random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.errors import InvalidInput, NotFound, Reason, Refusal
from workflow.domain.program.compare import Change, Reach
from workflow.domain.program.problems import Path
from workflow.domain.words import Words
from workflow.services import due_times, evidence
from workflow.services.actions import carry_out
from workflow.services.casework import Case, open_case
from workflow.services.recording import write_row
from workflow.services.studio import drafts
from workflow.services.studio.adopting_plan import AT_ONCE, Choice, Look, Plan, goes_on, looks_of, planned, rounds_of

_MOVED_ON = Words("刚刚有人办过，没有改；可以再来一次")
_ACTED = Words("改了以后已经有人办过，不再改回去")
_STUCK = Words("按新方案走不下去，仍按原来的方案")


@dataclass(frozen=True)
class Affected:
    """One change, and how many running cases it reaches by itself or could reach if it is chosen."""

    path: Path
    words: Words
    reach: Reach
    reached: int
    choosable: int


@dataclass(frozen=True)
class Adopted:
    """`aside`: the cases that nothing happened to although something was to, and why."""

    key: str
    moved: int
    rounds: int
    aside: Mapping[str, Words] = field(default_factory=dict)


# --- looking


def affected(version_id: int, actor: Actor) -> Sequence[Affected]:
    """Of each change of a published version: how many running cases it reaches by itself, and could reach if chosen."""
    drafts.may(actor)
    with reading() as session:
        plan = planned(session, version_id, Choice())
        looks = list(looks_of(session, plan))
        found: dict[Path, Change] = {}
        counts: dict[Path, list[int]] = defaultdict(lambda: [0, 0])
        for look in looks:
            by_itself = {
                one.path for one in plan.reaching(look.version_id, look.round_id, None, look.standing, look.stage)
            }
            for change in plan.changes(look.version_id):
                found.setdefault(change.path, change)
                counts[change.path][0] += change.path in by_itself
                counts[change.path][1] += change.reach in ("round", "ask")
    return [Affected(one.path, one.words, one.reach, *counts[path]) for path, one in found.items()]


# --- adopting


def adopt(version_id: int, actor: Actor, now: datetime, *, choice: Choice | None = None, reason: str = "") -> Adopted:
    """Free changes to all, those ahead to whoever has not come there, and what was chosen. Once more does no harm."""
    account, choice = drafts.may(actor), choice or Choice()
    if choice.paths and not reason.strip():
        raise InvalidInput([Reason(Words("请写明理由"), "reason")])
    key = random.token_urlsafe(9)
    with reading() as session:
        plan = planned(session, version_id, choice)
        texts: dict[str, list[tuple[Look, Sequence[Change]]]] = defaultdict(list)
        aside: dict[str, Words] = {}
        for look in looks_of(session, plan):
            changes = plan.reaching(look.version_id, look.round_id, look.ref, look.standing, look.stage)
            text, kept = plan.text(look.version_id, changes)
            if text is None:
                continue
            if goes_on(plan, text, look):
                texts[text].append((look, kept))
            else:
                aside[look.ref] = _STUCK
        rounds = list(rounds_of(plan))
    versions = _kept(plan, [*texts, *(text for _, text in rounds)], now)
    said = {"towards": version_id, "by": account, "adoption": key, "reason": reason.strip()}
    moved = 0
    for text, looks in texts.items():
        for start in range(0, len(looks), AT_ONCE):
            moved += _move(looks[start : start + AT_ONCE], versions[text], said, aside, now)
    with writing() as session:
        turned = sum(_turn(session, row.id, row.version_id, versions[text], key, actor, now) for row, text in rounds)
        body = {"version": version_id, "adoption": key, "cases": moved, "rounds": turned, "chosen": len(choice.paths)}
        remarks = {"reason": reason.strip()} if reason.strip() else {}
        evidence.tell(
            session,
            StreamKind.PROGRAM,
            plan.target.program_id,
            "version_adopted",
            actor,
            now,
            body=body,
            remarks=remarks,
        )
    return Adopted(key, moved, turned, aside)


def _kept(plan: Plan, texts: Iterable[str], now: datetime) -> dict[str, int]:
    """The versions of these texts, made where nobody has made them before."""
    with writing() as session:
        return {text: _version_of(session, plan, text, now) for text in texts}


def _version_of(session: Session, plan: Plan, text: str, now: datetime) -> int:
    digest = plan.read(text).digest
    program = ProgramVersion.program_id == plan.target.program_id
    known = session.scalars(
        select(ProgramVersion.id).where(program, ProgramVersion.digest == digest).order_by(ProgramVersion.id.desc())
    ).first()
    if plan.target.digest == digest:
        return plan.target.id
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


def _move(
    looks: Sequence[tuple[Look, Sequence[Change]]],
    version_id: int,
    said: Mapping[str, Any],
    aside: dict[str, Words],
    now: datetime,
) -> int:
    moved = 0
    with writing() as session:
        for look, changes in looks:
            case = open_case(session, look.id, lock=True)
            if (case.application.state.seq, case.row.version_id) != (look.seq, look.version_id):
                aside[look.ref] = _MOVED_ON
            elif version_id != look.version_id:
                paths = [" › ".join(change.path) for change in changes]
                moved += _rebased(session, case, version_id, {**said, "changes": paths}, aside, now)
    return moved


def _rebased(
    session: Session, case: Case, version_id: int, said: Mapping[str, Any], aside: dict[str, Words], now: datetime
) -> int:
    try:
        carry_out(session, case, Action("rebase", None, {**said, "to": version_id}), SYSTEM, now)
    except Refusal as refused:
        aside[case.row.ref] = refused.words
        return 0
    session.get_one(ApplicationRow, case.row.id).version_id = version_id
    for draft in session.scalars(
        select(Answers).where(Answers.application_id == case.row.id, Answers.state == "draft")
    ):
        draft.version_id = version_id
    session.flush()
    anew = open_case(session, case.row.id, lock=True)
    write_row(session, anew, anew.application, now)
    due_times.reckon(session, case.row.id, now)
    return 1


def _turn(session: Session, round_id: int, was: int, version_id: int, key: str, actor: Actor, now: datetime) -> int:
    row = session.scalars(select(Round).where(Round.id == round_id).with_for_update()).one()
    if row.version_id != was or row.version_id == version_id:
        return 0
    row.version_id = version_id
    body = {"from": was, "to": version_id, "adoption": key}
    evidence.tell(session, StreamKind.ROUND, row.id, "round_rebased", actor, now, body=body)
    return 1


# --- and back


def revert(version_id: int, key: str, actor: Actor, now: datetime, reason: str) -> Adopted:
    """Every case that this adoption moved and nobody has acted on since goes back to the version it came from."""
    account = drafts.may(actor)
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明理由"), "reason")])
    with reading() as session:
        target = session.get(ProgramVersion, version_id)
        if target is None:
            raise NotFound
        told = _told(session, target.program_id, StreamKind.APPLICATION, "rebased", key)
        turned = _told(session, target.program_id, StreamKind.ROUND, "round_rebased", key)
    aside: dict[str, Words] = {}
    said = {"towards": version_id, "by": account, "reason": reason.strip(), "back": True}
    moved, numbers = 0, sorted(told)
    for start in range(0, len(numbers), AT_ONCE):
        with writing() as session:
            for number in numbers[start : start + AT_ONCE]:
                seq, body = told[number]
                case = open_case(session, number, lock=True)
                if case.row.version_id != body["to"] or _acted_since(session, number, seq):
                    aside[case.row.ref] = _ACTED
                else:
                    moved += _rebased(session, case, body["from"], said, aside, now)
    with writing() as session:
        back = sum(
            _turn(session, number, body["to"], body["from"], f"-{key}", actor, now)
            for number, (_, body) in turned.items()
        )
        body = {"version": version_id, "adoption": key, "cases": moved, "rounds": back}
        evidence.tell(
            session, StreamKind.PROGRAM, target.program_id, "version_adoption_reverted", actor, now, body=body,
            remarks={"reason": reason.strip()},
        )  # fmt: skip
    return Adopted(key, moved, back, aside)


def _acted_since(session: Session, number: int, seq: int) -> bool:
    """To be moved on and back again is no act of anybody's."""
    acted = (
        select(EventRow.seq)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == number)
        .where(EventRow.seq > seq, EventRow.kind != "rebased")
    )
    return session.scalars(acted.limit(1)).first() is not None


def _told(
    session: Session, program_id: int, kind: StreamKind, what: str, key: str
) -> dict[int, tuple[int, Mapping[str, Any]]]:
    """Subject -> where in its chain the adoption is told, and what."""
    table = ApplicationRow if kind is StreamKind.APPLICATION else Round
    rows = session.execute(
        select(Stream.subject_id, EventRow.seq, EventRow.body)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .join(table, table.id == Stream.subject_id)
        .where(Stream.kind == kind.value, table.program_id == program_id, EventRow.kind == what)
    )
    return {row.subject_id: (row.seq, row.body) for row in rows if row.body.get("adoption") == key}
