"""Results made known, notices put up, certificates issued."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workflow.domain import pool_award, public_notice, rules
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application
from workflow.domain.calendar import local_day
from workflow.domain.dryrun.inputs import DIGEST, WORDS, Desk, record_of
from workflow.domain.dryrun.pool_ground import DONE, WAITS, Lists, Why
from workflow.domain.dryrun.world import Did, World
from workflow.domain.program.schema import (
    NoticeStage,
    Stage,
)


class Papers(Lists):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._notices = 0
        self._numbers: dict[str, int] = {}
        self._inputs: dict[str, Any] = {}

    def publish_results(self, round_id: int, at: datetime) -> None:
        """What was kept back is made known as soon as nobody is being judged any more."""
        for stage in self.world.definition.stages.values():
            if stage.reveal != "later":
                continue
            pool = [
                case
                for case in self.world.in_round(round_id)
                if any(entry.stage == stage.key for entry in case.state.entries)
            ]
            if pool:
                actors = self.world.office(pool[0], self.world.definition.run_by)
                self.by_first(actors, stage.key, pool, "publish_results", at)

    def notice(
        self, stage: NoticeStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool
    ) -> Why:
        coming = self.coming(stage, round_id)
        if coming and not force and not self.rolls(round_id):
            return WAITS
        why: Why = WAITS
        for pool in self.by_place(*stage.by, of=here).values():
            self._notices += 1
            candidates = [
                public_notice.Candidate(case.id, self._shown(stage, case), case.person.get("birth_date"))
                for case in pool
            ]
            lines = public_notice.lines(public_notice.columns(self.world.definition, stage), candidates)
            why = self.by_first(
                self.world.office(pool[0], stage.by[0]),
                stage.key,
                pool,
                "publish",
                at,
                notice=self._notices,
                first=local_day(at),
                lines=lines,
                digests={case.id: DIGEST for case in pool},
                apart=True,
                left=len(coming),
                reason=WORDS,
            )
        return why

    def _shown(self, stage: NoticeStage, case: Application) -> tuple[str, ...]:
        sources = public_notice.Sources("试跑", {}, self._level(case))
        return tuple(public_notice.value_of(self.world.definition, case, key, sources) for key in stage.show)

    def _level(self, case: Application) -> str:
        source = public_notice.level_source(self.world.definition, case.channel)
        if source is not None:
            rule = self.world.book.rule(str(source), rules.Place.LEVEL, "text")
            value = rule.value(self.world.book.inputs(case))
            return value if isinstance(value, str) else ""
        grades = [record["grade"] for record in case.records.values() if record.get("grade")]
        return str(grades[-1]) if grades else ""

    def issue(self, stage: Stage, round_id: int, here: Sequence[Application], at: datetime) -> Why:
        """Only who has given what is asked; the others wait for the next list."""
        ready = [case for case in here if not any(item.role == "applicant" for item in case.state.open_items())]
        if not ready:
            return WAITS
        why: Why = WAITS
        for pool in self.by_place(*stage.by, of=ready).values():
            actors = self.world.office(pool[0], stage.by[0])
            written = [self._written(stage, case, at) for case in pool]
            why = self._issued(stage, round_id, written, actors, at)
        return why

    def _written(self, stage: Stage, case: Application, at: datetime) -> Application:
        if stage.record:
            self.world.write_down(case.id, record_of(Desk(self.world, case, at), stage.key))
        return self.world.cases[case.id]

    def _issued(
        self, stage: Stage, round_id: int, pool: Sequence[Application], actors: Sequence[Actor], at: datetime
    ) -> Why:
        why: Why = WAITS
        for actor in actors:
            outcomes, aside, self._numbers = self._list(stage, round_id, pool, actor, at)
            for case, reasons in aside.items():
                self.world.tally.refused[case], why = ("issue", reasons), reasons
            if outcomes:
                self.world.note(Did(tuple(sorted(outcomes)), "issue", actor, at, None, stage.key, self._inputs))
            for case, outcome in sorted(outcomes.items()):
                self.world.absorb(case, outcome, at, "issue", None)
            if outcomes:
                return DONE
        return why

    def _list(
        self, stage: Stage, round_id: int, pool: Sequence[Application], actor: Actor, at: datetime
    ) -> tuple[Any, Any, dict[str, int]]:
        self._inputs = {
            "document": WORDS,
            "on": local_day(at),
            "list": [case.id for case in pool],
            "round": str(round_id),
            "following": self._numbers,
        }
        action = Action("issue", None, self._inputs)
        outcomes, aside, after = pool_award.issue(self.world.book, stage.key, pool, action, actor, at)
        return outcomes, aside, {**self._numbers, **after}
