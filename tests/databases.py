"""A migrated database for each test, in milliseconds: migrate one template, copy it, or empty the copy again.

Services commit by themselves, so that a rollback at the end of a test cannot undo them.
"""

import os
import re
import secrets
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask import Flask
from flask_migrate import Migrate, upgrade
from psycopg import sql
from sqlalchemy.engine import make_url

import models.tables  # noqa: F401 - foreign keys find their tables
from models.base import db, open_database
from workflow.config import ROOT

FORGOTTEN_SECONDS = 12 * 3600
OUTGROWN_BYTES = 4 << 20  # what was deleted still takes room; beyond this a new copy is quicker
_COLLATED = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
SELECT
  (SELECT array_agg((oid, relname, relnatts, relchecks) ORDER BY oid) FROM pg_class WHERE relnamespace = schema)::text,
  (SELECT array_agg((oid, tgenabled) ORDER BY oid) FROM pg_trigger)::text,
  (SELECT array_agg((oid, convalidated) ORDER BY oid) FROM pg_constraint)::text,
  (SELECT array_agg((attrelid, attname, atttypid, attnotnull) ORDER BY attrelid, attnum)
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = schema AND attnum > 0)::text,
  (SELECT array_agg((oid, md5(prosrc)) ORDER BY oid) FROM pg_proc WHERE pronamespace = schema)::text,
  (SELECT array_agg(version_num) FROM alembic_version)::text
FROM (SELECT 'public'::regnamespace::oid AS schema) AS here
"""
_SIZE = """
SELECT sum(pg_total_relation_size(oid)) - count(*) * 40960
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
_EMPTY = """
DO $$
DECLARE
  found text;
BEGIN
  SET LOCAL lock_timeout = '5s';
  SET LOCAL session_replication_role = replica;  -- neither guards nor foreign keys
  FOR found IN SELECT oid::regclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
  LOOP
    EXECUTE 'DELETE FROM ' || found;
  END LOOP;
  PERFORM setval(oid, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$
"""


class Place(Protocol):
    """Where the tests of this process keep their database. The address stays the same; the content is made anew."""

    url: str

    def refresh(self) -> None: ...
    def remove(self) -> None: ...


def bare_app(url: str, name: str = "ground") -> Flask:
    """Tables and migrations without a front door."""
    app = Flask(name)
    open_database(app, url, threads=4)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    return app


def let_go(app: Flask) -> None:
    """Of every connection, before the database below is made anew and after."""
    with app.app_context():
        db.engine.dispose()


def migrate(url: str) -> None:
    app = bare_app(url, "migrator")
    with app.app_context():
        upgrade()
        db.engine.dispose()


def in_memory() -> "tempfile.TemporaryDirectory[str]":
    """A folder where writing costs nothing, if the machine has such a file system."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    usable = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    if usable:
        for path in memory.glob("talent_test_*"):
            if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix="talent_test_", dir=memory if usable else None)


class SqlitePlace:
    """In memory where the machine has a file system for that: nothing here need outlive a power cut."""

    def __init__(self) -> None:
        self._folder = in_memory()
        self._template = Path(self._folder.name, "template.db")
        self._path = Path(self._folder.name, "talent.db")
        self.url = f"sqlite:///{self._path}"
        migrate(f"sqlite:///{self._template}")

    def refresh(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._path)

    def remove(self) -> None:
        self._folder.cleanup()


class PostgresqlPlace:
    """A copy of one template. When it was only written to it is emptied; when its tables changed it is made anew."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = new_name()
        self._template = f"{self._name}_template"
        self._drop_forgotten()
        self._run(f"CREATE DATABASE {{}} {_COLLATED}", self._template)
        self.url = self._address(self._name)
        migrate(self._address(self._template))
        self._within: psycopg.Connection[Any] | None = None
        self._shape: tuple[Any, ...] | None = None

    def refresh(self) -> None:
        if self._within is None or not self._emptied(self._within):
            self._made_anew()

    def remove(self) -> None:
        self._leave()
        for name in (self._name, self._template):
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _made_anew(self) -> None:
        self._leave()
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)
        self._run("CREATE DATABASE {} TEMPLATE {}", self._name, self._template)
        self._run("ALTER DATABASE {} SET synchronous_commit = off", self._name)
        self._within = psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)
        self._shape = self._within.execute(_SHAPE).fetchone()

    def _leave(self) -> None:
        if self._within is not None:
            self._within.close()
            self._within = None

    def _emptied(self, within: "psycopg.Connection[Any]") -> bool:
        """Whether it is as new: nobody else in it, its tables as they were made, and without a row."""
        try:
            within.execute(_ALONE)
            same = within.execute(_SHAPE).fetchone() == self._shape
            small = within.execute(_SIZE).fetchone()
            if not same or small is None or small[0] > OUTGROWN_BYTES:
                return False
            within.execute(_EMPTY)
        except psycopg.Error:
            return False
        return True

    def _drop_forgotten(self) -> None:
        """A run that was killed could not clean up; whatever is half a day old belongs to nobody."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            names = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        for name in filter(is_forgotten, names):
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # built from constants


def new_name() -> str:
    """A database name that says when it was made."""
    return f"talent_test_{int(time.time()):x}_{secrets.token_hex(4)}"


def is_forgotten(name: str) -> bool:
    made = re.match(r"talent_test_([0-9a-f]+)_", name)
    return bool(made and time.time() - int(made[1], 16) > FORGOTTEN_SECONDS)


@lru_cache(maxsize=1)
def postgresql_server() -> str | None:
    """The first server that answers: the one named by TEST_POSTGRESQL_URL, else this machine's."""
    usual = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
    given = os.environ.get("TEST_POSTGRESQL_URL")
    return next((url for url in ([given] if given else usual) if _answers(url)), None)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
