"""Duties of a whole round have the ladder of reminders of any other: who holds the role, then who runs the program.

They are few, and belong to no case: at each tick those whose mark came since the last look are told. `once` makes a
second look say nothing twice.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.clock import Heartbeat
from models.duties import RoundDuty
from models.queries import recipients
from models.queries.recipients import Seat
from models.rounds import Round
from workflow.domain import reminders
from workflow.domain.program.schema import Definition
from workflow.domain.reminders import HOLDER, RUN_BY, SUPERIOR, Nudge
from workflow.services import heartbeats
from workflow.services import reminders as ladder
from workflow.services.round_duties import ends_at
from workflow.services.rulebooks import book_of

_LOOK = "round duty reminders"


def plan(now: datetime) -> int:
    with reading() as session:
        beat = session.get(Heartbeat, _LOOK)
        since = beat.scanned_at if beat is not None else None
        open_ = session.execute(
            select(RoundDuty, Round).join(Round, Round.id == RoundDuty.round_id).where(RoundDuty.state == "open")
        ).all()
        near = [row.id for row, round_ in open_ if _owed(session, row, round_, since, now)]
        if not near:
            return 0
    with writing() as session:
        rows = session.execute(
            select(RoundDuty, Round)
            .join(Round, Round.id == RoundDuty.round_id)
            .where(RoundDuty.id.in_(near), RoundDuty.state == "open")
        ).all()
        told = sum(
            _tell(session, row, round_, nudge, now)
            for row, round_ in rows
            for nudge in _owed(session, row, round_, since, now)
        )
        heartbeats.locked(session, _LOOK, now).scanned_at = now
        return told


def _owed(session: Session, row: RoundDuty, round_: Round, since: datetime | None, now: datetime) -> tuple[Nudge, ...]:
    book = book_of(session, round_.version_id)
    duty = book.definition.duties.get(row.duty_key)
    if duty is None:
        return ()
    marks = reminders.marks_of_duty(book.definition, duty, row.role_key)
    nudges = reminders.schedule(book.calendar, ends_at(book, row), marks)
    return reminders.owed(nudges, max(row.opened_at, since) if since is not None else row.opened_at, now)


def _tell(session: Session, row: RoundDuty, round_: Round, nudge: Nudge, now: datetime) -> int:
    book, mark = book_of(session, round_.version_id), nudge.mark
    due = ends_at(book, row)
    params: dict[str, Any] = {
        "round": round_.ref, "duty": row.duty_key, "task": row.ref, "role": row.role_key, "to": mark.to, "number": "",
    }  # fmt: skip
    return ladder.write(
        session,
        [
            ladder.message(
                mark.kind,
                account,
                now,
                params,
                f"rdn:{reminders.key_of(str(row.id), due, mark, account)}",
                False,
                about_at=due,
                leaves_at=ladder.leaves(nudge, now),
            )
            for account in _audience(session, book.definition, row, mark.to, now)
        ],
    )


def _audience(session: Session, definition: Definition, row: RoundDuty, to: str, now: datetime) -> list[int]:
    holders = recipients.holding(session, Seat(row.role_key, row.program_id, row.round_id), now)
    if to == HOLDER:
        return recipients.to_be_told(session, holders, 0, False)
    above = [a for each in holders for a in recipients.administrators(session, each, now)] if to == SUPERIOR else []
    role = definition.run_by if to in (RUN_BY, SUPERIOR) else to
    found = list(dict.fromkeys(above)) or recipients.holding(session, Seat(role, row.program_id, row.round_id), now)
    told = recipients.to_be_told(session, found, 0, False)
    return [account for account in told if to != RUN_BY or account not in holders]
