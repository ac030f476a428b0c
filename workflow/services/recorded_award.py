"""Rows of a recognition beside its case: what the state says, written once and compared at every replay."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import CertificateRow, Entitlement, RecognitionRow
from workflow.domain.application import Outcome, State
from workflow.domain.calendar import local_day
from workflow.domain.recognition import Recognition
from workflow.domain.stages import follow_up_time
from workflow.services import certificates
from workflow.services.casework import Case


def values_of(row: ApplicationRow, known: Recognition) -> dict[str, Any]:
    """The columns of `recognition` that events decide."""
    return {
        "application_id": row.id,
        "program_id": row.program_id,
        "round_id": row.round_id,
        "person_id": row.person_id,
        "subject_organization_id": row.subject_organization_id,
        "track": row.track or "",
        "level": known.level,
        "grants": dict(known.grants),
        "number": known.number,
        "document": known.document,
        "recognized_on": known.on,
        "valid_until": known.until,
        "standing": known.standing.value,
        "ended_on": known.ended_on,
        "exit_key": known.exit,
        "end_document": known.end_document,
        "ban_until": known.ban_until,
        "recovery": known.recovery,
    }


def write(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    before, known = case.application.state.recognition, outcome.state.recognition
    if known is None:
        return
    if known == before:
        _look_anew(session, case, outcome.state, now)
        return
    row = session.scalars(select(RecognitionRow).where(RecognitionRow.application_id == case.row.id)).first()
    if row is None:
        register = certificates.award_of(case).register_
        row = RecognitionRow(
            ref=secrets.token_urlsafe(12),
            recognized_at=now,
            register=register.zh if register is not None else None,
            **values_of(case.row, known),
        )
        session.add(row)
        session.flush()
    for column, value in values_of(case.row, known).items():
        if getattr(row, column) != value:
            setattr(row, column, value)
    _print(session, case, outcome.state, known, row)
    _entitle(session, before, known, row)
    session.flush()
    _look_anew(session, case, outcome.state, now)


def _look_anew(session: Session, case: Case, state: State, now: datetime) -> None:
    """Whatever happened may have brought nearer, or moved, what time has to tell of this recognition."""
    look_on = follow_up_time.next_look(case.book, replace(case.application, state=state), local_day(now))
    session.execute(
        update(RecognitionRow)
        .where(RecognitionRow.application_id == case.row.id, RecognitionRow.look_on.is_distinct_from(look_on))
        .values(look_on=look_on)
        .execution_options(synchronize_session=False)
    )


def _print(session: Session, case: Case, state: State, known: Recognition, row: RecognitionRow) -> None:
    held = set(session.scalars(select(CertificateRow.no).where(CertificateRow.recognition_id == row.id)))
    for each in known.papers:
        if each.no in held:
            continue
        holder, token = certificates.holder_of(session, case), certificates.new_token()
        session.add(
            CertificateRow(
                ref=secrets.token_urlsafe(12),
                recognition_id=row.id,
                no=each.no,
                why=each.why.value,
                token=token,
                check_code=certificates.check_code(token),
                name=holder.name,
                id_mask=holder.id_mask,
                face=certificates.face_of(case, state),
                printed_at=each.at,
            )
        )


def _entitle(session: Session, before: Recognition | None, known: Recognition, row: RecognitionRow) -> None:
    for each in known.benefits if before is None else ():
        session.add(Entitlement(recognition_id=row.id, benefit=each.benefit, amount=each.amount, full_amount=each.full))


# -- replay ------------------------------------------------------------------------------------------------------------
def compare(session: Session, row: ApplicationRow, state: State) -> Iterator[tuple[str, Any, Any]]:
    stands = session.scalars(select(RecognitionRow).where(RecognitionRow.application_id == row.id)).first()
    known = state.recognition
    if known is None or stands is None:
        if (known is None) != (stands is None):
            yield "recognition", known is not None, stands is not None
        return
    for column, value in values_of(row, known).items():
        if getattr(stands, column) != value:
            yield f"recognition.{column}", value, getattr(stands, column)
    papers = session.scalars(select(CertificateRow).where(CertificateRow.recognition_id == stands.id))
    told = {each.no: (each.why.value, each.at) for each in known.papers}
    printed = {each.no: (each.why, each.printed_at) for each in papers}
    if told != printed:
        yield "certificate", told, printed
    held = session.scalars(select(Entitlement).where(Entitlement.recognition_id == stands.id))
    granted = {each.benefit: (each.amount, each.full) for each in known.benefits}
    entitled = {each.benefit: (each.amount, each.full_amount) for each in held}
    if granted != entitled:
        yield "entitlement", granted, entitled
