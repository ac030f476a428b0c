"""What meetings made of a case, as rows beside it that lists and line-drawing can count."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.meetings import Ballot
from workflow.domain.application import Outcome, State
from workflow.domain.told import Voted
from workflow.services.casework import Case


def values_of(voted: Voted) -> dict[str, Any]:
    return {
        "meeting_id": voted.meeting,
        "entry_no": voted.entry_no,
        "result": voted.result,
        "how": voted.how,
        "rank": voted.rank,
        "members": voted.members,
        "present": voted.present,
        "favor": voted.favor,
        "against": voted.against,
        "abstained": voted.abstained,
        "alternate": voted.alternate,
        "grade": voted.grade,
        "called": voted.called,
    }


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state.votes, outcome.state.votes
    if before == after:
        return
    for number, voted in enumerate(after, start=1):
        session.merge(Ballot(application_id=case.row.id, no=number, **values_of(voted)))
    if len(after) < len(before):
        session.execute(delete(Ballot).where(Ballot.application_id == case.row.id, Ballot.no > len(after)))


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    stands = {each.no: each for each in session.scalars(select(Ballot).where(Ballot.application_id == row.id))}
    told = dict(enumerate(state.votes, start=1))
    if told.keys() != stands.keys():
        yield "ballot", sorted(told), sorted(stands)
    for number, voted in told.items():
        for column, value in values_of(voted).items():
            if number in stands and getattr(stands[number], column) != value:
                yield f"ballot {number}.{column}", value, getattr(stands[number], column)
