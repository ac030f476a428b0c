"""One recognition as its holder and its office see it, and the list of all that an office has given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.awards import CertificateRow, RecognitionRow
from models.base import reading
from models.organizations import Organization
from models.people import Person
from models.programs import ProgramVersion
from models.queries import awards as queries
from models.queries import remarks
from models.queries.awards import Recognized
from models.queries.people import named
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.application import State
from workflow.domain.calendar import local_day
from workflow.domain.certificates import expires_soon, standing_on
from workflow.domain.errors import NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can, sees_blind
from workflow.domain.program.schema import Definition, FileField, Label, TableField
from workflow.domain.recognition import Granted, Recognition, Standing
from workflow.domain.rules.rule import canonical
from workflow.domain.scope import scope_of
from workflow.domain.sentences import cause_words
from workflow.domain.stages.follow_up_exits import to_recover
from workflow.domain.stages.follow_up_payments import why_not
from workflow.domain.transitions import Offer, offers
from workflow.domain.words import Words
from workflow.services import certificates, following, renewing, showing
from workflow.services.casework import Case, find, open_case
from workflow.services.renewing import Renewing
from workflow.services.rulebooks import definition_of
from workflow.services.showing import Shown

PER_PAGE = 50


@dataclass(frozen=True)
class Item:
    """What is owed about the recognition, as a page must name it to answer it."""

    ref: str
    version: int


@dataclass(frozen=True)
class Seen:
    application: str
    number: str
    definition: Definition
    round_ref: str
    round_name: str
    track: str
    row: RecognitionRow
    known: Recognition
    state: State
    today: Standing
    soon: bool
    papers: Sequence[CertificateRow]  # newest first
    offers: tuple[Offer, ...]
    items: Mapping[int, Item]
    said: Mapping[str, str]  # `event.field` -> the newest words
    waits: Mapping[int, tuple[Reason, ...]]  # of each payment that is due: what keeps it waiting
    nominator: str = ""  # who put the person forward
    renewing: Renewing | None = None
    renewed: str | None = None  # the case that this one has taken, or is to take, the place of
    recorded: tuple[tuple[Label, Shown], ...] = ()  # before it was issued; files lie beside the case
    person: str | None = None  # whose file the reader may ask for

    @property
    def benefits(self) -> tuple[Granted, ...]:
        return self.known.benefits

    @property
    def exits(self) -> list[tuple[str, Label]]:
        """The ways out, with the program's own names."""
        return [(key, each.name) for key, each in self.definition.exits.items()]

    @property
    def removals(self) -> list[tuple[str, Label]]:
        """Those under which a review can begin to take the recognition away."""
        return [(key, each.name) for key, each in self.definition.exits.items() if each.then != "end"]

    @property
    def causes(self) -> list[Words | Label]:
        """What brought the review or revocation that is under way."""
        leaving = self.state.leaving
        return [cause_words(self.definition, cause) for cause in leaving.causes] if leaving is not None else []

    @property
    def paid(self) -> list[tuple[Label, str, Label]]:
        """(benefit, sum, unit) of everything that was paid: what a revocation may have to recover."""
        known = self.definition.benefits
        return [(known[key].name, canonical(paid), known[key].unit) for key, paid in to_recover(self.state)]

    @property
    def hearing_days(self) -> int:
        leaving = self.state.leaving
        exit_ = self.definition.exits.get(leaving.exit) if leaving is not None else None
        return exit_.hearing.amount if exit_ is not None else 0

    @property
    def called(self) -> str:
        """As in the list of everybody recognized."""
        return called(self.today, self.known.exit, soon=self.soon)

    def offered(self, name: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.name == name), None)


