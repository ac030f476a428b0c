"""Members cast their own ballots: openly, so that the board shows who voted how, or secretly, into a box of numbers.

What a member does is told of them; of a secret ballot only that they voted. Nobody sees a number before the secretary
counts the box, and a counted case takes no further ballot. The secretary's own entry of a tally stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.meetings import BallotBox, BallotCast, Meeting, MeetingSeat, MeetingState
from models.queries import meetings as queries
from models.work import Declaration, WorkItem
from workflow.domain import marks
from workflow.domain.actor import Actor
from workflow.domain.application import Application
from workflow.domain.ballots import VOTES, Tally
from workflow.domain.errors import InvalidInput, MovedOn, NotDeclared, NotFound, NotReady, Reason
from workflow.domain.policy import is_of
from workflow.domain.pool_vote import Paper
from workflow.domain.program.schema import Label
from workflow.domain.stages import vote
from workflow.domain.words import Words
from workflow.services import evidence, measured
from workflow.services.actions import answered_before, keep_answer
from workflow.services.meetings import Opened, on_the_table, open_meeting
from workflow.services.meetings_pool import barred_of, book_for, concerned, paper_of
from workflow.services.meetings_sitting import changes, facts_of, refuse_closed, refuse_stale, write_line


@dataclass(frozen=True)
class Choice:
    """One case on a member's ballot. `said`: what they voted where the ballot is open; `cast`: that they did."""

    case: int
    ref: str
    number: str
    name: str
    organization: str
    track: Label | str
    total: str | None
    recused: bool
    cast: bool
    said: str = ""
    counted: bool = False

    @property
    def waits(self) -> bool:
        return not (self.recused or self.cast or self.counted)


@dataclass(frozen=True)
class OwnBallot:
    ref: str
    name: str
    held_at: datetime
    place: str
    secret: bool
    present: bool | None
    choices: tuple[Choice, ...]
    note: Label | None = None  # what the program says to whoever votes

    @property
    def waiting(self) -> int:
        return sum(choice.waits for choice in self.choices)


# -- a member's ballot -------------------------------------------------------------------------------------------------
def called_for(actor: Actor, application_ref: str) -> str | None:
    """The meeting at which this member can vote on the case themselves."""
    with reading() as session:
        found = session.scalars(
            select(Meeting)
            .join(MeetingSeat, MeetingSeat.meeting_id == Meeting.id)
            .join(
                ApplicationRow,
                (ApplicationRow.round_id == Meeting.round_id) & (ApplicationRow.stage_key == Meeting.stage_key),
            )
            .where(
                ApplicationRow.ref == application_ref,
                Meeting.state == MeetingState.CALLED.value,
                MeetingSeat.account_id == actor.account_id,
            )
        ).first()
        return found.ref if found is not None and on_the_table(session, found.ref).stage.ballot != "minutes" else None


def own(actor: Actor, ref: str) -> OwnBallot:
    """NotDeclared while there is a case on the list of which the member has not said whether they are too near."""
    with reading() as session:
        opened, seat = _seated(session, actor, ref)
        cases = _listed(session, opened)
        out = _out(session, opened, cases, seat.account_id)
        _require_declared(session, opened, [case for case in cases if case.id not in out], actor)
        return OwnBallot(
            opened.row.ref,
            opened.row.name,
            opened.row.held_at,
            opened.row.place,
            opened.stage.ballot == "secret",
            seat.present,
            _choices(session, opened, cases, out, seat.account_id),
            opened.stage.note,
        )


def _seated(session: Session, actor: Actor, ref: str, *, lock: bool = False) -> tuple[Opened, MeetingSeat]:
    """For a member on the roll of a meeting that is called and lets its members vote; for others it is not there."""
    opened = on_the_table(session, ref, lock=lock)
    seat = session.get(MeetingSeat, (opened.row.id, actor.account_id or 0))
    is_called = opened.row.state == MeetingState.CALLED.value
    if seat is None or not is_called or opened.stage.ballot == "minutes":
        raise NotFound
    return opened, seat


