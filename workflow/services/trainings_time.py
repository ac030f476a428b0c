"""Those who signed up are told: the day before, and when a training is cancelled."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.trainings import Training, TrainingSeat, TrainingState
from workflow.services import outbox

REMINDED_BEFORE = timedelta(hours=24)


def carry_out(now: datetime) -> int:
    """Remind those who signed up, once, the day before; how many trainings."""
    near = select(Training).where(
        Training.state == TrainingState.SCHEDULED.value,
        Training.starts_at > now,
        Training.starts_at <= now + REMINDED_BEFORE,
        Training.reminded_at.is_(None),
    )
    with reading() as session:
        waiting: Collection[int] = list(session.scalars(near.with_only_columns(Training.id)))
    for id_ in waiting:
        with writing() as session:
            row = session.scalars(near.where(Training.id == id_).with_for_update()).first()
            if row is not None:
                row.reminded_at = now
                tell(session, row, "training_near", now)
    return len(waiting)


def tell(session: Session, row: Training, kind: str, now: datetime) -> None:
    people: Any = session.execute(
        select(ApplicationRow.id, ApplicationRow.ref, Account.id, ApplicationRow.filler_id)
        .join(TrainingSeat, TrainingSeat.application_id == ApplicationRow.id)
        .outerjoin(Account, Account.person_id == ApplicationRow.person_id)
        .where(TrainingSeat.training_id == row.id, TrainingSeat.state == "signed_up")
        .order_by(ApplicationRow.id)
    )
    for id_, ref, account, filler in people:
        to = account or filler
        if to is not None:
            once = f"training:{row.id}:{kind}:{id_}"
            params = {"application": ref}
            outbox.post(session, kind, now, recipient_id=to, params=params, application_id=id_, once=once)
