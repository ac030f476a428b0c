"""Acts on lists: raters and samples drawn here, meetings in `pool_meetings`, notices and certificates in `pool_papers`.

Each list is kept by the pure functions that the services use; here only the people are made up who fill it in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from workflow.domain.actor import Actor
from workflow.domain.application import Application, Status
from workflow.domain.dryrun.pool_ground import DONE, WAITS, Lists, Why
from workflow.domain.dryrun.pool_meetings import Meetings
from workflow.domain.dryrun.pool_papers import Papers
from workflow.domain.dryrun.world import World
from workflow.domain.pool_score import Candidate, why_not
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    NoticeStage,
    ScoreStage,
    VoteStage,
)


class Pools(Lists):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.meetings = Meetings(world)
        self.papers = Papers(world)

    def keeps(self, case: Application) -> bool:
        """Whether the case stands where only a list moves it on."""
        stage = self.world.definition.stages.get(case.state.stage or "")
        entry = case.state.entry
        if stage is None or entry is None or case.state.status is not Status.OPEN:
            return False
        if isinstance(stage, CheckStage):
            return stage.sample is not None and case.state.drawn is None
        if isinstance(stage, ScoreStage):
            return stage.choose != "everyone" and case.state.panel_of(entry.no) is None
        if isinstance(stage, NoticeStage):
            return case.state.posting() is None and not case.state.open_objections()
        return isinstance(stage, VoteStage | AwardStage)

    def tick(self, key: str, round_id: int, at: datetime, *, force: bool) -> Why:
        """Do for the list whatever it is time for; empty where somebody was moved, else why nobody was.

        `force`: whoever is still on the way is left for a later list.
        """
        stage = self.world.book.stage(key)
        here = [case for case in self.world.in_round(round_id) if case.state.stage == key and self.keeps(case)]
        if not here:
            return self.meetings.promoted(stage, round_id, at)
        if isinstance(stage, ScoreStage):
            return self._seat(stage, here, at)
        if isinstance(stage, CheckStage):
            return self._sample(stage, round_id, here, at, force=force)
        if isinstance(stage, VoteStage):
            return self.meetings.meet(stage, round_id, here, at, force=force)
        if isinstance(stage, NoticeStage):
            self.papers.publish_results(round_id, at)
            return self.papers.notice(stage, round_id, here, at, force=force)
        self.papers.publish_results(round_id, at)
        return self.papers.issue(stage, round_id, here, at)

    def _seat(self, stage: ScoreStage, here: Sequence[Application], at: datetime) -> Why:
        actors = self.world.office(here[0], stage.closed_by)
        for pool in self.by_place(stage.closed_by, *stage.raters, of=here).values():
            given = self._candidates(stage, pool)
            name, inputs = "draw", {"seed": self.world.seed, "draw": "trial", "candidates": given}
            if stage.choose == "assign":
                free = {role: self._free(stage, pool[0], role, given, at) for role in stage.raters}
                name, inputs = "assign", {"raters": free}
            why = self.by_first(actors, stage.key, pool, name, at, **inputs)
            if why:
                return why
        return DONE

    def _candidates(self, stage: ScoreStage, pool: Sequence[Application]) -> Mapping[str, Sequence[Candidate]]:
        return {role: [Candidate(actor) for actor in self.world.office(pool[0], role)] for role in stage.raters}

    def _free(
        self, stage: ScoreStage, case: Application, role: str, given: Mapping[str, Sequence[Candidate]], at: datetime
    ) -> list[Actor]:
        book = self.world.book
        free = [each.actor for each in given[role] if why_not(book, case, stage, role, each.actor, at) is None]
        return free[: stage.raters[role]]

    def _sample(
        self, stage: CheckStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool
    ) -> Why:
        """Once all that a nominator has put forward stands here."""
        coming = {case.nominator_id for case in self.coming(stage, round_id)}
        groups: dict[int | None, list[Application]] = defaultdict(list)
        for case in here:
            groups[case.nominator_id].append(case)
        ready = [pool for nominator, pool in groups.items() if force or nominator not in coming]
        why = WAITS
        for pool in ready:
            actors = self.world.office(pool[0], self.world.definition.run_by)
            why = self.by_first(actors, stage.key, pool, "draw", at, seed=self.world.seed)
        return why
