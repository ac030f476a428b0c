"""Who could take an item over: bound to its role, reaching its place, barred by nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading
from models.names import person_tokens, search_term
from models.queries import cases
from workflow.domain.actor import Actor
from workflow.domain.application import Duty, Item
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can, is_of, may_hold_item
from workflow.services.casework import Case, open_case
from workflow.services.sessions import actor_of

SHOWN = 20


@dataclass(frozen=True)
class Able:
    ref: str
    name: str
    organization: str | None
    actor: Actor


def search(item_ref: str, typed: str, actor: Actor, now: datetime) -> tuple[Able, ...]:
    """Up to twenty who may answer this item, by name or its pinyin; all of them when nothing is typed."""
    with reading() as session:
        case, item = _open(session, item_ref, actor)
        found = [able for able in _able(session, case, item, now) if _named(able.name, typed)]
    return tuple(found[:SHOWN])


def able(item_ref: str, account_ref: str, actor: Actor, now: datetime) -> Able | None:
    """The one with this reference, if they may answer the item."""
    with reading() as session:
        case, item = _open(session, item_ref, actor)
        return next((one for one in _able(session, case, item, now) if one.ref == account_ref), None)


@dataclass(frozen=True)
class ForMany:
    """Who could take how many of some items, most first; and the items that are not the actor's to give."""

    able: tuple[tuple[Able, int], ...]
    not_mine: frozenset[str]


def for_many(item_refs: Sequence[str], actor: Actor, now: datetime) -> ForMany:
    counted: dict[str, tuple[Able, int]] = {}
    not_mine = set()
    with reading() as session:
        for ref in item_refs:
            try:
                case, item = _open(session, ref, actor)
            except NotFound:
                not_mine.add(ref)
                continue
            for one in _able(session, case, item, now):
                if one.actor.account_id == actor.account_id:
                    continue
                counted[one.ref] = (one, counted.get(one.ref, (one, 0))[1] + 1)
    ranked = sorted(counted.values(), key=lambda pair: (-pair[1], pair[0].name))
    return ForMany(tuple(ranked[:SHOWN]), frozenset(not_mine))


def _open(session: Session, item_ref: str, actor: Actor) -> tuple[Case, Item]:
    place = cases.application_of_item(session, item_ref)
    if place is None:
        raise NotFound
    case = open_case(session, place[0])
    item = case.application.state.item(place[1])
    subject = CaseSubject(case.book.definition, case.application, item)
    if item is None or not can(actor, Permission.ITEM_HAND_OVER, subject):
        raise NotFound
    return case, item


def _able(session: Session, case: Case, item: Item, now: datetime) -> Iterator[Able]:
    definition, application = case.book.definition, case.application
    free = CaseSubject(definition, application, replace(item, holder_id=None))
    proposal = application.state.proposal
    proposer = proposal.by if proposal is not None and item.duty in (Duty.CONFIRM, Duty.REOPEN) else None
    through = item.organization_id if is_of(definition, item.role) else None
    for one in cases.bound_to(session, item.role, case.row.program_id, now, through=through):
        if one.id in (item.holder_id, proposer):
            continue
        someone = actor_of(one.id, now)
        if may_hold_item(someone, free):
            yield Able(one.ref, one.name, one.organization, someone)


def _named(name: str, typed: str) -> bool:
    term = search_term(typed)
    return not term or any(token.startswith(term) for token in person_tokens(name))
