"""Fold every case's events again and compare with the tables beside them: a law in tests, a command in production."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow, StageEntry, VerdictRow
from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from models.rounds import PlaceCount, Round, RoundNominator
from models.work import WorkItem
from workflow.domain.application import Application, RoundFacts, State
from workflow.domain.events import Event
from workflow.domain.history import fold
from workflow.services import beside
from workflow.services.casework import Case
from workflow.services.evidence import as_event
from workflow.services.recording import entry_values, row_values, unique_slot
from workflow.services.recording_items import item_values
from workflow.services.rulebooks import book_of

CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """One column of one row that is not what the events say."""

    case: str
    where: str
    told: Any
    stands: Any


def replay(now: datetime) -> tuple[int, list[Difference]]:
    """How many cases were folded, and everything in which a table differs from its events."""
    differences: list[Difference] = []
    taken: dict[tuple[int, int, str], int] = defaultdict(int)
    apart: dict[tuple[int, str, int | None, str], int] = defaultdict(int)
    count = 0
    with reading() as session:
        for rows in _chunks(session):
            count += len(rows)
            for row, state in _folded(session, rows):
                differences += _compare(session, row, state, now)
                if state.place_taken and state.place_period is not None:
                    apart[row.program_id, row.channel, row.counted_id or row.nominator_id, state.place_period] += 1
                elif state.place_taken and row.nominator_id is not None:
                    taken[row.round_id, row.nominator_id, row.channel] += 1
            session.expunge_all()
        differences += _compare_places(session, taken)
        differences += _compare_counts(session, apart)
    return count, differences


def _chunks(session: Session) -> Iterator[Sequence[ApplicationRow]]:
    last = 0
    while True:
        rows = session.scalars(
            select(ApplicationRow).where(ApplicationRow.id > last).order_by(ApplicationRow.id).limit(CHUNK)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        yield rows


def _folded(session: Session, rows: Sequence[ApplicationRow]) -> Iterator[tuple[ApplicationRow, State]]:
    told: dict[int, list[Event]] = defaultdict(list)
    found = session.execute(
        select(Stream.subject_id, EventRow)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .where(
            Stream.kind == StreamKind.APPLICATION.value,
            Stream.subject_id.between(rows[0].id, rows[-1].id),
        )
        .order_by(EventRow.stream_id, EventRow.seq)
    )
    for subject, event in found:
        told[subject].append(as_event(event))
    for row in rows:
        yield row, fold(told[row.id])


def _compare(session: Session, row: ApplicationRow, state: State, now: datetime) -> Iterator[Difference]:
    case = _case(session, row, state)
    application = case.application
    wanted = {**row_values(case, application, now), "unique_slot": unique_slot(case, application)}
    yield from _differences(row.ref, "application", wanted, row)
    entries = {each.entry_no: each for each in _all(session, StageEntry, row.id)}
    yield from _same_keys(row.ref, "stage_entry", {entry.no for entry in state.entries}, entries.keys())
    for entry in state.entries:
        if entry.no in entries:
            values = entry_values(case, application, entry, now)
            yield from _differences(row.ref, f"stage_entry {entry.no}", values, entries[entry.no])
    items = {each.no: each for each in _all(session, WorkItem, row.id)}
    yield from _same_keys(row.ref, "work_item", {item.no for item in state.items}, items.keys())
    for item in state.items:
        if item.no in items:
            due = case.book.due(application, item, now) if item.is_open else None
            values = item_values(application, item, due)
            if not item.is_open:
                values.pop("due_at")
            yield from _differences(row.ref, f"work_item {item.no}", values, items[item.no])
    yield from _compare_verdicts(session, row, state)
    yield from _compare_answers(session, row, state)
    for compare in beside.COMPARERS:
        for where, told, stands in compare(session, row, state):
            yield Difference(row.ref, where, told, stands)


def _case(session: Session, row: ApplicationRow, state: State) -> Case:
    """Enough of a case to fold it: no answers, no people."""
    facts = Application(
        row.id, row.program_id, row.version_id, RoundFacts(row.round_id), row.channel, row.track or "", state
    )
    return Case(row, session.get_one(Round, row.round_id), book_of(session, row.version_id), facts)


def _all(session: Session, table: Any, application_id: int) -> Iterable[Any]:
    return session.scalars(select(table).where(table.application_id == application_id))


def _differences(case: str, where: str, told: Mapping[str, Any], row: Any) -> Iterator[Difference]:
    for column, value in told.items():
        stands = getattr(row, column)
        if stands != value:
            yield Difference(case, f"{where}.{column}", value, stands)


def _same_keys(case: str, table: str, told: Iterable[int], stands: Iterable[int]) -> Iterator[Difference]:
    if set(told) != set(stands):
        yield Difference(case, table, sorted(told), sorted(stands))


def _compare_verdicts(session: Session, row: ApplicationRow, state: State) -> Iterator[Difference]:
    told = {(v.entry_no, v.kind, v.key, v.revision): (v.verdict, v.by) for v in state.verdicts}
    stands = {
        (v.entry_no, v.kind, v.key, v.answers_rev): (v.verdict, v.given_by) for v in _all(session, VerdictRow, row.id)
    }
    if told != stands:
        yield Difference(row.ref, "verdict", sorted(told.items()), sorted(stands.items()))


def _compare_answers(session: Session, row: ApplicationRow, state: State) -> Iterator[Difference]:
    """The newest submitted revision is the one that the events name."""
    newest = session.scalar(
        select(func.max(Answers.revision)).where(Answers.application_id == row.id, Answers.state == "submitted")
    )
    if (newest or 0) != state.revision:
        yield Difference(row.ref, "answers.revision", state.revision, newest or 0)


def _compare_places(session: Session, taken: Mapping[tuple[int, int, str], int]) -> Iterator[Difference]:
    for row in session.scalars(select(RoundNominator)):
        place = (row.round_id, row.organization_id, row.channel)
        if row.taken != taken.get(place, 0):
            yield Difference(f"nominator {place}", "round_nominator.taken", taken.get(place, 0), row.taken)


def _compare_counts(session: Session, apart: Mapping[tuple[int, str, int | None, str], int]) -> Iterator[Difference]:
    stands: dict[tuple[int, str, int | None, str], int] = {
        (row.program_id, row.channel, row.organization_id, row.period): row.taken
        for row in session.scalars(select(PlaceCount))
    }
    for place in sorted({*apart, *stands}, key=str):
        if apart.get(place, 0) != stands.get(place, 0):
            yield Difference(f"places {place}", "place_count.taken", apart.get(place, 0), stands.get(place, 0))
