"""Acts on lists: raters drawn, samples drawn, meetings held, results published, notices put up, certificates issued.

Each list is kept by the pure functions that the services use; here only the people are made up who fill it in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflow.domain import pool_award, pool_vote, public_notice, quotas, rules
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Status
from workflow.domain.ballots import Tally as Votes
from workflow.domain.ballots import needed
from workflow.domain.calendar import local_day
from workflow.domain.drawing import order_of
from workflow.domain.dryrun.inputs import DIGEST, WORDS, Desk, record_of
from workflow.domain.dryrun.world import World
from workflow.domain.errors import Reason
from workflow.domain.policy import acted_in_pair
from workflow.domain.pool_score import Candidate, why_not
from workflow.domain.pool_vote import Paper, Sitting
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    NoticeStage,
    ScoreStage,
    Stage,
    VoteStage,
)
from workflow.domain.stages import vote
from workflow.domain.words import Words

Why = tuple[Reason, ...]
DONE: Why = ()
"""Somebody was moved."""
WAITS: Why = (Reason(Words("同批还有人没有到这一步")),)
_CARRIED = 92
_MOST_TIES = 20


class Pools:
    def __init__(self, world: World) -> None:
        self.world = world
        self._notices = 0
        self._meetings = 0
        self._numbers: dict[str, int] = {}

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
            return self._promoted(stage, round_id, at)
        if isinstance(stage, ScoreStage):
            return self._seat(stage, here, at)
        if isinstance(stage, CheckStage):
            return self._sample(stage, round_id, here, at, force=force)
        if isinstance(stage, VoteStage):
            return self._meet(stage, round_id, here, at, force=force)
        if isinstance(stage, NoticeStage):
            self.publish_results(round_id, at)
            return self._notice(stage, round_id, here, at, force=force)
        self.publish_results(round_id, at)
        return self._issue(stage, round_id, here, at)

    # -- who is on the way ---------------------------------------------------------------------------------------------
    def _coming(self, stage: Stage, round_id: int) -> list[Application]:
        """Of the same round, on a route that passes here, running and not here yet."""
        found = []
        for case in self.world.in_round(round_id):
            route = self.world.book.route(case.channel)
            running = case.state.status in (Status.OPEN, Status.CORRECTING, Status.HELD)
            passes = running and stage.key in route and case.state.stage in route
            if passes and route.index(case.state.stage or "") < route.index(stage.key):
                found.append(case)
        return found

    def _rolls(self, round_id: int) -> bool:
        channels = self.world.definition.channels
        return any(channels[case.channel].intake.mode == "rolling" for case in self.world.in_round(round_id)[:1])

    # -- raters and samples --------------------------------------------------------------------------------------------
    def _seat(self, stage: ScoreStage, here: Sequence[Application], at: datetime) -> Why:
        actors = self.world.office(here[0], stage.closed_by)
        for pool in self._by_place(stage.closed_by, *stage.raters, of=here).values():
            given = self._candidates(stage, pool)
            name, inputs = "draw", {"seed": self.world.seed, "draw": "trial", "candidates": given}
            if stage.choose == "assign":
                free = {role: self._free(stage, pool[0], role, given, at) for role in stage.raters}
                name, inputs = "assign", {"raters": free}
            why = self._by_first(actors, stage.key, pool, name, at, **inputs)
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

    def _by_place(self, *roles: str, of: Sequence[Application]) -> dict[tuple[int | None, ...], list[Application]]:
        """Where holders are found through organizations, each list has those of one."""
        found: dict[tuple[int | None, ...], list[Application]] = defaultdict(list)
        for case in of:
            found[tuple(case.places.get(role) for role in roles)].append(case)
        return found

    def _by_first(
        self, actors: Sequence[Actor], key: str, pool: Sequence[Application], name: str, at: datetime, **inputs: Any
    ) -> Why:
        """By the first who may."""
        why: Why = (Reason(Words("没有人可以办这一步")),)
        for actor in actors:
            refused = self.world.act_on_many(key, pool, name, actor, at, **inputs)
            if refused is None:
                return DONE
            why = refused
        return why

    def _sample(
        self, stage: CheckStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool
    ) -> Why:
        """Once all that a nominator has put forward stands here."""
        coming = {case.nominator_id for case in self._coming(stage, round_id)}
        groups: dict[int | None, list[Application]] = defaultdict(list)
        for case in here:
            groups[case.nominator_id].append(case)
        ready = [pool for nominator, pool in groups.items() if force or nominator not in coming]
        why = WAITS
        for pool in ready:
            actors = self.world.office(pool[0], self.world.definition.run_by)
            why = self._by_first(actors, stage.key, pool, "draw", at, seed=self.world.seed)
        return why

    # -- meetings ------------------------------------------------------------------------------------------------------
    def _meet(self, stage: VoteStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool) -> Why:
        why: Why = WAITS
        for pool in self._by_place(stage.secretary, *stage.by, of=here).values():
            awaited = self._awaited(stage, round_id, pool)
            if awaited and stage.pool == "round" and not force:
                continue
            why = self._held(stage, round_id, pool, awaited if stage.pool == "round" else [], at)
        return why

    def _awaited(self, stage: VoteStage, round_id: int, pool: Sequence[Application]) -> list[Application]:
        roles = (stage.secretary, *stage.by)
        where = tuple(pool[0].places.get(role) for role in roles)
        return [
            case
            for case in self.world.in_round(round_id)
            if vote.is_awaited(self.world.book, stage, case) and tuple(case.places.get(role) for role in roles) == where
        ]

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
        why = self._by_first(secretaries, stage.key, every, "finalize", at, sitting=sitting)
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
        held = pool_vote.given_places(self.world.in_round(round_id), stage.key)
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

    def _promoted(self, stage: Stage, round_id: int, at: datetime) -> Why:
        """An alternate moves up where a place has fallen free."""
        if not isinstance(stage, VoteStage):
            return WAITS
        pool = [case for case in self.world.in_round(round_id) if stage.key in self.world.book.route(case.channel)]
        line = pool_vote.waiting(pool, stage.key)
        if not line:
            return WAITS
        places = self.whole_places(stage, line, at)
        actors = self.world.office(line[0], self.world.definition.run_by)
        return self._by_first(actors, stage.key, pool, "promote", at, places=places, reason=WORDS)

    def close_out(self, at: datetime) -> None:
        """At the end who still waits is told that they were not called."""
        waiting: dict[tuple[str, int], list[Application]] = defaultdict(list)
        for case in self.world.cases.values():
            if case.state.status is Status.ALTERNATE and case.state.stage is not None:
                waiting[case.state.stage, case.round.id].append(case)
        for (key, _), pool in waiting.items():
            actors = self.world.office(pool[0], self.world.definition.run_by)
            self._by_first(actors, key, pool, "close_out", at, reason=WORDS)

    # -- results -------------------------------------------------------------------------------------------------------
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
                self._by_first(actors, stage.key, pool, "publish_results", at)

    # -- notices -------------------------------------------------------------------------------------------------------
    def _notice(
        self, stage: NoticeStage, round_id: int, here: Sequence[Application], at: datetime, *, force: bool
    ) -> Why:
        coming = self._coming(stage, round_id)
        if coming and not force and not self._rolls(round_id):
            return WAITS
        why: Why = WAITS
        for pool in self._by_place(*stage.by, of=here).values():
            self._notices += 1
            candidates = [
                public_notice.Candidate(case.id, self._shown(stage, case), case.person.get("birth_date"))
                for case in pool
            ]
            lines = public_notice.lines(public_notice.columns(self.world.definition, stage), candidates)
            why = self._by_first(
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

    # -- certificates --------------------------------------------------------------------------------------------------
    def _issue(self, stage: Stage, round_id: int, here: Sequence[Application], at: datetime) -> Why:
        """Only who has given what is asked; the others wait for the next list."""
        ready = [case for case in here if not any(item.role == "applicant" for item in case.state.open_items())]
        if not ready:
            return WAITS
        why: Why = WAITS
        for pool in self._by_place(*stage.by, of=ready).values():
            actors = self.world.office(pool[0], stage.by[0])
            why = self._issued(stage, round_id, pool, actors, at)
        return why

    def _issued(
        self, stage: Stage, round_id: int, pool: Sequence[Application], actors: Sequence[Actor], at: datetime
    ) -> Why:
        why: Why = WAITS
        for actor in actors:
            outcomes, aside, self._numbers = self._list(stage, round_id, pool, actor, at)
            for case, reasons in aside.items():
                self.world.tally.refused[case], why = ("issue", reasons), reasons
            for case, outcome in sorted(outcomes.items()):
                self.world.absorb(case, outcome, at, "issue", None)
            if outcomes:
                return DONE
        return why

    def _list(
        self, stage: Stage, round_id: int, pool: Sequence[Application], actor: Actor, at: datetime
    ) -> tuple[Any, Any, dict[str, int]]:
        inputs = {
            "document": WORDS,
            "on": local_day(at),
            "list": [case.id for case in pool],
            "round": str(round_id),
            "following": self._numbers,
        }
        outcomes, aside, after = pool_award.issue(
            self.world.book, stage.key, pool, Action("issue", None, inputs), actor, at
        )
        return outcomes, aside, {**self._numbers, **after}
