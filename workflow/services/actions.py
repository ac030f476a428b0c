"""`perform` and `perform_pool`: the only doors to a new state, for people and for the clock alike.

One call is one transaction: note the request key, read the case, ask the rules, write what follows.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import writing
from models.evidence import EventRow, RequestKey, Stream, StreamKind
from models.work import WorkItem
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action, Application, Outcome
from workflow.domain.blindness import code_of
from workflow.domain.collective import PoolOutcome, decide_pool
from workflow.domain.errors import Change, KeyReused, MovedOn, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can, sees_blind
from workflow.domain.program.schema import Label
from workflow.domain.transitions import decide, label_of
from workflow.domain.words import Words
from workflow.services import conflicts, evidence
from workflow.services.casework import Case, name_of, open_case, open_cases, open_named
from workflow.services.recording import record

MAKES_NEAR = frozenset({"submitted", "corrected", "judges_objected"})
"""Facts that may bring somebody too near to the case."""
IN_ONE_TRANSACTION = 200
"""How many cases one act on a list commits together; a longer list goes in chunks that can be taken up again."""


@dataclass(frozen=True)
class Done:
    """What the door needs to go on: where the case is now and which events were told."""

    application: str
    version: int
    stage: str | None
    status: str
    events: tuple[str, ...]


_SOMETHING = Words("办理")


@dataclass(frozen=True)
class Acted(Done):
    """The same with the words for it: what the act is called, and how the actor knows the case.

    Neither is known any more where the answer was given before.
    """

    label: Words | Label = field(default=_SOMETHING, compare=False)
    name: str = field(default="", compare=False)


# -- one case ----------------------------------------------------------------------------------------------------------
def perform(
    ref: str,
    name: str,
    actor: Actor,
    now: datetime,
    *,
    seen: int | None = None,
    request_key: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Acted:
    """Do one act. `ref` names a work item, or the application for acts on the whole case.

    `seen` is the version that the page showed: of the item, or of the case for acts on the whole case.
    Raises NotFound, NotAllowed, NotReady, MovedOn (with what changed), KeyReused.
    """
    given = dict(inputs or {})
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, name, seen, given), now)
        if before is not None:
            return Acted(**{**before, "events": tuple(before["events"])})
        case, number = _table(session, ref)
        _refuse_stale(session, case, number, seen, actor)
        action = Action(name, number, given)
        done = carry_out(session, case, action, actor, now)
        if number is not None and _judges_blind(actor, case):
            done = replace(done, application=ref)  # who judges blind knows the case by their own item only
        keep_answer(session, actor, request_key, vars(done))
        return in_words(session, case, action, done, ref, actor, now)


def in_words(session: Session, case: Case, action: Action, done: Done, ref: str, actor: Actor, now: datetime) -> Acted:
    """`ref` is what was acted on: who judges blind knows the case by it and by nothing else."""
    blind = action.item is not None and _judges_blind(actor, case)
    label = label_of(case.book, case.application, action, actor, now)
    return Acted(**vars(done), label=label, name=code_of(ref) if blind else name_of(session, case))


def carry_out(session: Session, case: Case, action: Action, actor: Actor, now: datetime) -> Done:
    """Decide and record within the caller's transaction: for services whose one act is more than this."""
    try:
        outcome = decide(case.book, case.application, action, actor, now)
    except MovedOn:
        raise MovedOn(_changes(session, case, None, actor)) from None
    record(session, case, outcome, now)
    if outcome.hold_nominator:
        _hold_all_of(session, case, actor, now)
    kinds = tuple(event.kind for event in outcome.events)
    if MAKES_NEAR.intersection(kinds):
        conflicts.note(session, open_case(session, case.row.id), now)
    return Done(case.row.ref, outcome.state.version, outcome.state.stage, outcome.state.status.value, kinds)


def _table(session: Session, ref: str) -> tuple[Case, int | None]:
    """Put the case on the table, locked, with the number of the item that was meant."""
    item = session.execute(select(WorkItem.application_id, WorkItem.no).where(WorkItem.ref == ref)).one_or_none()
    if item is not None:
        return open_case(session, item.application_id, lock=True), item.no
    return open_named(session, ref, lock=True), None


def _refuse_stale(session: Session, case: Case, number: int | None, seen: int | None, actor: Actor) -> None:
    """A page older than what it answers changes nothing, and its reader is shown what happened meanwhile."""
    if seen is None:
        return
    state = case.application.state
    item = state.item(number) if number is not None else None
    standing = item.version if item is not None else state.version
    if standing == seen:
        return
    if not can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application)):
        raise NotFound
    raise MovedOn(_changes(session, case, None if item is not None else seen, actor))


def _judges_blind(actor: Actor, case: Case) -> bool:
    return sees_blind(actor, case.book.definition, case.application)


def _changes(session: Session, case: Case, version: int | None, actor: Actor) -> list[Change]:
    """What a stale page shows; a blind judge is not told who did what to the case."""
    return [] if _judges_blind(actor, case) else changes_since(session, case.row.id, version)


def changes_since(session: Session, application_id: int, version: int | None, most: int = 5) -> list[Change]:
    """The newest facts of a case, oldest first: what a stale page shows beside the typed text."""
    statement = (
        select(EventRow)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == application_id)
        .order_by(EventRow.seq.desc())
        .limit(most)
    )
    if version is not None:
        statement = statement.where(EventRow.version > version)
    rows = list(session.scalars(statement))
    return [Change(Words(row.kind), row.at, row.actor_id) for row in reversed(rows)]


