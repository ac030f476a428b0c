"""What the auditor reads: events of one chain or of all, and the names of what they are about. Never answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow, Remark
from models.evidence import Anchor, EventRow, Stream, StreamKind
from models.notices import Notice
from models.organizations import Organization
from models.people import Person
from models.programs import Program
from models.rounds import Round

ACCESS = (StreamKind.APPLICATION_ACCESS.value, StreamKind.PERSON_ACCESS.value)


@dataclass(frozen=True)
class Wanted:
    """Which events. Empty means all."""

    streams: Collection[str] = ()
    kinds: Collection[str] = ()
    stream_id: int | None = None
    actor_id: int | None = None
    by_system: bool = False


@dataclass(frozen=True)
class Record:
    """One event. `subject` is what its chain is about, by number; `mac` what the next one builds upon."""

    stream_id: int
    stream: str
    subject: int
    seq: int
    kind: str
    at: datetime
    actor_kind: str
    actor_id: int | None
    for_id: int | None
    program_version_id: int | None
    body: Mapping[str, Any]
    mac: str
    said: Mapping[str, str] = field(default_factory=dict)  # the words beside it, where they may be read


@dataclass(frozen=True)
class Named:
    """What a reference in a chain stands for: its own ref for the address, and a name."""

    ref: str
    name: str
    place: str | None = None
    version_id: int | None = None  # the program's version by whose words it is told


def newest(session: Session, wanted: Wanted, before: tuple[datetime, str] | None, limit: int) -> list[Record]:
    """Of all chains by time; `before` is moment and mac of the last line of the page before."""
    statement = _narrowed(wanted).order_by(EventRow.at.desc(), EventRow.mac.desc()).limit(limit)
    if before is not None:
        moment, mac = before
        statement = statement.where(or_(EventRow.at < moment, and_(EventRow.at == moment, EventRow.mac < mac)))
    return _records(session, statement)


def of_chain(session: Session, wanted: Wanted, before: int | None, limit: int) -> list[Record]:
    """Of one chain, the newest first."""
    statement = _narrowed(wanted).order_by(EventRow.seq.desc()).limit(limit)
    return _records(session, statement if before is None else statement.where(EventRow.seq < before))


def _narrowed(wanted: Wanted) -> Select[EventRow, Stream]:
    statement = select(EventRow, Stream).join(Stream, Stream.id == EventRow.stream_id)
    if wanted.streams:
        statement = statement.where(Stream.kind.in_(list(wanted.streams)))
    if wanted.kinds:
        statement = statement.where(EventRow.kind.in_(list(wanted.kinds)))
    if wanted.stream_id is not None:
        statement = statement.where(EventRow.stream_id == wanted.stream_id)
    if wanted.actor_id is not None:
        statement = statement.where(or_(EventRow.actor_id == wanted.actor_id, EventRow.for_id == wanted.actor_id))
    if wanted.by_system:
        statement = statement.where(EventRow.actor_kind == "system")
    return statement


def _records(session: Session, statement: Select[EventRow, Stream]) -> list[Record]:
    return [record_of(row, stream) for row, stream in session.execute(statement)]


def record_of(row: EventRow, stream: Stream) -> Record:
    return Record(
        stream.id,
        stream.kind,
        stream.subject_id,
        row.seq,
        row.kind,
        row.at,
        row.actor_kind,
        row.actor_id,
        row.for_id,
        row.program_version_id,
        row.body,
        row.mac,
    )


def said(session: Session, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], dict[str, str]]:
    """The words beside events, by chain and number."""
    found: dict[tuple[int, int], dict[str, str]] = {}
    wanted = or_(False, *(and_(Remark.stream_id == stream, Remark.seq == seq) for stream, seq in places))
    for remark in session.scalars(select(Remark).where(wanted)):
        found.setdefault((remark.stream_id, remark.seq), {})[remark.field] = remark.body
    return found


def counts_of(session: Session, stream_id: int) -> dict[str, int]:
    """Kind -> how many, of one chain."""
    rows = session.execute(
        select(EventRow.kind, func.count()).where(EventRow.stream_id == stream_id).group_by(EventRow.kind)
    )
    return {row[0]: row[1] for row in rows}


def hands_on(session: Session, stream_id: int) -> Sequence[tuple[str, int | None, int]]:
    """Who wrote how many events of a chain: (kind of actor, account, count)."""
    rows = session.execute(
        select(EventRow.actor_kind, EventRow.actor_id, func.count())
        .where(EventRow.stream_id == stream_id)
        .group_by(EventRow.actor_kind, EventRow.actor_id)
        .order_by(func.count().desc())
    )
    return [(kind, account, count) for kind, account, count in rows]


# -- what chains are about ---------------------------------------------------------------------------------------------
def stream_of(session: Session, kind: str, subject_id: int) -> Stream | None:
    return session.scalars(select(Stream).where(Stream.kind == kind, Stream.subject_id == subject_id)).first()


_TABLES: Mapping[str, Any] = {
    "application": ApplicationRow,
    "application_access": ApplicationRow,
    "account": Account,
    "round": Round,
    "program": Program,
    "notice": Notice,
    "organization": Organization,
    "person": Person,
    "person_access": Person,
}


def subject_id_of(session: Session, kind: str, ref: str) -> int | None:
    table = _TABLES.get(kind)
    if table is None:
        return None
    found: int | None = session.scalar(select(table.id).where(table.ref == ref))
    return found


def accounts_named(session: Session, ids: Iterable[int | None]) -> dict[int, Named]:
    """People of the office by name; an account that is a person's own is an applicant's and has none here."""
    rows = session.execute(
        select(Account.id, Account.ref, Account.name, Account.person_id, Organization.name)
        .outerjoin(Organization, Organization.id == Account.organization_id)
        .where(Account.id.in_(_numbers(ids)))
    )
    return {row[0]: Named(row[1], "" if row[3] is not None else row[2], row[4]) for row in rows}


def cases_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    """By their number alone."""
    rows = session.execute(
        select(ApplicationRow.id, ApplicationRow.ref, ApplicationRow.number, Round.name)
        .join(Round, Round.id == ApplicationRow.round_id)
        .where(ApplicationRow.id.in_(_numbers(ids)))
    )
    return {row[0]: Named(row[1], row[2] or "", row[3]) for row in rows}


def rounds_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    rows = session.execute(
        select(Round.id, Round.ref, Round.name, Program.name, Round.version_id)
        .join(Program, Program.id == Round.program_id)
        .where(Round.id.in_(_numbers(ids)))
    )
    return {row[0]: Named(row[1], row[2], row[3], row[4]) for row in rows}


def notices_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    """By what was printed at their head: the list itself is about people."""
    rows = session.execute(
        select(Notice.id, Notice.ref, Notice.number, Notice.title, Notice.version_id).where(
            Notice.id.in_(_numbers(ids))
        )
    )
    return {row[0]: Named(row[1], row[2] or row[3], None, row[4]) for row in rows}


def organizations_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    rows = session.execute(
        select(Organization.id, Organization.ref, Organization.name).where(Organization.id.in_(_numbers(ids)))
    )
    return {row[0]: Named(row[1], row[2]) for row in rows}


def programs_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    rows = session.execute(select(Program.id, Program.ref, Program.name).where(Program.id.in_(_numbers(ids))))
    return {row[0]: Named(row[1], row[2]) for row in rows}


def people_named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    """Nobody's name: the reference alone."""
    rows = session.execute(select(Person.id, Person.ref).where(Person.id.in_(_numbers(ids))))
    return {row[0]: Named(row[1], "") for row in rows}


