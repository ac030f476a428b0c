"""Where a benchmark takes place: a database of its own for each size, and the whole application on it."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url

from models.base import db
from tests.databases import migrate, new_name, postgresql_server
from workflow.app import create_app
from workflow.config import Settings
from workflow.services import passwords

_COLLATED = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


@dataclass(frozen=True)
class Ground:
    url: str
    app: Flask


class Grounds:
    """Databases made, copied and removed again."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder, self._server = folder, server
        self._key = secrets.token_hex(32)
        self._made: list[Ground] = []

    def fresh(self) -> Ground:
        url = self._new_address()
        if self._server is not None:
            self._run(f"CREATE DATABASE {{}} {_COLLATED}", _database(url))
        migrate(url)
        return self._open(url)

    def copy_of(self, ground: Ground) -> Ground:
        _let_go(ground)
        url = self._new_address()
        if self._server is not None:
            self._run("CREATE DATABASE {} TEMPLATE {}", _database(url), _database(ground.url))
        else:
            shutil.copyfile(_database(ground.url), _database(url))
        return self._open(url)

    def settle(self, ground: Ground) -> None:
        """As a server at rest keeps itself: PostgreSQL's statistics are gathered by its autovacuum."""
        if self._server is not None:
            with psycopg.connect(_plain(ground.url), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")

    def remove(self) -> None:
        for ground in self._made:
            _let_go(ground)
            if self._server is not None:
                self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", _database(ground.url))

    def _open(self, url: str) -> Ground:
        settings = Settings(
            data_dir=self.folder,
            database_url=url,
            base_url="http://localhost",
            demo=False,
            log_level="ERROR",
            session_key=self._key,
            field_key=self._key,
            index_key=self._key,
            audit_key=self._key,
        )
        ground = Ground(url, create_app(settings))
        passwords.configure(passwords.CHEAP)  # nobody comes in by password here
        self._made.append(ground)
        return ground

    def _new_address(self) -> str:
        name = new_name()
        if self._server is None:
            return f"sqlite:///{self.folder / name}.db"
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(_plain(str(self._server)), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _let_go(ground: Ground) -> None:
    with ground.app.app_context():
        db.engine.dispose()


def _database(url: str) -> str:
    return str(make_url(url).database)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def grounds(backend: str) -> Iterator[Grounds]:
    server = postgresql_server() if backend == "postgresql" else None
    if backend == "postgresql" and server is None:
        raise SystemExit("No PostgreSQL answers; TEST_POSTGRESQL_URL names another one.")
    with tempfile.TemporaryDirectory(prefix="talent_bench_") as folder:
        made = Grounds(Path(folder), server)
        try:
            yield made
        finally:
            made.remove()
