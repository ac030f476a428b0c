"""One rater's sheet: what is missing from it, and how it is handed in, by hand or from a table."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflow.domain import marks, scoring
from workflow.domain.application import Item
from workflow.domain.errors import Reason
from workflow.domain.policy import may_hold_item
from workflow.domain.program.schema import Criterion
from workflow.domain.stages.base import Work
from workflow.domain.stages.score_ground import (
    closes,
    closing,
    closing_item,
    open_seats,
    present,
    review_of,
    sheet_of_work,
    stage_of,
)
from workflow.domain.words import Words

MOST_DIGITS = 2
"""Points have at most two decimals."""


def _asked(work: Work, role: str) -> dict[str, Criterion]:
    stage, sheet = stage_of(work), sheet_of_work(work)
    return scoring.asked_of(sheet, stage.key, role) if stage is not None and sheet is not None else {}


def _role(work: Work) -> str:
    """Whose sheet it is: of the item, else of the only role that rates here."""
    if work.item is not None:
        return work.item.role
    stage = stage_of(work)
    return str(work.inputs.get("role") or next(iter(stage.raters), "")) if stage is not None else ""


def points_given(value: Any) -> Decimal | None:
    """A number as somebody typed it or as a table held it; None if it is none, or too fine."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        try:
            number = Decimal(str(value).strip())
        except ArithmeticError:
            return None
    if not number.is_finite() or abs(number) >= 10**7 or number != round(number, MOST_DIGITS):
        return None
    return number


def criterion_missing(work: Work, key: str, criterion: Criterion, explained: bool) -> list[Reason]:
    name, where = criterion.name, f"points.{key}"
    if criterion.type == "veto":
        if (work.inputs.get("vetoes") or {}).get(key) is None:
            return [Reason(Words("“%(name)s”还没有选是或否", name=name), where)]
        return []
    typed = (work.inputs.get("points") or {}).get(key)
    if typed is None or str(typed).strip() == "":
        picked = (work.inputs.get("levels") or {}).get(key)
        if picked:
            return [Reason(Words("“%(name)s”选了“%(level)s”，还要写分数", name=name, level=picked), where)]
        return [Reason(Words("“%(name)s”还没有评", name=name), where)]
    points, most = points_given(typed), marks.most_of(criterion)
    if points is None:
        return [Reason(Words("“%(name)s”要填数，最多两位小数", name=name), where)]
    if points < 0:
        return [Reason(Words("“%(name)s”不能是负数", name=name), where)]
    if most is not None and points > most:
        return [Reason(Words("“%(name)s”最高 %(most)s", name=name, most=f"{most:f}"), where)]
    return _level_missing(work, key, criterion, points) + (_reason_missing(work, key, criterion, points, explained))


def _level_missing(work: Work, key: str, criterion: Criterion, points: Decimal) -> list[Reason]:
    """The level picked and the number typed must say the same."""
    picked = (work.inputs.get("levels") or {}).get(key)
    level = marks.level_of(work.definition.scoring, points) if criterion.type == "levels" else None
    if not picked or level is None or picked == level:
        return []
    span = work.definition.scoring.levels.get(picked)
    words = Words(
        "“%(name)s”选的是“%(picked)s”（%(span)s），%(points)s 分是“%(level)s”：请改成一致",
        name=criterion.name,
        picked=picked,
        span=str(span or ""),
        points=f"{points:f}",
        level=level,
    )
    return [Reason(words, f"points.{key}")]


def _reason_missing(work: Work, key: str, criterion: Criterion, points: Decimal, explained: bool) -> list[Reason]:
    if not explained or not marks.must_explain(work.definition.scoring, criterion, points):
        return []
    if str((work.inputs.get("reasons") or {}).get(key) or "").strip():
        return []
    words = Words("“%(name)s”给 %(points)s 分，要写理由", name=criterion.name, points=f"{points:f}")
    return [Reason(words, f"reasons.{key}")]


