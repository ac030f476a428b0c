"""定稿: a meeting's result becomes the result of each of its cases, all in one transaction; and alternates move up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import StreamKind
from models.meetings import MeetingState
from models.queries import meetings as queries
from workflow.domain import pool_vote
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Outcome
from workflow.domain.collective import decide_pool
from workflow.domain.errors import MovedOn, NotReady, Reason
from workflow.domain.pool_vote import Sitting
from workflow.domain.ranking import Line
from workflow.domain.words import Words
from workflow.services import evidence, meetings_record
from workflow.services.actions import answered_before, keep_answer
from workflow.services.casework import Case, open_cases
from workflow.services.meetings import Opened, open_meeting
from workflow.services.meetings_pool import book_for, held_places, pool_of, sitting_of, whole_places
from workflow.services.meetings_sitting import changes, refuse_closed, refuse_stale
from workflow.services.recording import record


@dataclass(frozen=True)
class Finalized:
    passed: int
    alternates: int
    refused: int
    deferred: int
    left_out: int


def finalize(
    actor: Actor, now: datetime, ref: str, *, seen: int | None = None, request_key: str | None = None
) -> Finalized:
    """Draw the line and give each case its part. Of two secretaries one wins; the other is shown what changed."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "finalize", seen), now)
        if before is not None:
            return Finalized(**before)
        opened = open_meeting(session, actor, ref, lock=True)
        if opened.row.state == MeetingState.FINAL.value:
            raise MovedOn(changes(session, opened.row.id))
        refuse_closed(opened.row)
        refuse_stale(session, opened.row, seen)
        light = pool_of(session, actor, opened)
        sitting = sitting_of(session, opened, light, now)
        cases = _on_the_table(session, opened, sitting, light)
        pool = [cases[case.id].application if case.id in cases else case for case in light]
        line = pool_vote.line_of(book_for(session, opened), opened.stage, sitting, pool)
        outcomes = _decide(session, opened, "finalize", pool, cases, {"sitting": sitting}, actor, now)
        _tell_line(session, opened, sitting, pool, line, actor, now)
        for id_ in sorted(outcomes):
            outcome = outcomes[id_]
            if not sitting.paper(id_).left_out:
                outcome = meetings_record.kept_with(session, opened, id_, outcome, actor, now)
            record(session, cases[id_], outcome, now)
        done = _close(session, opened, line, sitting, actor, now)
        keep_answer(session, actor, request_key, vars(done))
        return done


def _on_the_table(session: Session, opened: Opened, sitting: Sitting, pool: Sequence[Application]) -> dict[int, Case]:
    """Those to whom something happens, each locked, in one order for everybody."""
    agenda = {case.id for case in pool_vote.agenda(opened.stage, sitting, pool)}
    wanted = agenda | {case.id for case in pool if sitting.paper(case.id).left_out}
    return {case.row.id: case for case in open_cases(session, wanted, lock=True)}


def _decide(
    session: Session,
    opened: Opened,
    name: str,
    pool: Sequence[Application],
    cases: Mapping[int, Case],
    inputs: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> Mapping[int, Outcome]:
    books = {id_: case.book for id_, case in cases.items()}
    action = Action(name, None, {**inputs, "books": books})
    return decide_pool(book_for(session, opened), opened.stage.key, pool, action, actor, now).outcomes


def _tell_line(
    session: Session,
    opened: Opened,
    sitting: Sitting,
    pool: Sequence[Application],
    line: Line,
    actor: Actor,
    now: datetime,
) -> None:
    """The full order with every number behind it: whoever reads the chain can draw the line again."""
    book, stage = book_for(session, opened), opened.stage
    known = {case.id: case for case in pool}
    order = [
        {
            "case": each.case,
            "result": each.result,
            "groups": list(pool_vote.candidate_of(book, stage, sitting, known[each.case]).groups),
            "carried": pool_vote.count_of(stage, sitting, each.case).carried,
            "decision": sitting.paper(each.case).decision,
            "settled": sitting.paper(each.case).settled,
            **pool_vote.body_of(book, stage, sitting, known[each.case], each),
        }
        for each in line.placings
    ]
    bands = [[group, band.at_least, band.at_most] for group, band in sorted(line.places.bands.items())]
    body = {
        "order": order,
        "total": line.places.total,
        "alternates": line.places.alternates,
        "bands": bands,
        "tie_break": list(book.definition.quota.tie_break),
        "members": sorted(sitting.members),
        "present": sorted(sitting.present),
    }
    evidence.tell(session, StreamKind.MEETING, opened.row.id, "line_drawn", actor, now, body=body)


def _close(session: Session, opened: Opened, line: Line, sitting: Sitting, actor: Actor, now: datetime) -> Finalized:
    row = opened.row
    row.state, row.closed_at, row.closed_by = MeetingState.FINAL.value, now, actor.account_id
    row.version += 1
    results = [each.result for each in line.placings]
    done = Finalized(
        results.count("passed"),
        results.count("alternate"),
        results.count("refused"),
        results.count("deferred"),
        sum(paper.left_out for paper in sitting.papers.values()),
    )
    evidence.tell(session, StreamKind.MEETING, row.id, "result_finalized", actor, now, body=dict(vars(done)))
    return done


# -- alternates --------------------------------------------------------------------------------------------------------
def promote(actor: Actor, now: datetime, ref: str, reason: str, *, request_key: str | None = None) -> str:
    """The next alternate moves up into a place that fell free. The reference of the case."""
    return _on_alternates(actor, now, ref, "promote", reason, request_key)[0]


def close_out(actor: Actor, now: datetime, ref: str, reason: str, *, request_key: str | None = None) -> list[str]:
    """The round is closed out: whoever still waits is told that they were not called."""
    return _on_alternates(actor, now, ref, "close_out", reason, request_key)


def _on_alternates(actor: Actor, now: datetime, ref: str, name: str, reason: str, request_key: str | None) -> list[str]:
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, name, reason), now)
        if before is not None:
            return [str(each) for each in before["cases"]]
        opened = open_meeting(session, actor, ref, lock=True, runs=True)
        if opened.row.state != MeetingState.FINAL.value:
            raise NotReady([Reason(Words("先定稿，才有候补"))])
        if not reason.strip():
            raise NotReady([Reason(Words("请写明依据，例如谁的名额空出来了"), "reason")])
        ids = queries.alternates(session, opened.row)
        cases = {case.row.id: case for case in open_cases(session, ids, lock=True)}
        inputs = {
            "places": whole_places(session, opened, now),
            "held": held_places(session, opened, now),
            "reason": reason.strip(),
        }
        pool = [case.application for case in cases.values()]
        outcomes = _decide(session, opened, name, pool, cases, inputs, actor, now)
        for id_ in sorted(outcomes):
            record(session, cases[id_], outcomes[id_], now)
        done = [cases[id_].row.ref for id_ in sorted(outcomes)]
        keep_answer(session, actor, request_key, {"cases": done})
        return done
