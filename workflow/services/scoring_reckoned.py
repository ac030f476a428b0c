"""One case at one stage of scoring: every figure between the sheets and the result, so that anybody can add it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import cases, timeline
from models.queries import scoring as queries
from workflow.domain import scoring
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Entry, Status
from workflow.domain.errors import NotFound, Reason
from workflow.domain.marks import finely, shown
from workflow.domain.policy import is_seat
from workflow.domain.pool_score import why_not
from workflow.domain.program.schema import Label, ScoreStage, Sheet
from workflow.domain.scoring import Derivation, Figure
from workflow.domain.stages import score_count
from workflow.domain.stages.base import Work
from workflow.domain.unpublished import withheld_entries
from workflow.services import draws
from workflow.services.casework import Case, find, open_case
from workflow.services.draws import Setting
from workflow.services.scoring import Rater, alarm_of, closes, counts_sheets, entry_at, raters_of, standing_of
from workflow.services.sessions import actor_of


@dataclass(frozen=True)
class Reckoned:
    """One criterion on the page: `(85.00 + 80.00) ÷ 2 = 82.50, × 30% = 24.75`."""

    name: Label
    stage: Label
    weight: str
    here: bool
    parts: tuple[tuple[Label, tuple[tuple[str, str, bool], ...], str], ...]  # role, (rater, points, set aside), value
    value: str
    earned: str
    computed: bool


@dataclass(frozen=True)
class Account:
    """The whole reckoning of one case at one stage, raters by the names of their seats."""

    ref: str
    version: int
    number: str
    name: str
    setting: Setting
    sheet: Label
    combine: str
    standing: str
    raters: tuple[Rater, ...]
    criteria: tuple[tuple[str, Label], ...]
    reasons: Mapping[tuple[int, str], str]
    lines: tuple[Reckoned, ...]
    total: str
    exact: str
    complete: bool
    pass_mark: str | None
    effect: str
    vetoes: tuple[Label, ...]
    valid: int
    wanted: int
    least: int
    spread: str
    alarm: tuple[str, str] | None
    alert: str | None
    analysis: tuple[str, str, tuple[tuple[str, str], ...]] | None
    missing: tuple[Reason, ...]
    may_close: bool
    withheld: bool
    notes: tuple[tuple[str, str], ...]
    able: tuple[tuple[str, str], ...]  # who could take a seat: (reference, name)
    reserve: int


def account_of(actor: Actor, ref: str, stage: str, now: datetime) -> Account:
    """Every figure between the sheets and the result. For who runs the program and who closes the stage."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        if not counts_sheets(case, stage, actor):
            raise NotFound
        entry, kind = entry_at(case, stage), case.book.definition.stages.get(stage)
        if entry is None or not isinstance(kind, ScoreStage):
            raise NotFound
        where = draws.setting_of(session, case.round.ref, stage)
        return _account(session, case, kind, entry, where, actor, now)


