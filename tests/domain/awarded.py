"""Cases that stand before their award: submitted, and every stage before it behind them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.domain.cases import MANAGER, PERSON, Play, application, staff
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action, Application
from workflow.domain.events import Event
from workflow.domain.history import evolve
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages.award import opens
from workflow.domain.stages.base import Work
from workflow.domain.transitions import decide

MANAGER_3 = staff(52, "manager")
ISSUED: dict[str, Any] = {
    "document": "锦人才办〔2026〕21号",
    "on": date(2026, 11, 23),
    "number": "FE-2026-PATTERN-0001",
}


def before_award(
    book: Rulebook, case: Application, now: datetime, *, shown: bool = True, published: bool = True
) -> list[Event]:
    """The facts that lead from where a submitted case stands to its award, each told by the system."""
    facts: list[Event] = []
    state = case.state

    def tell(kind: str, entry_no: int, **body: Any) -> None:
        nonlocal state
        facts.append(Event(kind, now, state.version + 1, "system", None, body, entry_no=entry_no))
        state = evolve(state, facts[-1])

    route = book.route(case.channel)
    award = next(key for key in route if book.stage(key).kind == "award")
    for key in route[route.index(state.stage or route[0]) : route.index(award)]:
        if state.stage != key:
            tell("stage_entered", len(state.entries) + 1, stage=key, position=book.position(case.channel, key))
        hidden = book.stage(key).kind == "notice" and not shown
        tell("not_drawn" if hidden else "passed", len(state.entries))
        if book.stage(key).reveal == "later" and published:
            tell("results_published", len(state.entries), stage=key, entries=[len(state.entries)])
    owed = opens(Work(book, case, Action("enter"), SYSTEM, now), book.stage(award))
    tell("stage_entered", len(state.entries) + 1, stage=award, position=book.position(case.channel, award), opens=owed)
    return facts


class Award(Play):
    """A case in front of the award. Acts name their item by the role that owes it."""

    def __init__(
        self, *, shown: bool = True, published: bool = True, rulebook: Rulebook | None = None, **changes: Any
    ) -> None:
        super().__init__(application(**changes), rulebook)
        self.submit()
        for event in before_award(self.book, self.case, self.now, shown=shown, published=published):
            self.case = replace(self.case, state=evolve(self.case.state, event))

    def do(
        self, name: str, actor: Actor, role: str | None = None, after: timedelta | None = None, **given: Any
    ) -> None:
        owed = [item.no for item in self.case.state.open_items() if item.role == role]
        self.now += after or timedelta(minutes=1)
        self.act_on(name, owed[-1] if owed else None, actor, given)

    def act_on(self, name: str, item: int | None, actor: Actor, given: Mapping[str, Any]) -> None:
        self.outcome = decide(self.book, self.case, Action(name, item, given), actor, self.now)
        self.case = replace(self.case, state=self.outcome.state)

    def provide(self) -> "Award":
        self.do("provide", PERSON, fields=["bank"])
        return self

    def issue(self, **given: Any) -> "Award":
        self.do("issue", MANAGER, "manager", **{**ISSUED, **given})
        return self


def recognized(**changes: Any) -> Award:
    return Award(**changes).provide().issue()
