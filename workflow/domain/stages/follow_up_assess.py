"""An assessment after recognition: each role marks its own criteria, the means are weighed (LANGUAGE 2.4 and 5.1)."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflow.domain import marks
from workflow.domain.after.duties import Answer, Owed
from workflow.domain.application import Application
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Criterion, Sheet
from workflow.domain.program.schema.after import Duty
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import Place
from workflow.domain.scoring import Figure, Given, combined, own_total
from workflow.domain.stages.base import Work
from workflow.domain.stages.score_sheet import criterion_missing, points_given
from workflow.domain.words import Words


def sheet_of(book: Rulebook, duty: Duty) -> Sheet | None:
    return book.definition.scoring.sheets[duty.sheet] if duty.sheet is not None else None


def asked_of(sheet: Sheet, role: str) -> dict[str, Criterion]:
    """What this role fills in; what is computed nobody is asked."""
    return {
        key: each
        for key, each in sheet.criteria.items()
        if each.type != "computed" and (not each.by or role in each.by)
    }


def missing(work: Work, sheet: Sheet, role: str) -> list[Reason]:
    asked = asked_of(sheet, role)
    found = [reason for key, each in asked.items() for reason in criterion_missing(work, key, each, explained=True)]
    sent = {**(work.inputs.get("points") or {}), **(work.inputs.get("vetoes") or {})}
    return found + [
        Reason(Words("没有这一项指标，请刷新页面再试"), f"points.{key}") for key in sorted(sent) if key not in asked
    ]


def given(work: Work, sheet: Sheet, role: str) -> dict[str, Any]:
    """The marks as the event keeps them: hundredths, and which vetoes were used."""
    asked, typed = asked_of(sheet, role), work.inputs.get("points") or {}
    vetoes = work.inputs.get("vetoes") or {}
    raw = {
        key: marks.hundredths(Fraction(points_given(typed[key]) or 0))
        for key, each in asked.items()
        if each.type != "veto"
    }
    return {"raw": raw, "vetoes": [key for key, each in asked.items() if each.type == "veto" and vetoes.get(key)]}


def assessed(book: Rulebook, application: Application, duty: Duty, owed: Owed) -> dict[str, Any] | None:
    """The arithmetic as the event keeps it; None where nothing could be marked.

    Criteria that nobody could mark, or whose figures are unknown, share their weight out among the others.
    """
    sheet = sheet_of(book, duty)
    if sheet is None:
        return None
    marked = combined(_sheets(sheet, owed.standing()), sheet.criteria, "", "mean")
    figures = [*marked, *_computed(book, application, sheet, owed.nominal)]
    weights = sum((Fraction(each.weight) for each in figures), Fraction(0))
    if not weights:
        return None
    counted = {figure.key for figure in figures}
    shared = [key for key, each in sheet.criteria.items() if each.type != "veto" and key not in counted]
    exact = sum((figure.value * Fraction(figure.weight) for figure in figures), Fraction(0)) / weights
    return {
        "sheet": sheet.key,
        "total": marks.hundredths(exact),
        "exact": str(exact),
        "shared": shared or None,
        "absent": list(owed.absent) or None,
        "vetoes": sorted({key for answer in owed.standing() for key in answer.vetoes}) or None,
        "figures": [_figure(each, weights) for each in figures],
    }


def _sheets(sheet: Sheet, answers: Iterable[Answer]) -> list[Given]:
    found = []
    for order, answer in enumerate(answers):
        raw = {key: marks.of_hundredths(value) for key, value in answer.raw.items() if key in sheet.criteria}
        points = {key: marks.points_of(sheet.criteria[key], value) for key, value in raw.items()}
        found.append(Given(answer.by or 0, answer.role, order, points, own_total(sheet.criteria, raw), answer.vetoes))
    return found


def _computed(book: Rulebook, application: Application, sheet: Sheet, day: date) -> list[Figure]:
    """What is reckoned, from what was known on the day of the occurrence."""
    inputs: Mapping[str, Any] = book.inputs_after(application, day)
    found = []
    for key, each in sheet.criteria.items():
        if each.type == "computed" and each.value is not None:
            value = book.rule(each.value, Place.COMPUTED, "number").value(inputs)
            if isinstance(value, Decimal):
                found.append(Figure(key, "", each.weight, marks.points_of(each, Fraction(value)), computed=True))
    return found


def _figure(figure: Figure, weights: Fraction) -> dict[str, Any]:
    """`weight`: its share of what could be marked, out of 100."""
    return {
        "key": figure.key,
        "weight": str(Fraction(figure.weight) * marks.FULL / weights),
        "value": str(figure.value),
        "computed": figure.computed or None,
        "roles": {each.role: str(each.value) for each in figure.roles},
    }
