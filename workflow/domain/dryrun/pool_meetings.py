"""Meetings held over a list, alternates moved up, and those who were never called told so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from workflow.domain import pool_vote, quotas
from workflow.domain.application import Application, Status
from workflow.domain.ballots import Tally as Votes
from workflow.domain.ballots import needed
from workflow.domain.drawing import order_of
from workflow.domain.dryrun.inputs import WORDS, Desk, record_of
from workflow.domain.dryrun.pool_ground import WAITS, Lists, Why
from workflow.domain.dryrun.world import World
from workflow.domain.policy import acted_in_pair
from workflow.domain.pool_vote import Paper, Sitting
from workflow.domain.program.schema import (
    Stage,
    VoteStage,
)
from workflow.domain.stages import vote

_CARRIED = 92
_MOST_TIES = 20


class Meetings(Lists):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._meetings = 0

    def meet(self, stage: VoteStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool) -> Why:
        why: Why = WAITS
        coming = self._awaited(stage, round_id)
        for where, pool in self.by_place(stage.secretary, *stage.by, of=here).items():
            awaited = coming.get(where, [])
            if awaited and stage.pool == "round" and not force:
                continue
            why = self._held(stage, round_id, pool, awaited if stage.pool == "round" else [], at)
        return why

    def _awaited(self, stage: VoteStage, round_id: int) -> dict[tuple[int | None, ...], list[Application]]:
        """Who is still on the way, place by place."""
        every = self.world.in_round(round_id)
        coming = [case for case in every if vote.is_awaited(self.world.book, stage, case)]
        return self.by_place(stage.secretary, *stage.by, of=coming)

    def _held(
        self,
        stage: VoteStage,
        round_id: int,
        pool: Sequence[Application],
        awaited: Sequence[Application],
        at: datetime,
    ) -> Why:
        self._meetings += 1
        pool = [self._written(stage, case, at) for case in pool]
        every = [*pool, *awaited]
        sitting = self._sitting(stage, round_id, pool, awaited, at)
        for _ in range(_MOST_TIES):
            line = pool_vote.line_of(self.world.book, stage, sitting, every)
            if not line.ties:
                break
            sitting = self._settled(sitting, line.ties[0])
        secretaries = self.world.office(pool[0], stage.secretary)
        why = self.by_first(secretaries, stage.key, every, "finalize", at, sitting=sitting)
        if not why:
            for case in pool:
                self.world.happened(case.id, stage.key)
        return why

    def _written(self, stage: VoteStage, case: Application, at: datetime) -> Application:
        """What the meeting writes down stands before its result does."""
        if stage.record:
            self.world.write_down(case.id, record_of(Desk(self.world, case, at), stage.key))
        return self.world.cases[case.id]

    def _sitting(
        self,
        stage: VoteStage,
        round_id: int,
        pool: Sequence[Application],
        awaited: Sequence[Application],
        at: datetime,
    ) -> Sitting:
        """All but one of the members come; who is too near or has acted before leaves the room."""
        by_account = {actor.account_id or 0: actor for role in stage.by for actor in self.world.office(pool[0], role)}
        members = tuple(by_account)
        absent = members[-1:] if len(members) > 3 else ()
        barred = {case.id: self._barred(stage, case, members) for case in pool}
        sitting = Sitting(
            meeting=self._meetings,
            places=self.places(stage, round_id, pool, at),
            members=members,
            present=frozenset(members) - frozenset(absent),
            barred=barred,
            minutes=True,
            recorded=frozenset(stage.record),
        )
        papers = {case.id: self._paper(stage, sitting, case) for case in pool}
        papers |= {case.id: Paper(left_out=True, reason=WORDS) for case in awaited}
        return replace(sitting, papers=papers)

    def _barred(self, stage: VoteStage, case: Application, members: Sequence[int]) -> frozenset[int]:
        definition = self.world.definition
        near = {each for each in members if acted_in_pair(definition, case.state, stage.key, each) is not None}
        return frozenset(near | ({case.filler_id or 0} & set(members)))

    def _paper(self, stage: VoteStage, sitting: Sitting, case: Application) -> Paper:
        """Most are carried by all, a share of the crowd by too few."""
        base = sitting.base(case.id)
        word = self.world.planned(case.id, stage.key)
        made = self.world.made[case.id]
        carried = made.goes_straight or self.world.chance(case.id, "vote", stage.key).happens(_CARRIED)
        favor = base.present
        if not carried or word == "refuse":
            favor = max(needed(base.of(stage.of), stage.pass_) - 1, 0)
        elif stage.rank_by == "votes":
            least = min(needed(base.of(stage.of), stage.pass_), base.present)
            favor = base.present if made.goes_straight else least + case.id % (base.present - least + 1)
        decision = "defer" if word == "defer" else ""
        reason = WORDS if decision else ""
        if stage.ballot == "open":
            present = sorted(sitting.present - sitting.recused(case.id))
            votes = {each: "for" if at < favor else "against" for at, each in enumerate(present)}
            return Paper(votes=votes, decision=decision, reason=reason)
        return Paper(tally=Votes(favor, base.present - favor, 0), decision=decision, reason=reason)

    def _settled(self, sitting: Sitting, tie: Sequence[int]) -> Sitting:
        """Who go straight stand first among equals."""
        order = sorted(tie, key=lambda case: (not self.world.made[case].goes_straight, order_of(self.world.seed, case)))
        papers = dict(sitting.papers)
        for place, case in enumerate(order, start=1):
            papers[case] = replace(sitting.paper(case), settled=place, tie_reason=WORDS)
        return replace(sitting, papers=papers)

    def places(self, stage: VoteStage, round_id: int, pool: Sequence[Application], at: datetime) -> quotas.Places:
        held = pool_vote.given_places(self.world.voted_in(round_id), stage.key)
        own = {group: number for group, number in held.items() if not group.startswith("nominator:")}
        return self.whole_places(stage, pool, at).without(own)

    def whole_places(self, stage: VoteStage, pool: Sequence[Application], at: datetime) -> quotas.Places:
        left: dict[str, int] = {}
        for case in pool:
            quota = self.world.definition.channels[case.channel].quota
            organization = case.counted_id or case.nominator_id
            if quota is not None and quota.taken_at == stage.key and organization is not None:
                number = quotas.left(self.world.definition, self.world.current(case.id, at), at)
                if number is not None:
                    left[quotas.nominator_group(case.channel, organization)] = max(number, 0)
        return quotas.places_of(self.world.book, stage, pool[0].round.settings, left)

    def promoted(self, stage: Stage, round_id: int, at: datetime) -> Why:
        """An alternate moves up where a place has fallen free."""
        if not isinstance(stage, VoteStage):
            return WAITS
        pool = [case for case in self.world.in_round(round_id) if stage.key in self.world.book.route(case.channel)]
        line = pool_vote.waiting(pool, stage.key)
        if not line:
            return WAITS
        places = self.whole_places(stage, line, at)
        actors = self.world.office(line[0], self.world.definition.run_by)
        return self.by_first(actors, stage.key, pool, "promote", at, places=places, reason=WORDS)

    def close_out(self, at: datetime) -> None:
        """At the end who still waits is told that they were not called."""
        waiting: dict[tuple[str, int], list[Application]] = defaultdict(list)
        for case in self.world.cases.values():
            if case.state.status is Status.ALTERNATE and case.state.stage is not None:
                waiting[case.state.stage, case.round.id].append(case)
        for (key, _), pool in waiting.items():
            actors = self.world.office(pool[0], self.world.definition.run_by)
            self.by_first(actors, key, pool, "close_out", at, reason=WORDS)
