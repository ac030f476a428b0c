"""What belongs to a case beside its events, read for many cases with as many statements as for one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select, tuple_
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Answers, ApplicationRow, CaseFact, StageEntry
from models.base import ask
from models.known import ProgramFact
from models.people import Person
from models.queries import joint_matrix
from models.rounds import NominationList, Round, RoundNominator
from models.work import Conflict
from workflow.domain import answers
from workflow.domain.application import RoundFacts, State
from workflow.domain.departments import EarlierAnswer
from workflow.domain.known import Known
from workflow.domain.program.schema import Definition, Field, FileField, JointCheckStage, TableField
from workflow.domain.rulebook import Rulebook
from workflow.services import counting
from workflow.services.places import Organizations, Source, codes_in, looked_up

OnTheList = tuple[bool | None, tuple[int, int] | None]
"""Whether the nominator's list is handed in, and which place of how many the case has on it."""


Beside = tuple[Round, Person | None, int | None, RoundNominator | None]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ADMITTED = and_(
    RoundNominator.round_id == ApplicationRow.round_id,
    RoundNominator.organization_id == ApplicationRow.nominator_id,
    RoundNominator.channel == ApplicationRow.channel,
)
_BESIDE = (
    select(ApplicationRow.id, Round, Person, Account.id, RoundNominator)
    .join(Round, Round.id == ApplicationRow.round_id)
    .outerjoin(Person, Person.id == ApplicationRow.person_id)
    .outerjoin(Account, Account.person_id == ApplicationRow.person_id)
    .outerjoin(RoundNominator, _ADMITTED)
    .where(ApplicationRow.id.in_(_IDS))
)
_RECORDS = (
    select(StageEntry.application_id, StageEntry.stage_key, StageEntry.record)
    .where(StageEntry.application_id.in_(_IDS))
    .order_by(StageEntry.application_id, StageEntry.entry_no)
)
_FACTS = (
    select(CaseFact.application_id, CaseFact.name, CaseFact.value, CaseFact.as_of, CaseFact.source)
    .where(CaseFact.application_id.in_(_IDS))
    .order_by(CaseFact.as_of, CaseFact.id)
)
_OF_UNITS = (
    select(
        ProgramFact.program_id,
        ProgramFact.organization_id,
        ProgramFact.name,
        ProgramFact.value,
        ProgramFact.as_of,
        ProgramFact.source,
    )
    .where(ProgramFact.organization_id.in_(_IDS))
    .order_by(ProgramFact.as_of, ProgramFact.id)
)
_BODIES = select(Answers.application_id, Answers.body).where(
    tuple_(Answers.application_id, Answers.revision).in_(bindparam("wanted", expanding=True)),
    Answers.state == "submitted",
)
_CONFLICTS = select(Conflict.application_id, Conflict.account_id).where(
    Conflict.application_id.in_(_IDS), Conflict.state == "standing"
)


def beside_of(session: Session, ids: Sequence[int]) -> dict[int, Beside]:
    """The round, the person with their account, and the nominator's admission."""
    found: Any = session.execute(_BESIDE, {"ids": ids})
    return {id_: (round_, person, account, nominator) for id_, round_, person, account, nominator in found}


