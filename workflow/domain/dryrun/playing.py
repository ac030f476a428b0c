"""The run itself: what stands open is answered after some days, time moves on, the clock acts in its turn.

Nobody waits for ever: what cannot be done is tried again some days later, and after a while left as stuck, with the
reasons that the rules gave.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import CLOSED, Application, Duty, Item, Status
from workflow.domain.dryrun.afterwards import Afterwards
from workflow.domain.dryrun.cases import Maker
from workflow.domain.dryrun.errands import FRAME
from workflow.domain.dryrun.hands import Hands
from workflow.domain.dryrun.inputs import ANY
from workflow.domain.dryrun.pool_ground import DONE, WAITS
from workflow.domain.dryrun.pools import Pools
from workflow.domain.dryrun.world import World
from workflow.domain.errors import Reason
from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    FollowUpStage,
    JointCheckStage,
    NoticeStage,
    ScoreStage,
    VoteStage,
)
from workflow.domain.public_notice import posting_ends
from workflow.domain.stages.intake import signs_on_paper

ONE_MINUTE = timedelta(minutes=1)
_TRIES, _PATIENCE, _GIVE_UP = 8, 12, 18
"""An item is tried so often; a list waits so many looks for those on the way, and is given up after so many, as is an
item that stays open however often it is worked on."""
_STRANGER = Actor("account", 999, person_id=999)
_APPEALS = frozenset({"appeal_upheld", "appeal_rejected"})


class CalledOff(Exception):
    """Whoever watches wants no more of it."""


class Play:
    """`carry_on`: whether recognitions are followed to their end. `watch` is told how many acts were done and how
    many cases were decided, and says whether to go on."""

    def __init__(
        self, maker: Maker, seed: str, *, carry_on: bool = True, watch: Callable[[int, int], bool] | None = None
    ) -> None:
        self.watch = watch
        self.world = World(maker, seed)
        self.hands, self.pools = Hands(self.world), Pools(self.world)
        self.afterwards = Afterwards(self.world, self.hands) if carry_on else None
        self.lists: dict[tuple[str, int], datetime] = {}
        self.looks: Counter[tuple[str, int]] = Counter()
        self.tries: Counter[tuple[int, int]] = Counter()
        self.worked: Counter[tuple[int, int]] = Counter()
        self.why: dict[int, tuple[Reason, ...]] = {}
        self.followed: dict[int, int] = {}  # the version of each case up to which its next steps are on the agenda

    def run(self) -> World:
        for made in self.world.made.values():
            chance = self.world.chance(made.case.id, "comes")
            when = self.world.working(self.world.began, 1 + chance.below(4), chance.below(480))
            self.world.put(when, made.case.id, "submit")
        agenda = self.world.agenda
        while agenda or self.lists:
            if self.watch is not None and not self.watch(self.world.tally.acts, len(self.world.decided)):
                raise CalledOff
            key = min(self.lists, key=lambda each: (self.lists[each], each), default=None)
            if key is not None and (not agenda or self.lists[key] <= agenda[0][0]):
                self._list(key, self.lists.pop(key))
            else:
                at, _, case, what, item = self.world.take()
                self._do(case, what, item, at)
        self.pools.meetings.close_out(max(each.state.last_at or self.world.began for each in self.world.cases.values()))
        return self.world

    # -- lists ---------------------------------------------------------------------------------------------------------
    def _list(self, key: tuple[str, int], at: datetime) -> None:
        stage, round_id = key
        acts = self.world.tally.acts
        self.looks[key] += 1
        why = self.pools.tick(stage, round_id, at, force=self.looks[key] > _PATIENCE)
        moved = self.world.tally.acts > acts
        if moved:
            self.looks[key] = 0
            for case in self.world.in_round(round_id):
                self._follow(case.id, at)
        left = [c for c in self.world.in_round(round_id) if c.state.stage == stage and self.pools.keeps(c)]
        if left and self.looks[key] <= _GIVE_UP:
            self.lists[key] = self.world.working(at, 2)
        for case in left if why is not DONE else ():
            own = self.world.tally.refused.get(case.id)
            self.why[case.id] = why if why is not WAITS or own is None else own[1]

    def _wait_in_list(self, stage: str, round_id: int, at: datetime) -> None:
        self.lists.setdefault((stage, round_id), self.world.working(at, 1, 30))

    # -- one thing -----------------------------------------------------------------------------------------------------
    def _do(self, id_: int, what: str, number: int, at: datetime) -> None:
        case = self.world.cases[id_]
        item = case.state.item(number)
        if item is not None:
            self._item(case, item, at)
        elif hasattr(self, f"_{what}"):
            getattr(self, f"_{what}")(case, at)
        elif self.afterwards is not None:
            self.afterwards.do(what, case, at)
        self._follow(id_, at)

    def _submit(self, case: Application, at: datetime) -> None:
        """Whoever fills; what is wrong with the form keeps it a draft."""
        made = self.world.made[case.id]
        filler = self.world.town.person(case)
        if case.account_id is None or case.filler_id != case.account_id:
            filler = self.world.town.official(case.filler_id) or filler
        self.world.act(case.id, "start", filler, at)
        if made.flaws:
            self.why[case.id] = made.flaws
            return
        if not self.hands.beside(self.world.current(case.id, at), "submit", [filler], at):
            self.why[case.id] = self.world.tally.refused.get(case.id, ("", ()))[1]

    def _confirm(self, case: Application, at: datetime) -> None:
        """The person, and each member of a team, by their own link where they have no account; on paper, through
        whoever filled."""
        awaited = sorted(case.state.awaited)
        if case.state.status is not Status.AWAITING_CONFIRMATION or not awaited:
            return
        member = awaited[0]
        actor = Actor("link", application_id=case.id, member=member)
        if not member and case.account_id is not None:
            actor = self.world.town.person(case)
        name = "confirm_submission"
        if not member and signs_on_paper(self.world.definition, case.channel):
            name, actor = "confirm_signed", self.world.town.official(case.filler_id) or actor
        if self.hands.beside(self.world.current(case.id, at), name, [actor], at):
            self.world.put(self.world.working(at, 1), case.id, "confirm")
        else:
            self.why[case.id] = self.world.tally.refused.get(case.id, ("", ()))[1]

    def _item(self, case: Application, item: Item, at: datetime) -> None:
        if not item.is_open or case.state.status is Status.HELD:
            return
        if self._by_list(case, item):
            self._wait_in_list(item.stage, case.round.id, at)
            return
        why = self._answered(case, item, at)
        if why is None:
            self._ask_on(case.id, item.no, at)
            return
        self.why[case.id] = why
        self.tries[case.id, item.no] += 1
        if self.tries[case.id, item.no] < _TRIES:
            self.world.put(self.world.working(at, 5), case.id, "item", item.no)

    def _answered(self, case: Application, item: Item, at: datetime) -> tuple[Reason, ...] | None:
        stage, word = self.world.book.stage(item.stage), self.world.planned(case.id, item.stage)
        if isinstance(stage, ScoreStage) and item.duty is Duty.CONFIRM:
            return self._closed(case, stage, word, at)
        if isinstance(stage, JointCheckStage) and word == "ask_again" and item.role == stage.lead:
            self.world.happened(case.id, item.stage)
            self.hands.beside(case, "ask_again", self.world.office(case, stage.lead), at, word)
            return None
        if isinstance(stage, AwardStage) and item.role == "applicant":
            done = self.hands.beside(case, "provide", [self.world.town.person(case)], at)
            return None if done else self.world.tally.refused.get(case.id, ("", ()))[1]
        if word == "silent" or (item.duty is Duty.CORRECT and self.world.made[case.id].plan.get(item.stage) == "lapse"):
            self._when_due(case, item, "lapse" if item.duty is Duty.CORRECT else "silence", at)
            return None
        return self.hands.answer(case, item, at)

    def _closed(
        self, case: Application, stage: ScoreStage, word: str | None, at: datetime
    ) -> tuple[Reason, ...] | None:
        closers = self.world.office(case, stage.closed_by)
        if word == "reopen_review":
            self.world.happened(case.id, stage.key)
            if self.hands.beside(case, "reopen_review", closers, at, word):
                return None
        self.world.tally.offered[stage.key].add("close")
        if self.hands.beside(case, "close", closers, at, word):
            return None
        return self.world.tally.refused.get(case.id, ("", ()))[1]

    def _ask_on(self, id_: int, number: int, at: datetime) -> None:
        """What is still open after it was worked on is looked at again."""
        case = self.world.cases[id_]
        item = case.state.item(number)
        self.worked[id_, number] += 1
        if self.worked[id_, number] > _GIVE_UP:
            return
        if item is not None and item.is_open and not self._waits_for_the_clock(case, item):
            when = self._when(case, item, at)
            if when is not None:
                self.world.put(max(when, self.world.working(at, 2)), id_, "item", number)

    def _waits_for_the_clock(self, case: Application, item: Item) -> bool:
        plan = self.world.made[case.id].plan.get(item.stage)
        return plan == "silent" or (item.duty is Duty.CORRECT and plan == "lapse")

    # -- the clock -----------------------------------------------------------------------------------------------------
    def _when_due(self, case: Application, item: Item, what: str, at: datetime) -> None:
        due = self.world.book.due(case, item, at)
        if due is not None:
            self.world.put(due + ONE_MINUTE, case.id, what)

    def _lapse(self, case: Application, at: datetime) -> None:
        self._by_the_clock(case, "lapse_correction", Duty.CORRECT, at)

    def _silence(self, case: Application, at: datetime) -> None:
        self._by_the_clock(case, "go_on_unanswered", Duty.ACT, at)

    def _by_the_clock(self, case: Application, name: str, duty: Duty, at: datetime) -> None:
        for item in case.state.open_items():
            if item.duty is duty and self.world.act(case.id, name, SYSTEM, at, item.no) is None:
                return

    def _end_notice(self, case: Application, at: datetime) -> None:
        posting = case.state.posting()
        if posting is not None:
            self.world.act(case.id, "end_notice", SYSTEM, at, posting.item)

    # -- what the frame brings -----------------------------------------------------------------------------------------
    def _frame(self, case: Application, at: datetime) -> None:
        word = self.world.planned(case.id, FRAME)
        office = self.world.office(case, self.world.definition.run_by)
        self.world.happened(case.id, FRAME)
        if word == "withdraw":
            self.hands.beside(case, word, [self.world.town.person(case)], at)
        elif word == "hold" and self.hands.beside(case, word, office, at):
            self.world.put(self.world.working(at, 3), case.id, "release")
        elif word == "extend":
            until = (at + timedelta(days=60)).date()
            for actor in office[:1]:
                self.world.act(case.id, "extend", actor, at, None, until=until, basis=ANY["basis"])

    def _release(self, case: Application, at: datetime) -> None:
        office = self.world.office(case, self.world.definition.run_by)
        if self.hands.beside(case, "release", office, at):
            for item in self.world.cases[case.id].state.open_items():
                self._schedule(self.world.cases[case.id], item, at)

    def _appeal(self, case: Application, at: datetime) -> None:
        self.world.happened(case.id, FRAME)
        self.hands.beside(case, "appeal", [self.world.town.person(case)], at)

    def _object(self, case: Application, at: datetime) -> None:
        """An objection, or the office takes its notice down: once."""
        posting, stage = case.state.posting(), case.state.stage or ""
        word = self.world.planned(case.id, stage)
        if posting is None or word is None:
            return
        if word == "take_down":
            self.world.happened(case.id, stage)
            for actor in self.world.office(case, self.world.book.stage(stage).by[0]):
                if self.world.act(case.id, word, actor, at, posting.item, **ANY) is None:
                    return
        elif not case.state.noticed.objections:
            number = self.world.tally.kinds["objection_received"] + 1
            self._objected(case, number, posting.item, at)

    def _objected(self, case: Application, number: int, item: int, at: datetime) -> None:
        """From the page; where a notice is not public, written down by whoever handles objections."""
        if self.world.act(case.id, "object", _STRANGER, at, item, objection=number) is None:
            return
        stage = self.world.book.stage(case.state.stage or "")
        handlers = self.world.office(case, stage.objection.by) if isinstance(stage, NoticeStage) else []
        for actor in handlers:
            if self.world.act(case.id, "object", actor, at, item, objection=number, via="letter") is None:
                return

    # -- what comes next -----------------------------------------------------------------------------------------------
    def _follow(self, id_: int, at: datetime) -> None:
        """Put on the agenda whatever the newest state of a case asks for."""
        case = self.world.cases[id_]
        state, since = case.state, self.followed.get(id_, 0)
        if state.version == since:
            return
        self.followed[id_] = state.version
        if state.status is Status.AWAITING_CONFIRMATION:
            self.world.put(self.world.working(at, 1, id_ % 400), id_, "confirm")
        for item in state.items[self.world.seen[id_] :]:
            if item.is_open:
                self._schedule(case, item, at)
        self.world.seen[id_] = len(state.items)
        self._follow_plan(case, at)
        if self.pools.keeps(case) and state.stage is not None:
            self._wait_in_list(state.stage, case.round.id, at)
        if state.status in CLOSED and state.votes:
            self._free_place(case, at)
        if state.recognition is not None and self.afterwards is not None:
            self.afterwards.follow(case, at)

    def _follow_plan(self, case: Application, at: datetime) -> None:
        state, posting = case.state, case.state.posting()
        word = self.world.planned(case.id, FRAME)
        if word in _APPEALS and state.status is Status.REFUSED:
            self.world.put(self.world.working(at, 1), case.id, "appeal")
        elif word is not None and word not in _APPEALS and state.status is Status.OPEN:
            self.world.put(at + ONE_MINUTE, case.id, "frame")
        if posting is not None:
            stage, entry = self.world.book.stage(state.stage or ""), state.entry
            if isinstance(stage, NoticeStage) and entry is not None:
                ends = posting_ends(self.world.book.calendar, self.world.definition, stage, posting, entry)
                self.world.put(max(ends, at) + ONE_MINUTE, case.id, "end_notice")
            if self.world.planned(case.id, state.stage or "") is not None:
                self.world.put(at + timedelta(hours=20), case.id, "object")

    def _free_place(self, case: Application, at: datetime) -> None:
        """Somebody whom a meeting had decided on has gone: an alternate may move up."""
        for other in self.world.in_round(case.round.id):
            if other.state.status is Status.ALTERNATE and other.state.stage is not None:
                self._wait_in_list(other.state.stage, case.round.id, at)
                return

    def _schedule(self, case: Application, item: Item, at: datetime) -> None:
        when = self._when(case, item, at)
        if when is not None:
            self.world.put(when, case.id, "item", item.no)

    def _when(self, case: Application, item: Item, at: datetime) -> datetime | None:
        """When somebody gets to it; None where a list or the clock moves it on."""
        stage = self.world.book.stage(item.stage)
        chance = self.world.chance(case.id, item.no, "delay")
        if item.about is None and item.duty is Duty.ACT:
            if isinstance(stage, VoteStage) or self._by_list(case, item):
                return None
            if isinstance(stage, NoticeStage) and not self._is_objection(case, item):
                return None
            if isinstance(stage, FollowUpStage):
                return self._in_follow_up(case, item, stage, at)
        due = stage.due.amount if stage.due is not None and stage.due.unit == "wd" else 5
        return self.world.working(at, chance.between(1, max(1, min(due - 1, 4))), chance.below(480))

    def _in_follow_up(self, case: Application, item: Item, stage: FollowUpStage, at: datetime) -> datetime | None:
        """A mentor is named in the first days; then the stay is looked at when its time is over."""
        if self.afterwards is None or not self.world.made[case.id].lives_on:
            return None
        entry = case.state.entry
        known = case.state.after.growth_at(entry.no if entry is not None else 0)
        if stage.mentors and known.mentor is None:
            return self.world.working(at, 2)
        due = self.world.book.due(case, item, at)
        return self.world.working(due, 1) if due is not None else None

    def _by_list(self, case: Application, item: Item) -> bool:
        stage, entry = self.world.book.stage(item.stage), case.state.entry
        if entry is None or item.entry_no != entry.no:
            return False
        if isinstance(stage, ScoreStage):
            waits = stage.choose != "everyone" and case.state.panel_of(entry.no) is None
            return waits and item.duty is Duty.CONFIRM
        if item.duty is not Duty.ACT or item.about is not None:
            return False
        if isinstance(stage, CheckStage):
            return stage.sample is not None and case.state.drawn is None
        if isinstance(stage, NoticeStage):
            return not self._is_objection(case, item)
        return isinstance(stage, VoteStage) or (isinstance(stage, AwardStage) and item.role != "applicant")

    def _is_objection(self, case: Application, item: Item) -> bool:
        return any(objection.item == item.no for objection in case.state.noticed.objections) or any(
            objection.state == "partly" for objection in case.state.noticed.objections
        )
