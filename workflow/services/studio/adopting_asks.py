"""What a new version asks of a case that was handed in before: questions that stand open, and by when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflow.domain.answers import is_blank
from workflow.domain.application import RUNNING
from workflow.domain.calendar import local_day
from workflow.domain.lengths import Length
from workflow.domain.program.compare import Change
from workflow.services.casework import Case
from workflow.services.rulebooks import book_of
from workflow.services.worksheets import questions_of

TIME = Length(5, "wd")
"""As long as a correction has where a program says nothing."""


def asked_anew(
    session: Session, case: Case, version_id: int, changes: Sequence[Change], now: datetime
) -> Mapping[str, Any]:
    """`asks`, in full, as they stand after the change, and `until`; nothing where there were none and come none."""
    state = case.application.state
    keys = [
        *state.asks,
        *(change.path[3] for change in changes if _may_ask(change) and change.path[3] not in state.asks),
    ]
    if not keys or state.status not in RUNNING:
        return {}
    book = book_of(session, version_id)
    questions = questions_of(replace(case, book=book))
    values = case.application.values
    asked = questions.asked(values, book.inputs(replace(case.application, values={}, files={})))
    hidden = {key for key, asking in asked.items() if asking.field.level == "L4"} - {*state.asks, *_new(changes)}
    open_ = [key for key in keys if key in asked and asked[key].required and is_blank(values.get(key))]
    asks = [key for key in open_ if key not in hidden]  # what is sealed stands elsewhere
    if not asks and not state.asks:
        return {}
    stands = state.asks_until if set(asks) <= set(state.asks) else None
    until = stands or book.calendar.add(local_day(now), TIME).date
    return {"asks": asks, "until": until.isoformat() if asks else None}


def _new(changes: Sequence[Change]) -> set[str]:
    return {change.path[3] for change in changes if _may_ask(change) and len(change.path) == 4}


def _may_ask(change: Change) -> bool:
    """A question that is new, or that could be left open so far."""
    path = change.path
    if change.reach != "ask" or len(path) < 4 or (path[0], path[2]) != ("form", "fields"):
        return False
    return len(path) == 4 or path[4:] == ("required",)
