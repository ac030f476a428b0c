"""Seating raters: one draw over a list, with everything kept that it takes to draw again; or raters chosen by hand."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.programs import ProgramVersion
from models.queries import cases
from models.queries import scoring as queries
from models.rounds import Round
from models.scores import Draw, DrawSeat
from workflow.domain import drawing
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.collective import PoolOutcome, decide_pool
from workflow.domain.errors import MovedOn, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can, is_of
from workflow.domain.pool_score import Candidate, inputs_for
from workflow.domain.program.schema import Definition, ScoreStage
from workflow.domain.scope import scope_of
from workflow.services.actions import PoolDone, answered_before, keep_answer
from workflow.services.casework import Case, open_cases
from workflow.services.recording import record
from workflow.services.rulebooks import definition_of
from workflow.services.sessions import actor_of

MOST = 500
"""How many cases one draw takes; a longer list is drawn in parts, each with its own seed."""


@dataclass(frozen=True)
class Setting:
    """One stage of one round, as its newest version says it."""

    round_id: int
    round_ref: str
    round_name: str
    program_id: int
    definition: Definition
    stage: ScoreStage


def setting_of(session: Session, round_ref: str, stage: str) -> Setting:
    """NotFound where the round knows no such stage of scoring."""
    row = session.scalar(select(Round).where(Round.ref == round_ref))
    if row is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, row.version_id))
    kind = definition.stages.get(stage)
    if not isinstance(kind, ScoreStage):
        raise NotFound
    return Setting(row.id, row.ref, row.name, row.program_id, definition, kind)


def holds_office(where: Setting, actor: Actor) -> bool:
    """Whoever runs the program or closes this stage, in this round."""
    wanted = {where.stage.closed_by, where.definition.run_by}
    return any(
        held.role in wanted and held.program_id in (None, where.program_id) and held.round_id in (None, where.round_id)
        for held in actor.holdings
    )


def require_office(where: Setting, actor: Actor) -> None:
    if not holds_office(where, actor):
        raise NotFound


# -- who could be asked ------------------------------------------------------------------------------------------------
def candidates_for(where: Setting, now: datetime) -> dict[str, tuple[Candidate, ...]]:
    """Everybody bound to a rating role, with the seats they were drawn for before."""
    with reading() as session:
        held = queries.seats_held(session, where.round_id, where.stage.key)
        bound = {
            role: [one.id for one in cases.bound_to(session, role, where.program_id, now)]
            for role in where.stage.raters
            if not is_of(where.definition, role)
        }
    return {
        role: tuple(Candidate(actor_of(account, now), held.get(account, 0)) for account in sorted(set(accounts)))
        for role, accounts in bound.items()
    }


# -- drawing -----------------------------------------------------------------------------------------------------------
def draw(
    round_ref: str,
    stage: str,
    actor: Actor,
    now: datetime,
    *,
    track: str | None = None,
    request_key: str | None = None,
    seed: str | None = None,
) -> PoolDone:
    """Seat raters at every case that waits for them. Whoever comes second finds none: MovedOn.

    `seed` is made here unless a test names one; nobody chooses it.
    """
    with reading() as session:
        where = setting_of(session, round_ref, stage)
    require_office(where, actor)
    candidates = candidates_for(where, now)
    with writing() as session:
        before = answered_before(session, actor, request_key, (round_ref, stage, "draw", track), now)
        if before is not None:
            return PoolDone(tuple(before["done"]), dict.fromkeys(before["left_aside"], ()))
        waiting = _waiting(session, where, track, actor)
        done: list[str] = []
        aside: dict[str, tuple[Reason, ...]] = {}
        for group in _by_version(waiting):
            _draw_group(session, where, group, candidates, seed or secrets.token_hex(16), actor, now, done, aside)
        keep_answer(session, actor, request_key, {"done": done, "left_aside": list(aside)})
        return PoolDone(tuple(done), aside)


def _waiting(session: Session, where: Setting, track: str | None, actor: Actor) -> list[Case]:
    """Locked, in the order of their numbers, so that two who draw at once do not wait for each other in a circle."""
    ids = queries.cases_at(session, scope_of(actor), where.round_id, where.stage.key, track=track, here=True, most=MOST)
    found = open_cases(session, ids, lock=True)
    mine = [case for case in found if _closes(case, actor)]
    if found and not mine:
        raise NotFound
    free = [case for case in mine if _is_free(case, where.stage.key)]
    if not free:
        raise MovedOn
    return free


def _closes(case: Case, actor: Actor) -> bool:
    return can(actor, Permission.SCORE_CLOSE, CaseSubject(case.book.definition, case.application))


def _is_free(case: Case, stage: str) -> bool:
    state = case.application.state
    entry = state.entry
    return entry is not None and entry.stage == stage and state.panel_of(entry.no) is None


def _by_version(found: Sequence[Case]) -> list[list[Case]]:
    versions = sorted({case.book.version_id for case in found})
    return [[case for case in found if case.book.version_id == version] for version in versions]


def _draw_group(
    session: Session,
    where: Setting,
    group: Sequence[Case],
    candidates: Mapping[str, Sequence[Candidate]],
    seed: str,
    actor: Actor,
    now: datetime,
    done: list[str],
    aside: dict[str, tuple[Reason, ...]],
) -> None:
    book, pool = group[0].book, [case.application for case in group]
    stage, ref = book.stage(where.stage.key), secrets.token_urlsafe(12)
    inputs = {"seed": seed, "draw": ref, "candidates": candidates}
    part = decide_pool(book, where.stage.key, pool, Action("draw", None, inputs), actor, now)
    if not isinstance(stage, ScoreStage):
        raise NotFound
    given, _ = inputs_for(book, stage, pool, candidates, now)
    row = _keep(session, where, ref, book.version_id, seed, given, actor, now)
    _record(session, group, part, now)
    for case in group:
        if case.row.id in part.outcomes:
            _keep_seats(session, row.id, case, part)
            done.append(case.row.ref)
        else:
            aside[case.row.ref] = part.left_aside.get(case.row.id, ())
    session.flush()


def _keep(
    session: Session,
    where: Setting,
    ref: str,
    version_id: int,
    seed: str,
    given: drawing.DrawInputs,
    actor: Actor,
    now: datetime,
) -> Draw:
    row = Draw(
        ref=ref,
        round_id=where.round_id,
        stage_key=where.stage.key,
        version_id=version_id,
        method=drawing.METHOD,
        seed=seed,
        inputs=given.as_json(),
        inputs_digest=given.digest,
        drawn_by=actor.account_id,
        drawn_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _record(session: Session, group: Sequence[Case], part: PoolOutcome, now: datetime) -> None:
    for case in group:
        if case.row.id in part.outcomes:
            record(session, case, part.outcomes[case.row.id], now)


def _keep_seats(session: Session, draw_id: int, case: Case, part: PoolOutcome) -> None:
    panel = part.outcomes[case.row.id].state.panels[-1]
    places: dict[str, int] = {}
    for role, account in panel.seats:
        places[role] = places.get(role, 0) + 1
        session.add(
            DrawSeat(draw_id=draw_id, application_id=case.row.id, role_key=role, place=places[role], account_id=account)
        )


# -- choosing by hand --------------------------------------------------------------------------------------------------
def assign(
    round_ref: str,
    stage: str,
    refs: Sequence[str],
    raters: Mapping[str, Sequence[str]],
    actor: Actor,
    now: datetime,
    *,
    request_key: str | None = None,
) -> PoolDone:
    """`raters`: role -> references of accounts, the same for each of these cases."""
    with reading() as session:
        where = setting_of(session, round_ref, stage)
        require_office(where, actor)
        wanted = sorted({ref for known in raters.values() for ref in known})
        found = {row.ref: row.id for row in session.scalars(select(Account).where(Account.ref.in_(wanted)))}
    actors: dict[str, Any] = {
        role: tuple(actor_of(found[ref], now) for ref in known if ref in found) for role, known in raters.items()
    }
    with writing() as session:
        before = answered_before(session, actor, request_key, (round_ref, stage, list(refs), dict(raters)), now)
        if before is not None:
            return PoolDone(tuple(before["done"]), dict.fromkeys(before["left_aside"], ()))
        ids = sorted(session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref.in_(list(refs)[:MOST]))))
        mine = [case for case in open_cases(session, ids, lock=True) if _closes(case, actor)]
        if not mine:
            raise NotFound
        done: list[str] = []
        aside: dict[str, tuple[Reason, ...]] = {}
        for group in _by_version(mine):
            pool = [case.application for case in group]
            action = Action("assign", None, {"raters": actors})
            part = decide_pool(group[0].book, where.stage.key, pool, action, actor, now)
            _record(session, group, part, now)
            done += [case.row.ref for case in group if case.row.id in part.outcomes]
            aside |= {c.row.ref: part.left_aside[c.row.id] for c in group if c.row.id in part.left_aside}
        keep_answer(session, actor, request_key, {"done": done, "left_aside": list(aside)})
        return PoolDone(tuple(done), aside)


# -- drawing again -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kept:
    """One draw as it was kept, and whether drawing again from it seats the same people."""

    ref: str
    seed: str
    digest: str
    method: str
    drawn_at: datetime
    drawn_by: str
    cases: int
    inputs: Mapping[str, Any]
    repeats: bool


def kept(session: Session, where: Setting) -> tuple[Kept, ...]:
    rows = queries.draws_of(session, where.round_id, where.stage.key)
    names = queries.accounts_named(session, [row.drawn_by for row in rows])
    return tuple(
        Kept(
            row.ref,
            row.seed,
            row.inputs_digest,
            row.method,
            row.drawn_at,
            names[row.drawn_by][1],
            len(row.inputs["cases"]),
            row.inputs,
            repeats(session, row),
        )
        for row in rows
    )


def repeats(session: Session, row: Draw) -> bool:
    """Draw again from what was kept, and compare with the seats that were given."""
    given = drawing.DrawInputs.from_json(row.inputs)
    if given.digest != row.inputs_digest:
        return False
    again = {
        (case, role, account)
        for case, seating in drawing.draw(given, row.seed).items()
        for role, accounts in seating.seats.items()
        for account in accounts
    }
    seats = session.execute(
        select(DrawSeat.application_id, DrawSeat.role_key, DrawSeat.account_id).where(DrawSeat.draw_id == row.id)
    )
    return again == {(seat[0], seat[1], seat[2]) for seat in seats}
