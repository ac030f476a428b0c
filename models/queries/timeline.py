"""What happened to one case, with the words people wrote beside it and the names of who acted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Remark
from models.evidence import EventRow, Stream, StreamKind


@dataclass(frozen=True)
class Fact:
    seq: int
    version: int
    kind: str
    at: datetime
    by_id: int | None
    by: str | None
    for_id: int | None
    entry_no: int | None
    body: Mapping[str, Any]
    remarks: Mapping[str, str] = field(default_factory=dict)


def facts_of(session: Session, application_id: int) -> Sequence[Fact]:
    """The whole chain of one case, oldest first: three reads, however long it is."""
    stream = session.scalar(
        select(Stream.id).where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == application_id)
    )
    if stream is None:
        return []
    rows = session.execute(
        select(EventRow, Account.name)
        .outerjoin(Account, Account.id == EventRow.actor_id)
        .where(EventRow.stream_id == stream)
        .order_by(EventRow.seq)
    )
    said: dict[int, dict[str, str]] = {}
    for remark in session.scalars(select(Remark).where(Remark.stream_id == stream)):
        said.setdefault(remark.seq, {})[remark.field] = remark.body
    return [_fact(row, name, said.get(row.seq, {})) for row, name in rows]


def _fact(row: EventRow, name: str | None, remarks: Mapping[str, str]) -> Fact:
    body = {key: value for key, value in row.body.items() if key != "remarks"}
    return Fact(row.seq, row.version, row.kind, row.at, row.actor_id, name, row.for_id, row.entry_no, body, remarks)
