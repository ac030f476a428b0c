"""What the secretary enters while a meeting sits: who is there, tallies, who left the room, who is left out, ties.

Everything typed is kept as a draft first, which is no fact; entering it makes facts of what changed, all at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import AgendaLine, Meeting, MeetingDraft, MeetingState
from models.queries import meetings as queries
from workflow.domain.actor import Actor
from workflow.domain.ballots import VOTES, Tally
from workflow.domain.errors import Change, InvalidInput, MovedOn, NotReady, Reason
from workflow.domain.pool_vote import Paper
from workflow.domain.words import Words
from workflow.services import evidence, measured
from workflow.services.actions import answered_before, keep_answer
from workflow.services.meetings import Opened, open_meeting
from workflow.services.meetings_pool import paper_of, pool_of

MOST_VOTES = 999
MOST_DRAFT = 200_000


@dataclass(frozen=True)
class Entered:
    """What a page sent. `present`: accounts by reference; `papers`: by the case's reference, only what it speaks of."""

    present: frozenset[str] | None = None
    papers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


# -- entering ----------------------------------------------------------------------------------------------------------
def enter(
    actor: Actor, now: datetime, ref: str, entered: Entered, *, seen: int | None = None, request_key: str | None = None
) -> int:
    """Make facts of what changed. The version the meeting has now."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "enter", seen, repr(entered)), now)
        if before is not None:
            return int(before["version"])
        opened = open_meeting(session, actor, ref, lock=True)
        refuse_closed(opened.row)
        refuse_stale(session, opened.row, seen)
        measured.refuse(session, opened.row.round_id)
        told = [*_attendance(session, opened, entered), *_papers(session, actor, opened, entered)]
        for kind, body, remarks in told:
            evidence.tell(session, StreamKind.MEETING, opened.row.id, kind, actor, now, body=body, remarks=remarks)
        if told:
            opened.row.version += 1
        session.execute(
            delete(MeetingDraft).where(
                MeetingDraft.meeting_id == opened.row.id, MeetingDraft.account_id == actor.account_id
            )
        )
        keep_answer(session, actor, request_key, {"version": opened.row.version})
        return opened.row.version


Told = tuple[str, dict[str, Any], dict[str, str]]


def _attendance(session: Session, opened: Opened, entered: Entered) -> Iterator[Told]:
    if entered.present is None:
        return
    seats = queries.seats(session, opened.row.id)
    changed = False
    for seat, _, ref in seats:
        present = ref in entered.present
        changed = changed or seat.present != present
        seat.present = present
    if changed:
        yield "attendance_recorded", {"present": [seat.account_id for seat, _, _ in seats if seat.present]}, {}


def _papers(session: Session, actor: Actor, opened: Opened, entered: Entered) -> Iterator[Told]:
    """Compare each line with what stands and tell the differences, one fact of each kind for the whole page."""
    pool = {case.id: case for case in pool_of(session, actor, opened)}
    named = {each.ref: case for case, each in queries.names_of(session, pool.keys()).items()}
    unknown = sorted(set(entered.papers) - set(named))
    if unknown:
        raise MovedOn(changes(session, opened.row.id))
    accounts = {seat.account_id for seat, _, _ in queries.seats(session, opened.row.id)}
    standing = queries.papers(session, opened.row.id)
    changed: list[tuple[int, Paper, Paper]] = []
    for ref, said in sorted(entered.papers.items(), key=lambda each: named[each[0]]):
        case = named[ref]
        line = standing.get(case)
        old = paper_of(line) if line is not None else Paper()
        paper = _tidied(replace(old, **said))
        _refuse_wrong(ref, paper, accounts)
        if old != paper:
            changed.append((case, old, paper))
            write_line(session, opened.row.id, case, line, paper)
    yield from facts_of(changed)


def _tidied(paper: Paper) -> Paper:
    """As the table will keep it: an open ballot counts itself, words have no blanks around them."""
    tally = paper.counted
    return replace(paper, tally=tally, reason=paper.reason.strip(), tie_reason=paper.tie_reason.strip())


def facts_of(changed: Sequence[tuple[int, Paper, Paper]]) -> Iterator[Told]:
    """What the differences are called; words stand beside, by the case they belong to."""
    ballots = [
        [case, *_numbers(new.counted), sorted([account, vote] for account, vote in new.votes.items())]
        for case, old, new in changed
        if (old.tally, old.votes) != (new.tally, new.votes)
    ]
    recused = [[case, sorted(new.recused)] for case, old, new in changed if old.recused != new.recused]
    left_out = [case for case, old, new in changed if new.left_out and not old.left_out]
    taken_back = [case for case, old, new in changed if old.left_out and not new.left_out]
    decisions = [[case, new.decision] for case, old, new in changed if old.decision != new.decision]
    settled = [[case, new.settled] for case, old, new in changed if old.settled != new.settled]
    reasons = {f"reason:{case}": new.reason for case, old, new in changed if old.reason != new.reason and new.reason}
    ties = {f"tie:{case}": new.tie_reason for case, old, new in changed if old.tie_reason != new.tie_reason}
    if ballots:
        yield "ballots_recorded", {"ballots": ballots}, {}
    if recused:
        yield "recusals_recorded", {"recused": recused}, {}
    if left_out or taken_back or decisions or reasons:
        body = {"left_out": left_out, "taken_back": taken_back, "decisions": decisions}
        yield "agenda_changed", {name: value for name, value in body.items() if value}, reasons
    if settled or any(ties.values()):
        yield "ties_settled", {"order": settled}, {name: text for name, text in ties.items() if text}


def _numbers(tally: Tally | None) -> list[int | None]:
    return [None, None, None] if tally is None else [tally.favor, tally.against, tally.abstained]


def _refuse_wrong(ref: str, paper: Paper, members: set[int]) -> None:
    """Numbers that no meeting has, votes of people who do not sit in it."""
    tally = paper.tally
    if tally is not None and not all(0 <= n <= MOST_VOTES for n in (tally.favor, tally.against, tally.abstained)):
        raise InvalidInput([Reason(Words("票数要写 0 到 %(n)s 的整数", n=MOST_VOTES), f"{ref}.tally")])
    strangers = (set(paper.votes) | set(paper.recused)) - members
    if strangers or set(paper.votes.values()) - set(VOTES):
        raise InvalidInput([Reason(Words("名单外的人不能投票，也不用回避；请刷新页面再试"), f"{ref}.tally")])


def write_line(session: Session, meeting: int, case: int, line: AgendaLine | None, paper: Paper) -> None:
    if line is None:
        line = AgendaLine(meeting_id=meeting, application_id=case)
        session.add(line)
    line.favor, line.against, line.abstained = _numbers(paper.counted)
    line.votes = {str(account): vote for account, vote in sorted(paper.votes.items())}
    line.recused = sorted(paper.recused)
    line.left_out, line.decision = paper.left_out, paper.decision
    line.settled, line.reason, line.tie_reason = paper.settled, paper.reason, paper.tie_reason
    session.flush()


# -- one wins ----------------------------------------------------------------------------------------------------------
def refuse_closed(row: Meeting) -> None:
    if row.state != MeetingState.CALLED.value:
        raise NotReady([Reason(Words("这次会已经定稿或取消，不能再改"))])


def refuse_stale(session: Session, row: Meeting, seen: int | None) -> None:
    """A page older than the meeting changes nothing, and its reader is shown what a colleague entered."""
    if seen is not None and seen != row.version:
        raise MovedOn(changes(session, row.id))


def changes(session: Session, meeting: int, most: int = 5) -> list[Change]:
    rows = session.scalars(
        select(EventRow)
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(Stream.kind == StreamKind.MEETING.value, Stream.subject_id == meeting)
        .order_by(EventRow.seq.desc())
        .limit(most)
    ).all()
    return [Change(Words(row.kind), row.at, row.actor_id) for row in reversed(rows)]


# -- drafts ------------------------------------------------------------------------------------------------------------
def keep_draft(actor: Actor, now: datetime, ref: str, typed: Mapping[str, str]) -> datetime:
    """Keep what was typed, one draft for each secretary; when it was kept."""
    body = {name: text for name, text in typed.items() if text}
    if sum(len(name) + len(text) for name, text in body.items()) > MOST_DRAFT:
        raise InvalidInput([Reason(Words("写得太长，没有存下；请先记入一部分"))])
    with writing() as session:
        opened = open_meeting(session, actor, ref)
        refuse_closed(opened.row)
        key = (opened.row.id, actor.account_id or 0)
        row = session.get(MeetingDraft, key)
        if row is None:
            row = MeetingDraft(meeting_id=key[0], account_id=key[1])
            session.add(row)
        row.body, row.saved_at = body, now
        return now


def draft_of(session: Session, actor: Actor, meeting: int) -> MeetingDraft | None:
    return session.get(MeetingDraft, (meeting, actor.account_id or 0))


# -- it does not take place --------------------------------------------------------------------------------------------
def cancel(actor: Actor, now: datetime, ref: str, reason: str, *, seen: int | None = None) -> None:
    with writing() as session:
        opened = open_meeting(session, actor, ref, lock=True)
        refuse_closed(opened.row)
        refuse_stale(session, opened.row, seen)
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么取消"), "reason")])
        row = opened.row
        row.state, row.closed_at, row.closed_by = MeetingState.CANCELLED.value, now, actor.account_id
        row.version += 1
        remarks = {"reason": reason.strip()}
        evidence.tell(session, StreamKind.MEETING, row.id, "meeting_cancelled", actor, now, remarks=remarks)
