"""Payments of a round: the list for whoever pays, and what each benefit comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import Entitlement, RecognitionRow
from models.base import literal_state
from models.payments import PaymentRow
from models.people import Person, PersonIdentity
from models.queries.scoping import Condition
from models.work import WorkItem

STATES = ("due", "made", "stopped", "unreceived")
_STANDS = RecognitionRow.standing == literal_state("valid")


@dataclass(frozen=True)
class Payout:
    application_id: int
    application: str
    number: str | None
    name: str
    id_mask: str | None
    payment_no: int
    benefit: str
    nth: int
    due_on: date
    amount: str
    state: str
    paid: str
    paid_on: date | None
    voucher: str | None
    received: bool | None
    item: str | None
    item_version: int | None


def listed(
    session: Session, where: Sequence[Condition], state: str, benefit: str, limit: int, offset: int
) -> list[Payout]:
    """In the order in which they fall due; `state` empty = all of them."""
    identity = (
        select(PersonIdentity.mask)
        .where(PersonIdentity.person_id == ApplicationRow.person_id)
        .order_by(PersonIdentity.id_type)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        _base(where, state, benefit)
        .with_only_columns(
            ApplicationRow.id,
            ApplicationRow.ref,
            ApplicationRow.number,
            Person.name,
            identity,
            PaymentRow.no,
            PaymentRow.benefit,
            PaymentRow.nth,
            PaymentRow.due_on,
            PaymentRow.amount,
            PaymentRow.state,
            PaymentRow.paid,
            PaymentRow.paid_on,
            PaymentRow.voucher,
            PaymentRow.received,
            WorkItem.ref,
            WorkItem.version,
        )
        .order_by(PaymentRow.due_on, ApplicationRow.id, PaymentRow.no)
        .limit(limit)
        .offset(offset)
    )
    return [Payout(*row) for row in session.execute(statement)]


def counts(session: Session, where: Sequence[Condition], benefit: str) -> dict[str, int]:
    counted = func.count()
    return {
        state: session.scalar(_base(where, state, benefit).with_only_columns(counted)) or 0 for state in ("", *STATES)
    }


def _base(where: Sequence[Condition], state: str, benefit: str) -> Select[PaymentRow]:
    open_item = and_(
        WorkItem.application_id == PaymentRow.application_id,
        WorkItem.no == PaymentRow.item_no,
        WorkItem.state == "open",
    )
    narrowed: dict[str, list[Condition]] = {
        "": [],
        "unreceived": [PaymentRow.received.is_(False)],
        "due": [PaymentRow.state == "due", _STANDS],  # what was due when a recognition ended is not paid any more
    }
    return (
        select(PaymentRow)
        .join(ApplicationRow, ApplicationRow.id == PaymentRow.application_id)
        .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .outerjoin(WorkItem, open_item)
        .where(
            *where,
            *narrowed.get(state, [PaymentRow.state == state]),
            *([PaymentRow.benefit == benefit] if benefit else []),
        )
    )


def entitled(session: Session, where: Sequence[Condition]) -> Sequence[tuple[str, str]]:
    """(benefit, amount) of every recognition that still stands and pays something."""
    rows = session.execute(
        select(Entitlement.benefit, Entitlement.amount)
        .join(RecognitionRow, RecognitionRow.id == Entitlement.recognition_id)
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .where(*where, _STANDS, Entitlement.amount.is_not(None))
    )
    return [(benefit, amount) for benefit, amount in rows if amount is not None]


def amounts(session: Session, where: Sequence[Condition]) -> Sequence[tuple[str, str, str, bool]]:
    """(benefit, state, amount, whether the recognition still stands) of every payment; of one made, what was paid."""
    rows = session.execute(
        _base(where, "", "").with_only_columns(
            PaymentRow.benefit, PaymentRow.state, PaymentRow.amount, PaymentRow.paid, RecognitionRow.standing
        )
    )
    return [
        (benefit, state, paid if state == "made" else amount, standing == "valid")
        for benefit, state, amount, paid, standing in rows
    ]
