"""One case from its rows to frozen facts: everything `decide` may ask about, read in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import chain
from models.applications import ApplicationRow, StageEntry
from models.evidence import StreamKind
from models.queries import cases
from models.rounds import Round
from workflow.domain import answers
from workflow.domain.application import Application, Counted, State
from workflow.domain.errors import NotFound
from workflow.domain.history import fold
from workflow.domain.known import Known
from workflow.domain.rulebook import Rulebook
from workflow.services import casework_gathering as gathering
from workflow.services import counting
from workflow.services.casework_gathering import Beside, OnTheList
from workflow.services.evidence import events_by_subject
from workflow.services.places import Organizations, Source, paths_of, place, sources_of
from workflow.services.rulebooks import book_of

STAYS = "stays"  # beside the session, until its transaction ends


@dataclass(frozen=True)
class Case:
    """A case on the table: its row, its round, its rulebook and its facts."""

    row: ApplicationRow
    round: Round
    book: Rulebook
    application: Application


_NAMED = select(ApplicationRow).where(ApplicationRow.ref == bindparam("ref"))
_NAMED_LOCKED = _NAMED.with_for_update()
_ROWS = (
    select(ApplicationRow).where(ApplicationRow.id.in_(bindparam("ids", expanding=True))).order_by(ApplicationRow.id)
)
_ROWS_LOCKED = _ROWS.with_for_update()
_STAYS = select(StageEntry).where(StageEntry.application_id == bindparam("case"))


def find(session: Session, ref: str) -> ApplicationRow:
    """The row behind a public reference, or the same NotFound as for one that never existed."""
    row = session.scalar(_NAMED, {"ref": ref})
    if row is None:
        raise NotFound
    return row


def open_case(session: Session, application_id: int, *, lock: bool = False, revision: int | None = None) -> Case:
    """Read one case whole. `lock` lets nobody else act on it before the commit; `revision` looks at older answers.

    Within one look at the tables a case is read once, whoever asks for it.
    """
    known = {} if lock or revision is not None else _known(session)
    if application_id not in known:
        found = open_cases(session, [application_id], lock=lock, revision=revision)
        if not found:
            raise NotFound
        known[application_id] = found[0]
    return known[application_id]


def open_named(session: Session, ref: str, *, lock: bool = False) -> Case:
    """The same by its public reference; NotFound as for one that never existed."""
    row = session.scalar(_NAMED_LOCKED if lock else _NAMED, {"ref": ref})
    if row is None:
        raise NotFound
    known = {} if lock else _known(session)
    if row.id not in known:
        known[row.id] = _opened(session, [row])[0]
    return known[row.id]


def _known(session: Session) -> dict[int, Case]:
    """Cases that this transaction has read, where it can change nothing."""
    only_reads = session.connection().get_execution_options().get("read")
    known: dict[int, Case] = session.info.setdefault("cases", {}) if only_reads else {}
    return known


def name_of(session: Session, case: Case) -> str:
    """Whom a case is about; before anybody is found, the name that was typed."""
    fields = case.book.definition.form_fields()
    named = next((key for key, field in fields.items() if field.standard == "name"), "")
    return cases.person_name(session, case.row) or str(case.application.values.get(named) or "")


def open_cases(
    session: Session, ids: Collection[int], *, lock: bool = False, revision: int | None = None
) -> list[Case]:
    """Read many cases whole, with as many statements as one takes; locked in one order for everybody."""
    rows = session.scalars(_ROWS_LOCKED if lock else _ROWS, {"ids": list(ids)}).all()
    if lock and len(rows) > 1:
        _hold(session, [row.id for row in rows])
    return _opened(session, rows, revision) if rows else []


def _hold(session: Session, ids: Sequence[int]) -> None:
    """What `record` will ask of each of many cases, asked of all at once: their chains and their stays."""
    chain.lock_all(session, StreamKind.APPLICATION, ids)
    stays = session.info.setdefault(STAYS, {})
    stays |= {id_: {} for id_ in ids}
    for stay in session.scalars(select(StageEntry).where(StageEntry.application_id.in_(ids))):
        stays[stay.application_id][stay.entry_no] = stay


def stays_of(session: Session, application_id: int) -> dict[int, StageEntry]:
    """The rows of a case's stays by number."""
    held: dict[int, dict[int, StageEntry]] = session.info.get(STAYS, {})
    if application_id in held:
        return held[application_id]
    rows = session.scalars(_STAYS, {"case": application_id})
    return {row.entry_no: row for row in rows}


