"""The planner: what is near becomes a message to whoever owes it, once. Its cost follows what is due, not what is open.

Each open item says when it must be looked at again. A look tells the newest mark that has passed to each audience and
notes the next one; whatever changes the last day asks for a new look. `once` makes a second look say nothing twice.
"""

import logging
import secrets as random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import literal_state, reading, writing
from models.messages import Message
from models.queries import recipients
from models.queries.recipients import Seat
from models.rounds import Round, RoundState
from models.work import NEVER, Pool, WorkItem
from workflow.domain import envelopes, reminders
from workflow.domain.abouts import duty_about
from workflow.domain.application import Duty
from workflow.domain.duty_days import RENEWAL
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Definition, ScoreStage
from workflow.domain.reminders import HOLDER, RUN_BY, SUPERIOR, Mark, Nudge
from workflow.domain.stages import follow_up_renewal
from workflow.services import troubles
from workflow.services.rulebooks import book_of

AT_ONCE = 25
LOOK_AGAIN = timedelta(hours=1)
DRAFTS_BEFORE = (-5, -3, -1, 0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owed:
    """One item whose last day is looked at, with its case."""

    item: WorkItem
    row: ApplicationRow
    definition: Definition


def plan(now: datetime) -> int:
    """Everything that must be looked at by now; how many messages were written."""
    told = 0
    while is_behind(now):
        looked, wrote = _look(now)
        told += wrote
        if not looked:  # what is left is in other hands
            break
    return told + plan_rounds(now)


def is_behind(now: datetime) -> bool:
    """Whether something must still be looked at: until then no digest is closed."""
    with reading() as session:
        return bool(session.scalar(select(exists().where(_due(now)))))


def _due(now: datetime) -> Any:
    return (WorkItem.state == literal_state("open")) & (WorkItem.remind_at <= now)


def _look(now: datetime) -> tuple[int, int]:
    """A few items in one transaction. Rows that somebody works on are passed over: they are looked at next time."""
    with writing() as session:
        rows = session.execute(
            select(WorkItem, ApplicationRow)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(_due(now))
            .order_by(WorkItem.remind_at, WorkItem.id)
            .limit(AT_ONCE)
            .with_for_update(of=[WorkItem, ApplicationRow], skip_locked=True, key_share=True)
        ).all()
        told = 0
        for item, row in rows:
            try:
                with session.begin_nested():
                    told += _plan_item(session, item, row, now)
            except Exception as error:
                _log.exception("item %s cannot be looked at", item.id)
                session.refresh(item)
                item.remind_at = now + LOOK_AGAIN
                troubles.note(session, f"look:{item.id}", "due_soon", error, now, item=item)
        return len(rows), told


def _plan_item(session: Session, item: WorkItem, row: ApplicationRow, now: datetime) -> int:
    if item.due_at == NEVER:
        item.remind_at = NEVER
        return 0
    book = book_of(session, row.version_id)
    nudges = reminders.schedule(book.calendar, item.due_at, _marks(book.definition, item))
    told = 0
    for nudge in reminders.owed(nudges, item.opened_at, now):
        told += _tell(session, Owed(item, row, book.definition), nudge, now)
    item.remind_at = reminders.next_look(nudges, now) or NEVER
    return told


def _marks(definition: Definition, item: WorkItem) -> tuple[Mark, ...]:
    stage = definition.stages.get(item.stage_key)
    asked = duty_about(definition, item.about) if item.duty in (Duty.ANSWER, Duty.AGREE) else None
    if asked is not None:
        return reminders.marks_of_duty(definition, asked, item.role_key)
    marks = reminders.marks_of(definition, stage, item.role_key)
    renewal = definition.duties.get(RENEWAL)
    if renewal is None or item.about != follow_up_renewal.ABOUT:
        return marks
    early = [Length(-mark.amount, mark.unit) for mark in renewal.at]
    return (*(Mark(each, "due_soon") for each in early), *marks)


# -- one mark ----------------------------------------------------------------------------------------------------------
def _tell(session: Session, owed: Owed, nudge: Nudge, now: datetime) -> int:
    item, mark = owed.item, nudge.mark
    params = {
        "application": owed.row.ref,
        "round": session.get_one(Round, item.round_id).ref,
        "stage": item.stage_key,
        "about": item.about or "",
        "number": "" if _is_blind(owed) else owed.row.number or "",
        "item": item.ref,
        "role": item.role_key,
        "to": mark.to,
    }
    urgent = mark.kind == "due_today" and item.role_key == "applicant"
    rows = [
        message(
            mark.kind, account, now, params, f"n:{reminders.key_of(str(item.id), item.due_at, mark, account)}", urgent,
            application_id=item.application_id, work_item_id=item.id, about_at=item.due_at,
            leaves_at=leaves(nudge, now),
        )
        for account in _audience(session, owed, mark.to, now)
    ]  # fmt: skip
    _replace(session, item, mark, rows, now)
    return write(session, rows)


def _replace(session: Session, item: WorkItem, mark: Mark, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """What was said before of the same thing is no longer so: the new one stands in its place."""
    kinds = ("due_soon", "due_today", "overdue") if mark.to == HOLDER else (mark.kind,)
    session.execute(
        update(Message)
        .where(
            Message.work_item_id == item.id,
            Message.recipient_id.in_([row["recipient_id"] for row in rows]),
            Message.once.not_in([row["once"] for row in rows]),
            Message.kind.in_(kinds),
            Message.state.in_(("waiting", "packed")),
        )
        .values(state="dropped", read_at=now)
    )


def _is_blind(owed: Owed) -> bool:
    stage = owed.definition.stages.get(owed.item.stage_key)
    return isinstance(stage, ScoreStage) and stage.blind and owed.item.role_key in stage.raters


def _audience(session: Session, owed: Owed, to: str, now: datetime) -> list[int]:
    if to == HOLDER:
        return _holders(session, owed, now)
    run_by = owed.definition.run_by
    accounts = _above(session, owed, now) if to == SUPERIOR else []
    accounts = accounts or _bound(session, owed, run_by if to in (RUN_BY, SUPERIOR) else to, now)
    told = recipients.to_be_told(session, accounts, owed.item.application_id, True)
    known = set(_holders(session, owed, now)) if to == RUN_BY else set()
    return [account for account in told if account not in known]


def _holders(session: Session, owed: Owed, now: datetime) -> list[int]:
    item = owed.item
    if item.role_key == "applicant":
        people = [item.holder_id, *([owed.row.filler_id] if owed.row.filler_id != item.holder_id else [])]
        return recipients.to_be_told(session, [one for one in people if one is not None], 0, False)
    if item.holder_id is not None:
        accounts = recipients.with_substitutes(session, [item.holder_id], now)
    else:
        pool = session.get_one(Pool, item.pool_id)
        seat = Seat(item.role_key, pool.program_id, pool.round_id, owed.row.track, pool.organization_id, pool.by_office)
        accounts = recipients.holding(session, seat, now)
    return recipients.to_be_told(session, accounts, item.application_id, item.conflict_bars)


def _bound(session: Session, owed: Owed, role: str, now: datetime) -> list[int]:
    return recipients.holding(session, Seat(role, owed.row.program_id, owed.row.round_id, owed.row.track), now)


def _above(session: Session, owed: Owed, now: datetime) -> list[int]:
    found = [recipients.administrators(session, account, now) for account in _holders(session, owed, now)]
    return list(dict.fromkeys(account for accounts in found for account in accounts))


# -- drafts before a round closes --------------------------------------------------------------------------------------
def plan_rounds(now: datetime) -> int:
    """Who has begun and not submitted hears before the doors close."""
    with reading() as session:
        wanted = session.scalars(select(Round.id).where(*_closing(now)).limit(AT_ONCE)).all()
    return sum(_plan_round(number, now) for number in wanted)


def _closing(now: datetime) -> Sequence[Any]:
    return (
        Round.state == RoundState.OPEN,
        Round.closes_at > now,
        Round.remind_at.is_(None) | (Round.remind_at <= now),
    )


def _plan_round(number: int, now: datetime) -> int:
    with writing() as session:
        found = select(Round).where(Round.id == number, *_closing(now))
        row = session.scalar(found.with_for_update(skip_locked=True, key_share=True))
        if row is None or row.closes_at is None:
            return 0
        book = book_of(session, row.version_id)
        nudges = reminders.schedule(book.calendar, row.closes_at, reminders.marks_before(DRAFTS_BEFORE))
        told = sum(_tell_drafts(session, row, nudge, now) for nudge in reminders.owed(nudges, row.opens_at, now))
        row.remind_at = reminders.next_look(nudges, now) or row.closes_at
        return told


def _tell_drafts(session: Session, row: Round, nudge: Nudge, now: datetime) -> int:
    mark = nudge.mark
    assert row.closes_at is not None  # noqa: S101 - asked before
    drafts = session.execute(
        select(ApplicationRow.id, ApplicationRow.ref, ApplicationRow.filler_id).where(
            ApplicationRow.round_id == row.id, ApplicationRow.status.in_(("draft", "awaiting_confirmation"))
        )
    )
    kind = "draft_due" if mark.offset.amount else "draft_today"
    rows = [
        message(
            kind, filler, now, {"application": ref, "round": row.ref},
            f"d:{reminders.key_of(str(number), row.closes_at, mark, filler)}", not mark.offset.amount,
            application_id=number, about_at=row.closes_at, leaves_at=leaves(nudge, now),
        )
        for number, ref, filler in drafts
        if filler is not None
    ]  # fmt: skip
    return write(session, rows)


# -- writing -----------------------------------------------------------------------------------------------------------
def message(
    kind: str, account: int, now: datetime, params: dict[str, Any], once: str, urgent: bool, **columns: Any
) -> dict[str, Any]:
    return {
        "ref": random.token_urlsafe(12),
        "once": once,
        "kind": kind,
        "recipient_id": account,
        "params": params,
        "urgent": urgent,
        "created_at": now,
        "visible_at": now,
        "language": "zh",
        "state": "waiting",
        **columns,
    }


def leaves(nudge: Nudge, now: datetime) -> datetime:
    return envelopes.nudge_leaves_at(nudge.at, now).astimezone(UTC)


def write(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    """What stands already is passed over, whoever wrote it."""
    wanted = list(rows)
    if not wanted:
        return 0
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = on.insert(Message).on_conflict_do_nothing(index_elements=["once"]).returning(Message.id)
    return len(session.scalars(statement, wanted).all())
