"""The office that settles objections: its register, one objection in full, who is behind it, and what is made of it.

Partly upheld, one is also for whoever then decides, who learns what was written and not by whom.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.base import reading, writing
from models.evidence import StreamKind
from models.files import StoredFile
from models.notices import Notice, NoticeLine, ObjectionRow
from models.queries import notices as queries
from models.queries.notices import Objected
from models.work import WorkItem
from workflow import storage
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import NoticeStage
from workflow.domain.scope import scope_of
from workflow.domain.told import Objecting
from workflow.domain.words import Words
from workflow.services import actions, evidence, files_opening, public_notices
from workflow.services.casework import Case, open_case
from workflow.services.objections_opened import NAMES, may_handle, opened, seal, unseal
from workflow.services.sheets import Left, left_until
from workflow.storage import Missing


@dataclass(frozen=True)
class RegisterLine:
    """One objection in the list of the office that settles it."""

    ref: str
    title: str
    round_name: str
    line: int
    shown: tuple[str, ...]
    number: str | None
    via: Words
    received: date
    state: str
    left: Left | None


@dataclass(frozen=True)
class Sheet:
    """One objection for whoever acts on it now. `who` stays None until a reason was given for looking."""

    ref: str
    item: str | None  # of the work item that asks to settle or to decide
    version: int
    state: str
    asks: str  # settle, weigh, or nothing
    title: str
    notice_ref: str
    round_name: str
    line: int
    shown: tuple[str, ...]
    columns: tuple[str, ...]
    case_ref: str
    number: str | None
    via: Words
    received: date
    received_at: datetime
    facts: str
    report: str
    conclusion: str
    evidence_name: str | None
    handles: bool  # the settling office: may see who objects
    entered_by: str | None
    left: Left | None
    stage: NoticeStage
    who: Mapping[str, str] = field(default_factory=dict)


# -- reading -----------------------------------------------------------------------------------------------------------
def register(actor: Actor, now: datetime) -> list[RegisterLine]:
    """What the actor settles, the open ones first."""
    with reading() as session:
        rows = queries.objections(session, scope_of(actor))
        found = []
        for row in rows:
            case = open_case(session, row.row.application_id)
            if may_handle(case, actor):
                found.append(_register_line(row, case, now))
    return sorted(found, key=lambda each: each.state != "open")


def notices_to_handle(actor: Actor, now: datetime) -> list[public_notices.Shown]:
    """The notices that run now and whose objections the actor settles: where something can be entered by hand."""
    with reading() as session:
        wanted = queries.notices(Notice.taken_down_at.is_(None), Notice.last_day >= local_day(now) - timedelta(days=10))
        found = []
        for notice, round_, version in session.execute(wanted).all():
            first = next((line for line, _ in queries.lines_of(session, notice.id) if line.state == "standing"), None)
            if first is not None and may_handle(open_case(session, first.application_id), actor):
                found.append(public_notices.as_shown(session, notice, round_, version, actor, now))
    return found


def _register_line(row: Objected, case: Case, now: datetime) -> RegisterLine:
    return RegisterLine(
        row.row.ref,
        row.notice.title,
        row.round_name,
        row.line.no,
        tuple(str(each) for each in row.line.shown),
        row.number,
        NAMES[row.row.via],
        row.row.received_on,
        row.row.state,
        _left(case, row.row, now),
    )


def _objecting(case: Case, row: ObjectionRow) -> Objecting | None:
    return next((each for each in case.application.state.noticed.objections if each.no == row.id), None)


def _left(case: Case, row: ObjectionRow, now: datetime) -> Left | None:
    told = _objecting(case, row)
    item = case.application.state.item(told.item) if told is not None else None
    if item is None or not item.is_open:
        return None
    return left_until(case.book, case.book.due(case.application, item, now), now)


def sheet(ref: str, actor: Actor, now: datetime) -> Sheet:
    """For the settling office; partly upheld, also for who then decides, who learns what was written, not by whom."""
    with reading() as session:
        row, case = opened(session, ref)
        told = _objecting(case, row)
        item = case.application.state.item(told.item) if told is not None else None
        handles = may_handle(case, actor)
        decides = (
            item is not None
            and item.is_open
            and row.state == "partly"
            and can(actor, Permission.ITEM_ACT, CaseSubject(case.book.definition, case.application, item))
        )
        if not handles and not decides:
            raise NotFound
        return _sheet(session, row, case, item, handles=handles, decides=decides, now=now)


def _sheet(
    session: Session, row: ObjectionRow, case: Case, item: Any, *, handles: bool, decides: bool, now: datetime
) -> Sheet:
    notice = session.get_one(Notice, row.notice_id)
    line = session.get_one(NoticeLine, (row.notice_id, row.line_no))
    stage = case.book.stage(notice.stage_key)
    if not isinstance(stage, NoticeStage):
        raise NotFound
    waiting = item is not None and item.is_open and row.state in ("open", "partly")
    work = _work_item(session, row.application_id, item.no) if waiting else None
    asks = "settle" if row.state == "open" and handles else "weigh" if decides else ""
    return Sheet(
        ref=row.ref,
        item=work.ref if work is not None else None,
        version=work.version if work is not None else 0,
        state=row.state,
        asks=asks if work is not None else "",
        title=notice.title,
        notice_ref=notice.ref,
        round_name=case.round.name,
        line=line.no,
        shown=tuple(str(each) for each in line.shown),
        columns=tuple(name for _, name in notice.columns),
        case_ref=case.row.ref,
        number=case.row.number,
        via=NAMES[row.via],
        received=row.received_on,
        received_at=row.at,
        facts=unseal(row.ref, "words", row.words),
        report=unseal(row.ref, "report", row.report),
        conclusion=row.state if row.state != "open" else "",
        evidence_name=row.evidence_name,
        handles=handles,
        entered_by=None,
        left=_left(case, row, now),
        stage=stage,
    )


def _work_item(session: Session, application_id: int, number: int) -> WorkItem | None:
    wanted = select(WorkItem).where(WorkItem.application_id == application_id, WorkItem.no == number)
    return session.scalars(wanted).first()


# -- what only the settling office sees --------------------------------------------------------------------------------
def reveal(ref: str, reason: str, actor: Actor, now: datetime) -> dict[str, str]:
    """Who objects, in full: told to the chain of looks before it is shown."""
    with writing() as session:
        row, case = opened(session, ref)
        if not may_handle(case, actor):
            raise NotFound
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么要看反映人是谁，会记入查看记录"), "why")])
        evidence.tell(
            session,
            StreamKind.APPLICATION_ACCESS,
            case.row.id,
            "objector_read",
            actor,
            now,
            body={"objection": row.id},
            remarks={"reason": reason.strip()[:500]},
        )
        who: dict[str, str] = json.loads(unseal(row.ref, "who", row.who) or "{}")
        return who


def fetch_file(ref: str, actor: Actor, now: datetime) -> files_opening.Opened:
    """For the office that settles it, and for nobody else."""
    with reading() as session:
        row, case = opened(session, ref)
        if not may_handle(case, actor) or row.evidence_sha256 is None:
            raise NotFound
        stored = session.get_one(StoredFile, row.evidence_sha256)
        found: tuple[str, str, int | None, str] = (
            row.evidence_name or "file",
            stored.media_type,
            stored.pages,
            row.evidence_sha256,
        )
    try:
        path: Path = storage.store().fetch(found[3])
    except Missing:
        raise NotFound from None
    return files_opening.Opened(path, *found)


# -- settling ----------------------------------------------------------------------------------------------------------
def settle(
    ref: str,
    inputs: Mapping[str, str],
    actor: Actor,
    now: datetime,
    *,
    seen: int | None = None,
    request_key: str | None = None,
) -> actions.Done:
    """`inputs`: conclusion, report, reason; after *partly* decision and reason. One act, one transaction."""
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, ("settle", ref, dict(inputs), seen), now)
        if before is not None:
            return actions.Done(**{**before, "events": tuple(before["events"])})
        row, case = opened(session, ref, lock=True)
        told = _objecting(case, row)
        if told is None or not (may_handle(case, actor) or row.state == "partly"):
            raise NotFound
        item = case.application.state.item(told.item)
        if seen is not None and item is not None and item.version != seen:
            raise MovedOn(actions.changes_since(session, case.row.id, None))
        report = str(inputs.get("report") or "").strip()
        digest = secrets.chain_mac("objection_report", f"{row.ref}|{report}".encode()) if report else None
        name = "weigh" if told.state == "partly" else "settle"
        action = Action(name, told.item, {**inputs, "report_digest": digest})
        if name == "settle" and report:
            row.report = seal(row.ref, "report", report)
        done = actions.carry_out(session, case, action, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done
