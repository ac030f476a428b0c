"""Triggers that refuse changes to rows that are evidence, on both databases.

A batch migration on SQLite rebuilds its table and drops the table's triggers without a word, so `migrations/env.py`
makes them all again after every upgrade.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

GUARDED: dict[str, str | None] = {
    "anchor": None,
    "draw": None,
    "draw_seat": None,
    "event": None,
    "organization_fact": None,
    "points_entry": "OLD.state <> 'awaiting'",
    "program_draft_change": None,
    "program_version": None,
}
"""Table -> the condition on OLD under which its row may not be changed any more; None: never."""

_CHANGES = ("UPDATE", "DELETE")
_REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def guard_name(table: str, change: str) -> str:
    return f"guard_{table}_{change.lower()}"


def make_guards(connection: Connection) -> tuple[str, ...]:
    """Make every guard whose table exists, again if need be; the names of those that stand."""
    present = set(inspect(connection).get_table_names())
    tables = [table for table in GUARDED if table in present]
    sqlite = connection.dialect.name == "sqlite"
    if tables and not sqlite:
        connection.execute(text(_REFUSAL))
    for table in tables:
        for statement in _on_sqlite(table) if sqlite else _on_postgresql(table):
            connection.execute(text(statement))
    return tuple(guard_name(table, change) for table in tables for change in _CHANGES)


def drop_guards(connection: Connection) -> None:
    """For the one case in which everything goes: a demonstration that is made anew."""
    for name in standing_guards(connection):
        table = name.removeprefix("guard_").rpartition("_")[0]
        on = "" if connection.dialect.name == "sqlite" else f' ON "{table}"'
        connection.execute(text(f'DROP TRIGGER "{name}"{on}'))


def standing_guards(connection: Connection) -> frozenset[str]:
    """The guards that the database really has."""
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    return frozenset(name for (name,) in connection.execute(text(source)) if name.startswith("guard_"))


def _on_sqlite(table: str) -> Iterator[str]:
    when = f" WHEN {GUARDED[table]}" if GUARDED[table] else ""
    for change in _CHANGES:
        name = guard_name(table, change)
        yield f'DROP TRIGGER IF EXISTS "{name}"'
        yield (
            f'CREATE TRIGGER "{name}" BEFORE {change} ON "{table}"{when} '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _on_postgresql(table: str) -> Iterator[str]:
    when = f" WHEN ({GUARDED[table]})" if GUARDED[table] else ""
    for change in _CHANGES:
        name = guard_name(table, change)
        yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{name}" BEFORE {change} ON "{table}" FOR EACH ROW{when} EXECUTE FUNCTION refuse_change()'
        )
    yield f'DROP TRIGGER IF EXISTS "{guard_name(table, "TRUNCATE")}" ON "{table}"'
    yield (
        f'CREATE TRIGGER "{guard_name(table, "TRUNCATE")}" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