def of_mine(ref: str, actor: Actor, now: datetime) -> Seen:
    """For the holder and whoever filled; for everybody else it is not there."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        following.refuse_stranger(case, actor)
        return _seen(session, case, actor, now)


def of_the_office(ref: str, actor: Actor, now: datetime) -> Seen:
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        if not can(actor, Permission.APPLICATION_RUN, CaseSubject(case.book.definition, case.application)):
            raise NotFound
        return _seen(session, case, actor, now)


def _seen(session: Session, case: Case, actor: Actor, now: datetime) -> Seen:
    state, row = case.application.state, queries.of_application(session, case.row.id)
    if state.recognition is None or row is None:
        raise NotFound
    today = local_day(now)
    standing = standing_on(state.recognition.standing, state.recognition.until, today)
    items = session.execute(
        select(WorkItem.no, WorkItem.ref, WorkItem.version).where(
            WorkItem.application_id == case.row.id, WorkItem.state == "open"
        )
    )
    return Seen(
        case.row.ref,
        case.row.number or "",
        case.book.definition,
        case.round.ref,
        case.round.name,
        case.row.track or "",
        row,
        state.recognition,
        state,
        standing,
        expires_soon(state.recognition.standing, state.recognition.until, today),
        certificates.all_of(session, row),
        tuple(offers(case.book, case.application, actor, now)),
        {each.no: Item(each.ref, each.version) for each in items},
        _said(session, case.row.id),
        {
            each.no: tuple(why_not(case.book, case.application, each, today))
            for each in state.after.payments
            if each.state == "due"
        },
        _nominator(session, case),
        renewing.shown(session, case, actor, now),
        renewing.renewed(session, state),
        tuple(_recorded(case)),
        _person(session, case, actor),
    )


def _person(session: Session, case: Case, actor: Actor) -> str | None:
    subject = CaseSubject(case.book.definition, case.application)
    if case.row.person_id is None or not can(actor, Permission.PERSON_FILE, subject):
        return None
    standing = named(session, session.get_one(Person, case.row.person_id).ref)
    return standing.ref if standing is not None else None


def _recorded(case: Case) -> Iterator[tuple[Label, Shown]]:
    stage = case.book.definition.award_of(case.row.channel)
    known = case.application.records.get(stage.key, {}) if stage is not None else {}
    for key, field in (stage.record if stage is not None else {}).items():
        said = showing.text(field, known.get(key), {}) if not isinstance(field, FileField | TableField) else None
        if said is not None:
            yield field.name, said


def _nominator(session: Session, case: Case) -> str:
    return session.get_one(Organization, case.row.nominator_id).name if case.row.nominator_id is not None else ""


def _said(session: Session, application_id: int) -> dict[str, str]:
    told = remarks.told(session, application_id)
    return {f"{each.kind}.{each.field}": each.words for each in told if each.field is not None}


def round_of(ref: str, actor: Actor) -> str:
    """The round of a case that this actor may read and name: where its list is."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        definition, application = case.book.definition, case.application
        readable = can(actor, Permission.APPLICATION_READ, CaseSubject(definition, application))
        if not readable or sees_blind(actor, definition, application):
            raise NotFound
        return case.round.ref


# -- certificates as files ---------------------------------------------------------------------------------------------
def paper(seen: Seen, no: int | None) -> CertificateRow:
    """The one in force, or an earlier one by its number."""
    found = next((each for each in seen.papers if no is None or each.no == no), None)
    if found is None:
        raise NotFound
    return found


# -- the list ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Listed:
    lines: Sequence[Recognized]
    definitions: Mapping[int, Definition]
    total: int
    counts: Mapping[str, int]
    round_name: str | None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def listed(actor: Actor, now: datetime, *, state: str, round_ref: str, typed: str, page: int) -> Listed:
    today = local_day(now)
    with reading() as session:
        scope = scope_of(actor)
        lines, total = queries.recognized(
            session, scope, today, state=state, round_ref=round_ref, typed=typed.strip()[:80],
            limit=PER_PAGE, offset=(page - 1) * PER_PAGE,
        )  # fmt: skip
        versions = {line.version_id for line in lines}
        rows = session.scalars(select(ProgramVersion).where(ProgramVersion.id.in_(versions)))
        name = session.scalar(select(Round.name).where(Round.ref == round_ref)) if round_ref else None
        counts = queries.counts(session, scope, today, round_ref)
        return Listed(lines, {row.id: definition_of(row) for row in rows}, total, counts, name)


def status_of(line: Recognized, now: datetime) -> str:
    """How it stands today: a standing, or `soon`, or `ended` where it did not last until its day."""
    today = local_day(now)
    standing = Standing(line.standing)
    soon = expires_soon(standing, line.valid_until, today)
    return called(standing_on(standing, line.valid_until, today), line.exit_key, soon=soon)


def called(standing: Standing, exit_key: str | None, *, soon: bool) -> str:
    ended = standing is Standing.EXPIRED and exit_key is not None
    return "soon" if soon else "ended" if ended else standing.value
