"""Rounds: planned from a published version, staffed, opened, extended, closed. What differs per round is data here."""

import re
import secrets as random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import Program, ProgramVersion
from models.queries import bindings, organizations
from models.rounds import Round, RoundNominator, RoundState
from workflow.domain import answers, months
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.check import Opening
from workflow.domain.program.check import opening_problems as find_problems
from workflow.domain.program.problems import Problem
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import evidence, nominators
from workflow.services.nominators import NominatorLine
from workflow.services.own_rounds import locked, mine
from workflow.services.programs import by_ref, newest_version
from workflow.services.rulebooks import calendar_of, definition_of

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


@dataclass(frozen=True)
class Plan:
    """What is said of a round before it opens. `numbers` are the typed answers to the program's `round:` fields."""

    key: str
    name: str
    opens_at: datetime
    closes_at: datetime | None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None  # the newest unless said


@dataclass(frozen=True)
class RoundLine:
    id: int
    ref: str
    key: str
    name: str
    program_ref: str
    program: str
    version: int
    state: str
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True)
class RoundSheet:
    """One round as its own page shows it."""

    line: RoundLine
    definition: Definition
    numbers: Mapping[str, Any]
    headings: Mapping[str, str]
    nominators: tuple[NominatorLine, ...]


# --- planning


def plan(actor: Actor, now: datetime, program_ref: str, wanted: Plan) -> str:
    """A new round, closed to applicants until it is opened. Its ref."""
    with writing() as session:
        program = by_ref(session, program_ref)
        version = _version(session, program, wanted.version)
        definition = definition_of(version)
        if not can(actor, Permission.ROUND_OPEN, RoundSubject(program.id, None, definition.run_by)):
            raise NotFound
        settings = _checked(session, program.id, None, definition, wanted, now)
        row = Round(
            ref=random.token_urlsafe(12),
            program_id=program.id,
            key=wanted.key.strip().lower(),
            name=wanted.name.strip(),
            version_id=version.id,
            state=RoundState.PLANNED,
            opens_at=wanted.opens_at,
            closes_at=wanted.closes_at,
            settings=settings,
            headings=_headings(wanted),
            next_number=1,
            created_at=now,
        )
        session.add(row)
        session.flush()
        body = {"version": version.id, "key": row.key, **dates_of(row)}
        evidence.tell(session, StreamKind.ROUND, row.id, "round_planned", actor, now, body=body)
        return row.ref


def _version(session: Session, program: Program, number: int | None) -> ProgramVersion:
    if number is None:
        found = newest_version(session, program.id)
    else:
        wanted = (ProgramVersion.program_id == program.id, ProgramVersion.number == number)
        found = session.scalars(select(ProgramVersion).where(*wanted)).first()
    if found is None:
        raise InvalidInput([Reason(Words("这个项目还没有发布过这个版本"), "version")])
    return found


def faults(
    actor: Actor, now: datetime, wanted: Plan, *, program_ref: str | None = None, ref: str | None = None
) -> tuple[Reason, ...]:
    """What planning or revising would refuse, without doing it: a form says it beside what it finds itself."""
    with reading() as session:
        if ref is not None:
            row, _ = mine(session, actor, session.scalars(select(Round).where(Round.ref == ref)).first())
            program, round_id = session.get_one(Program, row.program_id), row.id
        else:
            program, round_id = by_ref(session, program_ref or ""), None
        definition = definition_of(_version(session, program, wanted.version))
        if round_id is None and not can(
            actor, Permission.ROUND_OPEN, RoundSubject(program.id, None, definition.run_by)
        ):
            raise NotFound
        try:
            _checked(session, program.id, round_id, definition, wanted, now)
        except InvalidInput as refused:
            return refused.reasons
    return ()


def _checked(
    session: Session, program_id: int, round_id: int | None, definition: Definition, wanted: Plan, now: datetime
) -> dict[str, Any]:
    """The settings as they are stored, or every reason why not. An empty number may wait until the opening."""
    reasons = [*_wrong_frame(session, program_id, round_id, definition, wanted)]
    values, faults = answers.parse_fields(definition.round, wanted.numbers)
    reasons += [Reason(words, path) for path, words in faults.items()]
    questions = answers.field_questions(definition, definition.round)
    flaws = questions.flaws(values, {}, local_day(now))
    reasons += [flaw.reason for flaw in flaws if not flaw.missing and flaw.where not in faults]
    if reasons:
        raise InvalidInput(reasons)
    return answers.encode(definition.round, values)


def _wrong_frame(
    session: Session, program_id: int, round_id: int | None, definition: Definition, wanted: Plan
) -> Iterable[Reason]:
    key = wanted.key.strip().lower()
    if not _KEY.fullmatch(key):
        yield Reason(Words("批次代号用小写字母、数字和 -，最长 20 位，例如 2026-1；它会出现在申报编号里"), "key")
    taken = session.scalar(select(Round.id).where(Round.program_id == program_id, Round.key == key))
    if taken is not None and taken != round_id:
        yield Reason(Words("这个项目已有代号“%(key)s”的批次", key=key), "key")
    if not wanted.name.strip():
        yield Reason(Words("请写批次的名称"), "name")
    if wanted.closes_at is None and not may_stay_open(definition):
        monthly = months.monthly(definition) is not None
        words = Words("每月一批的渠道都有截止日，请写截止时间") if monthly else Words("有成批受理的渠道，请写截止时间")
        yield Reason(words, "closes_at")
    if wanted.closes_at is not None and wanted.closes_at <= wanted.opens_at:
        yield Reason(Words("截止时间要在开始时间之后"), "closes_at")


