"""One meeting as its board shows it: the list with its line, the room, what was entered, what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from models.base import reading
from models.meetings import Meeting, MeetingState
from models.queries import meetings as queries
from models.queries import scoring as scores
from models.queries.meetings import Named
from workflow.domain import marks, pool_vote
from workflow.domain.actor import Actor
from workflow.domain.application import Application
from workflow.domain.ballots import Base, Tally, needed
from workflow.domain.errors import NotAllowed, Reason
from workflow.domain.pool_vote import Count, Paper, Sitting
from workflow.domain.program.schema import Definition, Field, Label, VoteStage
from workflow.domain.quotas import Band, Places, track_group
from workflow.domain.ranking import Line, Placing
from workflow.domain.recounting import Judged
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages import vote
from workflow.services import meetings_record
from workflow.services.meetings import Opened, keeps, open_meeting, runs_round
from workflow.services.meetings_casting import box_of
from workflow.services.meetings_pool import (
    TOO_NEAR,
    book_for,
    held_places,
    light_cases,
    paper_of,
    pool_of,
    sitting_of,
    whole_places,
)
from workflow.services.meetings_sitting import draft_of


@dataclass(frozen=True)
class Member:
    account: int
    ref: str
    name: str
    present: bool | None


@dataclass(frozen=True)
class BoardLine:
    """One case on the list. `barred`: members whom a conflict takes out; `recused`: those and who left the room."""

    case: int
    ref: str
    number: str
    name: str
    organization: str
    track: Label | str
    total: str | None
    first: str | None
    placing: Placing
    count: Count
    paper: Paper
    barred: frozenset[int] = frozenset()
    recused: frozenset[int] = frozenset()
    tied: bool = False  # in a tie that must still be settled
    judged: Judged | None = None  # what the raters gave


@dataclass(frozen=True)
class Beside:
    """A case that is not decided on: it has not come so far, or was left out."""

    case: int
    ref: str
    number: str
    name: str
    organization: str
    track: Label | str
    stage: Label | None
    status: str
    left_out: bool
    reason: str


@dataclass(frozen=True)
class Floor:
    """How far a track's floor or cap is filled by the line as it stands; `held`: by earlier meetings."""

    name: Label | str
    passed: int
    held: int
    band: Band

    @property
    def enough(self) -> bool:
        return self.passed >= self.band.at_least


