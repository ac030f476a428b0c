"""Whom a nominator still waits for: people who have not confirmed what was filled for them; sending the link again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.queries import nominations as queries
from models.queries.nominations import Unconfirmed
from workflow.domain.actor import Actor
from workflow.domain.application import Status
from workflow.domain.errors import MovedOn, NotFound, Refusal
from workflow.domain.program.schema import Label
from workflow.domain.scope import scope_of
from workflow.domain.stages.intake import signs_on_paper
from workflow.domain.words import Words
from workflow.services import submissions
from workflow.services.casework import open_case
from workflow.services.rulebooks import book_of
from workflow.services.sheets import Left, left_until

AGAIN_AFTER = timedelta(minutes=10)
A_DAY = timedelta(days=1)
PER_DAY = 5


@dataclass(frozen=True)
class Awaited:
    """Somebody who has to confirm: until when it counts, when the last link went out, from when on another may."""

    ref: str
    name: str
    round_name: str
    program: Label
    channel: Label
    organization: str | None
    left: Left | None
    sent_at: datetime | None
    dead: bool  # the last link has run out
    own: bool
    again_at: datetime | None  # None: now
    paper: bool = False  # the person signs on paper, and no link goes out


def awaited(actor: Actor, now: datetime) -> tuple[Awaited, ...]:
    """Only people whom the actor's own organizations put forward."""
    with reading() as session:
        rows = queries.unconfirmed(session, scope_of(actor), now - A_DAY)
        books = {number: book_of(session, number) for number in sorted({row.version_id for row in rows})}
        return tuple(
            Awaited(
                row.ref,
                row.name,
                row.round_name,
                books[row.version_id].definition.program.name,
                books[row.version_id].definition.channels[row.channel].name,
                row.organization,
                left_until(books[row.version_id], row.closes_at, now),
                row.sent_at,
                row.expires_at is not None and row.expires_at <= now,
                row.filler_id == actor.account_id,
                _again_at(row, now),
                signs_on_paper(books[row.version_id].definition, row.channel),
            )
            for row in rows
        )


def _again_at(row: Unconfirmed, now: datetime) -> datetime | None:
    if row.sent_at is None:
        return None
    if row.sent_of_late >= PER_DAY:
        return row.sent_at + A_DAY
    return row.sent_at + AGAIN_AFTER if row.sent_at + AGAIN_AFTER > now else None


def send_again(ref: str, actor: Actor, now: datetime) -> None:
    """A fresh link to the mobile in the form; the ones before are dead. Not too often, for the person's sake."""
    with writing() as session:
        row = _mine(session, ref, actor, now)
        case = open_case(session, row.id, lock=True)
        if case.application.state.status is not Status.AWAITING_CONFIRMATION:
            raise MovedOn
        again_at = _again_at(_mine(session, ref, actor, now), now)
        if again_at is not None and row.sent_of_late >= PER_DAY:
            raise Refusal(Words("一天最多发 %(n)s 次，请明天再发，或者做一张确认单当面扫码", n=PER_DAY))
        if again_at is not None:
            minutes = max(1, -(-int((again_at - now).total_seconds()) // 60))
            raise Refusal(Words("链接刚发过，请 %(n)s 分钟后再发", n=minutes))
        awaited = submissions.asked_by_link(case.book.definition, case.row.channel, case.application.state.awaited)
        if not awaited:
            raise Refusal(Words("这个渠道不用链接确认：请打印确认表，由本人签字"))
        if not any(submissions.mobile_of(case, of) for of in awaited):
            raise Refusal(Words("表里没有手机号，发不出去。请做一张确认单，让本人当面扫码"))
        for of in awaited:
            submissions.send_link(session, case, now, of)


def _mine(session: Session, ref: str, actor: Actor, now: datetime) -> Unconfirmed:
    found = queries.unconfirmed(session, scope_of(actor), now - A_DAY, ref)
    if not found:
        raise NotFound
    return found[0]
