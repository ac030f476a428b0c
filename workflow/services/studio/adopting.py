"""A new version and the cases that run: what reaches them by itself, what is decided once for all, and the way back.

Each case stays pinned to one version. Where only some of the changes reach it, that version is made of the case's own
and of those changes; it is kept like a published one, and whoever looks at the case sees the rules it is decided under.
"""

import secrets as random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow, StageEntry
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import AgendaLine, Meeting
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round, RoundState
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import RUNNING, UNSUBMITTED, Action, State, Status
from workflow.domain.errors import InvalidInput, NotFound, Reason, Refusal
from workflow.domain.program.compare import Change, Reach, compare
from workflow.domain.program.composing import composed
from workflow.domain.program.load import Loaded
from workflow.domain.program.problems import Path
from workflow.domain.program.rebase import Standing, rebase
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import due_times, evidence
from workflow.services.actions import carry_out
from workflow.services.casework import Case, open_case, open_cases
from workflow.services.programs import published_tracks
from workflow.services.recording import write_row
from workflow.services.rulebooks import definition_of
from workflow.services.studio import drafts
from workflow.services.studio.checking import loaded_among

AT_ONCE = 100
_ALIVE = tuple(status.value for status in (*RUNNING, *UNSUBMITTED, Status.RECOGNIZED))
_JUDGING = ("review_submitted", "scored", "ballots_recorded", "meeting_decided")
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


@dataclass(frozen=True)
class Choice:
    """What was decided once. `paths`: the changes of class round or ask that shall reach running cases; `rounds` and
    `cases` narrow whom, by ref; empty means all."""

    paths: frozenset[Path] = frozenset()
    rounds: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()

    def holds(self, change: Change, round_ref: str, case_ref: str | None) -> bool:
        if change.path not in self.paths or (self.rounds and round_ref not in self.rounds):
            return False
        return change.reach == "round" or not self.cases or case_ref in self.cases


@dataclass(frozen=True)
class _Look:
    """One case as it was when its new version was chosen."""

    id: int
    ref: str
    round_id: int
    version_id: int
    channel: str
    seq: int
    stage: str | None
    standing: Standing


class _Plan:
    """Which version each case and round goes to. Works on what it has read; writes nothing."""

    def __init__(self, target: ProgramVersion, others: Mapping[str, frozenset[str]], choice: Choice) -> None:
        self.target = target
        self.definition = definition_of(target)
        self.others = others
        self.choice = choice
        self.sources: dict[int, ProgramVersion] = {}
        self.rounds: dict[int, Round] = {}
        self.judged: dict[int, frozenset[str]] = {}
        self._changes: dict[int, tuple[Change, ...]] = {}
        self._read: dict[str, Loaded] = {}
        self._texts: dict[tuple[int, frozenset[Path]], tuple[str | None, tuple[Change, ...]]] = {}

    def changes(self, version_id: int) -> tuple[Change, ...]:
        if version_id not in self._changes:
            self._changes[version_id] = compare(definition_of(self.sources[version_id]), self.definition)
        return self._changes[version_id]

    def reaching(
        self, version_id: int, round_id: int, ref: str | None, standing: Standing, stage: str | None
    ) -> list[Change]:
        """By itself or by choice; a route never leaves the stage where a case stands."""
        judged, round_ref = self.judged.get(round_id, frozenset()), self.rounds[round_id].ref
        found = []
        for change in self.changes(version_id):
            chosen = self.choice.holds(change, round_ref, ref)
            if change.reach == "round" and not chosen:
                continue
            case = Standing(standing.entered, standing.opened, chosen=chosen)
            (effect,) = rebase([change], case, judged, self.definition)
            if effect.reaches and not _leaves(change, stage, standing.entered):
                found.append(change)
        return found

    def text(self, version_id: int, changes: Sequence[Change]) -> tuple[str | None, tuple[Change, ...]]:
        """With the changes that could be taken over; None where none can."""
        key = (version_id, frozenset(change.path for change in changes))
        if key not in self._texts:
            source = self.sources[version_id].source
            text, kept = composed(source, self.target.source, changes, self._sound) if changes else (source, ())
            self._texts[key] = (self._as_published(text) if kept else None, kept)
        return self._texts[key]

    def read(self, text: str) -> Loaded:
        if text not in self._read:
            self._read[text] = loaded_among(text, self.others)
        return self._read[text]

    def _as_published(self, text: str) -> str:
        """The published text itself where the composed one says the same."""
        definition = self.read(text).definition
        same = definition is not None and not compare(definition, self.definition)
        return self.target.source if same else text

    def _sound(self, text: str) -> bool:
        return self.read(text).ok


def _leaves(change: Change, stage: str | None, entered: Collection[str]) -> bool:
    if change.path[-1] != "route" or stage is None:
        return False
    return stage in (change.old or ()) and stage not in (change.new or ())


# --- looking


def affected(version_id: int, actor: Actor) -> Sequence[Affected]:
    """Of each change of a published version: how many running cases it reaches by itself, and could reach if chosen."""
    drafts.may(actor)
    with reading() as session:
        plan = _planned(session, version_id, Choice())
        looks = list(_looks(session, plan))
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


