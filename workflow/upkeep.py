"""Before the house opens: a copy of the database, then its migrations."""

import os
import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine

from models.base import db


class CannotBackUp(Exception):
    """Nothing was migrated, because there would be no way back."""


def revisions(app: Flask) -> tuple[str | None, str | None]:
    """Where the database stands and where the code wants it; None = empty."""
    with app.app_context(), db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    migrate = app.extensions["migrate"]
    return current, ScriptDirectory(migrate.directory).get_current_head()


def migrate(app: Flask, backups: Path, now: datetime, *, back_up_first: bool = True) -> Path | None:
    """Bring the database to the newest tables; the copy that was made, if there was anything to copy."""
    current, wanted = revisions(app)
    if current == wanted:
        return None
    with app.app_context():
        copy = back_up(db.engine, backups, f"{now:%Y%m%d-%H%M%S}-{current}") if current and back_up_first else None
        upgrade(directory=app.extensions["migrate"].directory)
    return copy


def back_up(engine: Engine, folder: Path, name: str) -> Path:
    """A whole and checked copy, readable by the owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if engine.dialect.name == "sqlite":
        return _copy_sqlite(Path(str(engine.url.database)), folder / f"{name}.db")
    return _dump_postgresql(engine, folder / f"{name}.dump")


def _copy_sqlite(source: Path, copy: Path) -> Path:
    copy.touch(mode=0o600)
    with sqlite3.connect(source, isolation_level=None) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    check = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    found = check.execute("PRAGMA integrity_check").fetchone()[0]
    check.close()
    if found != "ok":
        raise CannotBackUp(f"The copy {copy} is damaged ({found}); check the disk.")
    return copy


def _dump_postgresql(engine: Engine, copy: Path) -> Path:
    tool = shutil.which("pg_dump")
    if not tool:
        raise CannotBackUp(
            "pg_dump is not here to copy the database with. Install postgresql-client; or make a copy yourself, and if "
            "it is to be migrated, start with --no-backup."
        )
    url = engine.url
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = url.set(drivername="postgresql")._replace(password=None).render_as_string()  # set() ignores a None
    copy.touch(mode=0o600)
    done = subprocess.run(  # noqa: S603 - the tool, the address and the file are ours
        [tool, "--format=custom", f"--file={copy}", f"--dbname={address}"],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        copy.unlink()
        raise CannotBackUp(f"pg_dump made no copy, and nothing was changed: {done.stderr.strip()}")
    return copy
