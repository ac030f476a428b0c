"""What raters gave the cases on a list, and the list as if one of them had given nothing."""

from collections.abc import Iterable

from workflow.domain import recounting
from workflow.domain.application import Application
from workflow.domain.program.schema import VoteStage
from workflow.domain.recounting import Judged
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import vote


def judged_of(book: Rulebook, stage: VoteStage, case: Application) -> Judged | None:
    """The sheets behind the total that ranks this case; None where no sheets rank it."""
    key = vote.ranked_sheet(book, stage, case)
    scored = recounting.newest(case, key) if key is not None else None
    return None if key is None or scored is None else recounting.judged(book.definition.scoring.sheets[key], scored)


def raters_of(judged: Iterable[Judged | None]) -> tuple[int, ...]:
    """Everybody who judged somebody on the list; a page calls them by their place here, never by name."""
    return tuple(sorted({mark.rater for each in judged if each is not None for mark in each.marks}))


def without_rater(book: Rulebook, stage: VoteStage, case: Application, rater: int) -> Application:
    key = vote.ranked_sheet(book, stage, case)
    if key is None or key not in book.definition.scoring.sheets:
        return case
    return recounting.without(case, book.definition.scoring.sheets[key], rater)
