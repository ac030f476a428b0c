"""What time brings to recognitions: duties that open, payments that fall due, points that are locked (`keep_time`).

Each recognition knows the next day on which it must be looked at; a look that finds nothing moves that day on. Like
everything the clock does it acts through `perform`, case by case, and may be repeated, doubled or late.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import literal_state, reading, writing
from workflow.domain.calendar import local_day
from workflow.domain.stages import follow_up_time
from workflow.services import troubles
from workflow.services.casework import open_case

AT_ONCE = 200
_WAITING = (
    select(ApplicationRow.id, ApplicationRow.ref)
    .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
    .where(RecognitionRow.standing == literal_state("valid"), RecognitionRow.look_on <= bindparam("today"))
    .order_by(RecognitionRow.look_on, ApplicationRow.id)
    .limit(AT_ONCE)
)


def carry_out(now: datetime) -> int:
    """Perform what has fallen due; how many cases it moved."""
    today = local_day(now)
    with reading() as session:
        waiting: Sequence[tuple[int, str]] = [(id_, ref) for id_, ref in session.execute(_WAITING, {"today": today})]
    moved = 0
    for id_, ref in waiting:
        moved += troubles.perform(ref, follow_up_time.ACT.name, now)
        with writing() as session:
            _put_off(session, id_, today)
    return moved


def _put_off(session: Session, application_id: int, today: date) -> None:
    """The day of the next look, always later than today: what could not be told today is tried again tomorrow."""
    case = open_case(session, application_id)
    tomorrow = date.fromordinal(today.toordinal() + 1)
    look_on = follow_up_time.next_look(case.book, case.application, tomorrow)
    session.execute(
        update(RecognitionRow).where(RecognitionRow.application_id == application_id).values(look_on=look_on)
    )


def look_at_all(session: Session, today: date) -> None:
    """After a change of the calendar every standing recognition is looked at anew. Part of the caller's transaction."""
    session.execute(update(RecognitionRow).where(RecognitionRow.standing == "valid").values(look_on=today))


def look_at(session: Session, application_ids: Sequence[int], today: date) -> None:
    """Something outside the cases' own events has changed: a fact, a session, what is held elsewhere."""
    wanted = RecognitionRow.application_id.in_(list(application_ids))
    session.execute(update(RecognitionRow).where(wanted, RecognitionRow.standing == "valid").values(look_on=today))
