"""A kept result looked at again: what each rater gave, the plain mean beside it, and the result without one of them.

It reads the derivation that the event keeps, so that what is shown is what was counted, and decides nothing.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from workflow.domain.application import Application
from workflow.domain.marks import hundredths
from workflow.domain.program.schema import Sheet
from workflow.domain.scoring import Figure, Given, combined, figure_body, figures_in
from workflow.domain.told import Scored


@dataclass(frozen=True, slots=True)
class Mark:
    """One rater's whole sheet out of 100. `aside`: highest or lowest, not counted."""

    rater: int
    role: str
    total: Fraction
    aside: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What the sheets of the newest result say. `plain`: its total with nothing set aside."""

    stage: str
    marks: tuple[Mark, ...]
    plain: Fraction

    @property
    def spread(self) -> Fraction:
        return max(each.total for each in self.marks) - min(each.total for each in self.marks)

    @property
    def counted(self) -> Fraction:
        """Where the sheets that count lie: the mean of their totals."""
        kept = [each.total for each in self.marks if not each.aside] or [each.total for each in self.marks]
        return sum(kept, Fraction(0)) / len(kept)


def judged(sheet: Sheet, scored: Scored) -> Judged | None:
    """None where nobody's sheet is kept: a result that was computed or brought in."""
    kept = scored.derivation.get("sheets") or ()
    if not kept:
        return None
    aside = frozenset(scored.derivation.get("aside", ()))
    marks = tuple(Mark(rater, role, Fraction(total), rater in aside) for rater, role, total in kept)
    return Judged(scored.stage, marks, _sum(_figures(sheet, scored, _given(scored), "mean")))


def newest(application: Application, sheet: str) -> Scored | None:
    """The complete result that ranks: `State.totals` reads the same one."""
    last = next((each for each in reversed(application.state.scores) if each.sheet == sheet), None)
    return last if last is not None and last.complete else None


def without(application: Application, sheet: Sheet, rater: int) -> Application:
    """The case as if this rater had not judged it; with nobody left it has no total."""
    scored = newest(application, sheet.key)
    given = _given(scored) if scored is not None else []
    rest = [each for each in given if each.rater != rater]
    if scored is None or len(rest) == len(given):
        return application
    figures = _figures(sheet, scored, rest, str(scored.derivation["combine"]))
    left = [kept for kept in scored.derivation["sheets"] if kept[0] != rater]
    body = {**scored.derivation, "sheets": left, "figures": [figure_body(each) for each in figures]}
    recounted = replace(
        scored, total=hundredths(_sum(figures)), complete=scored.complete and bool(rest), derivation=body
    )
    others = tuple(recounted if each is scored else each for each in application.state.scores)
    return replace(application, state=replace(application.state, scores=others))


def _given(scored: Scored) -> list[Given]:
    """The sheets in the order in which they came."""
    points: dict[int, dict[str, Fraction]] = {}
    for figure in figures_in(scored.derivation):
        if figure.stage == scored.stage:
            for part in figure.roles:
                for rater, value in part.points:
                    points.setdefault(rater, {})[figure.key] = value
    kept = scored.derivation.get("sheets") or ()
    return [
        Given(rater, role, order, points.get(rater, {}), Fraction(total))
        for order, (rater, role, total) in enumerate(kept)
    ]


def _figures(sheet: Sheet, scored: Scored, given: list[Given], combine: str) -> tuple[Figure, ...]:
    """The figures of the result with those of its own stage counted anew from these sheets."""
    before = figures_in(scored.derivation)
    own = {each.key for each in before if each.stage == scored.stage and each.roles}
    criteria = {key: each for key, each in sheet.criteria.items() if key in own}
    anew = {each.key: each for each in combined(given, criteria, scored.stage, combine)}
    return tuple(anew.get(each.key, each) for each in before if each.key not in own - set(anew))


def _sum(figures: tuple[Figure, ...]) -> Fraction:
    return sum((figure.earned for figure in figures), Fraction(0))
