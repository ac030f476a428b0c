"""Lists around public notices: who waits for one, what stands in public now, whose days are over, what was objected."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, func, literal, not_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Answers, ApplicationRow, StageEntry
from models.base import literal_state
from models.notices import Notice, NoticeLine, ObjectionRow
from models.organizations import SPELLED, Organization, place_at
from models.people import Person
from models.programs import Program, ProgramVersion
from models.queries.scoping import visible
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.scope import Scope

_STANDING = NoticeLine.state == literal_state("standing")


@dataclass(frozen=True)
class Waiting:
    """A case that stands before a notice, with what its line is made of."""

    id: int
    ref: str
    number: str
    name: str
    born: date | None
    version_id: int
    channel: str
    track: str
    entered_at: datetime
    organization_id: int | None
    body: Mapping[str, Any]


def waiting(session: Session, scope: Scope, round_id: int, stage: str) -> Sequence[Waiting]:
    """In the order of their numbers: an order that says nothing of anybody's result."""
    here = StageEntry.left_at.is_(None), StageEntry.stage_key == stage
    rows: Any = session.execute(
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            ApplicationRow.number,
            func.coalesce(Person.name, Organization.name, ""),
            Person.birth_date,
            ApplicationRow.version_id,
            ApplicationRow.channel,
            func.coalesce(ApplicationRow.track, ""),
            StageEntry.entered_at,
            ApplicationRow.line_organization_id,
            Answers.body,
        )
        .join(StageEntry, StageEntry.application_id == ApplicationRow.id)
        .join(
            Answers,
            (Answers.application_id == ApplicationRow.id) & (Answers.revision == ApplicationRow.answers_rev),
        )
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(Organization, Organization.id == ApplicationRow.subject_organization_id)
        .where(
            visible(scope),
            ApplicationRow.round_id == round_id,
            ApplicationRow.stage_key == stage,
            ApplicationRow.status == "open",
            *here,
            not_(_has_line()),
        )
        .order_by(ApplicationRow.number)
    )
    return [Waiting(*row) for row in rows]


def _has_line() -> Any:
    return exists(select(NoticeLine.no).where(NoticeLine.application_id == ApplicationRow.id, _STANDING))


def on_their_way(session: Session, scope: Scope, round_id: int) -> Mapping[tuple[str, int], int]:
    """(channel, position) -> how many running cases of the round stand there."""
    rows = session.execute(
        select(ApplicationRow.channel, ApplicationRow.stage_pos, func.count())
        .where(
            visible(scope),
            ApplicationRow.round_id == round_id,
            ApplicationRow.status.in_(("open", "correcting", "held")),
        )
        .group_by(ApplicationRow.channel, ApplicationRow.stage_pos)
    )
    return {(channel, position or 0): count for channel, position, count in rows}


def records_of(session: Session, applications: Collection[int]) -> Mapping[int, Mapping[str, Mapping[str, Any]]]:
    """What stages recorded of these cases: case -> stage -> values as stored, the newest stay last."""
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    rows = session.scalars(
        select(StageEntry)
        .where(StageEntry.application_id.in_(sorted(applications)))
        .order_by(StageEntry.application_id, StageEntry.entry_no)
    )
    for row in rows:
        if row.record:
            found.setdefault(row.application_id, {})[row.stage_key] = row.record
    return found


def places_named(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Names behind references, credit codes and region codes."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    rows = session.execute(
        select(*SPELLED, Organization.name)
        .where(Organization.ref.in_(wanted) | Organization.credit_code.in_(wanted) | place_at(wanted))
        .order_by(Organization.state.desc(), Organization.id.desc())
    )
    named: dict[str, str] = {}
    for ref, credit, region, name in rows:
        named |= {code: name for code in (ref, credit, region) if code in wanted}
    return named


# -- what stands in public ---------------------------------------------------------------------------------------------
def notices(*which: Any) -> Select[Notice, Round, ProgramVersion]:
    return (
        select(Notice, Round, ProgramVersion)
        .join(Round, Round.id == Notice.round_id)
        .join(ProgramVersion, ProgramVersion.id == Notice.version_id)
        .where(*which)
        .order_by(Notice.visible_from.desc(), Notice.id.desc())
    )


