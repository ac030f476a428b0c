"""From sheets to a result, with every figure on the way (LANGUAGE.md 2.4 and 3.3).

All arithmetic is exact; the total is rounded once, at the end. What is compared with the pass mark is the rounded
total: the figure that everybody can see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from workflow.domain.application import Application, Entry, State
from workflow.domain.marks import FULL, exact, hundredths, of_hundredths, points_of, summed, weighted
from workflow.domain.program.schema import Criterion, Definition, ScoreStage, Sheet
from workflow.domain.program.schema.definition import asked_at
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import Place
from workflow.domain.told import Review

TRIMMED_FROM = 5
"""With so many valid sheets of a role the highest and the lowest are set aside; with fewer the mean is plain."""


# -- which part of which sheet -----------------------------------------------------------------------------------------
def asked_of(sheet: Sheet, stage: str, role: str) -> dict[str, Criterion]:
    """What a rater of this role fills in at this stage; what is computed nobody is asked."""
    return {
        key: each
        for key, each in sheet.criteria.items()
        if each.at in (None, stage) and each.type != "computed" and (not each.by or role in each.by)
    }


def stages_of(definition: Definition, sheet: Sheet, channel: str, track: str) -> tuple[str, ...]:
    """The stages of a route that fill in this sheet, in order."""
    return tuple(
        stage.key
        for stage in definition.stages_of(channel)
        if isinstance(stage, ScoreStage)
        and asked_at(sheet, stage.key)
        and definition.sheet_for(stage, track) is not None
        and getattr(definition.sheet_for(stage, track), "key", None) == sheet.key
    )


def own_total(criteria: Mapping[str, Criterion], raw: Mapping[str, Fraction]) -> Fraction:
    """One rater's sheet out of 100: by its weights, whatever share of the whole sheet they are."""
    weighed = {key: each for key, each in criteria.items() if each.type != "veto" and key in raw}
    return weighted((points_of(each, raw[key]), exact(each.weight)) for key, each in weighed.items())


# -- combining ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Given:
    """One valid sheet. `order` is when it came: of equal totals the earlier one is set aside."""

    rater: int
    role: str
    order: int
    points: Mapping[str, Fraction]  # on the scale of 100
    total: Fraction
    vetoes: tuple[str, ...] = ()


def set_aside(sheets: Sequence[Given]) -> tuple[Given, ...]:
    """The highest and the lowest total of one role, from five sheets on; of equals the earlier."""
    if len(sheets) < TRIMMED_FROM:
        return ()
    highest = min(sheets, key=lambda each: (-each.total, each.order))
    rest = [each for each in sheets if each is not highest]
    return highest, min(rest, key=lambda each: (each.total, each.order))


def mean(values: Sequence[Fraction]) -> Fraction:
    return summed(values, len(values))


def median(values: Sequence[Fraction]) -> Fraction:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True, slots=True)
class OfRole:
    """What the raters of one role gave on one criterion. `aside`: raters whose sheet was set aside."""

    role: str
    points: tuple[tuple[int, Fraction], ...]  # (rater, points), the earliest sheet first
    aside: tuple[int, ...]
    value: Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """One criterion: the mean of its roles' values, and what it adds to the total."""

    key: str
    stage: str
    weight: Decimal
    value: Fraction
    roles: tuple[OfRole, ...] = ()
    computed: bool = False

    @property
    def earned(self) -> Fraction:
        return self.value * exact(self.weight) / FULL


@dataclass(frozen=True, slots=True)
class Analysis:
    """The same sheets counted in other ways. Shown beside the result, never in its place."""

    plain: Fraction
    trimmed: Fraction
    without: tuple[tuple[int, Fraction], ...]  # (rater, total without that rater's sheet)


