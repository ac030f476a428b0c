"""What if: applications of the past judged once more under a draft. Reads only; nobody's verdict changes by it.

Conditions are judged anew from what was answered then; totals that stand are held against the draft's pass marks. A
total is not reckoned anew: where a sheet's criteria or weights changed, that is said (`unreckoned`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading
from models.programs import Program
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.application import UNSUBMITTED, Application
from workflow.domain.calendar import WorkCalendar
from workflow.domain.errors import NotReady, Reason
from workflow.domain.program.schema import Definition, Label, Sheet
from workflow.domain.rulebook import Judgment, Rulebook
from workflow.domain.words import Words
from workflow.services.casework import Case, open_cases
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import calendar_of
from workflow.services.studio import drafts
from workflow.services.studio.checking import loaded_among

AT_ONCE = 250
MOST = 10_000
_WORST = ("fails", "look", "meets")
Watch = Callable[[int, int], bool]


@dataclass(frozen=True)
class Criterion:
    """One condition, or one sheet's pass mark, that says something else now. None: it is not asked there."""

    key: str
    name: Label
    before: str | None
    after: str | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Differing:
    """One application whose answer would be another. `number` is how the office knows it; no name is shown here."""

    ref: str
    number: str | None
    track: str
    channel: str
    before: str
    after: str
    by: tuple[Criterion, ...]


@dataclass(frozen=True)
class Supposed:
    """`looked` at so many; `skipped`: in a channel or track that the draft does not have. `is_whole` is False where it
    was called off."""

    looked: int
    skipped: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    differing: tuple[Differing, ...]
    by: Mapping[str, int]
    unreckoned: tuple[Label, ...]
    is_whole: bool


def suppose(
    ref: str,
    actor: Actor,
    now: datetime,
    *,
    round_ref: str | None = None,
    most: int = MOST,
    watch: Watch | None = None,
) -> Supposed:
    """Those of one round, or of the whole program, the newest first. `watch` is told how far it has come and says
    whether to go on."""
    drafts.may(actor)
    with reading() as session:
        row = drafts.row_of(session, ref)
        definition = loaded_among(row.text, published_tracks(session)).definition
        if definition is None:
            raise NotReady([Reason(Words("草稿现在读不懂，改好才能试算"))])
        numbers = _numbers(session, row.key, round_ref, most)
        calendar = calendar_of(session)
    return _supposed(definition, calendar, numbers, watch)


def _numbers(session: Session, key: str, round_ref: str | None, most: int) -> list[int]:
    unsubmitted = [status.value for status in UNSUBMITTED]
    wanted = (
        select(ApplicationRow.id)
        .join(Program, Program.id == ApplicationRow.program_id)
        .where(Program.key == key, ApplicationRow.status.not_in(unsubmitted), ApplicationRow.submitted_at.is_not(None))
    )
    if round_ref is not None:
        wanted = wanted.join(Round, Round.id == ApplicationRow.round_id).where(Round.ref == round_ref)
    return list(session.scalars(wanted.order_by(ApplicationRow.id.desc()).limit(most)))


def _supposed(definition: Definition, calendar: WorkCalendar, numbers: Sequence[int], watch: Watch | None) -> Supposed:
    book = Rulebook(definition, 0, calendar)
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    by: Counter[str] = Counter()
    found: list[Differing] = []
    unreckoned: dict[str, Label] = {}
    looked = skipped = 0
    for start in range(0, len(numbers), AT_ONCE):
        if watch is not None and not watch(start, len(numbers)):
            break
        with reading() as session:
            for case in open_cases(session, numbers[start : start + AT_ONCE]):
                looked += 1
                unreckoned |= _unreckoned(case, definition)
                one = _judged(case, book)
                if one is None:
                    skipped += 1
                    continue
                before[one.before] += 1
                after[one.after] += 1
                if one.by:
                    found.append(one)
                    by.update(criterion.key for criterion in one.by)
    is_whole = looked == len(numbers)
    return Supposed(looked, skipped, before, after, tuple(found), by, tuple(unreckoned.values()), is_whole)


def _judged(case: Case, book: Rulebook) -> Differing | None:
    application, definition = case.application, book.definition
    if application.channel not in definition.channels or application.track not in definition.tracks:
        return None
    then, now = case.book.judge(application), book.judge(_known_to(definition, application))
    criteria = (*_rules(then, now), *_marks(case.book.definition, definition, application))
    was = _overall([judged.result for judged in then.values()], case.book.definition, application)
    is_ = _overall([judged.result for judged in now.values()], definition, application)
    row = case.row
    return Differing(row.ref, row.number, application.track, application.channel, was, is_, tuple(criteria))


def _known_to(definition: Definition, application: Application) -> Application:
    """Totals of sheets that the draft does not have are not asked of it."""
    scores = tuple(scored for scored in application.state.scores if scored.sheet in definition.scoring.sheets)
    return replace(application, state=replace(application.state, scores=scores))


def _rules(then: Mapping[str, Judgment], now: Mapping[str, Judgment]) -> Iterator[Criterion]:
    for key in [*then, *(key for key in now if key not in then)]:
        old, new = then.get(key), now.get(key)
        results = (old.result if old is not None else None, new.result if new is not None else None)
        told = new or old
        if results[0] != results[1] and told is not None:
            yield Criterion(key, told.rule.name, *results, missing=new.missing if new is not None else ())


def _marks(old: Definition, new: Definition, application: Application) -> Iterator[Criterion]:
    for key, total in application.state.totals.items():
        sheets = [definition.scoring.sheets.get(key) for definition in (old, new)]
        results = [_passes(sheet, total) for sheet in sheets]
        told = sheets[1] or sheets[0]
        if results[0] != results[1] and told is not None:
            yield Criterion(key, told.name, results[0], results[1])


def _passes(sheet: Sheet | None, total: int) -> str | None:
    """Totals are kept in hundredths."""
    if sheet is None or sheet.pass_ is None:
        return None
    return "meets" if Decimal(total) / 100 >= sheet.pass_ else "fails"


def _overall(results: Sequence[str], definition: Definition, application: Application) -> str:
    marks = [_passes(definition.scoring.sheets.get(key), total) for key, total in application.state.totals.items()]
    told = {*results, *(mark for mark in marks if mark is not None)}
    return next((word for word in _WORST if word in told), "meets")


def _unreckoned(case: Case, new: Definition) -> dict[str, Label]:
    old = case.book.definition.scoring.sheets
    changed = {}
    for key in case.application.state.totals:
        sheet = new.scoring.sheets.get(key)
        if sheet is not None and key in old and sheet.criteria != old[key].criteria:
            changed[key] = sheet.name
    return changed
