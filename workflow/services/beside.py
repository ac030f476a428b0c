"""Rows that a kind of stage keeps beside a case: reviews, answers of departments, ballots, notices, certificates.

`recording.record` calls each writer after the case's own rows stand; `audit replay` asks each comparer what a state
says those rows must be. Both are part of the caller's transaction.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from workflow.domain.application import Outcome, State
from workflow.services import (
    award_links,
    recorded_award,
    recorded_duties,
    recorded_joint,
    recorded_notice,
    recorded_payments,
    recorded_points,
    recorded_score,
    recorded_trainings,
    recorded_vote,
)
from workflow.services.casework import Case

Writer = Callable[[Session, Case, Outcome, datetime], None]
Comparer = Callable[[Session, ApplicationRow, State], Iterator[tuple[str, Any, Any]]]
"""Yields (where, what the events say, what the table says) for everything that differs."""

WRITERS: tuple[Writer, ...] = (
    recorded_joint.write,
    recorded_notice.write,
    recorded_score.write,
    recorded_vote.write,
    recorded_award.write,
    recorded_duties.write,
    recorded_points.write,
    recorded_trainings.write,
    recorded_payments.write,
    award_links.write,
)
COMPARERS: tuple[Comparer, ...] = (
    recorded_joint.compare,
    recorded_notice.compare,
    recorded_score.compare,
    recorded_vote.compare,
    recorded_award.compare,
    recorded_duties.compare,
    recorded_points.compare,
    recorded_trainings.compare,
    recorded_payments.compare,
)
