"""Reads of accounts, for the office that keeps them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, OfficeHolder, WebSession
from models.names import person_tokens, search_term
from models.organizations import Organization
from models.roles import RoleBinding


@dataclass(frozen=True)
class AccountLine:
    id: int
    ref: str
    name: str
    login: str | None
    phone: str | None
    email: str | None
    state: str
    organization: str | None
    organization_ref: str | None
    office: str | None
    created_at: datetime
    last_seen_at: datetime | None


def taken_addresses(
    session: Session, login: str | None, phone: str | None, email: str | None, but: int | None = None
) -> list[str]:
    """Which of the three another account has already."""
    wanted: tuple[tuple[str, ColumnElement[bool], str | None], ...] = (
        ("login", Account.login == login, login),
        ("phone", Account.phone == phone, phone),
        ("email", Account.email == email, email),
    )
    return [
        field
        for field, same, value in wanted
        if value and session.scalar(select(Account.id).where(same, Account.id != (but or 0)))
    ]


def by_address(session: Session, typed: str) -> Account | None:
    """The account that signs in with this; user names, phone numbers and e-mail addresses never look alike."""
    return session.scalars(
        select(Account).where(or_(Account.login == typed, Account.phone == typed, Account.email == typed))
    ).first()


def holds_role(session: Session, account_id: int, now: datetime) -> bool:
    standing = (RoleBinding.ends_at.is_(None)) | (RoleBinding.ends_at > now)
    return session.scalar(select(RoleBinding.id).where(RoleBinding.account_id == account_id, standing)) is not None


def holders_of_office(session: Session, office: str) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(OfficeHolder)
            .join(Account, Account.id == OfficeHolder.account_id)
            .where(OfficeHolder.office == office, OfficeHolder.ends_at.is_(None), Account.state != "disabled")
        )
        or 0
    )


_SEEN = (
    select(func.max(WebSession.last_seen_at)).where(WebSession.account_id == Account.id).correlate(Account)
).scalar_subquery()
_OFFICE = (
    select(func.min(OfficeHolder.office))
    .where(OfficeHolder.account_id == Account.id, OfficeHolder.ends_at.is_(None))
    .correlate(Account)
).scalar_subquery()
_LINES = select(Account, Organization.name, Organization.ref, _OFFICE, _SEEN).outerjoin(
    Organization, Organization.id == Account.organization_id
)


def listed(session: Session, term: str, state: str | None, after: int, limit: int) -> Sequence[AccountLine]:
    """By age of the account, newest last; `after` is the id of the last line of the page before."""
    wanted = _LINES.where(Account.id > after).order_by(Account.id).limit(limit)
    if state:
        wanted = wanted.where(Account.state == state)
    if term.strip():
        wanted = wanted.where(_matches(term.strip()))
    return [_line(*row) for row in session.execute(wanted)]


def _matches(term: str) -> ColumnElement[bool]:
    begin = term.lower()
    return or_(
        Account.name.startswith(term, autoescape=True),
        Account.login.startswith(begin, autoescape=True),
        Account.phone == begin,
        Account.email == begin,
    )


_SPELLED_AT_MOST = 5000


def spelled(session: Session, term: str, limit: int) -> list[int]:
    """Accounts of staff whose name is spelled so in pinyin or by its initials; applicants are not browsed."""
    wanted = search_term(term)
    if not wanted.isascii() or not wanted.isalpha():
        return []
    rows = session.execute(
        select(Account.id, Account.name)
        .where(Account.person_id.is_(None), Account.state != "disabled")
        .order_by(Account.id.desc())
        .limit(_SPELLED_AT_MOST)
    )
    found = (row.id for row in rows if any(token.startswith(wanted) for token in person_tokens(row.name)))
    return list(islice(found, limit))


def by_ref(session: Session, ref: str) -> AccountLine | None:
    row = session.execute(_LINES.where(Account.ref == ref)).first()
    return _line(*row) if row else None


def _line(
    account: Account, organization: str | None, ref: str | None, office: str | None, seen: datetime | None
) -> AccountLine:
    return AccountLine(
        account.id,
        account.ref,
        account.name,
        account.login,
        account.phone,
        account.email,
        account.state,
        organization,
        ref,
        office,
        account.created_at,
        seen,
    )


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}
