"""Objections to a published line: received from whoever reads it, or written down by hand; settled apart.

Who objects and what they wrote is sealed. The case's own events know that there is an objection and what became of it.
"""

import json
import secrets as random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.base import reading, writing
from models.notices import Notice, NoticeLine, ObjectionRow
from models.queries import notices as queries
from workflow import storage
from workflow.documents import inspection
from workflow.domain.actor import ANONYMOUS, Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason, Refusal
from workflow.domain.program.schema import NoticeStage
from workflow.domain.words import Words
from workflow.services import actions, files, public_notices
from workflow.services.casework import open_case
from workflow.services.objections_opened import NAMES, may_handle, seal
from workflow.storage import TooLarge

SHORTEST, LONGEST, CONTACT = 10, 5000, 200
FROM_ONE_PLACE = 5
WINDOW = timedelta(hours=1)
EVIDENCE_MB = 10
ACCEPTED = ("pdf", "jpg", "png")
MB = 1024 * 1024


@dataclass(frozen=True)
class Given:
    """What was written. `via` is how it came; `received` the day it came on, for what is entered by hand."""

    line: int
    facts: str
    name: str = ""
    phone: str = ""
    address: str = ""
    consent: bool = False
    via: str = "page"
    received: date | None = None


@dataclass(frozen=True)
class Evidence:
    """A file that was handed in with it, already looked into and stored."""

    name: str
    sha256: str


# -- receiving ---------------------------------------------------------------------------------------------------------
def check(ref: str, given: Given, actor: Actor, address: str, now: datetime) -> None:
    """Everything that can be said before a file is taken in."""
    shown = public_notices.shown(ref, actor, now)
    _refuse(_wrong(shown.stage, given))
    _refuse_unseen(shown, given.line)
    with reading() as session:
        _line(session, ref, given.line)
        _refuse_flood(session, secrets.digest("objection", address), now)


def _refuse_flood(session: Session, digest: str, now: datetime) -> None:
    if queries.recent_from(session, digest, now - WINDOW) >= FROM_ONE_PLACE:
        raise Refusal(Words("这里一小时内提的异议太多了，请过一会儿再提，或打公示上的受理电话"))


def receive(
    ref: str,
    given: Given,
    actor: Actor,
    address: str,
    now: datetime,
    *,
    file: Evidence | None = None,
    request_key: str | None = None,
) -> str:
    """From the page of the notice, by anybody to whom it is shown. The receipt that its sender keeps.

    The account of a reader who happens to be signed in is not noted: who objects stands in the sealed part alone.
    """
    shown = public_notices.shown(ref, actor, now)
    _refuse(_wrong(shown.stage, given))
    if not shown.open_to_objection:
        raise NotReady([Reason(Words("公示期已满，不能再从这里提异议"))])
    _refuse_unseen(shown, given.line)
    digest = secrets.digest("objection", address)
    with writing() as session:
        before = actions.answered_before(session, ANONYMOUS, request_key, ("object", ref, _said(given)), now)
        if before is not None:
            return str(before["objection"])
        _refuse_flood(session, digest, now)
        notice, line = _line(session, ref, given.line)
        asker = ANONYMOUS if shown.audience == "public" else actor
        made = _received(session, notice, line, given, asker, now, address_digest=digest, file=file)
        actions.keep_answer(session, ANONYMOUS, request_key, {"objection": made})
        return made


def enter(
    ref: str, given: Given, actor: Actor, now: datetime, *, file: Evidence | None = None, request_key: str | None = None
) -> str:
    """What came by phone, letter or visit, written down by the office that settles it. Its reference."""
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, ("objection", ref, _said(given)), now)
        if before is not None:
            return str(before["objection"])
        notice, line = _line(session, ref, given.line)
        case = open_case(session, line.application_id)
        if not may_handle(case, actor):
            raise NotFound
        stage = case.book.stage(notice.stage_key)
        _refuse([*_wrong(stage, given, by_hand=True), *_wrong_way(given)])
        receipt = _received(session, notice, line, given, actor, now, file=file)
        actions.keep_answer(session, actor, request_key, {"objection": receipt})
        return receipt


def _refuse_unseen(shown: public_notices.Shown, number: int) -> None:
    """A reader objects to what they see; a line of another organization is to them like none."""
    if number not in {each.no for each in shown.lines}:
        raise InvalidInput([Reason(Words("请选反映的是名单上的哪一位"), "line")])


