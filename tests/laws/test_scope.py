"""A list shows exactly the cases that the policy lets its reader open: both are asked about generated facts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Never

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import tables
from models.applications import ApplicationRow
from models.base import writing
from models.queries.scoping import named, visible
from models.rounds import Round
from models.work import RECUSED, WorkItem
from tests.domain.cases import book
from tests.models.rows import RIGHT
from workflow.domain.actor import ADMINISTRATOR, Actor, Holding
from workflow.domain.after import After
from workflow.domain.after.growth import Growth
from workflow.domain.application import UNSUBMITTED, Application, Duty, Item, RoundFacts, State, Status
from workflow.domain.policy import CaseSubject, Permission, can, is_barred, is_blind, is_seat, runs, sees_blind
from workflow.domain.program.schema import Definition, ScoreStage
from workflow.domain.scope import scope_of
from workflow.services import recording, recording_items
from workflow.services.casework import Case
from workflow.services.fairness import blind_stages

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
PATHS = {1: "/1/", 2: "/1/2/", 3: "/1/2/3/", 4: "/1/20/"}  # the last one only looks as if it stood below the second
PROGRAMS = {1: "fashion_engineer", 2: "yongning_juncai"}
ROUNDS = {1: 1, 2: 1, 3: 2}  # round -> program
ROLES = {
    1: ("manager", "expert", "intake", "hr_officer", "employer_admin", "trainer_admin"),
    2: ("manager", "expert", "employer_admin", "association", "assoc_jury"),
}
ACCOUNTS = (1, 2, 3)
PERSONS = {1: 1, 2: None, 3: 2}  # account -> the person it is


def ground(session: Session) -> None:
    """Organizations, people, programs and rounds among which the facts are drawn."""
    put(session, "person", *({"id": each, "ref": f"p{each}"} for each in (1, 2)))
    put(session, "account", *({"id": a, "ref": f"a{a}", "login": f"l{a}", "person_id": PERSONS[a]} for a in ACCOUNTS))
    put(
        session,
        "organization",
        *({"id": key, "ref": f"o{key}", "path": path, "credit_code": None} for key, path in PATHS.items()),
    )
    put(session, "program", *({"id": key, "ref": f"g{key}", "key": name} for key, name in PROGRAMS.items()))
    put(session, "program_version", *({"id": key, "program_id": key} for key in PROGRAMS))
    for key, program in ROUNDS.items():
        put(
            session,
            "round",
            {"id": key, "ref": f"r{key}", "key": f"{key}", "program_id": program, "version_id": program},
        )


def put(session: Session, table: str, *rows: dict[str, Any]) -> None:
    for row in rows:
        session.execute(insert(tables.Base.metadata.tables[table]), {**RIGHT[table], **row})


# -- facts -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Facts:
    application: Application
    actors: tuple[Actor, ...]


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    round_ = draw(st.sampled_from(sorted(ROUNDS)))
    program = ROUNDS[round_]
    definition = book(PROGRAMS[program]).definition
    status = draw(st.sampled_from([*[Status.OPEN] * 3, *[Status.DRAFT, Status.AWAITING_CONFIRMATION] * 3, *Status]))
    person = draw(st.sampled_from([None, None, 1, 2]))
    case = Application(
        id=1,
        program_id=program,
        version_id=program,
        round=RoundFacts(round_),
        channel=draw(st.sampled_from(sorted(definition.channels))),
        track=draw(st.sampled_from(sorted(definition.tracks)[:2])),
        person_id=person,
        subject_organization_id=None if person else draw(st.sampled_from([None, None, 2])),
        filler_id=draw(st.sampled_from([None, None, *ACCOUNTS])),
        nominator_id=draw(st.sampled_from([None, *PATHS, 4])),
        paths=PATHS,
        conflicts=frozenset(draw(st.sets(st.sampled_from(ACCOUNTS), max_size=2))),
        state=State(
            status=status,
            items=tuple(item(draw, number, program) for number in range(1, draw(st.integers(1, 4)))),
            recused=frozenset(draw(st.sets(st.sampled_from(ACCOUNTS), max_size=1))),
            after=After((Growth(1, mentor=draw(st.sampled_from([*[None] * 5, *ACCOUNTS]))),)),
        ),
    )
    return Facts(case, tuple(actor(draw, account, program) for account in ACCOUNTS))


def item(draw: st.DrawFn, number: int, program: int) -> Item:
    definition = book(PROGRAMS[program]).definition
    role = draw(st.sampled_from([*ROLES[program], "applicant"]))
    by_office = role in definition.roles and definition.roles[role].of is not None
    state = draw(st.sampled_from(["open", "cancelled", "done"]))
    stage = draw(st.sampled_from([*_rated_by(definition, role), "formal"]))
    free = Item(number, 1, stage, Duty.ACT, role, AT)
    alone = role == "applicant" or is_seat(definition, free)
    return Item(
        no=number,
        entry_no=1,
        stage=stage,
        duty=Duty.ACT,
        role=role,
        opened_at=AT,
        organization_id=draw(st.sampled_from([None, *PATHS, 4, 4])) if by_office else None,
        holder_id=draw(st.sampled_from(ACCOUNTS if alone else [None, None, *ACCOUNTS])),
        state=state,
        closed_at=AT if state != "open" else None,
        closed_by=1 if state == "done" else None,
        result="passed" if state == "done" else None,
    )


def _rated_by(definition: Definition, role: str) -> list[str]:
    return [key for key, stage in definition.stages.items() if isinstance(stage, ScoreStage) and role in stage.by]


def actor(draw: st.DrawFn, account: int, program: int) -> Actor:
    held = tuple(holding(draw, account, program) for _ in range(draw(st.integers(0, 2))))
    return Actor("account", account, person_id=PERSONS[account], holdings=held)


def holding(draw: st.DrawFn, account: int, program: int) -> Holding:
    place = draw(st.sampled_from([None, 1, 2, 2, 2, 3]))
    path = PATHS.get(place) if place else None
    role = draw(st.sampled_from([*ROLES[program], ADMINISTRATOR]))
    if role == ADMINISTRATOR:
        return Holding(role, organization_id=place or 1, organization_path=path or PATHS[1])
    other = draw(st.booleans())
    tracks = sorted(book(PROGRAMS[program]).definition.tracks)[:2]
    return Holding(
        role,
        program_id=program if not other else draw(st.sampled_from(sorted(PROGRAMS))),
        round_id=draw(st.sampled_from([None, None, *ROUNDS])) if other else None,
        organization_id=place,
        organization_path=path,
        track=draw(st.sampled_from([None, None, *tracks])),
        for_id=draw(st.sampled_from([None, None, *(each for each in ACCOUNTS if each != account)])),
    )


# -- rows --------------------------------------------------------------------------------------------------------------
def write(session: Session, application: Application) -> None:
    """The rows that recording would leave behind."""
    rulebook = book(PROGRAMS[application.program_id])
    row = ApplicationRow(**columns(application))
    session.add(row)
    session.flush()
    case = Case(row, session.get_one(Round, application.round.id), rulebook, application)
    for name, value in recording.pinned_values(case).items():
        setattr(row, name, value)
    for each in application.state.items:
        write_item(session, case, each)
    for account in sorted(application.conflicts):
        put(session, "conflict", {"account_id": account})
    for account in sorted(application.state.recused):
        put(session, "conflict", {"account_id": account, "ground": RECUSED})
    session.flush()


def write_item(session: Session, case: Case, item: Item) -> None:
    pool = None
    if item.role != "applicant" and not is_seat(case.book.definition, item):
        pool = recording_items.pool_id(session, case, item.role, item.organization_id, case.application.track)
    session.add(
        WorkItem(
            ref=f"i{item.no}",
            application_id=case.row.id,
            no=item.no,
            round_id=case.row.round_id,
            pool_id=pool,
            conflict_bars=recording_items.conflict_bars(case.book.definition, item.role),
            **recording_items.item_values(case.application, item, None),
        )
    )


def columns(application: Application) -> dict[str, Any]:
    """A row of this status that the table's conditions accept."""
    status = application.state.status
    numbered = status not in UNSUBMITTED
    at_stage = status in (Status.OPEN, Status.CORRECTING, Status.HELD)
    closed = status in (Status.NOT_CALLED, Status.REFUSED, Status.LAPSED, Status.WITHDRAWN, Status.ENDED)
    return {
        **RIGHT["application"],
        "program_id": application.program_id,
        "round_id": application.round.id,
        "version_id": application.version_id,
        "person_id": application.person_id,
        "subject_organization_id": None if application.person_id else application.subject_organization_id or 4,
        "filler_id": application.filler_id,
        "nominator_id": application.nominator_id,
        "mentor_id": application.state.after.mentor,
        "channel": application.channel,
        "track": application.track,
        "status": status.value,
        "number": "FE26-1-0001" if numbered else None,
        "receipt": "R-1" if numbered else None,
        "submitted_at": AT if numbered else None,
        "closed_at": AT if closed else None,
        "stage_key": "formal" if at_stage else None,
        "stage_pos": 2 if at_stage else None,
        "entry_no": 1 if at_stage else None,
    }


