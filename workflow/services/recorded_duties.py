"""Rows of duties beside their case: what the state says of each occurrence, and what was typed in answering it."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.duties import DutyAnswer, DutyRow
from workflow.domain import answers
from workflow.domain.after.duties import Answer, Owed
from workflow.domain.application import Outcome, State
from workflow.domain.duty_days import last_day
from workflow.domain.program.schema import Field
from workflow.services.casework import Case


def digest(fields: Mapping[str, Field], values: Mapping[str, Any]) -> str | None:
    """What the event keeps of typed values; None where nothing was typed."""
    return _digest_of(answers.encode(fields, values))


def _digest_of(record: Mapping[str, Any]) -> str | None:
    if not record:
        return None
    return secrets.digest("duty_answer", json.dumps(record, sort_keys=True, ensure_ascii=False))


def values_of(owed: Owed) -> dict[str, Any]:
    """The columns of `duty` that events decide."""
    return {
        "nominal": owed.nominal,
        "day": owed.day,
        "entry_no": owed.entry_no,
        "opened_at": owed.opened_at,
        "state": owed.state,
        "closed_at": owed.closed_at,
        "result": owed.result,
        "total": owed.total,
    }


def answer_values(owed: Owed, answer: Answer) -> dict[str, Any]:
    return {
        "duty_key": owed.duty,
        "no": owed.no,
        "role_key": answer.role,
        "answered_by": answer.by,
        "answered_at": answer.at,
        "raw": dict(answer.raw),
        "effect": answer.effect,
        "is_current": answer.current,
        "digest": answer.digest,
    }


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, after = case.application.state, outcome.state
    held = {each.about: each for each in before.after.duties}
    stopped = (before.status, before.entries, before.recognition) != (after.status, after.entries, after.recognition)
    for owed in after.after.duties:
        if held.pop(owed.about, None) != owed or (stopped and owed.is_open):
            due = last_day(case.book.definition, case.book.calendar, after, owed, now)
            row = DutyRow(application_id=case.row.id, duty_key=owed.duty, no=owed.no, due_on=due, **values_of(owed))
            session.merge(row)
    for gone in held.values():  # undone
        session.execute(delete(DutyRow).where(*_at(case.row.id, gone)))
    _write_answers(session, case, outcome)


def _at(application_id: int, owed: Owed) -> tuple[Any, ...]:
    return (DutyRow.application_id == application_id, DutyRow.duty_key == owed.duty, DutyRow.no == owed.no)


def _write_answers(session: Session, case: Case, outcome: Outcome) -> None:
    before, after = _answers(case.application.state), _answers(outcome.state)
    for item, (owed, answer) in after.items():
        values = answer_values(owed, answer)
        if item not in before:
            record = answers.encode(case.book.definition.duties[owed.duty].record, outcome.answered)
            session.add(DutyAnswer(application_id=case.row.id, item_no=item, record=record, **values))
        elif before[item] != (owed, answer):
            mine = DutyAnswer.application_id == case.row.id, DutyAnswer.item_no == item
            session.execute(update(DutyAnswer).where(*mine).values(**values))
    for item in before.keys() - after.keys():
        session.execute(delete(DutyAnswer).where(DutyAnswer.application_id == case.row.id, DutyAnswer.item_no == item))


def _answers(state: State) -> dict[int, tuple[Owed, Answer]]:
    return {answer.item: (owed, answer) for owed in state.after.duties for answer in owed.answers}


# -- replay ------------------------------------------------------------------------------------------------------------
def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    told = {(owed.duty, owed.no): values_of(owed) for owed in state.after.duties}
    rows = session.scalars(select(DutyRow).where(DutyRow.application_id == row.id)).all()
    stand = {(each.duty_key, each.no): _columns(each, next(iter(told.values()), {})) for each in rows}
    if told != stand:
        yield "duty", told, stand
    given = {item: answer_values(*pair) for item, pair in _answers(state).items()}
    held = session.scalars(select(DutyAnswer).where(DutyAnswer.application_id == row.id)).all()
    kept = {each.item_no: _columns(each, next(iter(given.values()), {})) for each in held}
    if given != kept:
        yield "duty_answer", given, kept
    for each in held:
        if each.erased_at is None and _digest_of(each.record) != each.digest:
            yield f"duty_answer {each.item_no}.record", each.digest, _digest_of(each.record)


def _columns(row: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
