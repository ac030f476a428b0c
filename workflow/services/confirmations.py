"""Whoever fills, the person confirms: by a one-time link, or its square on paper, without an account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.files import Attachment
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import NotFound, Refusal
from workflow.domain.words import Words
from workflow.services import actions, codes, drafts, files, submissions
from workflow.services.casework import find, open_case
from workflow.services.drafts import Desk
from workflow.services.submissions import Submitted

PURPOSE, LIFE = submissions.CONFIRM, submissions.LINK_LIFE


@dataclass(frozen=True)
class Asked:
    """What the person is shown: the form as it was filled, and who filled it."""

    desk: Desk
    filler: str
    expires_at: datetime


def link_for(ref: str, actor: Actor, now: datetime) -> str:
    """A fresh token for the printed page of whoever filled; the ones before are dead."""
    with writing() as session:
        case = open_case(session, find(session, ref).id, lock=True)
        if actor.account_id is None or actor.account_id != case.row.filler_id:
            raise NotFound
        if case.application.state.status is not Status.AWAITING_CONFIRMATION:
            raise Refusal(Words("这份申报现在不用本人确认"))
        return codes.issue_link(session, PURPOSE, now, subject_ref=case.row.ref, life=LIFE)


def shown(token: str, now: datetime) -> Asked:
    with reading() as session:
        code = codes.open_link(session, PURPOSE, token, now)
        row = session.scalar(select(ApplicationRow).where(ApplicationRow.ref == (code.subject_ref if code else None)))
        if code is None or row is None:
            raise Refusal(codes.DEAD_LINK)
        case = open_case(session, row.id)
        filler = session.get(Account, case.row.filler_id) if case.row.filler_id else None
        return Asked(drafts.desk_of(session, case, now), filler.name if filler else "", code.expires_at)


def file_shown(token: str, ref: str, now: datetime) -> files.Opened:
    """One attachment of the application that this link is about, for whoever holds the link. It is not used up."""
    with reading() as session:
        code = codes.open_link(session, PURPOSE, token, now)
        row = session.scalar(select(ApplicationRow).where(ApplicationRow.ref == (code.subject_ref if code else None)))
        held = session.scalar(
            select(Attachment.id).where(Attachment.ref == ref, Attachment.application_id == (row.id if row else 0))
        )
        if row is None or held is None:
            raise NotFound
    return files.fetch(ref, Actor("link", application_id=row.id), now)


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


def _opened(session: Session, token: str, now: datetime) -> tuple[ApplicationRow, Actor]:
    code = codes.open_link(session, PURPOSE, token, now, to_use=True)
    if code is None or code.subject_ref is None:
        raise Refusal(codes.DEAD_LINK)
    codes.use(code, now)
    row = find(session, code.subject_ref)
    return row, Actor("link", application_id=row.id)