def may_stay_open(definition: Definition) -> bool:
    """Whether everything is open all the year that a round without a last day would take."""
    return all(definition.channels[key].intake.mode == "rolling" for key in months.taken(definition, None))


def _headings(wanted: Plan) -> dict[str, str]:
    return {key: text.strip()[:200] for key, text in wanted.headings.items() if text.strip()}


def dates_of(row: Round) -> dict[str, str | None]:
    return {"opens": row.opens_at.isoformat(), "closes": row.closes_at.isoformat() if row.closes_at else None}


def revise(actor: Actor, now: datetime, ref: str, wanted: Plan) -> None:
    """While it is planned everything may still change; afterwards only headings, and the dates by extension."""
    with writing() as session:
        row, _ = locked(session, actor, ref)
        if row.state != RoundState.PLANNED:
            raise NotReady([Reason(Words("批次已经开放，只能延期，不能再改"))])
        version = _version(session, session.get_one(Program, row.program_id), wanted.version)
        row.settings = _checked(session, row.program_id, row.id, definition_of(version), wanted, now)
        row.key, row.name, row.version_id = wanted.key.strip().lower(), wanted.name.strip(), version.id
        row.opens_at, row.closes_at, row.headings = wanted.opens_at, wanted.closes_at, _headings(wanted)
        body = {"version": version.id, "key": row.key, **dates_of(row)}
        evidence.tell(session, StreamKind.ROUND, row.id, "round_revised", actor, now, body=body)


def set_headings(actor: Actor, now: datetime, ref: str, headings: Mapping[str, str]) -> None:
    """Document numbers and notice headings, known only while the round runs."""
    with writing() as session:
        row, _ = locked(session, actor, ref)
        row.headings = {**row.headings, **{key: text.strip()[:200] for key, text in headings.items()}}
        body = {"headings": sorted(headings)}
        evidence.tell(session, StreamKind.ROUND, row.id, "round_revised", actor, now, body=body)


# --- opening, extending, closing


def opening_problems(actor: Actor, now: datetime, ref: str) -> tuple[Problem, ...]:
    """What stands in the way of opening, shown before the button is pressed."""
    with reading() as session:
        row, definition = mine(session, actor, session.scalars(select(Round).where(Round.ref == ref)).first())
        return problems_of(session, row, definition, now)


def problems_of(session: Session, row: Round, definition: Definition, now: datetime) -> tuple[Problem, ...]:
    calendar = calendar_of(session)
    last = local_day(row.closes_at or row.opens_at).year
    admitted = session.scalars(select(RoundNominator).where(RoundNominator.round_id == row.id)).all()
    names = organizations.names(session, {each.organization_id for each in admitted})
    administrators: dict[int, set[int]] = {each: set() for each in names}
    for organization, account in bindings.administrators(session, names, now):
        administrators[organization].add(account)
    found = _found(session, row, definition, administrators, names, now)
    nobody = [each for each in admitted if not _acts(each, definition, administrators, found, names)]
    facts = Opening(
        settings=row.settings,
        pools=_pools(session, row, definition, now),
        found=found,
        without_administrator=tuple(dict.fromkeys(names[each.organization_id] for each in nobody)),
        last_year=last,
        covered_years=frozenset(year for year in range(last - 1, last + 2) if calendar.covers(year)),
    )
    return (*find_problems(months.narrowed(definition, row.closes_at), facts), *_over(row, now))


def _acts(
    admitted: RoundNominator,
    definition: Definition,
    administrators: Mapping[int, set[int]],
    found: Mapping[str, Mapping[str, frozenset[int]]],
    names: Mapping[int, str],
) -> bool:
    """Whether somebody nominates for it: its administrator, or whoever was given the nominating role there."""
    channel = definition.channels.get(admitted.channel)
    role = channel.nominator.role if channel is not None and channel.nominator is not None else ""
    unit = admitted.organization_id
    return bool(administrators[unit] or found.get(role, {}).get(names[unit]))


def _over(row: Round, now: datetime) -> Iterable[Problem]:
    if row.closes_at is not None and row.closes_at <= now:
        yield Problem("O08", ("round", "closes_at"), 0, Words("截止时间已经过去，请先改时间"))


def _pools(session: Session, row: Round, definition: Definition, now: datetime) -> dict[str, frozenset[int]]:
    held = [line for line in bindings.bound(session, row.program_id, row.id, now) if line.can_come_in]
    return {
        role.key: frozenset(line.account_id for line in held if line.role == role.key)
        for role in definition.roles.values()
        if role.of is None
    }


