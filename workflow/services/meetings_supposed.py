"""The line of a meeting as it would stand if: other places, one case taken in or out, one rater's sheets not counted.

Nothing about the list changes, and each use is told in the meeting's chain before its result is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import meetings as queries
from workflow.domain import marks, pool_vote
from workflow.domain.actor import Actor
from workflow.domain.application import Application
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.pool_vote import Supposed
from workflow.domain.ranking import Placing
from workflow.domain.stages import vote
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.actions import answered_before, keep_answer
from workflow.services.meetings import Opened, open_meeting
from workflow.services.meetings_pool import book_for, pool_of, sitting_of
from workflow.services.meetings_sitting import refuse_closed


@dataclass(frozen=True)
class What:
    """What is supposed. `case`: by reference; `rater`: the place among all who judged somebody here, from 0."""

    places: int | None = None
    case: str = ""
    decision: str = ""  # pass, refuse
    rater: int | None = None


@dataclass(frozen=True)
class Use:
    """One use as it was told: the case and the rater by their numbers."""

    number: int
    at: datetime
    by: str
    places: int | None
    case: int | None
    decision: str
    rater: int | None


@dataclass(frozen=True)
class Trial:
    """A use, and what it comes to on the list as it stands now: place and total, by case."""

    use: Use
    line: Mapping[int, tuple[Placing, str | None]]


def suppose(actor: Actor, now: datetime, ref: str, what: What, *, request_key: str | None = None) -> int:
    """Tell it; the number under which it is shown."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "suppose", repr(what)), now)
        if before is not None:
            return int(before["number"])
        opened = open_meeting(session, actor, ref, lock=True)
        refuse_closed(opened.row)
        body = _body(session, opened, pool_of(session, actor, opened), what)
        if not body:
            raise InvalidInput([Reason(Words("请先选要试什么：另一个名额数、一位人选，或者一位评委"))])
        number = evidence.tell(session, StreamKind.MEETING, opened.row.id, "line_supposed", actor, now, body=body)
        keep_answer(session, actor, request_key, {"number": number})
        return number


def _body(session: Session, opened: Opened, pool: Sequence[Application], what: What) -> dict[str, object]:
    refs = {named.ref: case for case, named in queries.names_of(session, [case.id for case in pool]).items()}
    raters = _raters(session, opened, pool)
    body: dict[str, object] = {} if what.places is None else {"places": what.places}
    if what.case in refs and what.decision in ("pass", "refuse"):
        body |= {"case": refs[what.case], "decision": what.decision}
    if what.rater is not None and what.rater < len(raters):
        body |= {"rater": raters[what.rater]}
    return body


def _raters(session: Session, opened: Opened, pool: Sequence[Application]) -> tuple[int, ...]:
    book = book_for(session, opened)
    listed = (case for case in pool if vote.stands_before(opened.stage, case))
    return pool_vote.raters_of(pool_vote.judged_of(book, opened.stage, case) for case in listed)


def trial(actor: Actor, ref: str, now: datetime, number: int) -> Trial:
    """What a use that was told comes to."""
    with reading() as session:
        opened = open_meeting(session, actor, ref)
        use = next((each for each in _uses(session, opened) if each.number == number), None)
        if use is None:
            raise NotFound
        pool, book = pool_of(session, actor, opened), book_for(session, opened)
        supposed = Supposed(use.places, use.case, use.decision).of(sitting_of(session, opened, pool, now))
        if use.rater is not None:
            pool = [pool_vote.without_rater(book, opened.stage, case, use.rater) for case in pool]
        totals = {case.id: vote.total_of(book, opened.stage, case) for case in pool}
        shown = {case: None if total is None else marks.shown(total) for case, total in totals.items()}
        placings = pool_vote.line_of(book, opened.stage, supposed, pool).placings
        return Trial(use, {each.case: (each, shown[each.case]) for each in placings})


def uses(actor: Actor, ref: str) -> list[Use]:
    """Every use in this meeting, the newest first."""
    with reading() as session:
        return _uses(session, open_meeting(session, actor, ref))


def _uses(session: Session, opened: Opened) -> list[Use]:
    return [
        Use(
            row.seq,
            row.at,
            by or "",
            row.body.get("places"),
            row.body.get("case"),
            row.body.get("decision", ""),
            row.body.get("rater"),
        )
        for row, by in queries.supposed(session, opened.row.id)
    ]