def public_now(session: Session, now: datetime, since: date, most: int = 50) -> list[tuple[Notice, Round]]:
    """Notices for everybody that may still run; `since` lies before any day to which the calendar could push an end."""
    rows = session.execute(
        select(Notice, Round)
        .join(Round, Round.id == Notice.round_id)
        .join(Program, Program.id == Notice.program_id)
        .where(
            Notice.audience == "public",
            Notice.taken_down_at.is_(None),
            Notice.visible_from <= now,
            Notice.last_day >= since,
        )
        .order_by(Notice.last_day, Notice.id)
        .limit(most)
    )
    return [(notice, round_) for notice, round_ in rows]


def lines_of(session: Session, notice_id: int) -> list[tuple[NoticeLine, str | None]]:
    """Every line with the line path of the organization behind it."""
    rows = session.execute(
        select(NoticeLine, Organization.path)
        .outerjoin(Organization, Organization.id == NoticeLine.organization_id)
        .where(NoticeLine.notice_id == notice_id)
        .order_by(NoticeLine.no)
    )
    return [(line, path) for line, path in rows]


def counts_of(session: Session, notice_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
    """notice -> state of a line -> how many."""
    rows = session.execute(
        select(NoticeLine.notice_id, NoticeLine.state, func.count())
        .where(NoticeLine.notice_id.in_(sorted(notice_ids)))
        .group_by(NoticeLine.notice_id, NoticeLine.state)
    )
    found: dict[int, dict[str, int]] = {}
    for notice, state, count in rows:
        found.setdefault(notice, {})[state] = count
    return found


# -- whose days are over -----------------------------------------------------------------------------------------------
def over(session: Session, today: date, most: int, notice_id: int | None = None) -> list[str]:
    """The items of standing lines whose last day is past and to which nothing is objected."""
    frozen = exists(
        select(ObjectionRow.id).where(
            ObjectionRow.application_id == NoticeLine.application_id, ObjectionRow.state.in_(("open", "partly"))
        )
    )
    wanted = (
        select(WorkItem.ref)
        .join(
            NoticeLine,
            (NoticeLine.application_id == WorkItem.application_id) & (NoticeLine.item_no == WorkItem.no),
        )
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(
            WorkItem.state == literal_state("open"),
            _STANDING,
            Notice.last_day < today,
            ApplicationRow.status == "open",
            not_(frozen),
        )
        .order_by(Notice.last_day, WorkItem.id)
        .limit(most)
    )
    if notice_id is not None:
        wanted = wanted.where(Notice.id == notice_id)
    return list(session.scalars(wanted))


# -- objections --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Objected:
    row: ObjectionRow
    notice: Notice
    line: NoticeLine
    round_name: str
    ref: str  # of the case
    number: str | None
    entered_by: str | None


def objections(session: Session, scope: Scope, *which: Any, most: int = 200) -> list[Objected]:
    """Of the cases that the Scope sees; which of them are the reader's to settle, policy says."""
    rows = session.execute(
        select(ObjectionRow, Notice, NoticeLine, Round.name, ApplicationRow.ref, ApplicationRow.number, Account.name)
        .join(Notice, Notice.id == ObjectionRow.notice_id)
        .join(NoticeLine, (NoticeLine.notice_id == Notice.id) & (NoticeLine.no == ObjectionRow.line_no))
        .join(Round, Round.id == Notice.round_id)
        .join(ApplicationRow, ApplicationRow.id == ObjectionRow.application_id)
        .outerjoin(Account, Account.id == ObjectionRow.entered_by)
        .where(visible(scope), *which)
        .order_by(ObjectionRow.at.desc(), ObjectionRow.id.desc())
        .limit(most)
    )
    return [Objected(*row) for row in rows]


def objections_counted(session: Session, notice_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """notice -> (how many, how many of them open)."""
    is_open = ObjectionRow.state.in_(("open", "partly"))
    rows = session.execute(
        select(ObjectionRow.notice_id, func.count(), func.count().filter(is_open))
        .where(ObjectionRow.notice_id.in_(sorted(notice_ids)))
        .group_by(ObjectionRow.notice_id)
    )
    return {notice: (count, still) for notice, count, still in rows}


def open_on(session: Session, notice_id: int) -> frozenset[int]:
    """Numbers of the lines to which something is objected and not settled."""
    rows = session.scalars(
        select(ObjectionRow.line_no).where(
            ObjectionRow.notice_id == notice_id, ObjectionRow.state.in_(("open", "partly"))
        )
    )
    return frozenset(rows)


def recent_from(session: Session, address_digest: str, since: datetime) -> int:
    counted = select(func.count(literal(1))).where(
        ObjectionRow.address_digest == address_digest, ObjectionRow.at > since
    )
    return session.scalar(counted) or 0
