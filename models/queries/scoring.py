"""Reads of scoring: who has handed in what, which cases stand in a stage, who sat in which draw."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow, StageEntry
from models.people import Person
from models.queries.scoping import visible
from models.queries.subjects import about
from models.scores import Draw, DrawSeat, ReviewRow, ReviewScore
from models.work import WorkItem
from workflow.domain.scope import Scope


def cases_at(
    session: Session,
    scope: Scope,
    round_id: int,
    stage: str,
    *,
    track: str | None = None,
    here: bool = False,
    after: int = 0,
    most: int = 100,
) -> Sequence[int]:
    """The cases of a round that came to a stage, by their number; `here`: only those that are in it now."""
    came = select(StageEntry.application_id).where(
        StageEntry.application_id == ApplicationRow.id,
        StageEntry.stage_key == stage,
        or_(StageEntry.effect.is_(None), StageEntry.effect != "skipped"),
    )
    wanted = select(ApplicationRow.id).where(
        ApplicationRow.round_id == round_id,
        visible(scope),
        exists(came.correlate(ApplicationRow)),
        ApplicationRow.id > after,
    )
    if here:
        wanted = wanted.where(ApplicationRow.stage_key == stage)
    if track:
        wanted = wanted.where(ApplicationRow.track == track)
    return session.scalars(wanted.order_by(ApplicationRow.id).limit(most)).all()


def refs_of(session: Session, ids: Sequence[int]) -> list[str]:
    rows = session.execute(select(ApplicationRow.id, ApplicationRow.ref).where(ApplicationRow.id.in_(list(ids))))
    by_id = {row[0]: row[1] for row in rows}
    return [by_id[each] for each in ids if each in by_id]


def withheld_at(session: Session, scope: Scope, round_id: int, stage: str) -> list[int]:
    """Cases of which outsiders still wait to hear what this stage found."""
    wanted = select(ApplicationRow.id).where(
        ApplicationRow.round_id == round_id, visible(scope), ApplicationRow.withheld_stage == stage
    )
    return list(session.scalars(wanted.order_by(ApplicationRow.id)))


def still_at(session: Session, scope: Scope, round_id: int, stage: str) -> int:
    wanted = select(func.count()).where(
        ApplicationRow.round_id == round_id,
        visible(scope),
        ApplicationRow.stage_key == stage,
        ApplicationRow.withheld_stage.is_(None),
    )
    return session.scalar(wanted) or 0


def owed_to_closer(session: Session, scope: Scope, round_id: int, stage: str) -> int:
    """How many cases wait for whoever seats raters or counts sheets."""
    wanted = (
        select(func.count())
        .select_from(WorkItem)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(
            WorkItem.round_id == round_id,
            WorkItem.stage_key == stage,
            WorkItem.duty == "confirm",
            WorkItem.state == "open",
            visible(scope),
        )
    )
    return session.scalar(wanted) or 0


def names_of_people(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Application -> the name of whom it is about."""
    rows: Any = session.execute(
        select(ApplicationRow.id, about())
        .outerjoin(Person, Person.id == ApplicationRow.person_id)
        .where(ApplicationRow.id.in_(list(ids)))
    )
    return {row[0]: row[1] for row in rows}


def accounts_named(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Account -> (reference, name)."""
    rows = session.execute(select(Account.id, Account.ref, Account.name).where(Account.id.in_(list(ids))))
    return {row[0]: (row[1], row[2]) for row in rows}


def seats_held(session: Session, round_id: int, stage: str) -> dict[int, int]:
    """Account -> how many seats it was drawn for at this stage so far."""
    rows = session.execute(
        select(DrawSeat.account_id, func.count())
        .join(Draw, Draw.id == DrawSeat.draw_id)
        .where(Draw.round_id == round_id, Draw.stage_key == stage)
        .group_by(DrawSeat.account_id)
    )
    return {row[0]: row[1] for row in rows}


def draws_of(session: Session, round_id: int, stage: str) -> Sequence[Draw]:
    return session.scalars(
        select(Draw).where(Draw.round_id == round_id, Draw.stage_key == stage).order_by(Draw.id)
    ).all()


def last_review(session: Session, application_id: int, entry_no: int, account_id: int) -> ReviewRow | None:
    """The newest sheet that somebody handed in at one stay."""
    return session.scalars(
        select(ReviewRow)
        .where(
            ReviewRow.application_id == application_id,
            ReviewRow.entry_no == entry_no,
            ReviewRow.account_id == account_id,
        )
        .order_by(ReviewRow.submitted_at.desc(), ReviewRow.attempt.desc())
    ).first()


def scores_of(session: Session, review: ReviewRow) -> Sequence[ReviewScore]:
    return session.scalars(
        select(ReviewScore).where(
            ReviewScore.application_id == review.application_id,
            ReviewScore.item_no == review.item_no,
            ReviewScore.attempt == review.attempt,
        )
    ).all()


def reasons_at(session: Session, application_id: int) -> dict[tuple[int, int, str], str]:
    """(item, attempt, criterion) -> the words beside it."""
    rows = session.scalars(
        select(ReviewScore).where(ReviewScore.application_id == application_id, ReviewScore.reason != "")
    )
    return {(row.item_no, row.attempt, row.criterion): row.reason for row in rows}


def handed_in(session: Session, account_id: int | None, round_id: int, stage: str) -> int:
    """How many sheets of this stage somebody has handed in that count."""
    wanted = select(func.count()).where(
        WorkItem.closed_by == account_id,
        WorkItem.round_id == round_id,
        WorkItem.stage_key == stage,
        WorkItem.result == "review",
    )
    return session.scalar(wanted) or 0
