"""What follows a recognition, as the events of its case say it. Each concern keeps its own frozen data beside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.domain.after.duties import Owed
from workflow.domain.after.growth import Growth
from workflow.domain.after.payments import Payment, Use
from workflow.domain.after.points import NO_POINTS, Ledger


@dataclass(frozen=True)
class After:
    """`growth` has one entry for each stay in a follow-up in which something was done, the newest last; `reviewed` the
    readings for which the clock has opened a review."""

    growth: tuple[Growth, ...] = ()
    points: Ledger = NO_POINTS
    seats: Mapping[int, str] = field(default_factory=dict)  # training -> signed_up, signed_off, attended, absent
    duties: tuple[Owed, ...] = ()  # every occurrence that has opened, in the order in which they did
    unjudged: frozenset[str] = frozenset()  # what was told to be undecidable, such as `duty:moved_away`
    reviewed: frozenset[str] = frozenset()
    payments: tuple[Payment, ...] = ()  # in the order in which they fell due
    stopped: frozenset[str] = frozenset()  # benefits that pay no more
    uses: tuple[Use, ...] = ()

    @property
    def mentor(self) -> int | None:
        """The account that mentors the case now: the one named last."""
        return next((each.mentor for each in reversed(self.growth) if each.mentor is not None), None)

    def growth_at(self, entry_no: int) -> Growth:
        return next((each for each in self.growth if each.entry_no == entry_no), Growth(entry_no))

    def readings(self, entry_no: int) -> Mapping[str, Any]:
        """What rules may read of it during one stay, by the dotted names of the language."""
        return {"tasks.done": Decimal(len(self.growth_at(entry_no).tasks)), **self._results()}

    def owed(self, duty: str, no: int) -> Owed:
        return next(each for each in self.duties if (each.duty, each.no) == (duty, no))

    def _results(self) -> dict[str, list[Decimal]]:
        """Of each assessment its totals, oldest first."""
        found: dict[str, list[Decimal]] = {}
        for each in sorted(self.duties, key=lambda owed: owed.nominal):
            if each.total is not None:
                found.setdefault(f"results.{each.duty}", []).append(Decimal(each.total) / 100)
        return found


NOTHING_YET = After()