def bodies_of(session: Session, revisions: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    wanted = [(id_, number) for id_, number in revisions.items() if number]
    if not wanted:
        return {}
    rows: Any = ask(session, _BODIES, wanted=wanted)
    return dict(rows.all())


def records_of(
    session: Session, states: Mapping[int, State], books: Mapping[int, Rulebook]
) -> dict[int, dict[str, dict[str, Any]]]:
    """By stage, what was written down there; and the grade that a meeting handed out in the order of its list."""
    found: dict[int, dict[str, dict[str, Any]]] = {id_: {} for id_ in states}
    entered = [id_ for id_, state in states.items() if state.entries]
    rows: Any = ask(session, _RECORDS, ids=entered) if entered else ()
    for id_, stage, record in rows:
        known = books[id_].definition.stages.get(stage)
        if record and known is not None:
            found[id_][stage] = answers.decode(known.record, record)
    for id_, state in states.items():
        for voted in state.votes:
            if voted.grade is not None:
                stage = next(entry.stage for entry in state.entries if entry.no == voted.entry_no)
                found[id_][stage] = {**found[id_].get(stage, {}), "grade": voted.grade}
        for growth in state.after.growth:
            if growth.placed is not None:
                stage = next(entry.stage for entry in state.entries if entry.no == growth.entry_no)
                found[id_][stage] = {**found[id_].get(stage, {}), "placement": growth.placed.code}
    return found


def facts_of(
    session: Session, cases: Sequence[ApplicationRow], books: Mapping[int, Rulebook]
) -> dict[int, dict[str, tuple[Known, ...]]]:
    """Every value of each fact known outside the form, of the case or of its organization, oldest first."""
    if not cases:
        return {}
    told: dict[tuple[Any, ...], list[tuple[str, Any, date, str]]] = defaultdict(list)
    for id_, *fact in ask(session, _FACTS, ids=[row.id for row in cases]):
        told[(id_,)].append(tuple(fact))
    units = {unit for row in cases if (unit := unit_of(row)) is not None}
    for program, unit, *fact in ask(session, _OF_UNITS, ids=sorted(units)) if units else ():
        told[program, unit].append(tuple(fact))
    found: dict[int, dict[str, tuple[Known, ...]]] = {}
    for row in cases:
        fields = {key: fact.field for key, fact in books[row.id].recorded.items()}
        values: dict[str, tuple[Known, ...]] = {}
        for name, value, as_of, source in (*told[(row.id,)], *told[row.program_id, unit_of(row)]):
            if name in fields:
                decoded = answers.decode(fields, {name: value["value"]})[name]
                values[name] = (*values.get(name, ()), Known(decoded, as_of, source))
        found[row.id] = values
    return found


def unit_of(row: ApplicationRow) -> int | None:
    """The organization whose facts hold for the case: the one it is about, else the one that put it forward."""
    return row.subject_organization_id or row.nominator_id


def lists_of(session: Session, rows: Sequence[ApplicationRow], books: Mapping[int, Rulebook]) -> dict[int, OnTheList]:
    """Asked for only in channels whose nominators must order their list."""
    wanted = [row for row in rows if row.nominator_id is not None and _must_be_ranked(books[row.id], row)]
    if not wanted:
        return {}
    known = {
        (each.round_id, each.organization_id, each.channel): each
        for each in session.scalars(
            select(NominationList).where(NominationList.organization_id.in_({row.nominator_id for row in wanted}))
        )
    }
    found: dict[int, OnTheList] = {}
    for row in wanted:
        mine = known.get((row.round_id, row.nominator_id or 0, row.channel))
        if mine is None or mine.listed_at is None:
            found[row.id] = (False, None)
        else:
            at = mine.ranking.index(row.id) + 1 if row.id in mine.ranking else None
            found[row.id] = (True, (at, len(mine.ranking)) if at is not None else None)
    return found


def _must_be_ranked(book: Rulebook, row: ApplicationRow) -> bool:
    nominator = book.definition.channels[row.channel].nominator
    return nominator is not None and nominator.ranked


def conflicts_of(session: Session, ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for id_, account in ask(session, _CONFLICTS, ids=ids):
        found[id_].add(account)
    return found


def answered(session: Session, application_id: int, revision: int, definition: Definition) -> dict[str, Any]:
    """The typed answers of one submitted revision; empty before the first. L4 values are not among them."""
    body = bodies_of(session, {application_id: revision}).get(application_id)
    return {} if body is None else answers.decode(definition.form_fields(), body)


def round_facts(round_: Round, definition: Definition) -> RoundFacts:
    settings = counting.settings_of(round_, definition)
    return RoundFacts(round_.id, round_.state, round_.opens_at, round_.closes_at, settings)


def nominator_facts(row: RoundNominator | None) -> dict[str, Any]:
    return {name: Decimal(str(known["value"])) for name, known in row.facts.items()} if row is not None else {}


def places_left(row: RoundNominator | None) -> int | None:
    return None if row is None or row.places is None else row.places - row.taken


def earlier_answers(session: Session, row: ApplicationRow, definition: Definition) -> tuple[EarlierAnswer, ...]:
    """Asked for only where a joint check may use them again."""
    reused = any(isinstance(each, JointCheckStage) and each.reuse is not None for each in definition.stages.values())
    if not reused or row.person_id is None:
        return ()
    return tuple(EarlierAnswer(*each) for each in joint_matrix.earlier(session, row.person_id, row.program_id, row.id))


def organizations_of(
    session: Session,
    rows: Sequence[ApplicationRow],
    states: Mapping[int, State],
    sources: Mapping[int, Mapping[str, Source]],
) -> Organizations:
    """Every organization that these cases name or belong to."""
    numbers = {row.nominator_id for row in rows}
    numbers |= {item.organization_id for state in states.values() for item in state.items}
    numbers |= {source for named in sources.values() for source in named.values() if isinstance(source, int)}
    codes = {code for named in sources.values() for code in codes_in(named)}
    return looked_up(session, numbers - {None}, codes)


def files_in(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Which files the answers hold, by path: `portfolio`, and `results.2.proof` for a file in a table's second row."""
    held: dict[str, tuple[str, ...]] = {}
    for key, field in fields.items():
        value = values.get(key)
        if isinstance(field, FileField) and value:
            held[key] = tuple(value)
        elif isinstance(field, TableField) and value:
            for number, line in enumerate(value, start=1):
                inner = files_in(field.columns, line)
                held.update({f"{key}.{number}.{column}": refs for column, refs in inner.items()})
    return held
