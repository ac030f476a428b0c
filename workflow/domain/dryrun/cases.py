"""The made-up cases: each channel and track, each comparison where it decides, each action once, and a crowd."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from workflow.domain import answers, months, rules
from workflow.domain.application import Application, RoundFacts
from workflow.domain.calendar import local_day
from workflow.domain.dryrun import probing
from workflow.domain.dryrun.chance import Chance
from workflow.domain.dryrun.drafts import Draft
from workflow.domain.dryrun.errands import Errand, errands
from workflow.domain.dryrun.filling import Filler, fill, options_of
from workflow.domain.dryrun.identities import Somebody, somebody
from workflow.domain.dryrun.town import Town
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Channel, Definition, NumberField
from workflow.domain.quotas import counted_apart
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import Answer, Place
from workflow.domain.words import Words

STRAIGHT, PROBE, ERRAND, CROWD = "straight", "probe", "errand", "crowd"
OPEN_FOR = timedelta(days=14)
_MOST_MEND = 88
"""Percent of the crowd who look at the conditions before they apply."""
_MODELS = 8
"""How many of the crowd, of each channel and track, answer in their own way."""
_ROUNDS = {"batch": 1, "rolling": 2, "monthly": 3}


@dataclass(frozen=True)
class MadeUp:
    """`made_for`: why it is there. `plan`: what shall happen to it, by stage. `flaws`: why its form is not taken."""

    case: Application
    who: Somebody
    kind: str
    made_for: Words
    plan: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Reason, ...] = ()
    lives_on: bool = False  # followed to the end of its recognition

    @property
    def goes_straight(self) -> bool:
        """Wants to come through; what the crowd does is left to chance."""
        return self.kind in (STRAIGHT, ERRAND)


class Maker:
    """Makes cases one after another, numbered from 1; the same ones for the same seed, day and size."""

    def __init__(self, book: Rulebook, size: int, seed: str, now: datetime) -> None:
        self.book, self.size, self.seed, self.now = book, size, seed, now
        self.definition: Definition = book.definition
        self.town = Town(self.definition, max(3, size // 15))
        self.cases: list[MadeUp] = []
        self.undecided: list[tuple[str, str]] = []  # (rule, what of it never decides)
        self.settings = _settings(self.definition, size)
        self.numbers = {channel: _nominator_numbers(book, channel) for channel in self.definition.channels}
        self.awaited_facts = _facts_read(self.definition)
        self.options = options_of(self.definition.form_fields())

    def all(self) -> "Maker":
        for channel in self.definition.channels:
            for track in self.definition.tracks:
                self._add(self.ordinary(channel, track), STRAIGHT, Words("照常走完"))
        for case, words in self._probes():
            self._add(case, PROBE, words)
        for nth, errand in enumerate(errands(self.definition)):
            self._errand(errand, nth)
        self._crowd()
        return self

    def _crowd(self) -> None:
        """Many people give few kinds of answers: each of the crowd answers like one of a few, as somebody else."""
        combinations = [(channel, track) for channel in self.definition.channels for track in self.definition.tracks]
        models: dict[tuple[str, str], list[tuple[Draft, tuple[Reason, ...]]]] = {each: [] for each in combinations}
        while len(self.cases) < self.size:
            where = combinations[len(self.cases) % len(combinations)]
            known, chance = models[where], Chance(self.seed, "crowd", len(self.cases))
            if len(known) < _MODELS:
                made = self.ordinary(*where, mended=chance.happens(_MOST_MEND))
                case, flaws = made.finished(self)
                known.append((made, flaws))
            else:
                model, flaws = chance.one_of(known)
                made = model.of_another(self, len(self.cases) + 1)
                case = made.application(self)
            self.cases.append(MadeUp(case, made.who, CROWD, Words("其他申报人"), {}, flaws))

    def _errand(self, errand: Errand, nth: int) -> None:
        tracks = [errand.track] if errand.track is not None else list(self.definition.tracks)
        made = self.ordinary(errand.channel, tracks[nth % len(tracks)])
        self._add(self._meeting(made, errand.condition), ERRAND, errand.words, errand.plan, errand.lives_on)

    def _meeting(self, made: Draft, condition: str | None) -> Draft:
        """A case for which a condition of the time after the recognition comes true."""
        if condition is None:
            return made
        rule = self.book.rule(condition, Place.DUTY)
        changes = probing.setting(rule, self._inputs(made), _meets, self._settable(made), self.options)
        return made.changed(self, changes or {})

    def _add(
        self,
        made: Draft,
        kind: str,
        words: Words,
        plan: Mapping[str, str] | None = None,
        lives_on: bool = False,
    ) -> None:
        case, flaws = made.finished(self)
        self.cases.append(MadeUp(case, made.who, kind, words, plan or {}, flaws, lives_on or kind == STRAIGHT))

    def round_of(self, channel: Channel) -> RoundFacts:
        """Batches close after two weeks, monthly intakes on the first of their days that leaves these; what is open all
        the year closes never."""
        mode = channel.intake.mode
        number = _ROUNDS[mode]
        if mode == "rolling":
            return RoundFacts(number, "open", self.now, None, self.settings)
        closes = self.now + OPEN_FOR
        if mode == "monthly":
            rhythm = months.monthly(self.definition)
            closes = months.closing_with(self.book.calendar, rhythm, local_day(closes)).closes_at if rhythm else closes
        return RoundFacts(number, "open", self.now, closes, self.settings)

    # -- one case ------------------------------------------------------------------------------------------------------
    def ordinary(self, channel: str, track: str, *, mended: bool = True) -> Draft:
        """Somebody who fills in everything and, if `mended`, meets every condition that they can."""
        no = len(self.cases) + 1
        chance = Chance(self.seed, "case", no)
        made = Draft(channel, track, no, somebody(no, chance, local_day(self.now)))
        filler = Filler(made.who, self.town, chance, local_day(self.now), no - 1)
        questions = answers.form_questions(self.definition, channel)
        made.facts = dict.fromkeys(self.awaited_facts, True)
        made.values, _ = fill(questions, filler, self.book.inputs(made.application(self)))
        return self._mended(made) if mended else made

    def _mended(self, made: Draft) -> Draft:
        inputs = self._inputs(made)
        for rule in self.definition.eligibility.rules.values():
            if rule.rule is None or not rule.applies_to(made.channel, made.track):
                continue
            compiled = self.book.rule(rule.rule, Place.ELIGIBILITY)
            if compiled.evaluate(inputs).answer is not Answer.MEETS:
                changes = probing.setting(compiled, inputs, _meets, self._settable(made), self.options)
                made = made.changed(self, changes or {})
                inputs = self._inputs(made)
        return made

    def _inputs(self, made: Draft) -> dict[str, Any]:
        return dict(self.book.inputs(made.application(self)))

    def _settable(self, made: Draft) -> set[str]:
        """Names that can be set for one case before it starts."""
        fields = answers.form_questions(self.definition, made.channel).fields
        own = {key for key, item in fields.items() if item.type not in ("computed", "file", "consent")}
        files = {f"given.{key}" for key, item in fields.items() if item.type == "file"}
        facts = {f"facts.{key}" for key in self.definition.facts}
        return own | files | facts | {"person.age", "person.birth_date", *_checks_read(self.definition)}

    # -- comparisons ---------------------------------------------------------------------------------------------------
    def _probes(self) -> Iterator[tuple[Draft, Words]]:
        for key, rule in self.definition.eligibility.rules.items():
            if rule.rule is not None:
                fits = [
                    (channel, track)
                    for channel in self.definition.channels
                    for track in self.definition.tracks
                    if rule.applies_to(channel, track)
                ]
                yield from self._turned(key, rule.name, rule.rule, Place.ELIGIBILITY, fits)
        for stage in self.definition.stages.values():
            if stage.when is not None:
                channels = [key for key in self.definition.channels if stage.key in self.definition.route_of(key)]
                fits = [(channel, track) for channel in channels for track in self.definition.tracks]
                yield from self._turned(stage.key, stage.name, stage.when, Place.WHEN, fits)

    def _turned(
        self, key: str, name: Any, source: str, place: Place, fits: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[Draft, Words]]:
        """A case at, just beyond and without each value at which the rule turns, where it turns there first."""
        rule = self.book.rule(source, place)
        left: list[probing.Trial] | None = None
        for channel, track in fits:
            made = self.ordinary(channel, track)
            settable = self._settable(made)
            found, hidden = probing.turnings(rule, self._inputs(made), settable, self.options)
            fresh = found if left is None else [each for each in found if each.trial in left]
            for each in fresh:
                yield self.ordinary(channel, track).changed(self, each.changes), _told(name, each.trial)
            for each in _one_of_each_name(fresh):
                bare = probing.without(each)
                yield self.ordinary(channel, track).changed(self, bare.changes), _told(name, bare.trial)
            left = hidden if left is None else [each for each in left if each in hidden]
            if not left:
                return
        self.undecided += [(key, each.name) for each in left or ()]


def _meets(answer: str) -> bool:
    return answer == Answer.MEETS


def _one_of_each_name(found: Sequence[probing.Turning]) -> list[probing.Turning]:
    return list({each.trial.name: each for each in found}.values())


def _told(name: Any, trial: probing.Trial) -> Words:
    """Why a case was made: which condition it tries, with what, on which side."""
    if trial.side == "without":
        return Words("试“%(rule)s”：没有 %(what)s", rule=name, what=trial.name)
    at = f"{trial.name}.{trial.column}" if trial.column else trial.name
    value = str(trial.value) if len(str(trial.value)) <= 12 else f"…{len(str(trial.value))}"
    if trial.side == "beyond":
        return Words("试“%(rule)s”：%(what)s 刚过界，%(value)s", rule=name, what=at, value=value)
    return Words("试“%(rule)s”：%(what)s 正在界上，%(value)s", rule=name, what=at, value=value)


# -- the round ---------------------------------------------------------------------------------------------------------
def _settings(definition: Definition, size: int) -> dict[str, Any]:
    """Answers to `round:`. A number is a good third of the cases, so that places are short."""
    found: dict[str, Any] = {}
    for key, item in definition.round.items():
        if isinstance(item, NumberField):
            wanted = Decimal(max(size // 3, 12))
            low, high = item.min if item.min is not None else wanted, item.max if item.max is not None else wanted
            found[key] = min(max(wanted, low), high)
        elif item.type == "yes_no":
            found[key] = True
    return found


def _nominator_numbers(book: Rulebook, channel: str) -> dict[str, Any]:
    """What is known of whoever nominates: its own facts, and what the recognition brings that it must hold."""
    known = book.definition.channels[channel]
    named = set(known.nominator.facts) if known.nominator is not None else set()
    if known.quota is not None and isinstance(known.quota.places, str):
        rule = book.rule(known.quota.places, Place.QUOTA, "number")
        named |= {name.partition(".")[2] for name in rule.names if name.startswith("nominator.")}
    return {name: Decimal(400) for name in sorted(named)}


def places_of_nominator(book: Rulebook, case: Application) -> int | None:
    """The places that the quota of the channel gives; None where it gives none or they cannot be worked out."""
    quota = book.definition.channels[case.channel].quota
    if quota is None or (case.nominator_id is None and not counted_apart(quota)):
        return None
    if isinstance(quota.places, Decimal):
        return int(quota.places)
    inputs = {f"round.{name}": value for name, value in case.round.settings.items()}
    inputs |= {f"nominator.{name}": value for name, value in case.nominator.items()}
    value = book.rule(quota.places, Place.QUOTA, "number").value(inputs)
    return int(value) if isinstance(value, Decimal) else None


def _facts_read(definition: Definition) -> list[str]:
    """Facts that payments go on by: known and true for whoever has them in order."""
    names: list[str] = []
    for benefit in definition.benefits.values():
        if benefit.rhythm is not None and benefit.rhythm.while_ is not None:
            read = rules.compile(benefit.rhythm.while_, rules.scope_for(definition, Place.WHILE)).names
            names += [name.removeprefix("facts.") for name in read if name.startswith("facts.")]
    return [name for name in dict.fromkeys(names) if definition.facts[name].field.type == "yes_no"]


def _checks_read(definition: Definition) -> set[str]:
    sources = [rule.rule for rule in definition.eligibility.rules.values() if rule.rule is not None]
    return {
        name
        for source in sources
        for name in rules.compile(source, rules.scope_for(definition, Place.ELIGIBILITY)).names
        if name.startswith("checks.")
    }
