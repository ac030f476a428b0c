"""Publishing a list, taking it down, and ending it when its days are over: each one transaction over all its cases."""

import json
import secrets as random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.base import literal_state, reading, writing
from models.evidence import StreamKind
from models.notices import Notice, NoticeLine
from models.queries import notices as queries
from models.queries.notices import Waiting
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.collective import decide_pool
from workflow.domain.errors import MovedOn, NotReady, Reason, Refusal
from workflow.domain.pool_notice import stands_before
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import actions, evidence, troubles
from workflow.services.casework import Case, open_cases
from workflow.services.public_notices import period_of, run_by
from workflow.services.public_notices_drafting import (
    Draft,
    Preview,
    composed,
    found,
    full_cases,
    on_their_way_to,
    refuse_what_is_missing,
    starts,
)
from workflow.services.recorded_notice import line_digest
from workflow.services.recording import record

AT_ONCE = 200


# -- publish -----------------------------------------------------------------------------------------------------------
def publish(
    actor: Actor, round_ref: str, stage: str, draft: Draft, now: datetime, *, request_key: str | None = None
) -> str:
    """The list that was looked at, as it was looked at. Its reference.

    MovedOn where somebody else published one of the cases, NotReady with everything that is missing.
    """
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, ("publish", round_ref, stage, vars(draft)), now)
        if before is not None:
            return str(before["notice"])
        round_, book, kind = found(session, actor, round_ref, stage)
        rows = queries.waiting(session, scope_of(actor), round_.id, stage)
        wanted = _chosen(session, rows, draft)
        cases = full_cases(session, wanted)
        _refuse_moved(session, cases, stage)
        coming = on_their_way_to(session, actor, round_, book.definition, kind)
        shown = composed(session, round_, book, kind, draft, now, rows, [case.application for case in cases], coming)
        refuse_what_is_missing(shown)
        notice = _notice(session, actor, round_, shown, draft, now)
        digests = _lines(session, notice, shown, cases)
        _carry_out(session, cases, stage, _act(notice, shown, draft, digests), actor, now)
        remarks = {"reason": draft.reason.strip()} if draft.reason.strip() else {}
        body = {
            "stage": stage,
            "lines": notice.lines,
            "first": notice.first_day.isoformat(),
            "last": notice.last_day.isoformat(),
            "digest": notice.digest,
            "to": notice.audience,
        }
        evidence.tell(session, StreamKind.NOTICE, notice.id, "notice_published", actor, now, body=body, remarks=remarks)
        actions.keep_answer(session, actor, request_key, {"notice": notice.ref})
        return notice.ref


def _chosen(session: Session, rows: Sequence[Waiting], draft: Draft) -> list[Waiting]:
    """Who was ticked and still stands there; a ticked one who does not has moved on meanwhile."""
    if draft.chosen is None:
        return list(rows)
    wanted = [row for row in rows if row.ref in draft.chosen]
    if len(wanted) != len(set(draft.chosen)):
        raise MovedOn
    return wanted


def _refuse_moved(session: Session, cases: Sequence[Case], stage: str) -> None:
    """Asked again under the lock: another office may have published them while we waited for it."""
    for case in cases:
        if not stands_before(case.application, stage):
            raise MovedOn(actions.changes_since(session, case.row.id, None))


def _notice(session: Session, actor: Actor, round_: Round, shown: Preview, draft: Draft, now: datetime) -> Notice:
    row = Notice(
        ref=random.token_urlsafe(12),
        program_id=round_.program_id,
        round_id=round_.id,
        version_id=round_.version_id,
        stage_key=shown.stage.key,
        audience=shown.audience,
        number=shown.draft.number.strip() or None,
        title=shown.draft.title.strip(),
        preamble=shown.draft.preamble.strip(),
        contact=shown.draft.contact.strip(),
        issuer=shown.issuer,
        columns=[[column.key, str(column.name)] for column in shown.columns],
        length=str(shown.period.length),
        count_from=shown.period.count,
        visible_from=starts(draft, now),
        first_day=shown.period.first,
        last_day=shown.period.last,
        provisional=shown.period.provisional,
        lines=len(shown.lines),
        digest="0" * 64,
        published_at=now,
        published_by=actor.account_id,
    )
    session.add(row)
    session.flush()
    return row


