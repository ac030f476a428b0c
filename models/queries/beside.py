"""What stands in the tables beside a list of organizations: looked up for all its rows at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.organizations import Organization, OrganizationFact, OrganizationState
from models.queries import bindings

_AT_ONCE = 400
T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    by_code: Mapping[str, Organization]
    by_name: Mapping[str, Organization]  # the oldest that is not closed
    facts: Mapping[int, Sequence[OrganizationFact]] = field(default_factory=dict)  # in any order
    administrators: frozenset[tuple[int, int]] = frozenset()
    accounts: Mapping[str, int] = field(default_factory=dict)  # address -> account

    def fact_at(self, organization_id: int, name: str, day: date) -> int | None:
        told = [row for row in self.facts.get(organization_id, ()) if row.name == name and row.as_of <= day]
        return max(told, key=lambda row: (row.as_of, row.id)).value if told else None


def beside(
    session: Session, codes: Iterable[str], names: Iterable[str], addresses: Iterable[str], now: datetime
) -> Beside:
    by_code: dict[str, Organization] = {}
    for piece in _pieces(codes):
        for row in session.scalars(select(Organization).where(Organization.credit_code.in_(piece))):
            by_code[row.credit_code or ""] = row
    by_name: dict[str, Organization] = {}
    for piece in _pieces(names):
        wanted = select(Organization).where(
            Organization.name.in_(piece), Organization.state != OrganizationState.CLOSED
        )
        for row in session.scalars(wanted.order_by(Organization.id)):
            by_name.setdefault(row.name, row)
    ids = {row.id for row in (*by_code.values(), *by_name.values())}
    return Beside(
        by_code, by_name, _facts(session, ids), _administrators(session, ids, now), _accounts(session, addresses)
    )


def _facts(session: Session, ids: Iterable[int]) -> dict[int, list[OrganizationFact]]:
    facts: dict[int, list[OrganizationFact]] = {}
    for piece in _pieces(ids):
        for row in session.scalars(select(OrganizationFact).where(OrganizationFact.organization_id.in_(piece))):
            facts.setdefault(row.organization_id, []).append(row)
    return facts


def _administrators(session: Session, ids: Iterable[int], now: datetime) -> frozenset[tuple[int, int]]:
    pairs = (bindings.administrators(session, piece, now) for piece in _pieces(ids))
    return frozenset(pair for some in pairs for pair in some)


def _accounts(session: Session, addresses: Iterable[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for piece in _pieces(addresses):
        wanted = or_(Account.login.in_(piece), Account.phone.in_(piece), Account.email.in_(piece))
        rows = session.execute(select(Account.id, Account.login, Account.phone, Account.email).where(wanted))
        for number, *named in rows:
            known.update({address: number for address in named if address})
    return known


def _pieces(wanted: Iterable[T]) -> Iterator[list[T]]:
    listed = sorted(set(wanted), key=str)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
