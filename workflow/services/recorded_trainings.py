"""Seats in trainings beside a case: their state is folded from its events."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.trainings import TrainingSeat
from workflow.domain.application import Outcome, State
from workflow.services.casework import Case


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state.after.seats, outcome.state.after.seats
    for training, state in after.items():
        if before.get(training) == state:
            continue
        row = session.get(TrainingSeat, (training, case.row.id))
        if row is None:
            row = TrainingSeat(training_id=training, application_id=case.row.id, asks={})
            session.add(row)
        row.state = state
    session.flush()


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    seats = session.scalars(select(TrainingSeat).where(TrainingSeat.application_id == row.id))
    stands = {each.training_id: each.state for each in seats}
    if dict(state.after.seats) != stands:
        yield "training_seat", sorted(state.after.seats.items()), sorted(stands.items())