def _lines(session: Session, notice: Notice, shown: Preview, cases: Sequence[Case]) -> dict[int, str]:
    """The words of each line, frozen, and the digest of each and of the whole."""
    by_id = {case.row.id: case for case in cases}
    digests = {line.application_id: line_digest(notice.ref, line.no, line.shown) for line in shown.lines}
    for line in shown.lines:
        case = by_id[line.application_id]
        entry = case.application.state.entry
        session.add(
            NoticeLine(
                notice_id=notice.id,
                no=line.no,
                application_id=line.application_id,
                entry_no=entry.no if entry is not None else 0,
                organization_id=case.row.line_organization_id or case.row.nominator_id,
                shown=list(line.shown),
                digest=digests[line.application_id],
                state="standing",
            )
        )
    head = [notice.title, notice.number, notice.preamble, notice.contact, str(notice.first_day), str(notice.last_day)]
    whole = json.dumps([notice.ref, head, list(digests.values())], ensure_ascii=False)
    notice.digest = secrets.chain_mac("notice", whole.encode())
    session.flush()
    return digests


def _act(notice: Notice, shown: Preview, draft: Draft, digests: dict[int, str]) -> Action:
    inputs = {
        "notice": notice.id,
        "first": notice.first_day,
        "lines": shown.lines,
        "digests": digests,
        "apart": draft.apart,
        "left": 0,  # asked of the whole list before
    }
    return Action("publish", None, inputs)


def _carry_out(
    session: Session, cases: Sequence[Case], stage: str, action: Action, actor: Actor, now: datetime
) -> None:
    """Each case under the version to which it is pinned; all of them or none."""
    for version in sorted({case.book.version_id for case in cases}):
        group = [case for case in cases if case.book.version_id == version]
        ids = {case.row.id for case in group}
        lines = tuple(line for line in action.inputs["lines"] if line.application_id in ids)
        own = replace(action, inputs={**action.inputs, "lines": lines})
        part = decide_pool(group[0].book, stage, [case.application for case in group], own, actor, now)
        for case in group:
            record(session, case, part.outcomes[case.row.id], now)


# -- take down ---------------------------------------------------------------------------------------------------------
def take_down(actor: Actor, ref: str, reason: str, now: datetime, *, request_key: str | None = None) -> int:
    """The page says at once that it is gone; every case that still stands there waits for a new list. How many."""
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, ("take_down", ref, reason), now)
        if before is not None:
            return int(before["lines"])
        notice = run_by(session, actor, ref, lock=True)
        cases = open_cases(session, _standing(session, notice.id), lock=True)
        if not cases:
            raise NotReady([Reason(Words("这张公示单上已经没有人在公示，不用撤"))])
        notice.taken_down_at, notice.taken_down_by = now, actor.account_id
        for case in cases:
            action = Action("take_down", _watch(case), {"reason": reason.strip()})
            actions.carry_out(session, case, action, actor, now)
        remarks = {"reason": reason.strip()}
        body = {"lines": len(cases)}
        evidence.tell(
            session, StreamKind.NOTICE, notice.id, "notice_taken_down", actor, now, body=body, remarks=remarks
        )
        actions.keep_answer(session, actor, request_key, {"lines": len(cases)})
        return len(cases)


def _standing(session: Session, notice_id: int) -> list[int]:
    standing = NoticeLine.state == literal_state("standing")
    wanted = select(NoticeLine.application_id).where(NoticeLine.notice_id == notice_id, standing)
    return sorted(session.scalars(wanted))


def _watch(case: Case) -> int | None:
    posting = case.application.state.posting()
    return posting.item if posting is not None else None


# -- the days are over -------------------------------------------------------------------------------------------------
def carry_out(now: datetime) -> int:
    """What the clock does: every case whose days are over and to which nothing is objected goes on. How many."""
    with reading() as session:
        items = queries.over(session, local_day(now), AT_ONCE)
    return sum(troubles.perform(item, "end_notice", now) for item in items)


def end(actor: Actor, ref: str, now: datetime) -> int:
    """The same by hand, where the clock has not come by; never before the time. How many went on."""
    with reading() as session:
        notice = run_by(session, actor, ref)
        last = period_of(session, notice).last
        items = queries.over(session, local_day(now), AT_ONCE, notice.id)
        frozen = len(_standing(session, notice.id)) - len(items)
    if local_day(now) <= last:
        words = Words("公示到 %(day)s 24:00 才满，满了以后才能进入下一环节", day=last.isoformat())
        raise NotReady([Reason(words)])
    if not items:
        words = Words("没有可以往下走的：还有 %(n)s 件的异议没有办结，或者停着表", n=frozen)
        raise NotReady([Reason(words)])
    return _end(items, actor, now)


def _end(items: Sequence[str], actor: Actor, now: datetime) -> int:
    moved = 0
    for item in items:
        try:
            actions.perform(item, "end_notice", actor, now)
        except Refusal:
            continue
        moved += 1
    return moved
