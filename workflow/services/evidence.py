"""The chains of events: appended to in the transaction of the act, verified from end to end.

Each event's mac covers the event and the mac before it, keyed with a secret that is not in the database. An anchor
(count and root of all heads) written outside the database shows a chain that was cut or a database that was put back.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.orm import Session

from models import chain, secrets
from models.applications import Remark
from models.base import reading, writing
from models.evidence import Anchor, EventRow, Stream, StreamKind
from workflow.domain.actor import Actor
from workflow.domain.events import Event


@dataclass(frozen=True)
class Broken:
    """The first thing that does not fit in one chain, or between the chains and an anchor."""

    stream: str
    seq: int | None
    why: str


# -- writing -----------------------------------------------------------------------------------------------------------
def tell(
    session: Session,
    kind: StreamKind,
    subject_id: int,
    what: str,
    actor: Actor,
    now: datetime,
    *,
    body: Mapping[str, Any] | None = None,
    remarks: Mapping[str, str] | None = None,
) -> int:
    """Append one fact outside of a case: of an account, an organization, a round… Returns its number in the chain."""
    event = Event(what, now, 0, actor.kind, actor.account_id, body or {}, remarks=remarks or {})
    return chain.append(session, kind, subject_id, [event])


# -- reading -----------------------------------------------------------------------------------------------------------
def events_of(session: Session, kind: StreamKind, subject_id: int) -> list[Event]:
    """The facts of one chain in order, as they were told; their words are not loaded."""
    return events_by_subject(session, kind, [subject_id]).get(subject_id, [])


_TOLD = (
    EventRow.kind,
    EventRow.at,
    EventRow.version,
    EventRow.actor_kind,
    EventRow.actor_id,
    EventRow.body,
    EventRow.for_id,
    EventRow.entry_no,
)
_TOLD_OF = (
    select(Stream.subject_id, *_TOLD)
    .join(EventRow, EventRow.stream_id == Stream.id)
    .where(Stream.kind == bindparam("kind"), Stream.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(Stream.subject_id, EventRow.seq)
)


def events_by_subject(session: Session, kind: StreamKind, subjects: Collection[int]) -> dict[int, list[Event]]:
    """The same for many chains at once; whoever has none is left out."""
    found: dict[int, list[Event]] = defaultdict(list)
    rows: Any = session.execute(_TOLD_OF, {"kind": kind.value, "subjects": list(subjects)})
    for row in rows:
        found[row.subject_id].append(as_event(row))
    return found


def as_event(row: EventRow | Row[Any]) -> Event:
    body = {name: value for name, value in row.body.items() if name != "remarks"}
    return Event(row.kind, row.at, row.version, row.actor_kind, row.actor_id, body, row.for_id, row.entry_no)


# -- verifying ---------------------------------------------------------------------------------------------------------
def verify(anchors: Path | None = None) -> list[Broken]:
    """Every chain that does not hold, named by its first bad row; none means that nothing was touched."""
    with reading() as session:
        return _everything_broken(session, anchors)


def first_break(session: Session, stream: Stream) -> Broken | None:
    """The first bad row of one chain; None where it holds to its end."""
    seq, mac = 0, ""
    for row in session.scalars(select(EventRow).where(EventRow.stream_id == stream.id).order_by(EventRow.seq)):
        why = _why_bad(row, seq, mac, stream)
        if why:
            return Broken(_name(stream, stream.id), row.seq, why)
        seq, mac = row.seq, row.mac
    if (stream.seq, stream.head_mac or "") != (seq, mac):
        return Broken(_name(stream, stream.id), seq + 1, "cut")
    return None


def verify_on(connection: Connection, anchors: Path | None = None) -> list[Broken]:
    """The same, as one open connection sees it."""
    with Session(connection) as session:
        return _everything_broken(session, anchors)


def _everything_broken(session: Session, anchors: Path | None) -> list[Broken]:
    return [*_broken_chains(session), *_broken_remarks(session), *_broken_anchors(session, anchors)]


def _broken_chains(session: Session) -> Iterator[Broken]:
    heads = {stream.id: stream for stream in session.scalars(select(Stream))}
    ends: dict[int, tuple[int, str]] = {}
    spoiled: set[int] = set()
    rows = session.scalars(
        select(EventRow).order_by(EventRow.stream_id, EventRow.seq).execution_options(yield_per=1000)
    )
    for row in rows:
        if row.stream_id in spoiled:
            continue
        seq, mac = ends.get(row.stream_id, (0, ""))
        why = _why_bad(row, seq, mac, heads.get(row.stream_id))
        if why:
            spoiled.add(row.stream_id)
            yield Broken(_name(heads.get(row.stream_id), row.stream_id), row.seq, why)
        ends[row.stream_id] = (row.seq, row.mac)
        session.expunge(row)
    for stream in heads.values():
        if stream.id not in spoiled and (stream.seq, stream.head_mac or "") != ends.get(stream.id, (0, "")):
            yield Broken(_name(stream, stream.id), ends.get(stream.id, (0, ""))[0] + 1, "cut")


def _why_bad(row: EventRow, seq: int, mac: str, stream: Stream | None) -> str | None:
    if stream is None:
        return "no chain"
    if row.seq != seq + 1:
        return "missing"
    try:
        spelled = chain.canonical(stream.kind, stream.subject_id, vars(row))
    except TypeError:
        return "changed"
    return None if secrets.chain_mac(mac or None, spelled) == row.mac else "changed"


def _broken_remarks(session: Session) -> Iterator[Broken]:
    """Words that were changed afterwards. Words that were erased are no fault."""
    heads = {stream.id: stream for stream in session.scalars(select(Stream))}
    rows = session.execute(
        select(Remark, EventRow.body).join(
            EventRow, (EventRow.stream_id == Remark.stream_id) & (EventRow.seq == Remark.seq), isouter=True
        )
    )
    for remark, body in rows:
        told = (body or {}).get("remarks", {}).get(remark.field)
        if told != chain.remark_digest(remark.stream_id, remark.seq, remark.field, remark.body):
            yield Broken(_name(heads.get(remark.stream_id), remark.stream_id), remark.seq, "words changed")


def _name(stream: Stream | None, stream_id: int) -> str:
    return f"{stream.kind}:{stream.subject_id}" if stream is not None else f"stream:{stream_id}"


# -- anchors -----------------------------------------------------------------------------------------------------------
def root_of(heads: Iterable[tuple[str, int, int, str | None]]) -> str:
    """One digest over all heads in a fixed order."""
    lines = [f"{kind}:{subject}:{seq}:{mac or ''}" for kind, subject, seq, mac in sorted(heads)]
    return secrets.chain_mac("root", "\n".join(lines).encode())


def anchor(now: datetime, write: Callable[[str], None]) -> Anchor:
    """Note count and root of all heads, in the database and through `write` outside of it."""
    with writing() as session:
        heads = [
            (s.kind, s.subject_id, s.seq, s.head_mac) for s in session.scalars(select(Stream).where(Stream.seq > 0))
        ]
        noted = Anchor(at=now, streams=len(heads), events=sum(head[2] for head in heads), root=root_of(heads))
        session.add(noted)
        session.flush()
    write(anchor_line(noted, {f"{kind}:{subject}": [seq, mac] for kind, subject, seq, mac in heads}))
    return noted


def anchor_line(noted: Anchor, heads: Mapping[str, list[Any]]) -> str:
    content = {"at": noted.at.isoformat(), "streams": noted.streams, "events": noted.events, "root": noted.root}
    return json.dumps({**content, "heads": heads}, ensure_ascii=False, sort_keys=True)


def _broken_anchors(session: Session, anchors: Path | None) -> Iterator[Broken]:
    """A chain is shorter than the last anchor says, or its event there is another: it was cut, or put back."""
    last = _last_line(anchors)
    if last is None:
        return
    for name, (seq, mac) in last["heads"].items():
        kind, _, subject = name.partition(":")
        found = session.scalar(
            select(EventRow.mac)
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(Stream.kind == kind, Stream.subject_id == int(subject), EventRow.seq == seq)
        )
        if found != mac:
            yield Broken(name, seq, "not as anchored")


def _last_line(anchors: Path | None) -> dict[str, Any] | None:
    if anchors is None or not anchors.exists():
        return None
    lines = [line for line in anchors.read_text("utf-8").splitlines() if line.strip()]
    return json.loads(lines[-1]) if lines else None


def counts() -> tuple[int, int]:
    """How many chains and events there are."""
    with reading() as session:
        streams = session.scalar(select(func.count()).select_from(Stream).where(Stream.seq > 0)) or 0
        events = session.scalar(select(func.count()).select_from(EventRow)) or 0
    return streams, events
