"""Every row that belongs to one case, found through foreign keys: a new table is found without a word here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, Table, or_, select
from sqlalchemy.orm import Session

from models.tables import Base

Row = dict[str, Any]

_TABLES = Base.metadata.tables
SUBJECTS = {
    "application": "application",
    "application_access": "application",
    "person": "person",
    "person_access": "person",
    "account": "account",
}
"""Whose chain a stream is; it points at its subject without a foreign key."""


def rows_of(session: Session, application_id: int) -> dict[str, list[Row]]:
    """The case, its person, the applicant's account, and every row that points at one of them, parents first."""
    application = session.execute(select(_TABLES["application"]).filter_by(id=application_id)).mappings().one()
    own: dict[str, set[Any]] = {"application": {application_id}, "account": {application["filler_id"]}}
    if application["person_id"] is not None:
        own["person"] = {application["person_id"]}
    rows: dict[str, list[Row]] = {}
    for table in Base.metadata.sorted_tables:
        conditions = _belonging(table, own)
        if not conditions or table.name == "person_token":  # tokens depend on the name: made for each copy
            continue
        wanted = select(table).where(or_(*conditions)).order_by(*table.primary_key.columns)
        if found := [dict(row) for row in session.execute(wanted).mappings()]:
            rows[table.name] = found
            if "id" in table.columns:
                own.setdefault(table.name, set()).update(row["id"] for row in found)
    return rows


def _belonging(table: Table, own: Mapping[str, set[Any]]) -> list[Any]:
    if table.name in own:
        return [table.c.id.in_(own[table.name])]
    if table.name == "stream":
        kinds = [(kind, subject) for kind, subject in SUBJECTS.items() if subject in own]
        return [(table.c.kind == kind) & table.c.subject_id.in_(own[subject]) for kind, subject in kinds]
    reached = ((key.parent, target_of(key)) for key in table.foreign_keys)
    return [column.in_(own[target]) for column, target in reached if target in own]


def target_of(key: ForeignKey) -> str:
    """The table whose number a column holds, through tables that are told apart by the numbers of others."""
    column = key.column
    while column.name != "id" and column.foreign_keys:
        column = next(iter(column.foreign_keys)).column
    return column.table.name if column.name == "id" else ""
