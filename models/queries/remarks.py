"""What was written beside the events of a case, in the order in which it was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.applications import Remark
from models.evidence import EventRow, Stream, StreamKind


@dataclass(frozen=True)
class Told:
    """One event and one field of words beside it; `field` is None where nothing was written."""

    kind: str
    body: Mapping[str, Any]
    field: str | None
    words: str


def told(session: Session, application_id: int, kinds: Collection[str] | None = None) -> Sequence[Told]:
    """Of these kinds of events; of all where none are named."""
    wanted = (
        select(EventRow.kind, EventRow.body, Remark.field, Remark.body)
        .join(Stream, Stream.id == EventRow.stream_id)
        .outerjoin(Remark, and_(Remark.stream_id == EventRow.stream_id, Remark.seq == EventRow.seq))
        .where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == application_id)
        .order_by(EventRow.seq)
    )
    if kinds is not None:
        wanted = wanted.where(EventRow.kind.in_(list(kinds)))
    return [Told(kind, body, field, words or "") for kind, body, field, words in session.execute(wanted)]
