"""Entries of points beside a case: what the state says, written once, settled once, compared at every replay."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.points import PointsEntryRow
from workflow.domain.after.points import PointsEntry
from workflow.domain.application import Outcome, State
from workflow.services.casework import Case


def values_of(entry: PointsEntry) -> dict[str, Any]:
    return {
        "item_key": entry.item,
        "value": entry.value,
        "asked": entry.asked,
        "source": entry.source,
        "happened_on": entry.on,
        "corrects": entry.corrects,
        "training_id": entry.session,
        "recorded_by": entry.by,
        "recorded_at": entry.at,
        "state": entry.state,
        "settled_by": entry.settled_by,
        "settled_at": entry.settled_at,
    }


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state.after.points.entries, outcome.state.after.points.entries
    if before is after:
        return
    for entry in after[len(before) :]:
        row = {"application_id": case.row.id, "no": entry.no, **values_of(entry)}
        session.execute(insert(PointsEntryRow).values(row))
    for was, entry in zip(before, after, strict=False):
        if was.state != entry.state:
            settled = {"state": entry.state, "settled_by": entry.settled_by, "settled_at": entry.settled_at}
            here = (PointsEntryRow.application_id == case.row.id, PointsEntryRow.no == entry.no)
            session.execute(update(PointsEntryRow).where(*here).values(settled))


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    stands = {
        each.no: each for each in session.scalars(select(PointsEntryRow).where(PointsEntryRow.application_id == row.id))
    }
    told = state.after.points.entries
    if [entry.no for entry in told] != sorted(stands):
        yield "points_entry", [entry.no for entry in told], sorted(stands)
        return
    for entry in told:
        for column, value in values_of(entry).items():
            if getattr(stands[entry.no], column) != value:
                yield f"points_entry {entry.no}.{column}", value, getattr(stands[entry.no], column)
