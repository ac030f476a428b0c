"""What a version did to the cases that run: which of its changes reached how many, and what was decided about it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow, Remark
from models.base import literal_state, reading
from models.evidence import EventRow, Stream, StreamKind
from models.programs import COMPOSED, Program, ProgramVersion
from models.rounds import Round
from models.studio import Adoption
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.program.compare import Change, Reach, compare
from workflow.domain.program.problems import Path
from workflow.domain.program.wordwise import Piece, pieces_of
from workflow.domain.words import Words
from workflow.services.rulebooks import definition_of
from workflow.services.studio import adopting, adopting_moving, drafts
from workflow.services.studio.adopting import Adopted
from workflow.services.studio.adopting_looks import looks_of
from workflow.services.studio.adopting_plan import Choice, planned
from workflow.services.studio.wording import unpacked


@dataclass(frozen=True)
class Affected:
    """One change, and how many running cases it reaches by itself or could reach if it is chosen."""

    path: Path
    words: Words
    reach: Reach
    reached: int
    choosable: int
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Reached:
    """One change. `reached`: running cases that follow it by now; `choosable`: those that would if it were chosen."""

    path: Path
    words: Words
    reach: Reach
    reached: int
    choosable: int
    pieces: tuple[Piece, ...] = ()

    @property
    def spelled(self) -> str:
        return spelled(self.path)


@dataclass(frozen=True)
class Decision:
    """One adoption, by whom and why; `may_revert`: it moved something and was not taken back. `rounds_only`: the names
    of the rounds that it was narrowed to; `cases_only`: to how many single cases."""

    key: str
    at: datetime
    by: str
    cases: int
    rounds: int
    chosen: int
    reason: str
    back_at: datetime | None
    rounds_only: tuple[str, ...] = ()
    cases_only: int = 0

    @property
    def may_revert(self) -> bool:
        return self.back_at is None and bool(self.cases or self.rounds)


@dataclass(frozen=True)
class After:
    """`waits`: something reaches running cases by itself and nobody has asked for it yet. `going_on`: what is being
    carried out now, of this version or another one of the program."""

    version_id: int
    ref: str
    name: str
    number: int
    changes: tuple[Reached, ...]
    decisions: tuple[Decision, ...]
    waits: bool
    going_on: Adopted | None = None


def spelled(path: Path) -> str:
    return " › ".join(path)


def shown(ref: str, number: int, actor: Actor) -> After:
    """Of one version of a program, by the program's ref and the version's number."""
    drafts.may(actor)
    with reading() as session:
        version, name = _version(session, ref, number)
        left = affected(version.id, actor)
        counts = _followed(session, version)
        changes = list(_changes(session, version, left, counts))
        decisions = tuple(_decisions(session, version))
        now = session.scalars(
            select(Adoption).where(
                Adoption.program_id == version.program_id, Adoption.state == literal_state("running")
            )
        ).first()
        waits = not decisions and now is None and any(one.reached for one in left)
        going_on = adopting.adopted(now) if now is not None else None
        return After(version.id, ref, name, number, tuple(changes), decisions, waits, going_on)


def affected(version_id: int, actor: Actor) -> Sequence[Affected]:
    """Of each change of a published version: how many running cases it reaches by itself, and could reach if chosen."""
    drafts.may(actor)
    with reading() as session:
        plan = planned(session, version_id, Choice())
        found: dict[Path, Change] = {}
        counts: dict[Path, list[int]] = defaultdict(lambda: [0, 0])
        for look in looks_of(session, plan.target):
            reaching = plan.reaching(look.version_id, look.round_id, None, look.standing, look.stage)
            by_itself = {one.path for one in reaching}
            for change in plan.changes(look.version_id):
                found.setdefault(change.path, change)
                counts[change.path][0] += change.path in by_itself
                counts[change.path][1] += change.reach in ("round", "ask")
    return [
        Affected(one.path, one.words, one.reach, counts[path][0], counts[path][1], pieces_of(one))
        for path, one in found.items()
    ]


def _version(session: Session, ref: str, number: int) -> tuple[ProgramVersion, str]:
    found = session.execute(
        select(ProgramVersion, Program.name)
        .join(Program, Program.id == ProgramVersion.program_id)
        .where(Program.ref == ref, ProgramVersion.number == number, ProgramVersion.number < COMPOSED)
    ).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def _changes(
    session: Session, version: ProgramVersion, left: Sequence[Affected], counts: Mapping[str, int]
) -> Iterator[Reached]:
    """Those since the version before it, and those that older cases still have before them."""
    choosable = {one.path: one.choosable for one in left}
    before = session.scalars(
        select(ProgramVersion).where(
            ProgramVersion.program_id == version.program_id, ProgramVersion.number == version.number - 1
        )
    ).first()
    made = compare(definition_of(before), definition_of(version)) if before is not None else ()
    known = {change.path for change in made}
    told: list[Change | Affected] = [*made, *(one for one in left if one.path not in known)]
    for change in told:
        pieces = pieces_of(change) if isinstance(change, Change) else change.pieces
        reached, left_to_choose = counts.get(spelled(change.path), 0), choosable.get(change.path, 0)
        yield Reached(change.path, change.words, change.reach, reached, left_to_choose, pieces)


def _followed(session: Session, version: ProgramVersion) -> Counter[str]:
    """Change -> the cases that were moved by it and not back again."""
    rows = session.execute(
        select(Stream.subject_id, EventRow.body)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .join(ApplicationRow, ApplicationRow.id == Stream.subject_id)
        .where(
            Stream.kind == StreamKind.APPLICATION.value,
            ApplicationRow.program_id == version.program_id,
            EventRow.kind == "rebased",
        )
        .order_by(Stream.subject_id, EventRow.seq)
    )
    moves: dict[int, list[Collection[str]]] = defaultdict(list)
    for subject, body in rows:
        if body.get("towards") != version.id:
            continue
        if not body.get("back"):
            moves[subject].append(body.get("changes") or ())
        elif moves[subject]:
            moves[subject].pop()
    return Counter(path for taken in moves.values() for path in {path for paths in taken for path in paths})


def _decisions(session: Session, version: ProgramVersion) -> Iterator[Decision]:
    """The newest first."""
    rows = session.execute(
        select(EventRow.kind, EventRow.at, EventRow.body, Account.name, Remark.body)
        .join(Stream, Stream.id == EventRow.stream_id)
        .outerjoin(Account, Account.id == EventRow.actor_id)
        .outerjoin(
            Remark,
            and_(Remark.stream_id == EventRow.stream_id, Remark.seq == EventRow.seq, Remark.field == "reason"),
        )
        .where(
            Stream.kind == StreamKind.PROGRAM.value,
            Stream.subject_id == version.program_id,
            EventRow.kind.in_(["version_adopted", "version_adoption_reverted"]),
        )
        .order_by(EventRow.seq.desc())
    ).all()
    told = [(kind, at, body, by or "", why or "") for kind, at, body, by, why in rows if body["version"] == version.id]
    rows_of = {row.key: row for row in session.scalars(select(Adoption).where(Adoption.version_id == version.id))}
    named = select(Round.ref, Round.name).where(Round.program_id == version.program_id)
    rounds = {row.ref: row.name for row in session.execute(named)}
    back = {body["adoption"]: at for kind, at, body, _, _ in told if kind == "version_adoption_reverted"}
    for kind, at, body, by, why in told:
        if kind == "version_adopted":
            key = body["adoption"]
            row = rows_of.get(key)
            only = tuple(rounds.get(ref, ref) for ref in row.rounds) if row is not None else ()
            single = len(row.cases) if row is not None else 0
            yield Decision(key, at, by, body["cases"], body["rounds"], body["chosen"], why, back.get(key), only, single)


@dataclass(frozen=True)
class Outcome:
    """What came of one decision: how far it is, the numbers of the cases it moved, those that stay and why."""

    adopted: Adopted
    moved: tuple[str, ...]
    aside: tuple[tuple[Words, tuple[str, ...]], ...]


def outcome(version_id: int, key: str, actor: Actor) -> Outcome:
    """Of the adoption, or the way back, with this key. A case without a number is being written."""
    drafts.may(actor)
    with reading() as session:
        row = session.scalars(select(Adoption).where(Adoption.key == key, Adoption.version_id == version_id)).first()
        if row is None:
            raise NotFound
        done = adopting.adopted(row)
        moves = adopting_moving.told(session, row.program_id, StreamKind.APPLICATION, "rebased", row.key)
        refs = [ref for _, refs in row.aside for ref in refs]
        known = select(ApplicationRow.id, ApplicationRow.ref, ApplicationRow.number)
        rows = session.execute(
            known.where(ApplicationRow.id.in_(moves) | ApplicationRow.ref.in_(refs)).order_by(ApplicationRow.id)
        ).all()
        by_ref = {each.ref: each.number or "" for each in rows}
    moved = tuple(each.number or "" for each in rows if each.id in moves)
    aside = tuple((unpacked(words), tuple(by_ref.get(ref, "") for ref in refs)) for words, refs in row.aside)
    return Outcome(done, moved, aside)
