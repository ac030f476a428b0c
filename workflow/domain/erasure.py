"""What somebody who asks for their data to be erased gets: case by case, what goes and what must stay, and why.

Whoever decides is a person, and a second one; this only says what the rules of keeping leave to decide.
"""

from dataclasses import dataclass
from datetime import date

from workflow.domain.application import UNSUBMITTED
from workflow.domain.program.schema import Retention
from workflow.domain.retention import Held, Reckoning, kept_until
from workflow.domain.words import Words


@dataclass(frozen=True)
class Fate:
    """`kept` None: it goes."""

    kept: Words | None = None


def fate(case: Held, retention: Retention, after: Reckoning, today: date, *, stopped: bool = False) -> Fate:
    """`stopped`: somebody said that it must not be destroyed now."""
    if stopped:
        return Fate(Words("有案子、审计或信访要用，暂停销毁；解除以后再来删"))
    if case.status in UNSUBMITTED:
        return Fate()
    if case.recognized and (retention.recognized is None or case.recognized_until is None):
        return Fate(Words("认定档案按档案规定保存，不在可以删除的范围"))
    known = kept_until(case, retention, after)
    if known is None:
        return Fate(Words("还在办理：撤回或者办结以后，再按保存期限处理"))
    _, until = known
    return Fate(Words("材料要保存到 %(until)s，到期后可以删除", until=until.isoformat()) if until >= today else None)
