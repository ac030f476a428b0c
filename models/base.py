"""The ground under every table: types, names, engines, and the only two ways into a transaction.

`with writing() as session:` for one service call, `with reading() as session:` for reads beside it. Outside of them
the session refuses every statement, so that no transaction can be left open by accident.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    StatementLambdaElement,
    String,
    event,
    lambda_stmt,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITER_WAIT_SECONDS = 10
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={WRITER_WAIT_SECONDS * 1000}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
)
_POSTGRESQL_OPTIONS = (
    "-c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC "
    # A statement is planned once, as it is made once: each walks the same index whatever its values are, and planning
    # one of the queue takes four times as long as running it. Compiling pays only for statements that we do not have.
    "-c plan_cache_mode=force_generic_plan -c jit=off"
)


class Instant(TypeDecorator[datetime]):
    """A moment. Refuses naive values; timestamptz on PostgreSQL, UTC text of fixed width on SQLite, which sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True
    WIDTH = 27

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(self.WIDTH) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        moment = value.astimezone(UTC)
        return _sortable(moment) if dialect.name == "sqlite" else moment

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        return "NULL" if value is None else f"'{self.process_bind_param(value, dialect)}'"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


def _sortable(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


Key = BigInteger().with_variant(Integer(), "sqlite")
"""The type of every `id` and of every reference to one."""

Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table is a subclass and names itself with `__tablename__`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own attribute
        datetime: Instant(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"autobegin": False, "expire_on_commit": False},
    add_models_to_shell=False,
)


def literal_state(value: str) -> ColumnElement[str]:
    """A fixed word, written into the statement: as a bound value it would miss the partial index that names it, and
    SQLite would prepare the statement anew at each look, to see whether it is the word of one."""
    if not value.isidentifier():
        raise ValueError("a state is one word")
    return literal_column(f"'{value}'", String())


# --- engines


def engine_options(url: str | URL, threads: int) -> Mapping[str, Any]:
    """What the engine of this address needs: one connection per thread, waits with an end."""
    address = make_url(url)
    shared = {
        "json_serializer": partial(json.dumps, ensure_ascii=False),
        "pool_size": threads,
        "hide_parameters": True,  # an error message must not carry what people typed
    }
    if address.get_backend_name() == "sqlite":
        connect = {"check_same_thread": False, "timeout": WRITER_WAIT_SECONDS}
        return {**shared, "connect_args": connect, "max_overflow": threads}
    return {
        **shared,
        "connect_args": {"options": _POSTGRESQL_OPTIONS},
        "max_overflow": 2,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
    }


def open_database(app: Flask, url: str | URL, threads: int) -> None:
    """Give the app its engine and its session. Listeners go on this engine alone: kombu has engines of its own."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(engine_options(url, threads))
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: Engine) -> Engine:
    """Pragmas for each SQLite connection, and BEGIN said by us, because the driver's own comes too late."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    guard = "ON" if options.get("read") else "OFF"
    raw = connection.connection.dbapi_connection
    if raw is not None and connection.info.get("query_only") != guard:  # saying it makes SQLite prepare all anew
        raw.cursor().execute(f"PRAGMA query_only={guard}")
        connection.info["query_only"] = guard
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")


# --- transactions


class TransactionError(RuntimeError):
    """A fault of ours: a write inside another transaction, or a transaction left open."""


class DatabaseBusy(RuntimeError):
    """Another write of this process did not end in time."""


_writers: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_CONNECTION = "connection"
_numbers = count()


@contextmanager
def writing() -> Iterator[Session]:
    """One service call, one transaction: commits at the end, undoes everything on any exception."""
    session = db.session()
    if session.in_transaction():
        raise TransactionError("writing() inside another transaction: one service call is one transaction")
    with _turn(db.engine), _transaction(session, {"write": True}):
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent view of the tables, undone at the end; inside another transaction it simply joins it."""
    session = db.session()
    if session.in_transaction():
        yield session
        return
    with _transaction(session, {"read": True, "postgresql_readonly": True}):
        yield session


def ask(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that was made once, without objects of the session: for what every page reads."""
    session.flush()
    connection: Connection = session.info.get(_CONNECTION) or session.connection()
    return connection.execute(statement, values)


def once(statement: Executable) -> StatementLambdaElement:
    """Of a statement that is made once: what SQLAlchemy compiled of it is found by a number, and no more by all its
    words, which are many in a list of work."""
    return lambda_stmt(
        lambda: statement, track_on=(next(_numbers),), track_closure_variables=False, track_bound_values=False
    )


@contextmanager
def _transaction(session: Session, options: Mapping[str, Any]) -> Iterator[None]:
    # close() also forgets every object, so that the next transaction reads afresh; so is what was noted beside them
    try:
        with session.begin():
            session.info[_CONNECTION] = session.connection(execution_options=dict(options))
            yield
    finally:
        session.close()
        session.info.clear()


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Writers of one process queue here: SQLite's own waiting is unfair and lets one of them starve for a second."""
    if engine.dialect.name != "sqlite":
        yield
        return
    lock = _writers.setdefault(engine, Lock())
    if not lock.acquire(timeout=WRITER_WAIT_SECONDS):
        raise DatabaseBusy("the database is busy with another write")
    try:
        yield
    finally:
        lock.release()


def refuse_open_transaction() -> None:
    """Called when a request, a task or a command has ended: ends what is still open and says so."""
    if db.session.registry.has() and db.session().in_transaction():
        db.session().rollback()
        raise TransactionError("a transaction was left open")
