"""Everything about one person across programs and years, as far as its reader may know it, on one page.

A file is opened with a reason, which goes into the chain of who looked at whom; then it stays open to that reader for a
while. A case that the reader may not put into the file is not there: not as a line, not in a count, not as a gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.payments import PaymentRow
from models.people import Person
from models.queries import people
from models.queries import person_file as queries
from models.queries.person_file import Objected, Printed
from workflow.domain import identifiers
from workflow.domain.actor import Actor, Office
from workflow.domain.calendar import local_day
from workflow.domain.certificates import expires_soon, standing_on
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can, runs
from workflow.domain.program.schema import Definition, Label
from workflow.domain.recognition import Granted, Recognition, Standing
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.casework import Case, open_cases
from workflow.services.person_after import Followed, followed

OPEN_FOR = timedelta(minutes=15)
MOST = 30


@dataclass(frozen=True)
class Hit:
    ref: str
    name: str
    number: str | None
    organization: str | None
    cases: int


@dataclass(frozen=True)
class Benefit:
    """One benefit of one recognition, with what was paid of it."""

    name: Label
    unit: Label | None
    of: Label
    year: int
    granted: Granted
    payments: tuple[PaymentRow, ...]

    @property
    def paid(self) -> Decimal:
        return sum((Decimal(each.paid) for each in self.payments if each.state == "made"), Decimal(0))

    @property
    def last_paid(self) -> date | None:
        return max((each.paid_on for each in self.payments if each.paid_on), default=None)

    @property
    def is_due(self) -> bool:
        return any(each.state == "due" for each in self.payments)


@dataclass(frozen=True)
class Line:
    """One case. `own`: the reader runs it, may open it, and hears of objections and of what follows."""

    ref: str
    number: str | None
    year: int
    definition: Definition
    round_name: str
    track: Label | None
    channel: Label
    nominator: str | None
    team: bool  # the person is a member of somebody else's team
    status: str
    submitted_at: datetime | None
    stage: Label | None
    recognition: Recognition | None
    standing: Standing | None
    soon: bool
    own: bool
    papers: tuple[Printed, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    objections: tuple[Objected, ...] = ()
    appeals: int = 0
    after: Followed | None = None


@dataclass(frozen=True)
class Urgent:
    """Something that must be done about the person: an expiry, a payment, a duty."""

    kind: str  # expiring, payment, duty
    what: Label
    on: date
    days: int  # working days left; below 0 it is late


@dataclass(frozen=True)
class PersonFile:
    ref: str
    name: str
    gender: str | None
    age: int | None
    numbers: tuple[tuple[str, str], ...]  # (type, mask)
    phone: str | None
    organization: str | None
    trade: str | None
    lines: tuple[Line, ...]  # newest first
    urgent: tuple[Urgent, ...]

    @property
    def years(self) -> list[tuple[int, list[Line]]]:
        found: dict[int, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.year, []).append(line)
        return list(found.items())

    @property
    def programs(self) -> int:
        return len({line.definition.program.key for line in self.lines})


# -- finding -----------------------------------------------------------------------------------------------------------
def search(actor: Actor, typed: str) -> list[Hit]:
    """Whom the reader may open a file of; nobody else is found, by whatever is typed."""
    with reading() as session:
        people = queries.found(session, scope_of(actor), typed, MOST, every_public=_every_public(actor))
        cases = {case.row.id: case for case in open_cases(session, {one for _, ids in people for one in ids})}
        hits = []
        for person, ids in people[:MOST]:
            count = sum(1 for one in ids if _stands(actor, cases[one]))
            if count:
                masks = queries.identities(session, person.id)
                hits.append(
                    Hit(person.ref, person.name, masks[0][1] if masks else None, _employer(session, person), count)
                )
        return hits


def _every_public(actor: Actor) -> bool:
    return Office.PROGRAMS in actor.offices


def _stands(actor: Actor, case: Case) -> bool:
    return can(actor, Permission.PERSON_FILE, CaseSubject(case.book.definition, case.application))


def _employer(session: Session, person: Person) -> str | None:
    found = session.get(Organization, person.organization_id) if person.organization_id is not None else None
    return found.name if found is not None else None


# -- opening -----------------------------------------------------------------------------------------------------------
def open_file(ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """Say why: it is told in the chain of who looked at this person, and the file is open for a quarter of an hour."""
    with writing() as session:
        person = _person(session, ref)
        cases = _cases(session, person, actor)
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么要看，会记入查看记录"), "reason")])
        body, remarks = {"cases": sorted(case.row.id for case in cases)}, {"reason": reason.strip()[:500]}
        kind = StreamKind.PERSON_ACCESS
        evidence.tell(session, kind, person.id, "person_file_opened", actor, now, body=body, remarks=remarks)


def named(ref: str, actor: Actor) -> str:
    """Whose file it is, for whoever may open it; NotFound for everybody else."""
    with reading() as session:
        person = _person(session, ref)
        _cases(session, person, actor)
        return person.name


def opened(ref: str, actor: Actor, now: datetime) -> PersonFile | None:
    """None: the reader must first say why."""
    with reading() as session:
        person = _person(session, ref)
        cases = _cases(session, person, actor)
        if not queries.opened_since(session, person.id, actor.account_id or 0, now - OPEN_FOR):
            return None
        return _file(session, person, cases, actor, now)


def _person(session: Session, ref: str) -> Person:
    person = people.named(session, ref)
    if person is None:
        raise NotFound
    return person


def _cases(session: Session, person: Person, actor: Actor) -> list[Case]:
    """The person's own; who has none that the reader may see is not there."""
    ids = queries.cases_of(session, scope_of(actor), person.id, every_public=_every_public(actor))
    cases = [case for case in open_cases(session, ids) if _stands(actor, case)]
    if not cases:
        raise NotFound
    return cases


