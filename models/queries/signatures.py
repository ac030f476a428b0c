"""What somebody proposed about a person and a second person must sign before it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.applications import Remark
from models.evidence import EventRow, Stream, StreamKind
from models.people import Person


@dataclass(frozen=True)
class Steps:
    """The kinds of events by which it is asked for, declined and done."""

    asked: str
    declined: str
    done: str

    @property
    def all(self) -> tuple[str, ...]:
        return self.asked, self.declined, self.done


def standing(session: Session, person_id: int, steps: Steps) -> tuple[EventRow, str] | None:
    """The request that still waits and its reason, if the last that was said is that somebody asked."""
    row = session.execute(
        select(EventRow, Remark.body)
        .join(Stream, Stream.id == EventRow.stream_id)
        .outerjoin(Remark, and_(Remark.stream_id == EventRow.stream_id, Remark.seq == EventRow.seq))
        .where(Stream.kind == StreamKind.PERSON.value, Stream.subject_id == person_id, EventRow.kind.in_(steps.all))
        .order_by(EventRow.seq.desc())
        .limit(1)
    ).first()
    return (row[0], row[1] or "") if row is not None and row[0].kind == steps.asked else None


def waiting(session: Session, steps: Steps) -> Sequence[Person]:
    """Everybody about whom something waits, the oldest first."""
    last: Any = (
        select(EventRow.stream_id, func.max(EventRow.seq).label("seq"))
        .where(EventRow.kind.in_(steps.all))
        .group_by(EventRow.stream_id)
        .subquery()
    )
    return session.scalars(
        select(Person)
        .join(Stream, and_(Stream.subject_id == Person.id, Stream.kind == StreamKind.PERSON.value))
        .join(last, last.c.stream_id == Stream.id)
        .join(EventRow, and_(EventRow.stream_id == last.c.stream_id, EventRow.seq == last.c.seq))
        .where(EventRow.kind == steps.asked)
        .order_by(EventRow.at)
    ).all()
