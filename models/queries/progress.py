"""How far the looking has come in each case of a page: files, verdicts, lights. One statement each for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, bindparam, case, cast, distinct, func, literal, select
from sqlalchemy.orm import Session

from models.applications import VerdictRow
from models.base import Key, ask
from models.evidence import EventRow, Stream, StreamKind
from models.files import Attachment

_CASES = bindparam("cases", type_=Key, expanding=True)
_PAPERS = (
    select(
        Attachment.application_id,
        func.count(distinct(Attachment.field_key + literal(":") + cast(Attachment.row_no, String))),
    )
    .where(
        Attachment.application_id.in_(_CASES),
        Attachment.purpose == "original",
        Attachment.replaced_at.is_(None),
    )
    .group_by(Attachment.application_id)
)


def _counted(verdict: str) -> Any:
    return func.coalesce(func.sum(case((VerdictRow.verdict == verdict, 1), else_=0)), 0)


_LOOKED_AT = (
    select(VerdictRow.application_id, VerdictRow.entry_no, _counted("ok"), _counted("flag"))
    .where(VerdictRow.application_id.in_(_CASES), VerdictRow.kind == "file")
    .group_by(VerdictRow.application_id, VerdictRow.entry_no)
)
_SUBMITTED = (
    select(Stream.subject_id, EventRow.body)
    .join(EventRow, EventRow.stream_id == Stream.id)
    .where(
        Stream.kind == StreamKind.APPLICATION.value,
        Stream.subject_id.in_(_CASES),
        func.coalesce(EventRow.kind, "") == "submitted",  # no index of kinds: it would lead through every case
    )
)


def papers_of(session: Session, applications: Sequence[int]) -> Mapping[int, int]:
    """How many places of the form hold a file."""
    return {row[0]: row[1] for row in ask(session, _PAPERS, cases=list(applications)).all()}


def looked_at(session: Session, applications: Sequence[int]) -> Mapping[tuple[int, int], tuple[int, int]]:
    """(application, stay) -> how many places were found right, and how many flagged."""
    return {(row[0], row[1]): (row[2], row[3]) for row in ask(session, _LOOKED_AT, cases=list(applications)).all()}


def lights_at_submission(session: Session, applications: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """Rule -> what it said when the case was submitted, as the record of the submission has it."""
    return {row[0]: row[1].get("precheck") or {} for row in ask(session, _SUBMITTED, cases=list(applications)).all()}
