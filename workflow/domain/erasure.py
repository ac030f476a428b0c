"""What somebody who asks for their data to be erased gets: case by case, what goes and what must stay, and why.

Whoever decides is a person, and a second one; this only says what the rules of keeping leave to decide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workflow.domain.application import UNSUBMITTED, Status
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Retention
from workflow.domain.words import Words

Reckoning = Callable[[date, Length], date]
"""The day that lies so long after another."""


@dataclass(frozen=True)
class Fate:
    """`kept` None: it goes."""

    kept: Words | None = None


def fate(
    status: Status, closed_on: date | None, recognized: bool, retention: Retention, after: Reckoning, today: date
) -> Fate:
    if status in UNSUBMITTED:
        return Fate()
    if recognized and retention.recognized is None:
        return Fate(Words("认定档案按档案规定保存，不在可以删除的范围"))
    if closed_on is None:
        return Fate(Words("还在办理：撤回或者办结以后，再按保存期限处理"))
    until = after(closed_on, _length(status, recognized, retention))
    return Fate(Words("材料要保存到 %(until)s，到期后可以删除", until=until.isoformat()) if until >= today else None)


def _length(status: Status, recognized: bool, retention: Retention) -> Length:
    if recognized and retention.recognized is not None:
        return retention.recognized
    kept = {Status.WITHDRAWN: retention.withdrawn, Status.LAPSED: retention.lapsed}
    return kept.get(status, retention.refused)
