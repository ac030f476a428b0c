"""Rows of a draft's tables: added, taken away, and what is sealed or attached in the others moved along."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.applications import Answers
from models.files import Attachment
from models.sealed import SealedValue
from workflow.domain.application import Status
from workflow.domain.program.schema import Field, TableField
from workflow.services import sealing
from workflow.services.casework import Case


def change_rows(
    session: Session,
    case: Case,
    draft: Answers,
    fields: Mapping[str, Field],
    body: dict[str, Any],
    opened: frozenset[str] | None,
    add_row: str | None,
    drop_row: tuple[str, int] | None,
    now: datetime,
) -> None:
    """Add a blank row or take one away, where the whole table may be changed. `drop_row` counts from 1."""
    table = fields.get(add_row or (drop_row[0] if drop_row else ""))
    if not isinstance(table, TableField) or not (opened is None or table.key in opened):
        return
    rows = list(body.get(table.key) or [])
    if add_row is not None:
        rows = rows or [{}]
        body[table.key] = [*rows, {}] if len(rows) < int(table.rows.high) else rows
    elif drop_row is not None and 1 <= drop_row[1] <= len(rows):
        body[table.key] = rows[: drop_row[1] - 1] + rows[drop_row[1] :]
        left = [number for number in range(1, len(rows) + 1) if number != drop_row[1]]
        renumber(session, case, draft.revision, table, left, now)


def renumber(
    session: Session,
    case: Case,
    revision: int,
    table: TableField,
    left: Sequence[int],
    now: datetime,
) -> None:
    """After rows of a table have gone, what was sealed or attached in those that are left moves up with them.

    During a correction the files of record stay where they are until it is handed back.
    """
    moved = {old: new for new, old in enumerate(left, start=1)}
    _move_sealed(session, case, revision, table, moved, now)
    if case.application.state.status is Status.DRAFT:
        _move_files(session, case.row.id, table, moved, now)


def _move_sealed(
    session: Session, case: Case, revision: int, table: TableField, moved: Mapping[int, int], now: datetime
) -> None:
    prefix = f"{table.key}."
    texts = {
        path: text for path, text in sealing.opened(session, case.row, revision).items() if path.startswith(prefix)
    }
    if not texts:
        return
    session.execute(
        delete(SealedValue).where(
            SealedValue.application_id == case.row.id,
            SealedValue.revision == revision,
            SealedValue.field_key.startswith(prefix, autoescape=True),
        )
    )
    for path, text in texts.items():
        _, number, column = path.split(".")
        if int(number) in moved:
            place = f"{prefix}{moved[int(number)]}.{column}"
            sealing.put(session, case.row, revision, table.columns[column], place, text, now)


def _move_files(
    session: Session, application_id: int, table: TableField, moved: Mapping[int, int], now: datetime
) -> None:
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.application_id == application_id,
            Attachment.field_key.startswith(f"{table.key}.", autoescape=True),
            Attachment.replaced_at.is_(None),
        )
        .order_by(Attachment.row_no, Attachment.id)
    )
    for row in rows:
        if row.row_no in moved:
            row.row_no = moved[row.row_no]
        else:
            row.replaced_at = now
        session.flush()
