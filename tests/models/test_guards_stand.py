"""Evidence cannot be changed after `upgrade head`, on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.base import reading, writing
from models.guards import GUARDED, standing_guards
from tests.models.rows import put, put_parents

CHANGED = {
    "anchor": "events = 2",
    "draw": "seed = '2'",
    "draw_seat": "place = 2",
    "event": "kind = 'refused'",
    "organization_fact": "value = 1",
    "points_entry": "value = '9'",
    "program_draft_change": "revision = 2",
    "program_version": "source = 'y'",
}


def test_each_guarded_table_is_tried() -> None:
    assert CHANGED.keys() == GUARDED.keys()


@pytest.mark.parametrize("table", sorted(CHANGED))
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_guarded_row_stays_as_it_is(database: str, table: str, change: str) -> None:
    with writing() as session:
        put_parents(session, table)
        put(session, table)
    statement = f"UPDATE {table} SET {CHANGED[table]}" if change == "UPDATE" else f"DELETE FROM {table}"
    with pytest.raises(IntegrityError, match="append-only"), writing() as session:
        session.execute(text(statement))
    with reading() as session:
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
        for guarded in GUARDED:
            assert {f"guard_{guarded}_update", f"guard_{guarded}_delete"} <= standing_guards(session.connection())