def sheet_missing(work: Work, role: str, *, explained: bool = True) -> list[Reason]:
    asked = _asked(work, role)
    found = [
        reason for key, criterion in asked.items() for reason in criterion_missing(work, key, criterion, explained)
    ]
    sent = {**(work.inputs.get("points") or {}), **(work.inputs.get("vetoes") or {})}
    return found + [
        Reason(Words("没有这一项指标，请刷新页面再试"), f"points.{key}") for key in sorted(sent) if key not in asked
    ]


def review_missing(work: Work) -> list[Reason]:
    return sheet_missing(work, _role(work))


def tell_review(work: Work, item: Item, source: str | None = None) -> None:
    stage, sheet, entry = stage_of(work), sheet_of_work(work), work.before.state.entry
    if stage is None or sheet is None or entry is None:
        return
    asked = _asked(work, item.role)
    typed = work.inputs.get("points") or {}
    exact = {key: Fraction(points_given(typed[key]) or 0) for key, each in asked.items() if each.type != "veto"}
    vetoes = work.inputs.get("vetoes") or {}
    last = not open_seats(work, entry, but=item.no) and closing_item(work, entry) is None
    work.tell(
        "review_submitted",
        {f"reason.{key}": str(text).strip() for key, text in (work.inputs.get("reasons") or {}).items() if key in asked}
        | {"note": work.text("note"), "reason": work.text("reason")},
        item=item.no,
        role=item.role,
        sheet=sheet.key,
        attempt=1 + sum(1 for each in work.before.state.reviews if each.item_no == item.no),
        raw={key: marks.hundredths(value) for key, value in exact.items()},
        vetoes=[key for key, each in asked.items() if each.type == "veto" and vetoes.get(key)] or None,
        total=marks.hundredths(scoring.own_total(asked, exact)),
        source=source,
        opens=[closing(work, stage)] if last else None,
    )


def review(work: Work) -> None:
    if work.item is not None:
        tell_review(work, work.item)


# -- a result table ----------------------------------------------------------------------------------------------------
def to_import(work: Work, role: str) -> Item | None:
    """The sheet that a line of a result table fills in: an open one of the role, else the one a table filled before."""
    entry = present(work)
    if entry is None:
        return None
    free = [item for item in open_seats(work, entry) if item.role == role and item.holder_id is None]
    if free:
        return free[0]
    before = [each for each in work.before.state.reviews_of(entry.no) if each.role == role and each.source is not None]
    return work.before.state.item(before[0].item_no) if len(before) == 1 else None


def importing(work: Work) -> bool:
    stage = stage_of(work)
    return stage is not None and stage.import_ and present(work) is not None


def may_import(work: Work) -> bool:
    """Who closes the stage, and who rates in it: a school brings the results of its own people."""
    item = to_import(work, _role(work))
    return closes(work) or (item is not None and may_hold_item(work.actor, replace(work.subject, item=item)))


def import_missing(work: Work) -> list[Reason]:
    """A line that says something else than the table before needs a reason; one that says the same is refused."""
    item, entry = to_import(work, _role(work)), work.before.state.entry
    if item is None or entry is None:
        return [Reason(Words("这一件没有等着导入的成绩"))]
    reasons = sheet_missing(work, item.role, explained=False)
    before = review_of(work, entry, item.no)
    if before is None or reasons:
        return reasons
    typed = work.inputs.get("points") or {}
    if all(Fraction(points_given(typed[key]) or 0) * 100 == value for key, value in before.raw.items()):
        return [Reason(Words("成绩和上次导入的一样，不用再导"))]
    return work.needs_text("reason", Words("已经导入过成绩，要换成新的请写明理由"))


def bring(work: Work) -> None:
    item = to_import(work, _role(work))
    if item is not None:
        tell_review(work, item, str(work.inputs.get("source") or "table"))
