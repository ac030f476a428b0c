"""What if: applications of the past judged once more under a draft. Reads only; nobody's verdict changes by it.

They are read so many at a time and let go again; what is kept of one is a line, and of one that would come out the
same only its totals, until everybody's place is known.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.programs import Program
from models.rounds import Round
from models.studio import TrialKind
from workflow.domain.actor import Actor
from workflow.domain.application import UNSUBMITTED
from workflow.domain.calendar import WorkCalendar
from workflow.domain.dryrun import CalledOff
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.program.schema import Definition, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.supposing import places, suppose
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.casework import Case, open_cases
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import calendar_of
from workflow.services.studio import drafts, trials
from workflow.services.studio.checking import loaded_among
from workflow.services.studio.supposing_kept import Line, Standing, Supposed, kept
from workflow.services.studio.trials import Taken

AT_ONCE = 200
MOST = 10_000
Watch = Callable[[int], bool]


def start(ref: str, actor: Actor, now: datetime, *, round_ref: str | None = None) -> str:
    """Those of one round, or of the whole program, the newest first; looked at by the next worker that is free."""
    drafts.may(actor)
    with writing() as session:
        row = drafts.row_of(session, ref)
        if loaded_among(row.text, published_tracks(session)).definition is None:
            raise NotReady([Reason(Words("草稿现在读不懂，改好才能试算"))])
        of = _round(session, row.key, round_ref)
        number = session.scalar(_past(row.key, of, func.count())) or 0
        if not number:
            raise NotReady([Reason(Words("这里还没有交上来的件，没有可以试算的"))])
        size = min(number, MOST)
        trial = trials.ask(session, row, actor, now, TrialKind.WHAT_IF, size=size, round_id=of)
        body = trials.told(trial)
        evidence.tell(session, StreamKind.INSTALLATION, 0, "program_what_if_asked", actor, now, body=body)
        return trial.ref


def _round(session: Session, key: str, ref: str | None) -> int | None:
    if ref is None:
        return None
    wanted = select(Round.id).join(Program, Program.id == Round.program_id)
    found = session.scalar(wanted.where(Program.key == key, Round.ref == ref))
    if found is None:
        raise NotFound
    return found


def _past(key: str, round_id: int | None, what: ColumnElement[Any]) -> Select[Any]:
    unsubmitted = [status.value for status in UNSUBMITTED]
    wanted = (
        select(what)
        .select_from(ApplicationRow)
        .join(Program, Program.id == ApplicationRow.program_id)
        .where(Program.key == key, ApplicationRow.status.not_in(unsubmitted), ApplicationRow.submitted_at.is_not(None))
    )
    return wanted if round_id is None else wanted.where(ApplicationRow.round_id == round_id)


def run(taken: Taken) -> None:
    with reading() as session:
        definition = loaded_among(taken.text, published_tracks(session)).definition
        newest = _past(taken.program_key, taken.round_id, ApplicationRow.id.expression)
        numbers = list(session.scalars(newest.order_by(ApplicationRow.id.desc()).limit(MOST)))
        calendar = calendar_of(session)
    if definition is None:
        raise NotReady([Reason(Words("草稿现在读不懂，改好才能试算"))])
    found = reckoned(definition, calendar, numbers, lambda looked: taken.watch(looked, looked))
    taken.done(kept(found), found.differing, found.looked, found.looked)


def reckoned(definition: Definition, calendar: WorkCalendar, numbers: Sequence[int], watch: Watch) -> Supposed:
    """`watch` is told how many were looked at; where it says no, CalledOff is raised."""
    book, sums = Rulebook(definition, 0, calendar), Sums()
    for start in range(0, len(numbers), AT_ONCE):
        if not watch(start):
            raise CalledOff
        with reading() as session:
            for case in open_cases(session, numbers[start : start + AT_ONCE]):
                sums.add(case, book)
    return sums.whole(definition)


class Sums:
    def __init__(self) -> None:
        self.looked = self.skipped = 0
        self.before: Counter[str] = Counter()
        self.after: Counter[str] = Counter()
        self.by: Counter[str] = Counter()
        self.names: dict[str, Label] = {}
        self.unreckoned: Counter[tuple[str, Words]] = Counter()
        self.lines: list[Line] = []
        self.totals: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)  # line, before, after

    def add(self, case: Case, book: Rulebook) -> None:
        self.looked += 1
        row, found = case.row, suppose(case.book, book, case.application)
        if found is None:
            self.skipped += 1
            return
        self.before[found.before] += 1
        self.after[found.after] += 1
        self.by.update(one.key for one in found.by)
        self.names |= {one.key: one.name for one in found.by}
        self.unreckoned.update(found.unreckoned.items())
        for sheet, (was, is_) in found.totals.items():
            self.totals[row.round_id, sheet].append((len(self.lines), was, is_))
        self.lines.append(Line(row.ref, row.number, row.track or "", row.channel, found.before, found.after, found.by))

    def whole(self, definition: Definition) -> Supposed:
        sheets = definition.scoring.sheets
        standings: dict[int, list[Standing]] = defaultdict(list)
        for number, standing in self._standings():
            standings[number].append(standing)
        lines = [
            replace(line, standings=tuple(standings.get(number, ())))
            for number, line in enumerate(self.lines)
            if line.by or number in standings
        ]
        return Supposed(
            looked=self.looked,
            skipped=self.skipped,
            before=self.before,
            after=self.after,
            differing=sum(bool(line.by) for line in lines),
            moved=len(standings),
            by=[(self.names[key], number) for key, number in self.by.most_common()],
            sheets={key: sheets[key].name for _, key in self.totals},
            unreckoned=[(sheets[key].name, why, number) for (key, why), number in self.unreckoned.most_common()],
            lines=sorted(lines, key=_foremost),
        )

    def _standings(self) -> Iterator[tuple[int, Standing]]:
        """Who would stand at another place, with the number of their line."""
        for (_, sheet), totals in self.totals.items():
            was, is_ = places(before for _, before, _ in totals), places(after for _, _, after in totals)
            for number, before, after in totals:
                if was[before] != is_[after]:
                    yield number, Standing(sheet, was[before], is_[after], len(totals))


def _foremost(line: Line) -> tuple[bool, bool, int]:
    """Whose result turns, then whose answers do, then who moves furthest."""
    furthest = max((abs(one.moved) for one in line.standings), default=0)
    return not line.turns, not line.by, -furthest
