"""Drawing the sample of a check: once for each nominator and round, with a seed by which anybody can draw again.

Who is not drawn moves on, which is not a pass. Where a drawn one fails, the nominator is suspended: all its open cases
of the program are held, and it puts nobody forward, until who runs the program releases it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.queries import held as holdings
from models.queries import sampling as queries
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.collective import decide_pool
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.program.schema import CheckStage, Definition, Label
from workflow.domain.transitions import decide
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.actions import answered_before, keep_answer
from workflow.services.casework import open_case, open_cases
from workflow.services.evidence import events_of
from workflow.services.own_rounds import locked, mine
from workflow.services.recording import record


@dataclass(frozen=True)
class Drawn:
    """One draw of one nominator, with what became of those who were drawn."""

    at: datetime
    seed: str
    of: int
    names: tuple[tuple[str, str, str], ...]  # (reference, number, result) of the drawn: "", pass, refuse


@dataclass(frozen=True)
class SampleLine:
    """One nominator at one stage: how many wait for the draw, how many have not come so far."""

    stage: str
    stage_name: Label
    unit: str
    organization: str
    waiting: int
    behind: int
    rate: str
    at_least: int
    draws: tuple[Drawn, ...]


@dataclass(frozen=True)
class Suspended:
    unit: str
    organization: str
    since: datetime
    held: int
    recognitions: tuple[tuple[str, str], ...]  # (reference, number) of what it holds: to be reviewed


@dataclass(frozen=True)
class Board:
    round_ref: str
    round_name: str
    lines: tuple[SampleLine, ...]
    suspended: tuple[Suspended, ...]


def sampled(definition: Definition) -> dict[str, CheckStage]:
    return {
        key: stage
        for key, stage in definition.stages.items()
        if isinstance(stage, CheckStage) and stage.sample is not None
    }


# -- looking -----------------------------------------------------------------------------------------------------------
def board(actor: Actor, round_ref: str) -> Board:
    """For who runs the round."""
    with reading() as session:
        round_, definition = mine(session, actor, session.scalar(select(Round).where(Round.ref == round_ref)))
        told = [event for event in events_of(session, StreamKind.ROUND, round_.id) if event.kind == "sample_taken"]
        lines = [
            line
            for key, stage in sampled(definition).items()
            for line in _lines(
                session, round_, definition, key, stage, [each for each in told if each.body["stage"] == key]
            )
        ]
        return Board(round_.ref, round_.name, tuple(lines), _suspended(session, round_))


def _lines(
    session: Session, round_: Round, definition: Definition, key: str, stage: CheckStage, told: Sequence[Any]
) -> list[SampleLine]:
    channels = [each for each in definition.channels if key in definition.route_of(each)]
    position = {each: definition.route_of(each).index(key) + 1 for each in channels}
    found = queries.standing(session, round_.id, key, position)
    rate, at_least = (str(stage.sample.rate), stage.sample.at_least) if stage.sample is not None else ("", 0)
    return [
        SampleLine(
            key,
            stage.name,
            each.unit,
            each.organization,
            each.waiting,
            each.behind,
            rate,
            at_least,
            tuple(
                Drawn(
                    event.at,
                    str(event.body["seed"]),
                    len(event.body["cases"]),
                    tuple(queries.results(session, event.body["drawn"], key)),
                )
                for event in told
                if event.body["organization"] == each.organization_id
            ),
        )
        for each in found
    ]


def _suspended(session: Session, round_: Round) -> tuple[Suspended, ...]:
    found = []
    for organization, since in queries.suspended(session, round_.program_id).items():
        unit = session.get_one(Organization, organization)
        held = session.scalars(_held_of(round_.program_id, organization)).all()
        known = holdings.of_organization(session, organization)
        found.append(Suspended(unit.ref, unit.name, since, len(held), tuple((row.ref, row.number) for row in known)))
    return tuple(found)


def _held_of(program: int, organization: int) -> Any:
    return (
        select(ApplicationRow.id)
        .where(
            ApplicationRow.program_id == program,
            ApplicationRow.nominator_id == organization,
            ApplicationRow.status == "held",
        )
        .order_by(ApplicationRow.id)
    )


# -- drawing -----------------------------------------------------------------------------------------------------------
def draw(
    actor: Actor,
    now: datetime,
    round_ref: str,
    stage: str,
    unit: str,
    *,
    basis: str = "",
    request_key: str | None = None,
    seed: str | None = None,
) -> Mapping[str, bool]:
    """By case, whether it was drawn. Whoever has not come so far yet is waited for, unless `basis` says why not.

    `seed` is made here unless a test names one; nobody chooses it.
    """
    with writing() as session:
        before = answered_before(session, actor, request_key, (round_ref, stage, unit, "draw", basis), now)
        if before is not None:
            return {str(ref): bool(was) for ref, was in before.items()}
        round_, definition = locked(session, actor, round_ref)
        organization = session.scalar(select(Organization.id).where(Organization.ref == unit))
        kind = sampled(definition).get(stage)
        if organization is None or kind is None:
            raise NotFound
        _refuse_early(session, round_, definition, stage, organization, basis)
        ids = queries.waiting(session, round_.id, stage, organization)
        cases = {case.row.id: case for case in open_cases(session, ids, lock=True)}
        used = seed or secrets.token_hex(16)
        action = Action("draw", None, {"seed": used})
        books = {case.book.version_id: case.book for case in cases.values()}
        pool = [case.application for case in cases.values()]
        book = books[max(books)] if books else None
        if book is None:
            raise NotReady([Reason(Words("这个单位没有待抽查的人选，或已经抽过"))])
        outcomes = decide_pool(book, stage, pool, action, actor, now).outcomes
        for id_ in sorted(outcomes):
            record(session, cases[id_], outcomes[id_], now)
        drawn = {id_: outcome.state.drawn is True for id_, outcome in outcomes.items()}
        body = {
            "stage": stage,
            "organization": organization,
            "seed": used,
            "cases": sorted(drawn),
            "drawn": sorted(id_ for id_, was in drawn.items() if was),
        }
        remarks = {"basis": basis.strip()} if basis.strip() else {}
        evidence.tell(session, StreamKind.ROUND, round_.id, "sample_taken", actor, now, body=body, remarks=remarks)
        done = {cases[id_].row.ref: was for id_, was in drawn.items()}
        keep_answer(session, actor, request_key, done)
        return done


def _refuse_early(
    session: Session, round_: Round, definition: Definition, stage: str, organization: int, basis: str
) -> None:
    routes = [each for each in definition.channels if stage in definition.route_of(each)]
    position = {each: definition.route_of(each).index(stage) + 1 for each in routes}
    here = next(
        (
            each
            for each in queries.standing(session, round_.id, stage, position)
            if each.organization_id == organization
        ),
        None,
    )
    if here is not None and here.behind and not basis.strip():
        words = Words("这个单位还有 %(n)s 人没有走到这一步：等齐了一次抽，或写明为什么现在抽", n=here.behind)
        raise NotReady([Reason(words, "basis")])


# -- suspension --------------------------------------------------------------------------------------------------------
def release(actor: Actor, now: datetime, round_ref: str, unit: str, basis: str) -> int:
    """Lift the suspension and go on with everything that was held for it; how many cases."""
    with writing() as session:
        round_, _ = locked(session, actor, round_ref)
        organization = session.scalar(select(Organization.id).where(Organization.ref == unit))
        if organization is None or organization not in queries.suspended(session, round_.program_id):
            raise NotFound
        if not basis.strip():
            raise NotReady([Reason(Words("请写明恢复的依据"), "basis")])
        number = 0
        for id_ in session.scalars(_held_of(round_.program_id, organization)).all():
            case = open_case(session, id_, lock=True)
            if not case.application.state.held_with_nominator:
                continue
            action = Action("release", None, {"basis": basis.strip()})
            record(session, case, decide(case.book, case.application, action, actor, now), now)
            number += 1
        body, remarks = {"organization": organization, "cases": number}, {"basis": basis.strip()}
        evidence.tell(
            session, StreamKind.ROUND, round_.id, "nominator_released", actor, now, body=body, remarks=remarks
        )
        return number
