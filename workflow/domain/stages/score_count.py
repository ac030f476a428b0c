"""Counting the sheets: what they came to, and what follows when somebody says so."""

from fractions import Fraction

from workflow.domain import marks, scoring
from workflow.domain.errors import Reason
from workflow.domain.program.schema import ScoreStage
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.domain.stages.score_ground import closing_item, present, sheet_of_work, stage_of
from workflow.domain.words import Words


def result_of(work: Work) -> scoring.Derivation | None:
    """Counted once for one act: what was missing and what follows are asked of the same figures."""
    entry, sheet = present(work), sheet_of_work(work)
    if work.counted is None and entry is not None and sheet is not None:
        work.counted = scoring.derive(work.book, work.before, entry, analyzed=False)
    return work.counted


def enough(stage: ScoreStage) -> int:
    return stage.min_valid or sum(stage.raters.values())


def is_alarming(stage: ScoreStage, derivation: scoring.Derivation) -> bool:
    """The highest and the lowest sheet lie apart by the alert or more."""
    return stage.spread_alert is not None and len(derivation.sheets) > 1 and derivation.spread >= stage.spread_alert


def close_missing(work: Work) -> list[Reason]:
    stage, derivation = stage_of(work), result_of(work)
    if stage is None or derivation is None:
        return []
    reasons = _too_few(work, stage, derivation)
    if reasons:
        return reasons
    if derivation.valid < derivation.wanted:
        words = Words("还有 %(n)s 份没有交，现在收分要写理由", n=derivation.wanted - derivation.valid)
        reasons += work.needs_text("early", words)
    if is_alarming(stage, derivation):
        words = Words("最高和最低相差 %(spread)s 分，收分要写说明", spread=marks.shown(derivation.spread))
        reasons += work.needs_text("note", words)
    if work.text("effect") != derivation.effect:
        label = Words("不通过") if derivation.effect == "refuse" else Words("通过")
        reasons.append(Reason(Words("结果会是“%(effect)s”：请看过算式再确认", effect=label), "effect"))
    return reasons


def _too_few(work: Work, stage: ScoreStage, derivation: scoring.Derivation) -> list[Reason]:
    if derivation.valid < enough(stage):
        words = Words("有效评分只有 %(n)s 份，至少要 %(least)s 份", n=derivation.valid, least=enough(stage))
        return [Reason(words)]
    sheet = sheet_of_work(work)
    criteria = sheet.criteria if sheet is not None else {}
    found = {figure.key for figure in derivation.figures}
    empty = [
        each.name
        for key, each in criteria.items()
        if each.at in (None, stage.key) and each.type not in ("veto", "computed") and key not in found
    ]
    unknown = [criteria[key].name for key in derivation.unknown]
    return [Reason(Words("“%(name)s”还没有人评", name=name)) for name in empty] + [
        Reason(Words("“%(name)s”缺数，算不出来：请先补上申报表或登记的数", name=name)) for name in unknown
    ]


def close(work: Work) -> None:
    stage, derivation, entry = stage_of(work), result_of(work), work.before.state.entry
    if stage is None or derivation is None or entry is None:
        return
    item = closing_item(work, entry)
    mark = derivation.pass_mark
    work.tell(
        "scored",
        {"note": work.text("note"), "early": work.text("early")},
        item=item.no if item is not None else None,
        stage=stage.key,
        sheet=derivation.sheet,
        total=derivation.total,
        complete=derivation.complete,
        effect=derivation.effect,
        vetoes=list(derivation.vetoes) or None,
        **{"pass": marks.hundredths(Fraction(mark)) if mark is not None else None},
        derivation=scoring.as_body(derivation),
    )
    if derivation.effect == "pass":
        work.tell("passed", place=effects.place_taken(work))
        effects.advance(work, stage.key)
        return
    work.tell("refused", {"reason": str(why_refused(work, derivation))})


def why_refused(work: Work, derivation: scoring.Derivation) -> Words:
    sheet = work.definition.scoring.sheets[derivation.sheet]
    if derivation.vetoes:
        names = [sheet.criteria[key].name for key in derivation.vetoes]
        return Words("“%(sheet)s”有一票否决：%(names)s", sheet=sheet.name, names=names)
    return Words(
        "“%(sheet)s”总分 %(total)s 分，及格线 %(pass)s 分，差 %(short)s 分",
        **{
            "sheet": sheet.name,
            "total": marks.shown(derivation.total),
            "pass": marks.shown(Fraction(derivation.pass_mark or 0)),
            "short": marks.shown(marks.hundredths(Fraction(derivation.pass_mark or 0)) - derivation.total),
        },
    )
