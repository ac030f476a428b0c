"""What a department wrote beside an objection is destroyed when its time is over; the answer, its category and the
number of its grounds stay.

The time runs from when the stage was left. The event says which answers lost their words, so that nobody looks for what
is gone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow, StageEntry
from models.base import reading, writing
from models.evidence import StreamKind
from models.joint import JointAnswer
from workflow.domain.actor import SYSTEM
from workflow.domain.calendar import end_of, local_day
from workflow.services import evidence
from workflow.services.rulebooks import book_of

AT_ONCE = 200


def carry_out(now: datetime) -> int:
    """How many cases lost words. So many at a time: the next tick takes the rest."""
    with reading() as session:
        over = dict(list(_over(session, now).items())[:AT_ONCE])
    if not over:
        return 0
    with writing() as session:
        return sum(_destroy(session, case, entries, now) for case, entries in sorted(over.items()))


def _over(session: Session, now: datetime) -> Mapping[int, Sequence[int]]:
    """Case -> its stays whose time is over, the oldest first; each case by the version it was decided under."""
    found: dict[int, list[int]] = defaultdict(list)
    for case, entry, left_at, version in session.execute(
        select(JointAnswer.application_id, JointAnswer.entry_no, StageEntry.left_at, ApplicationRow.version_id)
        .join(ApplicationRow, ApplicationRow.id == JointAnswer.application_id)
        .join(
            StageEntry,
            and_(StageEntry.application_id == JointAnswer.application_id, StageEntry.entry_no == JointAnswer.entry_no),
        )
        .where(JointAnswer.detail.is_not(None), StageEntry.left_at < now)
        .distinct()
        .order_by(StageEntry.left_at)
    ):
        book = book_of(session, version)
        length = book.definition.retention.joint_check_detail
        if left_at is not None and end_of(book.calendar.add(local_day(left_at), length).date) < now:
            found[case].append(entry)
    return found


def _destroy(session: Session, case: int, entries: Sequence[int], now: datetime) -> bool:
    """Read again under the lock: of two ticks at once the second finds nothing left to say."""
    rows = session.scalars(
        select(JointAnswer)
        .where(JointAnswer.application_id == case, JointAnswer.entry_no.in_(entries), JointAnswer.detail.is_not(None))
        .order_by(JointAnswer.entry_no, JointAnswer.role_key, JointAnswer.attempt)
        .with_for_update()
    ).all()
    if not rows:
        return False
    body = {"answers": list(_named(rows))}
    for row in rows:
        row.detail, row.key_id, row.destroyed_at = None, None, now
    evidence.tell(session, StreamKind.APPLICATION_ACCESS, case, "joint_detail_destroyed", SYSTEM, now, body=body)
    return True


def _named(rows: Sequence[JointAnswer]) -> Iterator[Sequence[int | str]]:
    for row in rows:
        yield [row.entry_no, row.role_key, row.attempt]
