"""What time does to recognitions: they run out, and a while before that their holders are asked whether to go on.

Like everything the clock does, it acts through `perform`, case by case, and only while people still read the same
dates: a page that says "expired" never waits for it.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import awards as queries
from workflow.domain.calendar import local_day
from workflow.domain.duty_days import RENEWAL
from workflow.domain.errors import Reason
from workflow.domain.stages import follow_up_renewal
from workflow.domain.words import Words
from workflow.services import troubles
from workflow.services.casework import Case
from workflow.services.rulebooks import book_of

AT_ONCE = 200
LONGEST = timedelta(days=400)
"""No program asks for a renewal earlier than this."""


def carry_out(now: datetime) -> int:
    """Perform what has fallen due; how many cases it moved."""
    today = local_day(now)
    with reading() as session:
        run_out = queries.fallen_due(session, today, AT_ONCE)
        ending = [
            ref
            for ref, version, until in queries.ending_within(session, today, today + LONGEST)
            if _is_near(session, version, until, today)
        ][:AT_ONCE]
    acts = [*((ref, "expire") for ref in run_out), *((ref, "open_renewal") for ref in ending)]
    return sum(troubles.perform(ref, act, now) for ref, act in acts)


def _is_near(session: Session, version: int, until: date, today: date) -> bool:
    """Whether the version asks for a renewal and its first mark may have come; the rules look at the day itself."""
    duty = book_of(session, version).definition.duties.get(RENEWAL)
    return duty is not None and until - today <= follow_up_renewal.opens_before(duty)


def bans(session: Session, case: Case, now: datetime) -> tuple[Reason, ...]:
    """Why nothing is taken from this person: a recognition was revoked, and its time has not passed."""
    until = queries.bans(
        session, case.row.program_id, case.row.person_id, case.row.subject_organization_id, local_day(now)
    )
    if until is None:
        return ()
    words = Words("原来的认定被撤销，%(day)s 以前不能再申报这个项目", day=until.isoformat())
    return (Reason(words),)