@dataclass(frozen=True)
class Derivation:
    """Every figure between the sheets and the result."""

    sheet: str
    stage: str
    combine: str
    figures: tuple[Figure, ...]  # of this and of earlier stages, in the order of the sheet
    sheets: tuple[Given, ...]
    aside: tuple[int, ...]
    complete: bool
    pass_mark: Decimal | None
    valid: int
    wanted: int
    unknown: tuple[str, ...] = ()  # computed criteria whose inputs are missing
    analysis: Analysis | None = field(default=None, compare=False)

    @cached_property
    def exact(self) -> Fraction:
        return summed(figure.earned for figure in self.figures)

    @property
    def total(self) -> int:
        """Hundredths, rounded once."""
        return hundredths(self.exact)

    @property
    def vetoes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for each in self.sheets for key in each.vetoes))

    @property
    def spread(self) -> Fraction:
        totals = [each.total for each in self.sheets]
        return max(totals) - min(totals) if totals else Fraction(0)

    @property
    def effect(self) -> str:
        """What follows: a part of a sheet goes on; a whole one is held against its pass mark."""
        if self.vetoes:
            return "refuse"
        if not self.complete or self.pass_mark is None:
            return "pass"
        return "pass" if self.total >= hundredths(Fraction(self.pass_mark)) else "refuse"


def combined(sheets: Sequence[Given], criteria: Mapping[str, Criterion], stage: str, combine: str) -> list[Figure]:
    """One figure for each criterion that somebody filled in. The order in which sheets are handed in says nothing."""
    ordered = sorted(sheets, key=lambda each: each.order)
    by_role: dict[str, list[Given]] = {}
    for each in sorted(ordered, key=lambda given: given.role):
        by_role.setdefault(each.role, []).append(each)
    figures = []
    for key, criterion in criteria.items():
        if criterion.type in ("veto", "computed"):
            continue
        roles = [_of_role(role, given, key, combine) for role, given in by_role.items()]
        known = tuple(each for each in roles if each is not None)
        if known:
            figures.append(Figure(key, stage, criterion.weight, mean([each.value for each in known]), known))
    return figures


def _of_role(role: str, sheets: Sequence[Given], key: str, combine: str) -> OfRole | None:
    filled = [each for each in sheets if key in each.points]
    if not filled:
        return None
    aside = tuple(each.rater for each in set_aside(filled)) if combine == "trimmed" else ()
    kept = [each.points[key] for each in filled if each.rater not in aside]
    value = median(kept) if combine == "median" else mean(kept)
    return OfRole(role, tuple((each.rater, each.points[key]) for each in filled), aside, value)


# -- the result of a stage ---------------------------------------------------------------------------------------------
def given_by(review: Review, order: int, criteria: Mapping[str, Criterion]) -> Given:
    raw = {key: of_hundredths(value) for key, value in review.raw.items() if key in criteria}
    points = {key: points_of(criteria[key], value) for key, value in raw.items()}
    return Given(review.by, review.role, order, points, own_total(criteria, raw), review.vetoes)


def derive(book: Rulebook, application: Application, entry: Entry, *, analyzed: bool = True) -> Derivation:
    """What the sheets of one stay come to, as they stand; `analyzed`: counted in other ways, too, for whoever looks."""
    definition, state = book.definition, application.state
    stage = definition.stages[entry.stage]
    if not isinstance(stage, ScoreStage):
        raise TypeError(stage.kind)
    sheet = definition.sheet_for(stage, application.track)
    if sheet is None:
        raise LookupError(stage.key)
    here = {key: each for key, each in sheet.criteria.items() if each.at in (None, stage.key)}
    sheets = [given_by(review, order, here) for order, review in enumerate(state.reviews_of(entry.no))]
    computed, unknown = _computed(book, application, here, stage.key)
    figures = combined(sheets, here, stage.key, stage.combine) + computed
    earlier = _earlier(state, sheet, stage.key, {figure.key for figure in figures})
    every = _in_order(sheet, [*earlier, *figures])
    counted = {figure.key for figure in every} | {key for key, each in sheet.criteria.items() if each.type == "veto"}
    return Derivation(
        sheet=sheet.key,
        stage=stage.key,
        combine=stage.combine,
        figures=every,
        sheets=tuple(sheets),
        aside=_aside(sheets) if stage.combine == "trimmed" else (),
        complete=counted >= set(sheet.criteria),
        pass_mark=sheet.pass_,
        valid=len(sheets),
        wanted=sum(stage.raters.values()),
        unknown=unknown,
        analysis=_analysis(sheets, here, stage, [*earlier, *computed]) if analyzed else None,
    )