def _line(session: Session, ref: str, number: int) -> tuple[Notice, NoticeLine]:
    notice = session.scalars(select(Notice).where(Notice.ref == ref)).first()
    line = session.get(NoticeLine, (notice.id, number)) if notice is not None else None
    if notice is None or line is None:
        raise InvalidInput([Reason(Words("请选反映的是名单上的哪一位"), "line")])
    if line.state != "standing":
        raise InvalidInput([Reason(Words("这一位已经不在公示名单上"), "line")])
    return notice, line


def _received(
    session: Session,
    notice: Notice,
    line: NoticeLine,
    given: Given,
    actor: Actor,
    now: datetime,
    *,
    address_digest: str | None = None,
    file: Evidence | None = None,
) -> str:
    ref = random.token_urlsafe(12)
    who = {name: getattr(given, name).strip() for name in ("name", "phone", "address") if getattr(given, name).strip()}
    row = ObjectionRow(
        ref=ref,
        notice_id=notice.id,
        line_no=line.no,
        application_id=line.application_id,
        via=given.via,
        received_on=given.received or local_day(now),
        at=now,
        who=seal(ref, "who", json.dumps(who, ensure_ascii=False)) if who else None,
        words=seal(ref, "words", given.facts.strip()),
        consent=given.consent,
        address_digest=address_digest,
        entered_by=actor.account_id if given.via != "page" else None,
        state="open",
        evidence_name=file.name if file is not None else None,
        evidence_sha256=file.sha256 if file is not None else None,
    )
    session.add(row)
    session.flush()
    case = open_case(session, line.application_id, lock=True)
    posting = case.application.state.posting()
    inputs = {"objection": row.id, "via": given.via, "received": row.received_on}
    action = Action("object", posting.item if posting is not None else None, inputs)
    actions.carry_out(session, case, action, actor, now)
    return ref


def _said(given: Given) -> str:
    """Recognizes the same page sent again without keeping what was written on it."""
    return secrets.digest("objection_key", json.dumps(vars(given), ensure_ascii=False, default=str))


def receipt_of(ref: str) -> str:
    """What the sender writes down, to ask about it by telephone."""
    return f"YY-{secrets.digest('receipt', ref)[:8].upper()}"


def _wrong(stage: Any, given: Given, *, by_hand: bool = False) -> list[Reason]:
    reasons = []
    real_name = isinstance(stage, NoticeStage) and stage.objection.real_name
    if len(given.facts.strip()) < SHORTEST:
        words = Words("请写清事实和依据：什么时间、什么事、有什么材料，至少 %(n)s 个字", n=SHORTEST)
        reasons.append(Reason(words, "facts"))
    if len(given.facts) > LONGEST:
        reasons.append(Reason(Words("太长了：最多 %(n)s 个字", n=LONGEST), "facts"))
    if real_name and not given.name.strip():
        reasons.append(Reason(Words("异议要实名：请写反映人的姓名，只给办理异议的人看"), "name"))
    if real_name and not by_hand and not given.phone.strip():
        reasons.append(Reason(Words("请留电话，核查时要联系你；只给办理异议的人看"), "phone"))
    for name in ("name", "phone", "address"):
        if len(getattr(given, name)) > CONTACT:
            reasons.append(Reason(Words("太长了：最多 %(n)s 个字", n=CONTACT), name))
    if not by_hand and not given.consent:
        reasons.append(Reason(Words("请先看过并勾选个人信息的说明"), "consent"))
    return reasons


def _wrong_way(given: Given) -> list[Reason]:
    reasons = []
    if given.via not in NAMES or given.via == "page":
        reasons.append(Reason(Words("请选是怎么收到的：电话、来信或来访"), "via"))
    if given.received is None:
        reasons.append(Reason(Words("请写收到的日期"), "received"))
    return reasons


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise InvalidInput(reasons)


# -- what came with it -------------------------------------------------------------------------------------------------
def take_file(name: str | None, stream: BinaryIO, now: datetime) -> Evidence:
    """Looked into and kept by content before the objection is written; what nobody names is purged like any other."""
    try:
        called = inspection.checked_name(name)
        with storage.taking(stream, EVIDENCE_MB * MB) as taken:
            seen = files.looked_at(taken, called, list(ACCEPTED))
            with storage.taking(seen.rewritten or taken.path.open("rb"), 4 * EVIDENCE_MB * MB) as final:
                storage.store().keep(final)
                with writing() as session:
                    files.note_stored(session, final, seen, now)
                return Evidence(called[:255], final.sha256)
    except inspection.Refused as refused:
        raise InvalidInput([Reason(refused.words, "file")]) from None
    except TooLarge:
        words = Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=EVIDENCE_MB)
        raise InvalidInput([Reason(words, "file")]) from None
