"""Which version the running cases of a program are decided under. A version made of an older one and of some changes of
a newer one is counted with the newer one, apart."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.applications import ApplicationRow
from models.base import reading
from models.programs import COMPOSED, Program, ProgramVersion
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import RUNNING, UNSUBMITTED, Status
from workflow.domain.errors import NotAllowed, NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.program.schema import Label
from workflow.domain.words import Words
from workflow.services.rulebooks import definition_of

ALIVE = tuple(status.value for status in (*RUNNING, *UNSUBMITTED, Status.RECOGNIZED))
"""The cases that a new version may concern: whatever runs, is being written, or has been recognized."""
PAGE = 50


@dataclass(frozen=True)
class Pinned:
    """`part`: those of them under which only some changes of this version stand."""

    number: int
    cases: int
    part: int


@dataclass(frozen=True)
class Line:
    number: str | None
    round: str
    channel: Label | str
    stage: Label | str
    version: int
    is_part: bool


@dataclass(frozen=True)
class Listed:
    """One page of the cases of a program; of one version where it was asked for. No names."""

    ref: str
    name: str
    versions: tuple[Pinned, ...]
    version: int | None
    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


_Towards = aliased(ProgramVersion)
_NUMBER = func.coalesce(_Towards.number, ProgramVersion.number)


def _running(wanted: Any) -> Any:
    return (
        wanted.select_from(ApplicationRow)
        .join(Program, Program.id == ApplicationRow.program_id)
        .join(ProgramVersion, ProgramVersion.id == ApplicationRow.version_id)
        .outerjoin(_Towards, _Towards.id == ProgramVersion.towards_id)
        .where(ApplicationRow.status.in_(ALIVE))
    )


def of_programs(actor: Actor) -> Mapping[str, tuple[Pinned, ...]]:
    """Program -> its versions with running cases, the newest first."""
    _may(actor)
    with reading() as session:
        return counted(session)


def _may(actor: Actor) -> None:
    if not can(actor, Permission.PROGRAM_PUBLISH):
        raise NotAllowed(Words("只有方案管理员可以编辑方案"))


def counted(session: Session, ref: str | None = None) -> dict[str, tuple[Pinned, ...]]:
    is_part = (ProgramVersion.number >= COMPOSED).label("part")
    wanted = _running(select(Program.ref, _NUMBER.label("number"), is_part, func.count().label("cases")))
    if ref is not None:
        wanted = wanted.where(Program.ref == ref)
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for program, number, part, cases in session.execute(wanted.group_by(Program.ref, _NUMBER, is_part)):
        counts = found[program][number]
        counts[0] += cases
        counts[1] += cases if part else 0
    return {
        program: tuple(Pinned(number, *counts) for number, counts in sorted(versions.items(), reverse=True))
        for program, versions in found.items()
    }


def listed(ref: str, actor: Actor, *, version: int | None = None, page: int = 1) -> Listed:
    _may(actor)
    with reading() as session:
        program = session.scalars(select(Program).where(Program.ref == ref)).first()
        if program is None:
            raise NotFound
        versions = counted(session, ref).get(ref, ())
        total = sum(each.cases for each in versions if version in (None, each.number))
        wanted = (
            _running(select(ApplicationRow, ProgramVersion, Round.name, _NUMBER))
            .join(Round, Round.id == ApplicationRow.round_id)
            .where(Program.ref == ref)
        )
        if version is not None:
            wanted = wanted.where(version == _NUMBER)
        page = max(1, min(page, -(-total // PAGE)))
        rows = session.execute(wanted.order_by(ApplicationRow.id).limit(PAGE).offset((page - 1) * PAGE)).all()
        lines = tuple(_line(*row) for row in rows)
    return Listed(ref, program.name, versions, version, lines, total, page)


def _line(row: ApplicationRow, version: ProgramVersion, round_: str, number: int) -> Line:
    definition = definition_of(version)
    stage = definition.stages[row.stage_key].name if row.stage_key in definition.stages else ""
    channel = definition.channels[row.channel].name if row.channel in definition.channels else row.channel
    return Line(row.number, round_, channel, stage, number, version.number >= COMPOSED)
