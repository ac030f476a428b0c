"""`confirm: at_award`: whoever was filled for is asked by a one-time link when their case has come to the award, where
they have no account that would be told. Sent in the transaction in which the case arrives there."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import CredentialCode
from models.applications import ApplicationRow
from workflow.domain.actor import SYSTEM
from workflow.domain.application import Action, Outcome, Status
from workflow.domain.program.schema import AwardStage
from workflow.domain.stages import award
from workflow.domain.stages.base import Work
from workflow.domain.stages.frame import UNDO_WINDOW
from workflow.services import codes, outbox
from workflow.services.casework import Case, open_case

PURPOSE: codes.Purpose = "confirm"
LIFE = timedelta(days=14)
_BEFORE = "a:"
"""Stands before the reference of the case, so that a link to the submission does not open the award."""


def standing(case: Case, now: datetime) -> tuple[bool, bool]:
    """Whether the case stands at an award for which its person has to confirm, and whether they have."""
    state = case.application.state
    stage = case.book.definition.stages.get(state.stage or "")
    at_award = isinstance(stage, AwardStage) and state.status is Status.OPEN
    heard = award.CONFIRMED in state.provided
    asks = at_award and award.confirms_here(Work(case.book, case.application, Action("provide"), SYSTEM, now))
    return asks and not heard, heard


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state, outcome.state
    if before.stage == after.stage or case.application.account_id is not None:
        return
    if not isinstance(case.book.definition.stages.get(after.stage or ""), AwardStage):
        return
    fresh = open_case(session, case.row.id)
    waits, _ = standing(fresh, now)
    if waits and mobile_of(fresh) is not None:
        send(session, fresh, now)


def send(session: Session, case: Case, now: datetime) -> str:
    """A fresh link to the mobile in the form, if there is one; the ones before are dead. Its token."""
    token = codes.issue_link(session, PURPOSE, now, subject_ref=subject(case.row.ref), life=LIFE)
    mobile, program = mobile_of(case), case.book.definition.program
    if mobile is not None and program.tell_person:
        outbox.post(
            session,
            "award_link",
            now,
            address=mobile,
            params={"application": case.row.ref, "program": program.name.zh},
            secret=token,
            application_id=case.row.id,
            event_seq=case.application.state.seq,
            after=UNDO_WINDOW,
        )
    return token


def subject(ref: str) -> str:
    return _BEFORE + ref


def led_to(session: Session, code: CredentialCode | None) -> ApplicationRow | None:
    named = (code.subject_ref if code is not None else None) or ""
    if not named.startswith(_BEFORE):
        return None
    return session.scalar(select(ApplicationRow).where(ApplicationRow.ref == named.removeprefix(_BEFORE)))


def last_sent(session: Session, ref: str) -> datetime | None:
    wanted = (
        select(CredentialCode.created_at)
        .where(CredentialCode.subject_ref == subject(ref))
        .order_by(CredentialCode.created_at.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def mobile_of(case: Case) -> str | None:
    fields, values = case.book.definition.form_fields(), case.application.values
    found = (values.get(key) for key, field in fields.items() if field.standard == "mobile")
    return next((str(each) for each in found if each), None)
