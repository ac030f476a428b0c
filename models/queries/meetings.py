"""Reads of meetings: which there are, who sits, which cases they wait for, which places are given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.accounts import Account
from models.applications import ApplicationRow
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import AgendaLine, Ballot, Meeting, MeetingSeat
from models.organizations import Organization
from models.people import Person
from models.queries.scoping import visible
from models.roles import RoleBinding
from models.rounds import Round
from models.work import Conflict
from workflow.domain.scope import Scope

GIVEN_BACK = ("refused", "withdrawn", "lapsed", "not_called")
AWAITED = ("open", "correcting", "held")


@dataclass(frozen=True)
class Given:
    """A place that a meeting gave and that is held, or an alternate who waits."""

    application_id: int
    track: str | None
    channel: str
    counted_id: int | None  # whose places it takes
    waits: bool
    counts_at: datetime | None  # in which period: when its round opened; where a round never closes, when it was given


@dataclass(frozen=True)
class Named:
    """Who a case on the list is about, for those who keep the meeting."""

    ref: str
    number: str | None
    name: str
    organization: str | None


def by_ref(session: Session, ref: str, *, lock: bool = False) -> Meeting | None:
    found = select(Meeting).where(Meeting.ref == ref)
    return session.scalars(found.with_for_update() if lock else found).first()


def of_rounds(session: Session, rounds: Collection[int]) -> Sequence[Meeting]:
    """The newest first."""
    return session.scalars(
        select(Meeting).where(Meeting.round_id.in_(list(rounds))).order_by(Meeting.id.desc()).limit(200)
    ).all()


def seats(session: Session, meeting: int) -> Sequence[tuple[MeetingSeat, str, str]]:
    """Seat, name and reference of each member in the order of the roll."""
    rows = session.execute(
        select(MeetingSeat, Account.name, Account.ref)
        .join(Account, Account.id == MeetingSeat.account_id)
        .where(MeetingSeat.meeting_id == meeting)
        .order_by(MeetingSeat.no)
    )
    return [(seat, name, ref) for seat, name, ref in rows]


def members(
    session: Session, roles: Collection[str], round_: Round, paths: Collection[str] | None, now: datetime
) -> list[tuple[int, str]]:
    """(account, name) of everybody who holds one of the roles in the round; `paths`: only through these organizations,
    each with all those above it."""
    statement = (
        select(Account.id, Account.name)
        .join(RoleBinding, RoleBinding.account_id == Account.id)
        .outerjoin(Organization, Organization.id == RoleBinding.organization_id)
        .where(
            RoleBinding.role_key.in_(list(roles)),
            RoleBinding.program_id == round_.program_id,
            RoleBinding.round_id.is_(None) | (RoleBinding.round_id == round_.id),
            RoleBinding.starts_at <= now,
            RoleBinding.ends_at.is_(None) | (RoleBinding.ends_at > now),
            Account.state != "disabled",
        )
        .order_by(Account.id)
    )
    if paths is not None:
        statement = statement.where(Organization.path.in_(list(paths)))
    return list(dict.fromkeys((row.id, row.name) for row in session.execute(statement)))


# -- the pool ----------------------------------------------------------------------------------------------------------
def pool_rows(session: Session, round_id: int) -> Sequence[ApplicationRow]:
    """Running cases of the round, whether the reader may see them or not: what a line would have to wait for."""
    return session.scalars(
        select(ApplicationRow)
        .where(ApplicationRow.round_id == round_id, ApplicationRow.status.in_(AWAITED))
        .order_by(ApplicationRow.id)
    ).all()


def rows_of(session: Session, ids: Collection[int]) -> Sequence[ApplicationRow]:
    return session.scalars(
        select(ApplicationRow).where(ApplicationRow.id.in_(list(ids))).order_by(ApplicationRow.id)
    ).all()


def alternates(session: Session, meeting: Meeting) -> Sequence[int]:
    """Who waits for a place after this meeting or another one in the same hall."""
    listed = (
        select(Ballot.application_id)
        .join(Meeting, Meeting.id == Ballot.meeting_id)
        .where(Meeting.identity == meeting.identity, Ballot.result == "alternate")
    )
    return session.scalars(
        select(ApplicationRow.id)
        .where(
            ApplicationRow.id.in_(listed),
            ApplicationRow.status == "alternate",
            ApplicationRow.stage_key == meeting.stage_key,
        )
        .order_by(ApplicationRow.id)
    ).all()


def seen_of(session: Session, scope: Scope, ids: Collection[int]) -> set[int]:
    """Those of these cases that the reader may see."""
    return set(session.scalars(select(ApplicationRow.id).where(ApplicationRow.id.in_(list(ids)), visible(scope))))


def names_of(session: Session, ids: Collection[int]) -> dict[int, Named]:
    line, subject = aliased(Organization), aliased(Organization)
    rows = session.execute(
        select(ApplicationRow.id, ApplicationRow.ref, ApplicationRow.number, Person.name, line.name, subject.name)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(line, line.id == ApplicationRow.line_organization_id)
        .outerjoin(subject, subject.id == ApplicationRow.subject_organization_id)
        .where(ApplicationRow.id.in_(list(ids)))
    )
    return {
        id_: Named(ref, number, person or organization or "", at) for id_, ref, number, person, at, organization in rows
    }


def barred(session: Session, ids: Collection[int], accounts: Collection[int]) -> dict[int, set[int]]:
    """Case -> those of the accounts against whom a conflict stands."""
    rows = session.execute(
        select(Conflict.application_id, Conflict.account_id).where(
            Conflict.application_id.in_(list(ids)),
            Conflict.account_id.in_(list(accounts)),
            Conflict.state == "standing",
        )
    )
    found: dict[int, set[int]] = {}
    for case, account in rows:
        found.setdefault(case, set()).add(account)
    return found


def papers(session: Session, meeting: int) -> Mapping[int, AgendaLine]:
    rows = session.scalars(select(AgendaLine).where(AgendaLine.meeting_id == meeting))
    return {row.application_id: row for row in rows}


# -- places ------------------------------------------------------------------------------------------------------------
def given(session: Session, rounds: Collection[int], stage: str) -> list[Given]:
    """Places that meetings of this stage gave in these rounds and that are still held, and who waits for one."""
    newest = select(Ballot.application_id, func.max(Ballot.no).label("no")).group_by(Ballot.application_id).subquery()
    rows = session.execute(
        select(ApplicationRow, Ballot, Round.opens_at, Round.closes_at, Meeting.closed_at)
        .join(Round, Round.id == ApplicationRow.round_id)
        .join(Ballot, Ballot.application_id == ApplicationRow.id)
        .join(newest, (newest.c.application_id == Ballot.application_id) & (newest.c.no == Ballot.no))
        .join(Meeting, Meeting.id == Ballot.meeting_id)
        .where(ApplicationRow.round_id.in_(list(rounds)), Meeting.stage_key == stage)
    )
    found = []
    for row, ballot, opens_at, closes_at, given_at in rows:
        waits = row.status == "alternate"
        holds = ballot.result == "passed" or ballot.called == "promoted"
        if waits or (holds and row.stage_key != stage and row.status not in GIVEN_BACK):
            at = opens_at if closes_at is not None else given_at
            whose = row.counted_id or row.nominator_id
            found.append(Given(row.id, row.track, row.channel, whose, waits, at))
    return found


# -- the result --------------------------------------------------------------------------------------------------------
def told_of(session: Session, meeting: int, kind: str) -> EventRow | None:
    """The newest fact of this kind in the meeting's chain."""
    return session.scalars(
        select(EventRow)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(Stream.kind == StreamKind.MEETING.value, Stream.subject_id == meeting, EventRow.kind == kind)
        .order_by(EventRow.seq.desc())
        .limit(1)
    ).first()


def supposed(session: Session, meeting: int) -> Sequence[tuple[EventRow, str | None]]:
    """Every what-if of one meeting with who asked it, the newest first."""
    rows = session.execute(
        select(EventRow, Account.name)
        .join(Stream, Stream.id == EventRow.stream_id)
        .outerjoin(Account, Account.id == EventRow.actor_id)
        .where(Stream.kind == StreamKind.MEETING.value, Stream.subject_id == meeting, EventRow.kind == "line_supposed")
        .order_by(EventRow.seq.desc())
    )
    return [(row, name) for row, name in rows]
