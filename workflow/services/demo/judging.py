"""Points: the written test from a table, the practical test, five experts drawn for each, and the counting."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from models.base import reading
from models.work import WorkItem
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain import scoring
from workflow.domain.actor import Actor
from workflow.domain.application import Duty
from workflow.domain.errors import MovedOn, NotDeclared
from workflow.domain.program.schema import ScoreStage
from workflow.services import actions, declarations, draws, imports_results, rating, results_places, scoring_acts
from workflow.services.demo import cast
from workflow.services.demo.town import Part, Standing
from workflow.services.rulebooks import book_of

_REASONS = ("见作品第 3 页和现场记录", "数据有后台截图可核", "操作规范，讲解清楚", "与同行相比有明显改进")


# -- the written test --------------------------------------------------------------------------------------------------
def written_test(part: Part) -> None:
    """The school brings a table of those who have sat it; the office counts."""
    sat = [case for case in part.at_stage("theory") if _is_judged(case, "theory")]
    if not sat:
        return
    at = part.whenever(sat, "theory")
    owed = [case for case in sat if any(item.duty == Duty.ACT for item in part.town.items(case))]
    if owed:
        _bring(part, owed, at)
    _count(part, sat, "theory", at)


def _is_judged(case: Standing, stage: str) -> bool:
    return case.plan.goes_past(stage) or case.plan.stops_at(stage, "fail")


def _bring(part: Part, owed: Sequence[Standing], at: datetime) -> None:
    school = part.town.actor(cast.TRAINER.login, at)
    place = results_places.place_of(school, part.round_ref, "theory")
    points = {case.ref: _exam(case) for case in owed}
    rows = [
        (one.number, one.name, points[one.ref]) for one in results_places.waiting(school, place) if one.ref in points
    ]
    table = spreadsheet.write([Table("成绩", ("编号", "姓名", "卷面成绩"), rows)])
    imports_results.take_over(place, table, "all_or_nothing", school, at)


def _exam(case: Standing) -> str:
    return "52" if case.plan.stops_at("theory", "fail") else str(66 + case.plan.number * 7 % 31)


# -- the practical test ------------------------------------------------------------------------------------------------
def practical_test(part: Part) -> None:
    for case in part.at_stage("practical"):
        for more, login in enumerate(_examiners(case)):
            low = case.plan.stops_at("expert", "fail")
            points = 64 if low else 80 + case.plan.number * 5 % 13 + more
            _rate(part, case, login, part.when(case, "practical"), points)
    judged = [case for case in part.at_stage("practical") if _is_judged(case, "practical")]
    if judged:
        _count(part, judged, "practical", part.whenever(judged, "practical"))


def _examiners(case: Standing) -> Sequence[str]:
    if _is_judged(case, "practical"):
        return cast.BY_ROLE["examiner"]
    return cast.BY_ROLE["examiner"][1:] if case.plan.stops_at("practical", "half") else ()


def _rate(part: Part, case: Standing, login: str, at: datetime, points: int) -> None:
    """On the seat of theirs, else on a free one. Whoever has handed in already does nothing."""
    rater = part.town.actor(login, at)
    role = next(member.role for member in cast.STAFF if member.login == login)
    seats = [item for item in part.town.items(case, Duty.ACT) if item.role_key == role]
    mine = [item for item in seats if item.holder_id == rater.account_id]
    if not mine and not part.town.has_handed_in(case, rater):
        mine = [item for item in seats if item.holder_id is None]
    for item in mine[:1]:
        typed = _sheet(case, item, points)
        try:
            rating.submit(item.ref, typed, rater, at)
        except NotDeclared:
            _declare(item.ref, rater, at)
            rating.submit(item.ref, typed, rater, at)


def _declare(item: str, rater: Actor, at: datetime) -> None:
    """Near to nobody, once for everything that waits for them at this stage."""
    paper = declarations.paper(item, rater, at)
    if paper is not None:
        declarations.declare([each.item for each in paper.asked], {}, rater, at)


def _sheet(case: Standing, item: WorkItem, points: int) -> dict[str, str]:
    typed = {}
    for nth, key in enumerate(_asked(case, item)):
        typed[f"points.{key}"] = str(min(98, points + nth * 3 % 5))
        typed[f"reason.{key}"] = _REASONS[(case.plan.number + nth) % len(_REASONS)]
    return typed


def _asked(case: Standing, item: WorkItem) -> Sequence[str]:
    with reading() as session:
        definition = book_of(session, case.version_id).definition
    stage = definition.stages[item.stage_key]
    sheet = definition.sheet_for(stage, case.plan.track) if isinstance(stage, ScoreStage) else None
    return tuple(scoring.asked_of(sheet, stage.key, item.role_key)) if sheet is not None else ()


# -- the experts -------------------------------------------------------------------------------------------------------
def experts(part: Part) -> None:
    """Five are drawn for each; the first of the seven keeps those that are still being judged for whoever looks in."""
    here = part.at_stage("expert")
    at = part.whenever(here, "draw")
    with suppress(MovedOn):  # everybody has been drawn for
        draws.draw(part.round_ref, "expert", part.town.actor("manager", at), at)
    for case in part.at_stage("expert"):
        judged = _is_judged(case, "expert")
        for nth, login in enumerate(cast.BY_ROLE["expert"]):
            if judged or (nth > 0 and (case.plan.number + nth) % 3 == 0):
                low = case.plan.stops_at("expert", "fail")
                _rate(part, case, login, part.when(case, "expert"), 61 if low else 82 + (case.plan.number + nth) % 9)
    judged_here = [case for case in part.at_stage("expert") if _is_judged(case, "expert")]
    if judged_here:
        _count(part, judged_here, "expert", part.whenever(judged_here, "expert_closed"))


def _count(part: Part, judged: Sequence[Standing], stage: str, at: datetime) -> None:
    """All that reach the line at once; who does not is closed singly, with the result that was looked at."""
    manager = part.town.actor("manager", at)
    passing = [case for case in judged if case.plan.goes_past(stage)]
    if passing:
        scoring_acts.close_ready(manager, part.round_ref, stage, at)
    for case in part.at_stage(stage):
        if case.plan.stops_at(stage, "fail"):
            actions.perform(case.ref, "close", manager, case.after(at), inputs={"effect": "refuse"})
