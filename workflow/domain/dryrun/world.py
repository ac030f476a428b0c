"""The cases of a dry run as they stand: acts go through `decide`; what a service would write beside is kept here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from workflow.domain import quotas
from workflow.domain.actor import Actor
from workflow.domain.application import CLOSED, Action, Application, Counted, Outcome, Status, altered
from workflow.domain.calendar import end_of, local_day
from workflow.domain.collective import decide_pool
from workflow.domain.dryrun.cases import MadeUp, Maker, places_of_nominator
from workflow.domain.dryrun.chance import Chance
from workflow.domain.dryrun.tally import Tally
from workflow.domain.errors import NotReady, Reason, Refusal
from workflow.domain.rulebook import Rulebook
from workflow.domain.transitions import decide
from workflow.domain.words import Words

Due = tuple[datetime, int, int, str, int]
"""When, in which order, for which case, what, and for which item (0: none)."""


@dataclass(frozen=True)
class Did:
    """One act as it was done, so that it can be done again elsewhere: on one case, on a list, or beside any act."""

    cases: tuple[int, ...]
    name: str
    actor: Actor | None
    at: datetime | None
    item: int | None = None
    stage: str | None = None  # of a list
    inputs: Mapping[str, Any] = field(default_factory=dict)


class World:
    """Nothing is written: a case is what its outcomes say, and whose place is taken follows from all of them."""

    def __init__(self, maker: Maker, seed: str) -> None:
        self.book: Rulebook = maker.book
        self.definition = maker.definition
        self.town, self.seed, self.began = maker.town, seed, maker.now
        self.made: dict[int, MadeUp] = {each.case.id: each for each in maker.cases}
        self.cases: dict[int, Application] = {each.case.id: each.case for each in maker.cases}
        self.diary: list[Did] | None = None  # kept where somebody asks for it
        self.tally = Tally(maker.definition, maker.now)
        self.taken: Counter[tuple[str, int, str]] = Counter()
        self.had: dict[int, set[str]] = {}  # what of its plan has happened, by case
        self.seen: Counter[int] = Counter()  # items that were put on the agenda, by case
        self.decided: set[int] = set()  # those who came to an end or to a recognition
        self.agenda: list[Due] = []
        self._places: dict[int, int | None] = {}
        self._rounds: dict[int, list[int]] = {}  # its cases, as they were made
        for made in maker.cases:
            self._rounds.setdefault(made.case.round.id, []).append(made.case.id)
        self._voted: dict[int, set[int]] = {}  # of each round, those on whom a meeting has decided
        self._order = 0

    # -- the agenda ----------------------------------------------------------------------------------------------------
    def put(self, at: datetime, case: int, what: str, item: int = 0) -> None:
        self._order += 1
        heappush(self.agenda, (at, self._order, case, what, item))

    def take(self) -> Due:
        return heappop(self.agenda)

    def chance(self, *parts: object) -> Chance:
        return Chance(self.seed, *parts)

    def working(self, at: datetime, days: int, minutes: int = 0) -> datetime:
        """So many working days later, from nine in the morning on; never before `at`."""
        day = self.book.calendar.nth_working_day(local_day(at), max(days, 1))
        return max(at, end_of(day, f"{9 + minutes // 60 % 8:02d}:{minutes % 60:02d}"))

    # -- plans ---------------------------------------------------------------------------------------------------------
    def planned(self, case: int, where: str) -> str | None:
        """What shall still happen to a case there; everything happens once."""
        word = self.made[case].plan.get(where)
        return None if word is None or where in self.had.get(case, ()) else word

    def happened(self, case: int, where: str) -> None:
        self.had.setdefault(case, set()).add(where)

    # -- acting --------------------------------------------------------------------------------------------------------
    def current(self, case: int, at: datetime) -> Application:
        """The case with the places that are left just now."""
        known = self.cases[case]
        if self.definition.channels[known.channel].quota is None:
            return known
        return self._counted(known, at)

    def _counted(self, case: Application, at: datetime) -> Application:
        channel = self.definition.channels[case.channel]
        quota = channel.quota
        organization = case.counted_id or case.nominator_id
        if quota is None or organization is None:
            return case
        if case.id not in self._places:
            self._places[case.id] = places_of_nominator(self.book, case)
        places = self._places[case.id]
        if places is None:
            return case
        if quotas.counted_apart(quota):
            period = quotas.period_of(channel, quota, case.round.id, at)
            known = Counted(places, {period: self.taken[case.channel, organization, period]})
            return case if case.counted == known else altered(case, counted=known)
        left = places - self.taken[case.channel, organization, ""]
        return case if case.places_left == left else altered(case, places_left=left)

    def act(
        self, case: int, name: str, actor: Actor, at: datetime, item: int | None = None, **inputs: Any
    ) -> tuple[Reason, ...] | None:
        """None where it was done; else why not."""
        try:
            outcome = decide(self.book, self.current(case, at), Action(name, item, inputs), actor, at)
        except NotReady as refusal:
            self.tally.refused[case] = (name, refusal.reasons)
            return refusal.reasons
        except Refusal as refusal:
            return (Reason(refusal.words),)
        self.note(Did((case,), name, actor, at, item, None, inputs))
        self.absorb(case, outcome, at, name, item)
        return None

    def note(self, did: Did) -> None:
        if self.diary is not None:
            self.diary.append(did)

    def act_on_many(
        self, stage: str, pool: Iterable[Application], name: str, actor: Actor, at: datetime, **inputs: Any
    ) -> tuple[Reason, ...] | None:
        """The same for a list; None where it moved somebody."""
        cases = list(pool)
        try:
            done = decide_pool(self.book, stage, cases, Action(name, None, inputs), actor, at)
        except NotReady as refusal:
            return refusal.reasons
        except Refusal as refusal:
            return (Reason(refusal.words),)
        self.note(Did(tuple(each.id for each in cases), name, actor, at, None, stage, inputs))
        for case, reasons in done.left_aside.items():
            self.tally.refused[case] = (name, reasons)
        for case, outcome in sorted(done.outcomes.items()):
            self.absorb(case, outcome, at, name, None)
        if not done.outcomes:
            return next(iter(done.left_aside.values()), (Reason(Words("没有人可办")),))
        return None

    def absorb(self, case: int, outcome: Outcome, at: datetime, name: str, item: int | None) -> None:
        before = self.cases[case]
        after = altered(before, state=outcome.state)
        if outcome.records or outcome.state.votes != before.state.votes or outcome.state.after != before.state.after:
            after = self._with_records(before, after, outcome.records)
        self.cases[case] = altered(after, state=altered(after.state, prior=None))  # nobody undoes anything here
        if after.state.votes:
            self._voted.setdefault(after.round.id, set()).add(case)
        if after.state.status in CLOSED or after.state.recognition is not None:
            self.decided.add(case)
        self._move_place(before, after)
        self.tally.count(before, after, outcome, name, item)
        self.tally.refused.pop(case, None)
        if outcome.hold_nominator:
            self._hold_others(after, at)

    def write_down(self, case: int, values: Mapping[str, Any]) -> None:
        """What somebody recorded at the stage where the case is, apart from any act on it."""
        known = self.cases[case]
        self.note(Did((case,), "write_down", None, None, None, known.state.stage, values))
        self.cases[case] = self._with_records(known, known, values)

    def _with_records(self, before: Application, after: Application, recorded: Mapping[str, Any]) -> Application:
        """What was written down at a stage, the grade that a meeting gave, and where somebody was placed."""
        records = {key: dict(value) for key, value in before.records.items()}
        if recorded and before.state.stage is not None:
            records.setdefault(before.state.stage, {}).update(recorded)
        stages = {entry.no: entry.stage for entry in after.state.entries}
        for voted in after.state.votes:
            if voted.grade is not None:
                records.setdefault(stages[voted.entry_no], {})["grade"] = voted.grade
        for growth in after.state.after.growth:
            if growth.placed is not None:
                records.setdefault(stages[growth.entry_no], {})["placement"] = growth.placed.code
        if records == before.records:
            return after
        places = dict(after.places)
        for role in self.definition.roles.values():
            if role.of is not None and role.of.startswith("records."):
                _, stage, name = role.of.split(".", 2)
                places[role.key] = self.town.organization(records.get(stage, {}).get(name))
        paths = {each: self.town.path(each) for each in places.values() if each is not None}
        return altered(after, records=records, places=places, paths={**after.paths, **paths})

    def _move_place(self, before: Application, after: Application) -> None:
        quota = self.definition.channels[after.channel].quota
        organization = after.counted_id or after.nominator_id
        if quota is None or organization is None:
            return
        for state, step in ((before.state, -1), (after.state, 1)):
            if state.place_taken:
                self.taken[after.channel, organization, state.place_period or ""] += step

    def _hold_others(self, case: Application, at: datetime) -> None:
        """A failed sample, or a fraud, holds what the same nominator has put forward; the office looks and releases."""
        for other in self.cases.values():
            same = other.nominator_id == case.nominator_id and other.id != case.id
            if same and other.state.status not in (*CLOSED, Status.DRAFT, Status.AWAITING_CONFIRMATION):
                system = Actor("system")
                if self.act(other.id, "hold", system, at, basis="单位暂停", nominator=case.nominator_id) is None:
                    self.put(self.working(at, 3), other.id, "release")

    # -- who -----------------------------------------------------------------------------------------------------------
    def office(self, case: Application, role: str) -> list[Actor]:
        return self.town.holders(role, case.places.get(role))

    def in_round(self, round_id: int) -> list[Application]:
        return [self.cases[case] for case in self._rounds.get(round_id, ())]

    def voted_in(self, round_id: int) -> list[Application]:
        return [self.cases[case] for case in sorted(self._voted.get(round_id, ()))]
