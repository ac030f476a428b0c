"""Publishing: a file becomes an immutable version, or is told everything that is wrong with it."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import COMPOSED, Program, ProgramVersion
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidProgram, NotAllowed, NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.program.load import Loaded, load, neighbors
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.rulebooks import definition_of


@dataclass(frozen=True)
class Published:
    """`is_new` is False when the newest version already says exactly this."""

    program_ref: str
    key: str
    version_id: int
    number: int
    is_new: bool


@dataclass(frozen=True)
class VersionLine:
    id: int
    number: int
    published_at: datetime


@dataclass(frozen=True)
class ProgramLine:
    id: int
    ref: str
    key: str
    name: str
    visibility: str
    versions: tuple[VersionLine, ...]  # newest first


def publish(text: str, actor: Actor, now: datetime) -> Published:
    """By whoever publishes programs, or by a command on the machine itself."""
    if actor.kind != "system" and not can(actor, Permission.PROGRAM_PUBLISH):
        raise NotAllowed(Words("只有方案管理员可以发布方案"))
    with reading() as session:
        published = published_tracks(session)
    loaded = load(text, published | neighbors([text]))
    if loaded.definition is None or not loaded.ok:
        raise InvalidProgram(loaded.errors)
    with writing() as session:
        return _publish(session, text, loaded.definition, loaded.digest, actor, now)


def publish_within(session: Session, text: str, loaded: Loaded, actor: Actor, now: datetime) -> Published:
    """The same in the transaction of a draft that ends with it; `loaded` is the text, read before."""
    if loaded.definition is None or not loaded.ok:
        raise InvalidProgram(loaded.errors)
    return _publish(session, text, loaded.definition, loaded.digest, actor, now)


def _publish(
    session: Session, text: str, definition: Definition, digest: str, actor: Actor, now: datetime
) -> Published:
    program = _program(session, definition, now)
    newest = newest_version(session, program.id)
    if newest is not None and newest.digest == digest:
        return Published(program.ref, program.key, newest.id, newest.number, False)
    version = ProgramVersion(
        program_id=program.id,
        number=newest.number + 1 if newest else 1,
        source=text,
        digest=digest,
        published_at=now,
        published_by=actor.account_id,
    )
    session.add(version)
    session.flush()
    body = {"version": version.id, "number": version.number, "digest": version.digest}
    evidence.tell(session, StreamKind.PROGRAM, program.id, "program_published", actor, now, body=body)
    return Published(program.ref, program.key, version.id, version.number, True)


def published_tracks(session: Session) -> dict[str, frozenset[str]]:
    """The programs one may ask people to hold a recognition of, with their tracks."""
    newest = (newest_version(session, program) for program in session.scalars(select(Program.id)))
    return neighbors(version.source for version in newest if version is not None)


def _program(session: Session, definition: Definition, now: datetime) -> Program:
    """The program of this key, locked; made at its first publishing."""
    told = definition.program
    program = session.scalars(select(Program).where(Program.key == told.key).with_for_update()).first()
    if program is None:
        program = Program(ref=random.token_urlsafe(12), key=told.key, created_at=now)
        session.add(program)
    program.name, program.visibility = told.name.zh, told.visibility
    session.flush()
    return program


def newest_version(session: Session, program_id: int) -> ProgramVersion | None:
    return session.scalars(
        select(ProgramVersion)
        .where(ProgramVersion.program_id == program_id, ProgramVersion.number < COMPOSED)
        .order_by(ProgramVersion.number.desc())
        .limit(1)
    ).first()


def by_ref(session: Session, ref: str) -> Program:
    program = session.scalars(select(Program).where(Program.ref == ref)).first()
    if program is None:
        raise NotFound
    return program


def listed() -> Sequence[ProgramLine]:
    """Every program with its versions, for whoever opens rounds."""
    with reading() as session:
        programs = session.scalars(select(Program).order_by(Program.id)).all()
        versions = session.execute(
            select(ProgramVersion.program_id, ProgramVersion.id, ProgramVersion.number, ProgramVersion.published_at)
            .where(ProgramVersion.number < COMPOSED)
            .order_by(ProgramVersion.number.desc())
        ).all()
    return [
        ProgramLine(
            program.id,
            program.ref,
            program.key,
            program.name,
            program.visibility,
            tuple(VersionLine(*row[1:]) for row in versions if row[0] == program.id),
        )
        for program in programs
    ]


def definition(version_id: int) -> Definition:
    with reading() as session:
        version = session.get(ProgramVersion, version_id)
        if version is None:
            raise NotFound
        return definition_of(version)
