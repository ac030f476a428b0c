"""How a migration runs: alone, whole or not at all, with the guards made again at its end.

One transaction for all revisions, on both databases. On SQLite foreign keys are off meanwhile (a batch migration
rebuilds tables) and checked before the commit.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, text

from models.base import Instant, db
from models.guards import make_guards
from models.tables import Base

_LOCK_NUMBER = 7_302_027  # any number that no other program on the server uses
_LOCK_WAIT = "600s"


def run() -> None:
    if context.is_offline_mode():
        raise SystemExit("These migrations need their database: --sql cannot check foreign keys or make the guards.")
    with alone(db.engine), db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "sqlite":
            migrate_sqlite(connection)
        else:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text(f"SET lock_timeout = '{_LOCK_WAIT}'"))
            connection.commit()
            migrate(connection)


def migrate_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # counts only outside of a transaction
    try:
        migrate(connection)
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection) -> None:
    applied: list[object] = []
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        render_item=render_item,
        on_version_apply=lambda **facts: applied.append(facts["step"]),
    )
    with context.begin_transaction():
        context.run_migrations()
        if applied:
            make_guards(connection)
            refuse_dangling(connection)


def refuse_dangling(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            tables = ", ".join(sorted({row[0] for row in dangling}))
            raise SystemExit(f"Nothing was changed: the migration would leave rows without their parent in {tables}.")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Instant):
        autogen.imports.add("from models.base import Instant")
        return "Instant()"
    return False


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Two migrators never run at once: the second waits and then finds nothing to do."""
    if engine.dialect.name == "sqlite":
        with _file_lock(Path(str(engine.url.database) + ".migrating")):
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(f"SET lock_timeout = '{_LOCK_WAIT}'"))
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_lock({_LOCK_NUMBER})"))
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK_NUMBER})"))
            connection.invalidate()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


run()
