"""A certificate that comes to its end: its holder hears a month and a week before, where no renewal is asked for.

Once a day, and only of those whose mark came since the day of the last look: nobody walks over all certificates.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.clock import Heartbeat
from models.rounds import Round
from workflow.domain.calendar import end_of, local_day
from workflow.domain.duty_days import RENEWAL
from workflow.services import heartbeats, outbox
from workflow.services.rulebooks import book_of

DAYS_BEFORE = (30, 7)
_LOOK = "expiring"


def plan(now: datetime) -> int:
    today = local_day(now)
    with reading() as session:
        beat = session.get(Heartbeat, _LOOK)
        if beat is not None and local_day(beat.scanned_at) >= today:
            return 0
    with writing() as session:
        beat = heartbeats.locked(session, _LOOK, now - timedelta(days=1))
        since = local_day(beat.scanned_at)
        if since >= today:
            return 0
        told = sum(_tell(session, since, today, days, now) for days in sorted(DAYS_BEFORE))
        beat.scanned_at, beat.scans = now, beat.scans + 1
        return told


def _tell(session: Session, since: date, today: date, days: int, now: datetime) -> int:
    """Who ends within `days`, and did not yet at the last look."""
    rows = session.execute(
        select(RecognitionRow, ApplicationRow, Round.ref, Account.id)
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .join(Round, Round.id == RecognitionRow.round_id)
        .join(Account, Account.person_id == RecognitionRow.person_id)
        .where(
            RecognitionRow.standing == "valid",
            RecognitionRow.valid_until > since + timedelta(days=days),
            RecognitionRow.valid_until <= today + timedelta(days=days),
            RecognitionRow.valid_until >= today,
            Account.state == AccountState.ACTIVE,
        )
    ).all()
    told = 0
    for recognition, row, round_ref, account in rows:
        definition = book_of(session, row.version_id).definition
        if RENEWAL in definition.duties or recognition.valid_until is None:
            continue
        if not definition.program.tell_person:
            continue
        outbox.post(
            session,
            "expiring",
            now,
            recipient_id=account,
            params={"application": row.ref, "round": round_ref, "number": recognition.number},
            application_id=row.id,
            about_at=end_of(recognition.valid_until),
            once=f"e:{recognition.id}:{recognition.valid_until.isoformat()}",
        )
        told += 1
    return told