@dataclass(frozen=True)
class Board:
    ref: str
    name: str
    held_at: datetime
    place: str
    state: str
    version: int
    closed_at: datetime | None
    round_ref: str
    round_name: str
    organization: str | None
    definition: Definition
    stage: VoteStage
    members: tuple[Member, ...]
    lines: tuple[BoardLine, ...]
    beside: tuple[Beside, ...]
    places: Places
    floors: tuple[Floor, ...]
    held: int  # places that earlier meetings gave
    base: Base
    needed: int  # of everybody present, nobody recused
    reasons: tuple[Reason, ...] = ()  # `where` names cases by their reference
    draft: Mapping[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None
    minutes: str | None = None  # the name of the uploaded minutes
    asked: Mapping[str, Field] = field(default_factory=dict)  # of the stage's `record:`, beside the minutes
    recorded: Mapping[str, Any] = field(default_factory=dict)
    record_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names, by field
    withheld: int = 0  # results that those outside do not see yet
    next_up: str | None = None  # the number of the alternate who would move up now
    waiting: int = 0
    voters: int = 0  # members who cast ballots themselves
    boxed: int = 0  # cases with ballots that were not counted yet
    kept: bool = True  # by the reader; who only runs the round looks on
    run: bool = False  # by the reader

    @property
    def is_open(self) -> bool:
        return self.state == MeetingState.CALLED.value

    @property
    def takes_entries(self) -> bool:
        """Whether its reader may enter anything."""
        return self.is_open and self.kept

    @property
    def voted(self) -> int:
        return sum(line.count.tally is not None for line in self.lines)

    @property
    def alternates(self) -> int:
        return sum(line.placing.result == "alternate" for line in self.lines)


def board(actor: Actor, ref: str, now: datetime) -> Board:
    with reading() as session:
        opened = open_meeting(session, actor, ref, runs=True)
        is_final = opened.row.state == MeetingState.FINAL.value
        found = _final(session, actor, opened, now) if is_final else _standing(session, actor, opened, now)
        kept = keeps(actor, opened.round, opened.stage, opened.organization)
        return replace(found, kept=kept, run=runs_round(actor, opened))


# -- while it sits -----------------------------------------------------------------------------------------------------
def _standing(session: Session, actor: Actor, opened: Opened, now: datetime) -> Board:
    pool = pool_of(session, actor, opened)
    book, stage = book_for(session, opened), opened.stage
    sitting = sitting_of(session, opened, pool, now)
    line = pool_vote.line_of(book, stage, sitting, pool)
    names = queries.names_of(session, [case.id for case in pool])
    known = {case.id: case for case in pool}
    tied = {case for tie in line.ties for case in tie}
    lines = []
    for placing in line.placings:
        case = known[placing.case]
        total = vote.total_of(book, stage, case)
        first = vote.first_criterion_of(book, stage, case)
        lines.append(
            BoardLine(
                **_who(opened.definition, names[case.id], case),
                total=None if total is None else marks.shown(total),
                first=None if first is None else marks.shown(first),
                placing=placing,
                count=pool_vote.count_of(stage, sitting, case.id),
                paper=sitting.paper(case.id),
                barred=sitting.barred.get(case.id, frozenset()),
                recused=sitting.recused(case.id),
                tied=case.id in tied,
                judged=pool_vote.judged_of(book, stage, case),
            )
        )
    draft, box = draft_of(session, actor, opened.row.id), box_of(session, opened.row.id)
    missing = pool_vote.missing(book, stage, sitting, pool) if opened.row.state == MeetingState.CALLED.value else []
    return _board(
        session,
        opened,
        sitting.places,
        lines,
        now,
        beside=tuple(_beside(opened, sitting, names, case) for case in pool if case.id not in _listed(line)),
        base=sitting.base(0),
        reasons=tuple(_named(each, names) for each in missing),
        draft=draft.body if draft is not None else {},
        saved_at=draft.saved_at if draft is not None else None,
        voters=box.voters,
        boxed=box.cases,
    )


def _listed(line: Line) -> set[int]:
    return {placing.case for placing in line.placings}


def _track(definition: Definition, key: str) -> Label | str:
    known = definition.tracks.get(key)
    return known.name if known is not None else key


def _who(definition: Definition, named: Named, case: Application) -> dict[str, Any]:
    return {
        "case": case.id,
        "ref": named.ref,
        "number": named.number or "",
        "name": named.name,
        "organization": named.organization or "",
        "track": _track(definition, case.track),
    }


def _beside(opened: Opened, sitting: Sitting, names: Mapping[int, Named], case: Application) -> Beside:
    paper = sitting.paper(case.id)
    stage = opened.definition.stages.get(case.state.stage or "")
    return Beside(
        **_who(opened.definition, names[case.id], case),
        stage=stage.name if stage is not None else None,
        status=case.state.status.value,
        left_out=paper.left_out,
        reason=paper.reason,
    )


def _named(reason: Reason, names: Mapping[int, Named]) -> Reason:
    """`case.17.tally` becomes `<reference>.tally`: pages know cases by their references."""
    parts = (reason.where or "").split(".")
    if parts[0] != "case":
        return reason
    return Reason(reason.words, ".".join([names[int(parts[1])].ref, *parts[2:]]))


# -- after 定稿 --------------------------------------------------------------------------------------------------------
def _final(session: Session, actor: Actor, opened: Opened, now: datetime) -> Board:
    """As the meeting's chain keeps it: nothing is computed again."""
    told = queries.told_of(session, opened.row.id, "line_drawn")
    body = told.body if told is not None else {"order": [], "total": None, "alternates": 0, "bands": []}
    ids = [each["case"] for each in body["order"]]
    if len(queries.seen_of(session, scope_of(actor), ids)) < len(ids):
        raise NotAllowed(TOO_NEAR)
    names = queries.names_of(session, ids)
    papers = {case: paper_of(line) for case, line in queries.papers(session, opened.row.id).items()}
    cases = {case.id: case for case in light_cases(session, opened.round, queries.rows_of(session, ids))}
    lines = [
        _kept_line(opened, book_for(session, opened), each, names[each["case"]], papers, cases[each["case"]])
        for each in body["order"]
    ]
    bands = {group: Band(at_least, at_most) for group, at_least, at_most in body["bands"]}
    places = Places(body["total"], bands, body["alternates"])
    waiting = light_cases(session, opened.round, queries.rows_of(session, queries.alternates(session, opened.row)))
    following = pool_vote.next_up(
        whole_places(session, opened, now), waiting, opened.stage.key, held_places(session, opened, now)
    )
    left_out = [case for case, paper in papers.items() if paper.left_out]
    gone = queries.names_of(session, left_out)
    return _board(
        session,
        opened,
        places,
        lines,
        now,
        beside=tuple(_kept_beside(gone[case], case, papers[case]) for case in left_out),
        base=Base(len(body.get("members", ())), len(body.get("present", ()))),
        withheld=len(scores.withheld_at(session, scope_of(actor), opened.round.id, opened.stage.key)),
        next_up=following.state.number if following is not None else None,
        waiting=len(waiting),
    )


def _kept_line(
    opened: Opened,
    book: Rulebook,
    body: Mapping[str, Any],
    named: Named,
    papers: Mapping[int, Paper],
    case: Application,
) -> BoardLine:
    definition, total = opened.definition, vote.total_of(book, opened.stage, case)
    counted_since = total is None or marks.shown(total) != body["total"]
    tally = None if body.get("for") is None else Tally(body["for"], body["against"], body["abstained"])
    placing = Placing(
        body["case"],
        body["rank"],
        body["by"],
        body["result"],
        body["how"],
        body["group"],
        body["alternate"],
        body["grade"],
    )
    track = next((group for group in body["groups"] if group.startswith("track:")), "track:").removeprefix("track:")
    return BoardLine(
        case=body["case"],
        ref=named.ref,
        number=named.number or "",
        name=named.name,
        organization=named.organization or "",
        track=_track(definition, track),
        total=body["total"],
        first=None if body["first"] is None else marks.shown(Fraction(body["first"])),
        placing=placing,
        count=Count(Base(body["members"], body["present"]), body["needed"], tally, body["carried"]),
        paper=papers.get(body["case"], Paper()),
        recused=frozenset(body["recused"] or ()),
        judged=None if counted_since else pool_vote.judged_of(book, opened.stage, case),
    )


def _kept_beside(named: Named, case: int, paper: Paper) -> Beside:
    return Beside(
        case, named.ref, named.number or "", named.name, named.organization or "", "", None, "", True, paper.reason
    )


# -- both --------------------------------------------------------------------------------------------------------------
def _board(
    session: Session, opened: Opened, places: Places, lines: Sequence[BoardLine], now: datetime, **more: Any
) -> Board:
    row: Meeting = opened.row
    held = held_places(session, opened, now)
    base: Base = more["base"]
    return Board(
        ref=row.ref,
        name=row.name,
        held_at=row.held_at,
        place=row.place,
        state=row.state,
        version=row.version,
        closed_at=row.closed_at,
        minutes=row.minutes_name,
        asked=meetings_record.asked(opened.stage),
        recorded=meetings_record.words_of(opened.stage, row),
        record_files=meetings_record.names_of(opened.stage, row),
        round_ref=opened.round.ref,
        round_name=opened.round.name,
        organization=opened.organization.name if opened.organization is not None else None,
        definition=opened.definition,
        stage=opened.stage,
        members=tuple(
            Member(seat.account_id, ref, name, seat.present) for seat, name, ref in queries.seats(session, row.id)
        ),
        lines=tuple(lines),
        places=places,
        floors=tuple(_floors(opened.definition, places, lines, held)),
        held=held[""],
        needed=needed(base.of(opened.stage.of), opened.stage.pass_),
        **more,
    )


def _floors(
    definition: Definition, places: Places, lines: Sequence[BoardLine], held: Mapping[str, int]
) -> Sequence[Floor]:
    passed = [line for line in lines if line.placing.result == "passed"]
    return [
        Floor(track.name, sum(line.track == track.name for line in passed), held.get(track_group(key), 0), band)
        for key, track in definition.tracks.items()
        if (band := places.bands.get(track_group(key))) is not None
    ]
