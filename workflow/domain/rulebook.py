"""A published version made ready to be asked: its rules compiled, its calendar at hand. One per version, shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from workflow.domain import public_notice, rules
from workflow.domain.after import After
from workflow.domain.after.payments import paid_sum, paid_times
from workflow.domain.after.points import balance
from workflow.domain.application import Application, Duty, Entry, Item
from workflow.domain.calendar import WorkCalendar, end_of, local_day, years_between
from workflow.domain.duty_days import last_day
from workflow.domain.known import known_on
from workflow.domain.lengths import Length
from workflow.domain.program import outside
from workflow.domain.program.schema import (
    Definition,
    EligibilityRule,
    FollowUpStage,
    JointCheckStage,
    NoticeStage,
    Stage,
)

FIVE_WORKING_DAYS = Length(5, "wd")
_FIVE_DAYS = frozenset({Duty.REOPEN, Duty.REVIEW, Duty.AGREE, Duty.ANSWER, Duty.PAY})
"""What is due after five working days where the program or the act names no day of its own."""
SETTLED = {"pass": "meets", "refuse": "fails"}


@dataclass(frozen=True, slots=True)
class Judgment:
    """One eligibility rule applied to one case: `meets`, `fails` or `look`, with the inputs it read."""

    rule: EligibilityRule
    result: str
    missing: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)


class Rulebook:
    def __init__(self, definition: Definition, version_id: int, calendar: WorkCalendar) -> None:
        self.definition = definition
        self.version_id = version_id
        self.calendar = calendar
        self.recorded = outside.recordable_of(definition)
        self._routes = {key: definition.route_of(key) for key in definition.channels}
        fields = definition.form_fields()
        self._files = [key for key, field in fields.items() if field.type == "file"]
        self._open = [key for key, field in fields.items() if field.type != "file" and field.level != "L4"]
        self._scopes: dict[rules.Place, rules.Scope] = {}

    # -- the route -----------------------------------------------------------------------------------------------------
    def stage(self, key: str) -> Stage:
        return self.definition.stages[key]

    def route(self, channel: str) -> tuple[str, ...]:
        return self._routes[channel]

    def position(self, channel: str, stage: str) -> int:
        """1 for the first stage of the route."""
        return self._routes[channel].index(stage) + 1

    def next_stage(self, application: Application, after: str | None) -> tuple[str | None, tuple[tuple[str, int], ...]]:
        """The stage to enter after `after` (None = the start), and those passed over because their `when` is false."""
        route = self._routes[application.channel]
        start = route.index(after) + 1 if after is not None else 0
        skipped: list[tuple[str, int]] = []
        for position, key in enumerate(route[start:], start=start + 1):
            if self._enters(key, application):
                return key, tuple(skipped)
            skipped.append((key, position))
        return None, tuple(skipped)

    def _enters(self, key: str, application: Application) -> bool:
        when = self.definition.stages[key].when
        if when is None:
            return True
        return self.rule(when, rules.Place.WHEN).evaluate(self.inputs(application)).answer is not rules.Answer.FAILS

    # -- rules ---------------------------------------------------------------------------------------------------------
    def rule(self, source: str, place: rules.Place, expects: rules.Expects = "bool") -> rules.Rule:
        if place not in self._scopes:
            self._scopes[place] = rules.scope_for(self.definition, place)
        return rules.compile(source, self._scopes[place], expects)

    def rules_of(self, application: Application) -> tuple[EligibilityRule, ...]:
        """The eligibility rules that concern this channel and track."""
        every = self.definition.eligibility.rules.values()
        return tuple(rule for rule in every if rule.applies_to(application.channel, application.track))

    def judge(self, application: Application, only: frozenset[str] | None = None) -> dict[str, Judgment]:
        """What each rule says of the case, as of the program's day. It suggests; a person decides."""
        inputs = self.inputs(application)
        return {
            rule.key: self._judgment(rule, application, inputs)
            for rule in self.rules_of(application)
            if only is None or rule.key in only
        }

    def _judgment(self, rule: EligibilityRule, application: Application, inputs: Mapping[str, Any]) -> Judgment:
        if rule.rule is None:
            return Judgment(rule, self._settled(rule, application))
        compiled = self.rule(rule.rule, rules.Place.ELIGIBILITY)
        decision = compiled.evaluate(inputs)
        failed_softly = decision.answer is rules.Answer.FAILS and rule.otherwise == "look"
        result = rules.Answer.LOOK if failed_softly else decision.answer
        return Judgment(rule, result.value, decision.missing, compiled.inputs_of(inputs))

    def _settled(self, rule: EligibilityRule, application: Application) -> str:
        """The outcome of the stage that answers the rule; until then a person must look."""
        for entry in reversed(application.state.entries):
            if entry.stage == rule.settled_at and entry.effect in SETTLED:
                return SETTLED[entry.effect]
        return "look"

    def as_of(self, application: Application) -> date:
        """The day on which conditions are measured: the closing day, the day of submission, or a named day."""
        wanted = self.definition.eligibility.as_of
        if isinstance(wanted, date):
            return wanted
        instant = application.round.closes_at if wanted == "closes" else application.state.submitted_at
        instant = instant or application.state.submitted_at or application.round.closes_at
        return local_day(instant or datetime(1970, 1, 1, tzinfo=UTC))

    def inputs(self, application: Application) -> Mapping[str, Any]:
        """Everything a rule may read, by the dotted names of the language."""
        as_of = self.as_of(application)
        inputs: dict[str, Any] = {
            **application.values,
            "track": application.track,
            "channel": application.channel,
            "as_of": as_of,
        }
        for key in self._files:
            inputs[f"given.{key}"] = bool(application.files.get(key))
        for key in self._open:  # of a sealed value only its own room knows whether it was given
            inputs[f"given.{key}"] = key in application.values
        for group, known in (
            ("facts", {**application.facts, **_facts_on(application, as_of)}),
            ("checks", {**application.checks, **_answered(application)}),
            ("person", _person(application, as_of)),
            ("round", application.round.settings),
            ("nominator", application.nominator),
        ):
            inputs.update((f"{group}.{name}", value) for name, value in known.items())
        for sheet, total in application.state.totals.items():
            inputs[f"total.{sheet}"] = Decimal(total) / 100
            if self.definition.scoring.sheets[sheet].track == application.track:
                inputs["total.by_track"] = Decimal(total) / 100
        for stage, record in application.records.items():
            inputs.update((f"records.{stage}.{name}", value) for name, value in record.items())
        return inputs

    def inputs_after(self, application: Application, day: date) -> Mapping[str, Any]:
        """The same for what follows recognition, measured on a day: with tasks, points, results and payments."""
        state = application.state
        level = state.recognition.level if state.recognition is not None else None
        return {
            **self.inputs(application),
            **{f"person.{name}": value for name, value in _person(application, day).items()},
            **{f"facts.{name}": value for name, value in _facts_on(application, day).items()},
            **{f"results.{key}": [] for key, duty in self.definition.duties.items() if duty.sheet},
            **state.after.readings(state.entry.no if state.entry is not None else 0),
            **self._points(state.after, day),
            **{f"paid.{key}": paid_sum(state.after.payments, key) for key in self.definition.benefits},
            **{f"payments.{key}": paid_times(state.after.payments, key) for key in self.definition.benefits},
            **({"level": level} if level is not None else {}),
            "as_of": day,
        }

    def _points(self, after: After, day: date) -> dict[str, Any]:
        points = self.definition.points
        return {} if points is None else {"points.balance": balance(points, after.points, day, self.calendar)}

    # -- time ----------------------------------------------------------------------------------------------------------
    def due(self, application: Application, item: Item, now: datetime) -> datetime | None:
        """When the item is due, with the time that pauses took given back. None while its clock stands still."""
        owed = next((each for each in application.state.after.duties if each.about == item.about), None)
        if owed is not None and item.duty is Duty.ANSWER:
            last = last_day(self.definition, self.calendar, application.state, owed, now)
            return end_of(last, self._day_ends(item.role)) if last is not None else None
        if item.due_on is not None:
            return end_of(item.due_on, self._day_ends(item.role))
        entry = next((entry for entry in application.state.entries if entry.no == item.entry_no), None)
        if item.duty is Duty.CORRECT:
            return self._runs_out(item.opened_at, self._correction_time(item), entry, item.role, now, "hold")
        if item.duty is Duty.APPEAL:
            return self._runs_out(item.opened_at, self.definition.appeal.due, None, item.role, now)
        if item.duty in _FIVE_DAYS or entry is None:
            return self._runs_out(item.opened_at, FIVE_WORKING_DAYS, None, item.role, now)
        if isinstance(self.stage(entry.stage), NoticeStage) and item.duty is Duty.ACT:
            return self._noticed(application, item, entry, now)
        if entry.due_until is not None and not _standing(entry):
            return end_of(entry.due_until, self._day_ends(item.role))
        started = entry.restarted_at or entry.entered_at
        follow_up = self.stage(entry.stage)
        if isinstance(follow_up, FollowUpStage) and item.about is None:
            lasts = follow_up.lasts if isinstance(follow_up.lasts, Length) else None
            return self._runs_out(started, lasts, entry, item.role, now)
        if isinstance(self.stage(entry.stage), JointCheckStage):
            started = max(started, item.opened_at)  # who is asked later has as long as the others
        return self._runs_out(started, self.stage(entry.stage).due, entry, item.role, now)

    def _noticed(self, application: Application, item: Item, entry: Entry, now: datetime) -> datetime | None:
        """In a notice three things may be owed at once: to publish, to wait for its end, to settle an objection."""
        stage, noticed = self.stage(entry.stage), application.state.noticed
        if not isinstance(stage, NoticeStage):
            return None
        posting = next((each for each in noticed.postings if each.item == item.no), None)
        if posting is not None:
            ends = public_notice.posting_ends(self.calendar, self.definition, stage, posting, entry)
            return None if _standing(entry) else ends
        objection = next((each for each in noticed.objections if each.item == item.no), None)
        length = stage.due if objection is None else stage.objection.due
        length = FIVE_WORKING_DAYS if objection is not None and objection.state == "partly" else length
        return self._runs_out(item.opened_at, length, entry, item.role, now, "hold")

    def _correction_time(self, item: Item) -> Length:
        correction = getattr(self.stage(item.stage), "correction", None)
        return correction.due if correction is not None else FIVE_WORKING_DAYS

    def _runs_out(
        self, started: datetime, length: Length | None, entry: Entry | None, role: str, now: datetime, why: str = ""
    ) -> datetime | None:
        if length is None:
            return None
        pauses = [
            (pause.since, pause.until)
            for pause in (entry.pauses if entry is not None else ())
            if why in ("", pause.why) and (pause.until is None or pause.until > started)
        ]
        due = self.calendar.due_after_pauses(started, length, pauses, now, self.definition.calendar.count)
        return None if due.paused else end_of(due.date, self._day_ends(role))

    def _day_ends(self, role: str) -> str:
        """24:00 for people, the offices' closing time for everybody else."""
        ends = self.definition.calendar.day_ends
        return ends.people if role == "applicant" else ends.offices

    @property
    def run_by(self) -> str:
        return self.definition.run_by


def _facts_on(application: Application, day: date) -> dict[str, Any]:
    known = known_on(application.known, day)
    return {name: value for name, value in known.items() if not name.startswith(outside.GROUP)}


def _answered(application: Application) -> dict[str, bool | str]:
    """What was recorded last of each outside check: it says who somebody is, not what was so on a day."""
    known = known_on(application.known, date.max)
    found = {name: outside.READS.get(value) for name, value in known.items() if name.startswith(outside.GROUP)}
    return {name.removeprefix(outside.GROUP): answer for name, answer in found.items() if answer is not None}


def _person(application: Application, as_of: date) -> dict[str, Any]:
    born = application.person.get("birth_date")
    return {} if born is None else {"birth_date": born, "age": years_between(born, as_of)}


def _standing(entry: Entry) -> bool:
    return any(pause.until is None for pause in entry.pauses)
