"""The rows of a joint check beside their case: written with the facts, compared with the fold by `audit replay`."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.joint import JointAnswer
from models.people import Person
from models.secrets import Place
from workflow.domain.application import Outcome, State
from workflow.domain.departments import DepartmentAnswer
from workflow.services.casework import Case

Key = tuple[int, str, int]


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    """Bring the rows to what the state says; an undo takes away what it undid."""
    before, after = case.application.state.departments, outcome.state.departments
    if before == after:
        return
    old, new = _by_key(before), _by_key(after)
    for entry, role, attempt in old.keys() - new.keys():
        session.execute(delete(JointAnswer).where(*_at(case.row.id, (entry, role, attempt))))
    for key in sorted(old.keys() & new.keys(), key=lambda key: new[key].current):
        if old[key] != new[key]:
            session.scalars(select(JointAnswer).where(*_at(case.row.id, key))).one().is_current = new[key].current
            session.flush()
    for key in new.keys() - old.keys():
        session.add(_row(session, case, new[key], outcome.sealed))
    session.flush()


def _row(session: Session, case: Case, given: DepartmentAnswer, sealed: Mapping[str, str]) -> JointAnswer:
    row = JointAnswer(application_id=case.row.id, **columns(given))
    if given.answer == "issue":
        row.category, row.basis_no = sealed["category"], sealed["basis"]
        if sealed.get("detail"):
            row.detail = secrets.seal(sealed["detail"], place(case.row.ref, row), _key(session, case.row))
            row.key_id = secrets.key_id_of(row.detail)
    return row


def columns(given: DepartmentAnswer) -> dict[str, Any]:
    """What the events decide."""
    return {
        "entry_no": given.entry_no,
        "role_key": given.role,
        "attempt": given.attempt,
        "item_no": given.item_no,
        "answer": given.answer,
        "reused_from": given.reused_from,
        "answered_on": given.answered_on,
        "answered_by": given.by,
        "answered_at": given.at,
        "is_current": given.current,
    }


def place(application_ref: str, row: JointAnswer) -> Place:
    return Place("joint_answer", f"{application_ref}:{row.entry_no}:{row.role_key}:{row.attempt}", "detail")


def _key(session: Session, row: ApplicationRow) -> bytes | None:
    person = session.get(Person, row.person_id) if row.person_id is not None else None
    if person is None or person.wrapped_key is None:
        return None
    return secrets.person_key(person.wrapped_key, person.ref)


def opened(session: Session, row: ApplicationRow, answer: JointAnswer) -> str | None:
    """The words of an objection in clear; None where there are none, or not any more."""
    if answer.detail is None:
        return None
    data_key = _key(session, row) if answer.key_id == secrets.PERSON_KEY else None
    return secrets.unseal(answer.detail, place(row.ref, answer), data_key)


def digest(category: str, basis: str, detail: str) -> str:
    """What the event keeps of an objection's words, so that they cannot be changed unseen."""
    return secrets.digest("joint_answer", "\x1f".join((category, basis, detail)))


def _by_key(answers: tuple[DepartmentAnswer, ...]) -> dict[Key, DepartmentAnswer]:
    return {(each.entry_no, each.role, each.attempt): each for each in answers}


def _at(application_id: int, key: Key) -> tuple[Any, ...]:
    entry_no, role, attempt = key
    return (
        JointAnswer.application_id == application_id,
        JointAnswer.entry_no == entry_no,
        JointAnswer.role_key == role,
        JointAnswer.attempt == attempt,
    )


def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    told = _by_key(state.departments)
    stands = {
        (each.entry_no, each.role_key, each.attempt): each
        for each in session.scalars(select(JointAnswer).where(JointAnswer.application_id == row.id))
    }
    if told.keys() != stands.keys():
        yield "joint_answer", sorted(told), sorted(stands)
    for key in sorted(told.keys() & stands.keys()):
        for column, value in columns(told[key]).items():
            if getattr(stands[key], column) != value:
                yield f"joint_answer {key}.{column}", value, getattr(stands[key], column)
        yield from _compare_words(session, row, told[key], stands[key])


def _compare_words(
    session: Session, row: ApplicationRow, told: DepartmentAnswer, stands: JointAnswer
) -> Iterator[tuple[str, Any, Any]]:
    """As long as the words are kept, they are those that were given."""
    if told.digest is None or stands.destroyed_at is not None:
        return
    try:
        found = digest(stands.category or "", stands.basis_no or "", opened(session, row, stands) or "")
    except secrets.Unreadable:
        found = "unreadable"
    if found != told.digest:
        yield f"joint_answer {(told.entry_no, told.role, told.attempt)}.detail", told.digest, found
