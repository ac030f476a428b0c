"""Migrations run alone and whole, and the guards stand at the end."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.base import db
from models.guards import GUARDED, guard_name, make_guards, standing_guards
from tests.faults.processes import until
from workflow import upkeep
from workflow.config import ROOT, make_secrets

ALL_GUARDS = {guard_name(table, change) for table in GUARDED for change in ("UPDATE", "DELETE")}
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def _standing() -> set[str]:
    with db.engine.connect() as connection:
        return {name for name in standing_guards(connection) if not name.endswith("_truncate")}


def test_every_guard_stands_after_the_upgrade(database: str) -> None:
    assert _standing() == ALL_GUARDS


def test_tables_and_models_agree(database: str) -> None:
    check()


def test_a_guard_that_was_lost_comes_back_with_the_next_migration(database: str) -> None:
    table = next(iter(GUARDED))
    lost = guard_name(table, "UPDATE")
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER {lost}{on}"))
    assert _standing() == ALL_GUARDS - {lost}
    downgrade(revision="-1")
    upgrade()
    assert _standing() == ALL_GUARDS


def test_all_the_way_down_and_up_again(database: str) -> None:
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade()
    check()
    assert _standing() == ALL_GUARDS


def test_a_guard_with_a_condition_lets_other_rows_change(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GUARDED, "shelf", "OLD.state = 'submitted'")
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE shelf (id INTEGER PRIMARY KEY, state TEXT)"))
        connection.execute(text("INSERT INTO shelf VALUES (1, 'draft'), (2, 'submitted')"))
        make_guards(connection)
        connection.execute(text("UPDATE shelf SET state = 'draft' WHERE id = 1"))
    for change in ("UPDATE shelf SET state = 'draft' WHERE id = 2", "DELETE FROM shelf WHERE id = 2"):
        with pytest.raises(IntegrityError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(change))


def test_a_guarded_table_cannot_be_emptied_at_once(database: str) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # knows no TRUNCATE; a DELETE without WHERE fires the row guards
    with pytest.raises(IntegrityError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text("TRUNCATE event CASCADE"))


def test_two_migrators_at_once_both_end_well(database: str, tmp_path: Path) -> None:
    downgrade(revision="base")
    command = [sys.executable, "-P", "-m", "workflow", "prepare"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "TALENT_DATA": str(tmp_path)}
    make_secrets(tmp_path)
    runs = [subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=600)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    applied = sum(text.count("Running upgrade") for text in said)
    assert applied == len(list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions()))
    assert _standing() == ALL_GUARDS


def test_a_migrator_waits_for_another_longer_than_a_request_would(database: str, tmp_path: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # waits for a file, as long as it takes
    downgrade()
    command = [sys.executable, "-P", "-m", "workflow", "prepare"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "TALENT_DATA": str(tmp_path)}
    make_secrets(tmp_path)
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    waiting = text(f"SELECT count(*) FROM pg_locks WHERE objid = 7302027 AND NOT granted AND {here}")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        other.execute(text("SELECT pg_advisory_lock(7302027)"))
        run = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        until(lambda: other.scalar(waiting))
        time.sleep(4)  # a request waits for three seconds
        assert run.poll() is None, "it still waits"
        other.execute(text("SELECT pg_advisory_unlock(7302027)"))
    said = run.communicate(timeout=600)[1]
    assert run.returncode == 0, said


def test_a_migration_is_preceded_by_a_checked_copy(database: str, ground: Flask, tmp_path: Path) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO heartbeat VALUES ('kept', '2026-11-20T02:00:00.000000Z', 7)"))
    scripts = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())  # the newest first
    making = next(each for each in scripts if "op.create_table(" in Path(each.path).read_text("utf-8"))
    wanted, before = scripts[0].revision, str(making.down_revision)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    with pytest.raises(DBAPIError):  # the tables are there already, so that this migration fails half-way
        upkeep.migrate(ground, tmp_path, NOW)
    [copy] = tmp_path.iterdir()
    assert copy.name.startswith(f"20261120-020000-{before}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert upkeep.revisions(ground) == (before, wanted), "a migration that fails changes nothing"
    if copy.suffix == ".db":
        with closing(sqlite3.connect(copy)) as copied:
            assert copied.execute("SELECT scans FROM heartbeat").fetchall() == [(7,)]
    else:
        assert copy.read_bytes().startswith(b"PGDMP")


def test_without_a_way_to_back_up_nothing_is_migrated(
    database: str, ground: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downgrade(revision="-1")
    stood = upkeep.revisions(ground)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises((upkeep.CannotBackUp, OSError)):
        upkeep.migrate(ground, tmp_path / "backups", NOW)
    assert upkeep.revisions(ground) == stood
    upkeep.migrate(ground, tmp_path / "backups", NOW, back_up_first=False)
    assert upkeep.revisions(ground)[0] == stood[1]


@pytest.mark.once
def test_a_password_goes_to_pg_dump_apart_and_a_copy_that_failed_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = tmp_path / "pg_dump"
    twin.write_text(f'#!/bin/sh\necho "$PGPASSWORD $*" > {tmp_path}/heard\n[ "$PGPASSWORD" = "p@ss" ]\n')
    twin.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    right, wrong = (create_engine(f"postgresql+psycopg://talent:{word}@10.0.0.9/house") for word in ("p%40ss", "no"))
    copy = upkeep.back_up(right, tmp_path / "backups", "one")
    heard = f"p@ss --format=custom --file={copy} --dbname=postgresql://talent@10.0.0.9/house"
    assert (tmp_path / "heard").read_text().strip() == heard
    with pytest.raises(upkeep.CannotBackUp, match="nothing was changed"):
        upkeep.back_up(wrong, tmp_path / "backups", "two")
    assert [each.name for each in (tmp_path / "backups").iterdir()] == ["one.dump"]


def test_a_current_database_is_neither_copied_nor_touched(database: str, ground: Flask, tmp_path: Path) -> None:
    assert upkeep.migrate(ground, tmp_path, NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1
