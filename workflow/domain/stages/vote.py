"""`vote`: a meeting decides over a list (LANGUAGE.md 3.4).

No act stands on a single case: the secretary keeps the meeting as a whole, and every case gets its part of it when the
result is made final (`pool_vote`). Members hold an item so that they can read what they vote on.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from workflow.domain import marks, scoring
from workflow.domain.application import Application, Item, Status
from workflow.domain.program.schema import FileField, Stage, VoteStage
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import kinds
from workflow.domain.stages.base import Kind, Work

OF_A_SHEET = "total."


def _opens(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """One item for the office that keeps the meeting, one for the members of each role."""
    roles = dict.fromkeys((*_secretary(stage), *stage.by))
    return [{"role": role, "organization": work.before.places.get(role)} for role in roles]


def _secretary(stage: Stage) -> Iterable[str]:
    return (stage.secretary,) if isinstance(stage, VoteStage) else ()


def minutes_field(stage: VoteStage) -> str | None:
    """Where the tally is entered from the minutes, the file that the stage records first is the minutes themselves."""
    files = (key for key, field in stage.record.items() if isinstance(field, FileField))
    return next(files, None) if stage.ballot == "minutes" else None


def secretarys_item(stage: VoteStage, application: Application) -> Item | None:
    """What the office that keeps the meeting owes to this case now."""
    items = (item for item in application.state.open_items() if item.stage == stage.key and item.duty == "act")
    return next((item for item in items if item.role == stage.secretary), None)


# -- what a meeting waits for ------------------------------------------------------------------------------------------
def stands_before(stage: VoteStage, application: Application) -> bool:
    """Ready for the agenda."""
    state = application.state
    return state.stage == stage.key and state.status is Status.OPEN and secretarys_item(stage, application) is not None


def is_awaited(book: Rulebook, stage: VoteStage, application: Application) -> bool:
    """Of the same pool, running, and not yet where the meeting could decide on it. Where people come in all the year
    round nobody waits for those who come later."""
    state, route = application.state, book.route(application.channel)
    if book.definition.channels[application.channel].intake.mode == "rolling":
        return False
    if stage.key not in route or state.status not in (Status.OPEN, Status.CORRECTING, Status.HELD):
        return False
    if state.stage == stage.key:
        return not stands_before(stage, application)
    return state.stage in route and route.index(state.stage) < route.index(stage.key)


# -- what a list is ordered by -----------------------------------------------------------------------------------------
def ranked_sheet(book: Rulebook, stage: VoteStage, application: Application) -> str | None:
    """The sheet whose total ranks this case, where totals rank."""
    sheets = book.definition.scoring.sheets
    if stage.rank_by == "total.by_track":
        return next((key for key, sheet in sheets.items() if sheet.track == application.track), None)
    if stage.rank_by.startswith(OF_A_SHEET):
        return stage.rank_by.removeprefix(OF_A_SHEET)
    if stage.rank_by == "total":
        known = list(application.state.totals)
        return known[-1] if known else None
    return None


def total_of(book: Rulebook, stage: VoteStage, application: Application) -> Fraction | None:
    sheet = ranked_sheet(book, stage, application)
    known = application.state.totals
    return None if sheet is None or sheet not in known else marks.of_hundredths(known[sheet])


def first_criterion_of(book: Rulebook, stage: VoteStage, application: Application) -> Fraction | None:
    """The value of the sheet's first criterion, out of 100: sheets of different tracks are measured alike."""
    sheet = ranked_sheet(book, stage, application)
    if sheet is None or sheet not in book.definition.scoring.sheets:
        return None
    first = next(iter(book.definition.scoring.sheets[sheet].criteria), None)
    return None if first is None else scoring.criterion_value(application, sheet, first)


VOTE = kinds.register(Kind("vote", (), _opens))
