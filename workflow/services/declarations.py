"""Who judges says before the first look whether they are too near to a case. Until then it stays closed to them.

One paper speaks of everything that waits for the same judge at the same stage of a round. A declared relation takes
them out of the case at once; only who runs the program lets them back in, with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import cases, meetings
from models.queries.queue import Queue, Row
from models.rounds import Round
from models.work import Declaration, WorkItem
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Item
from workflow.domain.blindness import code_of
from workflow.domain.errors import InvalidInput, NotDeclared, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can, is_blind, judged_by
from workflow.domain.program.schema import Definition, Label
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import evidence, fairness, rulebooks
from workflow.services.actions import answered_before, carry_out, keep_answer
from workflow.services.casework import Case, find, open_case, open_cases

MOST = 200


@dataclass(frozen=True)
class Asked:
    """One case on the paper. Who judges blind is told its code only."""

    item: str
    name: str
    number: str | None
    organization: str | None
    track: Label | None


@dataclass(frozen=True)
class Paper:
    item: str
    program: Label
    round: str
    stage: Label
    blind: bool
    years: int  # how far back a relation counts
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Out:
    """Somebody who said that they are too near to a case."""

    account: str
    name: str


# -- what is closed ----------------------------------------------------------------------------------------------------
def require(session: Session, case: Case, actor: Actor) -> None:
    """NotDeclared while the actor judges this case and has not said anything about it."""
    items = judged_by(actor, case.book.definition, case.application)
    if not items:
        return
    said = _said_of(session, [case.row.id], actor)
    owed = next((item for item in items if (case.row.id, item.stage) not in said), None)
    if owed is not None:
        raise NotDeclared(_ref_of(session, case.row.id, owed))


def _ref_of(session: Session, application_id: int, item: Item) -> str:
    wanted = select(WorkItem.ref).where(WorkItem.application_id == application_id, WorkItem.no == item.no)
    return session.scalars(wanted).one()


def declared_at(session: Session, application_id: int, stage: str, actor: Actor) -> datetime | None:
    return session.scalar(
        select(Declaration.declared_at).where(
            Declaration.account_id == actor.account_id,
            Declaration.application_id == application_id,
            Declaration.stage_key == stage,
            Declaration.state == "standing",
        )
    )


# -- the paper ---------------------------------------------------------------------------------------------------------
def paper(ref: str, actor: Actor, now: datetime) -> Paper | None:
    """Everything at the stage of this item that the actor has still to speak of; None where nothing is owed."""
    with reading() as session:
        case, item = _judged(session, ref, actor)
        definition = case.book.definition
        rows = _waiting(session, case, item, ref, actor, now)
        if not rows:
            return None
        blind = is_blind(definition, item)
        names = {} if blind else meetings.names_of(session, [row.application_id for row in rows])
        return Paper(
            ref,
            definition.program.name,
            session.get_one(Round, case.row.round_id).name,
            definition.stages[item.stage].name,
            blind,
            definition.fairness.conflicts.years,
            tuple(_asked(definition, row, names.get(row.application_id)) for row in rows),
        )


def _asked(definition: Definition, row: Row, named: meetings.Named | None) -> Asked:
    track = definition.tracks.get(row.track or "")
    label = track.name if track is not None else None
    if named is None:
        return Asked(row.item_ref, code_of(row.item_ref), None, None, label)
    return Asked(row.item_ref, named.name, named.number, named.organization, label)


def _judged(session: Session, ref: str, actor: Actor) -> tuple[Case, Item]:
    place = cases.application_of_item(session, ref)
    if place is None:
        raise NotFound
    case = open_case(session, place[0])
    return case, _own(case, place[1], actor)


def _own(case: Case, number: int, actor: Actor) -> Item:
    mine = judged_by(actor, case.book.definition, case.application)
    item = next((item for item in mine if item.no == number), None)
    if item is None:
        raise NotFound
    return item


def _waiting(session: Session, case: Case, item: Item, ref: str, actor: Actor, now: datetime) -> list[Row]:
    """The case in hand first, then the others by due time, as many as fit on a paper."""
    books = rulebooks.versions_held(session, actor)
    queue = Queue(session, scope_of(actor), now, fairness.apart(actor, books), fairness.blind_stages(books))
    said = select(Declaration.application_id).where(
        Declaration.account_id == actor.account_id,
        Declaration.stage_key == item.stage,
        Declaration.state == "standing",
    )
    owed = (WorkItem.duty == "act", WorkItem.application_id.not_in(said))
    here = (WorkItem.stage_key == item.stage, WorkItem.role_key == item.role, WorkItem.round_id == case.row.round_id)
    first = queue.page(queue.mine(), [*owed, WorkItem.ref == ref], 1)
    rest = queue.page(queue.mine(), [*owed, *here, WorkItem.application_id != case.row.id], MOST)
    return [*first, *rest]


# -- saying it ---------------------------------------------------------------------------------------------------------
def declare(
    refs: Sequence[str],
    near: Mapping[str, str],
    actor: Actor,
    now: datetime,
    *,
    request_key: str | None = None,
) -> int:
    """No relation to the cases of these items, but for those in `near`: item -> why. How many are left to judge."""
    unsaid = [Reason(Words("请写明是什么关系"), f"why-{ref}") for ref, why in near.items() if not why.strip()]
    if unsaid:
        raise InvalidInput(unsaid)
    with writing() as session:
        before = answered_before(session, actor, request_key, ("declare", list(refs), dict(near)), now)
        if before is not None:
            return int(before["left"])
        none: list[int] = []
        out: list[int] = []
        place: tuple[int, str] | None = None
        judged = _all_judged(session, list(dict.fromkeys(refs)), actor)
        said = _said_of(session, [case.row.id for case, _ in judged.values()], actor)
        for ref, (case, item) in judged.items():
            if (case.row.id, item.stage) in said:
                continue
            said.add((case.row.id, item.stage))
            place = (case.row.round_id, item.stage)
            session.add(_row(case, item, actor, now, near=ref in near))
            if ref in near:
                carry_out(session, case, Action("recuse", item.no, {"reason": near[ref].strip()}), actor, now)
            (out if ref in near else none).append(case.row.id)
        if place is not None:
            body = {"stage": place[1], "none": none, "near": out}
            evidence.tell(session, StreamKind.ROUND, place[0], "interest_declared", actor, now, body=body)
        session.flush()
        keep_answer(session, actor, request_key, {"left": len(none)})
        return len(none)


def _all_judged(session: Session, refs: Sequence[str], actor: Actor) -> dict[str, tuple[Case, Item]]:
    """The cases of many items, read together."""
    rows = session.execute(select(WorkItem.ref, WorkItem.application_id, WorkItem.no).where(WorkItem.ref.in_(refs)))
    places = {ref: (id_, number) for ref, id_, number in rows}
    if len(places) < len(refs):
        raise NotFound
    opened = {case.row.id: case for case in open_cases(session, {id_ for id_, _ in places.values()})}
    every = ((ref, opened[places[ref][0]], places[ref][1]) for ref in refs)
    return {ref: (case, _own(case, number, actor)) for ref, case, number in every}


def _said_of(session: Session, ids: Sequence[int], actor: Actor) -> set[tuple[int, str]]:
    """Of which of these cases the actor has spoken already, and at which stage."""
    rows = session.execute(
        select(Declaration.application_id, Declaration.stage_key).where(
            Declaration.account_id == actor.account_id,
            Declaration.application_id.in_(ids),
            Declaration.state == "standing",
        )
    )
    return {(id_, stage) for id_, stage in rows}


def _row(case: Case, item: Item, actor: Actor, now: datetime, *, near: bool) -> Declaration:
    return Declaration(
        account_id=actor.account_id,
        application_id=case.row.id,
        stage_key=item.stage,
        near=near,
        declared_at=now,
    )


# -- taking it back ----------------------------------------------------------------------------------------------------
def _may_readmit(case: Case, actor: Actor) -> bool:
    return can(actor, Permission.APPLICATION_RUN, CaseSubject(case.book.definition, case.application))


def out_of(ref: str, actor: Actor) -> tuple[Out, ...]:
    """Who stepped out of this case, for whoever may let them back in."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        if not _may_readmit(case, actor):
            raise NotFound
        rows = session.execute(
            select(Account.ref, Account.name)
            .where(Account.id.in_(case.application.state.stepped_out))
            .order_by(Account.name, Account.id)
        )
        return tuple(Out(account, name) for account, name in rows)


def readmit(
    ref: str, account: str, reason: str, actor: Actor, now: datetime, *, request_key: str | None = None
) -> None:
    """They may be asked again, and declare anew before they look."""
    with writing() as session:
        if answered_before(session, actor, request_key, ("readmit", ref, account, reason), now) is not None:
            return
        case = open_case(session, find(session, ref).id, lock=True)
        if not _may_readmit(case, actor):
            raise NotFound
        id_ = session.scalar(select(Account.id).where(Account.ref == account))
        carry_out(session, case, Action("readmit", None, {"account": id_, "reason": reason.strip()}), actor, now)
        session.execute(
            update(Declaration)
            .where(
                Declaration.application_id == case.row.id,
                Declaration.account_id == id_,
                Declaration.state == "standing",
            )
            .values(state="withdrawn", withdrawn_at=now)
        )
        keep_answer(session, actor, request_key, {})