def _listed(session: Session, opened: Opened) -> list[Application]:
    papers = queries.papers(session, opened.row.id)
    out = {case for case, line in papers.items() if line.left_out}
    cases = concerned(session, opened)
    return [case for case in cases if vote.stands_before(opened.stage, case) and case.id not in out]


def _out(session: Session, opened: Opened, cases: Sequence[Application], account: int) -> frozenset[int]:
    """Cases for which the member must leave the room, or has left it."""
    barred = barred_of(session, opened, cases, [account])
    left = queries.papers(session, opened.row.id)
    return frozenset(
        case.id
        for case in cases
        if account in barred[case.id] or (case.id in left and account in left[case.id].recused)
    )


def _require_declared(session: Session, opened: Opened, cases: Sequence[Application], actor: Actor) -> None:
    roles = [role for role in opened.stage.by if not is_of(opened.definition, role)]
    if not roles:
        return
    said = set(
        session.scalars(
            select(Declaration.application_id).where(
                Declaration.account_id == actor.account_id,
                Declaration.stage_key == opened.stage.key,
                Declaration.state == "standing",
            )
        )
    )
    for case in cases:
        if case.id not in said:
            item = session.scalars(
                select(WorkItem.ref).where(
                    WorkItem.application_id == case.id,
                    WorkItem.stage_key == opened.stage.key,
                    WorkItem.role_key.in_(roles),
                    WorkItem.state == "open",
                )
            ).first()
            if item is not None:
                raise NotDeclared(item)


def _choices(
    session: Session, opened: Opened, cases: Sequence[Application], out: frozenset[int], account: int
) -> tuple[Choice, ...]:
    names = queries.names_of(session, [case.id for case in cases])
    papers = queries.papers(session, opened.row.id)
    cast, book = _cast_by(session, opened, account), book_for(session, opened)
    found = []
    for case in cases:
        named, line = names[case.id], papers.get(case.id)
        total, track = vote.total_of(book, opened.stage, case), opened.definition.tracks.get(case.track)
        found.append(
            Choice(
                case.id,
                named.ref,
                named.number or "",
                named.name,
                named.organization or "",
                track.name if track is not None else case.track,
                None if total is None else marks.shown(total),
                case.id in out,
                case.id in cast,
                str(line.votes.get(str(account), "")) if line is not None else "",
                _is_counted(opened, line),
            )
        )
    return tuple(found)


def _is_counted(opened: Opened, line: object) -> bool:
    return opened.stage.ballot == "secret" and getattr(line, "favor", None) is not None


def _cast_by(session: Session, opened: Opened, account: int) -> set[int]:
    return set(
        session.scalars(
            select(BallotCast.application_id).where(
                BallotCast.meeting_id == opened.row.id, BallotCast.account_id == account
            )
        )
    )