def _numbers(ids: Iterable[int | None]) -> list[int]:
    return sorted({each for each in ids if each is not None})


# -- finding a chain ---------------------------------------------------------------------------------------------------
def found(session: Session, typed: str, limit: int = 10) -> list[tuple[str, Named]]:
    """Chains by the number of a case, a user name, the name of a round, of an organization or of a program."""
    told = typed.strip()
    lines: list[tuple[str, Named]] = []
    cases = select(ApplicationRow.id).where(
        or_(ApplicationRow.number.startswith(told.upper(), autoescape=True), ApplicationRow.receipt == told.upper())
    )
    lines += [("application", each) for each in cases_named(session, session.scalars(cases.limit(limit))).values()]
    people = select(Account.id).where(
        or_(Account.login == told.lower(), and_(Account.name == told, Account.person_id.is_(None)))
    )
    lines += [("account", each) for each in accounts_named(session, session.scalars(people.limit(limit))).values()]
    rounds = select(Round.id).where(or_(Round.name.contains(told, autoescape=True), Round.key == told.lower()))
    lines += [("round", each) for each in rounds_named(session, session.scalars(rounds.limit(limit))).values()]
    units = select(Organization.id).where(
        or_(Organization.name.startswith(told, autoescape=True), Organization.credit_code == told.upper())
    )
    lines += [
        ("organization", each) for each in organizations_named(session, session.scalars(units.limit(limit))).values()
    ]
    programs = select(Program.id).where(Program.name.contains(told, autoescape=True))
    lines += [("program", each) for each in programs_named(session, session.scalars(programs.limit(limit))).values()]
    return lines


def last_anchor(session: Session) -> Anchor | None:
    return session.scalars(select(Anchor).order_by(Anchor.id.desc()).limit(1)).first()
