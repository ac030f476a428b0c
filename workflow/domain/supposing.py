"""What if: one application of the past judged once more under another definition, from what was answered and marked
then. Nothing is decided by it.

Conditions are asked anew; sheets are counted anew under the other weights, the other way of combining and the other
pass mark. What nobody marked then, or marked on another scale, is said instead of guessed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from workflow.domain import scoring
from workflow.domain.application import Application, State, altered
from workflow.domain.marks import FULL, hundredths
from workflow.domain.program.schema import Definition, Label, ScoreStage, Sheet
from workflow.domain.rulebook import Judgment, Rulebook
from workflow.domain.told import Review, Scored
from workflow.domain.words import Words

_WORST = ("fails", "look", "meets")


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion of a sheet adds to the total, in hundredths. None: it is not in the sheet there."""

    name: Label
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition, or one sheet, that says something else now. None: it is not asked there. Of a sheet: its totals
    and pass marks in hundredths, before and after, and the criteria that moved its total, the most first."""

    key: str
    name: Label
    before: str | None
    after: str | None
    missing: tuple[str, ...] = ()
    totals: tuple[int | None, int | None] | None = None
    marks: tuple[int | None, int | None] | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Supposition:
    """`totals`: of each sheet that is complete, before and after: what ranks. `unreckoned`: sheets that could not be
    counted anew, and why; they are left as they were."""

    before: str
    after: str
    by: tuple[Criterion, ...]
    totals: Mapping[str, tuple[int, int]]
    unreckoned: Mapping[str, Words]


def suppose(then: Rulebook, now: Rulebook, application: Application) -> Supposition | None:
    """None where the other definition does not have the channel or the track."""
    new = now.definition
    if application.channel not in new.channels or application.track not in new.tracks:
        return None
    recount = _Recount(then, now, application)
    counted = altered(application, state=altered(application.state, scores=recount.scores))
    was, is_ = then.judge(application), now.judge(counted)
    sheets = list(_sheets(then.definition, new, application.state, counted.state))
    before = [judged.result for judged in was.values()] + [each.before for each in sheets]
    after = [judged.result for judged in is_.values()] + [each.after for each in sheets]
    return Supposition(
        before=_worst(before),
        after=_worst(after),
        by=(*_rules(was, is_), *(each for each in sheets if each.before != each.after)),
        totals={
            key: (total, counted.state.totals[key])
            for key, total in application.state.totals.items()
            if key in counted.state.totals and key not in recount.unreckoned
        },
        unreckoned=recount.unreckoned,
    )


def places(totals: Iterable[int]) -> dict[int, int]:
    """The place that each total has, the highest first; equal totals share one."""
    found: dict[int, int] = {}
    for place, total in enumerate(sorted(totals, reverse=True), start=1):
        found.setdefault(total, place)
    return found


def _worst(said: Iterable[str | None]) -> str:
    told = set(said)
    return next((word for word in _WORST if word in told), "meets")


def _rules(was: Mapping[str, Judgment], is_: Mapping[str, Judgment]) -> Iterator[Criterion]:
    for key in [*was, *(key for key in is_ if key not in was)]:
        old, new = was.get(key), is_.get(key)
        results = (old.result if old is not None else None, new.result if new is not None else None)
        told = new or old
        if results[0] != results[1] and told is not None:
            yield Criterion(key, told.rule.name, *results, missing=new.missing if new is not None else ())


# -- sheets counted anew -----------------------------------------------------------------------------------------------
class _Recount:
    """The results of the stages, one after another, since a later one builds on what an earlier one found."""

    def __init__(self, then: Rulebook, now: Rulebook, application: Application) -> None:
        self.then, self.now, self.application = then, now, application
        self.unreckoned: dict[str, Words] = {}
        done: list[Scored] = []
        recounted: set[str] = set()  # what a later stage of the same sheet builds on
        for scored in _newest(application.state):
            sheet = now.definition.scoring.sheets.get(scored.sheet)
            if sheet is not None:  # totals of sheets that it does not have are not asked of it
                alike = _is_counted_alike(then, now, scored.stage, scored.sheet)
                same = alike and scored.sheet not in recounted
                done.append(scored if same else self._again(scored, sheet, done))
                recounted |= set() if same else {scored.sheet}
        self.scores = tuple(done)

    def _again(self, scored: Scored, sheet: Sheet, done: Sequence[Scored]) -> Scored:
        state = self.application.state
        stage = self.now.definition.stages.get(scored.stage)
        entry = next((entry for entry in state.entries if entry.no == scored.entry_no), None)
        own = self.now.definition.sheet_for(stage, self.application.track) if isinstance(stage, ScoreStage) else None
        if entry is None or own is None or own.key != sheet.key:
            return self._as_it_was(scored, sheet, Words("评这张表的环节换了"))
        reviews = tuple(_as_asked(review, sheet) for review in state.reviews_of(entry.no))
        other = [sheet.criteria[key].name for key in self._on_another_scale(sheet, scored, reviews)]
        if other:
            return self._as_it_was(scored, sheet, Words("%(names)s的打分办法换了", names=other))
        read = altered(self.application, state=altered(state, scores=tuple(done), reviews=reviews))
        found = scoring.derive(self.now, read, entry, analyzed=False)
        found = self._computed_as_then(scored, sheet, found)
        if scored.complete and not found.complete:
            known = {figure.key for figure in found.figures}
            unmarked = [each.name for key, each in sheet.criteria.items() if each.type != "veto" and key not in known]
            return self._as_it_was(scored, sheet, Words("当时没有评%(names)s", names=unmarked))
        figures = [scoring.figure_body(replace(figure, roles=())) for figure in found.figures]  # who gave what is known
        body = {"figures": figures}
        return Scored(entry.no, scored.stage, sheet.key, found.total, found.complete, found.effect, body)

    def _on_another_scale(self, sheet: Sheet, scored: Scored, reviews: Sequence[Review]) -> list[str]:
        """A mark given on another scale says nothing on this one; bands are read off the number that was measured."""
        old = self.then.definition.scoring.sheets.get(sheet.key)
        marked = {key for review in reviews for key in review.raw}
        return [
            key
            for key, each in sheet.criteria.items()
            if key in marked
            and each.at in (None, scored.stage)
            and old is not None
            and key in old.criteria
            and (each.type, each.max) != (old.criteria[key].type, old.criteria[key].max)
        ]

    def _computed_as_then(self, scored: Scored, sheet: Sheet, found: scoring.Derivation) -> scoring.Derivation:
        """What was worked out then by the same formula stands, whatever has been put right since."""
        old = self.then.definition.scoring.sheets.get(sheet.key)
        then = {
            each["key"]: Fraction(each["value"])
            for each in scored.derivation["figures"]
            if each["computed"] and old is not None and _formula(old, each["key"]) == _formula(sheet, each["key"])
        }
        if not then:
            return found
        figures = tuple(replace(each, value=then.get(each.key, each.value)) for each in found.figures)
        return replace(found, figures=figures)

    def _as_it_was(self, scored: Scored, sheet: Sheet, why: Words) -> Scored:
        """Its old total, held against the other pass mark; who was vetoed stays so."""
        self.unreckoned[sheet.key] = why
        old = self.then.definition.scoring.sheets.get(sheet.key)
        vetoed = scored.effect == "refuse" and (old is None or old.pass_ is None or scored.total >= _mark(old))
        fails = scored.complete and sheet.pass_ is not None and scored.total < _mark(sheet)
        return replace(scored, effect="refuse" if vetoed or fails else "pass")


@lru_cache(maxsize=32)
def _is_counted_alike(then: Rulebook, now: Rulebook, stage: str, sheet: str) -> bool:
    """Nothing that bears on the count differs: what was found then stands."""
    was, is_ = ((book.definition.scoring.sheets.get(sheet), book.definition.stages.get(stage)) for book in (then, now))
    return was == is_


def _formula(sheet: Sheet, criterion: str) -> str | None:
    return str(sheet.criteria[criterion].value) if criterion in sheet.criteria else None


def _newest(state: State) -> list[Scored]:
    """Of each stage its newest result, in the order in which they came."""
    found: dict[str, Scored] = {}
    for scored in state.scores:
        found.pop(scored.stage, None)
        found[scored.stage] = scored
    return list(found.values())


def _as_asked(review: Review, sheet: Sheet) -> Review:
    """Of what a rater gave, what the sheet would have asked of that role."""
    asked = {key: each for key, each in sheet.criteria.items() if not each.by or review.role in each.by}
    return replace(
        review,
        raw={key: value for key, value in review.raw.items() if key in asked and asked[key].type != "veto"},
        vetoes=tuple(key for key in review.vetoes if key in asked and asked[key].type == "veto"),
    )


def _mark(sheet: Sheet) -> int:
    return hundredths(Fraction(sheet.pass_ or 0))


# -- what the sheets say -----------------------------------------------------------------------------------------------
def _sheets(then: Definition, now: Definition, old: State, new: State) -> Iterator[Criterion]:
    was, is_ = ({scored.sheet: scored for scored in state.scores} for state in (old, new))
    for key, before in was.items():
        after = is_.get(key)
        sheets = then.scoring.sheets.get(key), now.scoring.sheets.get(key)
        told = sheets[1] or sheets[0]
        if told is not None:
            said = _said(sheets[0], before), _said(sheets[1], after)
            differs = said[0] != said[1]
            yield Criterion(
                key,
                told.name,
                *said,
                totals=(before.total, after.total if after is not None else None),
                marks=(_mark_of(sheets[0]), _mark_of(sheets[1])),
                parts=_parts(sheets, before, after) if differs else (),
            )


def _said(sheet: Sheet | None, scored: Scored | None) -> str | None:
    if sheet is None or scored is None:
        return None
    if scored.effect == "refuse":
        return "fails"
    return "meets" if scored.complete and sheet.pass_ is not None else None


def _mark_of(sheet: Sheet | None) -> int | None:
    return _mark(sheet) if sheet is not None and sheet.pass_ is not None else None


def _parts(sheets: tuple[Sheet | None, Sheet | None], before: Scored, after: Scored | None) -> tuple[Part, ...]:
    """Criteria that add something else now, the greatest difference first."""
    names = {key: each.name for sheet in sheets if sheet is not None for key, each in sheet.criteria.items()}
    was, is_ = (_earned(scored) for scored in (before, after))
    parts = [Part(names[key], was.get(key), is_.get(key)) for key in {**was, **is_} if key in names]
    moved = [part for part in parts if part.before != part.after]
    return tuple(sorted(moved, key=lambda part: -abs((part.after or 0) - (part.before or 0))))


def _earned(scored: Scored | None) -> dict[str, int]:
    figures = scored.derivation["figures"] if scored is not None else ()
    return {each["key"]: hundredths(Fraction(each["value"]) * Fraction(each["weight"]) / FULL) for each in figures}