def _account(
    session: Session, case: Case, stage: ScoreStage, entry: Entry, where: Setting, actor: Actor, now: datetime
) -> Account:
    definition, state = case.book.definition, case.application.state
    derivation = scoring.derive(case.book, case.application, entry)
    sheet = definition.scoring.sheets[derivation.sheet]
    raters = raters_of(session, case, entry, derivation)
    by_account = _names_by_account(case, entry, raters)
    kept = queries.reasons_at(session, case.row.id)
    attempts = {review.item_no: review.attempt for review in state.reviews_of(entry.no)}
    here = entry.left_at is None and state.status is Status.OPEN
    may_close = here and closes(case, actor)
    work = Work(case.book, case.application, Action("close", None, {}), actor, now)
    return Account(
        ref=case.row.ref,
        version=state.version,
        number=state.number or "",
        name=cases.person_name(session, case.row) or "",
        setting=where,
        sheet=sheet.name,
        combine=derivation.combine,
        standing=standing_of(case, stage, entry, derivation),
        raters=raters,
        criteria=tuple(
            (key, each.name)
            for key, each in sheet.criteria.items()
            if each.at in (None, stage.key) and each.type not in ("computed", "veto")
        ),
        reasons={(item, key): text for (item, attempt, key), text in kept.items() if attempts.get(item) == attempt},
        lines=tuple(_reckoned(case, sheet, figure, stage.key, by_account) for figure in derivation.figures),
        total=shown(derivation.total),
        exact=str(derivation.exact),
        complete=derivation.complete,
        pass_mark=shown(Fraction(sheet.pass_)) if sheet.pass_ is not None else None,
        effect=derivation.effect,
        vetoes=tuple(sheet.criteria[key].name for key in derivation.vetoes),
        valid=derivation.valid,
        wanted=derivation.wanted,
        least=score_count.enough(stage),
        spread=shown(derivation.spread),
        alarm=alarm_of(stage, derivation, raters),
        alert=f"{stage.spread_alert:f}" if stage.spread_alert is not None else None,
        analysis=_analysis(derivation, by_account),
        missing=tuple(score_count.close_missing(work)) if may_close else (),
        may_close=may_close,
        withheld=entry in withheld_entries(definition, state, stage.key),
        notes=_notes(session, case, entry),
        able=_able(session, case, stage, where, now) if may_close and stage.choose != "everyone" else (),
        reserve=_reserve(case, entry),
    )


def _names_by_account(case: Case, entry: Entry, raters: Sequence[Rater]) -> dict[int, str]:
    named = {rater.item: rater.name for rater in raters}
    return {review.by: named.get(review.item_no, "") for review in case.application.state.reviews_of(entry.no)}


def _reckoned(case: Case, sheet: Sheet, figure: Figure, stage: str, names: Mapping[int, str]) -> Reckoned:
    definition = case.book.definition
    return Reckoned(
        sheet.criteria[figure.key].name,
        definition.stages[figure.stage].name,
        f"{figure.weight:f}",
        figure.stage == stage,
        tuple(
            (
                definition.roles[part.role].name,
                tuple((names.get(rater, ""), finely(points), rater in part.aside) for rater, points in part.points),
                finely(part.value),
            )
            for part in figure.roles
        ),
        finely(figure.value),
        finely(figure.earned),
        figure.computed,
    )


def _analysis(derivation: Derivation, names: Mapping[int, str]) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    found = derivation.analysis
    if found is None:
        return None
    without = tuple((names.get(rater, ""), shown(total)) for rater, total in found.without)
    return shown(found.plain), shown(found.trimmed), without


# -- beside the figures ------------------------------------------------------------------------------------------------
def _notes(session: Session, case: Case, entry: Entry) -> tuple[tuple[str, str], ...]:
    """What was written when the sheets were counted, opened again or a rater replaced."""
    kinds = {"scored", "review_reopened", "rater_replaced"}
    facts = [each for each in timeline.facts_of(session, case.row.id) if each.entry_no == entry.no]
    return tuple((fact.kind, text) for fact in facts if fact.kind in kinds for _, text in sorted(fact.remarks.items()))


def _able(
    session: Session, case: Case, stage: ScoreStage, where: Setting, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Who could sit here instead of somebody."""
    seated = {item.holder_id for item in case.application.state.items if is_seat(case.book.definition, item)}
    found = []
    for role in stage.raters:
        for one in cases.bound_to(session, role, where.program_id, now):
            if one.id in seated:
                continue
            if why_not(case.book, case.application, stage, role, actor_of(one.id, now), now) is None:
                found.append((one.ref, one.name))
    return tuple(dict.fromkeys(found))


def _reserve(case: Case, entry: Entry) -> int:
    panel = case.application.state.panel_of(entry.no)
    return sum(len(known) for known in panel.reserve.values()) if panel is not None else 0