def _planned(session: Session, version_id: int, choice: Choice) -> _Plan:
    target = session.get(ProgramVersion, version_id)
    if target is None or target.number >= COMPOSED:
        raise NotFound
    plan = _Plan(target, published_tracks(session), choice)
    of_program = select(ProgramVersion).where(ProgramVersion.program_id == target.program_id)
    plan.sources = {version.id: version for version in session.scalars(of_program)}
    rounds = session.scalars(select(Round).where(Round.program_id == target.program_id))
    plan.rounds = {row.id: row for row in rounds}
    plan.judged = {number: _judged(session, number) for number in plan.rounds}
    return plan


def _judged(session: Session, round_id: int) -> frozenset[str]:
    """The stages of a round in which somebody has scored or voted."""
    told = (
        select(StageEntry.stage_key)
        .join(
            Stream,
            (Stream.subject_id == StageEntry.application_id) & (Stream.kind == StreamKind.APPLICATION.value),
        )
        .join(EventRow, (EventRow.stream_id == Stream.id) & (EventRow.entry_no == StageEntry.entry_no))
        .where(StageEntry.round_id == round_id, EventRow.kind.in_(_JUDGING))
    )
    voted = (
        select(Meeting.stage_key)
        .join(AgendaLine, AgendaLine.meeting_id == Meeting.id)
        .where(Meeting.round_id == round_id, (AgendaLine.decision != "") | AgendaLine.favor.is_not(None))
    )
    return frozenset(session.scalars(told.distinct())) | frozenset(session.scalars(voted.distinct()))


def _looks(session: Session, plan: _Plan) -> Iterator[_Look]:
    wanted = (
        select(ApplicationRow.id)
        .where(
            ApplicationRow.program_id == plan.target.program_id,
            ApplicationRow.version_id != plan.target.id,
            ApplicationRow.status.in_(_ALIVE),
        )
        .order_by(ApplicationRow.id)
    )
    numbers = list(session.scalars(wanted))
    for start in range(0, len(numbers), AT_ONCE):
        for case in open_cases(session, numbers[start : start + AT_ONCE]):
            state = case.application.state
            yield _Look(
                case.row.id,
                case.row.ref,
                case.row.round_id,
                case.row.version_id,
                case.row.channel,
                state.seq,
                state.stage,
                _standing(state, case.book.definition),
            )


def _standing(state: State, definition: Definition) -> Standing:
    opened = {f"duties.{owed.duty}" for owed in state.after.duties}
    opened |= {f"points.{entry.item}" for entry in state.after.points.entries}
    if state.after.seats:
        opened |= {f"sessions.{key}" for key in definition.sessions}
    return Standing(frozenset(entry.stage for entry in state.entries), frozenset(opened))


# --- adopting


def adopt(version_id: int, actor: Actor, now: datetime, *, choice: Choice | None = None, reason: str = "") -> Adopted:
    """Free changes to all, those ahead to whoever has not come there, and what was chosen. Once more does no harm."""
    account, choice = drafts.may(actor), choice or Choice()
    if choice.paths and not reason.strip():
        raise InvalidInput([Reason(Words("请写明理由"), "reason")])
    key = random.token_urlsafe(9)
    with reading() as session:
        plan = _planned(session, version_id, choice)
        texts: dict[str, list[tuple[_Look, Sequence[Change]]]] = defaultdict(list)
        aside: dict[str, Words] = {}
        for look in _looks(session, plan):
            changes = plan.reaching(look.version_id, look.round_id, look.ref, look.standing, look.stage)
            text, kept = plan.text(look.version_id, changes)
            if text is None:
                continue
            if _goes_on(plan, text, look):
                texts[text].append((look, kept))
            else:
                aside[look.ref] = _STUCK
        rounds = list(_rounds(plan))
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


def _rounds(plan: _Plan) -> Iterator[tuple[Round, str]]:
    """A round that runs goes along, so that whoever applies tomorrow is treated like those who applied today."""
    for row in plan.rounds.values():
        if row.state != RoundState.CLOSED and row.version_id != plan.target.id:
            changes = plan.reaching(row.version_id, row.id, None, Standing(), None)
            text, _ = plan.text(row.version_id, changes)
            if text is not None and text != plan.sources[row.version_id].source:
                yield row, text


def _goes_on(plan: _Plan, text: str, look: _Look) -> bool:
    """The case stands on its route there, and every stage that it ever was in is known."""
    definition = plan.read(text).definition
    if definition is None or look.channel not in definition.channels:
        return False
    on_route = look.stage is None or look.stage in definition.route_of(look.channel)
    return on_route and look.standing.entered <= set(definition.stages)


def _kept(plan: _Plan, texts: Iterable[str], now: datetime) -> dict[str, int]:
    """The versions of these texts, made where nobody has made them before."""
    with writing() as session:
        return {text: _version_of(session, plan, text, now) for text in texts}


def _version_of(session: Session, plan: _Plan, text: str, now: datetime) -> int:
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
    looks: Sequence[tuple[_Look, Sequence[Change]]],
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
