"""Appending to a chain of events: the only writer of `stream`, `event` and `remark`."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import secrets
from models.applications import Remark
from models.evidence import EventRow, Stream, StreamKind
from workflow.domain.events import Event

_HELD = "chains"  # beside the session, until its transaction ends
_SCALARS = (str, int, bool, type(None))


_STANDING = (
    select(Stream).where(Stream.kind == bindparam("kind"), Stream.subject_id == bindparam("subject")).with_for_update()
)
_EVENTS = insert(EventRow.metadata.tables["event"])


def append(
    session: Session,
    kind: StreamKind,
    subject_id: int,
    events: Sequence[Event],
    program_version_id: int | None = None,
) -> int:
    """Add events to the end of the subject's chain; the number of the last one. Holds the chain until the commit."""
    stream = lock(session, kind, subject_id)
    rows = []
    for event in events:
        stream.seq += 1
        row = _row(stream, event, program_version_id)
        stream.head_mac = row["mac"] = secrets.chain_mac(
            stream.head_mac, canonical(stream.kind, stream.subject_id, row)
        )
        rows.append(row)
        for field, text in event.remarks.items():
            session.add(Remark(stream_id=stream.id, seq=stream.seq, field=field, body=text))
    if rows:
        session.flush()
        session.connection().execute(_EVENTS, rows)
    return stream.seq


def lock(session: Session, kind: StreamKind, subject_id: int) -> Stream:
    """The subject's chain, made if need be; others who append to it wait."""
    ahead: dict[tuple[str, int], Stream] = session.info.get(_HELD, {})
    if (kind.value, subject_id) in ahead:
        return ahead[kind.value, subject_id]
    which = {"kind": kind, "subject": subject_id}
    found = session.scalars(_STANDING, which).first()
    if found is None:
        on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        values = {"kind": kind.value, "subject_id": subject_id, "seq": 0}
        session.execute(on.insert(Stream).values(values).on_conflict_do_nothing())
        found = session.scalars(_STANDING, which).one()
    return found


def lock_all(session: Session, kind: StreamKind, subjects: Collection[int]) -> None:
    """Take hold of many chains at once, as far as they are made, for a transaction that appends to each of them."""
    standing = select(Stream).where(Stream.kind == kind, Stream.subject_id.in_(list(subjects)))
    held = session.info.setdefault(_HELD, {})
    for stream in session.scalars(standing.order_by(Stream.subject_id).with_for_update()):
        held[stream.kind, stream.subject_id] = stream


def _row(stream: Stream, event: Event, program_version_id: int | None) -> dict[str, Any]:
    body = dict(event.body)
    if event.remarks:
        body["remarks"] = {
            field: remark_digest(stream.id, stream.seq, field, text) for field, text in sorted(event.remarks.items())
        }
    return {
        "stream_id": stream.id,
        "seq": stream.seq,
        "version": event.version,
        "kind": event.kind,
        "actor_kind": event.actor_kind,
        "actor_id": event.actor_id,
        "for_id": event.for_id,
        "at": event.at,
        "entry_no": event.entry_no,
        "program_version_id": program_version_id,
        "body": body,
    }


def remark_digest(stream_id: int, seq: int, field: str, text: str) -> str:
    """Under the key of the chains: it must still be recognized when the keys of the fields have been changed."""
    return secrets.chain_mac("remark", f"{stream_id}|{seq}|{field}|{text}".encode())


def canonical(kind: str, subject_id: int, row: Mapping[str, Any]) -> bytes:
    """One row in one spelling: what the mac covers. Equal on both databases, whatever JSON they keep."""
    _refuse_floats(row["body"])
    moment: datetime = row["at"]
    fields = (
        kind,
        subject_id,
        row["seq"],
        row["version"],
        row["kind"],
        row["actor_kind"],
        row["actor_id"],
        row["for_id"],
        moment.astimezone(UTC).isoformat(timespec="microseconds"),
        row["entry_no"],
        row["program_version_id"],
        row["body"],
    )
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _refuse_floats(each)
    elif not isinstance(value, _SCALARS):
        raise TypeError(f"an event holds words, whole numbers and yes or no, not {type(value).__name__}")