def _aside(sheets: Sequence[Given]) -> tuple[int, ...]:
    roles = dict.fromkeys(each.role for each in sheets)
    return tuple(gone.rater for role in roles for gone in set_aside([each for each in sheets if each.role == role]))


def _computed(
    book: Rulebook, application: Application, criteria: Mapping[str, Criterion], stage: str
) -> tuple[list[Figure], tuple[str, ...]]:
    figures, unknown = [], []
    for key, each in criteria.items():
        if each.type != "computed" or each.value is None:
            continue
        value = book.rule(each.value, Place.COMPUTED, "number").value(book.inputs(application))
        if isinstance(value, Decimal):
            figures.append(Figure(key, stage, each.weight, points_of(each, Fraction(value)), computed=True))
        else:
            unknown.append(key)
    return figures, tuple(unknown)


def _earlier(state: State, sheet: Sheet, stage: str, known: set[str]) -> list[Figure]:
    """What earlier stages already found of the same sheet: their newest result each."""
    found: dict[str, Figure] = {}
    for scored in state.scores:
        if scored.sheet == sheet.key and scored.stage != stage:
            found |= {f.key: f for f in figures_in(scored.derivation) if f.stage == scored.stage}
    return [figure for key, figure in found.items() if key not in known and key in sheet.criteria]


def _in_order(sheet: Sheet, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    place = {key: number for number, key in enumerate(sheet.criteria)}
    return tuple(sorted(figures, key=lambda figure: place[figure.key]))


def _analysis(
    sheets: Sequence[Given], criteria: Mapping[str, Criterion], stage: ScoreStage, other: Sequence[Figure]
) -> Analysis | None:
    if not sheets:
        return None
    rest = summed(figure.earned for figure in other)

    def total(of: Sequence[Given], combine: str) -> Fraction:
        return rest + summed(figure.earned for figure in combined(of, criteria, stage.key, combine))

    without = tuple(
        (each.rater, total([other for other in sheets if other is not each], stage.combine))
        for each in sheets
        if len(sheets) > 1
    )
    return Analysis(total(sheets, "mean"), total(sheets, "trimmed"), without)


# -- kept in the event -------------------------------------------------------------------------------------------------
def as_body(derivation: Derivation) -> dict[str, Any]:
    """The arithmetic as an event keeps it: fractions written out, raters by their account."""
    return {
        "combine": derivation.combine,
        "valid": derivation.valid,
        "wanted": derivation.wanted,
        "aside": list(derivation.aside),
        "exact": str(derivation.exact),
        "spread": hundredths(derivation.spread),
        "sheets": [[each.rater, each.role, str(each.total)] for each in derivation.sheets],
        "figures": [figure_body(figure) for figure in derivation.figures],
    }


def figure_body(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "stage": figure.stage,
        "weight": str(figure.weight),
        "value": str(figure.value),
        "computed": figure.computed,
        "roles": [
            {
                "role": each.role,
                "points": [[rater, str(points)] for rater, points in each.points],
                "aside": list(each.aside),
                "value": str(each.value),
            }
            for each in figure.roles
        ],
    }


def figures_in(body: Mapping[str, Any]) -> tuple[Figure, ...]:
    """The figures of a kept derivation."""
    return tuple(
        Figure(
            each["key"],
            each["stage"],
            Decimal(each["weight"]),
            Fraction(each["value"]),
            tuple(
                OfRole(
                    role["role"],
                    tuple((rater, Fraction(points)) for rater, points in role["points"]),
                    tuple(role["aside"]),
                    Fraction(role["value"]),
                )
                for role in each["roles"]
            ),
            each["computed"],
        )
        for each in body["figures"]
    )


# -- totals for whoever ranks ------------------------------------------------------------------------------------------
def criterion_value(application: Application, sheet: str, criterion: str) -> Fraction | None:
    """One criterion's value in the newest result that holds it: what a tie is broken by."""
    for scored in reversed(application.state.scores):
        if scored.sheet == sheet:
            for figure in scored.derivation["figures"]:
                if figure["key"] == criterion:
                    return Fraction(figure["value"])
    return None
