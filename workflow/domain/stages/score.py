"""`score`: raters judge alone (LANGUAGE.md 3.3).

Each rater answers an item of their own; a sheet handed in is frozen. Whoever closes the stage looks at what the sheets
came to and says so: below the line a case is refused by that person, never by the sum and never by the clock.
"""

from workflow.domain.stages import kinds
from workflow.domain.stages.base import Act, Kind, Work
from workflow.domain.stages.score_count import close, close_missing
from workflow.domain.stages.score_ground import closes, may_act, opens, present, rating
from workflow.domain.stages.score_seats import reopen, reopen_missing, replace_missing, replace_rater, seats_in
from workflow.domain.stages.score_sheet import bring, import_missing, importing, may_import, review, review_missing
from workflow.domain.words import Words


def _closable(work: Work) -> bool:
    return present(work) is not None and work.item is None


def _seated(work: Work) -> bool:
    entry = present(work)
    return entry is not None and work.item is None and bool(seats_in(work, entry))


def _has_sheets(work: Work) -> bool:
    entry = present(work)
    return entry is not None and work.item is None and bool(work.before.state.reviews_of(entry.no))


ACTS = (
    Act("import", Words("导入成绩"), importing, may_import, bring, import_missing, on_item=False),
    Act("close", Words("收分"), _closable, closes, close, close_missing, on_item=False),
    Act("reopen_review", Words("请评委重评"), _has_sheets, closes, reopen, reopen_missing, on_item=False),
    Act("replace_rater", Words("换评委"), _seated, closes, replace_rater, replace_missing, on_item=False),
)
"""Acts on the case as it stands: they name the sheet or the seat they mean themselves."""

SCORE = kinds.register(
    Kind("score", (Act("review", Words("提交评分"), rating, may_act, review, review_missing),), opens)
)
