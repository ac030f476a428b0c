"""The person at the award, without an account: sees what the office filled from data, says yes and gives what the award
asks, or wants none of it. The link is used up by either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.accounts import CredentialCode
from models.applications import ApplicationRow
from models.base import reading, writing
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.errors import NotFound, Refusal
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.words import Words
from workflow.services import actions, award_links, codes, drafts, recognitions_asked
from workflow.services.casework import Case, find, open_case
from workflow.services.drafts import Desk
from workflow.services.recognitions_asked import Asked

AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Shown:
    desk: Desk
    asked: Asked
    office: str
    expires_at: datetime


def shown(token: str, now: datetime) -> Shown:
    with reading() as session:
        code, case, actor = _opened(session, token, now)
        asked = recognitions_asked.asked_of(session, case, actor, now)
        desk = drafts.desk_of(session, case, now)
        return Shown(desk, asked, case.book.definition.program.owner.zh, code.expires_at)


def confirm(token: str, typed: Mapping[str, str], confirmed: bool, now: datetime) -> None:
    """Raises InvalidInput or NotReady with everything that is wrong; then the link is still alive."""
    with writing() as session:
        code, case, actor = _opened(session, token, now, to_use=True)
        recognitions_asked.give(session, case, typed, confirmed, actor, now)
        codes.use(code, now)


def decline(token: str, reason: str, now: datetime) -> None:
    """The person wants none of it: withdrawn, by themselves."""
    with writing() as session:
        code, case, actor = _opened(session, token, now, to_use=True)
        actions.carry_out(session, case, Action("withdraw", None, {"reason": reason.strip()}), actor, now)
        codes.use(code, now)


def _opened(session: Session, token: str, now: datetime, *, to_use: bool = False) -> tuple[CredentialCode, Case, Actor]:
    code = codes.open_link(session, award_links.PURPOSE, token, now, to_use=to_use)
    row: ApplicationRow | None = award_links.led_to(session, code)
    if code is None or row is None:
        raise Refusal(codes.DEAD_LINK)
    case = open_case(session, row.id, lock=to_use)
    if not award_links.standing(case, now)[0]:
        raise Refusal(codes.DEAD_LINK)
    return code, case, Actor("link", application_id=row.id)


# -- the office --------------------------------------------------------------------------------------------------------
def send_again(ref: str, actor: Actor, now: datetime) -> None:
    with writing() as session:
        case = _waiting(session, ref, actor, now)
        last = award_links.last_sent(session, ref)
        if award_links.mobile_of(case) is None:
            raise Refusal(Words("表里没有手机号，发不出去。请做一张确认单，让本人当面扫码"))
        if last is not None and last + AGAIN_AFTER > now:
            minutes = max(1, -(-int((last + AGAIN_AFTER - now).total_seconds()) // 60))
            raise Refusal(Words("链接刚发过，请 %(n)s 分钟后再发", n=minutes))
        award_links.send(session, case, now)


def link_for(ref: str, actor: Actor, now: datetime) -> str:
    """A fresh token for a page that the office prints; the ones before are dead."""
    with writing() as session:
        case = _waiting(session, ref, actor, now)
        subject = award_links.subject(case.row.ref)
        return codes.issue_link(session, award_links.PURPOSE, now, subject_ref=subject, life=award_links.LIFE)


def _waiting(session: Session, ref: str, actor: Actor, now: datetime) -> Case:
    case = open_case(session, find(session, ref).id, lock=True)
    run_by = case.book.definition.run_by
    if not can(actor, Permission.ROUND_RUN, RoundSubject(case.row.program_id, case.row.round_id, run_by)):
        raise NotFound
    if not award_links.standing(case, now)[0]:
        raise Refusal(Words("这份申报现在不用本人确认"))
    return case
