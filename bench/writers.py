"""Rows into a database as fast as it takes them: past the objects, past foreign keys that hold by construction."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import make_url

from bench.patterns import Spell, Values
from models.base import Instant
from models.tables import Base

_ORDER = [table.name for table in Base.metadata.sorted_tables]
_COLUMNS = {
    table.name: ", ".join(f'"{column.name}"' for column in table.columns) for table in Base.metadata.sorted_tables
}
_NUMBERED = [table.name for table in Base.metadata.sorted_tables if "id" in table.columns]
CASES_AT_ONCE = 1000

Batch = Mapping[str, list[Values]]


def spell(url: str) -> Spell:
    """How a value is written down for the database of this address."""
    spelled: Mapping[type, Spell] = _SQLITE if url.startswith("sqlite") else _POSTGRESQL
    other: Spell = (lambda value: value) if url.startswith("sqlite") else _escaped

    def one(value: Any) -> Any:
        return spelled.get(type(value), other)(value)

    return one


def write(url: str, cases: Iterable[Batch]) -> None:
    into = _into_sqlite if url.startswith("sqlite") else _into_postgresql
    into(url, _batches(cases))


def _batches(cases: Iterable[Batch]) -> Iterable[Batch]:
    batch: dict[str, list[Values]] = defaultdict(list)
    for number, case in enumerate(cases, start=1):
        for table, rows in case.items():
            batch[table] += rows
        if number % CASES_AT_ONCE == 0:
            yield batch
            batch = defaultdict(list)
    yield batch


# -- SQLite ------------------------------------------------------------------------------------------------------------
def _into_sqlite(url: str, batches: Iterable[Batch]) -> None:
    """Indexes are made anew at the end: sorting once is quicker than finding a place for each row."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-262144"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _made in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    for batch in batches:
        connection.execute("BEGIN")
        for table in _ORDER:
            if rows := batch.get(table):
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f'INSERT INTO "{table}" ({_COLUMNS[table]}) VALUES ({marks})', rows)  # noqa: S608 - own names
        connection.execute("COMMIT")
    for _name, made in indexes:
        connection.execute(made)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _sqlite_instant(value: datetime) -> Any:
    return _INSTANT.process_bind_param(value, _DIALECT)


_INSTANT, _DIALECT = Instant(), SQLiteDialect()
_SQLITE: Mapping[type, Spell] = {datetime: _sqlite_instant, date: date.isoformat}


# -- PostgreSQL --------------------------------------------------------------------------------------------------------
def _into_postgresql(url: str, batches: Iterable[Batch]) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(
        address, options="-c session_replication_role=replica -c synchronous_commit=off"
    ) as connection:
        for batch in batches:
            for table in _ORDER:
                if rows := batch.get(table):
                    with (
                        connection.cursor() as cursor,
                        cursor.copy(f'COPY "{table}" ({_COLUMNS[table]}) FROM STDIN') as copy,
                    ):
                        copy.write("\n".join(map("\t".join, rows)) + "\n")
            connection.commit()
        for table in _NUMBERED:
            connection.execute(_COUNT_ON.format(table))


_COUNT_ON = """SELECT setval(pg_get_serial_sequence('"{0}"', 'id'), max(id)) FROM "{0}\""""
_TO_ESCAPE = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _escaped(value: Any) -> str:
    return str(value).translate(_TO_ESCAPE)


def _text(value: str) -> str:
    return value if value.isascii() and value.isalnum() else value.translate(_TO_ESCAPE)


_POSTGRESQL: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _value: "\\N",
    int: str,
    str: _text,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
}