# -- the law -----------------------------------------------------------------------------------------------------------
class TakenBack(Exception):
    """Leaves the database as it was before the example."""


SEEN: Counter[str] = Counter()
BRANCHES = frozenset(
    {
        "own", "own organization", "filled", "nominated", "run", "mentors", "held", "asked",
        "by office in spite of a conflict", "standing in", "nothing", "blind", "named in spite of a blind sheet",
        "draft hides", "unconfirmed hides", "conflict hides", "recusal hides", "another place hides",
    }
)  # fmt: skip


def test_a_list_shows_what_the_policy_lets_one_open_and_names_what_it_lets_one_name(database: str) -> None:
    with writing() as session:
        ground(session)

    @settings(
        max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(facts())
    def agree(given_facts: Facts) -> None:
        for one in given_facts.actors:
            SEEN.update(branches(one, given_facts.application))
        said = [reads(one, given_facts.application) for one in given_facts.actors]
        named_too = [reads(one, given_facts.application, name=True) for one in given_facts.actors]
        assert listed(given_facts) == list(zip(said, named_too, strict=True))

    agree()
    assert BRANCHES - set(SEEN) == set(), "the generated facts never came here"


def listed(given_facts: Facts) -> list[tuple[bool, bool]]:
    """Of each actor: whether a list shows the case, and whether it may say whose it is."""
    application, shown = given_facts.application, []
    blind = blind_stages({application.version_id: book(PROGRAMS[application.program_id])})
    with suppress(TakenBack), writing() as session:
        write(session, application)
        for one in given_facts.actors:
            wanted = (visible(scope_of(one)), named(scope_of(one), blind))
            there, known = (session.scalar(select(ApplicationRow.id).where(each)) is not None for each in wanted)
            shown.append((there, known))
        take_back()
    return shown


def take_back() -> Never:
    raise TakenBack


def reads(one: Actor, application: Application, *, name: bool = False) -> bool:
    definition = book(PROGRAMS[application.program_id]).definition
    if name and sees_blind(one, definition, application):
        return False
    return can(one, Permission.APPLICATION_READ, CaseSubject(definition, application))


def branches(one: Actor, application: Application) -> Iterator[str]:
    """By which way the actor came to see it, or which fact alone stands in the way."""
    definition, state = book(PROGRAMS[application.program_id]).definition, application.state
    yield from by_name(one, definition, application)
    if reads(one, application):
        yield from _came_by(one, definition, application)
        return
    yield "nothing"
    opened = replace(application, state=replace(state, status=Status.OPEN))
    if reads(one, opened):
        yield "draft hides" if state.status is Status.DRAFT else "unconfirmed hides"
    if reads(one, replace(application, conflicts=frozenset())):
        yield "conflict hides"
    if reads(one, replace(application, state=replace(state, recused=frozenset()))):
        yield "recusal hides"
    if reads(one, replace(application, paths=dict.fromkeys(PATHS, "/1/2/3/"))):
        yield "another place hides"


def _came_by(one: Actor, definition: Definition, application: Application) -> Iterator[str]:
    state = application.state
    if not reads(one, replace(application, subject_organization_id=None)):
        yield "own organization"
    if one.person_id is not None and one.person_id == application.person_id:
        yield "own"
    elif one.account_id == application.filler_id:
        yield "filled"
    elif not reads(one, replace(application, nominator_id=None)):
        yield "nominated"
    elif runs(one, definition, application) and not is_barred(one, definition, application):
        yield "run"
    elif not reads(one, replace(application, state=replace(state, after=After()))):
        yield "mentors"
    elif one.account_id in application.conflicts:
        yield "by office in spite of a conflict"
    elif not any(each.for_id is None for each in one.holdings) and one.holdings:
        yield "standing in"
    else:
        yield "held" if not one.holdings else "asked"


def by_name(one: Actor, definition: Definition, application: Application) -> Iterator[str]:
    if sees_blind(one, definition, application):
        yield "blind"
    elif reads(one, application) and any(is_blind(definition, each) for each in application.state.items):
        yield "named in spite of a blind sheet"


def test_who_holds_nothing_is_shown_nothing_and_not_everything(database: str) -> None:
    with writing() as session:
        ground(session)
        write(session, Application(1, 1, 1, RoundFacts(1), "self", "pattern", State(status=Status.OPEN), person_id=1))
        shown = {
            kind: session.scalar(select(ApplicationRow.id).where(visible(scope_of(Actor(kind, application_id=1)))))
            for kind in ("anonymous", "link", "system", "account")
        }
        assert session.scalar(select(ApplicationRow.id)) == 1
    assert shown == {"anonymous": None, "link": None, "system": None, "account": None}
