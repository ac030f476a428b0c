"""Whoever fills, the person confirms, and each member of a team: by a one-time link, or its square on paper, without
an account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, CredentialCode
from models.applications import ApplicationRow
from models.base import reading, writing
from models.files import Attachment
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.errors import NotFound, Refusal
from workflow.domain.words import Words
from workflow.services import actions, award_links, codes, drafts, files_opening, submissions
from workflow.services.casework import find, open_case
from workflow.services.drafts import Desk
from workflow.services.submissions import Submitted

PURPOSE, LIFE = submissions.CONFIRM, submissions.LINK_LIFE


@dataclass(frozen=True)
class Asked:
    """What a person is shown: the form as it was filled, and by whom. `of`: a member's row of the team, else 0."""

    desk: Desk
    filler: str
    expires_at: datetime
    of: int = 0


def link_for(ref: str, actor: Actor, now: datetime, of: int = 0) -> str:
    """A fresh token for the printed page of whoever filled; the ones before are dead."""
    with writing() as session:
        case = open_case(session, find(session, ref).id, lock=True)
        if actor.account_id is None or actor.account_id != case.row.filler_id:
            raise NotFound
        if of not in case.application.state.awaited:
            raise Refusal(Words("这份申报现在不用本人确认"))
        if of not in submissions.asked_by_link(case.book.definition, case.row.channel, {of}):
            raise Refusal(Words("这个渠道不用链接确认：请打印确认表，由本人签字"))
        subject = submissions.link_subject(case.row.ref, of)
        return codes.issue_link(session, PURPOSE, now, subject_ref=subject, life=LIFE)


def shown(token: str, now: datetime) -> Asked:
    with reading() as session:
        code = codes.open_link(session, PURPOSE, token, now)
        row, of = _led_to(session, code)
        if code is None or row is None:
            raise Refusal(codes.DEAD_LINK)
        case = open_case(session, row.id)
        if of not in case.application.state.awaited:
            raise Refusal(codes.DEAD_LINK)
        filler = session.get(Account, case.row.filler_id) if case.row.filler_id else None
        return Asked(drafts.desk_of(session, case, now), filler.name if filler else "", code.expires_at, of)


def file_shown(token: str, ref: str, now: datetime) -> files_opening.Opened:
    """One attachment of the application that this link is about, for the person alone. The link is not used up."""
    with reading() as session:
        code = codes.open_link(session, PURPOSE, token, now)
        row, of = _led_to(session, code)
        row = row or award_links.led_to(session, code)
        held = session.scalar(
            select(Attachment.id).where(Attachment.ref == ref, Attachment.application_id == (row.id if row else 0))
        )
        if row is None or held is None or of:
            raise NotFound
    return files_opening.fetch(ref, Actor("link", application_id=row.id), now)


def _led_to(session: Session, code: CredentialCode | None) -> tuple[ApplicationRow | None, int]:
    ref, _, of = ((code.subject_ref if code else None) or "").partition(".")
    return session.scalar(select(ApplicationRow).where(ApplicationRow.ref == ref)), int(of or 0)


def confirm(token: str, now: datetime) -> Submitted:
    """Yes, this is right: on record, with number and receipt. The link is used up."""
    with writing() as session:
        row, actor = _opened(session, token, now)
        return submissions.confirm(session, row.id, actor, now)


def confirm_own(ref: str, actor: Actor, now: datetime) -> Submitted:
    """The person has an account and confirms there; the links that were made are dead."""
    with writing() as session:
        case = open_case(session, find(session, ref).id, lock=True)
        done = submissions.confirm(session, case.row.id, actor, now)
        codes.void_links(session, PURPOSE, ref, now)
        return done


def refuse(token: str, reason: str, now: datetime) -> None:
    """No: back to whoever filled, with what the person says is wrong. The link is used up."""
    with writing() as session:
        row, actor = _opened(session, token, now)
        case = open_case(session, row.id, lock=True)
        actions.carry_out(session, case, Action("refuse_confirmation", None, {"reason": reason}), actor, now)
        for of in case.application.state.awaited:
            codes.void_links(session, PURPOSE, submissions.link_subject(row.ref, of), now)


def _opened(session: Session, token: str, now: datetime) -> tuple[ApplicationRow, Actor]:
    code = codes.open_link(session, PURPOSE, token, now, to_use=True)
    row, of = _led_to(session, code)
    if code is None or row is None:
        raise Refusal(codes.DEAD_LINK)
    codes.use(code, now)
    return row, Actor("link", application_id=row.id, member=of)
