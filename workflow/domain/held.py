"""What somebody must hold already, or must never have held, before they come in by a channel (LANGUAGE.md 2.1).

To hold is to have a valid recognition today: not one that has run out, was revoked, or is being looked into. *Must not*
asks whether there ever was one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.domain.recognition import Standing
from workflow.domain.words import Words


@dataclass(frozen=True, slots=True)
class Held:
    """One recognition of the program asked about. `until`: its last day, None where it has none."""

    number: str
    until: date | None
    standing: str
    ended_on: date | None = None
    looked_into: bool = False  # an exit is under way

    def is_held(self, today: date) -> bool:
        return self.standing == Standing.VALID and not self._has_run_out(today) and not self.looked_into

    def _has_run_out(self, today: date) -> bool:
        return self.until is not None and self.until < today


def lacking(who: str, what: str, known: Sequence[Held], today: date) -> Words | None:
    """Why `must_hold` is not met; None where it is. `known`: the newest first."""
    if any(each.is_held(today) for each in known):
        return None
    if not known:
        return Words("“%(who)s”还没有取得“%(what)s”，不能走这条渠道", who=who, what=what)
    last = known[0]
    if last.standing == Standing.REVOKED and last.ended_on is not None:
        return Words(
            "“%(who)s”的“%(what)s”（%(number)s）已于 %(day)s 撤销，不能走这条渠道",
            who=who,
            what=what,
            number=last.number,
            day=last.ended_on.isoformat(),
        )
    if last.standing == Standing.VALID and last.looked_into and (last.until is None or last.until >= today):
        return Words(
            "“%(who)s”的“%(what)s”（%(number)s）正在核查，核查办结以前暂停走这条渠道",
            who=who,
            what=what,
            number=last.number,
        )
    day = last.ended_on or last.until
    return Words(
        "“%(who)s”的“%(what)s”（%(number)s）有效期到 %(day)s 为止，续期或重新取得以后才能走这条渠道",
        who=who,
        what=what,
        number=last.number,
        day=day.isoformat() if day is not None else "",
    )


def had(who: str, what: str, known: Sequence[Held]) -> Words | None:
    """Why `must_not_hold` is not met; None where it is."""
    if not known:
        return None
    last = known[0]
    if last.until is None:
        return Words("“%(who)s”已有“%(what)s”（%(number)s），不能走这条渠道", who=who, what=what, number=last.number)
    return Words(
        "“%(who)s”已有“%(what)s”（%(number)s，有效期到 %(day)s），不能走这条渠道",
        who=who,
        what=what,
        number=last.number,
        day=last.until.isoformat(),
    )
