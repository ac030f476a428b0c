"""For whoever closes a stage of scoring: the list of its cases, how far the raters are, what the sheets come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from models.base import reading
from models.queries import cases
from models.queries import scoring as queries
from workflow.domain import scoring
from workflow.domain.actor import Actor
from workflow.domain.application import Entry, Item, Status
from workflow.domain.errors import NotFound
from workflow.domain.marks import shown
from workflow.domain.policy import CaseSubject, Permission, can, is_seat, runs
from workflow.domain.program.schema import Label, ScoreStage
from workflow.domain.scope import scope_of
from workflow.domain.scoring import Derivation
from workflow.domain.stages import score_count
from workflow.domain.told import Review
from workflow.domain.unpublished import withheld_entries
from workflow.services import draws
from workflow.services.casework import Case, open_cases
from workflow.services.draws import Setting, holds_office

PAGE = 100


@dataclass(frozen=True)
class Rater:
    """One seat: whose, and how far. `item` is the number by which acts name it."""

    item: int
    group: Label  # the role in which they rate
    name: str
    state: str  # open, submitted
    total: str | None
    aside: bool
    at: datetime | None
    seat: bool
    imported: bool
    left_out: Mapping[str, str]  # criterion -> points as given


@dataclass(frozen=True)
class Row:
    """One case of the list. `standing`: unseated, rating, ready, closed, held."""

    ref: str
    number: str
    name: str
    track: Label | None
    standing: str
    raters: tuple[Rater, ...]
    valid: int
    wanted: int
    total: str | None
    effect: str | None
    complete: bool
    spread: str | None
    alarm: tuple[str, str] | None  # who gave the highest and the lowest sheet
    withheld: bool


@dataclass(frozen=True)
class Board:
    setting: Setting
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    more: int | None
    may_close: bool
    may_publish: bool
    withheld: int
    still: int
    draws: tuple[draws.Kept, ...]
    tracks: Mapping[str, Label]
    able: Mapping[str, tuple[Label, int, tuple[tuple[str, str], ...]]]  # role -> (name, seats, who could be assigned)


def board(actor: Actor, round_ref: str, stage: str, now: datetime, after: int = 0) -> Board:
    with reading() as session:
        where = draws.setting_of(session, round_ref, stage)
        ids = queries.cases_at(session, scope_of(actor), where.round_id, stage, after=after, most=PAGE + 1)
        found = open_cases(session, ids[:PAGE])
        mine = [case for case in found if counts_sheets(case, stage, actor)]
        if not mine and not holds_office(where, actor):
            raise NotFound
        names = queries.names_of_people(session, [case.row.id for case in mine])
        rows = tuple(_row(session, case, stage, names.get(case.row.id, "")) for case in mine)
        withheld = queries.withheld_at(session, scope_of(actor), where.round_id, stage)
        publisher = any(runs(actor, case.book.definition, case.application) for case in mine)
        return Board(
            where,
            rows,
            {key: sum(1 for row in rows if row.standing == key) for key in ("unseated", "rating", "ready", "closed")},
            ids[PAGE - 1] if len(ids) > PAGE else None,
            any(closes(case, actor) for case in mine),
            publisher and where.stage.reveal == "later",
            len(withheld),
            queries.still_at(session, scope_of(actor), where.round_id, stage),
            draws.kept(session, where),
            {key: track.name for key, track in where.definition.tracks.items()},
            _assignable(session, where, now) if where.stage.choose == "assign" else {},
        )


def _assignable(
    session: Session, where: Setting, now: datetime
) -> dict[str, tuple[Label, int, tuple[tuple[str, str], ...]]]:
    """Who holds a rating role; whether somebody may judge a certain case is asked when they are assigned."""
    return {
        role: (
            where.definition.roles[role].name,
            number,
            tuple((one.ref, one.name) for one in cases.bound_to(session, role, where.program_id, now)),
        )
        for role, number in where.stage.raters.items()
    }


def counts_sheets(case: Case, stage: str, actor: Actor) -> bool:
    """Who runs the program, and who closes this stage; a rater never."""
    definition, application = case.book.definition, case.application
    if can(actor, Permission.APPLICATION_RUN, CaseSubject(definition, application)):
        return True
    return application.state.stage == stage and closes(case, actor)


def closes(case: Case, actor: Actor) -> bool:
    return can(actor, Permission.SCORE_CLOSE, CaseSubject(case.book.definition, case.application))


def entry_at(case: Case, stage: str) -> Entry | None:
    """The newest stay in a stage that was not passed over."""
    entries = case.application.state.entries
    return next((each for each in reversed(entries) if each.stage == stage and each.effect != "skipped"), None)


def _row(session: Session, case: Case, stage: str, name: str) -> Row:
    entry, kind = entry_at(case, stage), case.book.stage(stage)
    if entry is None or not isinstance(kind, ScoreStage):
        raise NotFound
    derivation = scoring.derive(case.book, case.application, entry)
    raters = raters_of(session, case, entry, derivation)
    closed = next((each for each in case.application.state.scores if each.entry_no == entry.no), None)
    tracks = case.book.definition.tracks
    return Row(
        case.row.ref,
        case.application.state.number or "",
        name,
        tracks[case.application.track].name if case.application.track in tracks else None,
        standing_of(case, kind, entry, derivation),
        raters,
        derivation.valid,
        derivation.wanted,
        shown(closed.total if closed is not None else derivation.total) if derivation.valid else None,
        closed.effect if closed is not None else derivation.effect if derivation.valid else None,
        derivation.complete,
        shown(derivation.spread) if derivation.valid > 1 else None,
        alarm_of(kind, derivation, raters),
        entry in withheld_entries(case.book.definition, case.application.state, stage),
    )


def standing_of(case: Case, stage: ScoreStage, entry: Entry, derivation: Derivation) -> str:
    state = case.application.state
    if entry.left_at is not None:
        return "closed"
    if state.status is not Status.OPEN:
        return "held"
    if stage.choose != "everyone" and state.panel_of(entry.no) is None:
        return "unseated"
    return "ready" if derivation.valid >= derivation.wanted else "rating"


def alarm_of(stage: ScoreStage, derivation: Derivation, raters: Sequence[Rater]) -> tuple[str, str] | None:
    if not score_count.is_alarming(stage, derivation):
        return None
    given = [(Fraction(each.total), each.name) for each in raters if each.total is not None]
    return max(given)[1], min(given)[1]


def raters_of(session: Session, case: Case, entry: Entry, derivation: Derivation) -> tuple[Rater, ...]:
    """Every sheet of a stay that is owed or counts, in the order of the seats."""
    state = case.application.state
    reviews = {review.item_no: review for review in state.reviews_of(entry.no)}
    items = [
        item
        for item in state.items
        if item.entry_no == entry.no and item.duty == "act" and (item.is_open or item.no in reviews)
    ]
    accounts = [item.holder_id or 0 for item in items] + [review.by for review in reviews.values()]
    names = queries.accounts_named(session, accounts)
    return tuple(_rater(case, item, reviews.get(item.no), names, derivation) for item in items)


def _rater(
    case: Case, item: Item, review: Review | None, names: Mapping[int, tuple[str, str]], derivation: Derivation
) -> Rater:
    account = review.by if review is not None else item.holder_id
    return Rater(
        item.no,
        case.book.definition.roles[item.role].name,
        names[account][1] if account is not None and account in names else "",
        "submitted" if review is not None else "open",
        shown(review.total) if review is not None else None,
        review is not None and review.by in derivation.aside,
        review.at if review is not None else None,
        is_seat(case.book.definition, item),
        review is not None and review.source is not None,
        {key: shown(value) for key, value in review.raw.items()} if review is not None else {},
    )
