"""Somebody whom the office invited and to whom nobody has given anything yet: what they wait for, and whom to ask."""

from dataclasses import dataclass

from sqlalchemy import select

from models.accounts import Account
from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from models.organizations import Organization
from workflow.domain.actor import Actor

_MADE_BY_THE_OFFICE = ("account_invited", "account_created")


@dataclass(frozen=True)
class Welcome:
    invited_by: str | None
    organization: str | None


def waiting(actor: Actor) -> Welcome | None:
    """None for whoever registered alone, and for whoever already has something to do."""
    if actor.account_id is None or actor.holdings or actor.offices:
        return None
    with reading() as session:
        made = session.scalars(
            select(EventRow)
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(
                Stream.kind == StreamKind.ACCOUNT.value,
                Stream.subject_id == actor.account_id,
                EventRow.kind.in_(_MADE_BY_THE_OFFICE),
            )
            .order_by(EventRow.seq)
        ).first()
        if made is None:
            return None
        by = session.scalar(select(Account.name).where(Account.id == made.actor_id)) if made.actor_id else None
        own = select(Account.organization_id).where(Account.id == actor.account_id).scalar_subquery()
        return Welcome(by, session.scalar(select(Organization.name).where(Organization.id == own)))
