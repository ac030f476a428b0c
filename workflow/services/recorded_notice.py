"""Lines of notices and objections beside a case: their state is folded from its events."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.notices import Notice, NoticeLine, ObjectionRow
from workflow.domain.application import Outcome, State
from workflow.domain.told import Objecting, Posting
from workflow.services.casework import Case


def line_digest(notice_ref: str, no: int, shown: Sequence[str]) -> str:
    """Keyed: the names of a list that is gone must not be guessed from the chain."""
    said = json.dumps([notice_ref, no, list(shown)], ensure_ascii=False)
    return secrets.chain_mac("notice_line", said.encode())


def posting_state(state: State, posting: Posting) -> str:
    if posting.taken_down:
        return "taken_down"
    entry = next((each for each in state.entries if each.no == posting.entry_no), None)
    if entry is None or entry.left_at is not None:
        return "ended" if entry is not None and entry.effect == "ended" else "left"
    return "standing"


def objection_state(state: State, objection: Objecting) -> str:
    """Open as long as its case can still move on because of it."""
    if not objection.is_open or state.item(objection.item) is None:
        return objection.state
    item = state.item(objection.item)
    return objection.state if item is not None and item.is_open else "moot"


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state, outcome.state
    if not after.noticed.postings or (
        before.noticed == after.noticed and before.entries == after.entries and before.items == after.items
    ):
        return
    lines = {
        (row.notice_id, row.no): row
        for row in session.scalars(select(NoticeLine).where(NoticeLine.application_id == case.row.id))
    }
    for posting in after.noticed.postings:
        row = lines.get((posting.notice, posting.line))
        if row is not None:
            row.state, row.item_no = posting_state(after, posting), posting.item
    if after.noticed.objections:
        _write_objections(session, case.row.id, outcome, now)
    session.flush()


def _write_objections(session: Session, application_id: int, outcome: Outcome, now: datetime) -> None:
    rows = {row.id: row for row in session.scalars(_objections(application_id))}
    settled = {event.body["objection"]: event for event in outcome.events if event.kind == "objection_settled"}
    for objection in outcome.state.noticed.objections:
        row = rows.get(objection.no)
        if row is None:
            continue
        row.state = objection_state(outcome.state, objection)
        if objection.no in settled and not objection.is_open:
            row.settled_at, row.settled_by = now, settled[objection.no].actor_id


def _objections(application_id: int) -> Any:
    return select(ObjectionRow).where(ObjectionRow.application_id == application_id)


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    """Lines as the events say, their words under the digest that the event holds; objections by their state."""
    told = {(p.notice, p.line): (p.entry_no, p.item, p.digest, posting_state(state, p)) for p in state.noticed.postings}
    stands = {
        (line.notice_id, line.no): (line.entry_no, line.item_no, _digest_of(line, ref), line.state)
        for line, ref in session.execute(_lines_with_ref(row.id))
    }
    if told != stands:
        yield "notice_line", sorted(told.items()), sorted(stands.items())
    said = {
        objection.no: (objection.notice, objection_state(state, objection)) for objection in state.noticed.objections
    }
    kept = {each.id: (each.notice_id, each.state) for each in session.scalars(_objections(row.id))}
    if said != kept:
        yield "objection", sorted(said.items()), sorted(kept.items())


def _digest_of(line: NoticeLine, ref: str) -> str:
    """Of the words as they stand; of those that were erased, what they were."""
    return line.digest if line.erased_at is not None else line_digest(ref, line.no, line.shown)


def _lines_with_ref(application_id: int) -> Any:
    return (
        select(NoticeLine, Notice.ref)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(NoticeLine.application_id == application_id)
    )
