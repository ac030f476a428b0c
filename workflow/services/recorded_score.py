"""The rows of a score beside their case: written with the facts, compared with the fold by `audit replay`."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.scores import Draw, DrawSeat, ReviewDraft, ReviewRow, ReviewScore, ScoreResult
from workflow.domain.application import Outcome, State
from workflow.domain.marks import shown
from workflow.domain.told import Review, Scored
from workflow.services.casework import Case

Key = tuple[int, int]


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    """Bring the rows to what the state says; an undo takes away what it undid."""
    before, after = case.application.state, outcome.state
    if before.reviews != after.reviews:
        _write_reviews(session, case.row.id, before, after, outcome)
    if before.scores != after.scores:
        _write_results(session, case.row.id, before, after, now)


def _write_reviews(session: Session, id_: int, before: State, after: State, outcome: Outcome) -> None:
    old, new = _by_key(before), _by_key(after)
    for key in old.keys() - new.keys():
        _give_back(session, id_, old[key])
        session.execute(delete(ReviewScore).where(*_at(ReviewScore, id_, key)))
        session.execute(delete(ReviewRow).where(*_at(ReviewRow, id_, key)))
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            session.get_one(ReviewRow, (id_, *key)).state = new[key].state
    said = {(e.body["item"], e.body["attempt"]): e.remarks for e in outcome.events if e.kind == "review_submitted"}
    for key in sorted(new.keys() - old.keys()):
        session.add(ReviewRow(application_id=id_, **review_columns(new[key])))
        session.flush()
        session.add_all(_scores(id_, new[key], said.get(key, {})))
        _forget_draft(session, id_, new[key])
    session.flush()


def _scores(id_: int, review: Review, said: Mapping[str, str]) -> Iterator[ReviewScore]:
    for criterion, points in review.raw.items():
        reason = said.get(f"reason.{criterion}", "")
        yield ReviewScore(
            application_id=id_,
            item_no=review.item_no,
            attempt=review.attempt,
            criterion=criterion,
            points=points,
            veto=None,
            reason=reason,
        )
    for criterion in review.vetoes:
        yield ReviewScore(
            application_id=id_,
            item_no=review.item_no,
            attempt=review.attempt,
            criterion=criterion,
            points=None,
            veto=True,
            reason=said.get(f"reason.{criterion}", ""),
        )


def _give_back(session: Session, id_: int, review: Review) -> None:
    """A sheet that is taken back is a draft again, with every word."""
    if review.source is not None:
        return
    body: dict[str, str] = {}
    for each in session.scalars(select(ReviewScore).where(*_at(ReviewScore, id_, (review.item_no, review.attempt)))):
        if each.points is None:
            body[f"veto.{each.criterion}"] = "yes"
        else:
            body[f"points.{each.criterion}"] = shown(each.points)
        body |= {f"reason.{each.criterion}": each.reason} if each.reason else {}
    _forget_draft(session, id_, review)
    session.add(
        ReviewDraft(application_id=id_, entry_no=review.entry_no, account_id=review.by, body=body, saved_at=review.at)
    )


def _forget_draft(session: Session, id_: int, review: Review) -> None:
    session.execute(
        delete(ReviewDraft).where(
            ReviewDraft.application_id == id_,
            ReviewDraft.entry_no == review.entry_no,
            ReviewDraft.account_id == review.by,
        )
    )


def _write_results(session: Session, id_: int, before: State, after: State, now: datetime) -> None:
    old, new = ({each.entry_no: each for each in state.scores} for state in (before, after))
    for entry_no in old.keys() - new.keys():
        session.execute(delete(ScoreResult).where(ScoreResult.application_id == id_, ScoreResult.entry_no == entry_no))
    for entry_no in sorted(new.keys() - old.keys()):
        session.add(ScoreResult(application_id=id_, scored_at=now, **result_columns(new[entry_no])))
    session.flush()


def review_columns(review: Review) -> dict[str, Any]:
    return {
        "item_no": review.item_no,
        "attempt": review.attempt,
        "entry_no": review.entry_no,
        "role_key": review.role,
        "sheet_key": review.sheet,
        "account_id": review.by,
        "total": review.total,
        "state": review.state,
        "source": review.source,
        "submitted_at": review.at,
    }


def result_columns(scored: Scored) -> dict[str, Any]:
    return {
        "entry_no": scored.entry_no,
        "stage_key": scored.stage,
        "sheet_key": scored.sheet,
        "total": scored.total,
        "is_complete": scored.complete,
        "effect": scored.effect,
        "derivation": dict(scored.derivation),
    }


def _by_key(state: State) -> dict[Key, Review]:
    return {(review.item_no, review.attempt): review for review in state.reviews}


def _at(table: Any, id_: int, key: Key) -> tuple[Any, ...]:
    return table.application_id == id_, table.item_no == key[0], table.attempt == key[1]


# -- replay ------------------------------------------------------------------------------------------------------------
def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    yield from _compare_reviews(session, row.id, state)
    yield from _compare_results(session, row.id, state)
    yield from _compare_draws(session, row.id, state)


def _compare_reviews(session: Session, id_: int, state: State) -> Iterator[tuple[str, Any, Any]]:
    told = _by_key(state)
    stands = {
        (each.item_no, each.attempt): each
        for each in session.scalars(select(ReviewRow).where(ReviewRow.application_id == id_))
    }
    if told.keys() != stands.keys():
        yield "review", sorted(told), sorted(stands)
    given: dict[Key, dict[str, int | None]] = {key: {} for key in stands}
    for each in session.scalars(select(ReviewScore).where(ReviewScore.application_id == id_)):
        given[each.item_no, each.attempt][each.criterion] = each.points
    for key in sorted(told.keys() & stands.keys()):
        yield from _differences(f"review {key}", review_columns(told[key]), stands[key])
        wanted = {**told[key].raw, **dict.fromkeys(told[key].vetoes)}
        if given[key] != wanted:
            yield f"review_score {key}", wanted, given[key]


def _compare_results(session: Session, id_: int, state: State) -> Iterator[tuple[str, Any, Any]]:
    told = {each.entry_no: each for each in state.scores}
    stands = {
        each.entry_no: each for each in session.scalars(select(ScoreResult).where(ScoreResult.application_id == id_))
    }
    if told.keys() != stands.keys():
        yield "score_result", sorted(told), sorted(stands)
    for entry_no in sorted(told.keys() & stands.keys()):
        yield from _differences(f"score_result {entry_no}", result_columns(told[entry_no]), stands[entry_no])


def _compare_draws(session: Session, id_: int, state: State) -> Iterator[tuple[str, Any, Any]]:
    """The seats of each draw, its seed and the digest of what went in."""
    rows = session.execute(
        select(Draw.ref, Draw.seed, Draw.inputs_digest, DrawSeat.role_key, DrawSeat.account_id)
        .join(DrawSeat, DrawSeat.draw_id == Draw.id)
        .where(DrawSeat.application_id == id_)
        .order_by(Draw.id, DrawSeat.role_key, DrawSeat.place)
    )
    stands = [tuple(row) for row in rows]
    told = [
        (panel.draw, panel.seed, panel.digest, role, account)
        for panel in state.panels
        if panel.draw is not None
        for role, account in sorted(panel.seats, key=lambda seat: seat[0])
    ]
    if sorted(told, key=str) != sorted(stands, key=str):
        yield "draw_seat", told, stands


def _differences(where: str, told: Mapping[str, Any], row: Any) -> Iterator[tuple[str, Any, Any]]:
    for column, value in told.items():
        if getattr(row, column) != value:
            yield f"{where}.{column}", value, getattr(row, column)
