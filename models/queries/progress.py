"""How far the looking has come in the case of a row: files, verdicts, lights; columns, so that a list is one look."""

from typing import Any

from sqlalchemy import String, case, cast, distinct, func, literal, select
from sqlalchemy.orm import aliased

from models.applications import ApplicationRow, VerdictRow
from models.base import literal_state
from models.evidence import EventRow, Stream, StreamKind
from models.files import Attachment
from models.work import WorkItem

_said = aliased(VerdictRow)  # once: an alias is dear to make


def papers() -> Any:
    """How many places of the form hold a file."""
    place = Attachment.field_key + literal(":") + cast(Attachment.row_no, String)
    return (
        select(func.count(distinct(place)))
        .where(
            Attachment.application_id == ApplicationRow.id,
            Attachment.purpose == literal_state("original"),
            Attachment.replaced_at.is_(None),
        )
        .correlate(ApplicationRow)
        .scalar_subquery()
    )


def looked_at(verdict: str) -> Any:
    """How many places were found so in this stay."""
    return (
        select(func.count())
        .where(
            _said.application_id == WorkItem.application_id,
            _said.entry_no == WorkItem.entry_no,
            _said.kind == literal_state("file"),
            _said.verdict == literal_state(verdict),
        )
        .correlate(WorkItem)
        .scalar_subquery()
    )


def lights_at_submission() -> Any:
    """Rule -> what it said when the case was submitted, as the record of the submission has it; where one is unsure."""
    said = (
        select(EventRow.body["precheck"])
        .join(Stream, Stream.id == EventRow.stream_id)
        .where(
            Stream.kind == literal_state(StreamKind.APPLICATION.value),
            Stream.subject_id == ApplicationRow.id,
            # no index of kinds: it would lead through every case
            func.coalesce(EventRow.kind, "") == literal_state("submitted"),
        )
        .order_by(EventRow.seq.desc())
        .limit(1)
        .correlate(ApplicationRow)
        .scalar_subquery()
    )
    return case((ApplicationRow.precheck.in_(("look", "fails")), said))
