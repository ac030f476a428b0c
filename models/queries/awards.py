"""Lists of those to be issued and of those recognized; each reads what the Scope lets its reader see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, extract, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.applications import ApplicationRow, StageEntry
from models.awards import CertificateRow, Entitlement, RecognitionRow
from models.base import literal_state
from models.notices import NoticeLine
from models.people import Person
from models.queries.scoping import visible
from models.queries.subjects import about
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.scope import Scope


@dataclass(frozen=True)
class Candidate:
    """One who was shown to the public, or stands before the award."""

    id: int
    ref: str
    number: str
    name: str
    track: str
    version_id: int
    status: str
    stage: str | None
    shown: bool
    closed: bool
    certificate: str | None  # its number, once issued
    standing: str | None


def _shown() -> ColumnElement[bool]:
    """To the end of its days, or still standing: a line of a notice, or a notice that it has left behind."""
    line = exists(
        select(NoticeLine.application_id).where(
            NoticeLine.application_id == ApplicationRow.id, NoticeLine.state != "taken_down"
        )
    )
    behind = exists(
        select(StageEntry.application_id).where(
            StageEntry.application_id == ApplicationRow.id,
            StageEntry.kind == "notice",
            StageEntry.effect.in_(("ended", "pass")),
        )
    )
    return or_(line, behind)


def candidates(session: Session, scope: Scope, round_id: int, stages: Sequence[str]) -> list[Candidate]:
    shown = _shown()
    rows = session.execute(
        select(
            ApplicationRow.id,
            ApplicationRow.ref,
            ApplicationRow.number,
            about().label("name"),
            ApplicationRow.track,
            ApplicationRow.version_id,
            ApplicationRow.status,
            ApplicationRow.stage_key,
            shown.label("shown"),
            ApplicationRow.closed_at,
            RecognitionRow.number.label("certificate"),
            RecognitionRow.standing,
        )
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(
            ApplicationRow.round_id == round_id,
            visible(scope),
            or_(shown, ApplicationRow.stage_key.in_(stages), RecognitionRow.id.is_not(None)),
        )
        .order_by(ApplicationRow.track, ApplicationRow.number, ApplicationRow.id)
    )
    return [
        Candidate(
            row.id, row.ref, row.number or "", row.name or "", row.track or "", row.version_id, row.status,
            row.stage_key, bool(row.shown), row.closed_at is not None, row.certificate, row.standing,
        )
        for row in rows
    ]  # fmt: skip


# -- recognized --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Recognized:
    ref: str  # of the recognition
    application: str
    name: str
    number: str
    track: str
    round_name: str
    version_id: int
    recognized_on: date
    valid_until: date | None
    standing: str
    ended_on: date | None
    ban_until: date | None
    exit_key: str | None


STATES = ("valid", "soon", "expired", "revoked", "superseded")
_SOON = timedelta(days=90)


def _state(name: str, today: date) -> ColumnElement[bool]:
    """By the dates as they are today, whatever the clock has recorded."""
    standing, until = RecognitionRow.standing, RecognitionRow.valid_until
    alive = and_(standing == "valid", or_(until.is_(None), until >= today))
    return {
        "valid": alive,
        "soon": and_(standing == "valid", until >= today, until <= today + _SOON),
        "expired": or_(standing == "expired", and_(standing == "valid", until < today)),
        "revoked": standing == "revoked",
        "superseded": standing == "superseded",
    }[name]


def recognized(
    session: Session, scope: Scope, today: date, *, state: str, round_ref: str, typed: str, limit: int, offset: int
) -> tuple[list[Recognized], int]:
    """Newest first, and how many there are in all."""
    wanted = [visible(scope)]
    if state in STATES:
        wanted.append(_state(state, today))
    if round_ref:
        wanted.append(Round.ref == round_ref)
    if typed:
        wanted.append(or_(about().startswith(typed, autoescape=True), RecognitionRow.number == typed.upper()))
    base = (
        select(RecognitionRow)
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .join(Round, Round.id == RecognitionRow.round_id)
        .outerjoin(Person, Person.id == RecognitionRow.person_id)
        .where(*wanted)
    )
    total = session.scalar(base.with_only_columns(func.count(RecognitionRow.id))) or 0
    rows = session.execute(
        base.with_only_columns(
            RecognitionRow.ref,
            ApplicationRow.ref.label("application"),
            about().label("name"),
            RecognitionRow.number,
            RecognitionRow.track,
            Round.name.label("round_name"),
            ApplicationRow.version_id,
            RecognitionRow.recognized_on,
            RecognitionRow.valid_until,
            RecognitionRow.standing,
            RecognitionRow.ended_on,
            RecognitionRow.ban_until,
            RecognitionRow.exit_key,
        )
        .order_by(RecognitionRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Recognized(
            row.ref, row.application, row.name or "", row.number, row.track, row.round_name, row.version_id,
            row.recognized_on, row.valid_until, row.standing, row.ended_on, row.ban_until, row.exit_key,
        )
        for row in rows
    ], total  # fmt: skip


def counts(session: Session, scope: Scope, today: date, round_ref: str) -> dict[str, int]:
    base = (
        select(func.count(RecognitionRow.id))
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .join(Round, Round.id == RecognitionRow.round_id)
        .where(visible(scope), *([Round.ref == round_ref] if round_ref else []))
    )
    return {name: session.scalar(base.where(_state(name, today))) or 0 for name in STATES}


# -- one ---------------------------------------------------------------------------------------------------------------
def of_application(session: Session, application_id: int) -> RecognitionRow | None:
    return session.scalars(select(RecognitionRow).where(RecognitionRow.application_id == application_id)).first()


def by_token(session: Session, token: str) -> tuple[CertificateRow, RecognitionRow] | None:
    """Public: whoever has scanned the code holds the token."""
    row = session.execute(
        select(CertificateRow, RecognitionRow)
        .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
        .where(CertificateRow.token == token)
    ).first()
    return (row[0], row[1]) if row is not None else None


def by_number(session: Session, number: str) -> list[tuple[CertificateRow, RecognitionRow]]:
    """Every certificate ever printed under the number; the caller compares the code."""
    rows = session.execute(
        select(CertificateRow, RecognitionRow)
        .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
        .where(RecognitionRow.number == number)
        .order_by(CertificateRow.id)
        .limit(50)
    )
    return [(certificate, recognition) for certificate, recognition in rows]


def certificate_no(session: Session, recognition_id: int, no: int) -> CertificateRow | None:
    return session.scalars(
        select(CertificateRow).where(CertificateRow.recognition_id == recognition_id, CertificateRow.no == no)
    ).first()


def held_elsewhere(
    session: Session, person_ids: Sequence[int], benefits: Sequence[str]
) -> list[tuple[int, int, str, str | None]]:
    """(person, application, benefit, amount) of valid recognitions."""
    if not person_ids or not benefits:
        return []
    rows = session.execute(
        select(RecognitionRow.person_id, RecognitionRow.application_id, Entitlement.benefit, Entitlement.amount)
        .join(Entitlement, Entitlement.recognition_id == RecognitionRow.id)
        .where(
            RecognitionRow.person_id.in_(person_ids),
            RecognitionRow.standing == "valid",
            Entitlement.benefit.in_(benefits),
        )
    )
    return [(row.person_id, row.application_id, row.benefit, row.amount) for row in rows if row.person_id is not None]


def standing(session: Session, program_id: int, round_id: int | None, on: date, per: str) -> list[tuple[str, str, int]]:
    """(track, channel, how many) that stand recognized: in one round, or in the year or month of a day."""
    period: list[ColumnElement[bool]]
    if round_id is not None:
        period = [RecognitionRow.round_id == round_id]
    else:
        period = [extract("year", RecognitionRow.recognized_on) == on.year]
        period += [extract("month", RecognitionRow.recognized_on) == on.month] if per == "month" else []
    rows = session.execute(
        select(RecognitionRow.track, ApplicationRow.channel, func.count(RecognitionRow.id))
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .where(
            RecognitionRow.program_id == program_id,
            RecognitionRow.standing != "revoked",
            *period,
        )
        .group_by(RecognitionRow.track, ApplicationRow.channel)
    )
    return [(track, channel, count) for track, channel, count in rows]


def bans(
    session: Session, program_id: int, person_id: int | None, organization_id: int | None, today: date
) -> date | None:
    """Until when nothing more is taken from this person or organization in this program."""
    whose = (
        RecognitionRow.person_id == person_id
        if person_id is not None
        else RecognitionRow.subject_organization_id == organization_id
    )
    if person_id is None and organization_id is None:
        return None
    wanted = select(func.max(RecognitionRow.ban_until)).where(
        RecognitionRow.program_id == program_id, whose, RecognitionRow.ban_until >= today
    )
    return session.scalar(wanted)


def fallen_due(session: Session, today: date, limit: int) -> list[str]:
    """Applications whose recognition has run out."""
    rows = session.scalars(
        select(ApplicationRow.ref)
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(RecognitionRow.standing == "valid", RecognitionRow.valid_until < today)
        .order_by(RecognitionRow.valid_until, RecognitionRow.id)
        .limit(limit)
    )
    return list(rows)


def ending_within(session: Session, today: date, last: date) -> list[tuple[str, int, date]]:
    """(application, version, last day) of valid recognitions that end soon, where nobody is asked to renew it and no
    new case is on its way."""
    asked = exists().where(
        WorkItem.application_id == ApplicationRow.id,
        WorkItem.about == "renewal",
        WorkItem.state == literal_state("open"),
    )
    new = aliased(ApplicationRow)
    undecided = or_(new.closed_at.is_(None), new.withheld_stage.is_not(None))
    on_its_way = exists().where(new.renews_id == ApplicationRow.id, new.submitted_at.is_not(None), undecided)
    rows = session.execute(
        select(ApplicationRow.ref, ApplicationRow.version_id, RecognitionRow.valid_until)
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .where(
            RecognitionRow.standing == "valid",
            RecognitionRow.valid_until >= today,
            RecognitionRow.valid_until <= last,
            ~asked,
            ~on_its_way,
        )
        .order_by(RecognitionRow.valid_until, RecognitionRow.id)
    )
    return [(row.ref, row.version_id, row.valid_until) for row in rows if row.valid_until is not None]


def renewing(session: Session, renewed_id: int) -> Sequence[ApplicationRow]:
    """The cases that were begun to renew one, the newest first."""
    wanted = select(ApplicationRow).where(ApplicationRow.renews_id == renewed_id)
    return session.scalars(wanted.order_by(ApplicationRow.id.desc())).all()