def _found(
    session: Session,
    row: Round,
    definition: Definition,
    administrators: Mapping[int, set[int]],
    names: Mapping[int, str],
    now: datetime,
) -> dict[str, dict[str, frozenset[int]]]:
    """Of each `of:` role: who holds it in which organization, as far as that is known before anybody applies."""
    nominating = {channel.nominator.role for channel in definition.channels.values() if channel.nominator}
    admitted = {names[each]: frozenset(people) for each, people in administrators.items() if people}
    found: dict[str, dict[str, frozenset[int]]] = {}
    for role in definition.roles.values():
        if role.of is not None:
            found[role.key] = dict(admitted) if role.key in nominating else {}
    for line in bindings.bound(session, row.program_id, row.id, now):
        if line.role in found and line.organization and line.can_come_in:
            people = found[line.role].get(line.organization, frozenset())
            found[line.role][line.organization] = people | {line.account_id}
    return found


def open_round(actor: Actor, now: datetime, ref: str) -> None:
    """From now on, or from `opens_at`, people may apply. Refused with every error; warnings do not stop it."""
    with writing() as session:
        row, definition = locked(session, actor, ref)
        if row.state != RoundState.PLANNED:
            raise NotReady([Reason(Words("这个批次已经开放过了"))])
        errors = [each for each in problems_of(session, row, definition, now) if each.severity == "error"]
        if errors:
            raise NotReady([Reason(each.words, each.where) for each in errors])
        row.state = RoundState.OPEN
        evidence.tell(session, StreamKind.ROUND, row.id, "round_opened", actor, now, body=dates_of(row))


def extend(actor: Actor, now: datetime, ref: str, closes_at: datetime, basis: str) -> None:
    """A later closing minute, with the document or decision it rests on."""
    with writing() as session:
        row, _ = locked(session, actor, ref)
        reasons = []
        if row.state != RoundState.OPEN:
            reasons.append(Reason(Words("只有开放着的批次可以延期")))
        if row.closes_at is None:
            reasons.append(Reason(Words("这个批次没有截止时间，不用延期")))
        elif closes_at <= max(row.closes_at, now):
            reasons.append(Reason(Words("新的截止时间要晚于原来的，也要晚于现在"), "closes_at"))
        if not basis.strip():
            reasons.append(Reason(Words("请写延期的依据"), "basis"))
        if reasons:
            raise InvalidInput(reasons)
        row.closes_at, row.remind_at = closes_at, None
        remarks = {"basis": basis.strip()}
        evidence.tell(
            session, StreamKind.ROUND, row.id, "round_extended", actor, now, body=dates_of(row), remarks=remarks
        )


def close(actor: Actor, now: datetime, ref: str, basis: str = "") -> None:
    """No more applications; those that were submitted go on. Before its last minute it needs a reason."""
    with writing() as session:
        row, _ = locked(session, actor, ref)
        if row.state != RoundState.OPEN:
            raise NotReady([Reason(Words("只有开放着的批次可以关闭"))])
        if (row.closes_at is None or now < row.closes_at) and not basis.strip():
            raise InvalidInput([Reason(Words("还没到截止时间，请写提前关闭的依据"), "basis")])
        row.state, row.closed_at = RoundState.CLOSED, now
        remarks = {"basis": basis.strip()} if basis.strip() else {}
        evidence.tell(
            session, StreamKind.ROUND, row.id, "round_closed", actor, now, body=dates_of(row), remarks=remarks
        )


# --- reads for the pages


_TOWARDS = aliased(ProgramVersion)
_LINES = (
    select(Round, Program, func.coalesce(_TOWARDS.number, ProgramVersion.number))
    .join(Program, Program.id == Round.program_id)
    .join(ProgramVersion, ProgramVersion.id == Round.version_id)
    .outerjoin(_TOWARDS, _TOWARDS.id == ProgramVersion.towards_id)
)


def listed(actor: Actor) -> list[RoundLine]:
    """The rounds that this actor may run, the newest first."""
    with reading() as session:
        rows = session.execute(_LINES.order_by(Round.opens_at.desc(), Round.id.desc())).all()
        known = select(ProgramVersion).where(ProgramVersion.id.in_(select(Round.version_id)))
        versions = {version.id: version for version in session.scalars(known)}
        run_by = {number: definition_of(version).run_by for number, version in versions.items()}
    return [
        _line(row, program, number)
        for row, program, number in rows
        if can(actor, Permission.ROUND_RUN, RoundSubject(row.program_id, row.id, run_by[row.version_id]))
    ]


def sheet(actor: Actor, ref: str) -> RoundSheet:
    with reading() as session:
        found = session.execute(_LINES.where(Round.ref == ref)).first()
        if found is None:
            raise NotFound
        row, definition = mine(session, actor, found[0])
        admitted = nominators.listed(session, row.id)
    return RoundSheet(
        _line(*found),
        definition,
        answers.decode(definition.round, row.settings),
        row.headings,
        tuple(admitted),
    )


def _line(row: Round, program: Program, version: int) -> RoundLine:
    return RoundLine(
        row.id, row.ref, row.key, row.name, program.ref, program.name, version, row.state, row.opens_at, row.closes_at
    )