def _hold_all_of(session: Session, case: Case, actor: Actor, now: datetime) -> None:
    """A failed sample, or a revocation whose exit says so, suspends the nominator: every open case of it in this
    program is held, and it puts nobody forward, until the office releases it."""
    body = {"organization": case.row.nominator_id, "case": case.row.id}
    evidence.tell(session, StreamKind.ROUND, case.row.round_id, "nominator_suspended", actor, now, body=body)
    found = case.application.state.recognition is not None
    basis = "本单位推荐的一名已认定的人被撤销认定" if found else "本单位推荐的一件抽查没有通过"
    others = session.scalars(
        select(ApplicationRow.id)
        .where(
            ApplicationRow.program_id == case.row.program_id,
            ApplicationRow.nominator_id == case.row.nominator_id,
            ApplicationRow.id != case.row.id,
            ApplicationRow.status.in_(("open", "correcting", "alternate")),
        )
        .order_by(ApplicationRow.id)
    )
    for other in list(others):
        held = open_case(session, other, lock=True)
        action = Action("hold", None, {"basis": f"{basis}，同单位的申报一并停表核查", "nominator": True})
        record(session, held, decide(held.book, held.application, action, SYSTEM, now), now)


# -- a list ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PoolDone:
    """`done` by application reference; `left_aside` says of each other one why nothing happened to it."""

    done: tuple[str, ...]
    left_aside: Mapping[str, tuple[Reason, ...]]


def perform_pool(
    refs: Sequence[str],
    stage: str,
    name: str,
    actor: Actor,
    now: datetime,
    *,
    request_key: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> PoolDone:
    """One act on a list of applications. Up to 200 are written together; a longer list goes chunk by chunk, and the
    same request key takes it up where it stopped."""
    given = dict(inputs or {})
    done: list[str] = []
    aside: dict[str, tuple[Reason, ...]] = {}
    for start in range(0, len(refs), IN_ONE_TRANSACTION):
        chunk = list(refs[start : start + IN_ONE_TRANSACTION])
        key = f"{request_key}:{start}" if request_key else None
        part = _perform_chunk(chunk, stage, Action(name, None, given), actor, now, key)
        done += part.done
        aside |= part.left_aside
    return PoolDone(tuple(done), aside)


def _perform_chunk(
    refs: list[str], stage: str, action: Action, actor: Actor, now: datetime, request_key: str | None
) -> PoolDone:
    with writing() as session:
        before = answered_before(session, actor, request_key, (refs, stage, action.name, action.inputs), now)
        if before is not None:
            return PoolDone(tuple(before["done"]), dict.fromkeys(before["left_aside"], ()))
        ids = sorted(session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref.in_(refs))))
        cases = {case.row.id: case for case in open_cases(session, ids, lock=True)}
        seen = {id_: case for id_, case in cases.items() if _may_see(case, actor)}
        part = _decide_by_book(seen, stage, action, actor, now)
        for id_, outcome in part.outcomes.items():
            record(session, seen[id_], outcome, now)
        aside = {seen[id_].row.ref: reasons for id_, reasons in part.left_aside.items()}
        missing = {ref: (Reason(NotFound().words),) for ref in refs if ref not in {c.row.ref for c in seen.values()}}
        result = PoolDone(tuple(seen[id_].row.ref for id_ in part.outcomes), {**missing, **aside})
        keep_answer(session, actor, request_key, {"done": list(result.done), "left_aside": list(result.left_aside)})
    return result


def _may_see(case: Case, actor: Actor) -> bool:
    return can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application))


def _decide_by_book(cases: Mapping[int, Case], stage: str, action: Action, actor: Actor, now: datetime) -> PoolOutcome:
    """Cases of one list may be pinned to different versions; each group is decided under its own."""
    outcomes: dict[int, Outcome] = {}
    aside: dict[int, tuple[Reason, ...]] = {}
    for version in sorted({case.book.version_id for case in cases.values()}):
        group = [case for case in cases.values() if case.book.version_id == version]
        pool: list[Application] = [case.application for case in group]
        part = decide_pool(group[0].book, stage, pool, action, actor, now)
        outcomes |= part.outcomes
        aside |= part.left_aside
    return PoolOutcome(outcomes, aside)


# -- request keys ------------------------------------------------------------------------------------------------------
def answered_before(session: Session, actor: Actor, key: str | None, body: Any, now: datetime) -> dict[str, Any] | None:
    """The stored answer of the same request, or None after noting the key; KeyReused if the body is another."""
    if key is None:
        return None
    digest = hashlib.sha256(_spelled(body).encode("utf-8")).hexdigest()
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"asker": _asker(actor), "key": key[:80], "body_hash": digest, "result": {}, "at": now}
    insert = on.insert(RequestKey).values(values).on_conflict_do_nothing()
    if session.execute(insert.returning(RequestKey.key)).first() is not None:
        return None
    known = session.get_one(RequestKey, (_asker(actor), key[:80]))
    if known.body_hash != digest:
        raise KeyReused
    return dict(known.result)


def keep_answer(session: Session, actor: Actor, key: str | None, result: Mapping[str, Any]) -> None:
    if key is not None:
        mine = update(RequestKey).where(RequestKey.asker == _asker(actor), RequestKey.key == key[:80])
        session.execute(mine.values(result=json.loads(_spelled(result))))


def _asker(actor: Actor) -> str:
    return f"{actor.kind}:{actor.account_id or actor.application_id or ''}"


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, Decimal)):
        return str(value)
    if isinstance(value, Actor):
        return [value.kind, value.account_id]
    if isinstance(value, (frozenset, set, tuple)):
        return sorted(value, key=str)
    raise TypeError(type(value).__name__)