# -- casting -----------------------------------------------------------------------------------------------------------
def cast(actor: Actor, now: datetime, ref: str, votes: Mapping[str, str], *, request_key: str | None = None) -> int:
    """`votes`: by the case's reference; only once for each. How many were cast."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "cast", dict(votes)), now)
        if before is not None:
            return int(before["cast"])
        opened, seat = _seated(session, actor, ref, lock=True)
        if not seat.present:
            raise NotReady([Reason(Words("会议秘书还没有记你到会，请先请他点名"))])
        cases = _listed(session, opened)
        out = _out(session, opened, cases, seat.account_id)
        _require_declared(session, opened, [case for case in cases if case.id not in out], actor)
        known = {choice.ref: choice for choice in _choices(session, opened, cases, out, seat.account_id)}
        _refuse_wrong(votes, known)
        if any(each not in known or not known[each].waits for each in votes):
            raise MovedOn(changes(session, opened.row.id))
        measured.refuse(session, opened.row.round_id)
        given = {known[each].case: said for each, said in sorted(votes.items())}
        for case in given:
            session.add(
                BallotCast(meeting_id=opened.row.id, account_id=seat.account_id, application_id=case, cast_at=now)
            )
        if opened.stage.ballot == "secret":
            _into_the_box(session, opened, given)
            body = {"cases": sorted(given)}
            evidence.tell(session, StreamKind.MEETING, opened.row.id, "ballots_cast", actor, now, body=body)
        else:
            _openly(session, opened, given, actor, now)
        session.flush()
        keep_answer(session, actor, request_key, {"cast": len(given)})
        return len(given)


def _refuse_wrong(votes: Mapping[str, str], known: Mapping[str, Choice]) -> None:
    if not votes:
        raise InvalidInput([Reason(Words("还没有选任何一件"))])
    wrong = [Reason(Words("请选同意、不同意或弃权"), f"vote-{ref}") for ref, said in votes.items() if said not in VOTES]
    if wrong:
        raise InvalidInput(wrong)


def _into_the_box(session: Session, opened: Opened, given: Mapping[int, str]) -> None:
    for case, said in given.items():
        box = session.get(BallotBox, (opened.row.id, case))
        if box is None:
            box = BallotBox(meeting_id=opened.row.id, application_id=case, favor=0, against=0, abstained=0)
            session.add(box)
        box.favor += said == "for"
        box.against += said == "against"
        box.abstained += said == "abstained"


def _openly(session: Session, opened: Opened, given: Mapping[int, str], actor: Actor, now: datetime) -> None:
    standing = queries.papers(session, opened.row.id)
    changed = []
    for case, said in given.items():
        line = standing.get(case)
        old = paper_of(line) if line is not None else Paper()
        votes = {**old.votes, actor.account_id or 0: said}
        new = replace(old, votes=votes)
        new = replace(new, tally=new.counted)
        changed.append((case, old, new))
        write_line(session, opened.row.id, case, line, new)
    _tell(session, opened, changed, actor, now)


def _tell(
    session: Session, opened: Opened, changed: Sequence[tuple[int, Paper, Paper]], actor: Actor, now: datetime
) -> None:
    for kind, body, remarks in facts_of(changed):
        evidence.tell(session, StreamKind.MEETING, opened.row.id, kind, actor, now, body=body, remarks=remarks)
    opened.row.version += 1


# -- counting ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Box:
    """How far members have voted themselves: members who cast at least one ballot, cases with uncounted ballots."""

    voters: int
    cases: int


def box_of(session: Session, meeting: int) -> Box:
    voters = session.scalar(
        select(func.count(func.distinct(BallotCast.account_id))).where(BallotCast.meeting_id == meeting)
    )
    cases = session.scalar(select(func.count()).select_from(BallotBox).where(BallotBox.meeting_id == meeting))
    return Box(voters or 0, cases or 0)


def count(actor: Actor, now: datetime, ref: str, *, seen: int | None = None, request_key: str | None = None) -> int:
    """Open the box: its numbers become the tally of each case, once and for all. How many cases were counted."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "count", seen), now)
        if before is not None:
            return int(before["counted"])
        opened = open_meeting(session, actor, ref, lock=True)
        refuse_closed(opened.row)
        refuse_stale(session, opened.row, seen)
        boxes = session.scalars(
            select(BallotBox).where(BallotBox.meeting_id == opened.row.id).order_by(BallotBox.application_id)
        ).all()
        if not boxes:
            raise NotReady([Reason(Words("票箱是空的，还没有委员投票"))])
        standing = queries.papers(session, opened.row.id)
        changed = []
        for box in boxes:
            line = standing.get(box.application_id)
            old = paper_of(line) if line is not None else Paper()
            new = replace(old, tally=Tally(box.favor, box.against, box.abstained))
            changed.append((box.application_id, old, new))
            write_line(session, opened.row.id, box.application_id, line, new)
            session.delete(box)
        _tell(session, opened, changed, actor, now)
        session.flush()
        keep_answer(session, actor, request_key, {"counted": len(boxes)})
        return len(boxes)
