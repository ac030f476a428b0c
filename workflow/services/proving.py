"""One chain, worked out again record by record: the value before, the content, the value, and the state it leads to.

The values are keyed, so that the key must be at hand: it is done here, and the page shows every figure of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import chain, secrets
from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from models.programs import ProgramVersion
from models.queries import records as queries
from models.queries.records import Named
from workflow.domain.actor import Actor
from workflow.domain.application import State
from workflow.domain.history import evolve
from workflow.domain.program.schema import Definition, Label
from workflow.services import evidence, timeline
from workflow.services.rulebooks import definition_of

PER_PAGE = 20


@dataclass(frozen=True)
class Place:
    """Where a case is after a record."""

    status: str
    stage: Label | None


@dataclass(frozen=True)
class Step:
    """`content` is what the value covers, in one spelling; `came_to` is worked out now, `kept` was stored."""

    record: queries.Record
    before: str
    content: str
    digest: str  # SHA-256 of the content, which anybody can work out
    came_to: str
    kept: str
    at_its_place: bool
    was: Place | None
    is_: Place | None

    @property
    def holds(self) -> bool:
        return self.came_to == self.kept and self.at_its_place


@dataclass(frozen=True)
class Proof:
    kind: str
    about: Named
    events: int
    head: str
    steps: tuple[Step, ...]
    names: timeline.Names
    first: int

    @property
    def broken(self) -> Step | None:
        return next((step for step in self.steps if not step.holds), None)

    @property
    def next(self) -> int | None:
        last = self.steps[-1].record.seq if self.steps else 0
        return last + 1 if last < self.events else None


def proof(actor: Actor, kind: str, ref: str, first: int = 1) -> Proof:
    """`PER_PAGE` records from this one on, in the order in which they were told."""
    timeline.require(actor)
    with reading() as session:
        subject = timeline.subject_of(session, kind, ref)
        about = timeline.subjects_named(session, {(kind, subject)})[kind, subject]
        stream = queries.stream_of(session, kind, subject)
        if stream is None:
            return Proof(kind, about, 0, "", (), timeline.Names(), 1)
        rows = session.scalars(
            select(EventRow)
            .where(EventRow.stream_id == stream.id, EventRow.seq >= first - 1)
            .order_by(EventRow.seq)
            .limit(PER_PAGE + (first > 1))
        ).all()
        shown = [row for row in rows if row.seq >= first]
        page = timeline.page_of(session, [queries.record_of(row, stream) for row in shown], PER_PAGE)
        known = {record.seq: record for record in page.records}
        steps = tuple(_steps(session, stream, rows, known, first))
        return Proof(kind, about, stream.seq, stream.head_mac or "", steps, page.names, first)


def _steps(
    session: Session, stream: Stream, rows: Sequence[EventRow], known: Mapping[int, queries.Record], first: int
) -> Iterator[Step]:
    before, last = "", 0
    places = _places(session, stream) if stream.kind == StreamKind.APPLICATION.value else {}
    for row in rows:
        if row.seq >= first:
            content = _content(stream, row)
            came_to = secrets.chain_mac(before, content)
            yield Step(
                known[row.seq],
                before,
                content.decode(),
                sha256(content).hexdigest(),
                came_to,
                row.mac,
                row.seq == last + 1,
                places.get(row.seq - 1),
                places.get(row.seq),
            )
        before, last = row.mac, row.seq


def _content(stream: Stream, row: EventRow) -> bytes:
    """What the value covers; nothing where the row was changed into something that no event can be."""
    try:
        return chain.canonical(stream.kind, stream.subject_id, vars(row))
    except TypeError:
        return b""


def _places(session: Session, stream: Stream) -> dict[int, Place]:
    """After each record of a case, as its events are folded."""
    found, state = {}, State()
    definition = _definition(session, stream)
    for number, event in enumerate(evidence.events_of(session, StreamKind.APPLICATION, stream.subject_id), start=1):
        state = evolve(state, event)
        stage = definition.stages.get(state.stage or "") if definition is not None else None
        found[number] = Place(state.status.value, stage.name if stage is not None else None)
    return found


def _definition(session: Session, stream: Stream) -> Definition | None:
    pinned = session.scalar(
        select(EventRow.program_version_id)
        .where(EventRow.stream_id == stream.id, EventRow.program_version_id.is_not(None))
        .order_by(EventRow.seq.desc())
        .limit(1)
    )
    return definition_of(session.get_one(ProgramVersion, pinned)) if pinned is not None else None