def _opened(session: Session, rows: Sequence[ApplicationRow], revision: int | None = None) -> list[Case]:
    gathered = _gathered(session, rows, revision)
    return [_case(session, row, gathered) for row in rows]


@dataclass(frozen=True)
class _Gathered:
    """What belongs to the cases of one reading, by their numbers."""

    beside: Mapping[int, Beside]
    states: Mapping[int, State]
    books: Mapping[int, Rulebook]
    values: Mapping[int, dict[str, Any]]
    records: Mapping[int, dict[str, dict[str, Any]]]
    sources: Mapping[int, Mapping[str, Source]]
    organizations: Organizations
    facts: Mapping[int, dict[str, tuple[Known, ...]]]
    near: Mapping[int, set[int]]
    counted: Mapping[int, Counted]
    lists: Mapping[int, OnTheList]


def _gathered(session: Session, rows: Sequence[ApplicationRow], revision: int | None) -> _Gathered:
    ids = [row.id for row in rows]
    told = events_by_subject(session, StreamKind.APPLICATION, ids)
    states = {id_: fold(told.get(id_, ())) for id_ in ids}
    books = {row.id: book_of(session, row.version_id) for row in rows}
    revisions = {id_: state.revision if revision is None else revision for id_, state in states.items()}
    bodies = gathering.bodies_of(session, revisions)
    values = {id_: answers.decode(books[id_].definition.form_fields(), bodies.get(id_, {})) for id_ in ids}
    records = gathering.records_of(session, states, books)
    sources = {row.id: sources_of(books[row.id].definition, row, values[row.id], records[row.id]) for row in rows}
    beside = gathering.beside_of(session, ids)
    return _Gathered(
        beside=beside,
        states=states,
        books=books,
        values=values,
        records=records,
        sources=sources,
        organizations=gathering.organizations_of(session, rows, states, sources),
        facts=gathering.facts_of(session, [row for row in rows if books[row.id].recorded], books),
        near=gathering.conflicts_of(session, ids),
        lists=gathering.lists_of(session, rows, books),
        counted=counting.of_cases(session, rows, books, {id_: (each[0], each[3]) for id_, each in beside.items()}),
    )


def _case(session: Session, row: ApplicationRow, gathered: _Gathered) -> Case:
    book, state, values = gathered.books[row.id], gathered.states[row.id], gathered.values[row.id]
    round_, person, account, nominator = gathered.beside[row.id]
    known = gathered.organizations
    places = {role: place(source, known) for role, source in gathered.sources[row.id].items()}
    standing = {*places.values(), row.nominator_id, *(item.organization_id for item in state.items)}
    application = Application(
        id=row.id,
        program_id=row.program_id,
        version_id=row.version_id,
        round=gathering.round_facts(round_, book.definition),
        channel=row.channel,
        track=row.track or "",
        state=state,
        person_id=row.person_id,
        subject_organization_id=row.subject_organization_id,
        apart=row.apart,
        account_id=account if book.definition.program.tell_person else None,
        filler_id=row.filler_id,
        nominator_id=row.nominator_id,
        nominator=gathering.nominator_facts(nominator),
        places=places,
        paths=paths_of(known, standing),
        values=values,
        files=gathering.files_in(book.definition.form_fields(), values),
        known=gathered.facts.get(row.id, {}),
        records=gathered.records[row.id],
        person={"birth_date": person.birth_date} if person is not None and person.birth_date else {},
        earlier_answers=gathering.earlier_answers(session, row, book.definition),
        conflicts=frozenset(gathered.near.get(row.id, ())),
        listed=gathered.lists.get(row.id, (None, None))[0],
        ranked=gathered.lists.get(row.id, (None, None))[1],
        counted_id=row.counted_id,
        places_left=gathering.places_left(nominator),
        counted=gathered.counted.get(row.id),
    )
    return Case(row, round_, book, application)
