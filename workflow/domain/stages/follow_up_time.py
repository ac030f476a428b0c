"""What time brings to a recognition: one act of the clock tells everything that has fallen due since its last look.

Each of the `CONCERNS` says what it would tell and when somebody must look again. Nothing here approves, pays
or decides; what was missed while nothing ran is told once, in order, at the next look.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workflow.domain.application import Application, Status
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import (
    follow_up_duties,
    follow_up_payments,
    follow_up_points_ground,
    follow_up_review,
)
from workflow.domain.stages.base import Act, Work
from workflow.domain.stages.follow_up_ground import valid
from workflow.domain.words import Words


@dataclass(frozen=True)
class Concern:
    """`fall` tells what has fallen due, reading `work.state`, which holds what was told before it in the same act.

    `look`: the next day, today included, on which it may have something to tell; None = never, as things stand.
    """

    fall: Callable[[Work], None]
    look: Callable[[Rulebook, Application, date], date | None]


CONCERNS = (
    Concern(follow_up_duties.fall, follow_up_duties.look),
    Concern(follow_up_review.fall, follow_up_review.look),
    Concern(follow_up_review.fall_lapsed, follow_up_review.look_lapsed),
    Concern(follow_up_payments.fall, follow_up_payments.look),
    Concern(follow_up_points_ground.fall, follow_up_points_ground.look),
)
"""In the order in which they are told: a duty that lapsed may open a review."""


def next_look(book: Rulebook, application: Application, today: date) -> date | None:
    """The first day on which the clock must look at this case again; None where no recognition stands."""
    known = application.state.recognition
    if known is None or not known.is_valid:
        return None
    days = (concern.look(book, application, today) for concern in CONCERNS)
    return min((day for day in days if day is not None), default=None)


def _is_system(work: Work) -> bool:
    return work.actor.kind == "system"


def _has_fallen_due(work: Work) -> bool:
    """Asked by trying: a second piece of work on the same case, kept for when the act is done."""
    if not _is_system(work) or valid(work) is None or work.before.state.status is Status.HELD:
        return False
    trial = Work(work.book, work.before, work.action, work.actor, work.now)
    for concern in CONCERNS:
        concern.fall(trial)
    work.trial = trial
    return bool(trial.events)


def _follows(work: Work) -> None:
    if work.trial is not None:
        work.events, work.state = work.trial.events, work.trial.state


ACT = Act("keep_time", Words("到期的事"), _has_fallen_due, _is_system, _follows, on_item=False)
