"""Which version each running case and round goes to under a new one. Reads, and writes nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import StageEntry
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import AgendaLine, BallotCast, Meeting
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round, RoundState
from workflow.domain.errors import NotFound
from workflow.domain.program.compare import Change, compare
from workflow.domain.program.composing import composed
from workflow.domain.program.load import Loaded
from workflow.domain.program.problems import Path
from workflow.domain.program.rebase import Standing, rebase
from workflow.services.casework import Case
from workflow.services.measured import JUDGING
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import definition_of
from workflow.services.studio.checking import loaded_among


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
class Look:
    """Where one case stands, as far as the choice of its version asks."""

    id: int
    ref: str
    round_id: int
    version_id: int
    channel: str
    stage: str | None
    standing: Standing


class Plan:
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
        self._reaching: dict[Any, tuple[Change, ...]] = {}

    def changes(self, version_id: int) -> tuple[Change, ...]:
        if version_id not in self._changes:
            self._changes[version_id] = compare(definition_of(self.sources[version_id]), self.definition)
        return self._changes[version_id]

    def reaching(
        self, version_id: int, round_id: int, ref: str | None, standing: Standing, stage: str | None
    ) -> tuple[Change, ...]:
        """By itself or by choice; a route never leaves the stage where a case stands. Many cases stand alike."""
        one = ref if ref in self.choice.cases else None
        key = (version_id, round_id, one, standing, stage)
        if key not in self._reaching:
            self._reaching[key] = tuple(self._found(version_id, round_id, one, standing, stage))
        return self._reaching[key]

    def of(self, look: Look) -> tuple[Change, ...]:
        return self.reaching(look.version_id, look.round_id, look.ref, look.standing, look.stage)

    def _found(
        self, version_id: int, round_id: int, ref: str | None, standing: Standing, stage: str | None
    ) -> Iterator[Change]:
        judged, round_ref = self.judged.get(round_id, frozenset()), self.rounds[round_id].ref
        for change in self.changes(version_id):
            chosen = self.choice.holds(change, round_ref, ref)
            if change.reach == "round" and not chosen:
                continue
            case = Standing(standing.entered, standing.opened, chosen=chosen)
            (effect,) = rebase([change], case, judged, self.definition)
            if effect.reaches and not _leaves(change, stage, standing.entered):
                yield change

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


Judged = Mapping[int, frozenset[str]]


def planned(session: Session, version_id: int, choice: Choice, judged: Judged | None = None) -> Plan:
    """`judged`: what was so when it was decided; of today where nothing has been."""
    target = session.get(ProgramVersion, version_id)
    if target is None or target.number >= COMPOSED:
        raise NotFound
    plan = Plan(target, published_tracks(session), choice)
    of_program = select(ProgramVersion).where(ProgramVersion.program_id == target.program_id)
    plan.sources = {version.id: version for version in session.scalars(of_program)}
    rounds = session.scalars(select(Round).where(Round.program_id == target.program_id))
    plan.rounds = {row.id: row for row in rounds}
    plan.judged = dict(judged) if judged is not None else judged_in(session, plan.rounds)
    return plan


def learn(session: Session, plan: Plan, looks: Sequence[Look]) -> None:
    """What came to be since it was planned: a round that was opened, the version that a round was turned to."""
    for look in looks:
        if look.version_id not in plan.sources:
            plan.sources[look.version_id] = session.get_one(ProgramVersion, look.version_id)
        if look.round_id not in plan.rounds:
            plan.rounds[look.round_id] = session.get_one(Round, look.round_id)


def judged_in(session: Session, rounds: Collection[int]) -> dict[int, frozenset[str]]:
    """The stages of each round in which somebody has scored or voted."""
    told = (
        select(StageEntry.round_id, StageEntry.stage_key)
        .join(
            Stream,
            (Stream.subject_id == StageEntry.application_id) & (Stream.kind == StreamKind.APPLICATION.value),
        )
        .join(EventRow, (EventRow.stream_id == Stream.id) & (EventRow.entry_no == StageEntry.entry_no))
        .where(StageEntry.round_id.in_(rounds), EventRow.kind.in_(JUDGING))
    )
    voted = (
        select(Meeting.round_id, Meeting.stage_key)
        .join(AgendaLine, AgendaLine.meeting_id == Meeting.id)
        .where(Meeting.round_id.in_(rounds), (AgendaLine.decision != "") | AgendaLine.favor.is_not(None))
    )
    cast = (
        select(Meeting.round_id, Meeting.stage_key)
        .join(BallotCast, BallotCast.meeting_id == Meeting.id)
        .where(Meeting.round_id.in_(rounds))
    )
    found: dict[int, set[str]] = {number: set() for number in rounds}
    for asked in (told, voted, cast):
        for number, stage in session.execute(asked.distinct()):
            found[number].add(stage)
    return {number: frozenset(stages) for number, stages in found.items()}


def look_at(case: Case) -> Look:
    """The same of a case that lies on the table."""
    row, state = case.row, case.application.state
    opened = {f"duties.{owed.duty}" for owed in state.after.duties}
    opened |= {f"points.{entry.item}" for entry in state.after.points.entries}
    if state.after.seats:
        opened |= {f"sessions.{key}" for key in case.book.definition.sessions}
    standing = Standing(frozenset(entry.stage for entry in state.entries), frozenset(opened))
    return Look(row.id, row.ref, row.round_id, row.version_id, row.channel, state.stage, standing)


def rounds_of(plan: Plan) -> Iterator[tuple[Round, str]]:
    """A round that runs goes along, so that whoever applies tomorrow is treated like those who applied today."""
    for row in plan.rounds.values():
        if row.state != RoundState.CLOSED and row.version_id != plan.target.id:
            changes = plan.reaching(row.version_id, row.id, None, Standing(), None)
            text, _ = plan.text(row.version_id, changes)
            if text is not None and text != plan.sources[row.version_id].source:
                yield row, text


def goes_on(plan: Plan, text: str, look: Look) -> bool:
    """The case stands on its route there, and every stage that it ever was in is known."""
    definition = plan.read(text).definition
    if definition is None or look.channel not in definition.channels:
        return False
    on_route = look.stage is None or look.stage in definition.route_of(look.channel)
    return on_route and look.standing.entered <= set(definition.stages)
