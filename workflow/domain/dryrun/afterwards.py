"""After the recognition: the clock looks at each case on its days, and people do what is theirs until it ends."""

from datetime import date, datetime, timedelta

from workflow.domain import duty_days
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Application
from workflow.domain.calendar import end_of, local_day
from workflow.domain.dryrun.errands import EXIT, POINTS, RENEWAL
from workflow.domain.dryrun.hands import Hands
from workflow.domain.dryrun.world import World
from workflow.domain.lengths import Length
from workflow.domain.program.schema import FollowUpStage
from workflow.domain.stages import follow_up_time

CARRIED_ON = timedelta(days=800)
"""How long a recognition without an end is followed."""
AFTER_THE_END = timedelta(days=20)
_AGAIN = timedelta(days=92)
"""A condition that nothing dated has brought up is looked at once a quarter."""
_ONE_DAY = timedelta(days=1)
_TASK_EVERY, _EXIT_AFTER = 3, 15


class Afterwards:
    def __init__(self, world: World, hands: Hands) -> None:
        self.world, self.hands = world, hands
        self.ends: dict[int, date] = {}
        self.tasks: dict[int, int] = {}  # the stay whose tasks are on the agenda, by case
        self.leaving: set[int] = set()
        self.told: dict[int, int] = {}  # payments the person was asked about, by case

    # -- what comes next -----------------------------------------------------------------------------------------------
    def follow(self, case: Application, at: datetime) -> None:
        state, known = case.state, case.state.recognition
        if known is None or not self.world.made[case.id].lives_on:
            return
        if case.id not in self.ends:
            self._begin(case, at)
        entry, stage = state.entry, self.world.definition.stages.get(state.stage or "")
        if isinstance(stage, FollowUpStage) and entry is not None and self.tasks.get(case.id) != entry.no:
            self.tasks[case.id] = entry.no
            for nth in range(1, len(stage.tasks) + 1):
                self.world.put(self.world.working(at, _TASK_EVERY * nth), case.id, "task")
        if state.leaving is not None and state.leaving.decides is None:
            self.world.put(self.world.working(at, 1), case.id, "leave")
        made = sum(payment.state == "made" for payment in state.after.payments)
        if made > self.told.get(case.id, 0):
            self.told[case.id] = made
            self.world.put(self.world.working(at, 1), case.id, "acknowledge")

    def _begin(self, case: Application, at: datetime) -> None:
        known = case.state.recognition
        until = known.until if known is not None else None
        self.ends[case.id] = until + AFTER_THE_END if until is not None else local_day(at + CARRIED_ON)
        self.world.put(at + _ONE_DAY, case.id, "look")
        plan = self.world.made[case.id].plan
        if EXIT in plan:
            self.world.put(self.world.working(at, _EXIT_AFTER), case.id, "go")
        if POINTS in plan:
            self.world.put(self.world.working(at, _TASK_EVERY), case.id, "points")
        if "reissue" in plan.values():
            self.world.put(self.world.working(at, 1), case.id, "reissue")

    def do(self, what: str, case: Application, at: datetime) -> None:
        getattr(self, f"_{what}")(case, at)

    # -- the clock -----------------------------------------------------------------------------------------------------
    def _look(self, case: Application, at: datetime) -> None:
        """What time brings, and the next day on which it may bring something."""
        today, known = local_day(at), case.state.recognition
        if known is None or not known.is_valid:
            return
        if known.until is not None and today > known.until:
            self.world.act(case.id, "expire", SYSTEM, at)
        elif self._renewal_opens(case) is not None and today >= (self._renewal_opens(case) or today):
            self.world.act(case.id, "open_renewal", SYSTEM, at)
        self.world.act(case.id, "keep_time", SYSTEM, at)
        day = self._next(self.world.cases[case.id], today)
        if day is not None and day <= self.ends[case.id]:
            self.world.put(end_of(day - _ONE_DAY) + timedelta(hours=1), case.id, "look")

    def _renewal_opens(self, case: Application) -> date | None:
        """The day from which a renewal may be asked; None where there is none, or it is under way."""
        known, duty = case.state.recognition, self.world.definition.duties.get(RENEWAL)
        if known is None or known.until is None or duty is None or duty.before != "expiry" or case.state.renewal:
            return None
        marks = (Length(-mark.amount, mark.unit) for mark in duty.at)
        return min((self.world.book.calendar.add(known.until, mark).date for mark in marks), default=None)

    def _next(self, case: Application, today: date) -> date | None:
        """Dates are known; a condition can only turn with them, with a fact or with the months."""
        known = case.state.recognition
        if known is None or not known.is_valid:
            return None
        tomorrow, far = today + _ONE_DAY, today + _AGAIN
        days = [each.look(self.world.book, case, tomorrow) for each in follow_up_time.CONCERNS]
        days = [day for day in days if day is not None and day > tomorrow]
        now = end_of(today)
        coming = duty_days.coming(self.world.definition, self.world.book.calendar, case.state, now, far)
        days += [each.opens for each in coming]
        days += [far, self._renewal_opens(case), known.until + _ONE_DAY if known.until is not None else None]
        return min((day for day in days if day is not None and day > today), default=None)

    # -- people --------------------------------------------------------------------------------------------------------
    def _task(self, case: Application, at: datetime) -> None:
        stage, entry = self.world.definition.stages.get(case.state.stage or ""), case.state.entry
        if not isinstance(stage, FollowUpStage) or entry is None:
            return
        known = case.state.after.growth_at(entry.no)
        left = [no for no in range(1, len(stage.tasks) + 1) if not known.has_done(no)]
        if left:
            person = self.world.town.person(case)
            self.world.act(case.id, "do_task", person, at, task=left[0], evidence="已办")

    def _acknowledge(self, case: Application, at: datetime) -> None:
        self.hands.beside(case, "acknowledge", [self.world.town.person(case)], at)

    def _points(self, case: Application, at: datetime) -> None:
        points = self.world.definition.points
        item = points.items.get(self.world.made[case.id].plan[POINTS]) if points is not None else None
        if item is None or points is None or item.from_ == "session":
            return
        if item.from_ == "claim":
            self.hands.beside(case, "claim", [self.world.town.person(case)], at, item.key)
        else:
            self.hands.beside(case, "enter_points", self._office(case, points.entry.by), at, item.key)

    def _reissue(self, case: Application, at: datetime) -> None:
        self.hands.beside(case, "reissue", self._office(case, self.world.definition.run_by), at)

    def _go(self, case: Application, at: datetime) -> None:
        word = self.world.made[case.id].plan[EXIT]
        self.hands.beside(case, "open_exit", self._office(case, self.world.definition.run_by), at, word)

    def _leave(self, case: Application, at: datetime) -> None:
        """One step of a revocation: told, heard, proposed; the rest is answered as items."""
        if case.state.leaving is None or case.state.leaving.decides is not None or case.state.proposal is not None:
            return
        office = self._office(case, self.world.definition.run_by)
        done = any(self.hands.beside(case, name, office, at) for name in ("notify", "propose_revocation"))
        if not done and local_day(at) < self.ends[case.id]:
            self.world.put(self.world.working(at, 3), case.id, "leave")

    def _office(self, case: Application, role: str) -> list[Actor]:
        if role == "mentor":
            mentor = self.world.town.official(case.state.after.mentor)
            return [mentor] if mentor is not None else []
        return self.world.office(case, role)
