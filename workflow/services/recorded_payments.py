"""Rows of payments beside their case: what the state says, written once and compared at every replay."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.payments import PaymentRow
from workflow.domain.after.payments import Payment
from workflow.domain.application import Outcome, State
from workflow.services.casework import Case


def values_of(payment: Payment) -> dict[str, Any]:
    return {
        "benefit": payment.benefit,
        "nth": payment.nth,
        "name": payment.name,
        "due_on": payment.on,
        "amount": payment.amount,
        "item_no": payment.item,
        "state": payment.state,
        "paid": payment.paid,
        "paid_on": payment.paid_on,
        "voucher": payment.voucher,
        "received": payment.received,
    }


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before = {each.no: each for each in case.application.state.after.payments}
    for payment in outcome.state.after.payments:
        if before.get(payment.no) != payment:
            session.merge(PaymentRow(application_id=case.row.id, no=payment.no, **values_of(payment)))


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    rows = session.scalars(select(PaymentRow).where(PaymentRow.application_id == row.id))
    stand = {each.no: {name: getattr(each, name) for name in values_of_row()} for each in rows}
    told = {each.no: values_of(each) for each in state.after.payments}
    if stand != told:
        yield "payment", told, stand


def values_of_row() -> tuple[str, ...]:
    return tuple(column.key for column in PaymentRow.__table__.columns if column.key not in ("application_id", "no"))
