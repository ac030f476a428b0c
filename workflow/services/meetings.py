"""Meetings of a round: where one can be called, which there are, calling one."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.meetings import Meeting, MeetingSeat, MeetingState
from models.organizations import Organization
from models.programs import ProgramVersion
from models.queries import meetings as queries
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.policy import MeetingSubject, Permission, RoundSubject, can, is_of
from workflow.domain.program.schema import Definition, Label, VoteStage
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.rulebooks import definition_of

CALLED_ALREADY = Words("这一步已经有一次没有定稿的会，请先办完或取消它")


@dataclass(frozen=True)
class Hall:
    """Where a meeting can be called: a vote stage of one round, and one organization where its office is found so."""

    round_ref: str
    round_name: str
    program: Label
    stage: str
    stage_name: Label
    organization_ref: str | None = None
    organization: str | None = None


@dataclass(frozen=True)
class MeetingLine:
    ref: str
    name: str
    round_name: str
    stage_name: Label
    held_at: datetime
    place: str
    state: str


@dataclass(frozen=True)
class Opened:
    """A meeting on the table, with the rules it goes by."""

    row: Meeting
    round: Round
    definition: Definition
    stage: VoteStage
    organization: Organization | None


# -- who keeps it ------------------------------------------------------------------------------------------------------
def open_meeting(session: Session, actor: Actor, ref: str, *, lock: bool = False, runs: bool = False) -> Opened:
    """For whoever keeps it, and with `runs` for whoever runs its round; for everybody else it is not there."""
    opened = on_the_table(session, ref, lock=lock)
    if not keeps(actor, opened.round, opened.stage, opened.organization) and not (runs and runs_round(actor, opened)):
        raise NotFound
    return opened


def runs_round(actor: Actor, opened: Opened) -> bool:
    round_ = opened.round
    return can(actor, Permission.ROUND_RUN, RoundSubject(round_.program_id, round_.id, opened.definition.run_by))


def on_the_table(session: Session, ref: str, *, lock: bool = False) -> Opened:
    """A meeting with its rules; whether somebody may know of it is asked by the caller."""
    row = queries.by_ref(session, ref, lock=lock)
    if row is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, row.version_id))
    stage = definition.stages[row.stage_key]
    organization = session.get(Organization, row.organization_id) if row.organization_id is not None else None
    if not isinstance(stage, VoteStage):
        raise NotFound
    return Opened(row, session.get_one(Round, row.round_id), definition, stage, organization)


def keeps(actor: Actor, round_: Round, stage: VoteStage, organization: Organization | None) -> bool:
    path = organization.path if organization is not None else None
    return can(actor, Permission.MEETING_KEEP, MeetingSubject(round_.program_id, round_.id, stage.secretary, path))


# -- where and which ---------------------------------------------------------------------------------------------------
def halls(actor: Actor) -> list[Hall]:
    """Every place where this actor may call a meeting now."""
    with reading() as session:
        return [
            Hall(
                round_.ref,
                round_.name,
                definition.program.name,
                stage.key,
                stage.name,
                organization.ref if organization is not None else None,
                organization.name if organization is not None else None,
            )
            for round_, definition, stage, organization in _kept(session, actor)
            if not _is_called(session, identity_of(round_.id, stage.key, organization))
        ]


def listed(actor: Actor) -> list[MeetingLine]:
    """The meetings this actor keeps, the newest first."""
    with reading() as session:
        kept = {
            (round_.id, stage.key, organization.id if organization is not None else None): (round_, stage)
            for round_, _, stage, organization in _kept(session, actor)
        }
        rows = queries.of_rounds(session, {place[0] for place in kept})
        found = [(row, kept.get((row.round_id, row.stage_key, row.organization_id))) for row in rows]
        return [
            MeetingLine(row.ref, row.name, at[0].name, at[1].name, row.held_at, row.place, row.state)
            for row, at in found
            if at is not None
        ]


def _kept(session: Session, actor: Actor) -> Iterator[tuple[Round, Definition, VoteStage, Organization | None]]:
    programs = {holding.program_id for holding in actor.holdings}
    wanted = select(Round).where(Round.state != "planned").order_by(Round.id.desc())
    if None not in programs:
        wanted = wanted.where(Round.program_id.in_(programs))
    for round_ in session.scalars(wanted):
        definition = definition_of(session.get_one(ProgramVersion, round_.version_id))
        for stage in definition.stages.values():
            if isinstance(stage, VoteStage):
                for organization in _organizations(session, actor, definition, stage):
                    if keeps(actor, round_, stage, organization) and _concerns(session, round_, stage, organization):
                        yield round_, definition, stage, organization


def _organizations(
    session: Session, actor: Actor, definition: Definition, stage: VoteStage
) -> Sequence[Organization | None]:
    """None where the office is bound to the round; else the organizations through which it is held."""
    if not is_of(definition, stage.secretary):
        return [None]
    held = {holding.organization_id for holding in actor.holdings if holding.organization_id is not None}
    return session.scalars(select(Organization).where(Organization.id.in_(held)).order_by(Organization.id)).all()


def _concerns(session: Session, round_: Round, stage: VoteStage, organization: Organization | None) -> bool:
    """An office found through organizations keeps a meeting where a case has led to its own: not through any other."""
    if organization is None:
        return True
    led = (
        WorkItem.round_id == round_.id,
        WorkItem.stage_key == stage.key,
        WorkItem.role_key == stage.secretary,
        WorkItem.organization_id.in_(select(Organization.id).where(Organization.path.startswith(organization.path))),
    )
    return session.scalar(select(WorkItem.id).where(*led).limit(1)) is not None


def identity_of(round_id: int, stage: str, organization: Organization | None) -> str:
    return f"{round_id}:{stage}:{organization.id if organization is not None else ''}"


def _is_called(session: Session, identity: str) -> bool:
    found = select(Meeting.id).where(Meeting.identity == identity, Meeting.state == MeetingState.CALLED.value)
    return session.scalar(found) is not None


# -- call one ----------------------------------------------------------------------------------------------------------
def call(
    actor: Actor,
    now: datetime,
    round_ref: str,
    stage_key: str,
    name: str,
    held_at: datetime,
    place: str = "",
    organization_ref: str | None = None,
) -> str:
    """Call a meeting with everybody who holds a member's role now. Its reference."""
    with writing() as session:
        round_, definition, stage, organization = _hall(session, actor, round_ref, stage_key, organization_ref)
        if not name.strip():
            raise InvalidInput([Reason(Words("请写会议名称"), "name")])
        members = queries.members(session, stage.by, round_, _paths(definition, stage, organization), now)
        if not members:
            words = Words("这一批还没有人任“%(role)s”，请主办先指定", role=definition.roles[stage.by[0]].name)
            raise NotReady([Reason(words)])
        row = Meeting(
            ref=secrets.token_urlsafe(12),
            identity=identity_of(round_.id, stage.key, organization),
            program_id=round_.program_id,
            round_id=round_.id,
            version_id=round_.version_id,
            stage_key=stage.key,
            organization_id=organization.id if organization is not None else None,
            name=name.strip(),
            held_at=held_at,
            place=place.strip(),
            called_by=actor.account_id or 0,
            called_at=now,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            raise NotReady([Reason(CALLED_ALREADY)]) from None
        for number, (account, _) in enumerate(members, start=1):
            session.add(MeetingSeat(meeting_id=row.id, account_id=account, no=number))
        session.flush()
        body = {
            "round": round_.id,
            "stage": stage.key,
            "organization": row.organization_id,
            "members": [account for account, _ in members],
            "held_at": held_at.isoformat(),
        }
        evidence.tell(session, StreamKind.MEETING, row.id, "meeting_called", actor, now, body=body)
        return row.ref


def _hall(
    session: Session, actor: Actor, round_ref: str, stage_key: str, organization_ref: str | None
) -> tuple[Round, Definition, VoteStage, Organization | None]:
    round_ = session.scalars(select(Round).where(Round.ref == round_ref)).first()
    if round_ is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, round_.version_id))
    stage = definition.stages.get(stage_key)
    organization = (
        session.scalars(select(Organization).where(Organization.ref == organization_ref)).first()
        if organization_ref
        else None
    )
    if not isinstance(stage, VoteStage) or is_of(definition, stage.secretary) != (organization is not None):
        raise NotFound
    if not keeps(actor, round_, stage, organization) or not _concerns(session, round_, stage, organization):
        raise NotFound
    return round_, definition, stage, organization


def _paths(definition: Definition, stage: VoteStage, organization: Organization | None) -> list[str] | None:
    """Where members of an `of:` role are bound: at the organization or above it."""
    if organization is None or not any(is_of(definition, role) for role in stage.by):
        return None
    parts = organization.path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def of_case(actor: Actor, application_ref: str) -> tuple[bool, str | None]:
    """Whether this actor keeps meetings where the case stands, and the one that is called there now."""
    with reading() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == application_ref)).first()
        if row is None or row.stage_key is None:
            return False, None
        for round_, _, stage, organization in _kept(session, actor):
            if (round_.id, stage.key) == (row.round_id, row.stage_key):
                identity = identity_of(round_.id, stage.key, organization)
                called = select(Meeting.ref).where(
                    Meeting.identity == identity, Meeting.state == MeetingState.CALLED.value
                )
                return True, session.scalar(called)
    return False, None
