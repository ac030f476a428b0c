"""What is wrong with a draft, where, and what would put it right; and what its people and calendar lack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.programs import Program
from models.queries import bindings
from models.rounds import Round, RoundState
from models.studio import ProgramDraft
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.program.check import Opening, opening_problems
from workflow.domain.program.editing.remedies import remedies
from workflow.domain.program.editing.remedy import Remedy
from workflow.domain.program.load import Loaded, load, neighbors
from workflow.domain.program.problems import Path, Problem, Severity
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import calendar_of
from workflow.services.studio import drafts

_BEYOND_THE_FILE = frozenset(("O02", "O04", "O06", "O07"))
_AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class Finding:
    """`path` is empty where the whole file cannot be read; `line` is 0 for what no file says (people, calendar);
    `column` is the sign of an expression that is wrong, from 1."""

    code: str
    path: Path
    line: int
    words: Words
    severity: Severity
    column: int = 0
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Checked:
    revision: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def findings(ref: str, actor: Actor, now: datetime) -> Checked:
    """Of the text as it stands: first what keeps it from being published, then what one should know."""
    drafts.may(actor)
    with reading() as session:
        row = drafts.row_of(session, ref)
        text, revision = row.text, row.revision
        others = published_tracks(session)
        loaded = loaded_among(text, others)
        beyond = _beyond(session, row, loaded.definition, now) if loaded.definition is not None else ()
    found = [*_told(text, loaded), *(_finding(problem, ()) for problem in beyond)]
    return Checked(revision, tuple(sorted(found, key=lambda one: one.severity != "error")))


def loaded_among(text: str, others: Mapping[str, frozenset[str]]) -> Loaded:
    """The draft among the published programs; it is a neighbor of itself."""
    return _loaded(text, frozenset({**others, **neighbors([text])}.items()))


@lru_cache(maxsize=16)
def _loaded(text: str, others: frozenset[tuple[str, frozenset[str]]]) -> Loaded:
    return load(text, dict(others))


def _told(text: str, loaded: Loaded) -> Sequence[Finding]:
    return [_finding(problem, remedies(text, problem)) for problem in loaded.problems]


def _finding(problem: Problem, offered: Sequence[Remedy]) -> Finding:
    return Finding(
        problem.code, problem.path, problem.line, problem.words, problem.severity, problem.column, tuple(offered)
    )


def _beyond(session: Session, row: ProgramDraft, definition: Definition, now: datetime) -> Sequence[Problem]:
    """Asked as at the opening of a round, of the one that runs or was planned last; told as a warning: it is no fault
    of the file, and it can be put right until a round opens."""
    program = session.scalars(select(Program).where(Program.key == definition.program.key)).first()
    if program is None:
        return _holidays_only(session, definition, now)
    newest = session.scalars(
        select(Round)
        .where(Round.program_id == program.id, Round.state != RoundState.CLOSED)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(1)
    ).first()
    held = bindings.bound(session, program.id, newest.id if newest is not None else None, now)
    pools = {
        role.key: frozenset(line.account_id for line in held if line.role == role.key and line.can_come_in)
        for role in definition.roles.values()
        if role.of is None
    }
    return _warned(opening_problems(definition, _opening(session, now, pools)))


def _holidays_only(session: Session, definition: Definition, now: datetime) -> Sequence[Problem]:
    found = opening_problems(definition, _opening(session, now, {}))
    return [problem for problem in _warned(found) if problem.code == "O07"]


def _opening(session: Session, now: datetime, pools: Mapping[str, frozenset[int]]) -> Opening:
    """`last_year`: a round that opens now runs for about a year."""
    calendar, last = calendar_of(session), local_day(now + _AHEAD).year
    covered = frozenset(year for year in range(last - 1, last + 1) if calendar.covers(year))
    return Opening(pools=pools, last_year=last, covered_years=covered)


def _warned(problems: Sequence[Problem]) -> Sequence[Problem]:
    return [
        Problem(one.code, one.path, 0, one.words, severity="warning")
        for one in problems
        if one.code in _BEYOND_THE_FILE
    ]
