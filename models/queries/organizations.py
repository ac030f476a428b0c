"""Reads of organizations: by name, pinyin, code; what is known of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.names import search_term
from models.organizations import (
    Organization,
    OrganizationFact,
    OrganizationLine,
    OrganizationProposal,
    OrganizationToken,
)

_LAST = "\U0010ffff"


@dataclass(frozen=True)
class OrganizationLineItem:
    id: int
    ref: str
    name: str
    kind: str
    credit_code: str | None
    state: str
    path: str


@dataclass(frozen=True)
class ProposalLine:
    ref: str
    name: str
    kind: str
    credit_code: str | None
    state: str
    proposed_by: str
    proposed_at: datetime
    reason: str | None


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(list(ids))))
    return dict(rows.all())


def by_refs(session: Session, refs: Iterable[str]) -> Sequence[Organization]:
    """Those that stand, in the order of their names."""
    wanted = select(Organization).where(Organization.ref.in_(list(refs)), Organization.state == "standing")
    return session.scalars(wanted.order_by(Organization.name_sort, Organization.id)).all()


def facts_at(session: Session, organization_id: int, day: date) -> dict[str, Mapping[str, Any]]:
    """The newest value of each fact up to a day, with its date and source, ready for JSON."""
    rows = session.scalars(
        select(OrganizationFact)
        .where(OrganizationFact.organization_id == organization_id, OrganizationFact.as_of <= day)
        .order_by(OrganizationFact.as_of, OrganizationFact.id)
    )
    return {row.name: {"value": row.value, "as_of": row.as_of.isoformat(), "source": row.source} for row in rows}


def found(
    session: Session, typed: str, kinds: Collection[str] = (), states: Collection[str] = ("standing",), limit: int = 20
) -> list[OrganizationLineItem]:
    """By any tail of the name, pinyin, initials or credit code; exact names first."""
    term = search_term(typed)
    if not term:
        return []
    hits = (
        select(OrganizationToken.organization_id)
        .where(OrganizationToken.token >= term, OrganizationToken.token < term + _LAST)
        .limit(limit * 20)
        .subquery()
    )
    wanted = _narrowed(select(Organization).where(Organization.id.in_(select(hits.c.organization_id))), kinds, states)
    rows = session.scalars(wanted.order_by(Organization.name != typed.strip(), Organization.name_sort).limit(limit))
    return [line(row) for row in rows]


def listed(
    session: Session, kinds: Collection[str], states: Collection[str], after: int, limit: int
) -> list[OrganizationLineItem]:
    wanted = _narrowed(select(Organization).where(Organization.id > after), kinds, states)
    return [line(row) for row in session.scalars(wanted.order_by(Organization.id).limit(limit))]


def _narrowed(wanted: Select[Organization], kinds: Collection[str], states: Collection[str]) -> Select[Organization]:
    if kinds:
        wanted = wanted.where(Organization.kind.in_(list(kinds)))
    return wanted.where(Organization.state.in_(list(states)))


def line(row: Organization) -> OrganizationLineItem:
    return OrganizationLineItem(row.id, row.ref, row.name, row.kind, row.credit_code, row.state, row.path)


def below(session: Session, organization_id: int) -> list[int]:
    """Itself and everything under it, from the top down."""
    wanted = select(OrganizationLine.descendant_id).where(OrganizationLine.ancestor_id == organization_id)
    return list(session.scalars(wanted.order_by(OrganizationLine.depth, OrganizationLine.descendant_id)))


def proposals(session: Session, proposed_by: int | None) -> list[ProposalLine]:
    """All that wait, oldest first; or everything that one account has proposed."""
    wanted = (
        select(OrganizationProposal, Organization, Account.name)
        .join(Organization, Organization.id == OrganizationProposal.organization_id)
        .join(Account, Account.id == OrganizationProposal.proposed_by)
        .order_by(OrganizationProposal.proposed_at, OrganizationProposal.organization_id)
    )
    if proposed_by is None:
        wanted = wanted.where(OrganizationProposal.state == "waiting")
    else:
        wanted = wanted.where(OrganizationProposal.proposed_by == proposed_by)
    return [
        ProposalLine(row.ref, row.name, row.kind, row.credit_code, told.state, name, told.proposed_at, told.reason)
        for told, row, name in session.execute(wanted.limit(500))
    ]