# -- what stands in it -------------------------------------------------------------------------------------------------
def _file(session: Session, person: Person, cases: list[Case], actor: Actor, now: datetime) -> PersonFile:
    ids = queries.teams_of(session, scope_of(actor), person.id, every_public=_every_public(actor))
    teams = [case for case in open_cases(session, ids) if _stands(actor, case)]
    every = [case.row.id for case in cases]
    papers, paid, objected = (
        queries.printed(session, every), queries.payments(session, every), queries.objections(session, every),
    )  # fmt: skip
    nominators = queries.names_of(session, {c.row.nominator_id for c in [*cases, *teams] if c.row.nominator_id})
    lines = [
        *(
            _line(session, case, actor, now, nominators, papers=papers, paid=paid, objected=objected, team=False)
            for case in cases
        ),
        *(_line(session, case, actor, now, nominators, papers=(), paid=(), objected=(), team=True) for case in teams),
    ]
    lines.sort(key=lambda line: (line.year, line.submitted_at or now, line.ref), reverse=True)
    today = local_day(now)
    return PersonFile(
        person.ref,
        person.name,
        person.gender,
        _age(person.birth_date, today),
        tuple(queries.identities(session, person.id)),
        identifiers.mask("mobile", person.phone) if person.phone else None,
        _employer(session, person),
        person.trade,
        tuple(lines),
        tuple(sorted(_urgent(cases, lines, today), key=lambda one: (one.on, one.kind))),
    )


def _age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _line(
    session: Session,
    case: Case,
    actor: Actor,
    now: datetime,
    nominators: Mapping[int, str],
    *,
    papers: Iterable[Printed],
    paid: Iterable[PaymentRow],
    objected: Iterable[Objected],
    team: bool,
) -> Line:
    definition, state, row, today = case.book.definition, case.application.state, case.row, local_day(now)
    own = runs(actor, definition, case.application)
    known = None if team else state.recognition
    standing = standing_on(known.standing, known.until, today) if known is not None else None
    begun = state.submitted_at or row.created_at
    year = local_day(begun).year
    stage = definition.stages.get(state.stage or "")
    return Line(
        row.ref,
        state.number,
        year,
        definition,
        case.round.name,
        definition.tracks[row.track].name if row.track in definition.tracks else None,
        definition.channels[row.channel].name,
        nominators.get(row.nominator_id or 0),
        team,
        state.status.value,
        state.submitted_at,
        stage.name if stage is not None else None,
        known,
        standing,
        known is not None and standing is not None and expires_soon(standing, known.until, today),
        own,
        tuple(each for each in papers if each.application_id == row.id),
        tuple(_benefits(case, known, paid, year)) if known is not None else (),
        tuple(each for each in objected if each.application_id == row.id) if own else (),
        state.appeals if own else 0,
        followed(session, case, now) if own and known is not None else None,
    )


def _benefits(case: Case, known: Recognition, paid: Iterable[PaymentRow], year: int) -> Iterable[Benefit]:
    definition = case.book.definition
    mine = [each for each in paid if each.application_id == case.row.id]
    for granted in known.benefits:
        benefit = definition.benefits[granted.benefit]
        rows = tuple(each for each in mine if each.benefit == granted.benefit)
        yield Benefit(benefit.name, benefit.unit, definition.program.name, year, granted, rows)


def _urgent(cases: list[Case], lines: list[Line], today: date) -> Iterable[Urgent]:
    calendars = {case.row.ref: case.book.calendar for case in cases}
    for line in lines:
        if line.ref not in calendars:
            continue
        until = line.recognition.until if line.recognition is not None and line.soon else None
        owed = [("expiring", line.definition.program.name, until)] if until is not None else []
        owed += [
            ("payment", benefit.name, each.due_on)
            for benefit in line.benefits
            for each in benefit.payments
            if each.state == "due"
        ]
        owed += (
            [("duty", duty.name, duty.day) for duty in line.after.duties if duty.is_open and duty.day]
            if line.after
            else []
        )
        for kind, name, on in owed:
            yield Urgent(kind, name, on, calendars[line.ref].working_days_between(today, on))
