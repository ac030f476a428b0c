"""A rater's desk: the sheet to fill in, what was typed so far, and handing it in.

What is typed is kept as it was typed, right or wrong; it is neither an event nor a version. Handing in freezes it.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.queries import cases
from models.queries import scoring as queries
from models.scores import ReviewDraft
from models.work import WorkItem
from workflow.domain import marks, scoring
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Duty, Item, Status
from workflow.domain.errors import MovedOn, NotFound
from workflow.domain.policy import CaseSubject, Permission, can, is_seat
from workflow.domain.program.schema import Criterion, Label, ScoreStage, Sheet
from workflow.domain.stages.score_sheet import points_given
from workflow.services import actions, declarations
from workflow.services.actions import Acted, answered_before, carry_out, in_words, keep_answer
from workflow.services.casework import Case, open_case
from workflow.services.queues import queue_of

LONGEST = 2000  # characters of one typed text
PARTS = ("points", "level", "reason", "veto")
NOTE = "note"


@dataclass(frozen=True)
class Level:
    key: str
    low: str
    high: str
    start: str  # the figure a level begins with when it is picked by a key
    rubric: Label | None


@dataclass(frozen=True)
class Line:
    """One criterion of the sheet and what stands in it."""

    key: str
    name: Label
    type: str
    weight: str
    levels: tuple[Level, ...]
    most: str | None
    level: str
    points: str
    reason: str
    veto: str  # yes, no or nothing
    explain: bool  # a reason is needed for what stands there now
    earned: str | None  # what it adds to the total as it stands

    @property
    def is_rated(self) -> bool:
        return bool(self.veto if self.type == "veto" else self.points)


@dataclass(frozen=True)
class Sum:
    """What the sheet comes to as far as it is filled in."""

    earned: str | None
    rated: int


@dataclass(frozen=True)
class Desk:
    """`share` is how much of the whole sheet is judged here."""

    ref: str
    sheet: Label
    lines: tuple[Line, ...]
    share: str
    whole: bool
    reached: Sum
    explain_levels: tuple[str, ...]
    explain_from: str | None
    note: str
    saved_at: datetime | None
    declared_at: datetime | None  # when the rater said that they are not too near
    again: str | None  # why the sheet was opened once more
    done: int
    waiting: int


@dataclass(frozen=True)
class Saved:
    saved_at: datetime
    reached: Sum
    earned: Mapping[str, str | None]


# -- the desk ----------------------------------------------------------------------------------------------------------
def desk(ref: str, actor: Actor, now: datetime, typed: Mapping[str, str] | None = None) -> Desk:
    """The sheet of this item as its rater last left it; `typed` shows what a refused page held instead."""
    with reading() as session:
        case, item = _item(session, ref, actor)
        stage, sheet = _sheet(case, item)
        draft = _draft(session, case, item, actor)
        kept = dict(typed) if typed is not None else _typed(session, case, item, actor, draft)
        asked = scoring.asked_of(sheet, stage.key, item.role)
        lines = tuple(_line(case, key, each, kept) for key, each in asked.items())
        reached = sum_of(asked, kept)
        explain = case.book.definition.scoring.explain
        queue = queue_of(session, actor, now)
        here = (
            WorkItem.stage_key == item.stage,
            WorkItem.round_id == case.row.round_id,
            ApplicationRow.status == "open",
        )
        return Desk(
            ref=ref,
            sheet=sheet.name,
            lines=lines,
            share=f"{sum(each.weight for each in asked.values()):f}",
            whole=set(asked) == set(sheet.criteria),
            reached=reached,
            explain_levels=explain.levels,
            explain_from=f"{min(explain.marks):f}" if explain.marks else None,
            note=kept.get(NOTE, ""),
            saved_at=draft.saved_at if draft is not None else None,
            declared_at=declarations.declared_at(session, case.row.id, item.stage, actor),
            again=_why_again(case, item, actor),
            done=queries.handed_in(session, actor.account_id, case.row.round_id, item.stage),
            waiting=queue.count(queue.mine(), *here),
        )


def _item(session: Session, ref: str, actor: Actor, *, lock: bool = False) -> tuple[Case, Item]:
    place = cases.application_of_item(session, ref)
    if place is None:
        raise NotFound
    case = open_case(session, place[0], lock=lock)
    item = case.application.state.item(place[1])
    subject = CaseSubject(case.book.definition, case.application, item)
    if item is None or not can(actor, Permission.APPLICATION_READ, subject):
        raise NotFound
    declarations.require(session, case, actor)
    return case, item


def _sheet(case: Case, item: Item) -> tuple[ScoreStage, Sheet]:
    stage = case.book.stage(item.stage)
    sheet = case.book.definition.sheet_for(stage, case.application.track) if isinstance(stage, ScoreStage) else None
    if not isinstance(stage, ScoreStage) or sheet is None or item.duty is not Duty.ACT:
        raise NotFound
    return stage, sheet


def _draft(session: Session, case: Case, item: Item, actor: Actor) -> ReviewDraft | None:
    return session.get(ReviewDraft, (case.row.id, item.entry_no, actor.account_id or 0))


def _typed(session: Session, case: Case, item: Item, actor: Actor, draft: ReviewDraft | None) -> dict[str, str]:
    """The draft, else what the same rater handed in before the sheet was opened again."""
    if draft is not None:
        return dict(draft.body)
    last = queries.last_review(session, case.row.id, item.entry_no, actor.account_id or 0)
    if last is None or last.state != "reopened":
        return {}
    return as_typed(case.book.definition.scoring, queries.scores_of(session, last))


def as_typed(scale: Any, scores: Any) -> dict[str, str]:
    """A sheet that was handed in, as if it were typed anew."""
    kept: dict[str, str] = {}
    for each in scores:
        if each.points is None:
            kept[f"veto.{each.criterion}"] = "yes"
        else:
            points = Fraction(each.points, 100)
            kept[f"points.{each.criterion}"] = _plain(marks.shown(each.points))
            kept[f"level.{each.criterion}"] = marks.level_of(scale, points) or ""
        if each.reason:
            kept[f"reason.{each.criterion}"] = each.reason
    return kept


def _plain(shown: str) -> str:
    return shown.rstrip("0").rstrip(".")


def _line(case: Case, key: str, criterion: Criterion, kept: Mapping[str, str]) -> Line:
    scale = case.book.definition.scoring
    points = points_given(_tidy(kept.get(f"points.{key}", "")))
    most = marks.most_of(criterion)
    worth = marks.points_of(criterion, Fraction(points)) if points is not None else None
    return Line(
        key=key,
        name=criterion.name,
        type=criterion.type,
        weight=f"{criterion.weight:f}",
        levels=_levels(case, criterion) if criterion.type == "levels" else (),
        most=f"{most:f}" if most is not None else None,
        level=kept.get(f"level.{key}") or (marks.level_of(scale, points) or "" if points is not None else ""),
        points=kept.get(f"points.{key}", ""),
        reason=kept.get(f"reason.{key}", ""),
        veto=kept.get(f"veto.{key}", ""),
        explain=points is not None and marks.must_explain(scale, criterion, points),
        earned=marks.shown(worth * Fraction(criterion.weight) / 100) if worth is not None else None,
    )


def _levels(case: Case, criterion: Criterion) -> tuple[Level, ...]:
    """Picked by a key a level begins in its middle, below what would need a reason."""
    scale = case.book.definition.scoring
    marks = min(scale.explain.marks) if scale.explain.marks else None
    found = []
    for key, span in scale.levels.items():
        middle = (span.low + span.high) // 2
        start = min(middle, marks - 1) if marks is not None and span.low < marks else middle
        found.append(Level(key, f"{span.low:f}", f"{span.high:f}", f"{start:f}", criterion.rubric.get(key)))
    return tuple(found)


def sum_of(asked: Mapping[str, Criterion], kept: Mapping[str, str]) -> Sum:
    raw = {key: points_given(_tidy(kept.get(f"points.{key}", ""))) for key, each in asked.items()}
    worth = {key: marks.points_of(asked[key], Fraction(value)) for key, value in raw.items() if value is not None}
    earned = sum((points * Fraction(asked[key].weight) / 100 for key, points in worth.items()), Fraction(0))
    vetoes = sum(1 for key, each in asked.items() if each.type == "veto" and kept.get(f"veto.{key}"))
    return Sum(marks.shown(earned) if worth else None, len(worth) + vetoes)


def _why_again(case: Case, item: Item, actor: Actor) -> str | None:
    mine = [
        review
        for review in case.application.state.reviews
        if review.entry_no == item.entry_no and review.by == actor.account_id and review.state == "reopened"
    ]
    return "reopened" if mine else None


def _tidy(text: str) -> str:
    """Full-width figures are figures."""
    return unicodedata.normalize("NFKC", text).strip()


# -- saving ------------------------------------------------------------------------------------------------------------
def save(ref: str, typed: Mapping[str, str], actor: Actor, now: datetime) -> Saved:
    """Keep what was typed, right or wrong; what the page does not name stays. MovedOn: it was handed in meanwhile."""
    with writing() as session:
        case, item = _item(session, ref, actor, lock=True)
        stage, sheet = _sheet(case, item)
        item = _own(case, item, actor)
        asked = scoring.asked_of(sheet, stage.key, item.role)
        sent = {name: text[:LONGEST] for name, text in typed.items() if _is_known(name, asked)}
        before = _draft(session, case, item, actor)
        body = {**(before.body if before is not None else _typed(session, case, item, actor, None)), **sent}
        values = {
            "application_id": case.row.id,
            "entry_no": item.entry_no,
            "account_id": actor.account_id,
            "body": body,
            "saves": (before.saves if before is not None else 0) + 1,
            "saved_at": now,
        }
        on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        insert = on.insert(ReviewDraft).values(values)
        kept = {name: insert.excluded[name] for name in ("body", "saves", "saved_at")}
        session.execute(
            insert.on_conflict_do_update(index_elements=["application_id", "entry_no", "account_id"], set_=kept)
        )
        return Saved(
            now, sum_of(asked, body), {key: _line(case, key, each, body).earned for key, each in asked.items()}
        )


def _is_known(name: str, asked: Mapping[str, Criterion]) -> bool:
    part, _, key = name.partition(".")
    return name == NOTE or (part in PARTS and key in asked)


def _own(case: Case, item: Item, actor: Actor) -> Item:
    """The item that is meant; where a colleague took it meanwhile, another free sheet of the same stay."""
    state, definition = case.application.state, case.book.definition
    every = [item, *(each for each in state.open_items() if _is_like(each, item))]
    for each in every:
        if each.is_open and can(actor, Permission.ITEM_ACT, CaseSubject(definition, case.application, each)):
            return each
    raise MovedOn(())


def _is_like(one: Item, other: Item) -> bool:
    same = one.no != other.no and one.entry_no == other.entry_no and one.role == other.role
    return same and one.duty is Duty.ACT and one.holder_id is None and other.holder_id is None


# -- handing in --------------------------------------------------------------------------------------------------------
def submit(ref: str, typed: Mapping[str, str], actor: Actor, now: datetime, *, request_key: str | None = None) -> Acted:
    """Freeze the sheet. Nobody who judges beside is in the way: each answers an item of their own."""
    with writing() as session:
        before = answered_before(session, actor, request_key, (ref, "review", dict(typed)), now)
        if before is not None:
            return Acted(**{**before, "events": tuple(before["events"])})
        case, item = _item(session, ref, actor, lock=True)
        _sheet(case, item)
        try:
            mine = _own(case, item, actor)
        except MovedOn:
            raise MovedOn(_changes(session, case, item, actor)) from None
        action = Action("review", mine.no, inputs_of(typed))
        done = carry_out(session, case, action, actor, now)
        keep_answer(session, actor, request_key, vars(done))
        return in_words(session, case, action, done, ref, actor, now)


def _changes(session: Session, case: Case, item: Item, actor: Actor) -> Any:
    """Beside a seat of one's own nothing is said: what changed may be another rater's doing."""
    blind = is_seat(case.book.definition, item) or case.application.state.status is not Status.OPEN
    return () if blind else actions.changes_since(session, case.row.id, None)


def inputs_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """What the page held, as the act understands it."""
    found: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    for name, text in typed.items():
        part, _, key = name.partition(".")
        if part in found and key and text.strip():
            found[part][key] = _tidy(text) if part == "points" else text.strip()
    vetoes = {key: value == "yes" for key, value in found["veto"].items() if value in ("yes", "no")}
    return {
        "points": found["points"],
        "levels": found["level"],
        "reasons": found["reason"],
        "vetoes": vetoes,
        NOTE: typed.get(NOTE, ""),
    }
